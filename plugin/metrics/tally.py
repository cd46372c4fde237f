"""Failures beside commands, counted since boot, as history wants them: what was added since it was told last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from plugin.metrics.batches import by_group
from plugin.metrics.increases import Increases
from plugin.model import HELD_THE_LOOP, BackgroundSnapshot, CommandKey, CommandKind, ErrorDelta, ErrorGroup, LoopBlock


class NewFailures:
    """Remembers how often each group was met, and so knows what each look added."""

    def __init__(self) -> None:
        self._increases = Increases[object]()

    def since(self, found: Iterable[ErrorDelta]) -> list[ErrorDelta]:
        """The groups with what was added to them; one that counts less than before has begun anew."""
        groups = by_group(found)
        self._increases.keep(groups)
        added: list[ErrorDelta] = []
        for key, error in groups.items():
            increase = self._increases.since(key, error.group.count, begins_anew=True)
            if increase:
                added.append(error._replace(group=replace(error.group, count=int(increase))))
        return added


def failures_beside(background: BackgroundSnapshot | None, blocks: Iterable[LoopBlock] = ()) -> Iterator[ErrorDelta]:
    """The failures of tasks and listeners, and what held the loop, by what failed or ran."""
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
