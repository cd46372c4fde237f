"""Laws that hold after any writes, rollups and deletions, in any order."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin.histogram import Histogram
from plugin.history.store import Store
from plugin.history.tiers import KeptFrom
from plugin.history.views import viewed
from plugin.model import CommandDelta, Outcome, Retention, Scope, Writer
from tests.history.builders import BUY, DAY, NOON, SELL, batch, delta, roll_up_all

SPAN_S = 6 * DAY
RETENTION = Retention(6 * 3600, 2 * DAY, 1000 * DAY)
bots = itertools.count(1000)

moments = st.integers(0, SPAN_S // 60).map(lambda minute: NOON + 60 * minute)
near = st.integers(0, 240).map(lambda minute: NOON + 60 * minute)


class Write(NamedTuple):
    instance: str
    start: int
    delta: CommandDelta


class KeepHouse(NamedTuple):
    now: int
    steps: int
    prunes: bool


writes = st.builds(
    Write,
    st.sampled_from("ab"),
    st.one_of(moments, near),
    st.builds(
        delta,
        st.sampled_from([BUY, SELL]),
        st.integers(1, 3),
        st.integers(0, 2),
        st.sampled_from([1, 40, 900]),
        st.integers(0, 1),
    ),
)
house = st.builds(KeepHouse, moments, st.integers(1, 4), st.booleans())
spans = st.tuples(st.one_of(moments, near), st.one_of(moments, near)).map(sorted)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(writes, writes, house), min_size=1, max_size=20), st.lists(spans, min_size=1, max_size=2))
async def test_history_is_the_sum_of_its_batches(
    store: Store, steps: list[Write | KeepHouse], asked: list[list[int]]
) -> None:
    """Any span, of one instance or all, has the sum of the batches that began in it."""
    bot = next(bots)
    for step in steps:
        if isinstance(step, Write):
            await store.writing.write(Writer(bot, step.instance, "boot", "1"), batch(step.start, step.delta))
        else:
            await keep_house(store, bot, step)
    written = [step for step in steps if isinstance(step, Write)]
    for scope in (Scope(bot), Scope(bot, "a")):
        kept = await kept_of(store, scope)
        for start, end in [*asked, [0, NOON + 2 * SPAN_S]]:
            since, until = kept.aligned(start), kept.aligned(end)
            expected = [one.delta for one in written if in_scope(scope, one) and since <= one.start < until]
            await check(store, scope, start, end, expected)
        everything = [one.delta for one in written if in_scope(scope, one)]
        assert counts(await store.reading.all_time(scope)) == expected_counts(everything)
    await roll_up_all(store, NOON + 2 * SPAN_S)


async def keep_house(store: Store, bot: int, step: KeepHouse) -> None:
    """Do a few steps of what the background does."""
    for _ in range(step.steps):
        await store.writing.roll_up(step.now)
        if step.prunes:
            await store.writing.prune(bot, step.now, RETENTION)


async def kept_of(store: Store, scope: Scope) -> KeptFrom:
    """From when on minutes and hours are kept."""
    async with viewed(store._database, store._known, scope) as (_, view):
        return view.kept


def in_scope(scope: Scope, write: Write) -> bool:
    return scope.instance in (None, write.instance)


def counts(totals: object) -> dict[object, object]:
    """Outcomes, durations and answers by command."""
    return {total.key: (total.outcomes, total.total_ns, total.answers[:2], total.deferred[:2]) for total in totals}


def expected_counts(deltas: list[CommandDelta]) -> dict[object, object]:
    """What `counts` should be, added up in the simplest way."""
    found: dict[object, object] = {}
    for key in {one.key for one in deltas}:
        mine = [one for one in deltas if one.key == key]
        outcomes = tuple(sum(one.outcomes[outcome] for one in mine) for outcome in Outcome)
        sums = (tuple(map(sum, zip(*kind, strict=True))) for kind in _answers(mine))
        found[key] = outcomes, sum(one.total_ns for one in mine), *sums
    return found


def _answers(deltas: list[CommandDelta]) -> list[list[tuple[int, int]]]:
    return [[one.answers[:2] for one in deltas], [one.deferred[:2] for one in deltas]]


async def check(store: Store, scope: Scope, start: int, end: int, expected: list[CommandDelta]) -> None:
    """Each question about a span agrees with the batches in it."""
    assert counts(await store.reading.totals(scope, start, end)) == expected_counts(expected)
    top = await store.reading.top(scope, start, end)
    assert counts(top) == expected_counts(expected)
    mine = [one for one in expected if one.key == BUY]
    command = await store.reading.command(scope, start, end, BUY)
    assert command.durations == merged(one.durations for one in mine)
    assert command.first_responses == merged(one.first_responses for one in mine)
    assert command.answers.times == merged(one.answers.times for one in mine)
    assert command.deferred.times == merged(one.deferred.times for one in mine)
    assert command.outcomes[0] == sum(one.outcomes[0] for one in mine)


def merged(histograms: Iterable[Histogram]) -> Histogram:
    """All in one."""
    whole = Histogram()
    for one in histograms:
        whole.merge(one)
    return whole
