"""Methods of one object, replaced and put back."""

from __future__ import annotations

import inspect
import itertools
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from plugin.instrument.containment import Containment
from plugin.instrument.override import MovedError, Override, followed, preceded


class Golem:
    """An object with slots, as those of hikari are."""

    __slots__ = ("clay", "tired")

    def __init__(self) -> None:
        self.tired = LookupError("rest")

    def speak(self, word: str = "emet") -> str:
        """Say a word."""
        return word

    async def work(self, task: str) -> str:
        """Do a task."""
        if task == "rest":
            raise self.tired
        return task


def louder(mark: str) -> Callable[..., Any]:
    """A replacement that adds a mark to what is said."""

    def make(original: Any) -> Any:
        def speak(self: object, *args: Any) -> str:
            return original(self, *args) + mark

        return speak

    return make


def test_only_the_one_object_changes() -> None:
    """Another object of the same class keeps its methods, and the changed one its state and type."""
    golem, other = Golem(), Golem()
    golem.clay = "clay"
    Override(golem, {"speak": louder("!")}, marks={"owner": "Loew"})
    assert (golem.speak(), golem.speak("met"), other.speak()) == ("emet!", "met!", "emet")
    assert (golem.clay, golem.owner, isinstance(golem, Golem)) == ("clay", "Loew", True)
    assert repr(type(golem)) == repr(Golem)


def test_a_replacement_looks_like_the_method() -> None:
    """Name, documentation and signature are those of the method that was replaced."""
    golem = Golem()
    Override(golem, {"speak": louder("!")})
    assert (golem.speak.__qualname__, golem.speak.__doc__) == ("Golem.speak", "Say a word.")
    assert inspect.signature(golem.speak) == inspect.signature(Golem().speak)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_overrides_are_undone_in_any_order(order: tuple[int, ...]) -> None:
    """Whoever leaves first, what remains works on, and at the end the object has its own class back."""
    golem = Golem()
    overrides = [Override(golem, {"speak": louder(str(number))}, marks={f"mark{number}": 1}) for number in range(3)]
    assert golem.speak() == "emet012"
    for number in order:
        overrides[number].undo()
        assert not hasattr(golem, f"mark{number}")
        assert golem.speak().startswith("emet")
    assert type(golem) is Golem
    assert golem.speak() == "emet"


@pytest.mark.parametrize("first", ["ours", "theirs"])
def test_somebody_else_may_subclass_further(first: str) -> None:
    """A class that another tool put on top keeps its methods without ours, and both can go in either order."""
    golem = Golem()
    ours = Override(golem, {"speak": louder("!")})
    before = type(golem)

    class Theirs(before):
        __slots__ = ()

        def speak(self, word: str = "emet") -> str:
            return super().speak(word) + "?"

    golem.__class__ = Theirs
    assert golem.speak() == "emet!?"
    if first == "ours":
        ours.undo()
        assert golem.speak() == "emet?"
        golem.__class__ = before
    else:
        golem.__class__ = before
        assert golem.speak() == "emet!"
        ours.undo()
    assert golem.speak() == "emet"


@pytest.mark.parametrize("missing", ["gone", "clay"], ids=["no such attribute", "no method"])
def test_a_method_that_moved_is_named(missing: str) -> None:
    """Where one of the methods is missing, the error names it, and none is replaced."""
    golem = Golem()
    with pytest.raises(MovedError, match=rf"Golem has no {missing}"):
        Override(golem, {"speak": louder("!"), missing: louder("!")})
    assert type(golem) is Golem


async def test_a_followed_method_tells_its_beginning_and_end() -> None:
    """Arguments go to the beginning by position or name, and what left the method to the end; both come through."""
    golem, seen = Golem(), list[Any]()

    def begin(_: Golem, task: str) -> str:
        seen.append(task)
        return "begun"

    def finish(begun: str, escaped: BaseException | None) -> None:
        seen.append((begun, type(escaped)))

    Override(golem, {"work": followed(Containment().part("work"), begin, finish)})
    assert await golem.work("carry water") == "carry water"
    assert await golem.work(task="guard") == "guard"
    with pytest.raises(LookupError):
        await golem.work("rest")
    no, failed = ("begun", type(None)), ("begun", LookupError)
    assert seen == ["carry water", no, "guard", no, "rest", failed]


@dataclass(frozen=True)
class Tired(LookupError):
    """One that lets nobody change it, as a dataclass that is frozen does."""

    hours: int = 8


@pytest.mark.parametrize("raised_by_it", [LookupError, Tired])
@pytest.mark.parametrize("wrap", ["followed", "preceded"])
async def test_a_traceback_shows_no_frame_of_ours(wrap: str, raised_by_it: type[LookupError]) -> None:
    """An exception that passes through looks as if nobody had been in between, and is the same."""
    golem = Golem()
    golem.tired = raised_by_it()

    async def first() -> None: ...

    part = Containment().part("work")
    make = followed(part, lambda golem, task: None, lambda *_: None) if wrap == "followed" else preceded(first)
    overrides = [Override(golem, {"work": make}) for _ in range(2)]
    with pytest.raises(LookupError) as raised:
        await golem.work("rest")
    assert raised.value is golem.tired
    frames = [frame.name for frame in traceback.extract_tb(raised.value.__traceback__)]
    assert frames == ["test_a_traceback_shows_no_frame_of_ours", "work"]
    assert len(overrides) == 2
