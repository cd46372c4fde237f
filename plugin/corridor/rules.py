"""Builds what judges the operator's own rules, with what it needs to know of the bot."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from plugin.corridor.clock import steady_s
from plugin.corridor.instruments import Instruments
from plugin.corridor.inventory import Inventory
from plugin.corridor.own_series import OwnSeries
from plugin.corridor.sampling import Sampler
from plugin.corridor.threshold_watch import BotView, ThresholdWatch
from plugin.insight.process import BLIP_S
from plugin.model import ShardSnapshot
from plugin.own_rules import OwnThreshold

UNHEARD_SHARE = 0.1
"""A bot counts as connected although so many of its shards are not."""
MINUTE_S = 60.0


def watch_rules(
    rules: Iterable[OwnThreshold],
    of: Instruments,
    inventory: Inventory,
    sampler: Sampler,
    own: OwnSeries,
    instance: Callable[[], str],
) -> ThresholdWatch:
    """What judges the rules about measures of one bot; `instance` is the name of this process in its fleet."""
    view = BotView(
        instance,
        lambda: is_heard(of.gateway.snapshot(None).shards, time.time()),
        lambda: [key for key, _ in of.registry.running()],
        inventory.commands,
    )
    return ThresholdWatch(rules, own, lambda: sampler.findings, sampler.hold, view, steady_s)


def is_heard(shards: Iterable[ShardSnapshot] | None, now: float) -> bool:
    """Whether nearly all shards were connected in the minute before now, in Unix seconds; always without a gateway."""
    if shards is None:
        return True
    known = list(shards)
    return sum(_was_away(shard, now) for shard in known) <= UNHEARD_SHARE * len(known)


def _was_away(shard: ShardSnapshot, now: float) -> bool:
    if not shard.connected:
        return shard.away_since is None or now - shard.away_since >= BLIP_S
    lost, back = shard.last_outage or (0.0, 0.0)
    return back - lost >= BLIP_S and 0 <= now - back < MINUTE_S
