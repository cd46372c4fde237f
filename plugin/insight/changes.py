"""Whether a number differs significantly from the previous period: the tests behind every arrow.

A change is significant if it meets two conditions: noise alone makes such a difference in at most 1 % of cases (each
function names its test), and it is large enough to matter, since a million calls prove a shift of 1 %. Calls close in
time are alike: their `dispersion` says how many of them count as one. Numbers that are shown side by side go
through `correct_for_multiple_tests`, which corrects for how many they are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import zip_longest

from plugin.histogram import Histogram, bucket_index, bucket_value_ns
from plugin.insight.chances import chance_of_count, chance_of_rates, normal_tail
from plugin.model import Change, ChangeVerdict

LEVEL = 0.01
"""How often noise alone may cause an arrow: in one comparison, and in all that are corrected together."""
MINIMUM_RATIO = 1.2
"""The least ratio of a change; two quantiles read from buckets may differ by 1.125 for that reason alone."""
MINIMUM_DIFFERENCE = 0.001
"""The least change of a rate: a tenth of a percentage point, the finest that a page shows."""
ENOUGH = 20
"""Below this many events on either side an insignificant change is UNKNOWN, not SAME."""
BURST = 5.0
"""Invocations come in bursts, since users repeat calls: their assumed variance, as a multiple of the mean."""
EXPECTED_OUTSIDE = 10
"""Calls of the smaller side expected outside the fullest bucket, below which U is not near enough to normal."""
FALLING_IS_BETTER = (ChangeVerdict.WORSE, ChangeVerdict.BETTER)
RISING_IS_BETTER = (ChangeVerdict.BETTER, ChangeVerdict.WORSE)
NEITHER = (ChangeVerdict.MOVED, ChangeVerdict.MOVED)


def compare_rates(before: tuple[int, int], after: tuple[int, int], dispersion: float = 1.0) -> Change:
    """Two rates, each as events (errors) out of trials (ok and error); values are shares from 0 to 1, less is better.

    Fisher's exact test, two-sided by doubling, up to 1,000 expected events; beyond them the score test of two
    proportions (Agresti, "Categorical Data Analysis", 3rd ed., sections 3.5 and 3.2). Both of counts divided by the
    `dispersion`.
    """
    if not before[1] or not after[1]:
        return Change(None, None, None, ChangeVerdict.UNKNOWN)
    was, now = before[0] / before[1], after[0] / after[1]
    old, new = _scaled(before, dispersion), _scaled(after, dispersion)
    chance = chance_of_rates(*new, *old) if now > was else chance_of_rates(*old, *new)
    matters = differ(was, now) and abs(now - was) >= MINIMUM_DIFFERENCE
    return make_change(was, now, 2 * chance, matters, enough=min(before[1], after[1]) >= ENOUGH)


def compare_counts(
    before: int,
    after: int,
    *,
    stretch: float = 1.0,
    burst: float = BURST,
    verdicts: tuple[ChangeVerdict, ChangeVerdict] = NEITHER,
) -> Change:
    """Two counts; `stretch` is the length of the span after over that before, to which the value before is scaled.

    The conditional binomial test of two Poisson counts, two-sided by doubling (Przyborowski and Wilenski, Biometrika
    31, 1940), on counts divided by `burst` (quasi-Poisson: McCullagh and Nelder, "Generalized Linear Models", 6.2).
    `verdicts` are those of a rise and a fall. Raises ValueError where `stretch` or `burst` is not positive.
    """
    if stretch <= 0 or burst <= 0:
        raise ValueError(f"stretch and burst are positive, not {stretch} and {burst}")
    was, share = before * stretch, stretch / (1 + stretch)
    old, new = round(before / burst), round(after / burst)
    rising = after > was
    chance = chance_of_count(new, old, share) if rising else chance_of_count(old, new, 1 - share)
    return make_change(was, after, 2 * chance, differ(was, after), before + after >= ENOUGH, verdicts)


def compare_durations(
    before: Histogram,
    after: Histogram,
    *,
    quantile: float | None = 0.95,
    minimum_ratio: float = MINIMUM_RATIO,
    dispersion: float = 1.0,
) -> Change:
    """One quantile of two histograms, or with None their mean, in nanoseconds; less is better.

    Either of two tests decides, each at half the level. The whole: Mann and Whitney's U with the normal approximation
    corrected for ties (Lehmann, "Nonparametrics", 1975, section 1.4); where too few calls lie outside the fullest
    bucket for that, the bound of Kolmogorov and Smirnov, ``p <= 2 exp(-2 D**2 nm / (n + m))``, which ties only make
    stricter (Noether 1963). The tail: Fisher's exact test of the share of calls that reach the bucket of the quantile
    (for the mean: 0.95) of both together. The variance of either is multiplied by the `dispersion`.
    """
    n, m = before.total, after.total
    if not n or not m:
        return Change(None, None, None, ChangeVerdict.UNKNOWN)
    was, now = _value_ns(before, quantile), _value_ns(after, quantile)
    low, high = (before, after) if now > was else (after, before)
    tail = _chance_of_tail(low, high, 0.95 if quantile is None else quantile, dispersion)
    chance = min(_chance_of_shift(low, high, dispersion), tail)
    return make_change(was, now, 4 * chance, differ(was, now, minimum_ratio), enough=min(n, m) >= ENOUGH)


def correct_for_multiple_tests(changes: Sequence[Change], level: float = LEVEL) -> list[Change]:
    """Demote changes that do not survive the correction for multiple tests to SAME; none gains an arrow.

    Benjamini and Hochberg, "Controlling the False Discovery Rate", J. R. Statist. Soc. B 57(1), 1995: where nothing
    changed at all, at most such a share (`level`, 1 %) of pages shows any arrow.
    """
    chances = sorted(change.p_value for change in changes if change.p_value is not None)
    passed = [chance for rank, chance in enumerate(chances, 1) if chance <= level * rank / len(chances)]
    largest = passed[-1] if passed else -1.0
    return [
        change._replace(verdict=ChangeVerdict.SAME) if change.holds and (change.p_value or 0.0) > largest else change
        for change in changes
    ]


def make_change(
    was: float,
    now: float,
    p: float,
    matters: bool,
    enough: bool,
    verdicts: tuple[ChangeVerdict, ChangeVerdict] = FALLING_IS_BETTER,
) -> Change:
    """A change, significant if it is large enough and its p-value is at most 1 %; `verdicts` of a rise and a fall."""
    if matters and p <= LEVEL:
        return Change(was, now, p, verdicts[now < was])
    return Change(was, now, min(p, 1.0), ChangeVerdict.SAME if enough else ChangeVerdict.UNKNOWN)


def differ(was: float, now: float, ratio: float = MINIMUM_RATIO) -> bool:
    """Whether one value is at least that many times the other."""
    return max(was, now) >= ratio * min(was, now) and was != now


def _value_ns(durations: Histogram, quantile: float | None) -> float:
    if quantile is not None:
        return durations.quantile_ns(quantile) or 0
    return sum(count * bucket_value_ns(i) for i, count in enumerate(durations.counts) if count) / durations.total


def _chance_of_shift(low: Histogram, high: Histogram, dispersion: float) -> float:
    """The probability that noise shifts one distribution this far above the other."""
    n, m = low.total, high.total
    seen_low = seen_high = gap = twice_wins = ties = fullest = 0
    for count_low, count_high in zip_longest(low.counts, high.counts, fillvalue=0):
        tied = count_low + count_high
        twice_wins += count_high * (2 * seen_low + count_low)
        ties += tied**3 - tied
        fullest = max(fullest, tied)
        seen_low += count_low
        seen_high += count_high
        gap = max(gap, seen_low * m - seen_high * n)
    both = n + m
    if min(n, m) * (both - fullest) < EXPECTED_OUTSIDE * both:
        return math.exp(-2 * (gap / n) * (gap / m) / both / dispersion)
    variance = n * m / 12 * (both + 1 - ties / both / (both - 1))
    return normal_tail((twice_wins / 2 - n * m / 2 - 0.5) / math.sqrt(variance * dispersion))


def _chance_of_tail(low: Histogram, high: Histogram, quantile: float, dispersion: float) -> float:
    """The probability that noise makes this many calls of one reach the quantile of both."""
    both = low.copy()
    both.merge(high)
    start = bucket_index(both.quantile_ns(quantile) or 0)
    many, few = (_scaled((sum(side.counts[start:]), side.total), dispersion) for side in (high, low))
    return chance_of_rates(*many, *few)


def _scaled(counts: tuple[int, int], dispersion: float) -> tuple[int, int]:
    events, trials = counts
    return round(events / dispersion), max(1, round(trials / dispersion))
