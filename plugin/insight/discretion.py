"""Records for readers without details: the same numbers, with neutral names for code, errors and hosts.

Records are changed before they are judged and drawn, so that no sentence, list or chart can leak a detail.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from plugin.insight.discreet_findings import finding_shown
from plugin.insight.pseudonyms import ERROR, INSTANCE, RELEASE, WORK, Pseudonyms
from plugin.model import (
    BackgroundSnapshot,
    BootSeen,
    CommandKey,
    CommandKind,
    CommandSnapshot,
    Denials,
    ErrorCourse,
    ErrorGroup,
    ErrorHistory,
    InstanceSeen,
    InteractionKey,
    InteractionKind,
    InteractionSnapshot,
    LoopBlock,
    MonitorState,
    Place,
    ReleaseSeen,
    Snapshot,
    StartSeen,
    SubjectKind,
    TaskGroupSnapshot,
    TaskKind,
    VoiceSnapshot,
)
from plugin.words import label

EVENT = "an event"
OWNERS_SEE_IT = "the bot's owners see what to look at"
COMMANDS_A_STEP = 100


def withholding(snapshot: Snapshot, names: Pseudonyms) -> Generator[None, None, Snapshot]:
    """A snapshot without details; yields so that other work can run in between."""
    commands: list[CommandSnapshot] = []
    for number, command in enumerate(snapshot.commands, 1):
        commands.append(_command(command, names))
        if number % COMMANDS_A_STEP == 0:
            yield
    labels = {label(command.key) for command in commands}
    yield
    loop, background = snapshot.loop, snapshot.background
    return replace(
        snapshot,
        commands=tuple(commands),
        loop=loop and loop._replace(blocks=tuple(_block(block, labels) for block in loop.blocks)),
        background=background and _background(background, names),
        findings=tuple(finding_shown(finding, names) for finding in snapshot.findings),
        interactions=tuple(_interaction(handler, names) for handler in snapshot.interactions),
        monitor=_monitor(snapshot.monitor, names),
        voice=snapshot.voice and _voice(snapshot.voice, names),
    )


def _voice(voice: VoiceSnapshot, names: Pseudonyms) -> VoiceSnapshot:
    left = (one._replace(channel_id=names.of(SubjectKind.CHANNEL.value, one.channel_id)) for one in voice.left)
    return voice._replace(left=tuple(left))


def without_details(snapshot: Snapshot, names: Pseudonyms) -> Snapshot:
    """The same in one step."""
    steps = withholding(snapshot, names)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def _command(command: CommandSnapshot, names: Pseudonyms) -> CommandSnapshot:
    stages = command.stages
    if stages is not None and stages.places:
        command = command._replace(stages=stages._replace(places=()))
    if command.errors or command.denials:
        errors = tuple(_error(group, names) for group in command.errors)
        command = command._replace(errors=errors, denials=tuple(map(_denials, command.denials)))
    return command


def _denials(denials: Denials) -> Denials:
    """The exception class tells users the reason; only its module is a detail."""
    return replace(denials, reason=denials.reason.rpartition(".")[2])


def _error(group: ErrorGroup, names: Pseudonyms) -> ErrorGroup:
    return replace(group, type=_kind(group.type, group.place, names), place=None)


def _kind(type: str, place: Place | None, names: Pseudonyms) -> str:
    where = None if place is None else (place.file, place.function)
    return names.of(ERROR, (type, where))


def _block(block: LoopBlock, labels: set[str]) -> LoopBlock:
    return block._replace(what=block.what if block.what in labels else "", place=None, call="")


def _background(background: BackgroundSnapshot, names: Pseudonyms) -> BackgroundSnapshot:
    return background._replace(
        tasks=tuple(_task(task, names) for task in background.tasks),
        listeners=tuple(
            listener._replace(
                event=EVENT, name=names.of("listener", listener.name), error=_error(listener.error, names)
            )
            for listener in background.listeners
        ),
    )


def _task(task: TaskGroupSnapshot, names: Pseudonyms) -> TaskGroupSnapshot:
    noun = "task" if task.kind is TaskKind.SCHEDULED else "function"
    error = None if task.error is None else _error(task.error, names)
    return task._replace(name=names.of(noun, task.name), place=None, error=error)


def _interaction(handler: InteractionSnapshot, names: Pseudonyms) -> InteractionSnapshot:
    kind, name = handler.key
    if kind is not InteractionKind.AUTOCOMPLETE:
        name = names.of("handler", name)
    return handler._replace(key=InteractionKey(kind, name), stages=handler.stages._replace(places=()))


def _monitor(state: MonitorState, names: Pseudonyms) -> MonitorState:
    history = state.history
    if history is not None:
        instance, release = names.of(INSTANCE, history.instance), names.of(RELEASE, history.release)
        warnings = (OWNERS_SEE_IT,) if history.warnings else ()
        death = history.death and history.death._replace(words="")
        history = history._replace(
            where="", instance=instance, release=release, problem=None, warnings=warnings, hint=None, death=death
        )
    heartbeat = state.heartbeat and state.heartbeat._replace(problem="")
    status = state.status_message and state.status_message._replace(problem="")
    alerting = tuple(one._replace(target="", problem="") for one in state.alerting)
    reports = tuple(one._replace(problem="") for one in state.reports)
    off = dict.fromkeys(state.switched_off, "")
    return replace(
        state,
        history=history,
        heartbeat=heartbeat,
        status_message=status,
        alerting=alerting,
        reports=reports,
        switched_off=off,
    )


def start_seen(seen: StartSeen, names: Pseudonyms) -> StartSeen:
    """A start without details."""
    return seen._replace(instance=names.of(INSTANCE, seen.instance), release=names.of(RELEASE, seen.release))


def instance_seen(seen: InstanceSeen, names: Pseudonyms) -> InstanceSeen:
    """An instance without details."""
    name, release = names.of(INSTANCE, seen.name), names.of(RELEASE, seen.release)
    return seen._replace(name=name, boot="", release=release, status="")


def boot_seen(seen: BootSeen, names: Pseudonyms) -> BootSeen:
    """A process without details."""
    return seen._replace(boot="", release=names.of(RELEASE, seen.release), status="")


def release_seen(seen: ReleaseSeen, names: Pseudonyms) -> ReleaseSeen:
    """A release without details."""
    return seen._replace(name=names.of(RELEASE, seen.name))


def error_history(group: ErrorHistory, names: Pseudonyms) -> ErrorHistory:
    """Failures without details."""
    return group._replace(
        type=_kind(group.type, group.place, names),
        place=None,
        first_release=names.of(RELEASE, group.first_release),
        last_release=names.of(RELEASE, group.last_release),
        commands=tuple(_key(key, names) for key in group.commands),
    )


def error_course(course: ErrorCourse, names: Pseudonyms) -> ErrorCourse:
    """The same over time."""
    points = tuple(point._replace(command=_key(point.command, names)) for point in course.points)
    return course._replace(group=error_history(course.group, names), points=points)


def _key(key: CommandKey, names: Pseudonyms) -> CommandKey:
    return key if key.kind is not CommandKind.BACKGROUND else key._replace(name=names.of(WORK, key.name), cog=None)
