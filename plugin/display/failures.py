"""Lines about errors and denials of a command."""

from __future__ import annotations

from plugin.display import numbers, text
from plugin.model import Denials, ErrorGroup, ErrorHistory, Place, Spans

COUNT_CELLS = 8
RELEASE_CELLS = 12


def error_lines(group: ErrorGroup | ErrorHistory, indent: str = "   ", *, function: bool = False) -> list[str]:
    """Type and count of an error, with its indented place below, and optionally the function."""
    lines = group_lines(group.type, group.place, group.count, indent)
    if function and group.place is not None:
        lines.append(f"{indent}  in {text.name(group.place.function, text.LINE_CELLS - len(indent) - 5)}")
    return lines


def group_lines(kind: str, place: Place | None, count: int, indent: str = "   ") -> list[str]:
    """The same for an error that was counted elsewhere."""
    times = f" ×{numbers.short_count(count)}"
    shown = text.name(_class_name(kind), text.LINE_CELLS - len(indent) - text.cells(times))
    return [f"{indent}{shown}{times}", *_place(place, f"{indent}  ")]


def _place(place: Place | None, indent: str) -> list[str]:
    if place is None:
        return []
    where = f"{text.clean(place.file)}:{place.line}"
    return [f"{indent}{text.isolated(text.clip_start(where, text.LINE_CELLS - len(indent)))}"]


def history_lines(
    group: ErrorHistory, spans: Spans, at: float, indent: str = "   ", *, function: bool = False
) -> list[str]:
    """The same, with the time and release of its first and last occurrence and the number of commands."""
    inner = f"{indent}  "
    new = "new, " if spans.since is not None and spans.since < spans.start <= group.first_seen else ""
    lines = [
        f"{inner}{new}{'first ' if not new else ''}{numbers.ago(at - group.first_seen)}{_release(group.first_release)}"
    ]
    if group.last_seen > group.first_seen:
        lines.append(f"{inner}last {numbers.ago(at - group.last_seen)}{_release(group.last_release)}")
    if len(group.commands) > 1:
        lines.append(f"{inner}in {numbers.plural(len(group.commands), 'command')}")
    return [*error_lines(group, indent, function=function), *(text.clip(line, text.LINE_CELLS) for line in lines)]


def _release(name: str) -> str:
    return f", {text.name(name, RELEASE_CELLS)}"


def denial_line(denials: Denials) -> str:
    """The number of denials for one reason."""
    reason = text.name(_class_name(denials.reason), text.LINE_CELLS - COUNT_CELLS - 2)
    return f"{numbers.count_in(COUNT_CELLS, denials.count)}  {reason}"


def _class_name(qualified: str) -> str:
    """The name of a class without its module."""
    return qualified.rpartition(".")[2] or qualified
