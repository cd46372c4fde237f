"""Converts a user's input to what Discord sends: option values by the registered schema, and resolved objects."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from .entities import Channel, Member, Role, User
from .messages import Attachment, Message
from .primitives import Payload

if TYPE_CHECKING:
    from .world import World

SUBCOMMAND, SUBCOMMAND_GROUP = 1, 2
STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(3, 12)


@dataclasses.dataclass(slots=True, frozen=True)
class File:
    """A file that a user uploads, as the value of an attachment option."""

    filename: str
    data: bytes
    content_type: str = "application/octet-stream"


class Resolved:
    """Collects the objects whose ids an interaction contains."""

    def __init__(self, world: World, channel: Channel) -> None:
        self._world = world
        self._channel = channel
        self.data: Payload = {}

    def _add(self, kind: str, key: int, payload: Payload) -> str:
        self.data.setdefault(kind, {})[str(key)] = payload
        return str(key)

    def user(self, value: object) -> str:
        user = value.user if isinstance(value, Member) else value
        if isinstance(user, int):
            user = self._world.users.get(user)
        if not isinstance(user, User):
            raise _unfit(value, "a user")
        guild = self._channel.guild
        member = guild.members.get(user.id) if guild is not None else None
        if member is not None:
            partial = {**member.payload(with_user=False), "permissions": str(member.permissions)}
            self._add("members", user.id, partial)
        return self._add("users", user.id, user.payload())

    def channel(self, value: object) -> str:
        channel = self._world.channel(value) if isinstance(value, int) else value
        if not isinstance(channel, Channel):
            raise _unfit(value, "a channel")
        return self._add("channels", channel.id, channel.partial_payload(0))

    def role(self, value: object) -> str:
        roles: Iterable[Role] = self._channel.guild.roles if self._channel.guild is not None else ()
        role = next((role for role in roles if role is value or role.id == value), None)
        if role is None:
            raise _unfit(value, "a role")
        return self._add("roles", role.id, role.payload())

    def mentionable(self, value: object) -> str:
        return self.role(value) if isinstance(value, Role) else self.user(value)

    def message(self, message: Message) -> str:
        return self._add("messages", message.id, message.payload())

    def attachment(self, value: object) -> str:
        if isinstance(value, bytes):
            value = File("file.bin", value)
        if isinstance(value, File):
            value = self._world.attach(self._channel, value.filename, value.content_type, value.data)
        if not isinstance(value, Attachment):
            raise _unfit(value, "a file")
        return self._add("attachments", value.id, {**value.payload(), "ephemeral": True})


def _unfit(value: object, wanted: str) -> TypeError:
    return TypeError(f"{value!r} is not {wanted}")


def find_command(commands: Iterable[Payload], qualified_name: str, kind: int = 1) -> tuple[Payload, list[Payload]]:
    """The registered command and the subcommand path of a qualified name such as "shop buy".

    Raises:
        LookupError: if no such command is registered; the message lists the registered ones.
    """
    registered = [command for command in commands if command["type"] == kind]
    # The names of user and message commands may contain blanks.
    names = qualified_name.split(" ") if kind == 1 else [qualified_name]
    for command in registered:
        if command["name"] == names[0]:
            return command, _descend(command, names[1:], qualified_name)
    text = f"{qualified_name!r} is not registered; registered are {sorted(c['name'] for c in registered)}"
    raise LookupError(text)


def _descend(command: Payload, names: list[str], qualified_name: str) -> list[Payload]:
    path: list[Payload] = []
    node = command
    for name in names:
        children = {
            option["name"]: option for option in node.get("options") or () if option["type"] <= SUBCOMMAND_GROUP
        }
        if name not in children:
            text = f"{qualified_name!r} is not registered; {node['name']!r} has {sorted(children)}"
            raise LookupError(text)
        node = children[name]
        path.append(node)
    if any(option["type"] <= SUBCOMMAND_GROUP for option in node.get("options") or ()):
        text = f"{qualified_name!r} is a group; name one of its subcommands"
        raise LookupError(text)
    return path


def command_options(
    command: Payload, path: list[Payload], values: Mapping[str, Any], resolved: Resolved, focused: str | None = None
) -> list[Payload]:
    """The `options` of an interaction: values converted by their schema, nested in subcommands.

    Raises:
        ValueError: if Discord would not let a user send a value, or a required one is missing.
    """
    schema = {option["name"]: option for option in (path[-1] if path else command).get("options") or ()}
    unknown = set(values) - set(schema)
    if unknown:
        text = f"{command['name']!r} has no options {sorted(unknown)}; it has {sorted(schema)}"
        raise ValueError(text)
    for name, option in schema.items():
        if option.get("required") and name not in values and focused is None:
            text = f"{command['name']!r} needs the option {name!r}"
            raise ValueError(text)
    options = [_option(schema[name], value, resolved, focused) for name, value in values.items()]
    for part in reversed(path):
        options = [{"type": part["type"], "name": part["name"], "options": options}]
    return options


def _option(option: Payload, value: Any, resolved: Resolved, focused: str | None) -> Payload:
    if option["name"] == focused:
        # The value being typed need not be valid yet.
        return {"type": option["type"], "name": option["name"], "value": value, "focused": True}
    kind = option["type"]
    typed = _PLAIN[kind](value) if kind in _PLAIN else _RESOLVING[kind](resolved, value)
    _check_limits(option, typed)
    return {"type": kind, "name": option["name"], "value": typed}


def _check_limits(option: Payload, value: Any) -> None:
    choices = [choice["value"] for choice in option.get("choices") or ()]
    problem = None
    if choices and value not in choices:
        problem = f"is none of {choices}"
    elif isinstance(value, str) and not (option.get("min_length") or 0) <= len(value) <= (
        option.get("max_length") or 6_000
    ):
        problem = "has a length that the option does not allow"
    elif isinstance(value, int | float) and not _in_range(option, value):
        problem = "is out of the option's range"
    if problem is not None:
        text = f"{option['name']}={value!r} {problem}"
        raise ValueError(text)


def _in_range(option: Payload, value: float) -> bool:
    smallest, largest = option.get("min_value"), option.get("max_value")
    return (smallest is None or value >= smallest) and (largest is None or value <= largest)


_PLAIN: dict[int, Callable[[Any], Any]] = {STRING: str, INTEGER: int, BOOLEAN: bool, NUMBER: float}
_RESOLVING: dict[int, Callable[[Resolved, Any], str]] = {
    USER: Resolved.user,
    CHANNEL: Resolved.channel,
    ROLE: Resolved.role,
    MENTIONABLE: Resolved.mentionable,
    ATTACHMENT: Resolved.attachment,
}
SELECT_RESOLVING: dict[int, Callable[[Resolved, Any], str]] = {
    5: Resolved.user,
    6: Resolved.role,
    7: Resolved.mentionable,
    8: Resolved.channel,
}
"""How values of select menus are resolved, by component type."""
