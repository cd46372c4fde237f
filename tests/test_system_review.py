"""What the scheduled look finds in the history of own measures, from a real store."""

from __future__ import annotations

import math
import random
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import pytest

from plugin.corridor import system_history, system_review
from plugin.corridor.look_back import LookBack, PageContext
from plugin.histogram import TICK_NS, Histogram
from plugin.history.store import Store, open_store
from plugin.insight.systems import SystemRule
from plugin.metrics.meters.buffer import OwnSeriesBuffer
from plugin.metrics.meters.reader import MeterReader
from plugin.model import Finding, Period, SeriesDelta, SeriesKind, Severity, Subject, SubjectKind, SystemPast, Writer
from plugin.settings import Settings
from tests.history.builders import DAY, NOON, WRITER, batch, roll_up_all
from tests.metrics.systems import Books
from tests.test_command_history import Kept

HOUR, WEEK = 3600, 7 * DAY
SINCE = NOON
NEXT = WRITER._replace(boot="next", release="2.0")
OTHER = WRITER._replace(instance="other", boot="its own")
KINDS = {
    "economy.transactions": SeriesKind("1", "counter", "kind"),
    "economy.price": SeriesKind("{coin}", "histogram/1", ""),
    "economy.supply": SeriesKind("{coin}", "gauge", ""),
}


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncGenerator[Kept]:
    """History in an empty file."""
    async with await open_store(str(tmp_path / "history.db")) as store:
        yield Kept(store)


def prices(noise: random.Random, mean: float) -> SeriesDelta:
    """What a histogram recorded in an hour."""
    values, histogram = [noise.lognormvariate(math.log(mean), 0.5) for _ in range(6)], Histogram()
    for value in values:
        histogram.record(int(value * TICK_NS))
    return SeriesDelta(len(values), sum(values), min(values), max(values), histogram)


async def weeks(store: Store, rate: Callable[[int], float], price: Callable[[int], float], days: int = 4) -> None:
    """Three weeks of release 1.0, then some days of 2.0: an hour of each in one batch, with the rhythm of the day."""
    noise = random.Random(1)
    await store.fleet.register(WRITER, SINCE - 21 * DAY)
    await store.fleet.register(NEXT, SINCE)
    for at in range(SINCE - 21 * DAY, SINCE + days * DAY, HOUR):
        busy = 1 + 0.8 * math.sin(at % DAY / DAY * 2 * math.pi)
        added = float(round(noise.gauss(30, 5) * busy * rate(at)))
        series = {
            'economy.transactions{kind="daily"}': SeriesDelta(1, added, added, added),
            "economy.price": prices(noise, price(at)),
            "memory_bytes": SeriesDelta(60, 6e9, 1e8, 1e8),
        }
        await store.writing.write(NEXT if at >= SINCE else WRITER, batch(at)._replace(series=series, kinds=KINDS))
    await roll_up_all(store, SINCE + days * DAY)


async def found(kept: Kept, days: int = 4) -> list[str]:
    """The sentences of what is found so many days after the update."""
    findings = await system_review.system_findings(kept, SINCE + days * DAY + 60.0, 120)
    assert findings is not None
    assert {finding.rule for finding in findings} <= system_review.SYSTEM_FINDINGS
    return [finding.sentence for finding in findings]


async def test_what_an_update_changed_is_found(kept: Kept) -> None:
    """A counter that grows twice as fast since a release, and prices that are three times as high, in like hours."""
    await weeks(kept.store, lambda at: 2 if at >= SINCE else 1, lambda at: 150 if at >= SINCE else 50)
    first, second = sorted(await found(kept))
    assert first.startswith("economy.price: median ") and first.endswith(" since 2.0")
    assert second.startswith("economy.transactions: ") and second.endswith(" per hour since 2.0")


async def test_an_update_that_changed_nothing_names_nothing(kept: Kept) -> None:
    """The rhythm of the day and noise are no change."""
    await weeks(kept.store, lambda _: 1, lambda _: 50)
    assert await found(kept) == []


async def test_what_began_before_the_update_is_not_its_doing(kept: Kept) -> None:
    """A change three days earlier is named by nobody."""
    began = SINCE - 3 * DAY
    await weeks(kept.store, lambda at: 3 if at >= began else 1, lambda at: 150 if at >= began else 50)
    assert await found(kept) == []


async def test_what_passed_is_not_said_any_more(kept: Kept) -> None:
    """What the first week showed must still be true in the last."""

    def first_week(at: int) -> float:
        return 3 if SINCE <= at < SINCE + WEEK else 1

    await weeks(kept.store, first_week, lambda _: 50, days=15)
    assert await found(kept, days=15) == []


async def test_rules_of_systems_get_their_hours(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each rule sees the hours of its measures over four weeks, all instances added up."""
    seen: list[SystemPast] = []

    def find(past: SystemPast) -> list[Finding]:
        seen.append(past)
        return [Finding("economy_dupe", Subject(SubjectKind.MEASURE, "economy.supply"), Severity.WARNING, "gap", SINCE)]

    rule = SystemRule("economy_dupe", "economy", ("economy.transactions", "economy.supply"), find)
    monkeypatch.setattr(system_review, "SYSTEM_RULES", (rule,))
    for writer in (WRITER, OTHER):
        await kept.store.fleet.register(writer, SINCE)
        for minute in range(0, 120, 2):
            series = {
                'economy.transactions{kind="daily"}': SeriesDelta(1, 5, 5, 5),
                "economy.supply": SeriesDelta(1, 100 + minute, 100, 100, last=100 + minute),
            }
            said = batch(SINCE + 60 * minute)._replace(series=series, kinds=KINDS)
            await kept.store.writing.write(writer, said)
    findings = await system_review.system_findings(kept, SINCE + 2 * HOUR, 120)
    assert findings is not None and [finding.sentence for finding in findings] == ["gap"]
    supply, transactions = sorted(seen[0].series, key=lambda one: one.measure)
    assert [point.values.last for point in supply.course.points] == [2 * 158, 2 * 218]
    assert [point.values.sum for point in transactions.course.points] == [2 * 30 * 5, 2 * 30 * 5]


class FarmingInstance:
    """One instance of a fleet: a member who writes every minute in a channel of its own, and what history is told."""

    def __init__(self, writer: Writer, member: int, hours: int) -> None:
        self._writer, self._member, self._hours = writer, member, hours
        self._books, self._reader, self._buffer = Books(), MeterReader(), OwnSeriesBuffer()
        self._books.wait(SINCE - self._books.clock())

    async def write(self, store: Store, hours: int) -> None:
        """The member writes in the last of so many hours, and ten minutes more."""
        await store.fleet.register(self._writer, SINCE)
        for minute in range(hours * 60 + 10):
            if minute >= (hours - self._hours) * 60:
                self._books.activity.award(20, self._member, "message", self._member)
            if minute % 10 == 9:
                await self._cut(store)
            self._books.wait(60)

    async def _cut(self, store: Store) -> None:
        for _ in self._buffer.reading(self._reader, [self._books.own]):
            pass
        series, kinds = self._buffer.take()
        said = batch(int(self._books.clock()) // 60 * 60)._replace(series=series, kinds=kinds)
        await store.writing.write(self._writer, said)


async def test_the_longest_farm_of_a_fleet_is_told(kept: Kept) -> None:
    """Members and points of all instances are added up, hours are not; farms of two instances are not in one place."""
    await FarmingInstance(WRITER, 204_255_221_017_214_977, 6).write(kept.store, 8)
    await FarmingInstance(OTHER, 81_384_788_765_712_384, 8).write(kept.store, 8)
    findings = await system_review.system_findings(kept, SINCE + 8 * HOUR + 600, 600)
    assert findings is not None
    assert [found.sentence for found in findings] == [
        "2 members were at the cooldown's cap for 8 h in a row and earned 100 % of all points in that time"
    ]


async def test_a_page_reads_a_system(kept: Kept) -> None:
    """Every series of the system over the period and before it; those of other systems and of the bot are not its."""
    await weeks(kept.store, lambda _: 1, lambda _: 50, days=1)
    context = PageContext(SINCE + DAY - 60.0, Settings(), None)
    back = LookBack(Period.WEEK, False, context.now)
    found = (await system_history.reviewed_past(kept, back, context, "economy")).review
    assert found is not None
    past = found.past
    assert past.left_out == 0
    price, transactions = past.series
    assert (price.kind, price.resolution, transactions.attributes) == ("histogram", 1.0, {"kind": "daily"})
    assert price.course.step_s == HOUR and len(price.course.points) == 7 * 24
    assert transactions.before is not None and len(transactions.before.points) == 7 * 24
    assert (await system_history.kept_systems(kept)).review == ("economy",)


@pytest.mark.parametrize(("fleet", "instances"), [(True, 2), (False, 1)])
async def test_what_voice_costs_a_fleet_is_added_up(kept: Kept, fleet: bool, instances: int) -> None:
    """As members in voice are, so that what each of them costs does not depend on how many instances there are."""
    kinds = {"voice.members": SeriesKind("{member}", "gauge", "")}
    values = {"voice.members": 5.0, "cpu_share": 0.25, "memory_bytes": 1e8}
    for writer in (WRITER, OTHER):
        await kept.store.fleet.register(writer, SINCE)
        for minute in range(0, 120, 2):
            said = batch(SINCE + 60 * minute, **values)._replace(kinds=kinds)
            await kept.store.writing.write(writer, said)
    context = PageContext(SINCE + 2 * HOUR - 60.0, Settings(), None)
    found = (
        await system_history.reviewed_past(kept, LookBack(Period.DAY, fleet, context.now), context, "voice")
    ).review
    assert found is not None
    courses = {**found.past.hourly, **found.past.beside}
    means = {
        name: [point.values.sum / point.values.count for point in course.points] for name, course in courses.items()
    }
    assert means == {name: [value * instances] * 2 for name, value in values.items()}


async def test_history_without_own_measures_has_no_systems(kept: Kept) -> None:
    """The monitor's own series are no system."""
    await kept.store.fleet.register(WRITER, SINCE)
    await kept.store.writing.write(WRITER, batch(SINCE, guilds=3.0, memory_bytes=1.0))
    assert (await system_history.kept_systems(kept)).review == ()
    assert await found(kept, 0) == []
