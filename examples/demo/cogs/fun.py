"""Small talk."""

from __future__ import annotations

from examples.demo.commands import Call, Cog, Option
from examples.demo.services import website

fun = Cog("Fun")


@fun.slash("ping", "Whether the bot is there", prefix=True)
async def ping(call: Call) -> None:
    await call.respond("Pong!")


@fun.slash("roll", "Roll a die", Option("sides", "How many sides", int, 6), prefix=True)
async def roll(call: Call) -> None:
    sides = call.options["sides"]
    await call.respond(f"A {1 + call.user.id % sides} of {sides}.")


@fun.slash("coinflip", "Heads or tails", prefix=True)
async def coinflip(call: Call) -> None:
    await call.respond("Heads.")


@fun.slash("8ball", "Ask the ball", Option("question", "Your question"))
async def ball(call: Call) -> None:
    await call.respond("Ask again later.")


@fun.slash("joke", "A joke from the web")
async def joke(call: Call) -> None:
    await website(0.12)
    await call.respond("There are 10 kinds of people.")


@fun.slash("cat", "A picture of a cat")
async def cat(call: Call) -> None:
    await website(0.28)
    await call.respond("https://cats.example/4711.jpg")


@fun.slash("meme", "Find a meme", Option("about", "About what"))
async def meme(call: Call) -> None:
    await website(0.2)
    if call.options["about"] == "mondays":
        raise TimeoutError("memes.example did not answer")
    await call.respond("https://memes.example/42.png")


@fun.slash("trivia", "A question")
async def trivia(call: Call) -> None:
    await website(0.09)
    await call.respond("Which planet has the shortest day?")


@fun.on_message("Quote")
async def quote(call: Call) -> None:
    await call.respond(f"> {call.options['target'].content}")
