"""Rules about background work: tasks that stopped, fail or pile up, and listeners that raise."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from plugin.insight.rule import Look, Rule, with_example
from plugin.insight.scales import WARNING, WELL, is_lately
from plugin.insight.tasks import OFTEN
from plugin.model import ErrorGroup, Finding, ListenerSnapshot, Subject, SubjectKind, TaskHealth, TaskKind
from plugin.words import failure, function, lasting, titled


def _stopped(look: Look) -> Iterator[Finding]:
    for judged in look.health.tasks:
        group = judged.group
        if group.stopped is not None:
            sentence = f"{titled('task', group.name)} will not run again{_cause(group.error)}"
            yield _of_task("task_stopped", judged, sentence, group.stopped_at or look.snapshot.at)


def _failing(rule: str, kind: TaskKind, describe: Callable[[str], str]) -> Callable[[Look], Iterator[Finding]]:
    """Find tasks of a kind that failed within the last hour and may run again."""

    def find(look: Look) -> Iterator[Finding]:
        for judged in look.health.tasks:
            group, error = judged.group, judged.group.error
            if group.kind is kind and group.stopped is None and error and is_lately(error.last_seen, look.snapshot.at):
                found = _of_task(rule, judged, f"{describe(group.name)} failed{_cause(error)}", error.last_seen)
                yield found._replace(until=error.last_seen)

    return find


def _piling_up(look: Look) -> Iterator[Finding]:
    for judged in look.health.tasks:
        growth = judged.growth
        if growth is not None:
            grown = f"{growth.before:,} to {growth.now:,} in {lasting(look.snapshot.at - growth.since)}"
            sentence = f"tasks of {function(judged.group.name)} piling up: {grown}"
            yield _of_task("tasks_piling_up", judged, sentence, growth.since)._replace(
                value=growth.now, evidence=(("before", growth.before),)
            )


def _of_task(rule: str, judged: TaskHealth, sentence: str, since: float) -> Finding:
    subject = Subject(SubjectKind.TASK, judged.group.name)
    return Finding(rule, subject, WARNING, sentence, since, value=judged.group.died, look_at="/health")


def _listeners(look: Look) -> Iterator[Finding]:
    for judged in look.health.listeners:
        if judged.severity > WELL:
            listener = judged.listener
            yield Finding(
                "listener_failing",
                Subject(SubjectKind.LISTENER, listener.name),
                WARNING,
                _raising(listener, look.snapshot.at),
                listener.latest[-OFTEN],
                listener.latest[-1],
                value=listener.failures,
                look_at="/health",
            )


def _raising(listener: ListenerSnapshot, at: float) -> str:
    span = lasting(at - listener.latest[-OFTEN])
    return f"{titled('listener', function(listener.name))} failed {OFTEN} times in {span}{_cause(listener.error)}"


def _cause(error: ErrorGroup | None) -> str:
    return "" if error is None else f": {failure(error)}"


TASK_RULES = (
    Rule("task_stopped", _stopped, with_example("tasks will not run again", ago=True)),
    Rule(
        "scheduled_task_failed",
        _failing("scheduled_task_failed", TaskKind.SCHEDULED, lambda name: titled("task", name)),
        with_example("scheduled tasks failed recently", ago=True),
    ),
    Rule(
        "task_failed",
        _failing("task_failed", TaskKind.ASYNCIO, lambda name: f"a task of {function(name)}"),
        with_example("kinds of tasks failed recently", ago=True),
    ),
    Rule("tasks_piling_up", _piling_up, with_example("kinds of tasks piling up")),
    Rule("listener_failing", _listeners, with_example("listeners fail often")),
)
