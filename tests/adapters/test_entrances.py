"""The moment at which a command's own code begins, seen in the class of the command."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest

from plugin.adapters.entrances import Entrances
from plugin.instrument.containment import Containment
from plugin.instrument.invocation import Invocation
from plugin.instrument.methods import MovedError
from plugin.instrument.places import Places
from plugin.instrument.stage_watch import StageWatch, current_invocation

PART = Containment().part("checks")


def stages() -> StageWatch:
    """Those of one monitor, whose clock stands at 7."""
    return StageWatch({}, Places(Path.cwd()), PART, lambda: 7, lambda: 0.0)


def entrances() -> Entrances:
    """What one monitor watches."""
    return Entrances(stages(), PART, "run")


def command() -> type:
    """A class of commands."""

    class Command:
        def run(self, word: str = "ran") -> str:
            return word

    return Command


def entered_ns(command_cls: type) -> int:
    """When the code of a command that is run began; 0 where nobody saw it."""
    invocation = Invocation(1, None, 1)
    invocation.begun_ns, invocation.watch = 2, stages()
    current_invocation.set(invocation)
    assert (command_cls().run(), command_cls().run(word="named")) == ("ran", "named")
    current_invocation.set(None)
    return invocation.entered_ns


def test_a_class_is_watched_with_those_that_derive_from_it() -> None:
    """All are seen through one method, however often they are to be watched, and given back together."""
    watch, base = entrances(), command()
    derived = type("Derived", (base,), {})
    for command_cls in (base, derived, base):
        watch.watch(command_cls)
    assert (entered_ns(base), entered_ns(derived), "run" in vars(derived)) == (7, 7, False)
    watch.unwatch_all()
    assert (entered_ns(base), entered_ns(derived)) == (0, 0)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["first in, first out", "last in, first out"])
def test_monitors_that_share_a_class_leave_it_as_it_was(order: tuple[int, int]) -> None:
    """Whichever ends first, the other goes on seeing entrances, and of the last nothing stays."""
    watches, shared = [entrances(), entrances()], command()
    before = dict(vars(shared))
    for watch in watches:
        watch.watch(shared)
    for number in order:
        assert entered_ns(shared) == 7
        watches[number].unwatch_all()
    assert dict(vars(shared)) == before


def test_what_other_code_put_on_top_stays() -> None:
    """A method that was replaced since is not taken away at the end."""
    watch, patched = entrances(), command()
    watch.watch(patched)
    theirs = patched.run = lambda self, word="ran": word
    watch.unwatch_all()
    assert vars(patched)["run"] is theirs


def test_a_class_that_is_gone_is_not_held() -> None:
    """A bot that reloads its code is rid of the classes that it had."""
    watch, gone = entrances(), command()
    watch.watch(gone)
    reference = weakref.ref(gone)
    del gone
    gc.collect()
    assert reference() is None
    watch.unwatch_all()


def test_a_method_that_moved_is_told() -> None:
    """A version of Lightbulb that calls something else is noticed at load."""
    with pytest.raises(MovedError):
        entrances().check(object)
