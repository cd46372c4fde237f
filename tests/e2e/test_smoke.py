"""One pass through everything."""

from __future__ import annotations

import plugin


async def test_commands_are_measured_and_pages_are_shown(scene, counted) -> None:
    """A loaded bot counts its commands and answers each of the four pages."""
    sample = await scene.run()
    await scene.call("ping")
    assert (await counted(sample, "ping")).outcomes == (1, 0, 0, 0)
    for page in ("performance", "cogstats", "commandstats", "health"):
        assert (await scene.ask(page)).response.data["embeds"]
    assert plugin.monitor_of(sample.bot).snapshot().monitor.faults == {}
    assert not scene.discord.refusals
