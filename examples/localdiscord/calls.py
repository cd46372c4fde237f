"""A call: one interaction, from the user's action to all of the bot's answers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from .messages import walk_components
from .primitives import PATIENCE_S, Change, Payload

if TYPE_CHECKING:
    from .entities import Channel, Guild, Somebody, User
    from .messages import Message

PING, COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 1, 2, 3, 4, 5
"""The types of an interaction."""

PONG, CREATE, DEFERRED_CREATE, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 1, 4, 5, 6, 7, 8, 9
"""The types of a first response."""

_BUTTON = 2
_LINK_STYLE = 5


class Hands(Protocol):
    """The actions that a call needs to let users use its components."""

    async def click(self, message: Message, target: str, user: Somebody | None = None) -> Call: ...

    async def select(
        self, message: Message, custom_id: str, values: Iterable[object], user: Somebody | None = None
    ) -> Call: ...

    async def submit_modal(self, call: Call, values: Mapping[str, Any]) -> Call: ...


@dataclasses.dataclass(slots=True, frozen=True)
class Response:
    """The first response: its type, and the data that came with it."""

    type: int
    data: Payload


class Call:
    """One interaction, and the bot's answers to it."""

    __slots__ = (
        "_seen",
        "change",
        "channel",
        "deferred",
        "first_response_ns",
        "followups",
        "guild",
        "hands",
        "id",
        "message",
        "name",
        "response",
        "revision",
        "sent_ns",
        "source",
        "token",
        "type",
        "user",
    )

    def __init__(
        self,
        hands: Hands,
        identity: tuple[int, str],
        interaction_type: int,
        name: str,
        *,
        user: User,
        channel: Channel,
        guild: Guild | None,
        source: Message | None,
        sent_ns: int,
    ) -> None:
        self.hands = hands
        self.id, self.token = identity
        self.type = interaction_type
        self.name = name
        """The qualified name of the command, or the custom id of the component or modal."""
        self.user = user
        self.channel = channel
        self.guild = guild
        self.source = source
        """The message whose component was used."""
        self.sent_ns = sent_ns
        """When it was sent, on the server's monotonic clock."""
        self.first_response_ns: int | None = None
        """From sending it to receiving the first response, in nanoseconds."""
        self.response: Response | None = None
        self.message: Message | None = None
        """The message that `@original` means: the response message, or the message whose component was used."""
        self.followups: list[Message] = []
        self.deferred = False
        self.revision = 0
        """The number of responses, edits, follow-ups and deletions by the bot."""
        self.change = Change()
        self._seen = 0

    def __repr__(self) -> str:
        return f"<Call {self.name!r} of {self.user.username}, {self.response or 'unanswered'}>"

    def touch(self) -> None:
        """Count an answer and wake those who wait for it."""
        self.revision += 1
        self.change.announce()

    @property
    def ephemeral(self) -> bool:
        """Whether only the invoker sees the response."""
        return self.message is not None and self.message.ephemeral

    async def answered(self, timeout_s: float = PATIENCE_S) -> Response:
        """Wait for the first response; raises TimeoutError."""
        await self.change.until(lambda: self.response is not None, timeout_s, f"the first response to {self.name!r}")
        assert self.response is not None
        self._seen = max(self._seen, 1)
        return self.response

    async def settled(self, timeout_s: float = PATIENCE_S) -> Message | None:
        """Wait until the answer is complete, also after a defer; raises TimeoutError.

        Returns the message, or None if the answer is none (a modal, choices).
        """
        await self.change.until(self._is_settled, timeout_s, f"the full response to {self.name!r}")
        self._seen = self.revision
        return self.message

    def _is_settled(self) -> bool:
        if self.response is None:
            return False
        if self.response.type == DEFERRED_UPDATE:
            return self.revision > 1
        return self.message is None or not self.message.loading

    async def changed(self, timeout_s: float = PATIENCE_S) -> Message | None:
        """Wait for the next answer, edit, follow-up or deletion that has not been waited for; raises TimeoutError."""
        await self.change.until(lambda: self.revision > self._seen, timeout_s, f"a further response to {self.name!r}")
        self._seen += 1
        return self.message

    async def click(self, target: str, *, user: Somebody | None = None, message: Message | None = None) -> Call:
        """Click the button with this custom id or label, on the response or on another `message`."""
        return await self.hands.click(self._message(message), target, user or self.user)

    async def select(
        self, custom_id: str, values: Iterable[object], *, user: Somebody | None = None, message: Message | None = None
    ) -> Call:
        """Choose values in a select menu, on the response or on another `message`."""
        return await self.hands.select(self._message(message), custom_id, values, user or self.user)

    async def submit_modal(self, values: Mapping[str, Any]) -> Call:
        """Fill in the modal that was the response, by custom id, and submit it."""
        return await self.hands.submit_modal(self, values)

    def _message(self, message: Message | None) -> Message:
        chosen = message or self.message
        if chosen is None:
            text = f"{self.name!r} was not answered with a message to act on"
            raise LookupError(text)
        return chosen


def find_component(message: Message, target: str) -> Payload:
    """The component with this custom id or label; raises LookupError that lists the existing ones."""
    components = [c for c in walk_components(message.components) if "custom_id" in c or "label" in c]
    for key in ("custom_id", "label"):
        for component in components:
            if component.get(key) == target:
                return component
    names = [component.get("label") or component.get("custom_id") for component in components]
    text = f"there is no component {target!r}; there are {names}"
    raise LookupError(text)


def check_usable(message: Message, component: Payload, user: User) -> None:
    """Raise ValueError if Discord would not let `user` use the component."""
    name = component.get("label") or component.get("custom_id")
    problem = None
    if message.deleted:
        problem = "its message was deleted"
    elif component.get("disabled"):
        problem = "it is disabled"
    elif component["type"] == _BUTTON and component.get("style") == _LINK_STYLE:
        problem = "it is a link"
    elif message.ephemeral and message.recipient is not user:
        problem = f"{user.username} does not see its ephemeral message"
    if problem is not None:
        text = f"component {name!r} cannot be used: {problem}"
        raise ValueError(text)


def modal_components(modal: Payload, values: dict[str, Any]) -> list[Payload]:
    """The modal's components as submitted: with ids and values, without labels."""
    unused = set(values)
    number = 0

    def submitted(component: Payload) -> Payload:
        nonlocal number
        number += 1
        payload: Payload = {"type": component["type"], "id": component.get("id") or number}
        custom_id = component.get("custom_id")
        if custom_id is not None:
            unused.discard(custom_id)
            value = values.get(custom_id, component.get("value") or "")
            payload.update({"custom_id": custom_id, "values" if isinstance(value, list) else "value": value})
        if "components" in component:
            payload["components"] = [submitted(child) for child in component["components"]]
        if "component" in component:
            payload["component"] = submitted(component["component"])
        return payload

    rows = [submitted(row) for row in modal["components"]]
    if unused:
        text = f"the modal {modal['custom_id']!r} has no fields {sorted(unused)}"
        raise LookupError(text)
    return rows
