"""Whatever says something: each voice is heard now and then, and returns what it claims at that moment.

A claim is one line of text, such as `alerts: error_rate /ask` or `now: uptime`; faults name them by patterns.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import NamedTuple, TypeVar

from plugin.corridor import bot_history
from plugin.corridor.command_history import all_cogs, all_commands
from plugin.corridor.look_back import LookBack, PageContext
from plugin.insight.health import judge
from plugin.model import Change, HistoryAnswer, Period, Severity, Snapshot
from plugin.model.past import ErrorState
from plugin.words import label
from tests.lives.past import Archive
from tests.lives.process import MACHINE_MB, MB, Process

T = TypeVar("T")
WELL = Severity.WELL


class Heard(NamedTuple):
    """Whom a voice is asked of."""

    process: Process
    archive: Archive | None
    """None in lives that keep no history."""
    now: float
    """Unix time in seconds."""

    @property
    def context(self) -> PageContext:
        """What the present adds to a look back."""
        return PageContext(self.now, self.process.settings, MACHINE_MB * MB)

    @property
    def past(self) -> Archive:
        """History."""
        assert self.archive is not None
        return self.archive


Voice = Callable[[Heard], Awaitable[set[str]]]


async def alerts(heard: Heard) -> set[str]:
    """The alerts that stand, after another look at the thresholds."""
    process = heard.process
    snapshot = process.snapshot()
    process.book.update(snapshot, judge(snapshot, process.settings), process.settings)
    standing = [finding for finding in process.book.active if finding.threshold is not None]
    return {f"{finding.rule} {finding.subject.name or 'all'}" for finding in standing}


async def now(heard: Heard) -> set[str]:
    """What the pages of the present show in yellow or red."""
    return set(_present(heard.process.snapshot(), heard.process))


def _present(snapshot: Snapshot, process: Process) -> Iterator[str]:
    health = judge(snapshot, process.settings)
    values = {
        "memory": health.measured["memory_bytes"],
        "cpu": health.measured["cpu_share"],
        "response": health.response_ms,
        "errors": health.error_rate_percent,
        "latency": health.measured["latency_s"],
        "uptime": health.measured["connected_share"],
        "loop lag": health.measured["loop_lag_s"],
    }
    yield from (name for name, judged in values.items() if judged.severity > WELL)
    yield from (f"cog {cog.name or 'none'}" for cog in health.cogs if cog.severity > WELL)
    for command in health.commands:
        if command.error_rate.severity > WELL:
            yield f"errors {label(command.command.key)}"
        if command.severity > WELL and command.error_rate.severity <= WELL:
            yield f"slow {label(command.command.key)}"
    yield from (f"deaf {shard}" for shard in health.deaf)
    yield from (f"tasks {task.group.name}" for task in health.tasks if task.severity > WELL)


def performance(period: Period, *, fleet: bool = False) -> Voice:
    """What the pages of `/performance` show of a period: colours, arrows for the worse, and growing memory."""

    async def voice(heard: Heard) -> set[str]:
        back = LookBack(period, fleet, heard.now)
        found = answered(await bot_history.performance(heard.past, back, heard.context))
        review = found.review
        judged = {"response": review.response, "errors": review.errors, "memory": review.levels["memory_bytes"].judged}
        arrows = {
            "invocations": review.invocations,
            "error rate": review.error_rate,
            "mean": review.mean_ns,
            "p95": review.p95_ns,
            "memory": review.levels["memory_bytes"].change,
            "latency": review.levels["latency_s"].change,
        }
        claims = {name for name, one in judged.items() if one.severity > WELL}
        claims |= {f"arrow {name}" for name, change in arrows.items() if change.holds}
        return claims | ({"growth"} if found.growth is not None else set())

    return voice


def commands(period: Period, *, fleet: bool = False) -> Voice:
    """What the pages of commands and cogs show of a period: colours and arrows, each with its command or cog."""

    async def voice(heard: Heard) -> set[str]:
        back, settings = LookBack(period, fleet, heard.now), heard.process.settings
        review = answered(await all_commands(heard.past, back, 10, settings))
        cogs = answered(await all_cogs(heard.past, back, settings)).cogs
        claims = set[str]()
        for what in ("most_used", "slowest", "most_errors", "most_denied"):
            for command in getattr(review, what):
                claims |= {f"arrow {what} {label(command.key)}"} if any(_arrows(command.changes)) else set()
                claims |= {f"errors {label(command.key)}"} if command.error_rate.severity > WELL else set()
                claims |= {f"slow {label(command.key)}"} if command.response.severity > WELL else set()
        for cog in cogs:
            claims |= {f"cog {cog.name}"} if cog.severity > WELL else set()
            claims |= {f"arrow cog {cog.name}"} if any(_arrows((cog.error_rate, cog.mean_ns))) else set()
        return claims

    return voice


def _arrows(changes: tuple[Change, ...]) -> Iterator[bool]:
    return (change.holds for change in changes)


async def health(heard: Heard) -> set[str]:
    """What history adds to `/health`: findings of the last update, what is new, regressed or gone, growing memory."""
    found = answered(await bot_history.health(heard.past, False, heard.context))
    findings = found.release.findings if found.release is not None else ()
    claims = {f"{finding.rule} {finding.subject.name}" for finding in findings}
    claims |= {
        f"{error.state.name.lower()} {error.type} {error.place.line if error.place else ''}".rstrip()
        for error in found.errors
        if error.state in (ErrorState.NEW, ErrorState.REGRESSED, ErrorState.GONE)
    }
    if found.release is not None:
        claims.add(f"update to {found.release.release}")
    return claims | ({"growth"} if found.growth is not None else set())


def answered(looked: HistoryAnswer[T]) -> T:
    """The answer; a page without one is no verdict of any kind."""
    assert looked.review is not None, looked.note
    return looked.review


VOICES: dict[str, Voice] = {
    "alerts": alerts,
    "now": now,
    "health": health,
    **{f"performance {period.value}": performance(period) for period in Period},
    **{f"commands {period.value}": commands(period) for period in Period},
}
"""By the names that lives ask them by; a claim begins with the name of its voice."""

IN_MEMORY = ("alerts", "now")
"""Those that need no history."""
