"""Lines that tell why a command failed or refused."""

from __future__ import annotations

from plugin.display import numbers, text
from plugin.model import Denials, ErrorGroup

COUNT_CELLS = 8


def error_lines(group: ErrorGroup, indent: str = "   ") -> list[str]:
    """Type and count of failures, and below it the place, indented."""
    times = f" ×{numbers.short_count(group.count)}"
    kind = text.name(_class_name(group.type), text.LINE_CELLS - len(indent) - text.cells(times))
    return [f"{indent}{kind}{times}", *_place(group, f"{indent}  ")]


def _place(group: ErrorGroup, indent: str) -> list[str]:
    if group.place is None:
        return []
    where = f"{text.clean(group.place.file)}:{group.place.line}"
    return [f"{indent}{text.isolated(text.clip_start(where, text.LINE_CELLS - len(indent)))}"]


def denial_line(denials: Denials) -> str:
    """How many refusals there were for one reason."""
    reason = text.name(_class_name(denials.reason), text.LINE_CELLS - COUNT_CELLS - 2)
    return f"{numbers.count_in(COUNT_CELLS, denials.count)}  {reason}"


def _class_name(qualified: str) -> str:
    """The name of a class without its modules."""
    return qualified.rpartition(".")[2] or qualified
