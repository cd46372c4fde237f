"""Tails of the distributions behind every comparison: pure functions, each a probability from 0 to 1."""

from __future__ import annotations

import math
from collections.abc import Callable

EXACT_UP_TO = 1000.0
"""Expected events beyond which the normal approximation replaces the exact sum."""


def normal_tail(deviations: float) -> float:
    """The probability that a standard normal value is at least `deviations`."""
    return math.erfc(deviations / math.sqrt(2)) / 2


def student_tail(deviations: float, freedom: float) -> float:
    """The probability that Student's t with `freedom` degrees of freedom is at least `deviations`.

    Wallace's normal approximation (D. L. Wallace, "Bounds on normal approximations to Student's and the chi-square
    distributions", Ann. Math. Stat. 30, 1959), within 2 % of the deviation from two degrees of freedom up.
    """
    stretched = math.sqrt(freedom * math.log1p(deviations**2 / freedom)) * (8 * freedom + 1) / (8 * freedom + 3)
    return normal_tail(math.copysign(stretched, deviations))


def chance_of_rates(many: int, trials: int, few: int, other_trials: int) -> float:
    """The probability of at least `many` events in the first trials, given the events of both (hypergeometric)."""
    events, both = many + few, trials + other_trials
    if min(events, both - events) * min(trials, other_trials) > EXACT_UP_TO * both:
        share = events / both
        deviation = math.sqrt(share * (1 - share) * (1 / trials + 1 / other_trials))
        return normal_tail((many / trials - few / other_trials) / deviation)
    log_first = _log_choose(events, many) + _log_choose(both - events, trials - many) - _log_choose(both, trials)
    rest = both - events - trials + 1
    return _sum_tail(
        log_first, range(many, min(trials, events)), lambda k: (events - k) * (trials - k) / (k + 1) / (rest + k)
    )


def chance_of_count(many: int, few: int, share: float) -> float:
    """The probability of at least `many` of all events on this side, if each falls on it with `share` (binomial)."""
    total = many + few
    if total * share * (1 - share) > EXACT_UP_TO:
        return normal_tail((many - total * share) / math.sqrt(total * share * (1 - share)))
    log_first = _log_choose(total, many) + many * math.log(share) + few * math.log1p(-share)
    odds = share / (1 - share)
    return _sum_tail(log_first, range(many, total), lambda k: (total - k) / (k + 1) * odds)


def _sum_tail(log_first: float, further: range, growth: Callable[[int], float]) -> float:
    """A sum of probabilities, each the previous one times its growth, until they vanish."""
    term = total = math.exp(min(log_first, 0.0))
    for k in further:
        term *= growth(k)
        total += term
        if term <= total * 1e-17:
            break
    return min(total, 1.0)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
