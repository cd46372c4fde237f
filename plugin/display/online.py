"""How long a bot was there for its users, held against the target."""

from __future__ import annotations

import math

from plugin.display import numbers
from plugin.model import Judged
from plugin.model.past import Availability


def availability(online: Availability) -> str:
    """`Online 99.62 % (target 99.9 %): 38 of 10.1 min used`."""
    target = numbers.percent(online.judged.target)
    used = f"{_minutes(online.used_s)} of the {_minutes(online.budget_s)} min budget used"
    return f"Online {online_share(online.judged)} (target {target}): {used}."


def online_share(judged: Judged) -> str:
    """An availability in percent, rounded down, since 99.999 % is not all of the time."""
    value = judged.value or 0.0
    return f"{math.floor(100 * value + 1e-9) / 100:.2f}".rstrip("0").rstrip(".") + " %"


def lost_time(online: Availability) -> list[str]:
    """What the time was lost to, as far as it was."""
    parts = (
        (online.down_s, "down after unclean shutdowns"),
        (online.stopped_s, "stopped or restarting"),
        (online.disconnected_s, "shards not connected"),
    )
    return [f"{what} {_minutes(seconds)} min" for seconds, what in parts if seconds >= 1]


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:,.1f}".removesuffix(".0")
