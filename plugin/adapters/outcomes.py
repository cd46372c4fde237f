"""Tells a refusal from a break, on either line of Lightbulb."""

from __future__ import annotations

import sys

import hikari

from plugin.instrument.values import is_a, module_of

_SAID_BY_CHECKS = (Exception, RuntimeError, ValueError, PermissionError)


def breaks(exception: BaseException) -> bool:
    """Whether an exception that a check raised means that the check is broken, rather than that it refuses.

    A check refuses with an exception of Lightbulb's, of the bot's own, or with one of the plain built-in ones that
    are meant to be raised by hand; any other one of Python's (`KeyError`, `TimeoutError`, `sqlite3.Error` …), and one
    that hikari raised, is a bug or a failure of what the check asked.
    """
    cls = type(exception)
    pythons = module_of(cls).partition(".")[0] in sys.stdlib_module_names
    return is_a(exception, hikari.HikariError) or (pythons and not any(cls is said for said in _SAID_BY_CHECKS))
