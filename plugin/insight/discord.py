"""Problems with Discord: rate limits, refusals, failures, deaf shards, few identifies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from plugin.insight.rule import Look, Rule, alone, reasons_of
from plugin.insight.scales import WARNING
from plugin.model import (
    BANNED_AT,
    PROCESS,
    Finding,
    RouteSnapshot,
    ShardSnapshot,
    Snapshot,
    Subject,
    SubjectKind,
)
from plugin.words import milliseconds, rough_span, route_label

MANY_INVALID = BANNED_AT // 4
OFTEN_LIMITED = 3
"""Responses of 429 in ten minutes from which a route counts as rate limited; hikari learns limits by hitting them."""

LONG_WAIT_NS = 1_000_000_000
FEW_CALLS = 3
"""With fewer calls in ten minutes a mean wait is not judged."""

MANY_FAILED = 5
FAILED_SHARE = 0.1
FEW_IDENTIFIES_SHARE = 0.1

DEAF_AFTER_S = 900
LONGER_THAN_USUAL = 2
"""A silence must last this many times the longest one at this hour of the day."""

OFTEN_MISSED = 20
"""A silence that should have ended this often is chance in one of `exp(20)`, that is 500 million, cases."""


def rest_reasons(findings: Sequence[Finding], at: float) -> Iterator[str]:
    """The phrases about REST calls at a Unix time in seconds."""
    return (phrase for _, phrase in reasons_of(REST_RULES, findings, at))


def is_deaf(shard: ShardSnapshot) -> bool:
    """Whether a shard is connected but has been silent for longer than is usual at this hour of the day.

    Little is expected of hours that it has not run through yet, so that the first night raises no alarm.
    """
    if not shard.connected or shard.silence_s is None or shard.missed < OFTEN_MISSED:
        return False
    return shard.silence_s >= max(DEAF_AFTER_S, shard.longest_silence_s * LONGER_THAN_USUAL)


def _deaf(look: Look) -> Iterator[Finding]:
    for shard in look.snapshot.connection.shards or ():
        if is_deaf(shard):
            silence_s = shard.silence_s or 0
            yield Finding(
                "shard_deaf",
                Subject(SubjectKind.SHARD, str(shard.id)),
                WARNING,
                f"shard {shard.id} is connected but {_received_nothing(silence_s)}",
                look.snapshot.at - silence_s,
                value=silence_s,
                unit="s",
                look_at="/performance",
            )


def _received_nothing(silence_s: float) -> str:
    return f"received nothing for {rough_span(silence_s)}"


def _deaf_summary(findings: Sequence[Finding], _: float) -> str:
    if len(findings) == 1:
        return findings[0].sentence
    worst = max(findings, key=_value)
    silence = _received_nothing(_value(worst))
    return f"{len(findings)} shards are connected but silent, worst shard {worst.subject.name}: {silence}"


def _value(finding: Finding) -> float:
    return finding.value or 0


def _few_logins(look: Look) -> Iterator[Finding]:
    left, total = look.snapshot.connection.identifies_left, look.snapshot.connection.identifies_total
    if left is not None and total and left <= total * FEW_IDENTIFIES_SHARE:
        sentence = f"only {left:,} of {total:,} logins left today"
        yield Finding("few_logins", PROCESS, WARNING, sentence, look.snapshot.at, value=left, look_at="/performance")


def _routes(snapshot: Snapshot) -> Sequence[RouteSnapshot]:
    return () if snapshot.rest is None else snapshot.rest.routes


def _invalid(look: Look) -> Iterator[Finding]:
    number = 0 if look.snapshot.rest is None else look.snapshot.rest.invalid_requests
    if number >= MANY_INVALID:
        sentence = f"{number:,} invalid requests in 10 min, Discord bans at {BANNED_AT:,}"
        yield _about_calls("invalid_requests", PROCESS, sentence, look.snapshot, number)._replace(threshold=BANNED_AT)


def _failed(look: Look) -> Iterator[Finding]:
    routes = _routes(look.snapshot)
    failed, calls = sum(route.recent.failed for route in routes), sum(route.recent.calls for route in routes)
    if failed >= MANY_FAILED and failed >= calls * FAILED_SHARE:
        worst = max(routes, key=lambda route: route.recent.failed)
        sentence = f"Discord failed {failed:,} requests in 10 min, most on {route_label(worst.route)}"
        found = _about_calls("discord_failing", PROCESS, sentence, look.snapshot, failed)
        yield found._replace(evidence=(("calls", calls),))


def _limited(look: Look) -> Iterator[Finding]:
    for route in _routes(look.snapshot):
        if route.recent.limited >= OFTEN_LIMITED:
            yield _of_route("rate_limited", route, look.snapshot, route.recent.limited, "rate limited")


def _waiting(look: Look) -> Iterator[Finding]:
    routes = _routes(look.snapshot)
    if any(route.recent.limited >= OFTEN_LIMITED for route in routes):
        return  # another finding says so already
    for route in routes:
        if route.recent.calls >= FEW_CALLS and _mean_wait_ns(route) >= LONG_WAIT_NS:
            wait_ms = _mean_wait_ns(route) / 1e6
            yield _of_route("rate_limit_wait", route, look.snapshot, wait_ms, "waiting for rate limits")._replace(
                unit="ms"
            )


def _mean_wait_ns(route: RouteSnapshot) -> float:
    return route.recent.wait_ns / route.recent.calls


def _of_route(rule: str, route: RouteSnapshot, snapshot: Snapshot, value: float, how: str) -> Finding:
    subject = Subject(SubjectKind.ROUTE, route_label(route.route))
    return _about_calls(rule, subject, f"{subject.name} is {how}: {_MUCH[rule](value)}", snapshot, value)


def _about_calls(rule: str, subject: Subject, sentence: str, snapshot: Snapshot, value: float) -> Finding:
    return Finding(rule, subject, WARNING, sentence, snapshot.at, value=value, look_at="/performance")


_MUCH: Mapping[str, Callable[[float], str]] = {
    "rate_limited": lambda times: f"{times:,.0f} times in 10 min",
    "rate_limit_wait": lambda wait_ms: f"{milliseconds(wait_ms)} per call",
}


def _worst_route(how: str) -> Callable[[Sequence[Finding], float], str]:
    def summary(findings: Sequence[Finding], _: float) -> str:
        worst = max(findings, key=_value)
        if len(findings) == 1:
            return worst.sentence
        return f"{len(findings)} routes are {how}, worst {worst.subject.name}: {_MUCH[worst.rule](_value(worst))}"

    return summary


REST_RULES = (
    Rule("invalid_requests", _invalid, alone, numbers_only=True),
    Rule("discord_failing", _failed, alone, numbers_only=True),
    Rule("rate_limited", _limited, _worst_route("rate limited"), numbers_only=True),
    Rule("rate_limit_wait", _waiting, _worst_route("waiting for rate limits"), numbers_only=True),
)
DISCORD_RULES = (
    Rule("shard_deaf", _deaf, _deaf_summary, numbers_only=True),
    *REST_RULES,
    Rule("few_logins", _few_logins, alone, numbers_only=True),
)
