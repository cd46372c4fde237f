"""Whether the supply of money obeys `supply = supply before + faucets - sinks`.

Where nothing leaks, the supply less everything made plus everything burnt is a constant. Each check gives bounds of
that constant, and the bounds allow for everything that may have been in flight. A gap is proven where checks contradict
those before them, all in one direction, for longer than any contradiction that went away by itself: a transaction that
was counted late is one of these.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from plugin.model import SupplyMinute

MINUTE_S = 60
FEWEST_BEFORE, FEWEST_AFTER = 8, 4
"""Checks that agree before a gap, and that contradict them after it."""
FEWEST_CONTRADICTED = 8
"""Of those before, by what those after have in common."""
SHORTEST_S = 600
TIMES_LONGER = 5
"""Than the longest contradiction that went away."""
TIMES_LARGER = 2
"""Than the largest contradiction that went away."""
IN_FLIGHT = (-2, 1)
"""Minutes around a check in which other instances of a fleet may have counted more or less than it has."""
WHOLE = 2.0**53
ROUNDING = 1e-9


class Constant(NamedTuple):
    """Bounds of the supply less everything that was made, plus everything that was burnt, by a check."""

    at: int
    """Unix time in seconds."""
    least: float
    most: float


class Gap(NamedTuple):
    """Money that came from nowhere, or went there."""

    since: int
    """Unix time in seconds of the last check before it."""
    until: int
    """Unix time in seconds of the first check after it."""
    amount: float
    """How much at least; negative where it is missing."""
    exact: bool
    """Whether it is exactly that."""
    checks: int
    """That contradict those before."""


def find_gap(checks: Iterable[Constant]) -> Gap | None:
    """The gap in a time in which every flow was counted; None where there is none, or it was closed again."""
    judge = _Judge()
    for check in checks:
        judge.take(check)
    return judge.gap()


def constants(minutes: Sequence[SupplyMinute]) -> list[Constant]:
    """The checks of one stretch of time, in which every flow of every instance is known."""
    nets, flows = _sums(minutes)
    rounding = _rounding(minutes)
    found: list[Constant] = []
    for minute in minutes:
        if minute.least is None or minute.most is None:
            continue
        around = [flows.get(minute.at + MINUTE_S * step, _NO_FLOWS) for step in range(IN_FLIGHT[0], IN_FLIGHT[1] + 1)]
        others = [_without(flow, minute.instance) for flow in around]
        made, burned = (sum(flow[side] for flow in others[:-1]) for side in (0, 1))
        made_after, burned_after = others[-1]
        net = nets[minute.at]
        found.append(
            Constant(
                minute.at,
                minute.least - net - burned - made_after - rounding,
                minute.most - net + made + burned_after + rounding,
            )
        )
    return found


class _Judge:
    def __init__(self) -> None:
        self._agreed: list[Constant] = []
        """The latest checks that agree."""
        self._run: list[Constant] = []
        """Checks in a row that contradict these, all in one direction."""
        self._longest, self._longest_s = 0, 0
        """The longest such run that went away."""
        self._largest = 0.0
        """The largest contradiction that went away."""
        self._before: list[Constant] = []
        """What agreed before the first gap."""
        self._surely_before: list[Constant] = []
        """The same without those that may be of after it."""
        self._since = self._until = self._contradicting = 0
        self._bounds = _common(())

    def take(self, check: Constant) -> None:
        least, most = self._bounds
        if check.least <= most and check.most >= least:
            if self._run and len(_agreeing([*self._run, check])) > 1:
                return  # as well with those that contradict as with those before
            self._went_away()
            self._agreed.append(check)
            self._bounds = max(least, check.least), min(most, check.most)
            return
        if self._run and (self._run[-1].least > most) is not (check.least > most):
            self._went_away()
        self._run.append(check)
        if self._proves():
            self._change()

    def gap(self) -> Gap | None:
        """What is proven by now."""
        least, most = self._bounds
        was_least, was_most = _common(self._before)
        surely_least, surely_most = _common(self._surely_before)
        if not self._before or (least <= was_most and most >= was_least):
            return None
        if least > was_most:
            amount, limit = least - was_most, most - surely_least
        else:
            amount, limit = most - was_least, least - surely_most
        return Gap(self._since, self._until, amount, amount == limit, self._contradicting + len(self._agreed))

    def _went_away(self) -> None:
        if self._run:
            self._longest = max(self._longest, len(self._run))
            self._longest_s = max(self._longest_s, self._run[-1].at - self._run[0].at)
            self._largest = max(self._largest, *(self._distance(check) for check in self._run))
            self._run = []

    def _distance(self, check: Constant) -> float:
        least, most = self._bounds
        return max(check.least - most, least - check.most)

    def _proves(self) -> bool:
        return (
            len(self._run) >= max(FEWEST_AFTER, TIMES_LONGER * self._longest)
            and self._run[-1].at - self._run[0].at >= max(SHORTEST_S, TIMES_LONGER * self._longest_s)
            and min(map(self._distance, self._run)) > TIMES_LARGER * self._largest
        )

    def _change(self) -> None:
        """What agreed holds no more; from here on the latest checks that agree with each other do."""
        after = _agreeing(self._run)
        if not self._before and len(self._agreed) >= FEWEST_BEFORE and _contradict(self._agreed, after):
            self._before = self._agreed
            self._surely_before = _disagreeing(self._agreed, after)
            self._since = (self._surely_before or self._before)[-1].at
        if self._before:
            self._until = self._run[0].at
            self._contradicting += len(self._run) - len(after)
        self._agreed, self._run, self._bounds = after, [], _common(after)


def _contradict(before: Sequence[Constant], after: Sequence[Constant]) -> bool:
    """Whether enough checks before do so each by itself: two that are wrong make a common value that no check has."""
    least, most = _common(after)
    return sum(check.most < least or check.least > most for check in before) >= FEWEST_CONTRADICTED


def _disagreeing(before: Sequence[Constant], after: Sequence[Constant]) -> list[Constant]:
    """The checks before, less the last of them that agree with those after."""
    found = list(before)
    least, most = _common(after)
    while found and found[-1].least <= most and found[-1].most >= least:
        check = found.pop()
        least, most = max(least, check.least), min(most, check.most)
    return found


def _agreeing(run: Sequence[Constant]) -> list[Constant]:
    """The latest checks that agree with each other."""
    found: list[Constant] = []
    least, most = -math.inf, math.inf
    for check in reversed(run):
        least, most = max(least, check.least), min(most, check.most)
        if least > most:
            break
        found.insert(0, check)
    return found


def _common(checks: Sequence[Constant]) -> tuple[float, float]:
    return (
        max((check.least for check in checks), default=-math.inf),
        min((check.most for check in checks), default=math.inf),
    )


_Flow = dict[str, tuple[float, float]]
_NO_FLOWS: _Flow = {}


def _sums(minutes: Sequence[SupplyMinute]) -> tuple[dict[int, float], dict[int, _Flow]]:
    """By minute, everything made less everything burnt up to its end, and what each instance made and burnt in it."""
    flows: dict[int, _Flow] = {}
    for minute in minutes:
        made, burned = flows.setdefault(minute.at, {}).get(minute.instance, (0.0, 0.0))
        flows[minute.at][minute.instance] = made + minute.made, burned + minute.burned
    nets: dict[int, float] = {}
    net = 0.0
    for at in sorted(flows):
        net += sum(made - burned for made, burned in flows[at].values())
        nets[at] = net
    return nets, flows


def _without(flow: _Flow, instance: str) -> tuple[float, float]:
    others = [amounts for name, amounts in flow.items() if name != instance]
    return sum(made for made, _ in others), sum(burned for _, burned in others)


def _rounding(minutes: Sequence[SupplyMinute]) -> float:
    """How far sums may be off: not at all of whole coins."""
    values = [value for minute in minutes for value in minute[2:] if isinstance(value, float | int)]
    largest = max(map(abs, values), default=0.0)
    whole = largest < WHOLE and all(float(value).is_integer() for value in values)
    return 0.0 if whole else largest * ROUNDING
