"""Query history for the instances of a period: when they ran, and which of them were lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from plugin.corridor.look_back import PageContext
from plugin.corridor.periods import MINUTE_S
from plugin.history.store import Store
from plugin.insight.availability import InstanceProcesses, Watch, state_at, watch
from plugin.insight.fleet import judge_fleet
from plugin.insight.history_rules import lost_instances
from plugin.insight.scales import CRITICAL
from plugin.model import Finding, InstanceSeen, Scope, Spans
from plugin.model.past import InstanceState

MOST_INSTANCES = 50
CONNECTED = "connected_share"


class WatchedInstances(NamedTuple):
    """The instances of a period."""

    watched: Sequence[tuple[InstanceProcesses, Watch]]
    """Those of the scope that should have run in the period."""
    ends: Mapping[str, float | None]
    """By instance, Unix time in seconds of its last sign of life; None if it ran at the end of the period."""
    lost: Sequence[Finding]
    """Findings about those of the scope that were lost."""


async def instances_of(store: Store, scope: Scope, over: Spans, context: PageContext) -> WatchedInstances:
    """The instances of a scope over a period; `context.now` is the present."""
    seen = await store.fleet.instances(scope.bot, context.now)
    newest = {one.name: one for one in reversed(seen)}  # processes of one name are one instance
    found = [await _processes(store, scope, over, one, context) for one in [*newest.values()][-MOST_INSTANCES:]]
    known = [one for one in found if one is not None]
    mine = [one for one in known if scope.instance in (None, one.name)]
    watched = [watch(one, known, over.start, over.end, context.settings.flush_interval_s) for one in mine]
    return WatchedInstances(
        [(one, watch) for one, watch in zip(mine, watched, strict=True) if watch is not None],
        {one.name: None if one.state is InstanceState.RUNS else one.last.last_seen for one in known},
        [one for one in _lost(seen, over, context) if scope.instance in (None, one.subject.name)],
    )


async def _processes(
    store: Store, scope: Scope, over: Spans, seen: InstanceSeen, context: PageContext
) -> InstanceProcesses | None:
    boots = [boot for boot in await store.fleet.boots(scope.bot, seen.name, context.now) if boot.started < over.end]
    if not boots:
        return None
    connected = None
    if scope.instance in (None, seen.name):  # of others, only their processes matter
        connected = await store.reading.values(Scope(scope.bot, seen.name), over.start, over.end, CONNECTED)
    state = state_at(boots, over.end, context.now, _beat_s(context))
    return InstanceProcesses(seen.name, seen.shards, boots, connected, state)


def _lost(instances: Sequence[InstanceSeen], over: Spans, context: PageContext) -> list[Finding]:
    """Instances that were lost in the period, or before it without others to run their shards."""
    found = lost_instances(judge_fleet(instances, context.now, _beat_s(context)))
    known = (one for one in found if one.since < over.end)
    return [one for one in known if one.since >= over.start or one.severity is CRITICAL]


def _beat_s(context: PageContext) -> float:
    return max(MINUTE_S, context.settings.flush_interval_s)
