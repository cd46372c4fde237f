"""Music for a voice channel."""

from __future__ import annotations

import hikari

from examples.demo.commands import Call, Cog, Option, RefusedError
from examples.demo.services import database, website

VERSES = {"moonlight": ["The moon is up"], "northwind": ["It blows and blows"], "humming": []}

music = Cog("Music")


def in_voice(user: hikari.User) -> None:
    if user.id % 3:
        raise RefusedError("You are in no voice channel.")


@music.slash("play", "Play a song", Option("song", "Its name"))
async def play(call: Call) -> None:
    await call.defer()
    await website(1.5)
    if call.options["song"].startswith("https://"):
        raise ConnectionError("music.example refused the connection")
    await call.respond(f"Playing {call.options['song']}.")


@music.slash("skip", "Skip this song", check=in_voice)
async def skip(call: Call) -> None:
    await call.respond("Skipped.")


@music.slash("queue", "What is played next")
async def queue(call: Call) -> None:
    await database(rows=20)
    await call.respond("1. moonlight\n2. northwind")


@music.slash("nowplaying", "What is played now")
async def nowplaying(call: Call) -> None:
    await call.respond("moonlight")


@music.slash("volume", "How loud it is", Option("percent", "0 to 200", int), check=in_voice)
async def volume(call: Call) -> None:
    await call.respond(f"Now at {call.options['percent']} %.")


@music.slash("lyrics", "The words of a song", Option("song", "Its name"))
async def lyrics(call: Call) -> None:
    await website(0.4)
    await call.respond(VERSES[call.options["song"]][0])
