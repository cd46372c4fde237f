"""Moderation."""

from __future__ import annotations

import hikari

from examples.demo.commands import Call, Cog, Option
from examples.demo.services import database

moderation = Cog("Moderation")
WHO = Option("who", "Whom", hikari.User)


@moderation.slash("ban", "Ban somebody", WHO, needs=hikari.Permissions.BAN_MEMBERS)
async def ban(call: Call) -> None:
    await database()
    await call.respond(f"{call.options['who'].username} is gone.")


@moderation.slash("kick", "Kick somebody", WHO, needs=hikari.Permissions.KICK_MEMBERS)
async def kick(call: Call) -> None:
    await database()
    await call.respond(f"{call.options['who'].username} has left.")


@moderation.slash("warn", "Warn somebody", WHO, needs=hikari.Permissions.MODERATE_MEMBERS)
async def warn(call: Call) -> None:
    await database()
    await call.respond(f"{call.options['who'].username} is warned.")


@moderation.slash(
    "purge",
    "Delete the last messages",
    Option("messages", "How many", int),
    needs=hikari.Permissions.MANAGE_MESSAGES,
)
async def purge(call: Call) -> None:
    await call.defer()
    await database(rows=10 * call.options["messages"])
    await call.respond(f"{call.options['messages']} messages are deleted.")


@moderation.slash("cases", "What somebody did", WHO)
async def cases(call: Call) -> None:
    await database(rows=120)
    await call.respond("Nothing, so far.")


@moderation.slash("backup", "Save the settings of this server", needs=hikari.Permissions.MANAGE_GUILD)
async def backup(call: Call) -> None:
    await database(rows=5_000)
    await call.respond("Saved.")


@moderation.on_user("Warnings")
async def warnings(call: Call) -> None:
    await database()
    await call.respond(f"{call.options['target'].username} has no warnings.")


@moderation.on_message("Report")
async def report(call: Call) -> None:
    await database()
    await call.respond("The moderators will look at it.")
