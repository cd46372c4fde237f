"""The buttons beside every miru that a bot may have: 3.x, 4.x, imported or not, or none at all."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from typing import Any

import pytest

import plugin
from tests.e2e.conftest import Scene
from tests.e2e.test_pages import REFRESH, press

with_miru = pytest.mark.skipif(not importlib.util.find_spec("miru"), reason="a bot without miru")


def use_miru(bot: Any, derived: bool = False) -> Any:
    """What a bot does that uses miru, or a class of its own of miru's client; returns what handles its clicks."""
    import miru

    if hasattr(miru, "Client"):
        return type("Clicks", (miru.Client,), {"__module__": "bot"})(bot) if derived else miru.Client(bot)
    miru.install(bot)
    return miru.View._events


def views_of(handler: Any) -> list[object]:
    """The views that a bot's miru knows."""
    names = ("_bound_views", "_unbound_views", "_bound_handlers", "_handlers")
    return [view for name in names for view in getattr(handler, name, {}).values()]


def fits() -> bool:
    """Whether the miru that is installed can show a button at all with the hikari that is; 3.0 cannot with 2.1."""
    import miru

    try:
        return bool(miru.View(timeout=None).add_item(miru.Button(label="Buy", custom_id="buy")).build())
    except AttributeError:
        return False


@pytest.fixture(autouse=True)
def _miru_3_is_of_one_process(request: pytest.FixtureRequest) -> Any:
    yield
    miru: Any = sys.modules.get("miru")
    if hasattr(miru, "uninstall") and miru.View._events is not None:
        miru.uninstall()


@with_miru
@pytest.mark.parametrize("derived", [False, True], ids=["miru's client", "a class of the bot's own"])
async def test_pages_are_turned_beside_the_bots_miru(
    scene: Scene, caplog: pytest.LogCaptureFixture, derived: bool
) -> None:
    """Its miru passes on the clicks, whatever its version, calls none unknown, and forgets the page at the end."""
    sample = await scene.run()
    handler = use_miru(sample.bot, derived)
    call = await scene.ask("commandstats")
    assert bool(views_of(handler)) == fits()
    for _ in range(2):
        assert (await press(call, REFRESH)).response.data["embeds"]
    monitor = plugin.monitor_of(sample.bot)
    assert monitor.snapshot().monitor.faults == {} and monitor.snapshot().monitor.switched_off == {}
    await sample.unload()
    assert not views_of(handler)
    assert not [record for record in caplog.records if record.name.startswith("miru")]
    assert not scene.discord.refusals


@with_miru
async def test_a_hook_of_the_bot_for_unknown_clicks_hears_of_none(scene: Scene) -> None:
    """A bot that answers what its miru does not know answers no click on a page."""
    import miru

    sample = await scene.run()
    answered: list[object] = []

    async def unknown(thing: object) -> None:
        answered.append(thing)

    handler = use_miru(sample.bot)
    if hasattr(handler, "set_unhandled_component_interaction_hook"):
        handler.set_unhandled_component_interaction_hook(unknown)
    elif fits():
        sample.bot.event_manager.subscribe(miru.ComponentInteractionCreateEvent, unknown)
    call = await scene.ask("commandstats")
    assert (await press(call, REFRESH)).response.data["embeds"]
    assert not answered


@with_miru
async def test_what_miru_has_moved_costs_no_buttons(scene: Scene) -> None:
    """Where the bot's miru offers no view any more, clicks come in by a listener of ours."""
    import miru

    sample = await scene.run()
    use_miru(sample.bot)
    with pytest.MonkeyPatch.context() as moved:
        moved.delattr(miru, "View")
        call = await scene.ask("commandstats")
        assert (await press(call, REFRESH)).response.data["embeds"]


@with_miru
async def test_a_view_of_the_bots_own_works_beside_ours(scene: Scene) -> None:
    """The bot's own buttons answer as they do without the monitor, while a page is open."""
    import miru

    if not fits():
        return  # then the bot has none that work

    class Shop(miru.View):
        @miru.button(label="Buy", custom_id="buy")
        async def buy(self, *arguments: Any) -> None:
            context = next(each for each in arguments if isinstance(each, miru.ViewContext))
            await context.respond("bought")

    sample = await scene.run()
    handler = use_miru(sample.bot)
    view = Shop(timeout=None)
    if hasattr(handler, "start_view"):
        handler.start_view(view, bind_to=None)
    else:
        await view.start()
    rows = [hikari_row("buy")]
    message = await sample.bot.rest.create_message(scene.channel.id, "a shop", components=rows)
    call = await scene.ask("commandstats")
    click = await scene.discord.click(
        next(one for one in scene.discord.messages(scene.channel) if one.id == message.id), "buy", scene.member
    )
    assert (await click.answered()).data["content"] == "bought"
    assert (await press(call, REFRESH)).response.data["embeds"]
    view.stop()


def hikari_row(custom_id: str) -> Any:
    """A row with one button."""
    import hikari

    row = hikari.impl.MessageActionRowBuilder()
    return row.add_interactive_button(hikari.ButtonStyle.PRIMARY, custom_id, label="Buy")


async def test_buttons_need_no_miru(scene: Scene) -> None:
    """A bot that does not use miru has its pages turned by a listener of ours, which leaves with the last page."""
    sample = await scene.run()
    before = sample.wiring()["listeners"]
    call = await scene.ask("commandstats")
    assert (await press(call, REFRESH)).response.data["embeds"]
    assert sample.wiring()["listeners"] != before
    await sample.unload()
    listeners = str(sample.wiring()["listeners"])
    assert "GatewayClickSource" not in listeners


def test_the_plugin_loads_without_miru() -> None:
    """Neither loading the plugin nor a page imports miru; what is bound at import cannot fail then."""
    ours = "plugin.pages.assembly, plugin.adapters.pager, plugin.adapters.gateway_clicks"
    program = f"import sys; sys.modules['miru'] = None; import plugin, {ours}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
