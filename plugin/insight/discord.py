"""What is wrong on the way to Discord: rate limits, refusals, failures, deaf shards, few identifies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plugin.insight.scales import WARNING
from plugin.model import BANNED_AT, RestSnapshot, RouteSnapshot, Severity, ShardSnapshot, Snapshot
from plugin.words import milliseconds, rough_span, route_label

MANY_INVALID = BANNED_AT // 4
OFTEN_LIMITED = 3
"""Answers of 429 in ten minutes from which a route is called rate limited: hikari learns a limit by meeting it."""

LONG_WAIT_NS = 1_000_000_000
FEW_CALLS = 3
"""With fewer calls in ten minutes a mean wait says little."""

MANY_FAILED = 5
FAILED_SHARE = 0.1
FEW_IDENTIFIES_SHARE = 0.1

DEAF_AFTER_S = 900
LONGER_THAN_USUAL = 2
"""How many times the longest silence at this hour of the day a silence must last."""

OFTEN_MISSED = 20
"""A silence that should have ended so often lasts by chance in one case of `exp(20)`, five hundred million."""


def discord_troubles(snapshot: Snapshot) -> Iterator[tuple[Severity, str]]:
    """Severity and phrase of each, gravest first."""
    connection = snapshot.connection
    yield from _deaf([shard for shard in connection.shards or () if is_deaf(shard)])
    for phrase in rest_reasons(snapshot.rest):
        yield WARNING, phrase
    left, total = connection.identifies_left, connection.identifies_total
    if left is not None and total and left <= total * FEW_IDENTIFIES_SHARE:
        yield WARNING, f"only {left:,} of {total:,} logins left today"


def rest_reasons(rest: RestSnapshot | None) -> list[str]:
    """What is wrong with the calls of the last ten minutes, each a short phrase."""
    if rest is None:
        return []
    reasons = [*_invalid(rest.invalid_requests), *_failed(rest.routes)]
    limited = [route for route in rest.routes if route.lately.limited >= OFTEN_LIMITED]
    waiting = [route for route in rest.routes if _waits(route)]
    if limited:
        worst = max(limited, key=lambda route: route.lately.limited)
        reasons.append(_said(limited, worst, "rate limited", f"{worst.lately.limited:,} times in 10 min"))
    elif waiting:
        worst = max(waiting, key=_mean_wait_ns)
        wait = milliseconds(_mean_wait_ns(worst) / 1e6)
        reasons.append(_said(waiting, worst, "waiting for rate limits", f"{wait} per call"))
    return reasons


def is_deaf(shard: ShardSnapshot) -> bool:
    """Whether a shard is connected and heard nothing for longer than the hour of the day explains.

    Of hours that it has not lived through little is expected, so that the first night explains itself.
    """
    if not shard.connected or shard.silence_s is None or shard.missed < OFTEN_MISSED:
        return False
    return shard.silence_s >= max(DEAF_AFTER_S, shard.longest_silence_s * LONGER_THAN_USUAL)


def _deaf(shards: Sequence[ShardSnapshot]) -> Iterator[tuple[Severity, str]]:
    if shards:
        worst = max(shards, key=lambda shard: shard.silence_s or 0)
        silence = f"received nothing for {rough_span(worst.silence_s or 0)}"
        if len(shards) == 1:
            yield WARNING, f"shard {worst.id} is connected but {silence}"
        else:
            yield WARNING, f"{len(shards)} shards are connected but silent, worst shard {worst.id}: {silence}"


def _invalid(number: int) -> Iterator[str]:
    if number >= MANY_INVALID:
        yield f"{number:,} invalid requests in 10 min, Discord bans at {BANNED_AT:,}"


def _failed(routes: Sequence[RouteSnapshot]) -> Iterator[str]:
    failed, calls = sum(route.lately.failed for route in routes), sum(route.lately.calls for route in routes)
    if failed >= MANY_FAILED and failed >= calls * FAILED_SHARE:
        worst = max(routes, key=lambda route: route.lately.failed)
        yield f"Discord failed {failed:,} requests in 10 min, most on {route_label(worst.route)}"


def _waits(route: RouteSnapshot) -> bool:
    return route.lately.calls >= FEW_CALLS and _mean_wait_ns(route) >= LONG_WAIT_NS


def _mean_wait_ns(route: RouteSnapshot) -> float:
    return route.lately.wait_ns / max(1, route.lately.calls)


def _said(routes: Sequence[RouteSnapshot], worst: RouteSnapshot, how: str, much: str) -> str:
    if len(routes) == 1:
        return f"{route_label(worst.route)} is {how}: {much}"
    return f"{len(routes)} routes are {how}, worst {route_label(worst.route)}: {much}"
