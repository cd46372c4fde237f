"""Methods of one object, replaced and put back."""

from __future__ import annotations

import gc
import inspect
import itertools
import traceback
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from plugin.instrument.containment import Containment
from plugin.instrument.methods import MovedError
from plugin.instrument.override import Override
from plugin.instrument.wrappers import observed, preceded


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
    Override(golem, {"speak": louder("!")})
    assert (golem.speak(), golem.speak("met"), other.speak()) == ("emet!", "met!", "emet")
    assert (golem.clay, isinstance(golem, Golem)) == ("clay", True)
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
    overrides = [Override(golem, {"speak": louder(str(number))}) for number in range(3)]
    assert golem.speak() == "emet012"
    for number in order:
        overrides[number].undo()
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


async def test_an_observed_method_tells_its_beginning_and_end() -> None:
    """The first argument goes to the beginning, by position or name, and what left the method to the end."""
    golem, seen = Golem(), list[Any]()

    def begin(task: str) -> str:
        seen.append(task)
        return "begun"

    def finish(begun: str, escaped: BaseException | None) -> None:
        seen.append((begun, type(escaped)))

    Override(golem, {"work": observed(Containment().part("work"), "task", begin, finish)})
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
@pytest.mark.parametrize("wrap", ["observed", "preceded"])
async def test_a_traceback_shows_no_frame_of_ours(wrap: str, raised_by_it: type[LookupError]) -> None:
    """An exception that passes through looks as if nobody had been in between, and is the same."""
    golem = Golem()
    golem.tired = raised_by_it()

    async def first() -> None: ...

    part = Containment().part("work")
    make = observed(part, "task", lambda task: None, lambda *_: None) if wrap == "observed" else preceded(first)
    overrides = [Override(golem, {"work": make}) for _ in range(2)]
    with pytest.raises(LookupError) as raised:
        await golem.work("rest")
    assert raised.value is golem.tired
    frames = [frame.name for frame in traceback.extract_tb(raised.value.__traceback__)]
    assert frames == ["test_a_traceback_shows_no_frame_of_ours", "work"]
    assert len(overrides) == 2


class Registering(type):
    """Counts the classes that it makes."""

    made = 0

    def __new__(cls, *parts: Any) -> Any:
        """Make a class."""
        Registering.made += 1
        return super().__new__(cls, *parts)


class Mine(Golem, metaclass=Registering):
    """A class of a bot's own: its objects have a dict. Nobody is to derive from it."""

    def __init_subclass__(cls) -> None:
        raise AssertionError


class Slim(Golem, metaclass=Registering):
    """The same with slots only."""

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        raise AssertionError


@pytest.mark.parametrize("cls", [Mine, Slim])
def test_classes_of_others_hear_of_no_subclass(cls: type[Golem]) -> None:
    """Neither the metaclass nor `__init_subclass__` is called; where the object has a dict there is none at all."""
    golem, made = cls(), Registering.made
    override = Override(golem, {"speak": louder("!")})
    assert golem.speak() == "emet!"
    assert (type(golem) is cls, cls.__subclasses__() == []) == ((cls is Mine,) * 2)
    assert Registering.made == made
    assert inspect.signature(golem.speak) == inspect.signature(cls().speak)
    override.undo()
    assert (golem.speak(), type(golem) is cls) == ("emet", True)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_a_dict_is_left_empty_in_any_order(order: tuple[int, ...]) -> None:
    """Whoever leaves first, at the end nothing is in the object's dict, and who kept a replacement has the method."""
    golem = Mine()
    overrides = [Override(golem, {"speak": louder(str(number))}) for number in range(3)]
    kept = golem.speak
    assert golem.speak() == "emet012"
    for number in order:
        overrides[number].undo()
        assert str(number) not in golem.speak()
    assert (vars(golem), kept()) == ({}, "emet")


@pytest.mark.parametrize("first", ["ours", "theirs"])
def test_somebody_else_may_wrap_further(first: str) -> None:
    """What other code has set on the object stays and works, and both can go in either order."""
    golem = Mine()
    ours = Override(golem, {"speak": louder("!")})
    wrapped = golem.speak
    vars(golem)["speak"] = lambda: wrapped() + "?"
    assert (golem.speak(), ours.in_force) == ("emet!?", True)
    if first == "ours":
        ours.undo()
        assert golem.speak() == "emet?"
        vars(golem)["speak"] = wrapped
    else:
        vars(golem)["speak"] = wrapped
        assert golem.speak() == "emet!"
        ours.undo()
        assert vars(golem) == {}
    assert golem.speak() == "emet"


def test_what_other_code_had_set_comes_back() -> None:
    """A method that was set on the object before is called, and put back."""
    golem = Mine()
    vars(golem)["speak"] = before = lambda: "met"
    override = Override(golem, {"speak": louder("!")})
    assert golem.speak() == "met!"
    override.undo()
    assert vars(golem) == {"speak": before}


def test_another_class_keeps_its_methods_under_ours() -> None:
    """An object with a dict that is given another class meanwhile has that class's methods, and ours around them."""
    golem = Mine()
    override = Override(golem, {"speak": louder("!")})

    class Theirs(Golem):
        def speak(self, word: str = "emet") -> str:
            return super().speak(word) + "?"

    golem.__class__ = Theirs
    assert (golem.speak(), override.in_force) == ("emet?!", True)
    override.undo()
    assert golem.speak() == "emet?"


@pytest.mark.parametrize("cls", [Mine, Slim])
def test_an_override_that_was_taken_out_knows_it(cls: type[Golem]) -> None:
    """Other code exchanged the class or cleared the dict: to undo the override then changes nothing."""
    golem = cls()
    override = Override(golem, {"speak": louder("!")})
    assert override.in_force
    if cls is Mine:
        vars(golem).clear()
    else:
        golem.__class__ = cls
    assert not override.in_force
    override.undo()
    assert (golem.speak(), type(golem)) == ("emet", cls)


def test_a_class_that_is_put_back_after_the_end_has_none_of_ours() -> None:
    """Other code that kept the class of an object, and gives it back later, gives nothing of ours back."""
    golem = Golem()
    override = Override(golem, {"speak": louder("!")})
    kept = type(golem)
    golem.__class__ = Golem
    override.undo()
    golem.__class__ = kept
    assert golem.speak() == "emet"


def test_a_replacement_may_end_itself() -> None:
    """An override is undone by a call that passes through it, such as that of a command which unloads the monitor."""
    golem, overrides = Mine(), list[Override]()

    def ending(original: Any) -> Any:
        def speak(self: object, *args: Any) -> str:
            overrides[0].undo()
            gc.collect()
            return original(self, *args) + "!"

        return speak

    overrides.append(Override(golem, {"speak": ending}))
    assert (golem.speak(), golem.speak()) == ("emet!", "emet")


def test_nothing_holds_an_object_that_is_gone() -> None:
    """An object whose override was never undone is collected, with all that its replacement holds."""
    golem = Mine()
    Override(golem, {"speak": louder("!")})
    gone = weakref.ref(golem)
    del golem
    gc.collect()
    assert gone() is None
