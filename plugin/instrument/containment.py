"""Keeps the monitor's faults from the bot: a failing instrument is logged once, counted, and finally switched off."""

from __future__ import annotations

import contextlib
import logging
import re
import time
import traceback
from collections import Counter, deque
from collections.abc import Callable, Generator
from typing import ParamSpec, TypeVar

from plugin.instrument.methods import MovedError
from plugin.instrument.values import class_name, is_a, traceback_of

_logger = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

FAULTS_UNTIL_OFF = 20
"""An instrument is switched off at this many faults within `FAULTS_WITHIN_S`."""

FAULTS_WITHIN_S = 3600
"""Limited, so that rare faults do not add up over weeks and switch off an instrument that works."""

_FILE = re.compile(r" \([^()]*\)$")
"""The file name at the end of an ImportError's message."""


class Instrument:
    """One instrument of a monitor, on until it fails too often."""

    __slots__ = ("_containment", "name", "on")

    def __init__(self, name: str, containment: Containment) -> None:
        self.name = name
        self.on = True
        self._containment = containment

    def fault(self, fault: Exception) -> None:
        """Count a fault of this instrument."""
        self._containment.fault(self.name, fault)


class Containment:
    """Contains and counts the faults of every instrument of one monitor."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._latest: dict[str, deque[float]] = {}
        self.faults: Counter[str] = Counter()
        """Contained faults by instrument."""
        self.switched_off: dict[str, str] = {}
        """Reasons by instrument that is off."""
        self._parts: dict[str, Instrument] = {}

    def part(self, instrument: str) -> Instrument:
        """An instrument, for code that contains its faults in place."""
        return self._parts.setdefault(instrument, Instrument(instrument, self))

    def contain(self, instrument: str, function: Callable[P, R]) -> Callable[P, R | None]:
        """The function, returning None where it would raise or the instrument is switched off."""
        part = self.part(instrument)

        def contained(*args: P.args, **kwargs: P.kwargs) -> R | None:
            if not part.on:
                return None
            try:
                return function(*args, **kwargs)
            except Exception as fault:  # noqa: BLE001 # whatever it is, it must not reach the bot
                part.fault(fault)
                return None

        return contained

    @contextlib.contextmanager
    def containing(self, instrument: str) -> Generator[None]:
        """Contain what the block raises; the block runs even if the instrument is switched off."""
        try:
            yield
        except Exception as fault:  # noqa: BLE001 # whatever it is, it must not reach the bot
            self.fault(instrument, fault)

    def fault(self, instrument: str, fault: Exception) -> None:
        """Count a fault; log the first one with its traceback, and switch the instrument off after too many."""
        self.faults[instrument] += 1
        count = self.faults[instrument]
        if count == 1:
            _log(instrument, fault)
        latest = self._latest.setdefault(instrument, deque(maxlen=FAULTS_UNTIL_OFF))
        latest.append(self._clock_s())
        if len(latest) == FAULTS_UNTIL_OFF and latest[-1] - latest[0] <= FAULTS_WITHIN_S:
            self.switch_off(instrument, f"failed {count} times, last with {class_name(type(fault))}")

    def fail(self, instrument: str, fault: Exception) -> None:
        """Switch off an instrument that could not start: a library lacks a name it needs, or it raised."""
        if is_a(fault, MovedError):
            self.switch_off(instrument, str(fault))
            return
        self.fault(instrument, fault)
        missing = is_a(fault, ImportError) or (is_a(fault, AttributeError) and str(fault).startswith("module "))
        said = _FILE.sub("", str(fault)) if missing else f"could not start: {class_name(type(fault))}"
        self.switch_off(instrument, said)

    def leave_out(self, part: str, reason: str) -> None:
        """Show a part as off that was never on, of which the log tells already."""
        self.switched_off[part] = reason

    def switch_off(self, instrument: str, reason: str) -> None:
        """Switch an instrument off for good, and log why."""
        if instrument not in self.switched_off:
            self.switched_off[instrument] = reason
            self.part(instrument).on = False
            _logger.warning("the monitor runs without %s: %s", instrument, reason)


def _log(instrument: str, fault: BaseException) -> None:
    # Formatting a traceback calls methods of the exception and its class, which may raise anything.
    words = "monitor error in %s; the bot is not affected"
    try:
        described = traceback.format_exception(fault)
    except BaseException:  # noqa: BLE001 # raised by the fault's own methods
        described = [*traceback.format_tb(traceback_of(fault)), class_name(type(fault))]
        _logger.error(f"{words}\n%s", instrument, "".join(described))
    else:
        _logger.error(words, instrument, exc_info=fault)
