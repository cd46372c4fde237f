"""What it costs to judge a series, beside a plain regression."""

from __future__ import annotations

import statistics

from plugin.insight.trends import trend
from tests.bench.measure import side_by_side, timed
from tests.bench.table import Row, beside, milli

POINTS, STEP_S = 10_000, 300
START = 1_750_000_000.0
SERIES = [(START + STEP_S * at, 300 + at / 5 + 7 * (at * at % 11)) for at in range(POINTS)]
BOUND = 5.0


def measure(quick: bool) -> list[Row]:
    """Whether 10,000 points grow, ten times as many as a month of hours has."""
    pair = side_by_side(timed(lambda: trend(SERIES)), timed(_plain), 2 if quick else 30)
    return [beside(f"trend of {POINTS:,} points", pair, "linear_regression", BOUND, milli)]


def _plain() -> object:
    return statistics.linear_regression([at for at, _ in SERIES], [value for _, value in SERIES])
