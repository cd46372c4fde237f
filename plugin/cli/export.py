"""`export`: series and commands over a period, as CSV or JSON Lines."""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from plugin.cli import source
from plugin.cli.output import say
from plugin.corridor.look_back import LookBack
from plugin.corridor.periods import course_step_s, spans
from plugin.history.findings import MOST_FINDINGS
from plugin.model import Period, Scope, Spans
from plugin.words import label

NAME = "export"
HELP = "print series, commands or findings over a period"
PERIODS = {period.value: period for period in Period}
SERIES_AT_ONCE = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is exported, and how."""
    source.add_arguments(parser)
    parser.add_argument("what", choices=("series", "commands", "findings"))
    parser.add_argument("--period", choices=tuple(PERIODS), default="7d")
    parser.add_argument("--format", choices=("csv", "jsonl"), default="csv")


async def run(given: argparse.Namespace) -> int:
    """Print one row for each step of each series or command, or for each finding."""
    settings, now = source.settings(), time.time()
    async with source.history(given, settings) as past:
        fleet = given.instance is None
        scope = past.scope(fleet)
        over = await spans(past.store, scope, LookBack(PERIODS[given.period], fleet, now))
        rows = {"series": _series, "commands": _commands, "findings": _findings}[given.what]
        write = _Rows(given.format)
        async for row in rows(past, scope, over):
            write(row)
    return 0


class _Rows:
    """Writes rows of the same columns to the standard output."""

    def __init__(self, form: str) -> None:
        self._csv = csv.writer(sys.stdout) if form == "csv" else None
        self._begun = False

    def __call__(self, row: Mapping[str, Any]) -> None:
        if self._csv is None:
            say(json.dumps(row))
            return
        if not self._begun:
            self._csv.writerow(row)
            self._begun = True
        self._csv.writerow(row.values())


async def _series(past: source.StoreSource, scope: Scope, over: Spans) -> AsyncGenerator[Mapping[str, Any]]:
    described = await past.store.reading.described(scope)
    for start in range(0, len(described), SERIES_AT_ONCE):
        kept = described[start : start + SERIES_AT_ONCE]
        names = [one.name for one in kept]
        courses = await past.store.reading.series(scope, over.start, over.end, names, course_step_s(over))
        for one, course in zip(kept, courses, strict=True):
            for at, values in course.points:
                yield {
                    "time": at,
                    "step_s": course.step_s,
                    "series": one.name,
                    "unit": one.unit,
                    "kind": one.kind,
                    "count": values.count,
                    "sum": values.sum,
                    "minimum": values.minimum,
                    "maximum": values.maximum,
                }


async def _commands(past: source.StoreSource, scope: Scope, over: Spans) -> AsyncGenerator[Mapping[str, Any]]:
    keys = [totals.key for totals in await past.store.reading.totals(scope, over.start, over.end)]
    for key in keys:
        (course,) = await past.store.reading.courses(scope, over.start, over.end, [key], course_step_s(over))
        for point in course.points:
            yield {
                "time": point.at,
                "step_s": course.step_s,
                "command": label(key),
                "cog": key.cog or "",
                **dict(zip(("ok", "denied", "error", "cancelled"), point.outcomes, strict=True)),
                "answers": point.answers.number,
                "answers_s": point.answers.total_ns / 1e9,
                "p95_s": _p95_s(point.answers.times.quantile_ns(0.95) if point.answers.number else None),
            }


def _p95_s(nanoseconds: float | None) -> float | None:
    return None if nanoseconds is None else nanoseconds / 1e9


async def _findings(past: source.StoreSource, scope: Scope, over: Spans) -> AsyncGenerator[Mapping[str, Any]]:
    for finding, instance in await past.store.reading.findings(scope, over.start, over.end, MOST_FINDINGS):
        yield {
            "since": finding.since,
            "until": finding.until,
            "rule": finding.rule,
            "subject": finding.subject.name,
            "kind": finding.subject.kind.value,
            "severity": finding.severity.name.lower(),
            "value": finding.value,
            "threshold": finding.threshold,
            "unit": finding.unit,
            "instance": instance or "",
            "sentence": finding.sentence,
        }
