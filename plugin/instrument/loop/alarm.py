"""Wakes a thread at a moment that another thread may put off, without waking it for that.

A thread that only wakes up to find that nothing is the matter has to get Python's lock for it. Beside a loop that
asks for events thousands of times a second that takes a tenth of a core: each time the loop lets go of the lock the
thread is woken, and comes too late.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import itertools
import os
import sys
import threading
import time
from collections.abc import Callable

_ABSOLUTE = 1
"""TFD_TIMER_ABSTIME of timerfd_settime(2)."""

_AT_ONCE = 1

_USERS = 2
"""The thread that waits, and whoever sets and shuts it."""


class Alarm:
    """One thread waits for it; any may set it. Moments are monotonic nanoseconds.

    Where the platform has no timer of that kind, the thread wakes up at the moment that was set when it went to sleep,
    and sleeps again where that was put off. So it does once the bot has closed the timer, as one does that closes every
    file to become a daemon.
    """

    def __init__(self, clock_ns: Callable[[], int] = time.monotonic_ns) -> None:
        self.at_ns = 0
        """When it rings; 0 before it was set."""
        self._clock_ns = clock_ns
        self._timer = _timer()
        self._open = True
        self._left = itertools.count(1)
        self._shut = threading.Lock()
        self._shut.acquire()

    def set(self, at_ns: int) -> None:
        """Let it ring then, and not at the moment set before."""
        self.at_ns = at_ns
        self._let_ring(at_ns)
        if not self._open:  # for who shut it may have come in between
            self._let_ring(_AT_ONCE)

    def wait(self) -> bool:
        """Wait until it rings; False once it is shut."""
        timer = self._timer
        if timer is not None:
            try:
                timer.wait()
            except OSError:
                self._timer = None
            else:
                return self._open
        while (left_ns := self.at_ns - self._clock_ns()) > 0:
            if self._shut.acquire(timeout=left_ns / 1e9):
                break
        return self._open

    def shut(self) -> None:
        """Wait no more; whoever waits returns. To be called once, by whoever sets it."""
        self._open = False
        self._let_ring(_AT_ONCE)
        self._shut.release()
        self._leave()

    def done(self) -> None:
        """The thread that waited will wait no more. To be called once, also where that thread never ran."""
        self._leave()

    def _leave(self) -> None:
        # The file is closed by the second of the two who use it: by then its number may be that of another file.
        if next(self._left) == _USERS and self._timer is not None:
            with contextlib.suppress(OSError):
                self._timer.close()

    def _let_ring(self, at_ns: int) -> None:
        timer = self._timer
        if timer is not None and not timer.set(at_ns):
            self._timer = None


class _Spec(ctypes.Structure):
    """Struct itimerspec, in seconds and nanoseconds: when to ring again, and when first."""

    _fields_ = [(name, ctypes.c_long) for name in ("again_s", "again_ns", "first_s", "first_ns")]  # ctypes wants a list


class _Timer:
    """A timer of Linux: `timerfd_create(2)`, which Python has itself from 3.13 on only."""

    def __init__(self, library: ctypes.PyDLL) -> None:
        """Raises OSError where there is none, AttributeError where the library does not know of any."""
        self._settime = library.timerfd_settime
        self._spec = _Spec()
        self._there = ctypes.byref(self._spec)
        self._file: int = library.timerfd_create(time.CLOCK_MONOTONIC, os.O_CLOEXEC)
        if self._file < 0:
            raise OSError(ctypes.get_errno(), "no timer")

    def set(self, at_ns: int) -> bool:
        """Whether it could be set: False where its file is closed, or is another by now."""
        self._spec.first_s, self._spec.first_ns = divmod(at_ns, 1_000_000_000)
        return self._settime(self._file, _ABSOLUTE, self._there, None) == 0

    def wait(self) -> None:
        os.read(self._file, 8)

    def close(self) -> None:
        os.close(self._file)


def _timer() -> _Timer | None:
    if not sys.platform.startswith("linux") or ctypes.sizeof(ctypes.c_long) < 8:
        return None
    try:
        return _Timer(_library())
    except (OSError, AttributeError):
        return None


@functools.cache
def _library() -> ctypes.PyDLL:
    """The C library, called without letting go of Python's lock, for these calls return at once.

    Opened once: with each opening ctypes makes a class.
    """
    return ctypes.PyDLL(None, use_errno=True)
