"""Prints what the monitor costs, side by side with others: `python -m tests.bench [--quick] [full]`."""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.bench import (
    charts,
    dispatch,
    history,
    holding,
    judging,
    lightness,
    memory,
    own_measures,
    page,
    recording,
    rules,
    voice,
    watchdog,
    watching,
)
from tests.bench.table import table

PACKAGES = (
    "hikari-lightbulb",
    "hikari",
    "hikari-miru",
    "prometheus_client",
    "opentelemetry-sdk",
    "sentry-sdk",
    "pillow",
    "matplotlib",
    "asyncpg",
)


def environment() -> str:
    """What was measured on, in one line."""
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{python}, {versions}; {_cpu()}, {os.cpu_count()} cores"


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; a bound that is missed is printed, too, and no failure."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few repeats and small sizes, judged by no bound")
    parser.add_argument("size", nargs="?", choices=["full"], help="history of 50 million invocations, too: 20 minutes")
    given = parser.parse_args(arguments)
    parts = (
        *(recording, own_measures, rules, dispatch, voice, memory, lightness),
        *(page, holding, judging, charts, watchdog, watching),
    )
    rows = [row for part in parts for row in part.measure(given.quick)]
    rows += history.measure(given.quick, given.size == "full")
    if given.quick:
        rows = [row.unjudged() for row in rows]
    sys.stdout.write(table(environment(), rows))


if __name__ == "__main__":
    main()
