"""Reads and checks settings: from a TOML file, the environment, and code.

Each source overrides the one before: the defaults, the `[golem]` table of a TOML file, the environment, `configure`.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from plugin.settings import FIELDS, NAMES, NOT_ABOVE, PREFIX, RENAMED, VARIABLES, Settings

if TYPE_CHECKING:
    from plugin.own_rules.tables import RuleTables

_logger = logging.getLogger(__name__)

CONFIG_VARIABLE = "GOLEM_CONFIG"
"""Names the TOML file to read instead of `golem.toml` in the working directory."""

RULE_TABLES = ("threshold", "rule")
"""The tables `[[golem.rule]]` and `[[golem.threshold]]`, which take the same keys, and the same in code."""

ALIKE = 0.85
"""How similar a variable must be to one of ours, from 0 to 1, to be reported as a typing error."""

IN_CODE = "configure(%s=%s)"

PASSED_ON = re.compile(
    r"PATH|HOME|LANG|LC_\w+|TZ|TE?MP(DIR)?|LD_LIBRARY_PATH|PYTHONHOME|(HTTPS?|ALL|NO)_PROXY|SSL_CERT_(FILE|DIR)"
    r"|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|SYSTEM(ROOT|DRIVE)|WINDIR|USERPROFILE|(LOCAL)?APPDATA",
    re.IGNORECASE,
)
"""Variables that another program needs to find its libraries, certificates and proxies."""

_configured: dict[str, Any] = {}


class SettingsError(ValueError):
    """Invalid settings; the message has one line per problem."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def configure(**settings: Any) -> None:
    """Set values in code; each call replaces the values of the previous one.

    Raises SettingsError, and changes nothing, if a value is invalid.
    """
    reading = _Reading()
    reading.take(settings, IN_CODE)
    reading.compare(only=settings)
    reading.problems += reading.refused()
    reading.finish()
    _configured.clear()
    _configured.update(reading.values)
    _configured.update({kind: settings[kind] for kind in RULE_TABLES if kind in settings})


def load(environ: Mapping[str, str] | None = None, cwd: Path | None = None) -> Settings:
    """Read all sources, by default the process's environment and working directory; raises SettingsError.

    A rule that makes no sense is left out, and told in `Settings.refused_rules`.
    """
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
    # Not an error: a bot that is itself called Golem has variables of its own with this prefix.
    for variable in variables:
        near = "" if variable == CONFIG_VARIABLE else _nearest(variable.upper(), VARIABLES, ALIKE)
        if near:
            _logger.warning("unknown environment variable %s; did you mean %s?", variable, near)


def passed_on(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for a program that must know nothing of the bot, such as its token."""
    environ = os.environ if environ is None else environ
    return {name: value for name, value in environ.items() if PASSED_ON.fullmatch(name)}


class _Reading:
    """Values and problems found so far, source after source."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.places = {name: f"{name}={_shown(field.default)} (default)" for name, field in FIELDS.items()}
        """The source of each setting, as errors show it; invalid settings are left out."""
        self.problems: list[str] = []
        self._rules: dict[str, tuple[object, str]] = {}
        """Tables of rules with their place, by kind."""

    def take_file(self, named: str | None, cwd: Path) -> None:
        file = "golem.toml" if named is None else named
        place = file if named is None else f"{CONFIG_VARIABLE}={_shown(named)}"
        try:
            text = (cwd / file).read_text("utf-8-sig")
            import tomllib  # here, since few bots have such a file

            read = tomllib.loads(text)
        except (OSError, ValueError, RecursionError) as error:
            if named is not None or not isinstance(error, FileNotFoundError):
                self.problems.append(f"{place}: must be a readable TOML file ({error})")
            return
        table: Any = read.get("golem")
        self.problems += [f"{place}: [[{kind}]] must be [[golem.{kind}]]" for kind in RULE_TABLES if kind in read]
        if isinstance(table, dict):
            given = dict(cast("dict[str, Any]", table))
            self._rules |= {kind: (given.pop(kind), file) for kind in RULE_TABLES if kind in given}
            self.take(given, "%s=%s in " + file.replace("%", "%%"))
        else:
            self.problems.append(f"{place}: must have a [golem] table")

    def take(self, given: Mapping[str, Any], place: str, known: Mapping[str, str] = NAMES) -> None:
        for key, value in given.items():
            if key in RULE_TABLES and known is NAMES:
                self._rules[key] = value, "configure"
                continue
            if key not in known:  # its value is not shown: it may be a secret meant for something else
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
                self.problems.append(f"{shown}: must be {setting.allowed}{setting.wrong(value)}")
                self.places.pop(name, None)

    def refused(self) -> list[str]:
        """One line for each problem of a rule."""
        return self._read_rules().problems if self._rules else []

    def _read_rules(self) -> RuleTables:
        from plugin.own_rules.tables import Given, read_rules  # here, since few bots have any

        return read_rules(Given(kind, *self._rules[kind]) for kind in RULE_TABLES if kind in self._rules)

    def compare(self, only: Iterable[str] = FIELDS) -> None:
        values = vars(Settings(**self.values))
        for lower, upper in NOT_ABOVE:
            if {lower, upper} <= self.places.keys() & only and values[lower] > values[upper]:
                self.problems.append(f"{self.places[lower]}: must not be above {self.places[upper]}")

    def finish(self) -> Settings:
        if self.problems:
            raise SettingsError(self.problems)
        if not self._rules:
            return Settings(**self.values)
        rules = self._read_rules()
        return Settings(
            **self.values, thresholds=rules.thresholds, finding_rules=rules.findings, refused_rules=rules.refused
        )


def _did_you_mean(key: str) -> str:
    near = _nearest(key.lower(), (*FIELDS, *RULE_TABLES))
    return f"; did you mean {near}?" if near else ""


def _nearest(typed: str, known: Iterable[str], alike: float = 0.6) -> str:
    import difflib  # needed only for a mistyped setting

    return next(iter(difflib.get_close_matches(typed, list(known), n=1, cutoff=alike)), "")


def _shown(value: object) -> str:
    try:
        text = repr(value)
    except ValueError:  # Python does not convert an int of more than 4,300 digits
        text = "a number too long to show"
    return text if len(text) <= 60 else text[:59] + "…"
