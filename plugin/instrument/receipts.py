"""When that which may call a command reached the process, before anything was done with it."""

from __future__ import annotations

MAXIMUM_RECEIPTS = 1024
"""How many interactions may be on their way from the gateway to the command handler at once."""


class Receipts(dict[int, int]):
    """Monotonic nanoseconds by the id of an interaction or message, oldest first.

    Whoever adds one forgets another where there are more than `MAXIMUM_RECEIPTS`, in place, for this is on the way of
    every command.
    """

    __slots__ = ()

    def forget_oldest(self) -> None:
        """Make room for another one."""
        del self[next(iter(self))]
