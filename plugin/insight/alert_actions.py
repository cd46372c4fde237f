"""What people did with an alert, of everything that they did."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Iterator, Sequence

from plugin.model import Incident, Subject
from plugin.model.alert_actions import ActionKind, AlertAction, AlertPeople


def fingerprints(incident: Incident) -> tuple[str, ...]:
    """What an incident is about: the same on every instance, and when it comes back."""
    return tuple(dict.fromkeys(_fingerprint(*finding.identity) for finding in incident.findings))


@functools.lru_cache(maxsize=1000)
def _fingerprint(rule: str, subject: Subject) -> str:
    told = "\0".join((rule, subject.kind.value, subject.name))
    return hashlib.blake2b(told.encode(errors="surrogatepass"), digest_size=8).hexdigest()


def people_of(incident: Incident, actions: Sequence[AlertAction], now: float) -> AlertPeople:
    """What people did with an incident, of all actions, oldest first; `now` in Unix seconds."""
    mine = [one for one in actions if one.incident == incident.id and one.at >= incident.since]
    acknowledged = next(_of(mine, ActionKind.ACKNOWLEDGED), None)
    own = next(_of(reversed(mine), ActionKind.SILENCED), None)
    silence = own if own is not None and _holds(own, now) else _covering(incident, actions, now)
    expired = own is not None and own.until is not None and own.at < own.until <= now
    return AlertPeople(acknowledged, silence, own if expired else None, tuple(_of(mine, ActionKind.NOTE)))


def _of(actions: Iterable[AlertAction], kind: ActionKind) -> Iterator[AlertAction]:
    return (action for action in actions if action.kind is kind)


def _holds(silence: AlertAction, now: float) -> bool:
    return silence.until is None or now < silence.until


def _covering(incident: Incident, actions: Sequence[AlertAction], now: float) -> AlertAction | None:
    """The latest of the silences that together are about all of an incident; None where a part is not silenced."""
    if incident.left_out:
        return None
    silences = [one for one in _of(actions, ActionKind.SILENCED) if one.until is not None or one.is_told]
    latest = {about: one for one in silences for about in one.about}
    found = [latest.get(about) for about in fingerprints(incident)]
    holding = [one for one in found if one is not None and _holds(one, now)]
    return max(holding, key=lambda one: one.at) if len(holding) == len(found) else None
