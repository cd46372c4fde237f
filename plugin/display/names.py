"""Labels of commands, and finding commands by them."""

from __future__ import annotations

import heapq
from collections.abc import Container, Iterable, Sequence
from itertools import takewhile

from plugin.display import text
from plugin.model import CommandKey, CommandKind, CommandSnapshot

SLASH = CommandKind.SLASH
INLINE_CELLS = 40
WITHOUT_COG = "(no cog)"
CHOICE_CHARACTERS = 100
"""Discord's limit for the name and value of a choice."""


def command_label(key: CommandKey) -> str:
    """`/shop buy`, `ping (prefix)`, `Inspect (user)`, `Translate (message)`; cleaned, not shortened."""
    return _label(key.kind, text.clean(key.name))


def _label(kind: CommandKind, name: str) -> str:
    if kind is SLASH:
        return f"/{name}"
    return name if kind is CommandKind.BACKGROUND else f"{name} ({kind.value})"


def short_label(key: CommandKey, width: int) -> str:
    """The label within `width` cells for a code block; a long name is cut, the kind stays."""
    if key.kind is SLASH:
        return text.name(command_label(key), width)
    kind = "" if key.kind is CommandKind.BACKGROUND else f" ({key.kind.value})"
    return f"{text.name(key.name, width - len(kind))}{kind}"


def inline_label(key: CommandKey) -> str:
    """The label for running text, as inline code."""
    return f"`{short_label(key, INLINE_CELLS)}`"


class CogNames:
    """The names of cogs that are shown together, without the packages that they share."""

    def __init__(self, names: Iterable[str | None]) -> None:
        packages = [name.split(".")[:-1] for name in {*names} - {None} if name is not None]
        alike = takewhile(lambda parts: len({*parts}) == 1, zip(*packages, strict=False)) if len(packages) > 1 else ()
        self._shared = "".join(f"{part}." for part, *_ in alike)

    def __call__(self, name: str | None, width: int = text.LINE_CELLS) -> str:
        """The name within `width` cells, for a module its end; a phrase for commands without a cog."""
        if name is None:
            return WITHOUT_COG
        shown = name.removeprefix(self._shared)
        is_module = all(map(str.isidentifier, shown.split(".")))
        return text.name_end(shown, width) if is_module else text.name(shown, width)


def find_command(commands: Sequence[CommandSnapshot], typed: str) -> CommandSnapshot | None:
    """The command with this choice, label or bare name, in any case, or None."""
    named = _by_choice(commands)
    if typed in named:
        return named[typed][1]
    wanted = folded(typed)
    found = [
        command
        for choice, (name, command) in named.items()
        if wanted == name.casefold() or (wanted in choice.casefold() and wanted == folded(choice))
    ]
    return max(found, key=_invocations, default=None)


def command_choices(commands: Sequence[CommandSnapshot], typed: str, limit: int = 25) -> list[str]:
    """Completions of the typed text: those that begin with it, then those that contain it, most used first."""
    wanted = folded(typed)
    found: list[tuple[bool, int, str]] = []
    for choice, (_, command) in _by_choice(commands).items():
        position = choice.removeprefix("/").casefold().find(wanted)
        if position >= 0:
            found.append((position > 0, -sum(command.outcomes), choice))
    return [choice for _, _, choice in heapq.nsmallest(limit, found)]


def _by_choice(commands: Iterable[CommandSnapshot]) -> dict[str, tuple[str, CommandSnapshot]]:
    """Name and command by a unique choice: the label, if needed with the cog or a number."""
    named: dict[str, tuple[str, CommandSnapshot]] = {}
    for command in commands:
        kind, name, cog = command.key
        name = text.clean(name)
        label = _label(kind, name)
        choice = label[:CHOICE_CHARACTERS]
        if choice in named:
            choice = _apart(named, label, cog)
        named[choice] = name, command
    return named


def _apart(named: Container[str], label: str, cog: str | None) -> str:
    choice = label[:CHOICE_CHARACTERS] if cog is None else _ending(label, f" · {text.clean(cog)}")
    number = 2
    while choice in named:
        choice = _ending(label, f" #{number}")
        number += 1
    return choice


def _ending(label: str, ending: str) -> str:
    ending = ending[: CHOICE_CHARACTERS // 2]
    return label[: CHOICE_CHARACTERS - len(ending)].rstrip() + ending


def folded_names(commands: Iterable[CommandSnapshot]) -> set[str]:
    """Names under which commands may be typed: bare names and labels, folded."""
    keys = [command.key for command in commands]
    return {folded(name) for key in keys for name in (text.clean(key.name), command_label(key))}


def folded(typed: str) -> str:
    """The typed text without a leading slash, case and extra spaces."""
    return " ".join(typed.split()).removeprefix("/").casefold()


def _invocations(command: CommandSnapshot) -> int:
    return command.invocations
