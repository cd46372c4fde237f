"""What an operator may set."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.own_rules import OwnThreshold
from plugin.settings import FIELDS, NOT_ABOVE, Settings, describe
from plugin.settings_source import SettingsError, configure, load


@pytest.fixture(autouse=True)
def nothing_configured() -> Iterator[None]:
    """Each test begins and ends without settings given in code."""
    configure()
    yield
    configure()


def problems(tmp_path: Path, environ: dict[str, str] | None = None) -> tuple[str, ...]:
    """What is wrong with the sources."""
    with pytest.raises(SettingsError) as caught:
        load(environ or {}, tmp_path)
    return caught.value.problems


def refused(**settings: Any) -> str:
    """What is wrong with values given in code."""
    with pytest.raises(SettingsError) as caught:
        configure(**settings)
    return str(caught.value)


def test_defaults_hold_without_sources(tmp_path: Path) -> None:
    """Where nothing is set every setting has its default, and a missing golem.toml is no error."""
    assert load({}, tmp_path) == Settings()


def test_defaults_are_allowed() -> None:
    """Every default passes the checks that a value given in code must pass."""
    configure(**{name: value for name, value in vars(Settings()).items() if name in FIELDS})


def test_each_source_overrides_the_one_before(tmp_path: Path) -> None:
    """Code overrides the environment, which overrides the file, which overrides the defaults."""
    (tmp_path / "golem.toml").write_text(
        "[golem]\nmemory_threshold_mb = 1\ncpu_threshold_percent = 1\nwindow_length = 11\n"
    )
    configure(memory_threshold_mb=3)
    environ = {"GOLEM_MEMORY_THRESHOLD_MB": "2", "GOLEM_CPU_THRESHOLD_PERCENT": "2"}
    settings = load(environ, tmp_path)
    assert (settings.memory_threshold_mb, settings.cpu_threshold_percent, settings.window_length) == (3, 2, 11)
    assert settings.sample_interval_s == 60


def test_process_environment_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without arguments the process's own environment and working directory are read."""
    for name in [name for name in os.environ if name.startswith("GOLEM_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "golem.toml").write_text("[golem]\nwindow_length = 20\n")
    monkeypatch.setenv("GOLEM_GROUP", "golem")
    assert (load().window_length, load().group) == (20, "golem")


@pytest.mark.parametrize(
    ("variable", "text", "name", "value"),
    [
        ("GOLEM_CPU_THRESHOLD_PERCENT", "12.5", "cpu_threshold_percent", 12.5),
        ("GOLEM_WINDOW_LENGTH", " 50 ", "window_length", 50),
        ("GOLEM_OWNER_ONLY", "Yes", "owner_only", True),
        ("GOLEM_EPHEMERAL", "0", "ephemeral", False),
        ("GOLEM_GUILDS", "123, 456,123", "guilds", (123, 456)),
        ("GOLEM_GUILDS", "", "guilds", ()),
        ("GOLEM_DENIED_EXCEPTIONS", "bot.errors.No, OutOfStock", "denied_exceptions", ("bot.errors.No", "OutOfStock")),
        ("GOLEM_GROUP", "überwachung", "group", "überwachung"),
        ("GOLEM_DETAILS", " Readers", "details", "readers"),
    ],
)
def test_environment_is_read_by_kind(tmp_path: Path, variable: str, text: str, name: str, value: object) -> None:
    """Text becomes a number, a switch, a list without repetitions or a name."""
    assert getattr(load({variable: text}, tmp_path), name) == value


@pytest.mark.parametrize("text", ["", "lots", "nan", "inf", "1e3", "1_000", "0", "6401", "true", "9" * 5000, "٣"])
def test_number_is_refused(tmp_path: Path, text: str) -> None:
    """Anything but a number in its range is refused, with variable, value and range."""
    (problem,) = problems(tmp_path, {"GOLEM_CPU_THRESHOLD_PERCENT": text})
    assert problem.startswith("GOLEM_CPU_THRESHOLD_PERCENT=")
    assert problem.endswith(": must be a number from 1 to 6400")
    assert len(problem) < 150


def test_problem_names_the_value(tmp_path: Path) -> None:
    """An operator sees what was set, where, and what is allowed."""
    expected = "GOLEM_CPU_THRESHOLD_PERCENT='lots': must be a number from 1 to 6400"
    assert problems(tmp_path, {"GOLEM_CPU_THRESHOLD_PERCENT": "lots"}) == (expected,)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("memory_threshold_mb", True),
        ("details", "everybody"),
        ("details", ["owners"]),
        ("memory_threshold_mb", "500"),
        ("memory_threshold_mb", float("nan")),
        ("memory_threshold_mb", float("inf")),
        ("memory_threshold_mb", 10**6000),
        ("memory_threshold_mb", None),
        ("window_length", 50.0),
        ("window_length", 9),
        ("window_length", 1001),
        ("owner_only", 1),
        ("owner_only", "true"),
        ("guilds", 123),
        ("guilds", "123"),
        ("guilds", [True]),
        ("guilds", [0]),
        ("guilds", [2**64]),
        ("guilds", ["123"]),
        ("denied_exceptions", "OutOfStock"),
        ("denied_exceptions", [ValueError]),
        ("denied_exceptions", ["Out of stock"]),
        ("denied_exceptions", ["bot..No"]),
        ("denied_exceptions", [""]),
        ("group", "Golem"),
        ("group", "go lem"),
        ("group", "x" * 33),
        ("group", "golem\n"),
        ("group", None),
    ],
    ids=lambda value: repr(value)[:20] if value != 10**6000 else "too-long",
)
def test_value_in_code_is_refused(name: str, value: object) -> None:
    """Values in code must be of their kind and in their range; the setting is named."""
    assert refused(**{name: value}).startswith(f"configure({name}=")


@pytest.mark.parametrize(
    ("variable", "text"),
    [("GOLEM_OWNER_ONLY", ""), ("GOLEM_OWNER_ONLY", "maybe"), ("GOLEM_GUILDS", "1,,2"), ("GOLEM_GUILDS", "1.5")],
)
def test_text_is_refused(tmp_path: Path, variable: str, text: str) -> None:
    """Switches and lists in the environment are as strict as numbers."""
    assert problems(tmp_path, {variable: text})[0].startswith(f"{variable}={text!r}: must be ")


def test_every_problem_is_found(tmp_path: Path) -> None:
    """One error lists the problems of all sources, a line each."""
    (tmp_path / "golem.toml").write_text('[golem]\nephemeral = "x"\n')
    found = problems(tmp_path, {"GOLEM_GROUP": "A", "GOLEM_RESPONSE_TARGET_MS": "2000"})
    assert found == (
        "ephemeral='x' in golem.toml: must be true or false",
        "GOLEM_GROUP='A': must be 1 to 32 lower-case letters, digits, hyphens, underscores or apostrophes, or empty",
        "GOLEM_RESPONSE_TARGET_MS='2000': must not be above slow_command_threshold_ms=1000 (default)",
    )


def test_unknown_setting_in_code_is_refused() -> None:
    """A misspelt name is refused with the nearest one."""
    assert "did you mean memory_threshold_mb?" in refused(memory_treshold_mb=1)


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("GOLEM_GUILD", "GOLEM_GUILDS"),
        ("GOLEM_window_length", "GOLEM_WINDOW_LENGTH"),
        ("GOLEM_MEMORY_TRESHOLD_MB", "GOLEM_MEMORY_THRESHOLD_MB"),
    ],
)
def test_misspelt_variable_is_warned_of_without_its_value(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, variable: str, meant: str
) -> None:
    """A variable close to one of ours is a warning with the nearest one, but its value is not shown."""
    assert load({variable: "s3cret"}, tmp_path) == Settings()
    assert caplog.messages == [f"unknown environment variable {variable}; did you mean {meant}?"]


@pytest.mark.parametrize(
    "variable", ["GOLEM_TOKEN", "GOLEM_DSN", "GOLEM_PREFIX", "GOLEM_OWNER_ID", "GOLEM_LOG_LEVEL", "GOLEM_"]
)
def test_variables_of_a_bot_called_golem_are_left_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, variable: str
) -> None:
    """A variable that only begins as ours do belongs to the bot, and is not spoken of."""
    assert load({variable: "s3cret"}, tmp_path) == Settings()
    assert caplog.messages == []


@pytest.mark.parametrize("address", [f"postgresql://me:s3cret@host/{'x' * 500}", "mysql://me:s3cret@host/golem"])
def test_an_address_that_is_refused_is_not_shown(tmp_path: Path, address: str) -> None:
    """The address of a database may hold a password, so what is wrong with it is said without it."""
    (said,) = problems(tmp_path, {"GOLEM_DATABASE": address})
    assert "GOLEM_DATABASE" in said and "s3cret" not in said


def test_targets_of_alerts_are_read(tmp_path: Path) -> None:
    """From the environment between spaces, since URLs hold commas; each counts once."""
    environ = {"GOLEM_ALERT_TARGETS": " mailto://a?to=b,c  json://x\nmailto://a?to=b,c "}
    assert load(environ, tmp_path).alert_targets == ("mailto://a?to=b,c", "json://x")
    (tmp_path / "golem.toml").write_text('[golem]\nalert_targets = ["ntfys://ntfy.sh/my topic"]\n')
    assert load({}, tmp_path).alert_targets == ("ntfys://ntfy.sh/my topic",)


@pytest.mark.parametrize(
    ("urls", "wrong"),
    [
        (["json://x", "s3cret"], "; number 2 has no scheme:// in front"),
        (["slack://", 7], "; number 1 (slack) has nothing behind its scheme; number 2 is no text"),
        (["json://s3cret\n"], "; number 1 (json) has more than 2,000 characters, or some that cannot be printed"),
        ([f"json://s3cret{number}" for number in range(21)], "; these are 21"),
        ("json://s3cret", ""),
    ],
    ids=["no scheme", "nothing behind it", "unprintable", "too many", "no list"],
)
def test_a_target_that_cannot_be_right_is_named_by_its_place(urls: object, wrong: str) -> None:
    """And its scheme: the rest may be secret."""
    said = refused(alert_targets=urls)
    assert said.startswith("configure(alert_targets=…): must be a list of up to 20 apprise URLs")
    assert said.endswith(f"`{wrong}") and "s3cret" not in said


@pytest.mark.parametrize("address", ["", "C:/bots/golem.db", "sqlite:///golem.db", "postgres://host/golem"])
def test_an_address_of_a_database_that_is_known_is_taken(tmp_path: Path, address: str) -> None:
    """A path of any system, and a URL of either kind; what is wrong with the rest of it, the store says."""
    assert load({"GOLEM_DATABASE": address}, tmp_path).database == address


def test_other_variables_are_left_alone(tmp_path: Path) -> None:
    """Variables that do not begin as ours do are none of our business."""
    assert load({"PATH": "/bin", "GOLEMS": "3"}, tmp_path) == Settings()


@pytest.mark.parametrize(
    ("lower", "upper"),
    [
        ({"response_target_ms": 900}, {"slow_command_threshold_ms": 800}),
        ({"latency_target_ms": 900}, {"latency_threshold_ms": 800}),
        ({"error_rate_target_percent": 9}, {"error_rate_threshold_percent": 8}),
        ({"uptime_threshold_percent": 99.5}, {"uptime_target_percent": 99.4}),
        ({"sample_interval_s": 90}, {"judge_interval_s": 80}),
    ],
    ids=lambda value: next(iter(value)),
)
def test_pair_out_of_order_is_refused(lower: dict[str, float], upper: dict[str, float]) -> None:
    """A target beyond its threshold is refused, and both are named with their values."""
    (low, a), (up, b) = *lower.items(), *upper.items()
    assert refused(**lower, **upper) == f"configure({low}={a}): must not be above configure({up}={b})"


@pytest.mark.parametrize("source", ["file", "environment", "code"])
@pytest.mark.parametrize(("lower", "upper"), NOT_ABOVE, ids=lambda name: name)
@pytest.mark.parametrize("given", ["lower", "upper"])
def test_pair_is_refused_beside_a_default(tmp_path: Path, source: str, lower: str, upper: str, given: str) -> None:
    """One half of a pair that is beyond the other's default is refused when loaded, wherever it was set."""
    defaults = Settings()
    name, value = (lower, getattr(defaults, upper) + 0.05) if given == "lower" else (upper, getattr(defaults, lower))
    value = value if given == "lower" else value - 0.5 if value <= 100 else value - 50
    environ: dict[str, str] = {}
    if source == "file":
        (tmp_path / "golem.toml").write_text(f"[golem]\n{name} = {value}\n")
    elif source == "environment":
        environ[f"GOLEM_{name.upper()}"] = str(value)
    else:
        configure(**{name: value})
    (problem,) = problems(tmp_path, environ)
    assert f"{lower}=" in problem.lower() and "must not be above" in problem and f"{upper}=" in problem.lower()
    assert str(value) in problem and "(default)" in problem


def test_pair_from_two_sources_is_checked_when_loaded(tmp_path: Path) -> None:
    """In code half of a pair passes, since the other half may come from elsewhere; loading checks the pair."""
    configure(judge_interval_s=30)
    assert load({"GOLEM_SAMPLE_INTERVAL_S": "30"}, tmp_path).judge_interval_s == 30
    assert problems(tmp_path) == ("sample_interval_s=60 (default): must not be above configure(judge_interval_s=30)",)


def test_refused_call_changes_nothing(tmp_path: Path) -> None:
    """What an earlier call set stays when a later one is refused."""
    configure(window_length=50)
    refused(window_length=5)
    assert load({}, tmp_path).window_length == 50


def test_call_replaces_the_one_before(tmp_path: Path) -> None:
    """Only the last call counts, with the whole of what it gives."""
    configure(window_length=50)
    configure(group="golem")
    assert load({}, tmp_path) == Settings(group="golem")


def test_named_file_is_read(tmp_path: Path) -> None:
    """GOLEM_CONFIG names the file, from the working directory, in place of golem.toml."""
    (tmp_path / "golem.toml").write_text("[golem]\nwindow_length = 20\n")
    (tmp_path / "100%s.toml").write_text("\ufeff[golem]\nguilds = [1, 2]\n", "utf-8")
    assert load({"GOLEM_CONFIG": "100%s.toml"}, tmp_path) == Settings(guilds=(1, 2))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, "must be a readable TOML file"),
        ("[golem", "must be a readable TOML file"),
        ("x = " + "[" * 100_000, "must be a readable TOML file"),
        ("window_length = 20", "must have a [golem] table"),
        ("golem = 20", "must have a [golem] table"),
        ("[golem]\nwindow_length = 2", "window_length=2 in bot.toml: must be a whole number from 10 to 1000"),
        ("[golem]\nwindows = 2", "windows=… in bot.toml: no such setting"),
    ],
    ids=["missing", "no TOML", "nested too deeply", "no table", "not a table", "bad value", "unknown name"],
)
def test_named_file_is_refused(tmp_path: Path, text: str | None, expected: str) -> None:
    """A named file must be there, be TOML, and hold a table with good settings."""
    if text is not None:
        (tmp_path / "bot.toml").write_text(text)
    assert expected in problems(tmp_path, {"GOLEM_CONFIG": "bot.toml"})[0]


def test_empty_file_name_is_refused(tmp_path: Path) -> None:
    """GOLEM_CONFIG must name a file."""
    assert problems(tmp_path, {"GOLEM_CONFIG": ""})[0].startswith("GOLEM_CONFIG='': ")


def test_descriptions_cover_every_setting() -> None:
    """Each setting has a row with its variable, its default in TOML, what is allowed and what it is for."""
    rows = describe()
    defaults = {name: json.loads(json.dumps(value)) for name, value in vars(Settings()).items() if name in FIELDS}
    assert {row.name: json.loads(row.default) for row in rows} == defaults
    assert all(row.variable == f"GOLEM_{row.name.upper()}" and row.allowed and row.help for row in rows)


@given(st.dictionaries(st.sampled_from([row.variable for row in describe()]), st.text(max_size=20)))
def test_no_text_breaks_loading(environ: dict[str, str]) -> None:
    """Whatever the environment holds, there are settings or a SettingsError."""
    with contextlib.suppress(SettingsError):
        assert load(environ, Path("/nonexistent"))


def test_settings_are_immutable_values() -> None:
    """Settings compare and hash by value, refuse to change, and refuse a name that is none of theirs."""
    settings = Settings(guilds=[2, 1, 2])
    assert settings == Settings(guilds=(2, 1)) != Settings()
    assert hash(settings) == hash(Settings(guilds=(2, 1)))
    with pytest.raises(AttributeError, match="group"):
        settings.group = "golem"
    with pytest.raises(TypeError, match="colour"):
        Settings(colour="red")


@pytest.mark.parametrize("source", ["file", "environment", "code"])
def test_a_setting_keeps_its_old_name(tmp_path: Path, caplog: pytest.LogCaptureFixture, source: str) -> None:
    """What operators have set by the name that a setting had before goes on working, and they are told the new one."""
    old, new = "error_rate_minimum_invocations", "minimum_invocations"
    environ = {}
    if source == "file":
        (tmp_path / "golem.toml").write_text(f"[golem]\n{old} = 7\n")
    elif source == "environment":
        environ, old, new = {f"GOLEM_{old.upper()}": "7"}, f"GOLEM_{old.upper()}", f"GOLEM_{new.upper()}"
    else:
        configure(**{old: 7})
    assert load(environ, tmp_path).minimum_invocations == 7
    assert [record.getMessage() for record in caplog.records] == [f"{old} has been renamed to {new}"]


def test_the_new_name_of_a_setting_counts(tmp_path: Path) -> None:
    """Where both are set, whichever comes first, the old one says nothing."""
    environ = {"GOLEM_MINIMUM_INVOCATIONS": "20", "GOLEM_ERROR_RATE_MINIMUM_INVOCATIONS": "7"}
    assert load(environ, tmp_path).minimum_invocations == 20
    assert load(dict(reversed(environ.items())), tmp_path).minimum_invocations == 20


def test_an_old_name_is_refused_as_it_was_written(tmp_path: Path) -> None:
    """What is wrong is told by the name that the operator knows."""
    (problem,) = problems(tmp_path, {"GOLEM_ERROR_RATE_MINIMUM_INVOCATIONS": "none"})
    assert problem.startswith("GOLEM_ERROR_RATE_MINIMUM_INVOCATIONS='none': must be")


GOOD = """
[[golem.threshold]]
measure = "economy.transactions"
above = 500
least = 20
where = {kind = "daily", big = true}

[[golem.threshold]]
measure = "memory_bytes"
below = -1.5
severity = "warning"

[[golem.threshold]]
measure = "economy.price"
above = 20
value = "p95"
per = "day"

[golem]
database = ""
"""


def test_thresholds_are_tables(tmp_path: Path) -> None:
    """Each `[[golem.threshold]]` is one, beside the settings; code takes their place with a list."""
    (tmp_path / "golem.toml").write_text(GOOD.replace("[golem]\n", "").replace("database", "# database"), "utf-8")
    first, second, third = load({}, tmp_path).thresholds
    assert first == OwnThreshold("economy.transactions", 500.0, where=(("big", "true"), ("kind", "daily")), least=20)
    assert second == OwnThreshold("memory_bytes", -1.5, below=True, severity="warning")
    assert third == OwnThreshold("economy.price", 20.0, per="day", value="p95")
    configure(threshold=[{"measure": "economy.price", "above": 20}], database="")
    assert load({}, tmp_path).thresholds == (OwnThreshold("economy.price", 20.0),)
    configure()
    assert len(load({}, tmp_path).thresholds) == 3


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ("above = 5", "measure: must be the name of a measure, such as economy.transactions"),
        ('measure = "Economy"\nabove = 5', "measure: must be the name of a measure, such as economy.transactions, not"),
        ('measure = "a.b"', "needs either above or below: add one of them"),
        ('measure = "a.b"\nabove = 5\nbelow = 1', "needs either above or below: leave one out; a threshold each"),
        ('measure = "a.b"\nabove = "5"', "above: must be a number, not '5'"),
        ('measure = "a.b"\nabove = true', "above: must be a number, not True"),
        ('measure = "a.b"\nbelow = nan', "below: must be a number, not nan"),
        ('measure = "a.b"\nabove = 5\nper = "week"', "per: must be one of minute, hour, day, not 'week'"),
        ('measure = "a.b"\nabove = 5\nvalue = 0.95', "value: must be one of mean, median, p95, p99, not 0.95"),
        ('measure = "a.b"\nabove = 5\nleast = 0', "least: must be a whole number from 1 to 1000000, not 0"),
        ('measure = "a.b"\nabove = 5\nwhere = "kind"', "where: must be attributes with their values, such as {kind"),
        ('measure = "a.b"\nabove = 5\nseverity = "bad"', "severity: must be one of critical, warning, not 'bad'"),
        ('measure = "a.b"\nabov = 5\nabove = 5', "abov: no such key; did you mean above?"),
        (
            'measure = "a.b"\nabove = 5\nzzz = 5',
            "zzz: no such key; known are measure, above, below, per, value, least,",
        ),
    ],
)
def test_a_threshold_that_cannot_be_right_is_one_sentence(tmp_path: Path, table: str, problem: str) -> None:
    """Which threshold, which key, and what is allowed; every other threshold is looked at, too."""
    good = '[[golem.threshold]]\nmeasure = "a.b"\nabove = 1\n'
    (tmp_path / "golem.toml").write_text(f"{good}[[golem.threshold]]\n{table}\n", "utf-8")
    settings = load({}, tmp_path)
    assert settings.thresholds == (OwnThreshold("a.b", 1.0),)
    ((place, (found,)),) = settings.refused_rules.items()
    assert place == "threshold 2 in golem.toml" and found.startswith(problem)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[golem]\nthreshold = 5", "threshold in golem.toml: must be tables, each under a line [[golem.threshold]]"),
        (
            "[golem]\nthreshold = [5]",
            "threshold 1 in golem.toml: must be tables, each under a line [[golem.threshold]]",
        ),
        (
            2 * '[[golem.threshold]]\nmeasure = "a.b"\nabove = 1\n',
            "threshold 2 in golem.toml: is the same as threshold 1: remove one of them",
        ),
        (
            "\n".join(f'[[golem.threshold]]\nmeasure = "a.b"\nabove = {number}' for number in range(501)),
            "threshold 501 in golem.toml: is one too many: use at most 500",
        ),
    ],
)
def test_thresholds_that_are_none_are_one_sentence(tmp_path: Path, text: str, problem: str) -> None:
    """What stands in their place is named, with what to write; everything else is loaded."""
    (tmp_path / "golem.toml").write_text(text, "utf-8")
    ((place, problems_of_it),) = load({}, tmp_path).refused_rules.items()
    assert f"{place}: {' '.join(problems_of_it)}" == problem


def test_tables_of_rules_belong_to_golem(tmp_path: Path) -> None:
    """A table without the prefix would be ignored."""
    (tmp_path / "golem.toml").write_text('[[rule]]\nmeasure = "a.b"\nabove = 5\n[golem]', "utf-8")
    assert problems(tmp_path) == ("golem.toml: [[rule]] must be [[golem.rule]]",)


def test_a_threshold_in_code_is_checked_at_once() -> None:
    """`configure` raises, with the same words."""
    assert refused(threshold=[{"measure": "a.b"}]) == (
        "threshold 1 in configure: needs either above or below: add one of them, or absent = true with for"
    )
