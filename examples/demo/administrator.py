"""Calls the monitor's commands as an administrator, and turns the pages with their buttons."""

from __future__ import annotations

import re
from pathlib import Path

import hikari

from examples.demo import phone
from examples.demo.screen import Screen
from examples.demo.town import Town
from examples.localdiscord import Call, Message, Response
from plugin import display

NEXT = "▶"


class Administrator:
    """Ada, the administrator who reads the bot's pages."""

    def __init__(self, town: Town, bot: hikari.GatewayBot, screen: Screen, pictures: Path | None = None) -> None:
        self._town = town
        self._bot = bot
        self._screen = screen
        self._pictures = pictures
        self._answers: list[phone.Answer] = []

    async def ask(self, command: str, /, **options: object) -> None:
        """Call one of the four commands and read all pages of its answer."""
        given = "".join(f" {name}:{value}" for name, value in options.items())
        self._screen.heading(f"/{command}{given}", f"{self._town.admin.user.username} asks")
        call = await self._town.discord.slash(self._town.admin, command, guild=self._town.home, options=options)
        self._answers.append(phone.Answer(f"/{command}{given}", [], []))
        self._show(await call.answered())
        self._keep("-".join((command, *map(str, options.values()))), call.message)
        while (button := _next_button(call.message)) is not None:
            turned: Call = await call.click(button)
            self._screen.aside(f"{self._town.admin.user.username} clicks {NEXT}")
            self._show(await turned.answered())

    def keep_pages(self) -> None:
        """Write all answers so far as a web page into the folder of pictures, if there is one."""
        if self._pictures is not None:
            file, me = self._pictures / "pages.html", self._bot.get_me()
            who = self._town.admin.user.username
            file.write_text(phone.page(me.username if me else "the bot", who, self._answers), "utf-8")
            self._screen.aside(f"All pages, as a phone shows them: {file}")

    async def typed(self, text: str) -> str:
        """The first autocomplete choice for the beginning of a command's name."""
        offered = await self._town.discord.autocomplete(
            self._town.admin, "commandstats", option="command", value=text, guild=self._town.home
        )
        return str(offered[0]["value"])

    def _keep(self, name: str, message: Message | None) -> None:
        for attachment in message.attachments if message is not None else ():
            kept = ""
            if self._pictures is not None:
                file = self._pictures / f"{re.sub(r'[^a-z0-9]+', '-', name.lower()).strip('-')}.png"
                file.write_bytes(attachment.data)
                self._answers[-1].pictures.append(attachment.data)
                kept = f", kept as {file}"
            self._screen.aside(f"With a chart of {len(attachment.data) / 1024:.0f} kB{kept}.")

    def _show(self, response: Response) -> None:
        for embed in response.data.get("embeds", []):
            self._answers[-1].embeds.append(embed)
            self._screen.page(display.terminal(self._bot.entity_factory.deserialize_embed(embed)))
        if response.data.get("content"):
            self._screen.say(response.data["content"])


def _next_button(message: Message | None) -> str | None:
    """The button that turns to the next page; None on the last one."""
    rows = message.components if message is not None else []
    buttons = [button for row in rows for button in row["components"]]
    for button in buttons:
        if button.get("emoji", {}).get("name") == NEXT and not button.get("disabled"):
            return str(button["custom_id"])
    return None
