"""Reports built by hand: of a day with trouble, of a hostile fleet, of nothing."""

from __future__ import annotations

from plugin.model import (
    Change,
    ChangeVerdict,
    CommandKey,
    CommandKind,
    Finding,
    Period,
    Place,
    Severity,
    Subject,
    SubjectKind,
)
from plugin.model.command_reviews import CommandReview
from plugin.model.happenings import Happenings, IncidentSpan, Occurrence
from plugin.model.past import ErrorReview, ErrorState
from plugin.model.report import (
    Availability,
    FailingCommand,
    Failures,
    ReleaseChange,
    Report,
    ReportedIncident,
    SlowerCommand,
    Usage,
)
from tests.display import pasts
from tests.display.builders import AT, HOSTILE, MS, judged

DAY, HOUR = 86_400, 3600
SHOP = Place("cogs/shop.py", "buy", 41)
BUY, PING = CommandKey(CommandKind.SLASH, "shop buy", "shop"), CommandKey(CommandKind.PREFIX, "ping", None)

HAPPENED = Happenings(
    (Occurrence(AT - 9 * HOUR, "1.4.2"),),
    (IncidentSpan(AT - 8 * HOUR, AT - 7 * HOUR, Severity.CRITICAL), IncidentSpan(AT - HOUR, None, Severity.WARNING)),
)


def a_use(key: CommandKey, before: float | None, after: float) -> CommandReview:
    """A command in the list of the most used."""
    moved = before is not None and after > 1.2 * before
    change = Change(before, after, 0.001, ChangeVerdict.MOVED if moved else ChangeVerdict.SAME)
    return CommandReview(key, (int(after), 0, 0, 0), judged(1, 1, 1), judged(1, 1, 1), (change,))


def a_finding(rule: str, sentence: str, since: float, until: float | None = None, look_at: str = "") -> Finding:
    """A warning about the bot."""
    subject = Subject(SubjectKind.PROCESS)
    return Finding(rule, subject, Severity.WARNING, sentence, since, until, look_at=look_at)


def small() -> Report:
    """A day of one instance with everything that a report can have."""
    slower = a_finding("slower", "/shop buy: p95 120 ms → 480 ms since 1.4.2", AT - 9 * HOUR, look_at="/commandstats")
    memory = a_finding("memory", "memory 410 MB, target 400 MB.", AT - HOUR, look_at="/performance")
    review = pasts.small_span()._replace(happened=HAPPENED)
    return Report(
        42,
        "host-a",
        review,
        Usage(12, (a_use(BUY, 20_000, 31_204), a_use(PING, 9120, 8800)), (a_use(BUY, 20_000, 31_204),)),
        (SlowerCommand(BUY, "p95", Change(120 * MS, 480 * MS, 0.001, ChangeVerdict.WORSE), False),),
        Failures(
            966,
            160,
            (FailingCommand(BUY, Change(0.004, 0.099, 0.001, ChangeVerdict.WORSE)),),
            (ErrorReview(ErrorState.NEW, "KeyError", SHOP, 812, AT - 9 * HOUR, AT - 60, ("/shop buy",)),),
            (ErrorReview(ErrorState.ONGOING, "aiohttp.ClientError", None, 154, 0, AT, ("/shop buy", "/trade")),),
            3,
        ),
        (
            ReportedIncident(
                Severity.CRITICAL, AT - 5 * HOUR, AT - 5 * HOUR + 480, 480, "shard 3 is not connected", ""
            ),
            ReportedIncident(Severity.WARNING, AT - HOUR, None, HOUR, "memory 410 MB, target 400 MB", ""),
            ReportedIncident(Severity.WARNING, AT - 2 * HOUR, AT - 2 * HOUR, 0, "task restock failed", ""),
        ),
        4,
        Availability(judged(99.4212, 99.9, 99), DAY, 86.4, 480, 12, 8),
        (ReleaseChange(AT - 9 * HOUR, "1.4.2", "1.4.1", (slower,)),),
        1,
        (slower, memory),
    )


def alone(change: Change) -> Change:
    """A number without that of the previous period."""
    return Change(None, change.after, None, ChangeVerdict.UNKNOWN)


def compared_with_nothing() -> Report:
    """The same, of history that began within the period."""
    report = small()
    review = report.review
    review = review._replace(
        spans=review.spans._replace(before=None, since=int(AT) - 20 * HOUR),
        levels={name: level._replace(change=alone(level.change)) for name, level in review.levels.items()},
        invocations=alone(review.invocations),
        error_rate=alone(review.error_rate),
        mean_ns=alone(review.mean_ns),
        p95_ns=alone(review.p95_ns),
        deferred_ns=alone(review.deferred_ns),
    )
    used = tuple(one._replace(changes=(alone(one.changes[0]),)) for one in report.usage.top)
    failed = report.failures._replace(errors_before=None, rising=(), new=())
    return report._replace(review=review, usage=Usage(12, used, ()), slower=(), failures=failed, rounded_s=HOUR)


def empty() -> Report:
    """A week in which history was not kept."""
    nothing = Failures(0, None, (), (), (), 0)
    return Report(42, None, pasts.empty_span(), Usage(0, (), ()), (), nothing, (), 0, None, (), 0, ())


def quiet() -> Report:
    """A week in which the bot ran, and nobody used it."""
    report = empty()
    end = int(AT)
    spans = report.review.spans._replace(before=end - 14 * DAY, since=end - 90 * DAY, instances=2, period=Period.WEEK)
    online = Availability(judged(100, 99.9, 99)._replace(severity=Severity.WELL), 7 * DAY, 604.8, 0, 0, 0)
    return report._replace(review=report.review._replace(spans=spans), availability=online)


def large() -> Report:
    """A fleet whose every name wants to break the page."""
    report = small()
    keys = [CommandKey(CommandKind.SLASH, f"<script>alert({n})</script>{name}", name) for n, name in enumerate(HOSTILE)]
    worse = Change(1.0, 10.0**9, 0.001, ChangeVerdict.WORSE)
    places = [Place(f"cogs/{name}.py", name, n) for n, name in enumerate(HOSTILE)]
    errors = tuple(
        ErrorReview(ErrorState(n % 5), f"m.{name}", places[n], 10**n, AT - n, AT, (f'"><img src=x>{name}',) * 9)
        for n, name in enumerate(HOSTILE)
    )
    bad = tuple(a_finding(f"r{n}", f'<a href="javascript:x">{name}', AT - n) for n, name in enumerate(HOSTILE))
    incidents = tuple(ReportedIncident(Severity.CRITICAL, AT - DAY, None, DAY, f"<b>{name}", name) for name in HOSTILE)
    return report._replace(
        instance=None,
        review=pasts.large_span()._replace(spans=report.review.spans._replace(instances=64)),
        usage=Usage(10**6, tuple(a_use(key, 1, 10.0**n) for n, key in enumerate(keys)), ()),
        slower=tuple(SlowerCommand(key, "average", worse, True) for key in keys),
        failures=Failures(10**9, 1, tuple(FailingCommand(key, worse) for key in keys), errors, errors, 10**6),
        incidents=incidents,
        releases=tuple(ReleaseChange(AT - DAY, name, name, bad) for name in HOSTILE),
        first=bad,
    )
