"""What was said over a life, and what of it was false or missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import NamedTuple

from tests.lives.life import DAY_S, WEEK_S, Fault, Life


class Said(NamedTuple):
    """A claim, from the look at which it was made first to the last one that still made it; seconds of the life."""

    claim: str
    begin: float
    last: float
    boot: int
    """Which start of the process said it."""


class Diary:
    """Writes down what each voice says, look after look."""

    def __init__(self) -> None:
        self.said: list[Said] = []
        self._open: dict[str, dict[str, Said]] = defaultdict(dict)

    def hear(self, voice: str, at: float, boot: int, claims: Iterable[str]) -> None:
        """Take all that a voice claims at a moment."""
        known, still = self._open[voice], dict[str, Said]()
        for claim in claims:
            before = known.pop(claim, None)
            if before is not None and before.boot != boot and voice == "alerts":
                self.said.append(before)  # a new process says what stands once more
                before = None
            still[claim] = Said(f"{voice}: {claim}", at, at, boot) if before is None else before._replace(last=at)
        self.said.extend(known.values())
        self._open[voice] = still

    def close(self) -> list[Said]:
        """All that was said, in order."""
        for known in self._open.values():
            self.said.extend(known.values())
        self._open.clear()
        return sorted(self.said, key=lambda said: said.begin)


class Verdict(NamedTuple):
    """A false one."""

    said: Said
    why: str


class Found(NamedTuple):
    """What became of a fault in one run of a life."""

    fault: Fault
    after_s: float | None
    """How long after its begin it was said; None where it was not, in time or at all."""


@dataclass
class Score:
    """One run of a life, judged."""

    life: Life
    seed: int
    said: Sequence[Said]
    false: Sequence[Verdict]
    found: Sequence[Found]

    @property
    def false_count(self) -> int:
        """How many were false; one that stands for days counts for each day."""
        return sum(1 + int((verdict.said.last - verdict.said.begin) // DAY_S) for verdict in self.false)

    @property
    def false_a_week(self) -> float:
        """False verdicts in a simulated week."""
        return self.false_count / (self.life.seconds / WEEK_S)


def judge(life: Life, seed: int, said: Sequence[Said]) -> Score:
    """Hold what was said against what was true."""
    false = [*_unexplained(life, said), *_repeated(life, said)]
    return Score(life, seed, said, false, [_find(fault, said) for fault in life.faults])


def explains(fault: Fault, claim: str) -> bool:
    """Whether a fault is what a claim is about."""
    return any(fnmatchcase(claim, pattern) for pattern in (*fault.says, *fault.also))


def _unexplained(life: Life, said: Sequence[Said]) -> Iterable[Verdict]:
    for one in said:
        begin = one.begin
        for fault in sorted((fault for fault in life.faults if explains(fault, one.claim)), key=lambda f: f.begin):
            if fault.begin * DAY_S <= begin:
                begin = max(begin, fault.end * DAY_S + fault.over_s)
        known = begin > one.begin
        if begin < one.last or not known:
            yield Verdict(one._replace(begin=begin), "still said after it was over" if known else "nothing was wrong")


def _repeated(life: Life, said: Sequence[Said]) -> Iterable[Verdict]:
    """Alerts that were said once more of the same fault by the same process."""
    seen = set[tuple[str, int, int]]()
    for one in said:
        if not one.claim.startswith("alerts: "):
            continue
        for number, fault in enumerate(life.faults):
            inside = fault.begin * DAY_S <= one.begin <= fault.end * DAY_S + fault.over_s
            if inside and explains(fault, one.claim):
                if (one.claim, one.boot, number) in seen:
                    yield Verdict(one._replace(last=one.begin), "said once more")
                seen.add((one.claim, one.boot, number))
                break


def _find(fault: Fault, said: Sequence[Said]) -> Found:
    begin, times = fault.begin * DAY_S, list[float]()
    for one in said:
        if one.last >= begin and any(fnmatchcase(one.claim, pattern) for pattern in fault.says):
            times.append(max(0.0, one.begin - begin))
    after_s = min(times, default=None)
    return Found(fault, after_s if after_s is not None and after_s <= fault.within_s else None)
