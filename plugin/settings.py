"""What an operator may set, where it is read from, and what is wrong with it.

Each source overrides the one before: the defaults, the `[golem]` table of a TOML file, the environment, `configure`.
"""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

_logger = logging.getLogger(__name__)

PREFIX = "GOLEM_"
CONFIG_VARIABLE = "GOLEM_CONFIG"
"""Names the TOML file to read in place of `golem.toml` in the working directory."""

ALIKE = 0.85
"""How much a variable must be like one of ours, from 0 to 1, to be taken for a slip of the pen."""

IN_CODE = "configure(%s=%s)"
LARGEST_ID = 2**64 - 1
LONGEST_TEXT = 500
DATABASES = r"(postgres(ql)?(\+asyncpg)?|sqlite(\+aiosqlite)?)://|(?!\w[\w+.-]*://)"
"""How the address of a database begins: with a scheme that is known, or with none."""

WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


class SettingsError(ValueError):
    """Settings that cannot be used; the message has one line for each problem."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class SettingRow(NamedTuple):
    """One setting as the documentation shows it."""

    name: str
    variable: str
    default: str
    """As written in TOML."""
    allowed: str
    help: str


class Setting:
    """One setting: its default, which values it takes, and what it is for."""

    def __init__(
        self,
        default: object,
        allowed: str,
        help: str,
        fits: Callable[[Any], bool],
        read: Callable[[str], object],
        *,
        convert: Callable[[Any], object] = lambda value: value,
        secret: bool = False,
    ) -> None:
        self.default = default
        self.allowed = allowed
        self.help = help
        self.fits = fits
        self.read = read
        """Makes a value of the environment's text, or something that does not fit."""
        self.convert = convert
        """Makes what is kept of a value that fits."""
        self.secret = secret
        """Whether errors leave the value out."""


# Any is what these return, so that the attributes of `Settings` have the types of their values.


def _number(default: float, low: float, high: float, help: str, *, whole: bool = False) -> Any:
    def fits(value: Any) -> bool:
        return type(value) in ((int,) if whole else (int, float)) and low <= value <= high

    return Setting(default, f"a {'whole ' if whole else ''}number from {low} to {high}", help, fits, _read_number)


def _read_number(text: str) -> float | None:
    if not re.fullmatch(r"[+-]?\d{1,30}(\.\d{1,30})?", text, re.ASCII):
        return None
    return float(text) if "." in text else int(text)


def _switch(default: bool, help: str) -> Any:
    return Setting(
        default, "true or false", help, lambda value: isinstance(value, bool), lambda text: WORDS.get(text.lower())
    )


def _ids(help: str) -> Any:
    def fits(value: Any) -> bool:
        return isinstance(value, (list, tuple, set, frozenset)) and all(map(_is_id, cast("list[object]", value)))

    def read(text: str) -> list[float | None]:
        return [_read_number(item.strip()) for item in text.split(",")] if text else []

    def once(ids: Iterable[int]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(map(int, ids)))

    return Setting((), "a list of guild ids, such as 123, 456", help, fits, read, convert=once)


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LARGEST_ID


def _types(help: str) -> Any:
    def fits(value: Any) -> bool:
        return isinstance(value, (list, tuple, set, frozenset)) and all(map(_is_type, cast("list[object]", value)))

    def read(text: str) -> list[str]:
        return [item.strip() for item in text.split(",")] if text else []

    def once(names: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(names))

    return Setting((), "a list of exception types, such as `mybot.errors.NotAllowed`", help, fits, read, convert=once)


def _is_type(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_TEXT and all(map(str.isidentifier, value.split(".")))


def _name(help: str) -> Any:
    def fits(value: object) -> bool:
        # Python's \w is Discord's \p{L}, \p{N} and the underscore.
        return isinstance(value, str) and value == value.lower() and bool(re.fullmatch(r"[\w'-]{0,32}", value))

    allowed = "1 to 32 lower-case letters, digits, hyphens, underscores or apostrophes, or empty"
    return Setting("", allowed, help, fits, str)


def _choice(default: str, choices: Sequence[str], help: str) -> Any:
    return Setting(default, f"`{'` or `'.join(choices)}`", help, choices.__contains__, str.lower)


def _text(default: str, allowed: str, help: str, *, secret: bool = False, pattern: str = "") -> Any:
    def fits(value: object) -> bool:
        if not isinstance(value, str):
            return False
        return len(value) <= LONGEST_TEXT and value.isprintable() and bool(re.match(pattern, value))

    return Setting(default, allowed, help, fits, str, secret=secret)


class Settings:
    """What an operator may set; `load` reads and checks it. Immutable."""

    # A plain class, since dataclasses and attrs compile methods at each start: 5 ms for so many fields.

    memory_threshold_mb: float = _number(500, 1, 1_048_576, "resident memory above this is critical")
    cpu_threshold_percent: float = _number(80, 1, 6400, "CPU above this is critical; 100 is one full core")
    slow_command_threshold_ms: float = _number(
        1000, 1, 3_600_000, "a command is slow if its average answer time is above this"
    )
    deferred_answer_threshold_ms: float = _number(
        10_000, 1, 3_600_000, "the same for answers after a defer, measured from the invocation"
    )
    error_rate_threshold_percent: float = _number(10, 0, 100, "an error rate above this is critical")
    minimum_invocations: int = _number(
        10, 1, 10**6, "fewest invocations that can prove an error rate or a slow command", whole=True
    )
    denied_exceptions: tuple[str, ...] = _types(
        "exceptions that commands raise to deny an invocation; not counted as errors"
    )
    latency_threshold_ms: float = _number(500, 1, 60_000, "a heartbeat latency above this is critical")
    uptime_threshold_percent: float = _number(99, 0, 100, "an uptime below this is critical")
    response_target_ms: float = _number(100, 1, 3_600_000, "an average answer time up to this is healthy")
    latency_target_ms: float = _number(100, 1, 60_000, "a heartbeat latency up to this is healthy")
    error_rate_target_percent: float = _number(1, 0, 100, "an error rate up to this is healthy")
    uptime_target_percent: float = _number(99.9, 0, 100, "an uptime of at least this is healthy")
    sample_interval_s: float = _number(60, 1, 3600, "seconds between samples of the process")
    judge_interval_s: float = _number(300, 1, 86_400, "seconds between checks of the thresholds")
    loop_watch: bool = _switch(True, "measure event loop lag, and find what blocks the loop")
    loop_block_threshold_ms: float = _number(250, 100, 60_000, "longer blocks of the event loop are shown in /health")
    window_length: int = _number(100, 10, 1000, "number of latest answers kept per command", whole=True)
    guilds: tuple[int, ...] = _ids("guilds to register the commands in; empty: same as the bot's own commands")
    owner_only: bool = _switch(False, "only the bot's owners can use the commands")
    details: str = _choice(
        "owners",
        ("owners", "readers"),
        "who sees source locations, error types, database, host and release names: the bot's owners, or all readers",
    )
    ephemeral: bool = _switch(True, "only the person who ran a command sees the page")
    group: str = _name("group name to put the commands under; empty: no group")
    commands: bool = _switch(True, "register the commands; false: measure only")
    charts: bool = _switch(True, "draw charts, in a separate process that runs only while needed")
    page_timeout_s: float = _number(180, 10, 840, "seconds after which the buttons of a page expire")
    maximum_commands: int = _number(5000, 1, 10**6, "most commands counted separately", whole=True)
    maximum_in_flight: int = _number(10_000, 1, 10**6, "most running invocations tracked", whole=True)
    rest_watch: bool = _switch(True, "measure the bot's calls to Discord's REST API, by route")
    database: str = _text(
        "golem.db",
        "the path of a file, `postgresql://user:password@host/database`, or empty",
        "where history is kept; empty: no history",
        secret=True,
        pattern=DATABASES,
    )
    instance: str = _text(
        "",
        "a name, or empty",
        "name of this process in a fleet, stable across restarts; empty: the host name",
    )
    release: str = _text("", "a version, or empty", "version of the bot; empty: the git commit of its folder")
    flush_interval_s: float = _number(60, 10, 600, "seconds between writes to history; the most that a kill loses")
    minute_rows_kept_hours: float = _number(48, 1, 168, "retention of per-minute history")
    hour_rows_kept_days: float = _number(30, 7, 3660, "retention of hourly history")
    day_rows_kept_days: float = _number(730, 7, 36_600, "retention of daily history")
    task_watch: bool = _switch(True, "watch scheduled tasks, asyncio tasks and listeners that raise")
    stage_watch: bool = _switch(True, "break down the time to the first response; false: total only")

    def __init__(self, **values: Any) -> None:
        unknown = values.keys() - FIELDS.keys()
        if unknown:
            raise TypeError(f"no such setting: {', '.join(sorted(unknown))}")
        for name, setting in FIELDS.items():
            self.__dict__[name] = setting.convert(values.get(name, setting.default))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"settings are read-only ({name})")

    def __eq__(self, other: object) -> bool:
        return vars(self) == vars(other) if isinstance(other, Settings) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(vars(self).values()))


FIELDS: dict[str, Setting] = {name: found for name, found in vars(Settings).items() if isinstance(found, Setting)}
RENAMED = {"error_rate_minimum_invocations": "minimum_invocations"}
"""Settings by the names that they had before; they still work, with a warning."""

NAMES = {**{name: name for name in FIELDS}, **RENAMED}
VARIABLES = {PREFIX + name.upper(): found for name, found in NAMES.items()}
NOT_ABOVE = (
    ("response_target_ms", "slow_command_threshold_ms"),
    ("latency_target_ms", "latency_threshold_ms"),
    ("error_rate_target_percent", "error_rate_threshold_percent"),
    ("uptime_threshold_percent", "uptime_target_percent"),
    ("sample_interval_s", "judge_interval_s"),
    ("hour_rows_kept_days", "day_rows_kept_days"),
)
"""Pairs of settings of which the first must not be above the second."""

_configured: dict[str, Any] = {}


def describe() -> list[SettingRow]:
    """Every setting with its environment variable, default, allowed values and what it is for."""
    return [
        SettingRow(name, PREFIX + name.upper(), json.dumps(setting.default), setting.allowed, setting.help)
        for name, setting in FIELDS.items()
    ]


def configure(**settings: Any) -> None:
    """Set values in code; replaces what the call before set, so without arguments there are none.

    Raises SettingsError, and then changes nothing.
    """
    reading = _Reading()
    reading.take(settings, IN_CODE)
    reading.compare(only=settings)
    reading.finish()
    _configured.clear()
    _configured.update(reading.values)


def load(environ: Mapping[str, str] | None = None, cwd: Path | None = None) -> Settings:
    """Read all sources, by default the process's environment and working directory; raises SettingsError."""
    environ = os.environ if environ is None else environ
    ours = {name: environ[name].strip() for name in VARIABLES if name in environ}
    _warn_of_misspelt(name for name in environ if name.startswith(PREFIX) and name not in VARIABLES)
    reading = _Reading()
    reading.take_file(environ.get(CONFIG_VARIABLE), Path() if cwd is None else cwd)
    reading.take(ours, "%s=%s", VARIABLES)
    reading.take(_configured, IN_CODE)
    reading.compare()
    return reading.finish()


def _warn_of_misspelt(variables: Iterable[str]) -> None:
    # Not an error: a bot that is itself called Golem has variables of its own that begin so.
    for variable in variables:
        near = "" if variable == CONFIG_VARIABLE else _nearest(variable.upper(), VARIABLES, ALIKE)
        if near:
            _logger.warning("unknown environment variable %s; did you mean %s?", variable, near)


class _Reading:
    """Values and problems found so far, source after source."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.places = {name: f"{name}={_shown(field.default)} (default)" for name, field in FIELDS.items()}
        """Where each setting comes from, as an error shows it; one that was refused is missing."""
        self.problems: list[str] = []

    def take_file(self, named: str | None, cwd: Path) -> None:
        file = "golem.toml" if named is None else named
        place = file if named is None else f"{CONFIG_VARIABLE}={_shown(named)}"
        try:
            text = (cwd / file).read_text("utf-8-sig")
            import tomllib  # few bots have such a file, and fewer have loaded this

            table: Any = tomllib.loads(text).get("golem")
        except (OSError, ValueError, RecursionError) as error:
            if named is not None or not isinstance(error, FileNotFoundError):
                self.problems.append(f"{place}: must be a readable TOML file ({error})")
            return
        if isinstance(table, dict):
            self.take(cast("dict[str, Any]", table), "%s=%s in " + file.replace("%", "%%"))
        else:
            self.problems.append(f"{place}: must have a [golem] table")

    def take(self, given: Mapping[str, Any], place: str, known: Mapping[str, str] = NAMES) -> None:
        for key, value in given.items():
            if key not in known:  # its value is not shown: it may be a secret that was meant for something else
                self.problems.append(f"{place % (key, '…')}: no such setting{_did_you_mean(key)}")
                continue
            name, setting = known[key], FIELDS[known[key]]
            if key.lower().removeprefix(PREFIX.lower()) in RENAMED:
                now = next(each for each, found in known.items() if found == name)
                _logger.warning("%s has been renamed to %s", key, now)
                if now in given:
                    continue
            shown = place % (key, "…" if setting.secret else _shown(value))
            value = setting.read(value) if known is VARIABLES else value
            if setting.fits(value):
                self.values[name], self.places[name] = value, shown
            else:
                self.problems.append(f"{shown}: must be {setting.allowed}")
                self.places.pop(name, None)

    def compare(self, only: Iterable[str] = FIELDS) -> None:
        values = vars(Settings(**self.values))
        for lower, upper in NOT_ABOVE:
            if {lower, upper} <= self.places.keys() & only and values[lower] > values[upper]:
                self.problems.append(f"{self.places[lower]}: must not be above {self.places[upper]}")

    def finish(self) -> Settings:
        if self.problems:
            raise SettingsError(self.problems)
        return Settings(**self.values)


def _did_you_mean(key: str) -> str:
    near = _nearest(key.lower(), FIELDS)
    return f"; did you mean {near}?" if near else ""


def _nearest(typed: str, known: Iterable[str], alike: float = 0.6) -> str:
    import difflib  # only who mistypes a setting needs it

    return next(iter(difflib.get_close_matches(typed, list(known), n=1, cutoff=alike)), "")


def _shown(value: object) -> str:
    try:
        text = repr(value)
    except ValueError:  # Python refuses to write out an int of more than 4,300 digits
        text = "a number too long to show"
    return text if len(text) <= 60 else text[:59] + "…"
