"""What rules can be about, by name: measures of commands, and findings."""

from __future__ import annotations

from typing import NamedTuple

from plugin.histogram import TICK_NS

SHARE = "share"
"""The kind of a measure that is a part of a number, in percent."""
_TIMES = f"histogram/{TICK_NS / 1e6}"
"""Times whose finest bucket is one tick, in milliseconds."""

ANY = ""
COMMAND, TASK, SHARD = "command", "task", "shard"


class CommandMeasure(NamedTuple):
    """A measure that every command has."""

    kind: str
    """`counter`, `share`, or `histogram/` and its resolution."""
    unit: str
    phrase: str
    """What a sentence calls it; empty where its unit says it."""


COMMAND_MEASURES = {
    "invocations": CommandMeasure("counter", "{invocation}", ""),
    "errors": CommandMeasure("counter", "{error}", ""),
    "denials": CommandMeasure("counter", "{denial}", ""),
    "error_rate_percent": CommandMeasure(SHARE, "%", "error rate"),
    "answer_time_ms": CommandMeasure(_TIMES, "ms", "answer time"),
    "deferred_answer_time_ms": CommandMeasure(_TIMES, "ms", "answer time after deferring"),
}
"""By name."""


class FindingKind(NamedTuple):
    """What can be said of findings of one rule."""

    subject: str = ANY
    """`command`, `task` or `shard` where a rule can choose one; empty where there is nothing to choose."""
    lasts: bool = True
    """Whether it stands for some time, and did not only happen."""


_MOMENT = FindingKind(lasts=False)

FINDINGS = {
    "memory": FindingKind(),
    "cpu": FindingKind(),
    "error_rate": FindingKind(COMMAND),
    "slow_command": FindingKind(COMMAND),
    "slow_deferred_answer": FindingKind(COMMAND),
    "deadline_missed": FindingKind(COMMAND, lasts=False),
    "slower": FindingKind(COMMAND),
    "failing_more": FindingKind(COMMAND),
    "new_error": _MOMENT,
    "regressed_error": _MOMENT,
    "memory_growth": FindingKind(),
    "shard_disconnected": FindingKind(SHARD),
    "shard_deaf": FindingKind(SHARD),
    "few_logins": FindingKind(),
    "invalid_requests": FindingKind(),
    "discord_failing": FindingKind(),
    "rate_limited": FindingKind(),
    "rate_limit_wait": FindingKind(),
    "task_stopped": FindingKind(TASK),
    "scheduled_task_failed": FindingKind(TASK, lasts=False),
    "task_failed": FindingKind(TASK, lasts=False),
    "tasks_piling_up": FindingKind(TASK),
    "listener_failing": _MOMENT,
    "loop_blocked": _MOMENT,
    "unclean_shutdown": _MOMENT,
    "instance_lost": FindingKind(),
    "monitor_errors": _MOMENT,
    "monitor_dropped": _MOMENT,
    "voice_channel_left": FindingKind(),
    "activity_farm": _MOMENT,
    "activity_volume": _MOMENT,
    "economy_volume": _MOMENT,
    "economy_dupe": _MOMENT,
    "economy_leak": _MOMENT,
}
"""Every finding that is no good news, and no bound of an operator's own, by the name of its rule."""
