"""Values of a bot, read without asking them."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from plugin.instrument.containment import FAULTS_UNTIL_OFF, Containment
from plugin.instrument.error_groups import error_group
from plugin.instrument.invocations import Invocations
from plugin.instrument.methods import leave_no_frame
from plugin.instrument.places import Places
from plugin.instrument.values import attribute, call_safely, class_name, derives, is_a, text_of
from plugin.metrics import CommandMetrics
from plugin.model import CommandKey, CommandKind, Outcome
from tests import hostile


def raised() -> BaseException:
    """A hostile exception that was raised."""
    try:
        raise hostile.error()
    except Exception as exception:  # noqa: BLE001 # whatever it looks like
        return exception


def test_names_and_bases_are_read_past_a_metaclass() -> None:
    """What Python itself goes by, whatever the class says."""
    assert class_name(type(raised())) == "tests.hostile.Error"
    assert is_a(raised(), ValueError, Exception)
    assert not is_a(raised(), ValueError)
    assert derives(bool, int) and not derives(int, bool)


def test_a_class_without_a_module_has_a_name() -> None:
    """As one has that `type()` made in code run by `exec`, which asks for the module of whoever calls it."""
    namespace: dict[str, Any] = {"__builtins__": {"type": type, "Exception": Exception}}
    exec("made = type('Made', (Exception,), {})", namespace)
    assert class_name(namespace["made"]) == "unknown.Made"


@pytest.mark.parametrize(
    ("value", "text"),
    [("name", "name"), (hostile.Name("name"), "name"), (7, "unknown"), (hostile.error(), "unknown")],
    ids=["string", "string of a class of its own", "number", "exception"],
)
def test_a_text_is_a_string_of_pythons_own(value: object, text: str) -> None:
    """So that it can be compared, hashed and shown; what is none is unknown."""
    found = text_of(value)
    assert (type(found), found) == (str, text)


def test_an_answer_that_raises_is_none() -> None:
    """Whatever it raises, the end of the process included."""
    assert call_safely(hostile.refuse, "nothing") == "nothing"
    assert attribute(hostile.error(), "args", ()) == ()
    assert attribute(object(), "missing") is None


def test_a_failure_is_told_of_a_hostile_exception(tmp_path: Any) -> None:
    """Its type, and the line that it came from."""
    exception = raised()
    places = Places(tmp_path)
    group = error_group(exception, places.of(exception), 1.0)
    assert (group.type, group.place.function if group.place else None) == ("tests.hostile.Error", "raised")


def test_a_frame_is_taken_out_of_a_hostile_traceback() -> None:
    """On the way of the bot's own exception nothing else may be raised in its place."""
    leave_no_frame(raised())


def test_hostile_failures_are_counted(tmp_path: Any) -> None:
    """Each counts as an error of its type, as often as it comes, and as nobody's fault."""
    invocations = Invocations(10, Places(tmp_path), lambda: 1, lambda: 1.0, Containment().part("commands"))
    recorder = CommandMetrics(CommandKey(CommandKind.SLASH, "golem", None), 10, invocations.settle)
    for number in range(FAULTS_UNTIL_OFF + 5):
        invocations.finish(invocations.begin(number, recorder), raised())
    snapshot = recorder.snapshot(0)
    assert snapshot.outcomes[Outcome.ERROR] == FAULTS_UNTIL_OFF + 5
    assert [error.type for error in snapshot.errors] == ["tests.hostile.Error"]


def test_a_cancellation_is_one_by_its_class(tmp_path: Any) -> None:
    """An exception of the bot's own that derives from it counts as one."""

    class Stopped(asyncio.CancelledError):
        __class__ = property(hostile.refuse)

    invocations = Invocations(10, Places(tmp_path), lambda: 1, lambda: 1.0, Containment().part("commands"))
    recorder = CommandMetrics(CommandKey(CommandKind.SLASH, "golem", None), 10, invocations.settle)
    invocations.finish(invocations.begin(1, recorder), Stopped())
    assert recorder.snapshot(0).outcomes[Outcome.CANCELLED] == 1


def test_a_hostile_fault_is_counted_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    """What an instrument lets through of the bot's is logged with its place, though nobody can format it."""
    containment = Containment()
    exception: Any = raised()
    containment.fault("part", exception)
    assert containment.faults == {"part": 1}
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "tests.hostile.Error" in record.getMessage() and "in raised" in record.getMessage()
