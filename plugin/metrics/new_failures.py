"""Failures outside commands, counted since the start; for history, what each look adds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from plugin.metrics.batches import error_key, grouped_errors, merged_error
from plugin.metrics.increases import Increases
from plugin.model import HELD_THE_LOOP, BackgroundSnapshot, CommandKey, CommandKind, ErrorDelta, ErrorGroup, LoopBlock


class NewFailures:
    """Turns counts since the start into what was added since the last look."""

    def __init__(self) -> None:
        self._increases = Increases[object]()

    def since(self, found: Iterable[ErrorDelta]) -> list[ErrorDelta]:
        """The groups that grew, with what was added.

        A group whose first failure is another one, or whose count fell, was forgotten meanwhile, and counts from 0.
        """
        groups: dict[object, ErrorDelta] = {}
        for error in found:
            key = error_key(error), error.group.first_seen
            groups[key] = merged_error(groups[key], error) if key in groups else error
        self._increases.keep(groups)
        added: list[ErrorDelta] = []
        for key, error in groups.items():
            increase = self._increases.since(key, error.group.count, begins_anew=True)
            if increase:
                added.append(error._replace(group=replace(error.group, count=int(increase))))
        return list(grouped_errors(added).values())


def other_failures(background: BackgroundSnapshot | None, blocks: Iterable[LoopBlock] = ()) -> Iterator[ErrorDelta]:
    """Failures of tasks and listeners, and blocks of the event loop, as errors of background work."""
    for task in background.tasks if background else ():
        if task.error is not None:
            yield _failure(f"{task.kind.value} task {task.name}", task.error)
    for listener in background.listeners if background else ():
        yield _failure(f"listener {listener.name}", listener.error)
    for block in blocks:
        group = ErrorGroup(HELD_THE_LOOP, block.place, block.count, block.first_seen, block.last_seen)
        yield _failure(block.what or "something unknown", group)


def _failure(name: str, group: ErrorGroup) -> ErrorDelta:
    return ErrorDelta(CommandKey(CommandKind.BACKGROUND, name, None), group)
