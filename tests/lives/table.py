"""Prints what was true of each life, what was said, and what of it was false or missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.lives.diary import Score
from tests.lives.life import WEEK_S, Life
from tests.lives.process import days

MOST_TOLD = 5


class Result:
    """All runs of one life."""

    def __init__(self, life: Life, scores: Sequence[Score]) -> None:
        self.life = life
        self.scores = scores
        self.weeks = len(scores) * life.seconds / WEEK_S
        self.false = sum(score.false_count for score in scores)

    @property
    def false_a_week(self) -> float:
        """False verdicts in a simulated week."""
        return self.false / self.weeks

    @property
    def missed(self) -> list[str]:
        """Faults that were found in too few runs."""
        missed = list[str]()
        for number, fault in enumerate(self.life.faults):
            found = sum(score.found[number].after_s is not None for score in self.scores)
            if found < fault.found_share * len(self.scores):
                wanted = round(fault.found_share * len(self.scores))
                missed.append(
                    f"{fault.what}: found within {span(fault.within_s)} in {found} of {len(self.scores)}"
                    f" (wanted: {wanted})"
                )
        return missed

    @property
    def right(self) -> bool:
        """Whether the bounds hold."""
        return not self.missed and self.false_a_week <= self.life.false_a_week

    def lines(self) -> Iterator[str]:
        """What to print."""
        life, seeds = self.life, ", ".join(str(score.seed) for score in self.scores)
        yield f"{'ok  ' if self.right else 'BAD '} {life.name} ({life.weeks:g} weeks, seeds {seeds})"
        yield f"       true: {life.about}"
        for number, fault in enumerate(life.faults):
            after = sorted(once for score in self.scores if (once := score.found[number].after_s) is not None)
            when = f"said after {span(after[len(after) // 2])}, at most {span(after[-1])}" if after else "never said"
            found = f"found {len(after)} of {len(self.scores)}, wanted within {span(fault.within_s)}"
            yield f"      fault: {fault.what}: {when}; {found}"
        yield f"      false: {self.false_a_week:.2f} a week (at most {life.false_a_week:.2f}), {self.false} in all"
        told = [(score.seed, verdict) for score in self.scores for verdict in score.false]
        for seed, (said, why) in told[:MOST_TOLD]:
            lasted = span(said.last - said.begin)
            yield f"             {said.claim}, {days(said.begin)} for {lasted}: {why} (seed {seed})"
        if len(told) > MOST_TOLD:
            yield f"             and {len(told) - MOST_TOLD} more"
        yield from (f"     missed: {missed}" for missed in self.missed)


def span(seconds: float) -> str:
    """A span of time, such as `35 min` or `2.5 d`."""
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.3g} {unit}"
    return f"{seconds:.3g} s"
