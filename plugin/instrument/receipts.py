"""When interactions and messages were received, noted before anything else handles them."""

from __future__ import annotations

MAXIMUM_RECEIPTS = 1024
"""At most this many interactions may be between the gateway and the command handler."""


class Receipts(dict[int, int]):
    """Monotonic nanoseconds by the id of an interaction or message, oldest first.

    Code that adds one checks `MAXIMUM_RECEIPTS` itself, in place, since every command passes there.
    """

    __slots__ = ()

    def forget_oldest(self) -> None:
        """Drop the oldest receipt."""
        del self[next(iter(self))]
