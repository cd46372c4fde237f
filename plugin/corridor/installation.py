"""The parts that a monitor has installed in its bot: installed one by one, checked, and removed again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Protocol

from plugin.instrument.containment import Containment

UNLOAD = "unload"


class Held(Protocol):
    """An override in an object of the bot."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the overridden attributes, which other code may reset."""
        ...

    @property
    def in_force(self) -> bool:
        """Whether it is still in place."""
        ...

    def undo(self) -> None:
        """Remove it."""


class Installation:
    """Remembers how to remove each part."""

    def __init__(self, containment: Containment) -> None:
        self._containment = containment
        self._undo = ExitStack()
        self._overrides: list[tuple[str, Held]] = []

    def on_removal(self, undo: Callable[[], object]) -> None:
        """Call `undo` at `remove`, latest first."""
        self._undo.callback(undo)

    def attempt(self, part: str, build: Callable[[], object]) -> bool:
        """Install a part and return whether it worked; a failing part is removed and switched off with the reason."""
        outer, self._undo = self._undo, ExitStack()
        try:
            build()
        except Exception as fault:  # noqa: BLE001 # must not reach the bot
            with self._containment.containing(UNLOAD):
                self._undo.close()
            self._containment.fail(part, fault)
            return False
        else:
            outer.push(self._undo)
            return True
        finally:
            self._undo = outer

    def hold(self, part: str, override: Held) -> None:
        """Keep an override until `remove`; if other code removes it, the part is switched off."""
        held = part, override
        self._overrides.append(held)
        self.on_removal(lambda: self._let_go(held))

    def look(self) -> None:
        """Switch off parts that other code has removed, so that frozen counts are not taken for silence."""
        for held in list(self._overrides):
            part, override = held
            if not override.in_force:
                self._overrides.remove(held)
                self._containment.switch_off(part, f"{', '.join(override.names)} was replaced by other code")

    def remove(self) -> None:
        """Remove everything; a failure is counted and does not stop the rest."""
        with self._containment.containing(UNLOAD):
            self._undo.close()

    def _let_go(self, held: tuple[str, Held]) -> None:
        if held in self._overrides:
            self._overrides.remove(held)
        held[1].undo()
