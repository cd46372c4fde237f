"""Buttons of an alert on a real bot: acknowledged, noted, silenced, refused to strangers, working after a restart."""

from __future__ import annotations

import importlib.util
import time
from types import SimpleNamespace
from typing import Any

import hikari
import pytest

import plugin
from examples.localdiscord.primitives import PATIENCE_S
from plugin.adapters.alert_clicks import ENOUGH_NOTES, FAULT, NOT_ALLOWED, OVER, TOO_SLOW
from plugin.corridor.alerts import alerts, people, pictures
from tests.e2e.conftest import Scene, until
from tests.e2e.test_alerts import _at_once, begin  # noqa: F401 # a fixture
from tests.e2e.test_history import _history, monitor_of  # noqa: F401 # a fixture
from tests.e2e.test_pictures import picture


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """History may take its time, on a busy machine too."""
    monkeypatch.setattr(alerts, "FOUND_WITHIN_S", PATIENCE_S)
    monkeypatch.setattr(people, "WRITTEN_WITHIN_S", PATIENCE_S)


def controls(message: Any) -> dict[str, dict[str, Any]]:
    """The buttons and menus of a message, by what they do."""
    return {component["custom_id"].rpartition(":")[2]: component for component in controls_of(message)}


def controls_of(message: Any) -> list[dict[str, Any]]:
    """The buttons and menus of a message, in their order."""
    return [component for row in message.components for component in row["components"]]


def fields(message: Any) -> dict[str, str]:
    """What people did, as the message shows it."""
    return {field["name"]: field["value"] for field in message.embeds[0].get("fields", ())}


async def alert(scene: Scene) -> Any:
    """The one message, once it is there."""
    await until(lambda: scene.discord.messages(scene.channel))
    (message,) = scene.discord.messages(scene.channel)
    return message


async def press(scene: Scene, message: Any, does: str, *values: str, user: Any = None) -> Any:
    """Click a button, or choose in the menu; returns once it is answered."""
    custom_id, who = controls(message)[does]["custom_id"], user or scene.admin
    if values:
        call = await scene.discord.select(message, custom_id, values, user=who)
    else:
        call = await scene.discord.click(message, custom_id, user=who)
    await call.answered()
    return call


async def forgetful(scene: Scene, threshold_mb: float) -> None:
    """A bot that keeps no history."""
    plugin.configure(
        database="",
        memory_threshold_mb=threshold_mb,
        alert_channel=int(scene.channel.id),
        alert_after_s=0,
        alert_grace_s=0,
    )
    sample = await scene.run()
    await monitor_of(sample).tick()


async def test_an_alert_is_acknowledged_noted_silenced_and_resolved(scene: Scene) -> None:
    """The message shows who did it at once, goes on being changed, and has no buttons at the end."""
    sample, monitor = await begin(scene, 1)
    message = await alert(scene)
    assert list(controls(message)) == ["acknowledge", "note", "silence"]
    await press(scene, message, "acknowledge")
    assert fields(message)["Acknowledged"].startswith("by Ada <t:")
    assert controls(message)["acknowledge"]["disabled"]
    form = await press(scene, message, "note")
    await (await scene.discord.submit_modal(form, {"note": "The cache is *meant* to grow."})).answered()
    assert fields(message)["Note"] == r"The cache is \*meant\* to grow. (Ada)"
    await press(scene, message, "silence", "resolved")
    assert fields(message)["Silenced"] == "by Ada until it is resolved"
    shown = fields(message)
    await sample.close()
    _, monitor = await begin(scene, 100_000)
    await until(lambda: "Resolved" in message.embeds[0]["title"])
    assert (message.components, fields(message)) == ([], shown)
    assert [*scene.discord.messages(scene.channel)] == [message] and not scene.discord.refusals
    assert monitor.snapshot().monitor.faults == {} and monitor.snapshot().monitor.switched_off == {}


async def test_a_click_leaves_the_chart_as_it_is(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shown once, also by the changes that follow, and after a restart."""
    monkeypatch.setattr(pictures, "LONGEST_S", PATIENCE_S)
    sample, monitor = await begin(scene, 100_000)
    await monitor.tick()
    await sample.close()
    sample, monitor = await begin(scene, 1)
    message = await alert(scene)
    first = picture(message)
    for does, values in (("acknowledge", ()), ("silence", ("resolved",))):
        revision = message.revision
        await press(scene, message, does, *values)
        await until(lambda revision=revision: message.revision >= revision + 2)  # the answer, and the next look
        assert picture(message).tobytes() == first.tobytes() and len(message.attachments) == 1
        await sample.close()
        sample, monitor = await begin(scene, 1)
    form = await press(scene, message, "note")
    await (await scene.discord.submit_modal(form, {"note": "Seen."})).answered()
    assert picture(message).tobytes() == first.tobytes() and len(message.attachments) == 1
    await sample.close()
    _, monitor = await begin(scene, 100_000)
    await until(lambda: "Resolved" in message.embeds[0]["title"])
    assert picture(message).tobytes() != first.tobytes() and len(message.attachments) == 1
    assert list(fields(message)) == ["Acknowledged", "Silenced", "Note"] and monitor.snapshot().monitor.faults == {}


async def test_a_strangers_click_is_refused(scene: Scene) -> None:
    """In a sentence that only they see; nothing changes."""
    _, monitor = await begin(scene, 1)
    message = await alert(scene)
    for does, values in (("acknowledge", ()), ("silence", ("day",)), ("note", ())):
        call = await press(scene, message, does, *values, user=scene.member)
        assert (call.response.data["content"], call.response.data["flags"]) == (NOT_ALLOWED, 64)
    assert fields(message) == {} and monitor.snapshot().monitor.faults == {}


async def test_a_click_on_something_else_is_not_answered(scene: Scene) -> None:
    """Also where it is called much like ours."""
    sample, monitor = await begin(scene, 1)
    message = await alert(scene)
    row = hikari.impl.MessageActionRowBuilder()
    for custom_id in ("buy", "golem:alert:shop:acknowledge", "golem:alert:0123abcd:buy"):
        row.add_interactive_button(hikari.ButtonStyle.PRIMARY, custom_id, label="Buy")
    await sample.bot.rest.create_message(scene.channel.id, "a shop", components=[row])
    shop = scene.discord.messages(scene.channel)[-1]
    clicks = [await scene.discord.click(shop, one["custom_id"], scene.admin) for one in controls_of(shop)]
    await press(scene, message, "acknowledge")
    assert [click.response for click in clicks] == [None] * 3
    assert monitor.snapshot().monitor.faults == {}


async def test_the_buttons_work_after_a_restart(scene: Scene) -> None:
    """What was done before is still shown, and what is silenced can be ended."""
    sample, _ = await begin(scene, 1)
    message = await alert(scene)
    await press(scene, message, "acknowledge")
    await press(scene, message, "silence", "day")
    await sample.close()
    await begin(scene, 1)
    await press(scene, message, "silence", "end")
    assert list(fields(message)) == ["Acknowledged"]
    assert [*scene.discord.messages(scene.channel)] == [message]


async def test_two_bots_of_a_fleet_keep_what_one_was_told(scene: Scene, postgres_database: str) -> None:
    """Also if both get the click: it counts once, and what is silenced on one says nothing new on the other."""
    _, one = await begin(scene, 1, database=postgres_database)
    message = await alert(scene)
    await press(scene, message, "silence", "day")
    _, two = await begin(scene, 1, database=postgres_database, instance="two")
    await until(lambda: two.alerts.states[0].firing)
    await press(scene, message, "acknowledge")
    assert list(fields(message)) == ["Acknowledged", "Silenced"]
    assert [*scene.discord.messages(scene.channel)] == [message]
    done = await one.ask(lambda store: store.fleet.alert_actions(one.scope().bot, time.time()))
    assert [action.kind.value for action in done] == ["silenced", "acknowledged"]
    assert one.snapshot().monitor.faults == {} == two.snapshot().monitor.faults


async def test_a_click_on_an_alert_that_is_over_says_so(scene: Scene) -> None:
    """A message whose last change was refused still has its buttons."""
    sample, _ = await begin(scene, 1)
    message = await alert(scene)
    await sample.close()
    await forgetful(scene, 100_000)
    call = await press(scene, message, "acknowledge")
    assert call.response.data["content"] == OVER


async def test_what_cannot_be_done_is_said(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many notes, history that does not answer in time, a fault of the monitor: in a sentence each."""
    _, monitor = await begin(scene, 1)
    message = await alert(scene)
    monkeypatch.setattr(alerts, "MOST_NOTES", 0)
    form = await press(scene, message, "note")
    sent = await scene.discord.submit_modal(form, {"note": "one too many"})
    assert (await sent.answered()).data["content"] == ENOUGH_NOTES
    for raised, said in ((TimeoutError, TOO_SLOW), (KeyError, FAULT)):

        async def act(_: object, raised: type[Exception] = raised) -> None:
            raise raised

        monkeypatch.setattr(monitor.alerts, "act", act)
        call = await press(scene, message, "acknowledge")
        assert (call.response.data["content"], call.response.data["flags"]) == (said, 64)
    assert fields(message) == {} and list(monitor.snapshot().monitor.faults) == ["alert buttons"]


async def test_without_history_they_work_in_memory(scene: Scene) -> None:
    """Until the process ends."""
    await forgetful(scene, 1)
    message = await alert(scene)
    await press(scene, message, "silence", "hour")
    await press(scene, message, "acknowledge")
    assert list(fields(message)) == ["Acknowledged", "Silenced"]


@pytest.mark.skipif(not importlib.util.find_spec("miru"), reason="a bot without miru")
async def test_the_bots_miru_sees_no_click_on_an_alert(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """Neither of the buttons nor of the form; its hook for unknown clicks answers only what is the bot's own."""
    import miru

    plugin.configure(
        memory_threshold_mb=1,
        alert_channel=int(scene.channel.id),
        alert_after_s=0,
        alert_grace_s=0,
        instance="one",
        release="1.0.0",
    )
    sample = scene.make()
    await sample.load()
    client, answered = miru.Client(sample.bot), list[str]()

    async def hook(clicked: Any) -> None:
        answered.append(clicked.custom_id)

    client.set_unhandled_component_interaction_hook(hook)
    client.set_unhandled_modal_interaction_hook(hook)
    await sample.start()
    await monitor_of(sample).tick()
    message = await alert(scene)
    await press(scene, message, "acknowledge")
    form = await press(scene, message, "note")
    await (await scene.discord.submit_modal(form, {"note": "seen"})).answered()
    assert list(fields(message)) == ["Acknowledged", "Note"] and answered == []
    await client.handle_component_interaction(SimpleNamespace(custom_id="buy", message=SimpleNamespace(id=1)))
    assert answered == ["buy"]
    await sample.unload()
    assert type(client) is miru.Client
    assert not [record for record in caplog.records if record.name.startswith("miru")]
