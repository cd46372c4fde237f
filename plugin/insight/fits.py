"""How well a change at a moment explains the values of calls, and whether another moment explains them better."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

from plugin.insight.strata import DAY_S, HOUR_S, ScoredHour, Stratum

CLUSTERS_S = (300, HOUR_S, 6 * HOUR_S, DAY_S)
"""Lengths over which calls may be alike."""
FEWEST_CLUSTERS = 6
PLAIN = 1.5
"""Up to here few long clusters do not speak against the many short ones that show how certain it is."""
TAKEN = 3.0, 30.0
"""Dispersion and degrees of freedom where too little was seen to estimate them: who calls once calls again."""
BEGINS_WITHIN = 9.0
"""Another moment must explain the change better by so much (in chi-squared) before it is taken for where it began."""
BEGINS_SHARE = 0.03
"""The same, as a share of what the best moment explains."""


class Fit(NamedTuple):
    """How well one way to divide the blocks in two explains the values."""

    score: float
    """Sum of the later ones' ranks."""
    variance: float
    """That of the score, were the calls independent."""
    dispersion: float
    freedom: float
    """Degrees of freedom of the dispersion."""

    @property
    def explained(self) -> float:
        """Chi-squared with one degree of freedom, were the calls independent."""
        return self.score**2 / self.variance if self.variance else 0.0


def fit(parts: Sequence[ScoredHour], is_later: Callable[[ScoredHour], bool]) -> Fit:
    """Of a division in earlier and later blocks."""
    later: Counter[Stratum] = Counter()
    score = 0.0
    for part in parts:
        if is_later(part):
            later[part.stratum] += part.calls
            score += part.score
    variance = sum(stratum.variance(calls) for stratum, calls in later.items())
    weight = sum(calls * (1 - calls / stratum.calls) for stratum, calls in later.items())
    shift = score / weight if weight else 0.0
    residuals = [
        part.score - shift * part.calls * (is_later(part) - later[part.stratum] / part.stratum.calls) for part in parts
    ]
    return Fit(score, variance, *_dispersion(parts, residuals, is_later))


def _dispersion(
    parts: Sequence[ScoredHour], residuals: Sequence[float], is_later: Callable[[ScoredHour], bool]
) -> tuple[float, float]:
    """The largest dispersion over any length of cluster, at least 1, and its degrees of freedom; else `TAKEN`."""
    found: list[tuple[float, float]] = []
    finest_s = 0 if any(part.at % HOUR_S for part in parts) else HOUR_S
    for length_s in [length_s for length_s in CLUSTERS_S if length_s >= finest_s]:
        sums: dict[tuple[int, bool], float] = defaultdict(float)
        calls: dict[tuple[tuple[int, bool], Stratum], int] = defaultdict(int)
        for part, residual in zip(parts, residuals, strict=True):
            cluster = part.at // length_s, is_later(part)
            sums[cluster] += residual
            calls[cluster, part.stratum] += part.calls
        # Drawn with replacement, and without: the residuals within a stratum add up to nothing.
        free: dict[tuple[int, bool], float] = defaultdict(float)
        bound: dict[tuple[int, bool], float] = defaultdict(float)
        for (cluster, stratum), count in calls.items():
            free[cluster] += count * stratum.spread
            bound[cluster] += stratum.variance(count)
        telling = [cluster for cluster, variance in bound.items() if variance > 0]
        freedom = sum(bound[cluster] / free[cluster] for cluster in telling) - 1
        if len(telling) >= FEWEST_CLUSTERS and freedom >= 2:
            found.append((sum(residual**2 for residual in sums.values()) / sum(bound.values()), freedom))
    if not found:
        return TAKEN
    largest, freedom = max(found)
    return max(1.0, largest), freedom if largest > PLAIN else max(freedom for _, freedom in found)


def _best_moment(parts: Sequence[ScoredHour]) -> int:
    """The moment that explains most as the begin of a change; `parts` in the order of time."""
    score = variance = best = 0.0
    moment = parts[0].at
    later: Counter[Stratum] = Counter()
    for index in range(len(parts) - 1, 0, -1):
        part = parts[index]
        stratum, met = part.stratum, later[part.stratum]
        later[stratum] += part.calls
        score += part.score
        variance += stratum.variance(met + part.calls) - stratum.variance(met)
        if variance > 0 and parts[index - 1].at != part.at and score**2 / variance > best:
            best, moment = score**2 / variance, part.at
    return moment


def begins(parts: Sequence[ScoredHour], release: Fit) -> bool:
    """Whether no other moment explains the change much better; the noise is what the better one leaves."""
    moment = _best_moment(parts)
    best = fit(parts, lambda part: part.at >= moment)
    explained = best.explained / best.dispersion
    return explained - release.explained / best.dispersion <= max(BEGINS_WITHIN, BEGINS_SHARE * explained)
