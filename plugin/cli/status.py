"""`status`: whether the instances of a bot run, what stands, and the last 24 hours in a few lines."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence

from plugin.cli import source
from plugin.cli.output import say
from plugin.display import numbers
from plugin.display.marks import sign
from plugin.insight.fleet import judge_fleet
from plugin.insight.scales import CRITICAL, WELL
from plugin.model import CommandTotals, Finding, Scope
from plugin.model.past import InstanceHealth, InstanceState

NAME = "status"
HELP = "whether the bot runs, what is wrong, and its last 24 hours; exit code 1 where an instance is lost"
DAY_S = 86_400
MINUTE_S = 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Those of every command that reads history."""
    source.add_arguments(parser)


async def run(given: argparse.Namespace) -> int:
    """Print the status; 1 where an instance is lost and no other runs its shards."""
    settings, now = source.settings(), time.time()
    async with source.history(given, settings) as past:
        store, scope = past.store, past.scope(fleet=given.instance is None)
        instances = await store.fleet.instances(scope.bot, now)
        fleet = judge_fleet(instances, now, max(MINUTE_S, settings.flush_interval_s))
        shown = [one for one in fleet.instances if given.instance in (None, one.seen.name)]
        standing = await _standing(past, shown)
        totals = await store.reading.totals(scope, int(now) - DAY_S, int(now) + MINUTE_S)
    for line in _lines(scope, shown, standing, totals, now):
        say(line)
    return int(any(one.severity is CRITICAL for one in shown))


async def _standing(past: source.StoreSource, instances: Sequence[InstanceHealth]) -> list[Finding]:
    names = dict.fromkeys(one.seen.name for one in instances if one.life is InstanceState.RUNS)
    found = [finding for name in (*names, None) for finding in await past.store.fleet.open_findings(past.bot, name)]
    return sorted(found, key=lambda finding: (-finding.severity, finding.since))


def _lines(
    scope: Scope,
    instances: Sequence[InstanceHealth],
    standing: Sequence[Finding],
    totals: Sequence[CommandTotals],
    now: float,
) -> Iterator[str]:
    yield f"bot {scope.bot}"
    yield from (_instance(one, now) for one in instances)
    for finding in standing:
        if finding.severity > WELL:
            yield f"{sign(finding.severity)} {finding.sentence}, since {numbers.rough_span(now - finding.since)}"
    ok, denied, error, cancelled = (sum(counts) for counts in zip((0,) * 4, *(t.outcomes for t in totals), strict=True))
    share = numbers.share(error, ok + error)
    yield f"last 24 h: {ok + denied + error + cancelled:,} invocations, error rate {share}, {denied:,} denied"


def _instance(one: InstanceHealth, now: float) -> str:
    seen = one.seen
    ago = numbers.rough_span(max(0.0, now - seen.last_seen))
    how = {
        InstanceState.RUNS: f"running for {numbers.rough_span(max(0.0, now - seen.started))}",
        InstanceState.LEFT: f"stopped {ago} ago",
        InstanceState.DEAD: f"no sign of life for {ago}",
    }[one.life]
    shards = f", shards {', '.join(map(str, seen.shards))}" if seen.shards else ""
    words = f": {seen.status}" if seen.status else ""
    return f"{sign(one.severity)} {seen.name} {how}, release {seen.release}{shards}{words}"
