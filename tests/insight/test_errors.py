"""What has become of each error."""

from __future__ import annotations

import random

import pytest

from plugin.insight.errors import Since, Span, origin, outage_hours, review_errors, telling, without_discords
from plugin.model import (
    ActivityCourse,
    ActivityPoint,
    CommandCourse,
    CommandKey,
    CommandKind,
    ErrorCourse,
    ErrorHistory,
    ErrorPoint,
    Origin,
    Place,
)
from plugin.model.past import ErrorReview, ErrorState
from tests.insight.lives import DAY, HOUR, MONDAY, points

BUY = CommandKey(CommandKind.SLASH, "shop buy", "shop")
SHOP = Place("shop.py", "buy", 7)
DISCORDS = "hikari.errors.InternalServerError"


def course(
    kind: str = "KeyError", *, hours: range | list[int] = range(12), first: float = 0, line: int = 7, each: int = 1
) -> ErrorCourse:
    """Failures in these hours since the release."""
    at = [MONDAY + hour * HOUR for hour in hours]
    place = SHOP._replace(line=line)
    group = ErrorHistory(kind, place, each * len(at), MONDAY + first, at[-1], "1.4.1", "1.4.2", (BUY,))
    return ErrorCourse(group, tuple(ErrorPoint(time, BUY, each) for time in at))


def since(days_after: float, days_before: float = 14, is_update: bool = True) -> Since:
    """A bot with 10 invocations an hour."""
    activity = tuple(ActivityPoint(MONDAY + hour * HOUR, (10, 0, 0, 0)) for hour in range(int(days_after * 24)))
    return Since(MONDAY, is_update, int(days_before * 240), ActivityCourse(HOUR, activity))


def state(
    of: ErrorCourse, days_after: float, days_before: float = 14, is_update: bool = True, ran: int | None = None
) -> ErrorState:
    """What is said of one error that was met after a moment only."""
    found = since(days_after, days_before, is_update)
    judged = int(days_after * 240) if ran is None else ran
    (review,) = review_errors(Span(found.judged_before, ()), Span(judged, [of]), found)
    return review.state


def test_every_error_has_a_state_worst_first() -> None:
    """New, regressed, ongoing and gone are told apart, whatever line they moved to."""
    before = Span(14 * 240, [course("Ongoing", first=-DAY, line=3), course("Gone", hours=range(50), first=-DAY)])
    after = Span(
        7 * 240,
        [
            course("Ongoing", first=-DAY),
            course("Back", hours=range(20), first=-99 * DAY),
            course("New", first=60),
            course("Often", first=30, each=9),
            course("Seen", hours=[100], first=100 * HOUR),
            course(DISCORDS, first=5),
        ],
    )
    assert [(review.type, review.state) for review in review_errors(before, after, since(7))] == [
        ("Often", ErrorState.NEW),
        ("New", ErrorState.NEW),
        ("Back", ErrorState.REGRESSED),
        ("Seen", ErrorState.FIRST_SEEN),
        ("Ongoing", ErrorState.ONGOING),
        (DISCORDS, ErrorState.DISCORDS),
        ("Gone", ErrorState.GONE),
    ]


def test_error_of_the_first_call_after_an_update_is_new() -> None:
    """A fault that begins with the release is said within the first hour."""
    assert state(course(hours=[0], first=90), days_after=1 / 24) is ErrorState.NEW


@pytest.mark.parametrize("first", [0.5, 30, 59.5])
def test_moment_within_a_minute_tells_nothing(first: float) -> None:
    """Which of a minute's 80 invocations was before the error is not known, so one of 80 kept before is no proof."""
    burst = ActivityCourse(60, (ActivityPoint(MONDAY, (40, 0, 40, 0)), ActivityPoint(MONDAY + 60, (0, 0, 0, 0))))
    errors = [course(hours=[0], first=first, each=40)]
    (review,) = review_errors(Span(80, ()), Span(80, errors), Since(MONDAY, True, 80, burst))
    assert review.state is ErrorState.FIRST_SEEN


@pytest.mark.parametrize("seed", range(20))
def test_rare_old_error_is_first_seen(seed: int) -> None:
    """An error that comes once a week, in a clump of four, says nothing of the release that it meets first."""
    hour = random.Random(seed).randrange(2, 7 * 24)
    assert state(course(hours=[hour], first=hour * HOUR, each=4), days_after=7) is ErrorState.FIRST_SEEN


def test_error_that_began_on_the_third_day_is_first_seen() -> None:
    """On day 23 of a release, one that comes every few hours since day 3 did not begin with it."""
    later = course(hours=range(72, 23 * 24, 5), first=3 * DAY)
    assert state(later, days_after=23, days_before=30) is ErrorState.FIRST_SEEN


def test_permanent_error_of_a_fresh_installation_is_first_seen() -> None:
    """On its second day a bot has not been silent about it for long enough."""
    permanent = course(hours=range(24), first=HOUR)
    assert state(permanent, days_after=1, days_before=0.1, is_update=False) is ErrorState.FIRST_SEEN
    assert state(permanent, days_after=1, days_before=0, is_update=False) is ErrorState.FIRST_SEEN
    assert state(permanent, days_after=1, days_before=10, is_update=False) is ErrorState.NEW


@pytest.mark.parametrize(
    ("kind", "hours", "expected"),
    [
        ("TimeoutError", [25, 26], ErrorState.DISCORDS),
        ("hikari.errors.NotFoundError", [25, 26], ErrorState.DISCORDS),
        ("TimeoutError", [50, 60], ErrorState.FIRST_SEEN),
        ("KeyError", [25, 26], ErrorState.FIRST_SEEN),
    ],
)
def test_failures_of_the_network_in_an_outage_are_discords(kind: str, hours: list[int], expected: ErrorState) -> None:
    """In hours in which Discord answers 5xx, timeouts are Discord's too; a bug of the bot's stays its own."""
    outage = course(DISCORDS, hours=[25, 26], first=25 * HOUR, each=40)
    found = review_errors(
        Span(14 * 240, ()), Span(7 * 240, [outage, course(kind, hours=hours, first=hours[0] * HOUR)]), since(7)
    )
    assert {review.type: review.state for review in found} == {DISCORDS: ErrorState.DISCORDS, kind: expected}


def test_an_outage_that_is_over_is_not_gone() -> None:
    """Discord's errors are no credit to a release."""
    assert not review_errors(Span(2400, [course(DISCORDS, first=-DAY)]), Span(2400, ()), since(10))


def test_a_command_does_not_fail_of_what_discord_does() -> None:
    """Its rate of failures is told without Discord's."""
    chance = random.Random(1)
    steps = points(chance, MONDAY, MONDAY + 3 * HOUR, a_day=2000, failing=lambda chance, calls: 5)
    errors = [course(DISCORDS, hours=[1], each=3), course(hours=[2], each=3)]
    told = without_discords(BUY, CommandCourse(HOUR, tuple(steps)), errors)
    assert [point.outcomes[2] for point in told] == [5, 2, 5]


@pytest.mark.parametrize(
    ("exposed", "silent", "count", "said"),
    [(1000, 1000, 6, False), (1000, 1000, 7, True), (5, 1000, 1, True), (1000, 5, 50, False), (500, 0, 500, False)],
)
def test_silence_counts_by_how_long_it_was(exposed: int, silent: int, count: int, said: bool) -> None:
    """One occurrence is news after a long silence; many are not where hardly anything ran on the silent side."""
    assert telling(count, exposed, silent) is said


@pytest.mark.parametrize(("inside", "expected"), [(8, ErrorState.DISCORDS), (7, ErrorState.FIRST_SEEN)])
def test_what_fails_mostly_in_outages_is_discords(inside: int, expected: ErrorState) -> None:
    """Eight of ten failures, counted one by one."""
    outage = course(DISCORDS, hours=[25], first=25 * HOUR, each=3)
    points_ = [ErrorPoint(MONDAY + 25 * HOUR, BUY, inside), ErrorPoint(MONDAY + 99 * HOUR, BUY, 10 - inside)]
    mixed = course("TimeoutError", hours=[25, 99], first=25 * HOUR)._replace(points=tuple(points_))
    found = review_errors(Span(14 * 240, ()), Span(7 * 240, [outage, mixed]), since(7))
    assert {review.type: review.state for review in found}["TimeoutError"] is expected


@pytest.mark.parametrize(("each", "expected"), [(3, ErrorState.DISCORDS), (2, ErrorState.FIRST_SEEN)])
def test_three_errors_of_discords_in_an_hour_are_an_outage(each: int, expected: ErrorState) -> None:
    """Added up over kinds; two are none."""
    outage = course(DISCORDS, hours=[25], first=25 * HOUR, each=each - 1)
    other = course("hikari.errors.GatewayError", hours=[25], first=25 * HOUR, each=1)
    network = course("TimeoutError", hours=[25], first=25 * HOUR)
    found = review_errors(Span(14 * 240, ()), Span(7 * 240, [outage, other, network]), since(7))
    assert {review.type: review.state for review in found}["TimeoutError"] is expected


def test_no_command_fails_less_than_never() -> None:
    """Where more of Discord's errors are known than a step has, and where they are another command's."""
    chance = random.Random(1)
    steps = points(chance, MONDAY, MONDAY + 2 * HOUR, a_day=2000, failing=lambda chance, calls: 5)
    told = without_discords(BUY, CommandCourse(HOUR, tuple(steps)), [course(DISCORDS, hours=[0], each=9)])
    assert [point.outcomes[2] for point in told] == [0, 5]
    assert [point.outcomes[0] for point in told] == [point.outcomes[0] for point in steps]
    others = CommandKey(CommandKind.SLASH, "other", None)
    assert without_discords(others, CommandCourse(HOUR, tuple(steps)), [course(DISCORDS, each=9)]) == steps


@pytest.mark.parametrize(("first", "expected"), [(0, ErrorState.NEW), (-1, ErrorState.REGRESSED)], ids=["at", "before"])
def test_an_error_of_the_moment_of_the_update_is_new(first: float, expected: ErrorState) -> None:
    """One that was seen before it came back."""
    assert state(course(hours=[0], first=first), days_after=1 / 24) is expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("hikari.errors.InternalServerError", Origin.DISCORD),
        ("hikari.errors.NotFoundError", Origin.NETWORK),
        ("aiohttp.client_exceptions.ClientError", Origin.NETWORK),
        ("TimeoutError", Origin.NETWORK),
        ("KeyError", Origin.BOT),
        ("my.aiohttp.Error", Origin.BOT),
    ],
)
def test_the_origin_of_an_error_is_told_by_its_type(kind: str, expected: Origin) -> None:
    """Unless history knows it."""
    assert origin(course(kind)) is expected
    assert origin(course(kind)._replace(origin=Origin.BOT)) is Origin.BOT


def test_an_hour_with_three_errors_of_discords_is_an_outage() -> None:
    """Errors of other origins and of other hours are not added."""
    three = course(DISCORDS, hours=[4, 5, 5, 5])
    two = course("hikari.errors.GatewayError", hours=[4])
    assert outage_hours([three, two, course("TimeoutError", hours=[4, 4, 4])]) == {MONDAY // HOUR + 5}
    assert outage_hours([three, two, two]) == {MONDAY // HOUR + 4, MONDAY // HOUR + 5}
    assert outage_hours([]) == set()


def test_a_review_has_what_history_knows() -> None:
    """The count, both times, the place, and the labels of the commands; the most frequent comes first."""
    often, seldom = course("Often", first=-9, each=3), course("Seldom", first=-9)
    found = review_errors(Span(240, ()), Span(240, [seldom, often]), since(1))
    assert found[0] == ErrorReview(
        ErrorState.REGRESSED, "Often", SHOP, 36, MONDAY - 9, MONDAY + 11 * HOUR, ("/shop buy",)
    )
    assert [review.type for review in found] == ["Often", "Seldom"]


@pytest.mark.parametrize(
    ("ran", "judged_before", "days_after"),
    [(0, 240, 1), (240, 0, 1), (240, 240, 0)],
    ids=["nothing since the release", "nothing before", "nothing after"],
)
def test_without_invocations_on_a_side_no_error_is_new(ran: int, judged_before: int, days_after: float) -> None:
    """Nothing can be told from a silence in which nothing ran."""
    found = since(days_after)._replace(judged_before=judged_before)
    (review,) = review_errors(Span(judged_before, ()), Span(ran, [course(hours=range(20))]), found)
    assert review.state is ErrorState.FIRST_SEEN


@pytest.mark.parametrize(("line", "place"), [(99, "buy"), (7, "sell")], ids=["another line", "another function"])
def test_an_error_is_known_by_its_type_and_function(line: int, place: str) -> None:
    """A line that moved makes it no other error."""
    before = course("KeyError", first=-DAY)
    moved = before.group._replace(place=SHOP._replace(line=line, function=place))
    found = review_errors(Span(2400, [before]), Span(2400, [before._replace(group=moved)]), since(10))
    states = [ErrorState.ONGOING] if place == "buy" else [ErrorState.REGRESSED, ErrorState.GONE]
    assert [review.state for review in found] == states


@pytest.mark.parametrize(("before", "expected"), [(500, ErrorState.FIRST_SEEN), (990, ErrorState.NEW)])
def test_invocations_of_the_step_of_the_error_may_have_ended_before_it(before: int, expected: ErrorState) -> None:
    """Ten ran in its hour, so it is new after a hundred times as many only."""
    assert state(course(hours=[0], first=0), days_after=1 / 24, days_before=before / 240) is expected
