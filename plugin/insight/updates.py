"""The last update of a bot, found among its starts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from plugin.model import StartSeen

SILENCE_S = 600.0
"""A release without a heartbeat for this long, while another has them, no longer runs."""


class Update(NamedTuple):
    """The last change of the release that runs."""

    release: str
    since: float
    """Unix time in seconds of its first start after the one before."""
    before: str
    before_since: float
    """Unix time in seconds of a start of the one before."""


class Deployment(NamedTuple):
    """A release that began to run."""

    at: float
    """Unix time in seconds."""
    release: str
    before: str
    """The release that ran before it."""


class _Arrival(NamedTuple):
    """A start that brought an instance to another release, or a release that was never seen."""

    release: str
    at: float
    first: bool
    """Whether no instance ran the release just before."""


def last_update(starts: Sequence[StartSeen]) -> Update | None:
    """The last update among the starts of a bot, oldest first; None where all known starts are of one release.

    An update is an instance that changes its release, back to an old one included, or the first start of a release. A
    restart is none, nor a new instance with a release that ran before: instances are updated one after the other, and
    one that crashes meanwhile comes back with the old release. Only where no instance gives a sign of life with the
    newer release any more have new instances brought the old one back.
    """
    arrivals = list(_arrivals(starts))
    if not arrivals:
        return None
    release = arrivals[-1].release
    run = next((i for i in range(len(arrivals) - 1, -1, -1) if arrivals[i].release != release), -1) + 1
    since = max((arrival.at for arrival in arrivals if arrival.release == release and arrival.first), default=0.0)
    since = since or arrivals[run].at
    back = _brought_back(starts, release, since)
    if back is not None:
        release, since = back.release, back.at
    before = next((start for start in reversed(starts) if start.at < since and start.release != release), None)
    if before is None:
        return None
    begun = min(start.at for start in starts if start.release == before.release)
    return Update(release, since, before.release, begun)


def deployments(starts: Sequence[StartSeen]) -> list[Deployment]:
    """Every change of the release among the starts of a bot, oldest first; of several instances the first to change."""
    found: list[Deployment] = []
    running = starts[0].release if starts else ""
    for arrival in _arrivals(starts):
        if arrival.first and arrival.release != running:
            found.append(Deployment(arrival.at, arrival.release, running))
            running = arrival.release
    return found


def _arrivals(starts: Sequence[StartSeen]) -> Iterator[_Arrival]:
    runs: dict[str, str] = {}
    instances: Counter[str] = Counter()
    met: set[str] = set()
    for start in starts:
        was = runs.get(start.instance)
        if (was is None and start.release not in met and met) or (was is not None and was != start.release):
            yield _Arrival(start.release, start.at, not instances[start.release])
        if was is not None:
            instances[was] -= 1
        instances[start.release] += 1
        runs[start.instance] = start.release
        met.add(start.release)


def _brought_back(starts: Sequence[StartSeen], release: str, since: float) -> StartSeen | None:
    """The first start of an older release by a new instance, where it alone lives on."""
    last_sign = max(start.last_seen for start in starts if start.release == release)
    known = {start.instance for start in starts if start.at <= since}
    newcomers = [start for start in starts if start.release != release and start.instance not in known]
    living = [start for start in newcomers if start.last_seen > last_sign + SILENCE_S]
    if not living:
        return None
    return next(start for start in newcomers if start.release == living[-1].release)
