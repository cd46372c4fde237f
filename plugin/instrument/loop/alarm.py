"""A timer that wakes one thread, and that another thread can postpone without waking it.

A thread that wakes up just to find nothing to do needs the GIL for it. Next to a loop that polls for events thousands
of times a second, that costs a tenth of a core: each time the loop releases the GIL the thread is woken, and is too
late to take it.
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
"""The thread that waits, and the thread that sets and shuts the alarm."""


class Alarm:
    """One thread waits for it, any thread may set it; times are monotonic nanoseconds.

    Without a timerfd the thread wakes up at the time that was set when it went to sleep, and sleeps again if that was
    postponed. The same happens after the bot has closed the timer's file, for example to become a daemon.
    """

    def __init__(self, clock_ns: Callable[[], int] = time.monotonic_ns) -> None:
        self.at_ns = 0
        """When it rings; 0 until it is set."""
        self._clock_ns = clock_ns
        self._timer = _timer()
        self._open = True
        self._left = itertools.count(1)
        self._shut = threading.Lock()
        self._shut.acquire()

    def set(self, at_ns: int) -> None:
        """Ring at this time instead of the one set before."""
        self.at_ns = at_ns
        self._set_timer(at_ns)
        if not self._open:  # it may have been shut since the timer was set
            self._set_timer(_AT_ONCE)

    def wait(self) -> bool:
        """Block until it rings; False once it is shut."""
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
        """End the current wait and all later ones. Call it once, from the thread that sets the alarm."""
        self._open = False
        self._set_timer(_AT_ONCE)
        self._shut.release()
        self._release()

    def done(self) -> None:
        """Declare that no thread waits any more. Call it once, even if the waiting thread never ran."""
        self._release()

    def _release(self) -> None:
        # Only the last of the two users closes the file: closed earlier, its number could be reused while in use here.
        if next(self._left) == _USERS and self._timer is not None:
            with contextlib.suppress(OSError):
                self._timer.close()

    def _set_timer(self, at_ns: int) -> None:
        timer = self._timer
        if timer is not None and not timer.set(at_ns):
            self._timer = None


class _Spec(ctypes.Structure):
    """Struct itimerspec: the interval, then the first expiration, each in seconds and nanoseconds."""

    _fields_ = [(name, ctypes.c_long) for name in ("again_s", "again_ns", "first_s", "first_ns")]  # ctypes wants a list


class _Timer:
    """Linux's `timerfd_create(2)`, which Python offers only from 3.13 on."""

    def __init__(self, library: ctypes.PyDLL) -> None:
        """Raises OSError if the kernel gives no timer, AttributeError if the C library has no such function."""
        self._settime = library.timerfd_settime
        self._spec = _Spec()
        self._there = ctypes.byref(self._spec)
        self._file: int = library.timerfd_create(time.CLOCK_MONOTONIC, os.O_CLOEXEC)
        if self._file < 0:
            raise OSError(ctypes.get_errno(), "no timer")

    def set(self, at_ns: int) -> bool:
        """Set the expiration; False if the file is closed or no longer a timer."""
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
    """The C library, called without releasing the GIL, since these calls return at once.

    Cached, because ctypes makes a new class each time it is opened.
    """
    return ctypes.PyDLL(None, use_errno=True)
