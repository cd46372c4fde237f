"""Whether a share is significantly beyond a bound."""

from __future__ import annotations

import math
from collections.abc import Sequence

from plugin.insight.outcomes import Slot

LEVEL = 0.002
"""Probability that a share counts as beyond a bound that it only equals, over all shares judged together."""

LEAST_SLOTS = 3
"""With fewer slots the dispersion of failures is unknown."""

CLUMP = 4
"""Assumed number of tries of a failing call."""

NEGLIGIBLE = 1e-12


def exceeds(errors: float, judged: float, bound: float, level: float = LEVEL) -> bool:
    """Whether the lower confidence bound of `errors / judged` is above a bound (0 to 1).

    It is that of Clopper and Pearson ("The use of confidence or fiducial limits illustrated in the case of the
    binomial", Biometrika 26, 1934): above the bound where so many errors, or more, would come by chance in fewer than
    `level` of all cases if the true share were the bound.
    """
    if bound <= 0:
        return errors > 0
    return errors > judged * bound and _tail(math.floor(errors), math.ceil(judged), bound) < level


def falls_short(errors: float, judged: float, bound: float, level: float = LEVEL) -> bool:
    """Whether the upper confidence bound of `errors / judged` is below a bound (0 to 1)."""
    return errors < judged * bound and _tail(math.floor(judged - errors), math.floor(judged), 1 - bound) < level


def least_share(errors: float, judged: float, level: float) -> float:
    """The lower confidence bound of `errors / judged` by Clopper and Pearson, to a thousandth; 0 of nothing."""
    low, high = 0.0, errors / judged if judged > 0 else 0.0
    while high - low > 0.001:
        middle = (low + high) / 2
        low, high = (middle, high) if exceeds(errors, judged, middle, level) else (low, middle)
    return low


def independent(slots: Sequence[Slot], clumps: int = 1) -> tuple[float, float]:
    """The errors and invocations of the slots, reduced to the equivalent number of independent ones.

    In the worst slots, as many as `clumps`, up to `CLUMP` failures may be one event; and all tell as much less as their
    `overdispersion` says.
    """
    judged, errors = sum(map(sum, slots)), sum(failed for _, failed in slots)
    if not errors:
        return 0, judged
    worst = sorted((failed for _, failed in slots if failed), reverse=True)[:clumps]
    surplus = sum(min(CLUMP, failed) - 1 for failed in worst)
    uneven = overdispersion(slots)
    return (errors - surplus) / uneven, (judged - surplus) / uneven


def overdispersion(slots: Sequence[Slot]) -> float:
    """The dispersion of errors, compared with independent ones; at least 1.

    Pearson's statistic over its degrees of freedom, by which quasi-likelihood widens intervals (McCullagh and Nelder,
    "Generalized Linear Models", 1989, 4.5): where failures come four at a time it is about 4.
    """
    counts = [(ok + errors, errors) for ok, errors in slots if ok + errors]
    judged, errors = sum(count for count, _ in counts), sum(failed for _, failed in counts)
    if len(counts) < LEAST_SLOTS or not 0 < errors < judged:
        return 1.0
    share = errors / judged
    statistic = sum((failed - count * share) ** 2 / count for count, failed in counts) / (share * (1 - share))
    return max(1.0, statistic / (len(counts) - 1))


def _tail(least: int, trials: int, share: float) -> float:
    """The probability of at least `least` events in `trials` trials (binomial)."""
    term = math.exp(
        math.lgamma(trials + 1)
        - math.lgamma(least + 1)
        - math.lgamma(trials - least + 1)
        + least * math.log(share)
        + (trials - least) * math.log1p(-share)
    )
    total, odds = term, share / (1 - share)
    for count in range(least, trials):
        term *= (trials - count) / (count + 1) * odds
        total += term
        if term <= total * NEGLIGIBLE:
            break
    return total
