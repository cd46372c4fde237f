"""How long users wait for the answers of a real bot: until the first content, whatever the command does then."""

from __future__ import annotations

import asyncio
from typing import Any

import hikari
import lightbulb
import pytest

import plugin
from plugin.adapters import LIGHTBULB_LINE
from plugin.model import CommandKind, CommandSnapshot, Outcome, Severity
from tests.e2e.conftest import Clock, Scene, until

only_lightbulb2 = pytest.mark.skipif(LIGHTBULB_LINE != 2, reason="only Lightbulb 2 has prefix commands")

S = 1_000_000_000
EDIT = "/webhooks/{application_id}/{token}/messages/{message_id}"


def known(sample: Any, kind: CommandKind = CommandKind.SLASH) -> CommandSnapshot:
    """What is known of the command `market` now."""
    commands = plugin.monitor_of(sample.bot).snapshot().commands
    return next(command for command in commands if command.key[:2] == (kind, "market"))


async def ended(sample: Any, kind: CommandKind = CommandKind.SLASH) -> CommandSnapshot:
    """The same once it has ended."""
    await until(lambda: known(sample, kind).invocations and not known(sample, kind).in_flight)
    return known(sample, kind)


def hundreds(times_ns: Any) -> list[int]:
    """Times in hundreds of seconds, rounded, so that it does not matter how busy the machine is."""
    return [round(time_ns / (100 * S)) for time_ns in times_ns]


def answered(found: CommandSnapshot) -> tuple[list[int], list[int]]:
    """The answers at once and those after a defer, in hundreds of seconds."""
    return hundreds(found.answers.window_ns), hundreds(found.deferred.window_ns)


async def run(scene: Scene, body: Any, **options: Any) -> Any:
    """A bot with a command `market` that does this."""
    sample = scene.make()
    sample.add("market", body, **options)
    await sample.load()
    await sample.start()
    return sample


async def send(scene: Scene) -> Any:
    """The member calls the command; returns at once."""
    return await scene.discord.slash(scene.member, "market", guild=scene.guild)


async def defer(context: Any) -> None:
    """Tell the user to wait."""
    if LIGHTBULB_LINE == 2:
        await context.respond(hikari.ResponseType.DEFERRED_MESSAGE_CREATE)
    else:
        await context.defer()


async def test_a_command_that_waits_after_its_answer_is_as_fast_as_that(scene: Scene, clock: Clock) -> None:
    """A confirmation, a paginator: the user has the answer, and nothing about the bot is slow."""
    plugin.configure(response_target_ms=40_000, slow_command_threshold_ms=50_000, minimum_invocations=1)

    async def market(context: Any) -> None:
        await context.respond("Sell?")
        clock.forward(1000)  # until somebody clicks

    sample = await run(scene, market)
    await send(scene)
    found = await ended(sample)
    assert (answered(found), hundreds([found.total_ns])) == (([0], []), [10])
    health = plugin.monitor_of(sample.bot).health()
    judged = next(judged for judged in health.commands if judged.command.key == found.key)
    assert (judged.severity, health.response_ms.severity) == (Severity.WELL, Severity.WELL)


async def edits(context: Any) -> None:
    await context.interaction.edit_initial_response("sold")


async def follows_up(context: Any) -> None:
    await context.interaction.execute("sold")


async def responds(context: Any) -> None:
    await context.respond("sold")


@pytest.mark.parametrize("answer", [edits, follows_up, responds])
async def test_a_deferred_answer_is_counted_apart(scene: Scene, clock: Clock, answer: Any) -> None:
    """Its time runs from the receipt to the edit or follow-up that brings it, not to the defer or the end."""

    async def market(context: Any) -> None:
        clock.forward(100)
        await defer(context)
        clock.forward(200)
        await answer(context)
        clock.forward(1000)
        await context.interaction.execute("and more")

    sample = await run(scene, market)
    await send(scene)
    found = await ended(sample)
    assert answered(found) == ([], [3])
    assert (found.first_responses.total, hundreds([found.total_ns])) == (1, [13])


@pytest.mark.parametrize("deferred", [False, True], ids=["at once", "after a defer"])
async def test_an_answer_of_a_task_counts_after_the_end(scene: Scene, clock: Clock, deferred: bool) -> None:
    """A command may leave its answer to a task of its own, and end before that has answered."""
    tasks: list[asyncio.Task[Any]] = []

    async def later(context: Any) -> None:
        await sample.gates.wait("later")
        await (edits(context) if deferred else context.interaction.create_initial_response(4, "sold"))

    async def market(context: Any) -> None:
        if deferred:
            await defer(context)
        tasks.append(asyncio.create_task(later(context)))

    sample = scene.make()
    sample.add("market", market)
    await sample.load()
    await sample.start()
    await send(scene)
    await sample.gates.entered.get()
    assert answered(await ended(sample)) == ([], [])
    clock.forward(100)
    sample.gates.open("later")
    await asyncio.gather(*tasks)
    found = known(sample)
    assert answered(found) == (([], [1]) if deferred else ([1], []))
    assert (found.invocations, found.first_responses.total, hundreds([found.total_ns])) == (1, 1, [0])
    assert found.stages is not None and found.stages.misses.unanswered == 0


async def test_the_first_of_two_answers_counts(scene: Scene, clock: Clock) -> None:
    """What a command adds to its answer changes nothing."""

    async def market(context: Any) -> None:
        clock.forward(100)
        await context.respond("sold")
        clock.forward(200)
        await context.respond("and paid")

    sample = await run(scene, market)
    await send(scene)
    assert answered(await ended(sample)) == ([1], [])


async def test_a_modal_is_an_answer(scene: Scene, clock: Clock) -> None:
    """A form is what the user waits for."""

    async def market(context: Any) -> None:
        clock.forward(100)
        row = hikari.impl.ModalActionRowBuilder().add_text_input("field", "Field")
        await context.respond_with_modal("A form", "form", component=row)

    sample = await run(scene, market)
    await send(scene)
    assert answered(await ended(sample)) == ([1], [])


async def test_what_an_error_handler_says_is_the_answer(scene: Scene, clock: Clock) -> None:
    """The user of a command that fails waits until somebody tells."""

    async def market(_: Any) -> None:
        clock.forward(100)
        raise ValueError

    async def apologise(failure: Any) -> bool:
        await failure.context.respond("sorry")
        return True

    sample = scene.make()
    sample.add("market", market)
    if LIGHTBULB_LINE == 2:
        sample.bot.subscribe(lightbulb.CommandErrorEvent, apologise)
    else:
        sample.client.error_handler(apologise)
    await sample.load()
    await sample.start()
    await send(scene)
    found = await ended(sample)
    assert (found.outcomes[Outcome.ERROR], answered(found)) == (1, ([1], []))


async def test_what_says_nothing_has_no_answer(scene: Scene, clock: Clock) -> None:
    """A command without a response, or with a defer that nothing follows, is neither fast nor slow."""

    async def market(context: Any) -> None:
        if len(calls) == 1:
            await defer(context)
            await context.interaction.delete_initial_response()
        clock.forward(100)

    calls: list[Any] = []
    sample = await run(scene, market)
    for number in (1, 2):
        calls.append(await send(scene))
        await until(lambda number=number: known(sample).invocations == number)
    found = known(sample)
    assert (answered(found), found.durations.total) == (([], []), 2)
    judged = next(one for one in plugin.monitor_of(sample.bot).health().commands if one.command.key == found.key)
    assert (judged.response.value, judged.response.severity) == (None, Severity.UNKNOWN)


async def test_an_edit_that_fails_is_no_answer(scene: Scene, clock: Clock) -> None:
    """The answer is the first one that Discord took."""

    async def market(context: Any) -> None:
        await defer(context)
        clock.forward(100)
        scene.discord.fail("PATCH", EDIT, 400)
        with pytest.raises(hikari.BadRequestError):
            await edits(context)
        clock.forward(100)
        await edits(context)

    sample = await run(scene, market)
    await send(scene)
    assert answered(await ended(sample)) == ([], [2])


@only_lightbulb2
@pytest.mark.parametrize("elsewhere", [False, True], ids=["at once", "after one elsewhere"])
async def test_a_prefix_command_answers_with_its_first_message(scene: Scene, clock: Clock, elsewhere: bool) -> None:
    """The first message that it sends to the channel counts; what it does before in another, or later, does not."""
    other = scene.guild.add_channel("log")

    async def market(context: Any) -> None:
        if elsewhere:
            await context.bot.rest.create_message(other.id, "somebody sells")
        clock.forward(100)
        await context.respond("sold")
        clock.forward(1000)
        await context.respond("and paid")

    sample = await run(scene, market)
    await scene.discord.message(scene.member, scene.channel, "!market")
    found = await ended(sample, CommandKind.PREFIX)
    assert (answered(found), hundreds([found.total_ns])) == (([1], []), [11])
    assert found.first_responses.total == 0


@only_lightbulb2
async def test_a_prefix_command_without_a_message_answers_with_its_end(scene: Scene, clock: Clock) -> None:
    """A reaction, a deletion: the user sees that it is done. What others write meanwhile is not its answer."""

    async def market(_: Any) -> None:
        await sample.gates.wait("market")

    sample = scene.make()
    sample.add("market", market)
    await sample.load()
    await sample.start()
    await scene.discord.message(scene.member, scene.channel, "!market")
    await sample.gates.entered.get()
    await sample.bot.rest.create_message(scene.channel.id, "news")
    clock.forward(100)
    sample.gates.open("market")
    assert answered(await ended(sample, CommandKind.PREFIX)) == ([1], [])


@only_lightbulb2
async def test_a_task_of_a_prefix_command_may_answer(scene: Scene, clock: Clock) -> None:
    """What the command leaves to tasks of its own is its work."""

    async def market(context: Any) -> None:
        clock.forward(100)
        await asyncio.gather(context.respond("sold"))
        clock.forward(1000)

    sample = await run(scene, market)
    await scene.discord.message(scene.member, scene.channel, "!market")
    assert answered(await ended(sample, CommandKind.PREFIX)) == ([1], [])
