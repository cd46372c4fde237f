"""All commands of one bot, bounded."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable

from plugin.metrics.command import CommandMetrics
from plugin.metrics.recent import Recent
from plugin.model import CommandKey, CommandKind, CommandSnapshot

OVERFLOW = CommandKey(CommandKind.SLASH, "(other commands)", None)
"""The key under which further commands are counted beyond the maximum."""

_NOTHING_KNOWN = CommandMetrics(OVERFLOW, 1).snapshot(0)[1:]


def _nothing() -> None:
    """Settle nothing: everything is recorded at once."""


class Registry:
    """The metrics of every command by key, created on first use, for at most `maximum_commands`."""

    def __init__(self, window_length: int, maximum_commands: int, settle: Callable[[], object] = _nothing) -> None:
        """`settle` is called before anything is read, and records invocations that have ended but are pending."""
        self._settle = settle
        self._window_length = window_length
        self._maximum_commands = maximum_commands
        self._commands: dict[CommandKey, CommandMetrics] = {}
        self.overflowed = 0
        """How often a command was counted as `OVERFLOW`."""
        self._recent = Recent()

    def command(self, key: CommandKey) -> CommandMetrics:
        """The metrics of a command."""
        known = self._commands.get(key)
        if known is not None:
            return known
        if len(self._commands) >= self._maximum_commands and key != OVERFLOW:
            self.overflowed += 1
            return self.command(OVERFLOW)
        created = self._commands[key] = CommandMetrics(key, self._window_length, self._settle)
        return created

    def memory_bytes(self) -> int:
        """An estimate of the memory in use, without the failures that some commands keep."""
        one = next(iter(self._commands.values()), None)
        return len(self._commands) * one.memory_bytes() if one is not None else 0

    def totals(self) -> tuple[int, int, int, int]:
        """Invocations of all commands since boot, indexed by `Outcome`."""
        ok = denied = error = cancelled = 0
        for command in self._commands.values():
            outcomes = command.outcomes
            ok += outcomes[0]
            denied += outcomes[1]
            error += outcomes[2]
            cancelled += outcomes[3]
        return ok, denied, error, cancelled

    def cut_recent(self, now_s: float) -> None:
        """Date the invocations counted since the last call; call it regularly, with monotonic seconds."""
        for command in self._commands.values():
            command.cut_recent(now_s)
        ok, _, errors, _ = self.totals()
        self._recent.cut(now_s, ok, errors)

    def recent(self, now_s: float, unix_offset_s: float) -> array[float]:
        """How the latest invocations of all commands ended, for `Snapshot.recent`; `now_s` are monotonic seconds."""
        ok, _, errors, _ = self.totals()
        return self._recent.slots(ok, errors, now_s, unix_offset_s)

    def in_flight(self) -> int:
        """Invocations of all commands that have begun and not ended."""
        return sum(command.in_flight for command in self._commands.values())

    def misses(self) -> Counter[str]:
        """Missed deadlines of all commands, by kind."""
        found = Counter[str]()
        for command in self._commands.values():
            if command.stages is not None:
                found.update(command.stages.misses_by_kind())
        return found

    def running(self) -> list[tuple[CommandKey, int]]:
        """Commands with running invocations, and how many, most first."""
        found = [(command.key, command.in_flight) for command in self._commands.values() if command.in_flight]
        return sorted(found, key=lambda pair: -pair[1])

    def snapshot(self, inventory: Iterable[CommandKey], unix_offset_s: float) -> tuple[CommandSnapshot, ...]:
        """Every invoked command, then the rest of the inventory."""
        invoked = [command.snapshot(unix_offset_s) for command in self.commands()]
        return (*invoked, *self.uninvoked(inventory))

    def commands(self) -> list[CommandMetrics]:
        """The metrics of every invoked command."""
        return list(self._commands.values())

    def uninvoked(self, inventory: Iterable[CommandKey]) -> list[CommandSnapshot]:
        """Commands of the inventory that were not invoked."""
        known = self._commands.keys()
        return [CommandSnapshot(key, *_NOTHING_KNOWN) for key in inventory if key not in known]
