"""Discord's checks of application commands before it registers them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from .primitives import Payload
from .refusals import Form, Refusal

Path = tuple[str | int, ...]

MAXIMUM_COMMANDS = 100
MAXIMUM_CONTEXT_MENU_COMMANDS = 15
COMMAND_CHARACTERS = 8_000
SUBCOMMAND, SUBCOMMAND_GROUP = 1, 2
CHAT_INPUT = 1
_OPTION_TYPES = range(1, 12)
_TYPES_WITH_CHOICES = (3, 4, 10)


def command_type(command: Payload) -> int:
    """1 chat input (the default), 2 user, 3 message."""
    return int(command.get("type") or CHAT_INPUT)


def check_bulk(commands: Sequence[Payload]) -> None:
    """Raise Refusal if Discord would refuse the list of commands as a whole."""
    check_count(commands)
    form = Form()
    seen: set[tuple[int, Any]] = set()
    for index, command in enumerate(commands):
        _check_command(form, (index,), command)
        key = command_type(command), command.get("name")
        if key in seen:
            form.error(
                (index, "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique"
            )
        seen.add(key)
    form.refuse_if_invalid()


def check_count(commands: Sequence[Payload]) -> None:
    """Raise Refusal for more commands than Discord allows: 100 chat input, 15 user and 15 message commands (30032)."""
    for kind in (1, 2, 3):
        maximum = MAXIMUM_COMMANDS if kind == CHAT_INPUT else MAXIMUM_CONTEXT_MENU_COMMANDS
        if sum(command_type(command) == kind for command in commands) > maximum:
            raise Refusal(400, 30_032, f"Maximum number of application commands reached ({maximum}).")


def check_command(command: Payload) -> None:
    """Raise Refusal if Discord would refuse the command."""
    form = Form()
    _check_command(form, (), command)
    form.refuse_if_invalid()


def _check_command(form: Form, path: Path, command: Payload) -> None:
    if command_type(command) == CHAT_INPUT:
        _check_name(form, (*path, "name"), command.get("name"))
        form.text((*path, "description"), command.get("description"), 100, required=True)
        _check_options(form, path, command, depth=0)
    else:
        form.text((*path, "name"), command.get("name"), 32, required=True)
        if command.get("description"):
            form.error(
                (*path, "description"),
                "APPLICATION_COMMAND_DESCRIPTION_NOT_ALLOWED",
                "Context menu commands cannot have a description",
            )
    if _characters(command) > COMMAND_CHARACTERS:
        form.error(path, "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({COMMAND_CHARACTERS})")


def _check_name(form: Form, path: Path, name: Any) -> None:
    if not form.text(path, name, 32, required=True):
        return
    if name != name.lower() or not all(_allowed(character) for character in name):
        form.error(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _allowed(character: str) -> bool:
    # ^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$: the two scripts include their combining marks.
    if character in "-_'" or unicodedata.category(character)[0] in "LN":
        return True
    return "\u0900" <= character <= "\u097f" or "\u0e00" <= character <= "\u0e7f"


def _check_options(form: Form, path: Path, parent: Payload, depth: int) -> None:
    options = form.sequence((*path, "options"), parent.get("options"), 25)
    names: set[Any] = set()
    optional_seen = False
    for index, option in enumerate(options):
        option_path = (*path, "options", index)
        _check_option(form, option_path, option, depth)
        if option.get("name") in names:
            form.error(
                (*option_path, "name"), "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists"
            )
        names.add(option.get("name"))
        if option.get("required") and optional_seen:
            form.error(
                option_path,
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            )
        optional_seen = optional_seen or not option.get("required")
    kinds = {option.get("type") in (SUBCOMMAND, SUBCOMMAND_GROUP) for option in options}
    if len(kinds) > 1:
        form.error(
            (*path, "options"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-commands and options cannot be mixed"
        )


def _check_option(form: Form, path: Path, option: Payload, depth: int) -> None:
    kind = option.get("type")
    _check_name(form, (*path, "name"), option.get("name"))
    form.text((*path, "description"), option.get("description"), 100, required=True)
    if kind not in _OPTION_TYPES:
        form.error((*path, "type"), "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}.")
    elif kind in (SUBCOMMAND, SUBCOMMAND_GROUP):
        # Groups are allowed only at the top, subcommands at the top or in a group.
        if depth >= (1 if kind == SUBCOMMAND_GROUP else 2):
            form.error(
                (*path, "type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command option nested too deep"
            )
        else:
            _check_options(form, path, option, 1 if kind == SUBCOMMAND_GROUP else 2)
    else:
        _check_choices(form, path, option)


def _check_choices(form: Form, path: Path, option: Payload) -> None:
    choices = form.sequence((*path, "choices"), option.get("choices"), 25)
    if choices and option.get("autocomplete"):
        form.error(
            (*path, "autocomplete"),
            "APPLICATION_COMMAND_AUTOCOMPLETE_WITH_CHOICES",
            "Autocomplete and choices exclude each other",
        )
    if choices and option.get("type") not in _TYPES_WITH_CHOICES:
        form.error((*path, "choices"), "APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID", "This option type has no choices")
    for index, choice in enumerate(choices):
        form.text((*path, "choices", index, "name"), choice.get("name"), 100, required=True)
        value = choice.get("value")
        if option.get("type") == 3:
            form.text((*path, "choices", index, "value"), value, 100, required=True)
        elif isinstance(value, bool) or not isinstance(value, int | float):
            form.error((*path, "choices", index, "value"), "NUMBER_TYPE_COERCE", f"Value {value!r} is not a number.")


def _characters(command: Payload) -> int:
    """Names, descriptions and choice values, each with the longest of its translations."""
    total = _longest(command, "name") + _longest(command, "description")
    for choice in command.get("choices") or ():
        total += _longest(choice, "name") + len(str(choice.get("value")))
    return total + sum(_characters(option) for option in command.get("options") or ())


def _longest(part: Payload, key: str) -> int:
    translations: Payload = part.get(f"{key}_localizations") or {}
    return max(len(str(text or "")) for text in (part.get(key), *translations.values()))
