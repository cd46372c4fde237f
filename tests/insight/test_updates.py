"""The last update of a bot, out of its starts."""

from __future__ import annotations

import pytest

from plugin.insight.updates import last_update
from plugin.model import StartSeen

DAY = 86_400


def starts(story: str, last_seen: float = 0) -> list[StartSeen]:
    """Starts, one a second: `a1 a2` is release `a` on instance 1, then on instance 2."""
    return [StartSeen(at, word[1], word[0], last_seen) for at, word in enumerate(story.split())]


@pytest.mark.parametrize(
    ("story", "release", "since", "before"),
    [
        ("a1 a1 b1", "b", 2, "a"),
        ("a1 b1 b1 c1 c1", "c", 3, "b"),
        ("a1 b1 a1", "a", 2, "b"),
        ("a1 b1 b1 a1 a1", "a", 3, "b"),
        ("a1 a2 b1 a2 b2", "b", 2, "a"),
        ("a1 a2 b1 a2", "b", 2, "a"),
        ("a1 a2 a3 b1 a3 a2 a2", "b", 3, "a"),
        ("a1 a2 b1 b2 a1 a2", "a", 4, "b"),
        ("a1 a2 b1 b2 a1 b1", "b", 2, "a"),
        ("a1 a2 b1 a1", "a", 3, "b"),
        ("a1 a2 b1 a3", "b", 2, "a"),
    ],
    ids=[
        "an update",
        "the last of several",
        "back again",
        "back for a while",
        "one instance after the other",
        "a crashed instance comes back with the old release",
        "crashes while instances are updated",
        "all go back, one after the other",
        "one was back for a while",
        "a canary is withdrawn",
        "a new instance with the old release",
    ],
)
def test_the_last_update(story: str, release: str, since: float, before: str) -> None:
    """What runs now is held against what ran before it, since its first start after that."""
    found = last_update(starts(story))
    assert found is not None
    assert (found.release, found.since, found.before) == (release, since, before)


@pytest.mark.parametrize("story", ["", "a1", "a1 a2 a1"], ids=["nothing", "one start", "restarts"])
def test_without_another_release_there_is_no_update(story: str) -> None:
    """Restarts of the same release are no update."""
    assert last_update(starts(story)) is None


def test_new_instances_bring_an_old_release_back() -> None:
    """Where every instance has a new name, the old release is back when nothing lives on with the newer one."""
    ran = [("pod1", "a", 0, 100), ("pod2", "b", 100, 5000), ("pod3", "a", 4990, 4990 + DAY)]
    found = last_update([StartSeen(at, name, release, last) for name, release, at, last in ran])
    assert found is not None
    assert (found.release, found.since, found.before) == ("a", 4990, "b")


def seen(*ran: tuple[str, str, float, float]) -> list[StartSeen]:
    """Starts by instance, release, begin and last sign of life."""
    return [StartSeen(at, instance, release, last) for instance, release, at, last in ran]


def test_what_started_at_the_same_moment_was_not_before() -> None:
    """Two instances begin another release each; what ran before both is what ran before."""
    found = last_update(seen(("1", "a", 0, 0), ("1", "b", 5, 0), ("2", "c", 5, 0)))
    assert found == ("c", 5, "a", 0)


def test_the_release_before_is_told_with_its_first_start() -> None:
    """However often it was started since."""
    assert last_update(starts("a1 b1 b1 c1")) == ("c", 3, "b", 1)
    assert last_update(starts("b1 a1 b1 c1")) == ("c", 3, "b", 0)


@pytest.mark.parametrize(("silent_s", "is_back"), [(599, False), (600, False), (601, True)])
def test_a_release_is_gone_after_ten_minutes_without_a_sign(silent_s: float, is_back: bool) -> None:
    """While a new instance with the old one lives on."""
    found = last_update(seen(("1", "a", 0, 100), ("2", "b", 100, 5000), ("3", "a", 4990, 5000 + silent_s)))
    assert found is not None
    assert (found.release, found.since) == (("a", 4990) if is_back else ("b", 100))


def test_the_release_that_lives_on_is_back_since_its_first_new_instance() -> None:
    """Of two old ones the last; an instance that was known before brings nothing back."""
    ran = [("1", "a", 0, 100), ("2", "b", 100, 200), ("3", "c", 200, 5000)]
    back = [("4", "b", 4000, 4500), ("5", "a", 4100, 4600), ("6", "b", 4200, 9000)]
    assert last_update(seen(*ran, *back)) == ("b", 4000, "c", 200)
    assert last_update(seen(*ran, *back, ("7", "a", 4300, 9000))) == ("a", 4100, "b", 100)
    assert last_update(seen(*ran, ("2", "b", 4000, 9000))) == ("c", 200, "b", 100)
