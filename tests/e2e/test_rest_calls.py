"""The bot's calls to Discord's REST API, counted by route; Discord refuses, limits, fails and goes away."""

from __future__ import annotations

import asyncio
import re
import time
from typing import Any

import hikari
import pytest
from hikari.impl import buckets, rest
from hikari.internal import routes

import plugin
from plugin import display
from plugin.instrument import rest_calls as instrument
from plugin.model import MonitorState, RestSnapshot, RouteSnapshot
from tests.e2e.conftest import Scene, until

MESSAGES = "/channels/{channel_id}/messages"
CREATE_MESSAGE = "POST /channels/{channel}/messages"
TYPING = "/channels/{channel_id}/typing"
CALLBACK = "/interactions/{interaction_id}/{token}/callback"
ANSWER = "POST /interactions/{interaction}/{token}/callback"


def known(sample: Any) -> RestSnapshot:
    """What is known of all calls."""
    found = plugin.monitor_of(sample.bot).snapshot().rest
    assert found is not None
    return found


def route(sample: Any, name: str = CREATE_MESSAGE) -> RouteSnapshot:
    """What is known of the calls of one route."""
    return next(found for found in known(sample).routes if found.route == name)


async def write(scene: Scene, sample: Any, content: str = "hello") -> Any:
    """The bot writes a message."""
    return await sample.bot.rest.create_message(scene.channel.id, content)


async def test_calls_are_counted_by_route(scene: Scene) -> None:
    """Calls are known under method and template, with how long they took; none of them waited or failed."""
    sample = await scene.run()
    for _ in range(3):
        await write(scene, sample)
    found = route(sample)
    assert (found.calls, found.failed, found.in_flight, found.retries) == (3, 0, 0, 0)
    assert (found.latencies.total, found.waited, found.rate_limited) == (3, 0, (0, 0, 0))
    assert 0 < found.total_ns < 10 * 10**9
    assert found.recent[:2] == (3, 0)
    assert known(sample).invalid_requests == 0


async def test_routes_name_neither_ids_nor_tokens(scene: Scene) -> None:
    """Of what the bot called only templates are kept: no id, no interaction's or webhook's token, no content."""
    sample = await scene.run()
    await scene.call("ping")
    await write(scene, sample)
    with pytest.raises(hikari.NotFoundError):
        await sample.bot.rest.execute_webhook(123456789012345678, "Secret-Token_of_a_webhook", "content")
    own = routes.Route("GET", "/guilds/123456789012345678/aW50ZXJhY3Rpb246MTIz/emojis")
    with pytest.raises(hikari.NotFoundError):
        await sample.bot.rest._request(own.compile())
    names = {found.route for found in known(sample).routes}
    assert {ANSWER, "POST /webhooks/{webhook}/{token}", "GET /guilds/{…}/{…}/emojis"} <= names
    assert not [name for name in names if re.search(r"\d{5}|[A-Z]", name.partition(" ")[2])]


def test_every_route_of_hikari_keeps_its_name() -> None:
    """What hides ids in routes that a bot made itself hides nothing of hikari's templates."""
    found = [value for value in vars(routes).values() if isinstance(value, routes.Route)]
    assert len(found) > 100
    for one in found:
        assert instrument._name(one.method, one.path_template) == str(one)


async def test_a_rate_limited_route_is_seen_with_its_wait(scene: Scene) -> None:
    """A call that Discord answers with 429 is one call: its retry, the limit and the wait are told apart."""
    sample = await scene.run()
    await write(scene, sample)
    scene.discord.rate_limit("POST", MESSAGES, 1.0)
    started_ns = time.monotonic_ns()
    await write(scene, sample)
    took_ns = time.monotonic_ns() - started_ns
    found = route(sample)
    assert (found.calls, found.failed, found.rate_limited, found.retries) == (2, 0, (1, 0, 0), 1)
    assert found.waited == 1 and found.longest_wait_ns == found.wait_ns
    assert held_back_ns(scene) * 0.8 < found.wait_ns < took_ns
    assert found.wait_ns + found.total_ns < took_ns * 1.5, "the wait is no part of the latency"
    assert found.recent.limited == 1 and found.recent.wait_ns > found.wait_ns * 0.99
    assert known(sample).invalid_requests == 1


def held_back_ns(scene: Scene) -> int:
    """How long after the last answer of 429 the same request came again, as Discord saw it."""
    limited, again = [request for request in scene.discord.requests if request.route == MESSAGES][-2:]
    assert (limited.status, again.status) == (429, 200)
    return again.received_ns - limited.received_ns - limited.duration_ns


async def test_a_rate_limited_route_is_shown(scene: Scene) -> None:
    """A route that Discord limits again and again is a reason in `/health`, and among the worst of `/performance`."""
    sample = await scene.run()
    scene.discord.rate_limit("POST", TYPING, 0.02, times=3)
    for _ in range(3):
        await sample.bot.rest.trigger_typing(scene.channel.id)
    snapshot, health = await plugin.monitor_of(sample.bot).look()
    assert "POST /channels/…/typing is rate limited: 3 times in 10 min" in health.reasons
    pages = [str(page.description) for page in display.performance_pages(snapshot, health)]
    assert any("POST /channels/…/typing\n   3 limited, 0 other" in page for page in pages)


async def test_a_shared_limit_is_no_invalid_request(scene: Scene) -> None:
    """A 429 of a limit that others used up is counted as such, and not held against the bot."""
    sample = await scene.run()
    scene.discord.rate_limit("POST", TYPING, 0.05, scope="shared")
    await sample.bot.rest.trigger_typing(scene.channel.id)
    found = route(sample, "POST /channels/{channel}/typing")
    assert (found.rate_limited, found.retries) == ((0, 0, 1), 1)
    assert known(sample).invalid_requests == 0


async def test_the_global_limit_is_told_apart(scene: Scene) -> None:
    """A 429 of the global limit is counted as such, and what waits for it waits."""
    sample = await scene.run()
    await write(scene, sample)
    scene.discord.rate_limit("POST", MESSAGES, 0.3, scope="global")
    await write(scene, sample)
    found = route(sample)
    assert (found.rate_limited, found.calls) == ((0, 1, 0), 2)
    assert known(sample).invalid_requests == 1


@pytest.mark.parametrize(("status", "invalid"), [(400, 0), (401, 1), (403, 1), (404, 0)])
async def test_refusals_are_counted(scene: Scene, status: int, invalid: int) -> None:
    """A refusal reaches the bot as ever; only those that Discord counts are held against it."""
    sample = await scene.run()
    scene.discord.fail("POST", MESSAGES, status)
    with pytest.raises(hikari.ClientHTTPResponseError):
        await write(scene, sample)
    found = route(sample)
    assert (found.calls, found.failed, found.refused, found.server_errors) == (1, 1, 1, 0)
    assert known(sample).invalid_requests == invalid


async def test_a_server_error_is_retried_and_counted(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """A 500 that hikari tries again is one call that did not fail, one server error and one retry."""
    at_once(monkeypatch)
    sample = await scene.run()
    scene.discord.fail("POST", MESSAGES, 500)
    await write(scene, sample)
    found = route(sample)
    assert (found.calls, found.failed, found.server_errors, found.retries) == (1, 0, 1, 1)


def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let hikari try again without backing off."""
    monkeypatch.setattr(rest.rate_limits.ExponentialBackOff, "__next__", lambda _: 0.0)


async def test_an_outage_is_counted_exactly_and_bounded(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through an outage every request of every call is counted by what became of it, and nothing is kept of it."""
    at_once(monkeypatch)
    sample = await scene.run(max_retries=3)
    rounds, at_a_time = 5, 20
    for _ in range(rounds):
        failing = [
            scene.discord.fail("POST", MESSAGES, 503, times=4 * at_a_time),
            scene.discord.hang_up("POST", TYPING, times=4 * at_a_time),
        ]
        calls = [write(scene, sample) for _ in range(at_a_time)]
        calls += [sample.bot.rest.trigger_typing(scene.channel.id) for _ in range(at_a_time)]
        ended = await asyncio.gather(*calls, return_exceptions=True)
        assert [type(error).__name__ for error in ended[:at_a_time]] == ["InternalServerError"] * at_a_time
        assert [type(error) for error in ended[at_a_time:]] == [hikari.HTTPError] * at_a_time
        assert not any(fault.times for fault in failing)
    messages, typing = route(sample), route(sample, "POST /channels/{channel}/typing")
    number = rounds * at_a_time
    for found in (messages, typing):
        assert (found.calls, found.failed, found.in_flight) == (number, number, 0)
        assert (found.retries, found.recent.failed) == (3 * number, 4 * number)
    assert (messages.server_errors, messages.unanswered) == (4 * number, 0)
    assert (typing.server_errors, typing.unanswered) == (0, 4 * number)
    monitor = plugin.monitor_of(sample.bot)
    assert monitor.rest_calls.tracked == {}
    assert monitor.snapshot().monitor == MonitorState({}, {}, {})
    assert (await write(scene, sample)).content == "hello"


async def test_calls_in_flight_are_known(scene: Scene) -> None:
    """A call that waits for its limit is in flight, and none once it is cancelled: that is a failed call."""
    sample = await scene.run()
    await write(scene, sample)
    scene.discord.rate_limit("POST", MESSAGES, 60)
    task = asyncio.create_task(write(scene, sample))
    await until(lambda: route(sample).rate_limited[0])
    assert (route(sample).in_flight, route(sample).calls) == (1, 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    found = route(sample)
    assert (found.in_flight, found.calls, found.failed, found.unanswered) == (0, 2, 1, 0)


async def test_others_hear_of_each_call(scene: Scene) -> None:
    """Who asks for it is told the duration and the wait of each call, in the task that made it."""
    sample = await scene.run()
    heard: list[tuple[Any, int, int]] = []
    plugin.monitor_of(sample.bot).rest_calls.on_finished.append(
        lambda duration_ns, wait_ns: heard.append((asyncio.current_task(), duration_ns, wait_ns))
    )
    await write(scene, sample)
    scene.discord.rate_limit("POST", MESSAGES, 1.0)
    await write(scene, sample)
    (task, *first), (_, *second) = heard
    assert task is asyncio.current_task()
    assert first[0] > first[1] >= 0
    assert second[0] > second[1] > held_back_ns(scene) * 0.8


MOVED = {
    "request": (rest.RESTClientImpl, "_request"),
    "answers": (rest.RESTClientImpl, "_parse_ratelimits"),
    "buckets": (buckets.RESTBucketManager, "acquire_bucket"),
}


@pytest.mark.parametrize(("owner", "method"), MOVED.values(), ids=MOVED)
@pytest.mark.parametrize("how", ["gone", "changed"])
async def test_a_version_that_moved_the_thing_switches_the_part_off(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, owner: type, method: str, how: str
) -> None:
    """Where hikari no longer has the method, or it takes something else, only this part is off, and says so."""
    sample = scene.make()
    with monkeypatch.context() as moved:
        moved.setattr(owner, method, None if how == "gone" else lambda self, *everything: None)
        await sample.load()
    await sample.start()
    await scene.call("ping")
    snapshot = plugin.monitor_of(sample.bot).snapshot()
    off = {"REST calls", "first responses"} if method == "_request" else {"REST calls"}
    assert set(snapshot.monitor.switched_off) == off
    assert method in snapshot.monitor.switched_off["REST calls"]
    assert snapshot.rest is None


async def test_the_part_can_be_switched_off(scene: Scene) -> None:
    """With `rest_watch` off nothing of hikari's is overridden for it, and the calls are unknown."""
    plugin.configure(rest_watch=False)
    sample = await scene.run()
    await write(scene, sample)
    assert plugin.monitor_of(sample.bot).snapshot().rest is None
    assert type(sample.bot.rest._bucket_manager) is buckets.RESTBucketManager


async def test_unloading_leaves_nothing(scene: Scene) -> None:
    """The classes of the client and its bucket manager are hikari's own again, even with a call under way."""
    sample = await scene.run()
    scene.discord.rate_limit("POST", MESSAGES, 0.1)
    task = asyncio.create_task(write(scene, sample))
    await until(lambda: any(r.in_flight for r in known(sample).routes))
    await sample.unload()
    assert type(sample.bot.rest) is rest.RESTClientImpl
    assert type(sample.bot.rest._bucket_manager) is buckets.RESTBucketManager
    assert (await task).content == "hello"


async def test_a_broken_instrument_never_reaches_the_bot(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault in the counting is contained: the message is written, and the fault counted."""
    sample = await scene.run()
    monkeypatch.setattr(instrument, "_name", lambda *_: 1 / 0)
    assert (await write(scene, sample)).content == "hello"
    state: MonitorState = plugin.monitor_of(sample.bot).snapshot().monitor
    assert set(state.faults) == {"REST calls"}
