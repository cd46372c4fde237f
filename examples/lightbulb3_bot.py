"""The smallest Lightbulb 3 bot with the monitor: `DISCORD_TOKEN=… python -m examples.lightbulb3_bot`."""

import os
import sys

import hikari
import lightbulb


def make_bot(token: str, **options) -> hikari.GatewayBot:
    bot = hikari.GatewayBot(token, **options)
    client = lightbulb.client_from_app(bot)

    @client.register
    class Ping(lightbulb.SlashCommand, name="ping", description="Says pong"):
        @lightbulb.invoke
        async def invoke(self, context: lightbulb.Context) -> None:
            await context.respond("Pong!")

    @bot.listen()
    async def on_starting(_: hikari.StartingEvent) -> None:
        await client.load_extensions("plugin")
        await client.start()

    return bot


if __name__ == "__main__":
    token = os.environ.get("DISCORD_TOKEN", "").strip()
    make_bot(token or sys.exit("Set the environment variable DISCORD_TOKEN to the token of your bot.")).run()
