"""The call that a line makes, by its name in the source."""

from __future__ import annotations

import linecache
import sys
from types import FrameType

import pytest

from plugin.instrument.loop.calls import called

CALLS = {
    "name": ("wait()", "wait"),
    "dotted": ("time.wait('secret')", "time.wait"),
    "attribute of an object": ("self.db.wait(1, key=2)", "self.db.wait"),
    "on what a call returned": ("query('secret').wait()", "wait"),
    "on an element": ("waiters[0].wait()", "wait"),
    "over several lines": ("time.wait(\n        'secret',\n    )", "time.wait"),
    "after other letters": ("print('ä', 'ö', file=out) or time.wait()", "time.wait"),
    "inside another": ("print(time.wait(), file=out)", "time.wait"),
    "no call by name": ("waiters[0]()", ""),
    "an operator": ("time + 1", ""),
}


class Waits:
    """Remembers the instruction that its caller is at."""

    def __init__(self) -> None:
        self.at: tuple[object, int] = (None, 0)

    def wait(self, *_: object, **__: object) -> None:
        caller: FrameType | None = sys._getframe(1)
        assert caller is not None
        self.at = caller.f_code, caller.f_lasti

    __call__ = wait

    def __add__(self, _: object) -> None:
        self.wait()
        caller = sys._getframe(1)
        self.at = caller.f_code, caller.f_lasti


def name_in(expression: str, file: str, source: bool = True) -> str:
    """What is told of a function that runs the expression and waits in it."""
    waits = Waits()
    waits.db = waits
    text = f"def run(self, time, wait, waiters, query, out):\n    {expression}\n"
    if source:
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    namespace: dict[str, object] = {}
    exec(compile(text, file, "exec"), namespace)
    namespace["run"](waits, waits, waits.wait, [waits], lambda _: waits, sys.stderr)
    code, offset = waits.at
    return called(code, offset)


@pytest.mark.parametrize(("expression", "name"), CALLS.values(), ids=CALLS)
def test_a_call_is_named_without_its_arguments(expression: str, name: str, request: pytest.FixtureRequest) -> None:
    """The name as it is written; never an argument."""
    assert name_in(expression, f"<{request.node.name}>") == name


def test_without_a_source_there_is_no_name() -> None:
    """What was made from text, or is gone from the disk, is not named."""
    assert name_in("time.wait()", "/nowhere/at/all.py", source=False) == ""


def test_a_source_that_was_changed_names_nothing() -> None:
    """Another text at the place of the call is not taken for it."""
    file = "<changed>"
    waits = Waits()
    namespace: dict[str, object] = {}
    exec(compile("def run(time):\n    time.wait()\n", file, "exec"), namespace)
    changed = ["def run(time):\n", "    other.go()\n"]
    linecache.cache[file] = (2, None, changed, file)
    namespace["run"](waits)
    code, offset = waits.at
    assert called(code, offset) == ""
