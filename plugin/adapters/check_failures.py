"""Distinguishes a check that denies from a check that is broken, on both lines of Lightbulb."""

from __future__ import annotations

import sys

import hikari

from plugin.instrument.values import is_a, module_of

_RAISED_TO_DENY = (Exception, RuntimeError, ValueError, PermissionError)


def is_bug(exception: BaseException) -> bool:
    """Whether an exception raised by a check means that the check is broken, not that it denies the invocation.

    A check denies with an exception of Lightbulb's or the bot's, or with a plain built-in one. Any other exception of
    Python's (`KeyError`, `TimeoutError`, `sqlite3.Error` …) or hikari's is a bug, or a failure of something it called.
    """
    cls = type(exception)
    of_python = module_of(cls).partition(".")[0] in sys.stdlib_module_names
    return is_a(exception, hikari.HikariError) or (of_python and not any(cls is denial for denial in _RAISED_TO_DENY))
