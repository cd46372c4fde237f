"""Which instances are lost for sure: others of the fleet tell people of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from plugin.model import Finding, Subject

LOST = "instance_lost"
NEWS_S = 86_400.0
"""One that was lost longer ago, while nobody told of it, is not missed any more."""


class LostInstances:
    """Takes an instance for lost once two looks have found it so, without a heartbeat in between.

    One look can be wrong: when a database has been away, one instance may read before another writes again; and a clock
    that is late makes an instance look silent that is not.
    """

    def __init__(self, standing: Callable[[], Iterable[Finding]]) -> None:
        """`standing` returns the findings that stand, over a restart too: nobody doubts those again."""
        self._standing = standing
        self._found: dict[Subject, float] = {}
        """When those were last seen that the last look found lost."""
        self.are_doubtful = False
        """Whether another look must tell."""

    def sure(self, found: Iterable[Finding], now: float) -> Sequence[Finding]:
        """Of all findings of a look, at a time in Unix seconds, those that hold."""
        held: list[Finding] = []
        known, self._found, self.are_doubtful = self._found, {}, False
        standing = {finding.subject: finding.since for finding in self._standing() if finding.rule == LOST}
        for finding in found:
            if finding.rule != LOST:
                held.append(finding)
                continue
            subject, since = finding.subject, finding.since
            if subject not in standing and since < now - NEWS_S:
                continue
            self._found[subject] = since
            if since in (known.get(subject), standing.get(subject)):
                held.append(finding)
            else:
                self.are_doubtful = True
        return held
