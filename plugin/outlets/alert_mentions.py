"""Mentions of the roles and users that a setting names, and of nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def mentioning(mentions: Sequence[str]) -> dict[str, Any]:
    """What a message needs to mention these, such as `role:123` and `user:456`; nothing if there are none."""
    named = [mention.split(":") for mention in mentions]
    roles, users = ([int(number) for kind, number in named if kind == wanted] for wanted in ("role", "user"))
    if not named:
        return {}
    return {
        "content": " ".join([*(f"<@&{role}>" for role in roles), *(f"<@{user}>" for user in users)]),
        "mentions_everyone": False,
        "role_mentions": roles or False,
        "user_mentions": users or False,
    }
