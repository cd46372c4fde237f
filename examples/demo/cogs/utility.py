"""Utilities."""

from __future__ import annotations

import hikari

from examples.demo.commands import Call, Cog, Option
from examples.demo.services import database, website

utility = Cog("Utility")


@utility.slash("weather", "The weather somewhere", Option("city", "Where"))
async def weather(call: Call) -> None:
    await website(0.32)
    await call.respond(f"{call.options['city']}: 14 °C, light rain.")


@utility.slash("translate", "Translate into English", Option("text", "What"))
async def translate(call: Call) -> None:
    await call.defer()
    await website(0.7)
    await call.respond("Good morning!")


@utility.slash("summarize", "What was said today", Option("channel", "Where", str, "general"))
async def summarize(call: Call) -> None:
    await website(0.6 if call.options["channel"] == "general" else 3.4)
    await call.respond("Mostly cats.")


@utility.slash("remind", "Remind me", Option("minutes", "In how many", int), Option("of", "Of what"))
async def remind(call: Call) -> None:
    await database()
    await call.respond(f"In {call.options['minutes']} minutes: {call.options['of']}.")


@utility.slash("poll", "Ask everybody", Option("question", "What"), cooldown_s=60)
async def poll(call: Call) -> None:
    await database()
    await call.respond(f"**{call.options['question']}**\nYes or no?")


@utility.slash("convert", "Convert a length", Option("metres", "How many"))
async def convert(call: Call) -> None:
    feet = float(call.options["metres"]) * 3.281
    await call.respond(f"{feet:.1f} feet")


@utility.slash("serverinfo", "About this server")
async def serverinfo(call: Call) -> None:
    await call.respond("It has been here for a while.")


@utility.slash("avatar", "Somebody's picture", Option("of", "Whose", hikari.User))
async def avatar(call: Call) -> None:
    await call.respond(str(call.options["of"].default_avatar_url))


@utility.on_user("Profile")
async def profile(call: Call) -> None:
    await database(rows=30)
    await call.respond(f"{call.options['target'].username} likes long walks.")
