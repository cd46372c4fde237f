"""Interactions that call no command, by handler."""

from __future__ import annotations

from plugin.metrics.interactions import OTHERS, Handlers
from plugin.model import InteractionKey, InteractionKind, Outcome


def button(name: str) -> InteractionKey:
    """The key of a button's handler."""
    return InteractionKey(InteractionKind.COMPONENT, name)


def press(handlers: Handlers, name: str, times: int = 1) -> None:
    """Let the interactions of a handler end."""
    for _ in range(times):
        handlers.handler(button(name)).record(Outcome.OK, 0, 1, 2)


def test_handlers_with_most_interactions_come_first() -> None:
    """Each counts those that ended and those that still run, and keeps as many splits as it was given room for."""
    handlers = Handlers(2)
    for name, times in (("rare", 1), ("often", 3), ("never", 0)):
        press(handlers, name, times)
        handlers.handler(button(name)).in_flight += times
    for _ in range(3):
        handlers.handler(button("often")).ensure_stages().record(1, 1, 1, 1, 1, 1, -1)
    found = handlers.snapshot()
    assert [(each.key.name, each.ended, each.in_flight) for each in found] == [
        ("often", 3, 3),
        ("rare", 1, 1),
        ("never", 0, 0),
    ]
    assert [len(each.stages.splits()) for each in found[:2]] == [2, 0]


def test_handlers_beyond_the_bound_are_counted_together() -> None:
    """The first ones keep counts of their own, and those without room share one for each kind."""
    handlers = Handlers(1)
    for number in range(503):
        press(handlers, f"handler {number}")
    press(handlers, "handler 0")
    handlers.handler(InteractionKey(InteractionKind.MODAL, "late")).record(Outcome.OK, 0, 1, 2)
    found = {each.key: each.ended for each in handlers.snapshot()}
    assert len(found) == 502
    assert (found[button(OTHERS)], found[button("handler 0")]) == (3, 2)
    assert found[InteractionKey(InteractionKind.MODAL, OTHERS)] == 1


def test_ended_interactions_are_counted_by_kind() -> None:
    """Whichever handler they were for; what still runs has not ended."""
    handlers = Handlers(1)
    press(handlers, "buy", 2)
    press(handlers, "sell", 3)
    handlers.handler(button("hold")).in_flight += 1
    handlers.handler(InteractionKey(InteractionKind.MODAL, "report")).record(Outcome.OK, 0, 1, 2)
    assert handlers.ended() == {"component": 5, "modal": 1}
