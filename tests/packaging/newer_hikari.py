"""Run a bot on a hikari that its Lightbulb does not take yet, and print which parts of the monitor are off with it.

Ends with 1 if the bot does not answer; a part that is off is no failure.
"""

from __future__ import annotations

import asyncio
import importlib.metadata
import os

import plugin
from tests.e2e.conftest import Scene, patient_discord

CALLED = ("ping", "deferred", "boom", "denied", "cooled", "ping")


def versions() -> str:
    """The versions that run here, in one line."""
    names = ("hikari", "hikari-lightbulb", "hikari-miru")
    return ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)


def own_section(page: str) -> list[str]:
    """What /health says of the monitor itself."""
    _, _, after = page.partition("**Monitor**")
    return [line for line in after.partition("**")[0].splitlines() if line.strip("` ")]


async def run() -> list[str]:
    """Let a bot answer each of a few commands and /health; returns what to print. Raises TimeoutError."""
    async with patient_discord() as discord:
        scene = Scene(discord)
        sample = await scene.run()
        sample.gates.open("deferred")
        for command in CALLED:
            call = await discord.slash(scene.member, command, guild=scene.guild)
            if command in ("ping", "deferred"):
                await call.answered()
        health = (await scene.ask("health")).response.data["embeds"]
        monitor = plugin.monitor_of(sample.bot)
        assert monitor is not None
        state = monitor.snapshot().monitor
        counted = {command.key.name: command.outcomes for command in monitor.snapshot().commands if command.invocations}
        await sample.close()
    return [
        *own_section("\n".join(embed.get("description", "") for embed in health)),
        *(f"off: {part}: {why}" for part, why in state.switched_off.items()),
        *(f"faults: {part}: {count}" for part, count in state.faults.items()),
        *(f"counted: /{name} {tuple(outcomes)}" for name, outcomes in sorted(counted.items())),
    ]


def main() -> None:
    """Print what was found."""
    os.environ["GOLEM_DATABASE"] = ""
    print(versions())  # noqa: T201 # it is a report
    lines = asyncio.run(run())
    print("\n".join(lines))  # noqa: T201 # as above
    if not any(line.startswith("off: ") for line in lines):
        print("nothing is off")  # noqa: T201 # as above


if __name__ == "__main__":
    main()
