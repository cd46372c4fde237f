"""What is concluded of Discord's side: limits, refusals, failures, deaf shards, identifies."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from plugin.histogram import Histogram
from plugin.insight.health import judge
from plugin.model import (
    ConnectionSnapshot,
    Health,
    RecentCalls,
    RestSnapshot,
    RouteSnapshot,
    Severity,
    ShardSnapshot,
)
from plugin.settings import Settings
from tests.insight import snapshots

S = 10**9


def route(name: str = "POST /channels/{channel}/messages", **lately: int) -> RouteSnapshot:
    """A route of which only lately matters."""
    now = RecentCalls(**{"calls": 100, "wait_ns": 0, "limited": 0, "failed": 0, **lately})
    return RouteSnapshot(name, 100, 0, 0, Histogram(), 0, 0, 0, 0, (0, 0, 0), 0, 0, 0, 0, now)


def judged(*routes: RouteSnapshot, invalid: int = 0, connection: Any = None) -> Health:
    """A bot that is well but for this."""
    snapshot = snapshots.snapshot(connection=connection or snapshots.connection())
    return judge(dataclasses.replace(snapshot, rest=RestSnapshot(routes, invalid)), Settings())


@pytest.mark.parametrize(
    ("routes", "invalid", "reasons"),
    [
        ([route()], 2_499, ()),
        ([route()], 2_500, ("2,500 invalid requests in 10 min, Discord bans at 10,000",)),
        ([route(limited=2)], 0, ()),
        ([route(limited=3)], 0, ("POST /channels/…/messages is rate limited: 3 times in 10 min",)),
        (
            [route(limited=3), route("GET /x", limited=1_200)],
            0,
            ("2 routes are rate limited, worst GET /x: 1,200 times in 10 min",),
        ),
        ([route(calls=10, wait_ns=9 * S)], 0, ()),
        (
            [route(calls=10, wait_ns=25 * S)],
            0,
            ("POST /channels/…/messages is waiting for rate limits: 2.5 s per call",),
        ),
        ([route(calls=2, wait_ns=25 * S)], 0, ()),
        ([route(failed=4, calls=0)], 0, ()),
        ([route(failed=9)], 0, ()),
        ([route(failed=10)], 0, ("Discord failed 10 requests in 10 min, most on POST /channels/…/messages",)),
    ],
    ids=lambda value: None,
)
def test_calls_are_a_warning_with_a_plain_phrase(
    routes: list[RouteSnapshot], invalid: int, reasons: tuple[str, ...]
) -> None:
    """What went wrong with calls in the last ten minutes is a warning; what is usual is nothing."""
    health = judged(*routes, invalid=invalid)
    assert health.reasons == health.rest_reasons == reasons
    assert (health.severity is Severity.WARNING) == bool(reasons)


def shard(silence_s: float | None, longest_s: float, missed: float, *, connected: bool = True) -> ShardSnapshot:
    """A shard with this silence."""
    return snapshots.shard(connected=connected)._replace(
        silence_s=silence_s, longest_silence_s=longest_s, missed=missed
    )


@pytest.mark.parametrize(
    ("one", "deaf"),
    [
        (shard(1_320, 60, 22), True),
        (shard(600, 60, 22), False),
        (shard(1_320, 700, 22), False),
        (shard(1_320, 60, 5), False),
        (shard(None, 0, 0), False),
        (shard(1_320, 60, 22, connected=False), False),
    ],
    ids=["deaf", "not long", "often so at this hour", "never talkative", "nothing known", "away"],
)
def test_a_deaf_shard_is_named(one: ShardSnapshot, deaf: bool) -> None:
    """A silence that is long, unheard of, and follows a time with much to hear is a warning that names the shard."""
    health = judged(connection=snapshots.connection(one, snapshots.shard(id=1)))
    assert health.deaf == (frozenset({0}) if deaf else frozenset())
    assert ("shard 0 is connected but received nothing for 22 min" in health.reasons) == deaf


@pytest.mark.parametrize(("left", "warned"), [(None, False), (101, False), (100, True), (0, True)])
def test_few_identifies_are_a_warning(left: int | None, warned: bool) -> None:
    """With a tenth of them or less there is a warning, since Discord resets the token of a bot that has none."""
    connection: ConnectionSnapshot = snapshots.connection()._replace(identifies_left=left, identifies_total=1_000)
    health = judged(connection=connection)
    assert health.reasons == ((f"only {left} of 1,000 logins left today",) if warned else ())


@pytest.mark.parametrize(
    ("routes", "reasons"),
    [
        ([route(calls=3, wait_ns=3 * S)], ("POST /channels/…/messages is waiting for rate limits: 1 s per call",)),
        ([route(calls=3, wait_ns=3 * S - 3)], ()),
        ([route(calls=2, wait_ns=9 * S)], ()),
        (
            [route(calls=5, wait_ns=10 * S), route("GET /x", calls=4, wait_ns=12 * S)],
            ("2 routes are waiting for rate limits, worst GET /x: 3 s per call",),
        ),
        (
            [route(limited=3, calls=5, wait_ns=50 * S)],
            ("POST /channels/…/messages is rate limited: 3 times in 10 min",),
        ),
        ([route(failed=5, calls=50)], ("Discord failed 5 requests in 10 min, most on POST /channels/…/messages",)),
        ([route(failed=5, calls=51)], ()),
        ([route(failed=4, calls=0)], ()),
        (
            [route(failed=2, calls=20), route("GET /x", failed=4, calls=20)],
            ("Discord failed 6 requests in 10 min, most on GET /x",),
        ),
    ],
    ids=lambda value: None,
)
def test_calls_are_told_from_a_bound_on(routes: list[RouteSnapshot], reasons: tuple[str, ...]) -> None:
    """Three calls that wait a second each; five failures that are a tenth; the worst route is named."""
    assert judged(*routes).rest_reasons == reasons


@pytest.mark.parametrize(
    ("one", "deaf"),
    [
        (shard(900, 450, 20), True),
        (shard(899, 100, 20), False),
        (shard(1_000, 501, 20), False),
        (shard(900, 450, 19.9), False),
    ],
)
def test_a_shard_is_deaf_from_a_bound_on(one: ShardSnapshot, deaf: bool) -> None:
    """A quarter of an hour, twice the longest, and twenty times that it should have ended."""
    assert bool(judged(connection=snapshots.connection(one)).deaf) is deaf


def test_several_deaf_shards_are_one_reason() -> None:
    """The one that heard nothing for longest is named."""
    shards = [shard(seconds, 60, 22)._replace(id=number) for number, seconds in enumerate((1_200, 2_400, 1_800))]
    health = judged(connection=snapshots.connection(*shards))
    assert health.reasons == ("3 shards are connected but silent, worst shard 1: received nothing for 40 min",)


def test_without_a_known_total_identifies_are_no_reason() -> None:
    """Nor where there are none at all."""
    for total in (None, 0):
        connection = snapshots.connection()._replace(identifies_left=0, identifies_total=total)
        assert judged(connection=connection).reasons == ()
