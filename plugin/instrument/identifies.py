"""How many times the bot's shards may still identify today; past the limit Discord resets the bot's token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from plugin.instrument.methods import Method, leave_no_frame
from plugin.instrument.override import Override

FETCH = "fetch_gateway_bot_info"
"""The method of hikari's REST client that fetches the gateway's address together with the limit."""

DAY_NS = 86_400 * 10**9


class Identifies:
    """The limit that Discord stated when the bot started, less the identifies of this process since."""

    def __init__(self, clock_ns: Callable[[], int]) -> None:
        self._clock_ns = clock_ns
        self._total: int | None = None
        self._remaining = 0
        self._reset_ns = 0

    def watch(self, rest: object, on_info: Callable[[Any], object]) -> Override:
        """Call `on_info` with each gateway info that the bot fetches; raises `MovedError` without such a method."""

        def replace(original: Method) -> Method:
            async def fetch(self_: object) -> Any:
                try:
                    info = await original(self_)
                except BaseException as exception:
                    leave_no_frame(exception)
                    raise
                on_info(info)
                return info

            return fetch

        return Override(rest, {FETCH: replace})

    def note_limit(self, info: Any) -> None:
        """Take the limit from a gateway info."""
        limit = info.session_start_limit
        self._total, self._remaining = limit.total, limit.remaining
        self._reset_ns = self._clock_ns() + int(limit.reset_after.total_seconds() * 1e9)

    def identified(self) -> None:
        """Count a shard that started a new session."""
        self._renew()
        self._remaining -= 1

    def left(self) -> tuple[int | None, int | None]:
        """How many are left and the limit; None if unknown. Identifies of other processes are not counted."""
        self._renew()
        return (None if self._total is None else max(0, self._remaining)), self._total

    def _renew(self) -> None:
        late_ns = self._clock_ns() - self._reset_ns
        if self._total is not None and late_ns >= 0:
            self._remaining = self._total
            self._reset_ns += (late_ns // DAY_NS + 1) * DAY_NS
