"""Every setting: its default, its bounds and what it is for.

`settings_source.load` reads them.
"""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from plugin.setting_types import (
    Setting,
    channel,
    choice,
    hours,
    ids,
    mentions,
    number,
    slash_name,
    switch,
    targets,
    text,
    time_of_day,
    time_of_week,
    types,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plugin.own_rules import FindingRule, OwnThreshold

PREFIX = "GOLEM_"
DATABASES = r"(postgres(ql)?(\+asyncpg)?|sqlite(\+aiosqlite)?)://|(?!\w[\w+.-]*://)"
"""Matches the start of a database's address: a known scheme, or none."""


class Settings:
    """The values of all settings; immutable."""

    # A plain class, since dataclasses and attrs compile methods at each start, which takes 5 ms for this many fields.

    memory_threshold_mb: float = number(500, 1, 1_048_576, "resident memory above this is critical")
    cpu_threshold_percent: float = number(80, 1, 6400, "CPU above this is critical; 100 is one full core")
    slow_command_threshold_ms: float = number(
        1000, 1, 3_600_000, "a command is slow if its average answer time is above this"
    )
    deferred_answer_threshold_ms: float = number(
        10_000, 1, 3_600_000, "the same for answers after a defer, measured from the invocation"
    )
    error_rate_threshold_percent: float = number(10, 0, 100, "an error rate above this is critical")
    minimum_invocations: int = number(
        10, 1, 10**6, "fewest invocations that can prove an error rate or a slow command", whole=True
    )
    denied_exceptions: tuple[str, ...] = types(
        "exceptions that commands raise to deny an invocation; not counted as errors"
    )
    latency_threshold_ms: float = number(500, 1, 60_000, "a heartbeat latency above this is critical")
    uptime_threshold_percent: float = number(99, 0, 100, "an uptime below this is critical")
    response_target_ms: float = number(100, 1, 3_600_000, "an average answer time up to this is healthy")
    latency_target_ms: float = number(100, 1, 60_000, "a heartbeat latency up to this is healthy")
    error_rate_target_percent: float = number(1, 0, 100, "an error rate up to this is healthy")
    uptime_target_percent: float = number(99.9, 0, 100, "an uptime of at least this is healthy")
    sample_interval_s: float = number(60, 1, 3600, "seconds between samples of the process")
    judge_interval_s: float = number(300, 1, 86_400, "seconds between checks of the thresholds")
    loop_watch: bool = switch(True, "measure event loop lag, and find what blocks the loop")
    loop_block_threshold_ms: float = number(250, 100, 60_000, "longer blocks of the event loop are shown in /health")
    window_length: int = number(100, 10, 1000, "number of latest answers kept per command", whole=True)
    guilds: tuple[int, ...] = ids("guilds to register the commands in; empty: same as the bot's own commands")
    owner_only: bool = switch(False, "only the bot's owners can use the commands")
    details: str = choice(
        "owners",
        ("owners", "readers"),
        "who sees source locations, error types, database, host and release names: the bot's owners, or all readers",
    )
    ephemeral: bool = switch(True, "only the person who ran a command sees the page")
    group: str = slash_name("group name to put the commands under; empty: no group")
    commands: bool = switch(True, "register the commands; false: measure only")
    charts: bool = switch(True, "draw charts, in a separate process that runs only while needed")
    timezone: str = text(
        "UTC",
        "the IANA name of a time zone, such as Europe/Berlin",
        "time zone of times of day, as in /health when: 02:10",
        pattern=r"[A-Za-z0-9_+/-]{1,64}$",
    )
    page_timeout_s: float = number(180, 10, 840, "seconds after which the buttons of a page expire")
    maximum_commands: int = number(5000, 1, 10**6, "most commands counted separately", whole=True)
    maximum_in_flight: int = number(10_000, 1, 10**6, "most running invocations tracked", whole=True)
    rest_watch: bool = switch(True, "measure the bot's calls to Discord's REST API, by route")
    database: str = text(
        "golem.db",
        "the path of a file, `postgresql://user:password@host/database`, or empty",
        "where history is kept; empty: no history",
        secret=True,
        pattern=DATABASES,
    )
    instance: str = text(
        "",
        "a name, or empty",
        "name of this process in a fleet, stable across restarts; empty: the host name",
    )
    release: str = text("", "a version, or empty", "version of the bot; empty: the git commit of its folder")
    flush_interval_s: float = number(60, 10, 600, "seconds between writes to history; the most that a kill loses")
    alert_channel: int = channel("the Discord channel, thread or forum post that is told of problems; 0: none")
    alert_targets: tuple[str, ...] = targets(
        "apprise URLs that are told of problems as well: mail, push services, other chats, webhooks; "
        "in the environment separated by spaces"
    )
    alert_severity: str = choice(
        "critical", ("critical", "warning"), "the least severity of a problem that people are told of"
    )
    alert_after_s: float = number(60, 0, 3600, "seconds for which a problem must stand before people are told")
    alert_grace_s: float = number(
        120, 0, 3600, "seconds after a start in which nothing that is found is told until it is found again later"
    )
    alert_mentions: tuple[str, ...] = mentions(
        "who is mentioned in a new message about a critical problem; empty: nobody"
    )
    alert_reminder_s: float = number(
        0,
        0,
        604_800,
        "seconds after which people are reminded once of an alert that nobody has acknowledged; 0: never",
    )
    alert_quiet_hours: str = hours(
        "hours in `timezone` in which people are told of critical problems only; empty: none"
    )
    status_channel: int = channel(
        "the Discord channel or thread with a pinned message that shows how the bot is; 0: none"
    )
    daily_report: str = time_of_day(
        "time of day, in the time zone of `timezone`, at which a report of the last 24 hours is sent to "
        "where alerts go; empty: none"
    )
    weekly_report: str = time_of_week("the same for the last 7 days; empty: none")
    heartbeat_url: str = text(
        "",
        "an `http://` or `https://` address, or empty",
        "requested while the bot is well, as healthchecks.io and Uptime Kuma expect; "
        "`{message}` and `{latency_ms}` in it are filled in",
        secret=True,
        pattern=r"https?://\S+$|$",
    )
    heartbeat_interval_s: float = number(60, 10, 3600, "seconds between heartbeats")
    minute_rows_kept_hours: float = number(48, 1, 168, "retention of per-minute history")
    hour_rows_kept_days: float = number(30, 7, 3660, "retention of hourly history")
    day_rows_kept_days: float = number(730, 7, 36_600, "retention of daily history")
    task_watch: bool = switch(True, "watch scheduled tasks, asyncio tasks and listeners that raise")
    stage_watch: bool = switch(True, "break down the time to the first response; false: total only")
    voice_watch: bool = switch(True, "measure voice channels: time, sessions, channels that are left behind")
    maximum_voice_members: int = number(50_000, 1, 10**6, "most members in voice tracked", whole=True)
    voice_channel_left_s: float = number(
        600, 1, 86_400, "seconds after which an empty temporary voice channel counts as left behind"
    )

    thresholds: tuple[OwnThreshold, ...] = ()
    """Of single measures; from tables of the file or from code, since no variable can hold them."""
    finding_rules: tuple[FindingRule, ...] = ()
    """How people are told of single findings; also from tables."""
    refused_rules: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    """The problems of tables that make no sense, by table; everything else is used without them."""

    def __init__(
        self,
        *,
        thresholds: tuple[OwnThreshold, ...] = (),
        finding_rules: tuple[FindingRule, ...] = (),
        refused_rules: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
        **values: Any,
    ) -> None:
        unknown = values.keys() - FIELDS.keys()
        if unknown:
            raise TypeError(f"no such setting: {', '.join(sorted(unknown))}")
        for name, setting in FIELDS.items():
            self.__dict__[name] = setting.convert(values.get(name, setting.default))
        self.__dict__.update(thresholds=thresholds, finding_rules=finding_rules, refused_rules=refused_rules)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"settings are read-only ({name})")

    def __eq__(self, other: object) -> bool:
        return vars(self) == vars(other) if isinstance(other, Settings) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(value for name, value in vars(self).items() if name != "refused_rules"))


FIELDS: dict[str, Setting] = {name: found for name, found in vars(Settings).items() if isinstance(found, Setting)}
RENAMED = {"error_rate_minimum_invocations": "minimum_invocations"}
"""Settings by their former names, which still work, with a warning."""

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
"""Pairs of settings; the first must not be above the second."""


class SettingRow(NamedTuple):
    """One setting as the documentation shows it."""

    name: str
    variable: str
    default: str
    """As written in TOML."""
    allowed: str
    help: str


def describe() -> list[SettingRow]:
    """Every setting with its environment variable, default, allowed values and help text."""
    return [
        SettingRow(name, PREFIX + name.upper(), json.dumps(setting.default), setting.allowed, setting.help)
        for name, setting in FIELDS.items()
    ]
