"""The report itself: every row is there, whatever its numbers say."""

from __future__ import annotations

import math
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = (
    "record one invocation",
    "followed from receipt to end",
    "one addition, two attributes",
    "one addition, kept series",
    "one recorded value, kept series",
    "memory of 1,000 series of one's own",
    "reading 5,000 series of one's own",
    "a cut of 1,000 series of one's own",
    "longest step of the cut",
    "flush of a minute, 1,000 series of one's own",
    "500 rules over 1,000 commands, a minute",
    "longest step of judging them",
    "event to end, silent command  ",
    "event to end, with a response  ",
    "event to first response",
    "event to end, silent command, counting only",
    "added per silent command, prometheus_client",
    "added per answering command, prometheus_client",
    "added per answering command, OpenTelemetry",
    "added per answering command, Sentry",
    "event of voice",
    "memory of 1,000 commands",
    "memory of why they are slow",
    "memory added to a small bot",
    "memory added by all pages, asked once",
    "processor time added to its start",
    "/commandstats of 1,000 commands",
    "longest hold of the loop",
    "trend of 10,000 points",
    "chart of 3 x 1,440 points",
    "hold of the loop by a chart",
    "memory of the process that draws",
    "top 10, 24 hours, 0.01 M, SQLite",
    "top 10, 30 days, 0.01 M, PostgreSQL",
    "hourly course, 30 days, 0.01 M, SQLite",
    "flush of a minute, 200 commands, PostgreSQL",
    "file after a day of 5 M a month",
    "timeline of a moment, just now",
    "timeline of a moment, half a year ago",
    "watchdog and beats, idle loop",
    "watchdog and beats, busy loop",
    "memory of watch, SQLite",
    "memory of watch, PostgreSQL",
    "processor time of watch, SQLite",
    "processor time of watch, PostgreSQL",
)


@pytest.mark.timeout(900)
def test_quick_report_shows_every_row() -> None:
    """A quick run ends well and prints each row once, with positive numbers."""
    command = [sys.executable, "-W", "error", "-m", "tests.bench", "--quick"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=880)
    assert ended.returncode == 0, ended.stderr
    table = ended.stdout.rpartition("---\n")[0]
    assert not re.search("  (kept|missed)\n", table), "a quick run is too short for a verdict"
    for name in ROWS:
        rows = [line.partition(name)[2] for line in table.splitlines() if line.strip().startswith(name)]
        assert len(rows) == 1, name
        numbers = [float(found) for found in re.findall(r"\d+\.\d+|nan|inf", rows[0])]
        assert numbers, name
        assert all(map(math.isfinite, numbers)) and numbers[0] > 0, rows[0]
        # What is added is a difference, which at these sizes may be nothing at one end of its spread.
        assert " added " in f" {name} " or min(numbers) > 0, rows[0]
