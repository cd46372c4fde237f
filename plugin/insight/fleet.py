"""The state of each instance of a fleet: running, left or dead."""

from __future__ import annotations

from collections.abc import Sequence

from plugin.insight.absences import is_silent
from plugin.insight.scales import CRITICAL, UNKNOWN, WARNING, WELL
from plugin.insight.vitals import read_vitals
from plugin.model import InstanceSeen, Severity
from plugin.model.past import Fleet, InstanceHealth, InstanceState


def judge_fleet(instances: Sequence[InstanceSeen], now: float, beat_s: float) -> Fleet:
    """Every instance with its state; a heartbeat is due every `beat_s` seconds, or as rarely as a status says.

    A dead one is critical, or a warning if others run all of its shards by now.
    """
    lives = [(seen, _life(seen, now, beat_s)) for seen in instances]
    running = {shard for seen, life in lives if life is InstanceState.RUNS for shard in seen.shards}
    judged = [_judge(seen, life, bool(seen.shards) and running.issuperset(seen.shards)) for seen, life in lives]
    judged.sort(key=lambda health: (-health.severity, health.seen.name))  # dead, running, left
    return Fleet(max((health.severity for health in judged), default=UNKNOWN), tuple(judged))


def _life(seen: InstanceSeen, now: float, beat_s: float) -> InstanceState:
    if seen.left is not None:
        return InstanceState.LEFT
    due_s = max(beat_s, read_vitals(seen.status).every_s or 0.0)
    return InstanceState.DEAD if is_silent(seen.last_seen, now, due_s) else InstanceState.RUNS


def _judge(seen: InstanceSeen, life: InstanceState, covered: bool) -> InstanceHealth:
    severities: dict[InstanceState, Severity] = {
        InstanceState.RUNS: WELL,
        InstanceState.LEFT: UNKNOWN,
        InstanceState.DEAD: WARNING if covered else CRITICAL,
    }
    return InstanceHealth(seen, life, covered and life is not InstanceState.RUNS, severities[life])
