"""The smallest Lightbulb 2 bot with the monitor: `DISCORD_TOKEN=… python -m examples.lightbulb2_bot`."""

import os
import sys

import lightbulb


def make_bot(token: str, **options) -> lightbulb.BotApp:
    bot = lightbulb.BotApp(token, **options)

    @bot.command
    @lightbulb.command("ping", "Says pong")
    @lightbulb.implements(lightbulb.SlashCommand)
    async def ping(context: lightbulb.Context) -> None:
        await context.respond("Pong!")

    bot.load_extensions("plugin")
    return bot


if __name__ == "__main__":
    token = os.environ.get("DISCORD_TOKEN", "").strip()
    make_bot(token or sys.exit("Set the environment variable DISCORD_TOKEN to the token of your bot.")).run()
