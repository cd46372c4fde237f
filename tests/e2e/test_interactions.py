"""Interactions that call no command: autocomplete, components and modals, whoever handles them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import hikari
import lightbulb
import miru
import pytest

import plugin
from plugin.adapters import LIGHTBULB_LINE
from plugin.instrument import interaction_watch
from plugin.model import InteractionKey, InteractionKind, InteractionSnapshot, Stage
from tests.e2e.conftest import Scene, until
from tests.e2e.test_stages import CALLBACK, UNKNOWN_INTERACTION, Clock, S, about

SECRET = "hunter2-of-a-user"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """What every monitor that is made from now on takes the time from."""
    clock = Clock()
    monkeypatch.setattr(time, "monotonic_ns", clock)
    return clock


def monitor_of(sample: Any) -> Any:
    """The monitor of a bot under test."""
    return plugin.monitor_of(sample.bot)


def interactions(sample: Any) -> dict[InteractionKey, InteractionSnapshot]:
    """What is known of them now."""
    return {found.key: found for found in monitor_of(sample).snapshot().interactions}


async def ended(sample: Any, kind: InteractionKind, name: str) -> InteractionSnapshot:
    """What is known of a handler once one of its interactions has ended."""
    key = InteractionKey(kind, name)
    await until(lambda: key in interactions(sample) and interactions(sample)[key].ended)
    return interactions(sample)[key]


def button(sample: Any) -> Any:
    """A row with a button whose id holds something of a user's."""
    row = sample.bot.rest.build_message_action_row()
    row.add_interactive_button(hikari.ButtonStyle.PRIMARY, SECRET, label="Buy")
    return row


async def with_button(scene: Scene, handle: Any = None) -> tuple[Any, Any]:
    """A bot that sent a button, and the message; `handle` listens to every interaction."""
    sample = scene.make()

    async def offer(context: Any) -> None:
        await context.respond("buy?", component=button(sample))

    sample.add("offer", offer)
    await sample.load()
    await sample.start()
    if handle is not None:
        sample.bot.event_manager.subscribe(hikari.InteractionCreateEvent, handle)
    call = await scene.call("offer")
    return sample, call.message


async def test_a_click_is_told_by_its_handler(scene: Scene, clock: Clock) -> None:
    """A component counts under the code that answers it, with its stages, and without its custom id."""

    async def on_click(event: hikari.InteractionCreateEvent) -> None:
        if isinstance(event.interaction, hikari.ComponentInteraction):
            clock.forward(1.5)
            await event.interaction.create_initial_response(4, "bought")
            clock.forward(3)

    sample, message = await with_button(scene, on_click)
    call = await scene.discord.click(message, "Buy", scene.member)
    await call.answered()
    found = await ended(sample, InteractionKind.COMPONENT, "on_click")
    (split,) = found.stages.splits()
    assert [stage_ns / S for stage_ns in split.stages_ns] == about(0, 0, 1.5, 0, 0, 3)
    assert (found.in_flight, found.stages.misses.number, found.stages.deferred) == (0, 0, 0)
    assert found.stages.places[0][0].file.endswith("test_interactions.py")
    assert SECRET not in repr(monitor_of(sample).snapshot())


async def test_a_click_that_another_task_answers_ends_with_its_answer(scene: Scene) -> None:
    """A task that answers one click after the other, and goes on, holds none of them."""
    sample, message = await with_button(scene)
    answered: list[int] = []

    async def worker() -> None:
        with sample.bot.stream(hikari.InteractionCreateEvent, timeout=None) as stream:
            async for event in stream:
                await event.interaction.create_initial_response(hikari.ResponseType.MESSAGE_CREATE, "bought")
                answered.append(event.interaction.id)

    task = asyncio.create_task(worker())
    await asyncio.sleep(0)
    before = repr(task).count("cb=")
    for _ in range(3):
        await (await scene.discord.click(message, "Buy", scene.member)).answered()
    await until(lambda: len(answered) == 3 and all(found.ended == 3 for found in interactions(sample).values()))
    (found,) = interactions(sample).values()
    assert (found.key.name, found.in_flight) == ("worker", 0)
    assert repr(task).count("cb=") == before
    task.cancel()


async def test_a_view_of_miru_is_told_by_its_class(scene: Scene, clock: Clock) -> None:
    """The task that miru makes for a click is followed to its end, and names the bot's view."""

    class ShopView(miru.View):
        @miru.button(label="Buy")
        async def buy(self, *arguments: Any) -> None:
            context = next(each for each in arguments if isinstance(each, miru.ViewContext))
            await context.defer()
            clock.forward(20)

    sample = scene.make()
    view = ShopView()

    async def offer(context: Any) -> None:
        await context.respond("buy?", components=view)

    sample.add("offer", offer)
    await sample.load()
    await sample.start()
    miru.Client(sample.bot).start_view(view)
    call = await scene.call("offer")
    await (await scene.discord.click(call.message, "Buy", scene.member)).answered()
    found = await ended(sample, InteractionKind.COMPONENT, "ShopView.buy")
    assert (found.stages.deferred, found.stages.misses.number) == (1, 0)
    assert [found.stages.splits()[0].stages_ns[Stage.AFTER] / S] == about(20)
    view.stop()


async def test_a_click_on_a_view_long_dead_missed_it(scene: Scene, clock: Clock) -> None:
    """Nobody answers it: that is counted as soon as it is too late, and is forgotten after a minute."""
    sample, message = await with_button(scene)
    await scene.discord.click(message, "Buy", scene.member)
    watched = monitor_of(sample).invocations._interactions
    await until(lambda: watched.open)
    clock.forward(4)
    watched.sweep()
    key = InteractionKey(InteractionKind.COMPONENT, "(nobody answered)")
    assert interactions(sample)[key].stages.misses.waiting == 1
    clock.forward(60)
    watched.sweep()
    misses = interactions(sample)[key].stages.misses
    assert (misses.waiting, misses.unanswered, watched.open, watched._keys) == (0, 1, {}, {})


async def test_an_answer_to_a_click_that_is_refused_missed_it(scene: Scene, clock: Clock) -> None:
    """One that was waiting past its deadline and is refused then counts once, under its handler."""

    async def on_click(event: hikari.InteractionCreateEvent) -> None:
        if isinstance(event.interaction, hikari.ComponentInteraction):
            clock.forward(4)
            monitor_of(sample).invocations._interactions.sweep()
            try:
                await event.interaction.create_initial_response(4, "bought")
            except hikari.NotFoundError:
                return

    sample, message = await with_button(scene, on_click)
    scene.discord.fail("POST", CALLBACK, 404, UNKNOWN_INTERACTION, message="Unknown interaction")
    await scene.discord.click(message, "Buy", scene.member)
    found = await ended(sample, InteractionKind.COMPONENT, "on_click")
    assert (found.stages.misses.refused, found.stages.misses.number) == (1, 1)
    nobody = interactions(sample)[InteractionKey(InteractionKind.COMPONENT, "(nobody answered)")]
    assert nobody.stages.misses.number == 0


async def test_a_modal_is_told_by_its_handler(scene: Scene) -> None:
    """What is submitted counts under the code that answers, and nothing that was typed is kept."""

    async def on_modal(event: hikari.InteractionCreateEvent) -> None:
        if isinstance(event.interaction, hikari.ModalInteraction):
            await event.interaction.create_initial_response(4, "thank you")

    sample = scene.make()

    async def form(context: Any) -> None:
        row = sample.bot.rest.build_modal_action_row()
        row.add_text_input("text", "Say something")
        await context.interaction.create_modal_response("A form", SECRET, components=[row])

    sample.add("form", form)
    await sample.load()
    await sample.start()
    sample.bot.event_manager.subscribe(hikari.InteractionCreateEvent, on_modal)
    call = await scene.call("form")
    await (await scene.discord.submit_modal(call, {"text": SECRET})).answered()
    found = await ended(sample, InteractionKind.MODAL, "on_modal")
    assert (len(found.stages.splits()), found.stages.misses.number) == (1, 0)
    assert SECRET not in repr(monitor_of(sample).snapshot())


def add_completing(sample: Any, clock: Clock) -> None:
    """A command `find` with an option that completes itself."""
    if LIGHTBULB_LINE == 2:

        @lightbulb.option("word", "A word", autocomplete=True)
        @lightbulb.command("find", "Finds")
        @lightbulb.implements(lightbulb.SlashCommand)
        async def find(context: Any) -> None: ...

        @find.autocomplete("word")
        async def complete(option: Any, interaction: Any) -> Any:
            clock.forward(1.2)
            return ["a", "b"]

        sample.bot.command(find)
        return

    async def provide(context: Any) -> None:
        clock.forward(1.2)
        await context.respond(["a", "b"])

    @sample.client.register
    class Find(lightbulb.SlashCommand, name="find", description="Finds"):
        word = lightbulb.string("word", "A word", autocomplete=provide)

        @lightbulb.invoke
        async def invoke(self, context: lightbulb.Context) -> None: ...


async def test_autocomplete_is_told_by_command_and_option(scene: Scene, clock: Clock) -> None:
    """How long choices took is told by the option, and what was typed is not kept."""
    sample = scene.make()
    add_completing(sample, clock)
    await sample.load()
    await sample.start()
    assert await scene.discord.autocomplete(scene.member, "find", option="word", value=SECRET, guild=scene.guild)
    found = await ended(sample, InteractionKind.AUTOCOMPLETE, "find word")
    assert [found.stages.splits()[0].stages_ns[Stage.CODE] / S] == about(1.2)
    assert SECRET not in repr(monitor_of(sample).snapshot())


async def test_the_monitors_own_are_not_counted(scene: Scene) -> None:
    """Neither clicks on its pages nor its autocomplete are told of the bot."""
    sample = await scene.run()
    await scene.call("ping")
    answer = await scene.ask("commandstats")
    await scene.discord.autocomplete(scene.admin, "commandstats", option="command", value="p", guild=scene.guild)
    refresh = answer.message.components[0]["components"][-1]["custom_id"]
    await (await scene.discord.click(answer.message, refresh, scene.admin)).answered()
    await until(lambda: not monitor_of(sample).invocations._interactions.open)
    assert interactions(sample) == {}


async def test_ten_thousand_that_nobody_answers_stay_bounded(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound they are counted as not followed, and the bot goes on."""
    monkeypatch.setattr(interaction_watch, "MAXIMUM", 20)
    sample, message = await with_button(scene)
    for _ in range(30):
        await scene.discord.click(message, "Buy", scene.member)
    await until(lambda: monitor_of(sample).snapshot().monitor.dropped == {"interactions in flight": 10})
    await scene.call("ping")
    await sample.unload()
    assert not monitor_of(sample)
