"""Query history for what charts of a period mark."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.history.store import Store
from plugin.insight.happenings import happenings
from plugin.model import FindingKept, Scope, Spans, StartSeen
from plugin.model.happenings import Happenings


async def happened(store: Store, scope: Scope, over: Spans, now: float) -> Happenings:
    """Releases, restarts, unclean shutdowns, disconnections and incidents of a period; `now` in Unix seconds."""
    starts = await store.fleet.starts(scope.bot, now=now)
    findings = await store.reading.findings(scope, over.start, over.end)
    return await happened_among(store, scope, over, starts, findings, now)


async def happened_among(
    store: Store,
    scope: Scope,
    over: Spans,
    starts: Sequence[StartSeen],
    findings: Sequence[FindingKept],
    now: float,
) -> Happenings:
    """The same of starts and findings that are known."""
    boots = () if scope.instance is None else await store.fleet.boots(scope.bot, scope.instance, now)
    return happenings(scope, over, starts, boots, findings)
