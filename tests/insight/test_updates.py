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
