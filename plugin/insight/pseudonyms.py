"""Neutral names for hosts, releases, code and errors, for readers who see no details."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Hashable, Iterator

from plugin.model import Scope

INSTANCE, RELEASE, ERROR = "instance", "release", "error"
WORK = "background work"
MOST_NAMES = 10_000


class Pseudonyms:
    """Neutral names such as `release 2`, the same for the same thing as long as the monitor lives."""

    def __init__(self) -> None:
        self.in_order = False
        """Whether the starts in history have been named."""
        self._known: dict[str, dict[Hashable, str]] = defaultdict(dict)
        self._real: dict[str, str] = {}
        self._numbers: dict[str, Iterator[int]] = defaultdict(lambda: itertools.count(1))

    def of(self, noun: str, real: Hashable) -> str:
        """The neutral name of something; beyond 10,000 of a kind all get the same."""
        known = self._known[noun]
        if real in known:
            return known[real]
        if len(known) >= MOST_NAMES:
            return f"another {noun}"
        name = known.setdefault(real, f"{noun} {next(self._numbers[noun])}")
        if isinstance(real, str):
            self._real[name] = real
        return name

    def scope(self, scope: Scope) -> Scope:
        """A scope with neutral names."""
        return scope._replace(
            instance=None if scope.instance is None else self.of(INSTANCE, scope.instance),
            release=None if scope.release is None else self.of(RELEASE, scope.release),
        )

    def real_scope(self, scope: Scope) -> Scope:
        """The real scope of one with neutral names."""
        return scope._replace(
            instance=None if scope.instance is None else self._real[scope.instance],
            release=None if scope.release is None else self._real[scope.release],
        )
