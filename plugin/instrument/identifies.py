"""How often the shards of a bot may still identify today: past the limit Discord resets the bot's token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from plugin.instrument.methods import Method, leave_no_frame
from plugin.instrument.override import Override

ASKED_BY = "fetch_gateway_bot_info"
"""The method of hikari's REST client by which a bot asks where the gateway is; the answer has the limit."""

DAY_NS = 86_400 * 10**9


class Identifies:
    """What Discord told the bot when it started, less what this process has used since."""

    def __init__(self, clock_ns: Callable[[], int]) -> None:
        self._clock_ns = clock_ns
        self._total: int | None = None
        self._remaining = 0
        self._reset_ns = 0

    def watch(self, rest: object, told: Callable[[Any], object]) -> Override:
        """Call `told` with each answer that the bot gets; raises `MovedError` where hikari no longer asks so."""

        def spy_on(original: Method) -> Method:
            async def ask(self_: object) -> Any:
                try:
                    answer = await original(self_)
                except BaseException as exception:
                    leave_no_frame(exception)
                    raise
                told(answer)
                return answer

            return ask

        return Override(rest, {ASKED_BY: spy_on})

    def told(self, answer: Any) -> None:
        """Note the limit in Discord's answer."""
        limit = answer.session_start_limit
        self._total, self._remaining = limit.total, limit.remaining
        self._reset_ns = self._clock_ns() + int(limit.reset_after.total_seconds() * 1e9)

    def identified(self) -> None:
        """Count a shard that began a new session."""
        self._renew()
        self._remaining -= 1

    def left(self) -> tuple[int | None, int | None]:
        """How many are left, and of how many; None where it was not seen. Other processes may have used some."""
        self._renew()
        return (None if self._total is None else max(0, self._remaining)), self._total

    def _renew(self) -> None:
        late_ns = self._clock_ns() - self._reset_ns
        if self._total is not None and late_ns >= 0:
            self._remaining = self._total
            self._reset_ns += (late_ns // DAY_NS + 1) * DAY_NS
