"""What code is called where its names are withheld."""

from __future__ import annotations

from dataclasses import replace

import pytest

from plugin.insight.discretion import without_details
from plugin.insight.pseudonyms import Pseudonyms
from plugin.model import (
    BackgroundSnapshot,
    CommandSnapshot,
    Denials,
    ErrorGroup,
    HistoryState,
    Place,
    TaskGroupSnapshot,
    TaskKind,
)
from tests.insight.snapshots import command, snapshot

PLACE = Place("cogs/shop.py", "restock", 30)


def test_tasks_and_functions_are_counted_by_themselves() -> None:
    """A scheduled task is a task, and what asyncio runs is a function; the place of neither is told."""
    groups = [
        TaskGroupSnapshot(name, kind, PLACE, 1, 2, 0, 0, None, None, None, ())
        for name, kind in (("restock", TaskKind.SCHEDULED), ("remind", TaskKind.ASYNCIO), ("feed", TaskKind.SCHEDULED))
    ]
    shown = without_details(
        replace(snapshot(), background=BackgroundSnapshot(1, tuple(groups), ())), Pseudonyms()
    ).background
    assert shown is not None
    assert [(task.name, task.place) for task in shown.tasks] == [
        ("task 1", None),
        ("function 1", None),
        ("task 2", None),
    ]


def shown_error(command: CommandSnapshot, names: Pseudonyms) -> str:
    """What its only failure is called."""
    (shown,) = without_details(snapshot(command), names).commands
    (error,) = shown.errors
    assert error.place is None
    return error.type


def test_failures_have_the_same_name_where_type_and_place_are_the_same() -> None:
    """With denials or without; the place is its file and function, as lines move."""
    names = Pseudonyms()
    one = ErrorGroup("KeyError", PLACE, 1, 0, 0)
    moved, elsewhere, nowhere = (
        replace(one, place=PLACE._replace(line=99)),
        replace(one, place=Place("cogs/shop.py", "feed", 30)),
        replace(one, place=None),
    )
    told = [
        shown_error(command()._replace(errors=(error,), denials=denials), names)
        for error in (one, moved, elsewhere, nowhere)
        for denials in ((), (Denials("bot.checks.Banned", 1),))
    ]
    assert told == ["error 1", "error 1", "error 1", "error 1", "error 2", "error 2", "error 3", "error 3"]


def test_denials_are_told_by_their_class() -> None:
    """Without its module, though nothing failed."""
    denied = command()._replace(denials=(Denials("bot.checks.Banned", 1),))
    (shown,) = without_details(snapshot(denied), Pseudonyms()).commands
    assert [one.reason for one in shown.denials] == ["Banned"]


@pytest.mark.parametrize("warnings", [(), ("the disk is full",), ("the disk is full", "the file is long")])
def test_warnings_of_history_are_told_as_one(warnings: tuple[str, ...]) -> None:
    """What they say is for the bot's owners; that there are some is not."""
    history = HistoryState("/home/bot/x.db", "host", "1.4", None, "no disk", 0, 0, warnings, "look there")
    taken = replace(snapshot(), monitor=replace(snapshot().monitor, history=history))
    shown = without_details(taken, Pseudonyms()).monitor.history
    assert shown is not None
    assert shown.warnings == (("the bot's owners see what to look at",) if warnings else ())
    assert (shown.where, shown.instance, shown.release, shown.problem, shown.hint) == (
        "",
        "instance 1",
        "release 1",
        None,
        None,
    )
