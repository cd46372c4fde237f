"""Response times of one command: to the first response, to the answer, and their distribution."""

from __future__ import annotations

import bisect

from plugin.display import comparison, graphs, numbers, text
from plugin.display.book import Section
from plugin.histogram import Histogram, bucket_value_ns, carries
from plugin.model import DEADLINE_NS, RecentAnswers

QUANTILES = (0.5, 0.95, 0.99)
MOST_CLASSES = 12
CLASS_ENDS_NS = tuple(step * 10**power for power in range(3, 13) for step in (1, 2, 5))
"""Upper ends of the distribution's classes: 1, 2, 5 µs and so on."""


def answers_section(heading: str, answers: RecentAnswers) -> Section:
    """The latest answers, exact, beside all since start."""
    window = answers.window_ns
    if not window:
        return Section(heading, ())
    exact = [answers.quantile_ns(at) if carries(at, len(window)) else None for at in QUANTILES]
    overall = [answers.times.carried_ns(at) for at in QUANTILES]
    named = zip(("p50", "p95", "p99"), exact, overall, strict=True)
    rows = [
        _row("average", answers.mean_ns, numbers.duration(answers.total_ns / answers.number)),
        _row("shortest", min(window)),
        *(
            _row(label, last, comparison.duration(None) if since is None else f"~ {numbers.duration(since)}")
            for label, last, since in named
        ),
        _row("longest", max(window)),
    ]
    return Section(heading, rows, _row_of_text("", f"last {len(window):,}", "since start"))


def _row(label: str, last_ns: float | None, since_start: str = "") -> str:
    return _row_of_text(label, comparison.duration(last_ns), since_start)


def _row_of_text(label: str, last: str, since_start: str) -> str:
    return f"{label:<8}{text.right(last, 10)}{text.right(since_start, 12)}".rstrip()


def first_responses_section(times: Histogram, over: str, refused: int = 0) -> Section:
    """Times to the first response over a span, compared with Discord's deadline, and the number that expired."""
    high = ("p95", 0.95) if carries(0.95, times.total) else ("max", 1.0)
    rows = [_first_response(label, times.quantile_ns(at)) for label, at in (("p50", 0.5), high)]
    if refused:
        rows.append(text.spread("expired (10062)", numbers.count(refused)))
    return Section(f"First response, {over} (limit 3 s)", [row for row in rows if row])


def _first_response(label: str, time_ns: int | None) -> str:
    if time_ns is None:
        return ""
    return f"{label}{text.right(numbers.duration(time_ns), 9)}  {graphs.gauge(time_ns, DEADLINE_NS, 16)}"


def distribution_section(durations: Histogram, over: str) -> Section:
    """The distribution of answer times over a span."""
    classes = _classes(durations)
    most = max((number for _, number in classes), default=0)
    rows = [
        f"< {numbers.duration(end_ns):<8}{numbers.count_in(9, number)} {graphs.bar(number, most, 10)}".rstrip()
        for end_ns, number in classes
    ]
    return Section(f"Distribution, {over}", rows)


def _classes(durations: Histogram) -> list[tuple[int, int]]:
    """End in nanoseconds and count of each class from the first to the last in use, with the lowest ones merged."""
    counts = [0] * len(CLASS_ENDS_NS)
    for index, count in enumerate(durations.counts):
        counts[min(bisect.bisect_right(CLASS_ENDS_NS, bucket_value_ns(index)), len(counts) - 1)] += count
    used = [index for index, count in enumerate(counts) if count]
    if not used:
        return []
    first = max(used[0], used[-1] - MOST_CLASSES + 1)
    lowest = sum(counts[: first + 1])
    return list(zip(CLASS_ENDS_NS[first:], [lowest, *counts[first + 1 : used[-1] + 1]], strict=False))
