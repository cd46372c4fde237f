"""What a monitor has put into its bot: put in part by part, watched, and taken out again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Protocol

from plugin.instrument.containment import Containment

UNLOAD = "unload"


class Held(Protocol):
    """What was put into an object of the bot's."""

    @property
    def names(self) -> tuple[str, ...]:
        """What other code may take out."""
        ...

    @property
    def in_force(self) -> bool:
        """Whether it is still there."""
        ...

    def undo(self) -> None:
        """Take it out."""


class Installation:
    """Keeps how each part is taken out again."""

    def __init__(self, containment: Containment) -> None:
        self._containment = containment
        self._undo = ExitStack()
        self._overrides: list[tuple[str, Held]] = []

    def on_removal(self, undo: Callable[[], object]) -> None:
        """Call something at `remove`, the latest first."""
        self._undo.callback(undo)

    def attempt(self, part: str, build: Callable[[], object]) -> bool:
        """Put a part in, and say whether it is; one that fails is taken out again, and off with the reason."""
        outer, self._undo = self._undo, ExitStack()
        try:
            build()
        except Exception as fault:  # noqa: BLE001 # whatever it is, it must not reach the bot
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
        """Keep an override until `remove`; where other code takes it out, the part is off."""
        held = part, override
        self._overrides.append(held)
        self.on_removal(lambda: self._let_go(held))

    def look(self) -> None:
        """Switch off what other code has taken out, so that counts that stand still are not taken for silence."""
        for held in list(self._overrides):
            part, override = held
            if not override.in_force:
                self._overrides.remove(held)
                self._containment.switch_off(part, f"{', '.join(override.names)} was replaced by other code")

    def remove(self) -> None:
        """Take everything out again; what fails in that is a fault, and keeps nothing else in."""
        with self._containment.containing(UNLOAD):
            self._undo.close()

    def _let_go(self, held: tuple[str, Held]) -> None:
        if held in self._overrides:
            self._overrides.remove(held)
        held[1].undo()
