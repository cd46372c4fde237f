"""Each invocation of a command, followed from its receipt to its end."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from plugin.instrument.containment import Containment
from plugin.instrument.invocations import MOST_UNSETTLED, Invocations
from plugin.instrument.pending_answers import MOST_DEFERRED, MOST_ENDED, TOKEN_NS
from plugin.instrument.places import Places
from plugin.instrument.values import class_name
from plugin.metrics import CommandMetrics
from plugin.model import DEADLINE_NS, CommandKey, CommandKind, Outcome


class Bench:
    """Invocations with a clock that ticks a nanosecond at each look, and two commands."""

    def __init__(self, maximum: int = 10) -> None:
        self.now_ns = 0
        self.invocations = Invocations(
            maximum, Places(Path.cwd()), self.tick, lambda: 1_000.0, Containment().part("commands")
        )
        settle = self.invocations.settle
        self.ping = CommandMetrics(CommandKey(CommandKind.SLASH, "ping", None), 10, settle)
        self.buy = CommandMetrics(CommandKey(CommandKind.SLASH, "shop buy", None), 10, settle)

    def tick(self) -> int:
        """The next moment."""
        self.now_ns += 1
        return self.now_ns

    def respond(self, id: int) -> None:
        """Answer an interaction."""
        self.invocations.responded(id, deferring_token="", now_ns=self.tick(), untimed_since_ns=0)


@pytest.fixture
def bench() -> Bench:
    """Two commands that were not invoked yet."""
    return Bench()


def test_time_counts_from_the_receipt(bench: Bench) -> None:
    """Where the receipt was seen, duration and first response are measured from it."""
    bench.invocations.receipts[1] = 1
    bench.now_ns = 101
    invocation = bench.invocations.begin(1, bench.ping)
    bench.now_ns += 1_000
    bench.respond(1)
    bench.invocations.finish(invocation, None)
    found = bench.ping.snapshot(0)
    assert (found.total_ns, list(found.answers.window_ns), found.first_responses.total) == (1_103, [1_102], 1)


def test_only_the_first_response_counts(bench: Bench) -> None:
    """Further responses, and those to something else, change nothing."""
    invocation = bench.invocations.begin(1, bench.ping)
    bench.respond(1)
    first_ns = invocation.first_response_ns
    bench.respond(1)
    bench.respond(2)
    assert invocation.first_response_ns == first_ns > 0


def test_an_unknown_command_counts_nothing(bench: Bench) -> None:
    """An invocation whose command was never told leaves no trace."""
    invocation = bench.invocations.begin(1, None)
    bench.invocations.failed(1, ValueError())
    bench.invocations.finish(invocation, None)
    assert sum(bench.ping.outcomes) == 0


def test_a_command_told_later_takes_the_invocation_over(bench: Bench) -> None:
    """What is in flight moves to the command that was meant."""
    invocation = bench.invocations.begin(1, bench.ping)
    bench.invocations.assign(1, bench.buy)
    assert (bench.ping.in_flight, bench.buy.in_flight) == (0, 1)
    bench.invocations.finish(invocation, None)
    assert (bench.ping.outcomes[0], bench.buy.outcomes[0], bench.buy.in_flight) == (0, 1, 0)


@pytest.mark.parametrize(
    ("escaped", "outcome"),
    [
        (None, Outcome.OK),
        (ValueError(), Outcome.ERROR),
        (KeyboardInterrupt(), Outcome.ERROR),
        (asyncio.CancelledError(), Outcome.CANCELLED),
        (GeneratorExit(), Outcome.CANCELLED),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_what_leaves_a_command_is_its_outcome(bench: Bench, escaped: Any, outcome: Outcome) -> None:
    """Nothing is ok, the end of a task is cancelled, and anything else an error."""
    bench.invocations.finish(bench.invocations.begin(1, bench.ping), escaped)
    assert [each for each in Outcome if bench.ping.outcomes[each]] == [outcome]


def test_the_first_cause_counts(bench: Bench) -> None:
    """Of a refusal, a later failure and what left the command, the first is the outcome."""
    invocation = bench.invocations.begin(1, bench.ping)
    bench.invocations.failures.judge = lambda cause: (
        Outcome.DENIED if isinstance(cause, PermissionError) else Outcome.ERROR,
        cause,
    )
    bench.invocations.failed(1, PermissionError())
    bench.invocations.failed(1, ValueError())
    bench.invocations.finish(invocation, asyncio.CancelledError())
    found = bench.ping.snapshot(0)
    assert (found.outcomes, found.errors, found.denials[0].reason) == ((0, 1, 0, 0), (), "PermissionError")


def test_a_judge_tells_whose_fault_it_was(bench: Bench) -> None:
    """What left a command is judged even where the invocation was no longer followed."""
    small = Bench(maximum=1)
    evicted = small.invocations.begin(1, small.ping)
    small.invocations.begin(2, small.ping)
    small.invocations.failures.judge = lambda escaped: (Outcome.DENIED, escaped)
    small.invocations.finish(evicted, ValueError())
    assert small.ping.outcomes == (0, 1, 0, 0)


def test_unfinished_invocations_stay_bounded() -> None:
    """Of ten thousand that never end, so many as were set are followed; all are in flight, and all can still end."""
    bench = Bench(maximum=100)
    begun = [bench.invocations.begin(number, bench.ping) for number in range(10_000)]
    assert (bench.ping.in_flight, bench.invocations.evicted) == (10_000, 9_900)
    assert len(bench.invocations._in_flight) == 100
    for invocation in begun:
        bench.invocations.finish(invocation, None)
    assert (bench.ping.in_flight, bench.ping.outcomes) == (0, (10_000, 0, 0, 0))
    assert len(bench.invocations._in_flight) == 0


def test_the_same_message_twice_is_two_invocations(bench: Bench) -> None:
    """A bot may run a message's command again while it runs: the end of one is not that of the other."""
    first, second = bench.invocations.begin(1, bench.ping), bench.invocations.begin(1, bench.ping)
    bench.invocations.finish(first, None)
    bench.invocations.failed(1, ValueError())
    bench.invocations.finish(second, None)
    assert (bench.ping.outcomes, bench.ping.in_flight, bench.invocations.in_flight) == ((1, 0, 1, 0), 0, 0)


def test_a_command_that_runs_others_of_its_message_goes_on_as_itself(bench: Bench) -> None:
    """What is answered and fails once the inner ones have ended, in whichever order, is the outer one's."""
    outer, first, second = [bench.invocations.begin(1, bench.ping) for _ in range(3)]
    bench.invocations.finish(first, None)
    bench.invocations.finish(second, None)
    bench.invocations.responded(1, "", bench.tick(), 0)
    bench.invocations.failed(1, ValueError())
    bench.invocations.finish(outer, None)
    assert (bench.ping.outcomes, bench.ping.in_flight, bench.invocations.in_flight) == ((2, 0, 1, 0), 0, 0)
    assert outer.first_response_ns and not first.first_response_ns and not second.first_response_ns


def test_a_refusal_within_leaves_an_answered_one_alone(bench: Bench) -> None:
    """Where the outer command has answered, what Discord refuses of an inner one is no miss of it."""
    stages = bench.invocations.watch_stages(Containment().part("stages"))
    stages.slow_responses.looking = True  # no loop runs
    outer = bench.invocations.begin(1, bench.ping)
    bench.invocations.responded(1, "token", bench.tick(), 0)
    bench.invocations.begin(1, bench.buy)
    bench.invocations.refused(1, bench.tick(), 0)
    assert outer.first_response_ns and not outer.refused_ns


def test_one_that_waits_within_another_is_seen_as_that(bench: Bench) -> None:
    """What is slow to be answered is the interaction, so its outermost command is looked at."""
    stages = bench.invocations.watch_stages(Containment().part("stages"))
    stages.slow_responses.looking = True  # no loop runs
    outer = bench.invocations.begin(1, bench.ping)
    bench.invocations.begin(1, bench.buy)
    assert stages.slow_responses._unanswered(0) == [outer]


def test_an_answer_within_is_the_outer_ones_too(bench: Bench) -> None:
    """An interaction has one first response, whichever of its commands gave it; they stay where they began."""
    outer, other = bench.invocations.begin(1, bench.ping), bench.invocations.begin(2, bench.ping)
    inner = bench.invocations.begin(1, bench.buy)
    bench.invocations.responded(1, "", bench.tick(), 0)
    bench.invocations.finish(inner, None)
    assert outer.first_response_ns == inner.first_response_ns > 0
    assert list(bench.invocations._in_flight) == [1, 2]
    for invocation in (outer, other):
        bench.invocations.finish(invocation, None)
    assert (bench.ping.snapshot(0).first_responses.total, bench.invocations.in_flight) == (1, 0)


@pytest.mark.parametrize(
    ("exception", "name"),
    [
        (ValueError("secret"), "ValueError"),
        (asyncio.QueueFull("secret"), "asyncio.queues.QueueFull"),
    ],
    ids=["builtin", "of a module"],
)
def test_an_exception_is_known_by_its_class_alone(exception: Exception, name: str) -> None:
    """The name is that of the class with its module, builtins without."""
    assert class_name(type(exception)) == name


def test_few_that_have_ended_wait_to_be_counted(bench: Bench) -> None:
    """They are counted in one go, at the latest when there are so many; whoever reads counts them first."""
    unread = CommandMetrics(CommandKey(CommandKind.SLASH, "unread", None), 10)
    for number in range(MOST_UNSETTLED - 1):
        bench.invocations.finish(bench.invocations.begin(number, unread), None)
    assert (sum(unread.outcomes), unread.in_flight) == (0, 0)
    bench.invocations.finish(bench.invocations.begin(MOST_UNSETTLED, unread), None)
    assert unread.outcomes == (MOST_UNSETTLED, 0, 0, 0)
    bench.invocations.finish(bench.invocations.begin(1, bench.ping), None)
    assert bench.ping.outcomes == (1, 0, 0, 0)


@pytest.mark.parametrize("counted", [False, True], ids=["not counted yet", "counted"])
def test_a_first_response_after_the_end_is_its_answer(bench: Bench, counted: bool) -> None:
    """A task that the command has begun may answer after its end, once; the invocation stays one."""
    bench.invocations.finish(bench.invocations.begin(1, bench.ping), None)
    if counted:
        assert bench.ping.outcomes == (1, 0, 0, 0)
    bench.now_ns += 1_000
    bench.respond(1)
    bench.respond(1)
    found = bench.ping.snapshot(0)
    assert (found.outcomes, found.first_responses.total, list(found.answers.window_ns)) == ((1, 0, 0, 0), 1, [1_002])


def test_a_refused_invocation_has_no_answer(bench: Bench) -> None:
    """What tells a user that a check has refused is a first response, but says nothing of how fast the command is."""
    bench.invocations.failures.judge = lambda exception: (Outcome.DENIED, exception)
    invocation = bench.invocations.begin(1, bench.ping)
    bench.respond(1)
    bench.invocations.finish(invocation, PermissionError())
    found = bench.ping.snapshot(0)
    assert (found.first_responses.total, found.answers.number, found.durations.total) == (1, 0, 0)


class Route:
    """A request as hikari has compiled it."""

    def __init__(self, method: str, path: str) -> None:
        self.route = self
        self.method = method
        self.compiled_path = path


EDIT, FOLLOW_UP = Route("PATCH", "/webhooks/7/token/messages/@original"), Route("POST", "/webhooks/7/token")


def defer(bench: Bench) -> Any:
    """An invocation that has deferred its answer."""
    invocation = bench.invocations.begin(1, bench.ping)
    bench.invocations.responded(1, "token", bench.tick(), 0)
    return invocation


@pytest.mark.parametrize("request_", [EDIT, FOLLOW_UP], ids=["an edit", "a follow-up"])
@pytest.mark.parametrize("when", ["before the end", "after the end", "after it was counted"])
def test_a_deferred_answer_counts_once_and_apart(bench: Bench, request_: Route, when: str) -> None:
    """The first request that brings content counts, from the receipt on, whenever it comes; later ones do not."""
    invocation = defer(bench)
    if when != "before the end":
        bench.invocations.finish(invocation, None)
    if when == "after it was counted":
        assert bench.ping.outcomes == (1, 0, 0, 0)
    bench.invocations.pending_answers.on_request(request_, 1_001)
    bench.invocations.pending_answers.on_request(FOLLOW_UP, 5_001)
    if when == "before the end":
        bench.invocations.finish(invocation, None)
    found = bench.ping.snapshot(0)
    assert (found.outcomes, found.answers.number, found.first_responses.total) == ((1, 0, 0, 0), 0, 1)
    assert (list(found.deferred.window_ns), found.deferred.times.total) == ([1_000], 1)


@pytest.mark.parametrize(
    "other",
    [
        Route("DELETE", "/webhooks/7/token/messages/@original"),
        Route("GET", "/webhooks/7/token/messages/@original"),
        Route("POST", "/webhooks/7/other"),
        Route("POST", "/channels/7/messages"),
    ],
    ids=lambda route: f"{route.method} {route.compiled_path}",
)
def test_other_requests_are_no_answer(bench: Bench, other: Route) -> None:
    """Deleting or reading the response brings no content, nor does what is sent elsewhere."""
    invocation = defer(bench)
    bench.invocations.pending_answers.on_request(other, bench.tick())
    bench.invocations.finish(invocation, None)
    assert bench.ping.snapshot(0).deferred.number == 0


@pytest.mark.parametrize("answered", [False, True], ids=["before its end", "after its answer"])
def test_a_deferred_answer_of_what_failed_otherwise_does_not_count(bench: Bench, answered: bool) -> None:
    """As with durations, only `ok` and `error` are judged."""
    bench.invocations.failures.judge = lambda exception: (Outcome.DENIED, exception)
    invocation = defer(bench)
    if answered:
        bench.invocations.pending_answers.on_request(EDIT, bench.tick())
    bench.invocations.finish(invocation, PermissionError())
    bench.invocations.settle()
    bench.invocations.pending_answers.on_request(EDIT, bench.tick())
    assert bench.ping.snapshot(0).deferred.number == 0


def test_a_deferred_answer_is_waited_for_as_long_as_discord_takes_one(bench: Bench) -> None:
    """After fifteen minutes nobody waits for it any more; of too many the oldest are given up, and counted."""
    answers = bench.invocations.pending_answers
    defer(bench)
    bench.now_ns += TOKEN_NS
    bench.invocations.begin(2, bench.ping)
    bench.invocations.responded(2, "second", bench.tick(), 0)
    assert (list(answers.deferred), answers.dropped) == (["second"], 0)
    for number in range(3, MOST_DEFERRED + 5):
        bench.invocations.begin(number, bench.ping)
        bench.invocations.responded(number, f"token {number}", bench.tick(), 0)
    assert (len(answers.deferred), answers.dropped) == (MOST_DEFERRED, 3)


def test_an_interaction_without_a_first_response_is_remembered_for_as_long_as_it_may_get_one(bench: Bench) -> None:
    """Discord takes none after three seconds, and the number of those that are remembered is bounded."""
    for number in range(MOST_ENDED + 10):
        bench.invocations.finish(bench.invocations.begin(number, bench.ping), None)
    bench.invocations.settle()
    assert len(bench.invocations.pending_answers._unresponded) == MOST_ENDED
    bench.now_ns += DEADLINE_NS
    bench.invocations.finish(bench.invocations.begin(-1, bench.ping), None)
    bench.invocations.settle()
    assert list(bench.invocations.pending_answers._unresponded) == [-1]
