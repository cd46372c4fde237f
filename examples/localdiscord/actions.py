"""Actions of users: invoke commands, click, choose, type, write messages, and join voice."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from .calls import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL_SUBMIT, Call, check_usable, find_component, modal_components
from .command_routes import Commands, may_use
from .entities import Channel, Guild, Member, Somebody, User
from .interactions import Interactions
from .messages import Message
from .options import SELECT_RESOLVING, Resolved, command_options, find_command
from .primitives import PATIENCE_S, Payload
from .world import World

_CHAT_INPUT, _USER_COMMAND, _MESSAGE_COMMAND = 1, 2, 3
_BUTTON, _STRING_SELECT = 2, 3
_MODAL_RESPONSE = 9


class Actions:
    """Actions of users; each reaches the bot as Discord would deliver it.

    The place is `channel`, or the first text channel of `guild`, or of the member's own guild;
    with `dm` it is the direct message channel with the bot.
    """

    def __init__(self, world: World, commands: Commands, interactions: Interactions) -> None:
        self._world = world
        self._commands = commands
        self._interactions = interactions
        interactions.hands = self

    # Commands

    async def slash(
        self,
        invoker: Somebody,
        command: str,
        /,
        *,
        guild: Guild | None = None,
        channel: Channel | None = None,
        dm: bool = False,
        options: Mapping[str, Any] | None = None,
        **more_options: Any,
    ) -> Call:
        """Invoke a chat-input command by its qualified name, such as "shop buy".

        Option values are converted by the registered schema; pass users, members, channels and roles as objects, and
        files as `File` or bytes. Use `options` for options named like a parameter of this method.

        Raises:
            LookupError: if the bot has registered no such command.
            ValueError: if Discord would not let a user send these options.
        """
        return self._slash(1, invoker, command, guild, channel, dm, {**(options or {}), **more_options})[0]

    async def burst(
        self,
        invoker: Somebody,
        command: str,
        /,
        *,
        count: int = 1_000,
        guild: Guild | None = None,
        channel: Channel | None = None,
        dm: bool = False,
        options: Mapping[str, Any] | None = None,
        **more_options: Any,
    ) -> list[Call]:
        """Invoke the same command `count` times at once, serialised once; wait for them with `all_answered`."""
        return self._slash(count, invoker, command, guild, channel, dm, {**(options or {}), **more_options})

    async def all_answered(self, calls: Iterable[Call], timeout_s: float = PATIENCE_S) -> list[int]:
        """Wait until every call has its first response; returns their times in nanoseconds.

        Raises:
            TimeoutError: if some have none after `timeout_s` seconds.
        """
        waiting = list(calls)
        deadline_s = time.monotonic() + timeout_s
        for call in waiting:
            await call.answered(max(0.0, deadline_s - time.monotonic()))
        return [call.first_response_ns or 0 for call in waiting]

    def _slash(
        self,
        count: int,
        invoker: Somebody,
        command: str,
        guild: Guild | None,
        channel: Channel | None,
        dm: bool,
        values: Mapping[str, Any],
    ) -> list[Call]:
        user, place = _user(invoker), self._place(invoker, guild, channel, dm)
        registered, path = find_command(self._usable(place), command)
        resolved = Resolved(self._world, place)
        data = _command_data(registered)
        data["options"] = command_options(registered, path, values, resolved)
        _add_resolved(data, resolved)
        return self._interactions.send_many(count, COMMAND, command, data, user=user, channel=place)

    async def user_command(
        self, invoker: Somebody, command: str, /, target: Somebody, *, guild: Guild | None = None, dm: bool = False
    ) -> Call:
        """Invoke a user command on `target`; raises LookupError if there is no such command."""
        place = self._place(invoker, guild, None, dm)
        resolved = Resolved(self._world, place)
        return self._on_target(invoker, command, _USER_COMMAND, place, resolved.user(target), resolved)

    async def message_command(self, invoker: Somebody, command: str, /, target: Message) -> Call:
        """Invoke a message command on `target`; raises LookupError if there is no such command."""
        resolved = Resolved(self._world, target.channel)
        target_id = resolved.message(target)
        return self._on_target(invoker, command, _MESSAGE_COMMAND, target.channel, target_id, resolved)

    def _on_target(
        self, invoker: Somebody, command: str, kind: int, place: Channel, target_id: str, resolved: Resolved
    ) -> Call:
        registered, _ = find_command(self._usable(place), command, kind)
        data: Payload = {**_command_data(registered), "target_id": target_id}
        _add_resolved(data, resolved)
        return self._interactions.send(COMMAND, command, data, user=_user(invoker), channel=place)

    async def autocomplete(
        self,
        invoker: Somebody,
        command: str,
        /,
        *,
        option: str,
        value: str | float = "",
        guild: Guild | None = None,
        dm: bool = False,
        options: Mapping[str, Any] | None = None,
        timeout_s: float = PATIENCE_S,
    ) -> list[Payload]:
        """Type `value` into an option and return the choices that the bot offers; raises TimeoutError."""
        place = self._place(invoker, guild, None, dm)
        registered, path = find_command(self._usable(place), command)
        resolved = Resolved(self._world, place)
        values = {**(options or {}), option: value}
        data = _command_data(registered)
        data["options"] = command_options(registered, path, values, resolved, focused=option)
        _add_resolved(data, resolved)
        call = self._interactions.send(AUTOCOMPLETE, command, data, user=_user(invoker), channel=place)
        response = await call.answered(timeout_s)
        choices: list[Payload] = response.data.get("choices") or []
        return choices

    def may_use(self, invoker: Somebody, command: str, *, guild: Guild | None = None, dm: bool = False) -> bool:
        """Whether Discord shows the chat-input command to this user there, by permissions and contexts."""
        place = self._place(invoker, guild, None, dm)
        registered, _ = find_command(self._usable(place), command)
        member = place.guild.members.get(_user(invoker).id) if place.guild is not None else None
        return may_use(registered, member.permissions if member is not None else 0, in_guild=member is not None)

    # Components and modals

    async def click(self, message: Message, target: str, user: Somebody | None = None) -> Call:
        """Click the button with this custom id or label.

        Raises:
            LookupError: if there is none; the message lists the existing ones.
            ValueError: if Discord would not let the user click it.
        """
        component = find_component(message, target)
        if component["type"] != _BUTTON:
            text = f"component {target!r} is not a button"
            raise ValueError(text)
        return self._use(message, component, {}, user)

    async def select(
        self, message: Message, custom_id: str, values: Iterable[object], user: Somebody | None = None
    ) -> Call:
        """Choose values in a select menu: options by value or label, or users, roles and channels.

        Raises:
            LookupError: if there is no such menu or option.
            ValueError: if Discord would not let the user choose them.
        """
        component = find_component(message, custom_id)
        resolved = Resolved(self._world, message.channel)
        if component["type"] == _STRING_SELECT:
            chosen = [_option_value(component, value) for value in values]
        else:
            chosen = [SELECT_RESOLVING[component["type"]](resolved, value) for value in values]
        if not component.get("min_values", 1) <= len(chosen) <= component.get("max_values", 1):
            text = f"menu {custom_id!r} does not take {len(chosen)} values"
            raise ValueError(text)
        data: Payload = {"values": chosen}
        _add_resolved(data, resolved)
        return self._use(message, component, data, user)

    def _use(self, message: Message, component: Payload, data: Payload, invoker: Somebody | None) -> Call:
        user = _user(invoker) if invoker is not None else message.recipient
        if user is None:
            text = "say which user acts on a message that nobody asked for"
            raise ValueError(text)
        check_usable(message, component, user)
        custom_id = str(component["custom_id"])
        payload = {"custom_id": custom_id, "component_type": component["type"], "id": component["id"], **data}
        return self._interactions.send(
            COMPONENT, custom_id, payload, user=user, channel=message.channel, source=message
        )

    async def submit_modal(self, call: Call, values: Mapping[str, Any]) -> Call:
        """Fill in and submit the modal that answered `call`; raises LookupError if there is none."""
        if call.response is None or call.response.type != _MODAL_RESPONSE:
            text = f"{call.name!r} was not answered with a modal"
            raise LookupError(text)
        modal = call.response.data
        data = {"custom_id": modal["custom_id"], "components": modal_components(modal, dict(values))}
        return self._interactions.send(
            MODAL_SUBMIT, modal["custom_id"], data, user=call.user, channel=call.channel, source=call.source
        )

    # Messages and voice

    async def message(
        self, author: Somebody, channel: Channel | None, content: str, *, reply_to: Message | None = None
    ) -> Message:
        """Write a message; `channel` None is the direct message channel with the bot."""
        user = _user(author)
        place = channel if channel is not None else self._world.direct_channel(user)
        mentioned = [other for other in self._world.users.values() if other.mention in content]
        message = Message(self._world.next_id(), place, user, content=content, mentions=mentioned)
        if reply_to is not None:
            message.reference = {"type": 0, "message_id": str(reply_to.id), "channel_id": str(place.id)}
            message.type = 19
        self._world.publish(message)
        return message

    def messages(self, channel: Channel) -> list[Message]:
        """The messages of a channel, oldest first, at most the latest 1,000."""
        return list(self._world.history(channel).messages.values())

    async def next_message(self, channel: Channel, timeout_s: float = PATIENCE_S) -> Message:
        """The bot's next message in a channel (responses to interactions aside); raises TimeoutError."""
        history = self._world.history(channel)
        await history.change.until(lambda: bool(history.unread), timeout_s, f"a message in {channel.name!r}")
        return history.unread.popleft()

    def direct_channel(self, user: Somebody) -> Channel:
        """The direct message channel between the bot and a user."""
        return self._world.direct_channel(_user(user))

    async def voice(
        self, member: Member, channel: Channel | None, *, self_mute: bool = False, self_deaf: bool = False
    ) -> None:
        """Join a voice channel or stay there, muted or deafened or not; None leaves it."""
        member.self_mute, member.self_deaf = self_mute, self_deaf
        member.guild.move_voice(member, channel)

    # Helpers

    def _place(self, invoker: Somebody, guild: Guild | None, channel: Channel | None, dm: bool) -> Channel:
        if channel is not None:
            return channel
        if dm:
            return self._world.direct_channel(_user(invoker))
        home = guild or (invoker.guild if isinstance(invoker, Member) else None)
        if home is None:
            text = f"say where {_user(invoker).username} does this: guild=, channel= or dm=True"
            raise ValueError(text)
        return home.text_channel

    def _usable(self, place: Channel) -> list[Payload]:
        return self._commands.usable_in(place.guild.id if place.guild is not None else None)


def _user(somebody: Somebody) -> User:
    return somebody.user if isinstance(somebody, Member) else somebody


def _command_data(command: Payload) -> Payload:
    data: Payload = {"id": command["id"], "name": command["name"], "type": command["type"]}
    if "guild_id" in command:
        data["guild_id"] = command["guild_id"]
    return data


def _add_resolved(data: Payload, resolved: Resolved) -> None:
    if resolved.data:
        data["resolved"] = resolved.data


def _option_value(menu: Payload, value: object) -> str:
    for key in ("value", "label"):
        for option in menu["options"]:
            if option[key] == value:
                return str(option["value"])
    text = f"menu {menu['custom_id']!r} has no option {value!r}; it has {[o['value'] for o in menu['options']]}"
    raise LookupError(text)
