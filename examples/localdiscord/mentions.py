"""Whom a message mentions, by its content and what its author allows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from .primitives import Payload
from .refusals import Form

if TYPE_CHECKING:
    from .entities import User
    from .messages import Message
    from .world import World

_USER, _ROLE = re.compile(r"<@!?(\d+)>"), re.compile(r"<@&(\d+)>")
_EVERYONE = re.compile(r"@(everyone|here)\b")


def apply_mentions(world: World, message: Message, body: Payload) -> None:
    """Set whom a new message mentions; raises Refusal if `allowed_mentions` contradict themselves."""
    allowed: Payload | None = body.get("allowed_mentions")
    _check(allowed)
    users = _allowed(allowed, "users", _USER.findall(message.content))
    message.mentions = [world.users[int(one)] for one in users if int(one) in world.users]
    message.mention_roles = _allowed(allowed, "roles", _ROLE.findall(message.content))
    everyone = allowed is None or "everyone" in (allowed.get("parse") or ())
    message.mention_everyone = everyone and bool(_EVERYONE.search(message.content))
    replied = _replied_to(world, message)
    if replied is not None and replied not in message.mentions and (allowed is None or allowed.get("replied_user")):
        message.mentions.append(replied)


def _check(allowed: Payload | None) -> None:
    form = Form()
    for kind in ("users", "roles"):
        if allowed and allowed.get(kind) and kind in (allowed.get("parse") or ()):
            text = f"parse:[{kind!r}] and {kind}: [ids...] are mutually exclusive."
            form.error(("allowed_mentions",), "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", text)
    form.refuse_if_invalid()


def _allowed(allowed: Payload | None, kind: str, found: Iterable[str]) -> list[str]:
    once = dict.fromkeys(found)
    if allowed is None or kind in (allowed.get("parse") or ()):
        return list(once)
    named: list[Any] = allowed.get(kind) or []
    return [one for one in once if one in map(str, named)]


def _replied_to(world: World, message: Message) -> User | None:
    if message.reference is None:
        return None
    replied = world.history(message.channel).messages.get(int(message.reference["message_id"]))
    return None if replied is None else replied.author
