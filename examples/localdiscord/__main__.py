"""Run the local Discord on its own, until interrupted: `python -m examples.localdiscord`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib

from .server import LocalDiscord


async def _serve(port: int, shards: int) -> None:
    async with LocalDiscord(port=port, shards=shards) as discord:
        discord.add_guild("Golem's workshop")
        print(f"rest_url  {discord.rest_url}\ntoken     {discord.token}", flush=True)
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description="A Discord on loopback to run a bot against.")
    parser.add_argument("--port", type=int, default=0, help="the port to listen on (default: a free one)")
    parser.add_argument("--shards", type=int, default=1, help="how many shards to recommend (default: 1)")
    arguments = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(arguments.port, arguments.shards))


if __name__ == "__main__":
    main()
