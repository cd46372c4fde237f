"""The simulated lives themselves: what they count as false, as said once more, as found and as missed."""

from __future__ import annotations

from tests.lives.diary import Diary, Score, judge
from tests.lives.life import DAY_S, EVEN, HOUR_S, Command, Errors, Fault, Latency, Life, Memory, Start
from tests.lives.running import lives, run
from tests.lives.table import Result

MEMORY = Fault("too much memory", ("alerts: memory all",), HOUR_S, 1, 2, HOUR_S)


def told(*claims: tuple[float, set[str]], faults: tuple[Fault, ...] = ()) -> Score:
    """What becomes of alerts that are heard at so many hours."""
    diary = Diary()
    for hours, said in claims:
        diary.hear("alerts", hours * HOUR_S, 1, said)
    return judge(Life("one", "", weeks=1, faults=faults), 1, diary.close())


def test_a_claim_without_a_fault_is_false_once_for_each_day_that_it_stands() -> None:
    """It counts as often as an operator meets it: when it is said, and again each day."""
    assert told((1, {"memory all"}), (2, set())).false_count == 1
    assert told(*((hours, {"memory all"}) for hours in range(0, 50, 10)), (50, set())).false_count == 2


def test_a_claim_about_a_fault_is_true_until_the_fault_is_over() -> None:
    """What is said while something is wrong is right, and false some time after that."""
    true = told((24, {"memory all"}), (49, {"memory all"}), (50, set()), faults=(MEMORY,))
    assert (true.false_count, true.found[0].after_s) == (0, 0)
    late = told((24, {"memory all"}), (52, {"memory all"}), (53, set()), faults=(MEMORY,))
    assert [verdict.why for verdict in late.false] == ["still said after it was over"]


def test_an_alert_that_is_said_once_more_is_false() -> None:
    """One fault is one alert, and one all-clear."""
    score = told((24, {"memory all"}), (25, set()), (26, {"memory all"}), (27, set()), faults=(MEMORY,))
    assert [verdict.why for verdict in score.false] == ["said once more"]


def test_a_fault_that_is_said_too_late_is_missed() -> None:
    """A delay is stated for each fault, and a life that misses it is not right."""
    for hours, missed in ((24.5, 0), (26, 1)):
        score = told((hours, {"memory all"}), (hours + 1, set()), faults=(MEMORY,))
        assert len(Result(score.life, [score]).missed) == missed


def test_a_day_of_a_bot_that_is_well() -> None:
    """Its processes, its history and every voice work together, a crash and an update included."""
    life = Life(
        "a day",
        "all is well",
        weeks=1.5 / 7,
        commands=[Command("ping", 300, Latency(40, 0.2)), Command("roll", 50, Latency(60, 0.2), cog="fun")],
        starts=[Start(0), Start(0.5, crashed=True), Start(1, "r2")],
        asks=dict.fromkeys(("alerts", "now", "health", "performance 24h", "commands 24h"), 6.0 * HOUR_S),
    )
    score = run(life, 1)
    claims = {said.claim for said in score.said}
    assert claims <= {"health: update to r2"}
    assert claims


def test_a_day_in_which_something_goes_wrong() -> None:
    """A leak and a command that fails are found, and with the same seed exactly the same is said."""
    life = Life(
        "a bad day",
        "/ask fails, and memory grows",
        weeks=1 / 7,
        commands=[Command("ask", 2000, errors=[Errors(0.9, begin=0.5)])],
        rhythm=EVEN,
        memory=Memory(300, leak_mb_an_hour=20),
        faults=[
            Fault("/ask fails", ("alerts: error_rate /ask",), HOUR_S, 0.5, also=("alerts: *", "now: *")),
            Fault("memory", ("alerts: memory all",), DAY_S / 2, 0.2, also=("now: memory",)),
        ],
    )
    scores = [run(life, 1) for _ in range(2)]
    assert scores[0].said == scores[1].said
    result = Result(life, scores)
    assert result.right, list(result.lines())


def test_every_life_has_a_name_of_its_own_and_says_what_is_true() -> None:
    """Each is asked for by name."""
    assert len(lives()) >= 20
    assert all(life.about for life in lives().values())
