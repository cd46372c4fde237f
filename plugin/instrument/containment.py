"""An observer never breaks the observed: what fails in here is contained, logged once, counted and switched off."""

from __future__ import annotations

import contextlib
import logging
import re
import time
import traceback
from collections import Counter, deque
from collections.abc import Callable, Generator
from typing import ParamSpec, TypeVar

from plugin.instrument.subclass import MovedError
from plugin.instrument.values import class_name, is_a, traceback_of

_logger = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

FAULTS_UNTIL_OFF = 20
"""How many faults an instrument may have within `FAULTS_WITHIN_S` before it is switched off."""

FAULTS_WITHIN_S = 3600
"""In seconds: a rare fault is no reason to end what works for the rest of the month."""

_FILE = re.compile(r" \([^()]*\)$")
"""The file at the end of what an ImportError says."""


class Instrument:
    """One instrument of a monitor, on until it has failed too often."""

    __slots__ = ("_containment", "name", "on")

    def __init__(self, name: str, containment: Containment) -> None:
        self.name = name
        self.on = True
        self._containment = containment

    def fault(self, fault: Exception) -> None:
        """Count a fault of this instrument."""
        self._containment.fault(self.name, fault)


class Containment:
    """Keeps the faults of every instrument of one monitor."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._latest: dict[str, deque[float]] = {}
        self.faults: Counter[str] = Counter()
        """Contained faults by instrument."""
        self.switched_off: dict[str, str] = {}
        """Instruments that are off, each with the reason."""
        self._parts: dict[str, Instrument] = {}

    def part(self, instrument: str) -> Instrument:
        """An instrument, for those that contain in place."""
        return self._parts.setdefault(instrument, Instrument(instrument, self))

    def contain(self, instrument: str, function: Callable[P, R]) -> Callable[P, R | None]:
        """The function, but where it would raise, or is switched off, it returns None."""
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
        """Contain what the block raises; it is entered even where the instrument is switched off."""
        try:
            yield
        except Exception as fault:  # noqa: BLE001 # whatever it is, it must not reach the bot
            self.fault(instrument, fault)

    def fault(self, instrument: str, fault: Exception) -> None:
        """Count a fault; the first of an instrument is logged with its traceback, the last switches it off."""
        self.faults[instrument] += 1
        count = self.faults[instrument]
        if count == 1:
            _log(instrument, fault)
        latest = self._latest.setdefault(instrument, deque(maxlen=FAULTS_UNTIL_OFF))
        latest.append(self._clock_s())
        if len(latest) == FAULTS_UNTIL_OFF and latest[-1] - latest[0] <= FAULTS_WITHIN_S:
            self.switch_off(instrument, f"failed {count} times, last with {class_name(type(fault))}")

    def fail(self, instrument: str, fault: Exception) -> None:
        """Switch an instrument off that could not be put in: for a name that a library lacks, or for what it raised."""
        if is_a(fault, MovedError):
            self.switch_off(instrument, str(fault))
            return
        self.fault(instrument, fault)
        missing = is_a(fault, ImportError) or (is_a(fault, AttributeError) and str(fault).startswith("module "))
        said = _FILE.sub("", str(fault)) if missing else f"could not start: {class_name(type(fault))}"
        self.switch_off(instrument, said)

    def switch_off(self, instrument: str, reason: str) -> None:
        """Switch an instrument off for good and say why in the log."""
        if instrument not in self.switched_off:
            self.switched_off[instrument] = reason
            self.part(instrument).on = False
            _logger.warning("the monitor runs without %s: %s", instrument, reason)


def _log(instrument: str, fault: BaseException) -> None:
    # Whoever formats a traceback asks the exception and its class for their names and words, which may raise anything.
    words = "monitor error in %s; the bot is not affected"
    try:
        described = traceback.format_exception(fault)
    except BaseException:  # noqa: BLE001 # so here this is the fault's own doing
        described = [*traceback.format_tb(traceback_of(fault)), class_name(type(fault))]
        _logger.error(f"{words}\n%s", instrument, "".join(described))
    else:
        _logger.error(words, instrument, exc_info=fault)
