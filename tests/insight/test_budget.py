"""Where three seconds went, in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from plugin.histogram import TICK_NS
from plugin.insight.budget import budget_of
from plugin.insight.health import judge
from plugin.model import UNKNOWN_TICKS, CommandSnapshot, Holding, LoopBlock, Misses, Place, StageSnapshot
from plugin.settings import Settings
from tests.insight.snapshots import command, snapshot

NO_MISSES = Misses(0, 0, 0, 0, 0, 0, (0,) * 5, 0)
SHOP = Place("cogs/shop.py", "buy", 88)


def staged(
    *splits_s: Sequence[float], places: tuple[tuple[Place, int], ...] = (), misses: Misses = NO_MISSES, ok: int = 100
) -> CommandSnapshot:
    """A command `shop` with interactions whose stages took so many seconds."""
    window = [int(seconds * 1e9) // TICK_NS for split in splits_s for seconds in split]
    rows = [window[start : start + 6] for start in range(0, len(window), 6)]
    ticks = [tick for row in rows for tick in (*row, UNKNOWN_TICKS)]
    return command("shop", ok=ok)._replace(stages=StageSnapshot(ticks, 0, misses, places))


def too_late(commands: Sequence[CommandSnapshot]) -> list[str]:
    """What a page says of the deadlines that these commands missed."""
    return [reason for reason in judge(snapshot(*commands), Settings()).reasons if "too late" in reason]


def test_the_sentence_names_the_line_and_the_cure() -> None:
    """How much of the three seconds is used, where most of it goes, and what to do."""
    budget = budget_of(staged(*[(0.1, 0.2, 2.1, 0.2, 0, 5)] * 20, places=((SHOP, 9),)))
    assert budget is not None
    assert budget.sentence == (
        "/shop took 2.6 s (p95 of the last 20 invocations; Discord allows 3 s), "
        "2.1 s of it in its own code at cogs/shop.py:88: defer first"
    )


@pytest.mark.parametrize(
    ("split", "words"),
    [
        ((2, 0, 0, 0, 0, 0), "2 s of it waiting for the event loop: something else blocked it"),
        ((0, 1.5, 0, 0, 0, 0), "1.5 s of it in checks and hooks: make them faster"),
        ((0, 0, 1.5, 0, 0, 0), "1.5 s of it in its own code: defer first"),
        ((0, 0, 0, 2, 0, 0), "2 s of it waiting for Discord: defer before any other API call"),
        ((0, 0, 0, 0, 2, 0), "2 s of it waiting for rate limits: defer before any other API call"),
    ],
    ids=["loop", "checks", "code", "discord", "limits"],
)
def test_each_stage_has_words_of_its_own(split: Sequence[float], words: str) -> None:
    """Without a known line the sentence says which stage it was."""
    budget = budget_of(staged(split))
    assert budget is not None
    assert words in budget.sentence


def block(what: str, seconds: float, how: Holding = Holding.WAITING) -> LoopBlock:
    """A line that held the event loop."""
    call, held_ns = "time.sleep" if how is Holding.WAITING else "", int(seconds * 1e9)
    return LoopBlock(what, Place("cogs/shop.py", "buy", 87), call, how, 1, held_ns, held_ns, 0, 0)


@pytest.mark.parametrize("split", [(0, 0, 4, 0, 0, 0), (0, 4, 0, 0, 0, 0)], ids=["code", "checks"])
def test_a_command_that_holds_the_loop_is_told_which_line_does(split: Sequence[float]) -> None:
    """To defer first would not help those who wait meanwhile; the line seen afterwards is another one."""
    budget = budget_of(staged(split, places=((SHOP, 9),)), [block("/other", 9), block("/shop", 4), block("/shop", 1)])
    assert budget is not None
    assert budget.sentence.endswith(
        "4 s of it blocking the event loop at cogs/shop.py:87 (time.sleep): run it in a thread"
    )
    computing = budget_of(staged(split), [block("/shop", 4, Holding.COMPUTING)])
    assert computing is not None
    assert computing.sentence.endswith("at cogs/shop.py:87: move it off the event loop")


@pytest.mark.parametrize(
    ("split", "held_s"), [((0, 0, 4, 0, 0, 0), 1.9), ((0, 0, 0.5, 4, 0, 0), 4), ((4, 0, 0, 0, 0, 0), 4)]
)
def test_a_block_that_explains_little_is_not_named(split: Sequence[float], held_s: float) -> None:
    """A short one, or one while the command waited for Discord, is another matter."""
    command, blocks = staged(split, places=((SHOP, 9),)), [block("/shop", held_s), block("/other", held_s)]
    told, before = budget_of(command, blocks), budget_of(command)
    assert told is not None and told == before


def test_a_quick_command_gets_no_advice() -> None:
    """Where little of the three seconds is used, that is all that is said, whatever came after."""
    budget = budget_of(staged((0.01, 0, 0.03, 0.2, 0, 60), places=((SHOP, 1),)))
    assert budget is not None
    assert budget.sentence == "/shop took 0.2 s (one invocation; Discord allows 3 s)"


@pytest.mark.parametrize(
    ("number", "how"), [(3, "slowest of the last 3"), (19, "slowest of the last 19"), (20, "p95 of the last 20")]
)
def test_a_quantile_is_named_where_there_are_enough_for_it(number: int, how: str) -> None:
    """Of fewer than 20, the 95th percentile is the slowest and called so."""
    budget = budget_of(staged(*[(0, 0, 0.2, 0, 0, 0)] * number))
    assert budget is not None and budget.number == number
    assert budget.sentence == f"/shop took 0.2 s ({how} invocations; Discord allows 3 s)"


def test_the_split_is_that_of_the_interaction_at_the_95th_percentile() -> None:
    """One interaction by nearest rank, not a mean that none of them had."""
    budget = budget_of(staged(*[(0, 0, seconds / 10, 0, 0, 0) for seconds in range(20, 0, -1)]))
    assert budget is not None
    assert budget.split.first_response_ns == pytest.approx(1.9e9, rel=1e-6)


def test_a_command_without_a_first_response_has_no_budget() -> None:
    """What was never answered, or is not watched, is unknown."""
    assert budget_of(staged()) is None
    assert budget_of(command("shop", ok=3)) is None


@pytest.mark.parametrize(
    ("late", "ok", "expected"),
    [
        (2, 100, []),
        (3, 100, ["/shop answered too late 3 times (Discord allows 3 s)"]),
        (3, 1000, []),
    ],
    ids=["few", "often", "rarely"],
)
def test_a_command_that_is_often_too_late_is_told(late: int, ok: int, expected: list[str]) -> None:
    """A handful among a thousand is no trouble, and three of a hundred are."""
    misses = NO_MISSES._replace(late=late)
    assert too_late([staged(misses=misses, ok=ok)]) == expected


def test_several_are_counted_and_the_worst_named() -> None:
    """One phrase for all of them."""
    misses = [NO_MISSES._replace(refused=5), NO_MISSES._replace(waiting=7), NO_MISSES._replace(unanswered=50)]
    assert too_late([staged(misses=each) for each in misses]) == [
        "2 commands answered too late (Discord allows 3 s), worst /shop 7 times"
    ]


@pytest.mark.parametrize(("seconds", "advised"), [(0.999, False), (1.0001, True)])
def test_advice_is_given_from_a_second_on(seconds: float, advised: bool) -> None:
    """Below that nobody needs any."""
    budget = budget_of(staged((0, 0, seconds, 0, 0, 0)))
    assert budget is not None
    assert (" s of it " in budget.sentence) is advised and budget.sentence.startswith("/shop took ")
    assert budget.sentence.partition(" (one invocation")[1]


def test_p95_is_that_of_the_first_responses() -> None:
    """Of a hundred invocations, five are slower; of two, the slower one is told as the most."""
    budget = budget_of(staged(*[(0, 0, number / 50, 0, 0, 9) for number in range(1, 101)]))
    assert budget is not None and budget.number == 100
    assert budget.split.first_response_ns == pytest.approx(1.9e9, rel=0.01)
    two = budget_of(staged((0, 0, 0.05, 0, 0, 0), (0, 0, 0.04, 0, 0, 9)))
    assert (
        two is not None and two.sentence == "/shop took 0.05 s (slowest of the last 2 invocations; Discord allows 3 s)"
    )


@pytest.mark.parametrize(
    ("misses", "ok", "phrases"),
    [
        (
            NO_MISSES._replace(late=1, refused=1, waiting=1),
            299,
            ["/shop answered too late 3 times (Discord allows 3 s)"],
        ),
        (NO_MISSES._replace(late=1, refused=1, waiting=1), 300, []),
        (NO_MISSES._replace(late=2), 9, []),
        (NO_MISSES._replace(unanswered=9), 9, []),
        (NO_MISSES, 9, []),
    ],
    ids=["three of 300", "of 301", "two", "never answered", "none"],
)
def test_a_command_misses_the_deadline_from_a_bound_on(misses: Misses, ok: int, phrases: list[str]) -> None:
    """Three times, and one in a hundred."""
    assert too_late([staged(misses=misses, ok=ok)]) == phrases


def test_of_several_commands_the_one_that_misses_most_is_named() -> None:
    """With how many there are."""
    several = [staged(misses=NO_MISSES._replace(late=late), ok=9) for late in (3, 7, 5)]
    worst = several[1]._replace(key=several[1].key._replace(name="worst"))
    assert too_late([several[0], worst, several[2]]) == [
        "3 commands answered too late (Discord allows 3 s), worst /worst 7 times"
    ]


@pytest.mark.parametrize(
    ("seconds", "how", "cure"),
    [
        (1.0, Holding.WAITING, "blocking the event loop at cogs/shop.py:87 (time.sleep): run it in a thread"),
        (1.0, Holding.COMPUTING, "blocking the event loop at cogs/shop.py:87: move it off the event loop"),
        (0.99, Holding.WAITING, "in its own code: defer first"),
    ],
)
def test_its_own_block_explains_a_stage_from_half_of_it_on(seconds: float, how: Holding, cure: str) -> None:
    """The longest of its own; what others held explains nothing."""
    blocks = [block("/other", 9), block("/shop", 0.1), block("/shop", seconds, how)]
    budget = budget_of(staged((0, 0, 2, 0, 0, 0)), blocks)
    assert budget is not None and budget.sentence.endswith(f"2 s of it {cure}")
