"""Questions and their answers."""

from __future__ import annotations

from plugin.histogram import Histogram
from plugin.history.store import Store
from plugin.model import CommandDelta, Place, Scope, SeriesDelta
from tests.history.builders import (
    BUY,
    DAY,
    MILLISECOND_NS,
    NOON,
    PING,
    SCOPE,
    SELL,
    WRITER,
    batch,
    delta,
    failure,
    prune_all,
    roll_up_all,
)


async def test_top_is_ordered(store: Store) -> None:
    """The foremost commands come first, by what is asked for, and not more of them than asked for."""
    commands = delta(BUY, ok=9, each_ms=1), delta(SELL, ok=3, error=4, each_ms=20), delta(PING, ok=1, each_ms=30)
    await store.writing.write(WRITER, batch(NOON, *commands))

    async def names(by: str) -> list[str]:
        found = await store.reading.top(SCOPE, NOON, NOON + 60, by, 2)
        return [command.key.name for command in found]

    assert await names("invocations") == ["shop buy", "shop sell"]
    assert await names("errors") == ["shop sell", "shop buy"]
    assert await names("mean") == ["ping", "shop sell"]
    assert await names("total") == ["shop sell", "ping"]


async def test_top_has_quantiles(store: Store) -> None:
    """Each of the foremost commands has the histogram of the whole span."""
    for number, each_ms in enumerate([1] * 9 + [500]):
        await store.writing.write(WRITER, batch(NOON + number * 3600, delta(each_ms=each_ms)))
    await roll_up_all(store, NOON + 6 * 3600)
    (top,) = await store.reading.top(SCOPE, NOON, NOON + DAY)
    assert top.answers.times.total == 10
    assert abs((top.answers.times.quantile_ns(0.95) or 0) - 500 * MILLISECOND_NS) < 30 * MILLISECOND_NS


async def test_several_commands_are_read_at_once(store: Store) -> None:
    """Commands come in the order that is asked for, in one span or since ever, with their answers alone.

    Zeros stand for one that was not invoked.
    """
    await store.writing.write(WRITER, batch(NOON - DAY, delta(BUY, ok=5)))
    await store.writing.write(WRITER, batch(NOON, delta(BUY, ok=2), delta(SELL, ok=3, error=1)))
    alone = {"durations": Histogram(), "first_responses": Histogram()}
    for _ in range(2):
        found = await store.reading.several(SCOPE, NOON, NOON + DAY, [SELL, PING, BUY, SELL])
        assert found[0] == found[3] == delta(SELL, ok=3, error=1)._replace(**alone)
        assert found[1] == CommandDelta(PING, (0, 0, 0, 0), 0, Histogram(), Histogram())
        assert found[2] == delta(BUY, ok=2)._replace(**alone)
        ever = await store.reading.several(SCOPE, None, NOON, [BUY, SELL])
        assert [one.outcomes[0] for one in ever] == [7, 3]
        await roll_up_all(store, NOON + 5 * DAY)
    assert await store.reading.several(SCOPE, NOON, NOON + DAY, []) == ()
    assert [one.key for one in await store.reading.several(Scope(2), NOON, NOON + DAY, [SELL, BUY])] == [SELL, BUY]


async def test_a_course_has_a_point_for_every_step_with_invocations(store: Store) -> None:
    """Points begin at multiples of the step, silence has none, and rolling up changes nothing."""
    for minute in (0, 1, 59, 60, 200):
        await store.writing.write(WRITER, batch(NOON + 60 * minute, delta(ok=1, error=1, deferred=1)))
    for _ in range(2):
        (hourly,) = await store.reading.courses(SCOPE, NOON + 1800, NOON + 6 * 3600, [BUY], 3600)
        assert [(point.at - NOON, point.outcomes[0]) for point in hourly.points] == [(0, 3), (3600, 1), (3 * 3600, 1)]
        assert (hourly.points[0].answers.number, hourly.points[0].deferred.times.total) == (3, 3)
        (ten,) = await store.reading.courses(SCOPE, NOON, NOON + 3600, [BUY], 600)
        assert [(point.at - NOON, point.outcomes[0]) for point in ten.points] == [(0, 2), (3000, 1)]
        await roll_up_all(store, NOON + 2 * DAY)


async def test_a_course_takes_the_steps_that_are_kept(store: Store) -> None:
    """Where minutes are deleted a course is hourly, where hours are deleted it is daily, and it says so."""
    for day in range(35):
        await store.writing.write(WRITER, batch(NOON + day * DAY, delta(), guilds=day))
    now = NOON + 35 * DAY
    await roll_up_all(store, now)
    await prune_all(store, now)
    courses = [(await store.reading.courses(SCOPE, now - days * DAY, now, [BUY], 300))[0] for days in (1, 10, 35)]
    assert [course.step_s for course in courses] == [300, 3600, 86_400]
    assert [len(course.points) for course in courses] == [1, 10, 35]
    (series,) = await store.reading.series(SCOPE, now - 35 * DAY, now, ["guilds"], 300)
    assert (series.step_s, [point.values.maximum for point in series.points]) == (
        86_400,
        [float(day) for day in range(35)],
    )


async def test_a_step_that_began_before_minutes_are_kept_is_hourly(store: Store) -> None:
    """Steps of an hour and a half begin with the clock, not with the question."""
    now = NOON + 10 * DAY
    for start in (NOON, now):
        await store.writing.write(WRITER, batch(start, delta()))
    await roll_up_all(store, now)
    await prune_all(store, now)
    kept_from = NOON + 3600
    for start, step_s in ((kept_from + 60, 3600), (kept_from + 1800, 5400)):
        (course,) = await store.reading.courses(SCOPE, start, now, [BUY], 5400)
        assert course.step_s == step_s


async def test_all_commands_together_over_time(store: Store) -> None:
    """Each step has the sums of every command, whichever instance ran it, and rolling up changes nothing."""
    for minute, instance in ((0, "a"), (30, "b"), (61, "a")):
        writer = WRITER._replace(instance=instance)
        await store.writing.write(writer, batch(NOON + 60 * minute, delta(BUY, ok=2, error=1), delta(PING, each_ms=40)))
    for _ in range(2):
        course = await store.reading.activity(SCOPE, NOON, NOON + DAY, 3600)
        assert [(point.at - NOON, point.outcomes) for point in course.points] == [
            (0, (6, 8, 2, 12)),
            (3600, (3, 4, 1, 6)),
        ]
        assert course.points[1].answers == (4, 70 * MILLISECOND_NS)
        assert (await store.reading.activity(Scope(WRITER.bot, "b"), NOON, NOON + DAY, 3600)).points[0].outcomes[0] == 3
        await roll_up_all(store, NOON + 2 * DAY)


async def test_answers_of_all_commands_together(store: Store) -> None:
    """One histogram holds the answers at once of every command in the span, or since the first batch."""
    for day in range(3):
        await store.writing.write(
            WRITER, batch(NOON + day * DAY, delta(BUY, ok=12, deferred=3), delta(PING, each_ms=500))
        )
    for _ in range(2):
        day = await store.reading.answers(SCOPE, NOON, NOON + DAY)
        assert (day.total, (await store.reading.answers(SCOPE, None, 0)).total) == (10, 30)
        assert abs((day.quantile_ns(0.95) or 0) - 500 * MILLISECOND_NS) < 30 * MILLISECOND_NS
        await roll_up_all(store, NOON + 4 * DAY)


async def test_series_keep_their_extremes(store: Store) -> None:
    """A step of a series has the count, sum, smallest and largest of its minutes, rolled up or not."""
    for minute, lag_s in enumerate([0.5, 0.25, 4.0]):
        await store.writing.write(WRITER, batch(NOON + 60 * minute, loop_lag_s=lag_s))
    for _ in range(2):
        (point,) = (await store.reading.series(SCOPE, NOON, NOON + 3600, ["loop_lag_s"], 3600))[0].points
        assert (point.at, point.values) == (NOON, SeriesDelta(3, 4.75, 0.25, 4.0))
        await roll_up_all(store, NOON + DAY)


async def test_all_values_of_a_series_in_one(store: Store) -> None:
    """The values of a span are exactly those between its ends, rolled up or not; there may be none."""
    for minute in range(180):
        await store.writing.write(WRITER, batch(NOON + 60 * minute, messages=float(minute)))
    for _ in range(2):
        start, end = NOON + 1800, NOON + 150 * 60
        expected = SeriesDelta(120, sum(range(30, 150)), 30, 149)
        assert await store.reading.values(SCOPE, start, end, "messages") == expected
        assert await store.reading.values(SCOPE, start, end, "unheard") is None
        await roll_up_all(store, NOON + DAY)


async def test_series_of_a_fleet_come_together(store: Store) -> None:
    """The values of all instances are one series; one instance can be asked for alone."""
    for instance, memory in (("a", 1.0), ("b", 3.0)):
        await store.writing.write(WRITER._replace(instance=instance), batch(NOON, memory_bytes=memory))
    guilds, fleet = await store.reading.series(SCOPE, NOON, NOON + 60, ["guilds", "memory_bytes"], 60)
    assert not guilds.points
    (alone,) = await store.reading.series(Scope(1, "b"), NOON, NOON + 60, ["memory_bytes"], 60)
    assert [course.points[0].values for course in (fleet, alone)] == [
        SeriesDelta(2, 4.0, 1.0, 3.0),
        SeriesDelta(1, 3.0, 3.0, 3.0),
    ]


async def test_several_courses_are_read_at_once(store: Store) -> None:
    """Commands over time come in the order that is asked for, with answers or counts alone, rolled up or not."""
    for hour in (0, 2):
        await store.writing.write(WRITER, batch(NOON + hour * 3600, delta(BUY, ok=5), delta(SELL, ok=1, error=hour)))
    await store.writing.write(WRITER, batch(NOON + 60, delta(BUY, ok=2)))
    for _ in range(2):
        sell, never, buy = await store.reading.courses(SCOPE, NOON, NOON + DAY, [SELL, PING, BUY], 3600)
        assert [(point.at, point.answers.number) for point in buy.points] == [(NOON, 7), (NOON + 7200, 5)]
        assert [point.outcomes[2] for point in sell.points] == [0, 2] and never.points == ()
        assert await store.reading.courses(SCOPE, NOON, NOON + DAY, [BUY], 3600) == (buy,)
        counts = await store.reading.activities(SCOPE, NOON, NOON + DAY, [SELL, PING], 3600)
        assert [(point.at, point.outcomes[2]) for point in counts.pop(SELL).points] == [(NOON, 0), (NOON + 7200, 2)]
        assert counts == {}
        await roll_up_all(store, NOON + DAY)


async def test_errors_have_a_course(store: Store) -> None:
    """Each group comes with its failures by step and command, and with when it was first and last seen."""
    for hour in (0, 0, 5):
        seen = NOON + hour * 3600
        said = failure(seen=seen), failure(key=SELL, count=2, seen=seen)
        await store.writing.write(WRITER, batch(seen, errors=said if hour else said[:1]))
    for _ in range(2):
        (course,) = await store.reading.error_courses(SCOPE, NOON, NOON + DAY, 3600)
        assert (course.group.count, course.group.first_seen, course.origin) == (5, NOON, None)
        assert sorted((point.at, point.command.name, point.count) for point in course.points) == [
            (NOON, "shop buy", 2),
            (NOON + 5 * 3600, "shop buy", 1),
            (NOON + 5 * 3600, "shop sell", 2),
        ]
        assert await store.reading.error_courses(SCOPE, NOON + 6 * 3600, NOON + DAY, 3600) == ()
        await roll_up_all(store, NOON + DAY)


async def test_errors_are_grouped_by_type_file_and_function(store: Store) -> None:
    """The line is that of the last failure and makes no group of its own; other functions and types do."""
    moved = failure(place=Place("shop.py", "buy", 9), seen=NOON + 70)
    elsewhere = failure(place=Place("shop.py", "sell", 7), key=SELL, seen=NOON + 80)
    nowhere = failure("Timeout", None, count=3, seen=NOON + 90)
    await store.writing.write(WRITER, batch(NOON, errors=(failure(), failure(key=SELL, count=2))))
    await store.writing.write(
        WRITER._replace(release="2.0", boot="b"), batch(NOON + 60, errors=(moved, elsewhere, nowhere))
    )
    timeout, sell, buy = await store.reading.errors(SCOPE, NOON, NOON + 120)
    assert (timeout.type, timeout.place, timeout.count) == ("Timeout", None, 3)
    assert (sell.place, sell.count, sell.commands) == (Place("shop.py", "sell", 7), 1, (SELL,))
    assert (buy.place, buy.count, set(buy.commands)) == (Place("shop.py", "buy", 9), 4, {BUY, SELL})
    assert (buy.first_seen, buy.last_seen, buy.first_release, buy.last_release) == (NOON, NOON + 70, "1.0", "2.0")


async def test_errors_are_counted_in_the_span(store: Store) -> None:
    """Counts are those of span and scope, in every tier; when a group was first and last seen is not cut."""
    for hour in range(30):
        await store.writing.write(WRITER, batch(NOON + hour * 3600, errors=(failure(seen=NOON + hour * 3600),)))
    for _ in range(2):
        (error,) = await store.reading.errors(SCOPE, NOON + 3600, NOON + 20 * 3600)
        assert (error.count, error.first_seen, error.last_seen) == (19, NOON, NOON + 29 * 3600)
        assert await store.reading.errors(SCOPE, NOON + 31 * 3600, NOON + 40 * 3600) == ()
        assert await store.reading.errors(Scope(1, None, "2.0"), NOON, NOON + DAY) == ()
        await roll_up_all(store, NOON + 5 * DAY)


async def test_a_release_has_its_own_commands_and_errors(store: Store) -> None:
    """Two releases over one span are told apart, rolled up or not; a group keeps its name in both."""
    only = failure("KeyError", count=2)
    await store.writing.write(WRITER, batch(NOON, delta(ok=1, error=1), errors=(failure(count=1),)))
    await store.writing.write(WRITER._replace(release="2.0"), batch(NOON, delta(ok=8), errors=(failure(count=4), only)))
    for _ in range(2):
        for release, ok, counts in (("1.0", 1, {"ValueError": 1}), ("2.0", 8, {"ValueError": 4, "KeyError": 2})):
            scope = Scope(1, None, release)
            assert {group.type: group.count for group in await store.reading.errors(scope, NOON, NOON + DAY)} == counts
            assert [total.outcomes[0] for total in await store.reading.totals(scope, NOON, NOON + DAY)] == [ok]
        await roll_up_all(store, NOON + 2 * DAY)


async def test_a_span_begins_with_the_first_row(store: Store) -> None:
    """It is that of whose history is asked for, of any kind of row, and moves on as the oldest rows are deleted.

    Of its first hour or day history has seen every moment only while the minutes are kept.
    """
    other, later = WRITER._replace(instance="other"), WRITER._replace(release="2.0")
    await store.writing.write(WRITER, batch(NOON, guilds=1))
    await store.writing.write(other, batch(NOON + 120, errors=(failure(),)))
    await store.writing.write(later, batch(NOON + 180, delta()))
    scopes = [SCOPE, Scope(1, "other"), Scope(1, None, "2.0"), Scope(1, "nobody"), Scope(1, None, "3.0"), Scope(2)]
    for days, spans, whole in (
        (0, [NOON, NOON + 120, NOON + 180], [NOON, NOON + 120, NOON + 180]),
        (10, [NOON - DAY // 2] * 3, [NOON + 3600] * 3),
        (60, [NOON - DAY // 2] * 3, [NOON + DAY // 2] * 3),
    ):
        await roll_up_all(store, NOON + days * DAY)
        await prune_all(store, NOON + days * DAY)
        assert [await store.reading.span(scope) for scope in scopes] == [*spans, None, None, None]
        assert [await store.reading.whole_from(scope) for scope in scopes] == [*whole, None, None, None]


async def test_all_time_outlives_the_rows(store: Store) -> None:
    """What was rolled up into days counts for ever, with its histogram, even once the days are deleted."""
    for day in (0, 1, 800):
        await store.writing.write(WRITER, batch(NOON + day * DAY, delta(ok=2), delta(PING)))
    now = NOON + 800 * DAY + 60
    for _ in range(2):
        all_time = {total.key: total.outcomes[0] for total in await store.reading.all_time(SCOPE)}
        assert all_time == {BUY: 6, PING: 3}
        await roll_up_all(store, now)
        await prune_all(store, now)
    assert (await store.reading.command(SCOPE, None, now, BUY)).durations.total == 6
    assert [command.outcomes[0] for command in await store.reading.top(SCOPE, None, now)] == [6, 3]
    assert [
        total.outcomes[0] for total in await store.reading.totals(SCOPE, now - 900 * DAY, now) if total.key == BUY
    ] == [2]
