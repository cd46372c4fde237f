"""What is known of a command after it was called on a real bot."""

from __future__ import annotations

import asyncio
import gc
import inspect
import time
import weakref
from typing import Any

import hikari
import lightbulb
import pytest
from packaging.version import Version

import plugin
from plugin.adapters import LIGHTBULB_LINE
from plugin.model import CommandKey, CommandKind, CommandSnapshot, MonitorState, Outcome
from tests.e2e import bodies
from tests.e2e.conftest import Scene, patient_discord, until, until_collected

only_lightbulb2 = pytest.mark.skipif(LIGHTBULB_LINE != 2, reason="this exists on Lightbulb 2 only")
only_lightbulb3 = pytest.mark.skipif(LIGHTBULB_LINE != 3, reason="this exists on Lightbulb 3 only")

SECRET = "hunter2-of-the-golem"


def known(sample: Any, name: str, kind: CommandKind = CommandKind.SLASH) -> CommandSnapshot:
    """What is known of one command now."""
    commands = plugin.monitor_of(sample.bot).snapshot().commands
    return next(command for command in commands if command.key[:2] == (kind, name))


def invocations(sample: Any) -> int:
    """How many invocations of all commands have ended."""
    return sum(command.invocations for command in plugin.monitor_of(sample.bot).snapshot().commands)


async def ended(sample: Any, name: str, times: int = 1, kind: CommandKind = CommandKind.SLASH) -> CommandSnapshot:
    """What is known of a command once it has ended so many times, and once everything else has ended too."""
    monitor = plugin.monitor_of(sample.bot)
    await until(lambda: known(sample, name, kind).invocations >= times)
    await until(lambda: not any(command.in_flight for command in monitor.snapshot().commands))
    return known(sample, name, kind)


async def write(scene: Scene, content: str) -> None:
    """The member writes a message."""
    await scene.discord.message(scene.member, scene.channel, content)


async def send(scene: Scene, name: str, **options: Any) -> Any:
    """The member calls a slash command; returns at once."""
    return await scene.discord.slash(scene.member, name, guild=scene.guild, **options)


# Names


async def test_a_slash_command_counts_under_its_qualified_name(scene: Scene) -> None:
    """A command, a subcommand, and one two levels deep count with their full name and cog, and nothing else does."""
    sample = await scene.run()
    called = {"silent": "fun", "shop buy": "shop", "shop stock fail": "shop"}
    for name, cog in called.items():
        await send(scene, name)
        assert (await ended(sample, name)).key == CommandKey(CommandKind.SLASH, name, scene.cogs[cog])
    assert invocations(sample) == len(called)


async def test_a_user_command_counts_as_one(scene: Scene) -> None:
    """A command on a user counts by its name as a user command."""
    sample = await scene.run()
    await scene.discord.user_command(scene.member, "Inspect", scene.admin, guild=scene.guild)
    found = await ended(sample, "Inspect", kind=CommandKind.USER)
    assert (found.key.cog, found.outcomes, found.first_responses.total) == (scene.cogs["fun"], (1, 0, 0, 0), 1)


async def test_a_message_command_counts_as_one(scene: Scene) -> None:
    """A command on a message counts by its name as a message command."""
    sample = await scene.run()
    message = await scene.discord.message(scene.admin, scene.channel, "hello")
    await scene.discord.message_command(scene.member, "Translate", message)
    found = await ended(sample, "Translate", kind=CommandKind.MESSAGE)
    assert (found.key.cog, found.outcomes, found.first_responses.total) == (scene.cogs["fun"], (1, 0, 0, 0), 1)


@only_lightbulb2
async def test_a_prefix_command_counts_under_its_qualified_name(scene: Scene) -> None:
    """A prefix command, a group and its subcommands count with their full name, whichever alias was written."""
    sample = await scene.run()
    for content in ("!silent", "!shop", "!store   get", "!shop stock", "!shop stock fail", "!shop nothing"):
        await write(scene, content)
    expected = {"silent": 1, "shop": 2, "shop buy": 1, "shop stock": 1, "shop stock fail": 1}
    for name, times in expected.items():
        found = await ended(sample, name, times, CommandKind.PREFIX)
        assert found.key.cog == scene.cogs["fun" if name == "silent" else "shop"]
        assert found.invocations == times
    assert invocations(sample) == sum(expected.values())


@only_lightbulb2
async def test_a_running_prefix_subcommand_is_in_flight_itself(scene: Scene) -> None:
    """While a prefix command runs it is in flight under its own name."""
    sample = scene.make()
    sample.add("waits", lambda _: sample.gates.wait("waits"))
    await sample.load()
    await sample.start()
    await write(scene, "!waits")
    await sample.gates.entered.get()
    assert known(sample, "waits", CommandKind.PREFIX).in_flight == 1
    sample.gates.open("waits")
    assert (await ended(sample, "waits", kind=CommandKind.PREFIX)).in_flight == 0


@only_lightbulb2
async def test_messages_that_name_no_command_count_nothing(scene: Scene) -> None:
    """An unknown prefix command and an ordinary message count as no command."""
    sample = await scene.run()
    await write(scene, "!nothing")
    await write(scene, "hello")
    await write(scene, "!silent")
    await ended(sample, "silent", kind=CommandKind.PREFIX)
    assert invocations(sample) == 1


@only_lightbulb2
async def test_a_prefix_command_that_runs_another_counts_as_itself(scene: Scene) -> None:
    """A command that calls another one's `invoke` is the one that the user called."""
    sample = scene.make()
    sample.add("sudo", lambda context: context.bot.get_prefix_command("silent").invoke(context))
    await sample.load()
    await sample.start()
    await write(scene, "!sudo")
    assert (await ended(sample, "sudo", kind=CommandKind.PREFIX)).outcomes == (1, 0, 0, 0)
    assert invocations(sample) == 1


async def test_a_command_that_was_never_called_is_known(scene: Scene) -> None:
    """Commands and cogs of the bot are listed from the start, without invocations."""
    sample = await scene.run()
    found = known(sample, "shop stock fail")
    assert (found.outcomes, found.last_invoked, found.error_rate) == ((0, 0, 0, 0), None, None)
    assert found.answers.mean_ns is found.deferred.mean_ns is None
    assert set(scene.cogs.values()) <= set(plugin.monitor_of(sample.bot).snapshot().cogs)


@pytest.mark.parametrize("group", ["", "golem"], ids=["four commands", "one group"])
async def test_the_monitors_own_commands_do_not_count(scene: Scene, group: str) -> None:
    """Asking for its pages is no invocation, and the pages are no commands of the bot."""
    plugin.configure(group=group)
    sample = await scene.run()
    for page in ("performance", "cogstats", "commandstats", "health"):
        await scene.ask(f"{group} {page}".strip())
        if sample.line == 2:
            await scene.discord.message(scene.admin, scene.channel, f"!{group} {page}".replace("! ", "!"))
    await send(scene, "silent")
    await ended(sample, "silent")
    assert invocations(sample) == 1
    names = {command.key.name for command in plugin.monitor_of(sample.bot).snapshot().commands}
    assert not [name for name in names if "health" in name or "performance" in name]


# Outcomes

OUTCOMES = {
    "silent": Outcome.OK,
    "ping": Outcome.OK,
    "denied": Outcome.DENIED,
    "boom": Outcome.ERROR,
    "broken_check": Outcome.ERROR,
    "twice": Outcome.ERROR,
    "cancelled": Outcome.CANCELLED,
}


def all_of(outcome: Outcome, times: int = 1) -> tuple[int, ...]:
    """Counts of that many invocations which all ended alike."""
    return tuple(times if each is outcome else 0 for each in Outcome)


@pytest.mark.parametrize("handled", [False, True], ids=["unhandled", "handled by the bot"])
async def test_an_invocation_counts_once_whatever_its_end(scene: Scene, handled: bool) -> None:
    """An answer, a refusal, a failure and a cancellation count once each, also where the bot handles every error."""
    sample = scene.make()
    if handled:
        sample.handle_errors()
    await sample.load()
    await sample.start()
    for name, outcome in OUTCOMES.items():
        await send(scene, name)
        await send(scene, name)
        assert (name, (await ended(sample, name, 2)).outcomes) == (name, all_of(outcome, 2))
    assert invocations(sample) == 2 * len(OUTCOMES)
    assert len(sample.handled) == (8 if handled else 0)


@only_lightbulb2
async def test_a_prefix_invocation_counts_once_whatever_its_end(scene: Scene) -> None:
    """Prefix commands end as slash commands do; arguments that are missing or no number are the user's fault."""
    sample = await scene.run()
    for name in ("silent", "ping", "denied", "boom", "broken_check", "cancelled"):
        await write(scene, f"!{name}")
        found = await ended(sample, name, kind=CommandKind.PREFIX)
        assert (name, found.outcomes, found.first_responses.total) == (name, all_of(OUTCOMES[name]), 0)
    await write(scene, "!square")
    await write(scene, "!square x")
    assert (await ended(sample, "square", 2, CommandKind.PREFIX)).outcomes == all_of(Outcome.DENIED, 2)


@pytest.mark.parametrize("named", ["DeniedError", "tests.e2e.bodies.DeniedError", "tests.e2e.test_measuring.Sold"])
async def test_a_bot_may_refuse_by_raising(scene: Scene, named: str) -> None:
    """An exception of a type that is named in the settings, or of one that derives from it, counts as denied."""
    plugin.configure(denied_exceptions=["OtherError", named])

    async def refuse(_: Any) -> None:
        raise Sold(SECRET)

    sample = scene.make()
    sample.add("sold", refuse)
    await sample.load()
    await sample.start()
    for name in ("sold", "boom"):
        await send(scene, name)
    found = await ended(sample, "sold")
    assert (found.outcomes, found.errors) == (all_of(Outcome.DENIED), ())
    assert [denial.reason for denial in found.denials] == ["tests.e2e.test_measuring.Sold"]
    assert (await ended(sample, "boom")).outcomes == all_of(Outcome.ERROR)


class Sold(bodies.DeniedError):
    """What a shop says that has nothing left."""


@only_lightbulb3
async def test_a_failed_conversion_is_the_users(scene: Scene) -> None:
    """An option that a converter cannot take is denied, not an error."""
    sample = await scene.run()
    await send(scene, "square", number="x")
    assert (await ended(sample, "square")).outcomes == (0, 1, 0, 0)


async def test_a_cooldown_denies(scene: Scene) -> None:
    """A call before its time is denied, and none of it counts into the durations."""
    sample = await scene.run()
    for _ in range(3):
        await send(scene, "cooled")
    found = await ended(sample, "cooled", 3)
    assert (found.outcomes, found.durations.total, len(found.answers.window_ns)) == ((1, 2, 0, 0), 1, 1)
    assert "Cooldown" in found.denials[0].reason
    assert found.denials[0].count == 2


async def test_a_concurrency_limit_denies(scene: Scene) -> None:
    """A call while another one runs is denied where one at once is allowed."""
    sample = scene.make()
    sample.add("lonely", lambda _: sample.gates.wait("lonely"), at_once=1)
    await sample.load()
    await sample.start()
    await send(scene, "lonely")
    await sample.gates.entered.get()
    await send(scene, "lonely")
    await until(lambda: known(sample, "lonely").outcomes[Outcome.DENIED])
    sample.gates.open("lonely")
    assert (await ended(sample, "lonely", 2)).outcomes == (1, 1, 0, 0)


def refuses_by_hand(_: object) -> bool:
    raise PermissionError("not you")


def refuses_in_own_words(_: object) -> bool:
    raise bodies.DeniedError("not you")


def refuses_because_of(_: object) -> bool:
    try:
        return {}[SECRET]
    except KeyError as unknown:
        raise bodies.DeniedError("you are not registered") from unknown


def cannot_parse(_: object) -> bool:
    return bodies.json.loads("{")


CHECKS: list[tuple[Any, Outcome, str]] = [
    (refuses_by_hand, Outcome.DENIED, "PermissionError"),
    (refuses_in_own_words, Outcome.DENIED, "tests.e2e.bodies.DeniedError"),
    (refuses_because_of, Outcome.DENIED, "tests.e2e.bodies.DeniedError"),
    (bodies.broken_check, Outcome.ERROR, "ZeroDivisionError"),
    (cannot_parse, Outcome.ERROR, "json.decoder.JSONDecodeError"),
]


async def test_a_check_refuses_or_breaks(scene: Scene) -> None:
    """What a check raises by hand is a refusal with that reason; what breaks in it is an error at its line."""
    sample = scene.make()
    for check, _, _ in CHECKS:
        sample.add(f"its_{check.__name__}", bodies.ping, check=check)
    await sample.load()
    await sample.start()
    for check, outcome, kind in CHECKS:
        await send(scene, f"its_{check.__name__}")
        found = await ended(sample, f"its_{check.__name__}")
        causes = [denial.reason for denial in found.denials] if outcome is Outcome.DENIED else [found.errors[0].type]
        assert (check, found.outcomes, causes) == (check, all_of(outcome), [kind])
        assert [group.place.function for group in found.errors] == [check.__name__] * found.outcomes[Outcome.ERROR]


@only_lightbulb2
async def test_a_check_failure_of_the_bots_is_its_last_word(scene: Scene) -> None:
    """A CheckFailure that a check raises from another exception refuses, whatever that one was."""

    def check(_: object) -> bool:
        raise lightbulb.CheckFailure("you are not registered") from KeyError(SECRET)

    sample = scene.make()
    sample.add("checked", bodies.ping, check=check)
    await sample.load()
    await sample.start()
    await send(scene, "checked")
    found = await ended(sample, "checked")
    assert [denial.reason for denial in found.denials] == ["lightbulb.errors.CheckFailure"]


@only_lightbulb2
async def test_a_command_that_runs_another_is_counted_as_itself(scene: Scene) -> None:
    """One that is run within another by the bot leaves that one's answer and failure to it."""
    sample = scene.make()

    async def outer(context: Any) -> None:
        inner = lightbulb.SlashContext(context.bot, context.event, context.bot.get_slash_command("silent"))
        await context.bot.invoke_application_command(inner)
        await context.respond("done")
        raise ValueError(SECRET)

    sample.add("outer", outer)
    sample.handle_errors()
    await sample.load()
    await sample.start()
    await send(scene, "outer")
    found = await ended(sample, "outer")
    assert (found.outcomes, found.first_responses.total) == ((0, 0, 1, 0), 1)
    assert known(sample, "silent").outcomes == (1, 0, 0, 0)


@only_lightbulb2
async def test_odd_exceptions_of_checks_are_counted(scene: Scene) -> None:
    """A refusal without what its base would have set, and one that raises when it is asked, are refusals still."""

    class NotPremiumError(lightbulb.CheckFailure):
        def __init__(self) -> None: ...

    class MuteError(lightbulb.CheckFailure):
        def __str__(self) -> str:
            raise LookupError(SECRET)

    def refuses(_: object) -> bool:
        raise NotPremiumError

    def mute(_: object) -> bool:
        raise lightbulb.CheckFailure("") from MuteError()

    sample = scene.make()
    sample.add("refused", bodies.ping, check=refuses)
    sample.add("mute", bodies.ping, check=mute)
    sample.handle_errors()
    await sample.load()
    await sample.start()
    for name in ("refused", "mute"):
        await send(scene, name)
        await ended(sample, name)
    assert (known(sample, "refused").outcomes, known(sample, "mute").outcomes) == ((0, 1, 0, 0), (0, 1, 0, 0))
    assert plugin.monitor_of(sample.bot).snapshot().monitor.faults == {}


@only_lightbulb2
async def test_of_several_failed_checks_a_broken_one_counts(scene: Scene) -> None:
    """Where one check refuses and another breaks, the bug counts."""
    sample = scene.make()
    sample.bot.check(refuses_in_own_words)
    sample.add("checked", bodies.ping, check=bodies.broken_check)
    await sample.load()
    await sample.start()
    await send(scene, "checked")
    found = await ended(sample, "checked")
    assert (found.outcomes, found.errors[0].type) == ((0, 0, 1, 0), "ZeroDivisionError")


@only_lightbulb2
@pytest.mark.parametrize("level", ["command", "cog", "bot"])
async def test_a_failure_that_a_handler_swallows_counts(scene: Scene, level: str) -> None:
    """A handler of the command, of its cog or of the bot hides no failure from the counts."""
    sample = scene.make()

    async def swallow(event: lightbulb.CommandErrorEvent) -> bool:
        sample.handled.append(level)
        return True

    sample.add("fails", bodies.boom, on_error=swallow if level == "command" else None)
    sample.bot.get_plugin(scene.cogs["fun"]).set_error_handler(swallow if level == "cog" else _decline)
    if level == "bot":
        sample.bot.subscribe(lightbulb.CommandErrorEvent, swallow)
    await sample.load()
    await sample.start()
    name = "fails" if level == "command" else "boom"
    await send(scene, name)
    await write(scene, f"!{name}")
    assert (await ended(sample, name)).outcomes == (0, 0, 1, 0)
    assert (await ended(sample, name, kind=CommandKind.PREFIX)).outcomes == (0, 0, 1, 0)
    await until(lambda: sample.handled == [level, level])


async def _decline(_: object) -> bool:
    return False


@only_lightbulb3
@pytest.mark.parametrize("priority", [-5, 0, 10**9, 10**12], ids=str)
async def test_a_failure_that_an_error_handler_swallows_counts(scene: Scene, priority: int) -> None:
    """An error handler hides no failure from the counts, whatever its priority and whenever it was registered."""
    sample = scene.make()
    handled: list[object] = []

    def swallow(failure: object) -> bool:
        handled.append(failure)
        return True

    sample.client.error_handler(swallow, priority=priority)
    await sample.load()
    sample.client.error_handler(swallow, priority=priority + 1)
    await sample.start()
    await send(scene, "boom")
    assert (await ended(sample, "boom")).outcomes == (0, 0, 1, 0)
    assert len(handled) == 1


@pytest.mark.parametrize(("name", "outcome"), [("boom", Outcome.ERROR), ("denied", Outcome.DENIED)], ids=str)
async def test_a_handler_that_raises_changes_no_count(scene: Scene, name: str, outcome: Outcome) -> None:
    """Where the bot's error handler fails itself, the invocation still counts once, by its first cause."""
    sample = scene.make()

    async def fail(_: object) -> bool:
        raise RuntimeError("the handler is broken")

    if sample.line == 2:
        sample.bot.get_plugin(scene.cogs["fun"]).set_error_handler(fail)
    else:
        sample.client.error_handler(fail)
    await sample.load()
    await sample.start()
    await send(scene, name)
    found = await ended(sample, name)
    assert found.outcomes == all_of(outcome)
    assert "RuntimeError" not in repr(found)


# Causes


def raising_line(function: Any, code: str) -> int:
    """Number of the line of a function that has this code."""
    lines, first = inspect.getsourcelines(function)
    return next(first + offset for offset, line in enumerate(lines) if code in line)


async def parses_one(_: object) -> None:
    Version("none")


async def parses_another(_: object) -> None:
    Version("nothing")


async def test_errors_in_a_package_are_apart_by_the_lines_that_called_it(scene: Scene) -> None:
    """What two commands use fails at the line of each, not within the package."""
    sample = scene.make()
    for body in (parses_one, parses_another):
        sample.add(body.__name__, body)
    await sample.load()
    await sample.start()
    for body in (parses_one, parses_another):
        await send(scene, body.__name__)
        (group,) = (await ended(sample, body.__name__)).errors
        assert (group.type, group.place.function) == ("packaging.version.InvalidVersion", body.__name__)
        assert group.place.file.endswith("tests/e2e/test_measuring.py")


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        ("boom", "KeyError", "never shown"),
        ("in_a_library", "json.decoder.JSONDecodeError", "json.loads"),
        ("twice", "hikari.errors.BadRequestError", "second"),
    ],
    ids=["own line", "standard library", "hikari"],
)
async def test_an_error_is_kept_by_type_and_place(scene: Scene, name: str, kind: str, code: str) -> None:
    """Failures of one kind and line are one group, at the innermost line of the bot's own code."""
    body = bodies.answers_twice if name == "twice" else getattr(bodies, name)
    sample = await scene.run()
    await send(scene, name)
    await send(scene, name)
    (group,) = (await ended(sample, name, 2)).errors
    assert (group.type, group.count) == (kind, 2)
    assert group.place.file.endswith("tests/e2e/bodies.py")
    assert (group.place.function, group.place.line) == (body.__name__, raising_line(body, code))
    assert group.first_seen <= group.last_seen <= time.time()


@only_lightbulb2
async def test_a_cog_that_is_gone_is_let_go(scene: Scene) -> None:
    """What the commands of an extension hold dies with it; what is there still is counted."""
    sample = await scene.run()
    await scene.call("ping")
    held: list[weakref.ref[Any]] = []
    for number in range(3):
        cog, model = lightbulb.Plugin("Models"), type("Model", (), {})()
        held.append(weakref.ref(model))

        async def ask(context: Any, model: Any = model) -> None:
            await context.respond(str(model))

        cog.command(lightbulb.command("ask", "Asks")(lightbulb.implements(lightbulb.SlashCommand)(ask)))
        sample.bot.add_plugin(cog)
        await sample.sync()
        await scene.call("ask")
        await ended(sample, "ask", number + 1)
        sample.bot.remove_plugin("Models")
        del cog, model, ask
    await scene.call("ping")
    await until_collected(lambda: sum(one() is not None for one in held) == 0)
    assert plugin.monitor_of(sample.bot).snapshot().monitor.faults == {}


async def test_nothing_private_is_kept(scene: Scene) -> None:
    """Neither what an exception says, nor arguments, messages, users or guilds are anywhere in a snapshot."""
    sample = scene.make()

    async def whisper(context: Any) -> None:
        raise ValueError(f"{SECRET} of {context.user.id}" if sample.line == 3 else SECRET)

    sample.add("whisper", whisper)
    sample.add("refused", bodies.ping, check=lambda _: (_ for _ in ()).throw(bodies.DeniedError(SECRET)))
    await sample.load()
    await sample.start()
    await send(scene, "whisper")
    await send(scene, "refused")
    await write(scene, f"!whisper {SECRET}")
    await ended(sample, "whisper", 1)
    await ended(sample, "refused", 1)
    kept = repr(plugin.monitor_of(sample.bot).snapshot())
    secrets = (SECRET, "hunter2", str(scene.member.user.id), str(scene.guild.id), "bob")
    assert "ValueError" in kept
    assert [secret for secret in secrets if secret in kept] == []


async def test_no_exception_is_kept_alive(scene: Scene) -> None:
    """What a command raised, with its traceback and all locals, dies with the invocation."""
    sample = scene.make()
    alive: list[weakref.ref[Exception]] = []

    class OwnError(Exception):
        """Can be referenced weakly."""

    async def fail(_: object) -> None:
        error = OwnError()
        alive.append(weakref.ref(error))
        raise error

    sample.add("fails", fail)
    sample.handle_errors()
    await sample.load()
    await sample.start()
    await send(scene, "fails")
    await ended(sample, "fails")
    for _ in range(5):
        await asyncio.sleep(0)
    gc.collect()
    assert [reference() for reference in alive] == [None]


# Times


async def respond(context: Any) -> None:
    await context.respond("at once")


async def answer_directly(context: Any) -> None:
    await context.interaction.create_initial_response(4, "at once")


async def answer_by_rest(context: Any) -> None:
    await context.interaction.app.rest.create_interaction_response(
        interaction=context.interaction, token=context.interaction.token, response_type=4, content="at once"
    )


async def answer_with_modal(context: Any) -> None:
    row = hikari.impl.ModalActionRowBuilder().add_text_input("field", "Field")
    await context.respond_with_modal("A form", "form", component=row)


async def test_the_first_response_is_seen_whoever_sends_it(scene: Scene) -> None:
    """The time from receipt to the first response is known, and no longer than what passed outside."""
    sample = scene.make()
    bodies_that_answer = (respond, answer_directly, answer_by_rest, answer_with_modal)
    for body in bodies_that_answer:
        sample.add(body.__name__, body)
    await sample.load()
    await sample.start()
    for body in bodies_that_answer:
        before_ns = time.monotonic_ns()
        await scene.call(body.__name__)
        found = await ended(sample, body.__name__)
        assert (body, found.first_responses.total) == (body, 1)
        assert 0 < found.first_responses.quantile_ns(1) < 1.06 * (time.monotonic_ns() - before_ns)


async def test_a_silent_command_has_no_first_response(scene: Scene) -> None:
    """A command that never answers has a duration, but no time to a first response."""
    sample = await scene.run()
    await send(scene, "silent")
    found = await ended(sample, "silent")
    assert (found.first_responses.total, found.durations.total) == (0, 1)


async def held(scene: Scene, sample: Any, gate: str) -> int:
    """Open a gate after ten other commands were answered; returns how long that took."""
    await sample.gates.entered.get()
    before_ns = time.monotonic_ns()
    for _ in range(10):
        await scene.call("ping")
    held_ns = time.monotonic_ns() - before_ns
    sample.gates.open(gate)
    return held_ns


async def test_the_first_response_of_a_deferred_command_is_the_defer(scene: Scene) -> None:
    """A command that defers has answered then, however long it goes on."""
    sample = await scene.run()
    before_ns = time.monotonic_ns()
    await scene.call("deferred")
    deferred_ns = time.monotonic_ns() - before_ns
    held_ns = await held(scene, sample, "deferred")
    found = await ended(sample, "deferred")
    assert found.first_responses.total == 1
    assert found.first_responses.quantile_ns(1) < 1.06 * (deferred_ns + held_ns / 10)
    assert found.total_ns >= held_ns


async def test_a_command_that_answers_late_has_a_late_first_response(scene: Scene) -> None:
    """A command that waits before it answers has a first response and a duration of at least that while."""
    sample = await scene.run()
    await send(scene, "slow")
    held_ns = await held(scene, sample, "slow")
    found = await ended(sample, "slow")
    assert found.total_ns >= held_ns
    assert found.first_responses.quantile_ns(1) >= 0.94 * held_ns
    answers = found.answers
    assert held_ns <= answers.window_ns[0] <= found.total_ns
    assert (answers.total_ns, answers.window_sum_ns, answers.mean_ns) == (answers.window_ns[0],) * 3


async def test_a_failure_has_a_duration(scene: Scene) -> None:
    """How long a command ran before it failed is kept as for a success."""
    sample = scene.make()

    async def fail_late(context: Any) -> None:
        await sample.gates.wait("late")
        raise ValueError

    sample.add("late", fail_late)
    await sample.load()
    await sample.start()
    await send(scene, "late")
    held_ns = await held(scene, sample, "late")
    assert (await ended(sample, "late")).total_ns >= held_ns


async def test_time_counts_from_the_receipt(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """What passes between the arrival of an interaction and its command counts into both times."""
    owner, name = (
        (lightbulb.BotApp, "get_application_command_context")
        if LIGHTBULB_LINE == 2
        else (lightbulb.Client, "handle_application_command_interaction")
    )
    original = getattr(owner, name)

    async def late(self: Any, event: Any, *rest: Any) -> Any:
        if getattr(event, "interaction", event).command_name == "twice":
            await sample.gates.wait("receipt")
        return await original(self, event, *rest)

    sample = scene.make()
    if LIGHTBULB_LINE == 2:
        monkeypatch.setattr(owner, name, late)
    await sample.load()
    if LIGHTBULB_LINE == 3:
        before = type(sample.client)
        sample.client.__class__ = type("Slow", (before,), {"__slots__": (), name: _late(before, name, sample)})
    await sample.start()
    await send(scene, "twice")
    held_ns = await held(scene, sample, "receipt")
    found = await ended(sample, "twice")
    assert found.total_ns >= held_ns
    assert found.first_responses.quantile_ns(1) >= 0.94 * held_ns


def _late(before: type, name: str, sample: Any) -> Any:
    async def late(self: Any, interaction: Any, *rest: Any) -> Any:
        if interaction.command_name == "twice":
            await sample.gates.wait("receipt")
        return await getattr(before, name)(self, interaction, *rest)

    return late


@only_lightbulb2
async def test_time_of_a_prefix_command_counts_from_the_message(scene: Scene) -> None:
    """What a bot needs to look its prefix up, and what listeners hold an invocation up, counts into the duration."""

    async def look_up(_: object, message: hikari.Message) -> str:
        if message.content == "!silent":
            await sample.gates.wait("prefix")
        return "!"

    sample: Any = await scene.run(prefix=look_up)
    await write(scene, "!silent")
    held_ns = await held(scene, sample, "prefix")
    assert (await ended(sample, "silent", kind=CommandKind.PREFIX)).total_ns >= held_ns


# Numbers


async def test_a_thousand_commands_at_once_are_counted() -> None:
    """Every one of a thousand simultaneous invocations counts, and nothing stays in flight."""
    async with patient_discord() as patient:
        scene = Scene(patient)
        sample = await scene.run()
        calls = await patient.burst(scene.member, "ping", count=1_000, guild=scene.guild)
        await patient.all_answered(calls, timeout_s=50)
        found = await ended(sample, "ping", 1_000)
        assert (found.outcomes, found.in_flight) == ((1_000, 0, 0, 0), 0)
        assert (found.first_responses.total, found.durations.total, len(found.answers.window_ns)) == (1_000, 1_000, 100)
        assert plugin.monitor_of(sample.bot).snapshot().monitor == MonitorState({}, {}, {})
        await sample.close()


async def test_the_window_holds_the_last_answers(scene: Scene) -> None:
    """The window has as many answers as were set, its sum is theirs, and the histogram has all since boot."""
    plugin.configure(window_length=10)
    sample = await scene.run()
    for times in (7, 13):
        missing = times - known(sample, "ping").invocations
        await scene.discord.burst(scene.member, "ping", count=missing, guild=scene.guild)
        await ended(sample, "ping", times)
    found = known(sample, "ping").answers
    assert (len(found.window_ns), found.times.total, found.number) == (10, 13, 13)
    assert found.window_sum_ns == sum(found.window_ns) < found.total_ns
    assert found.quantile_ns(1) == max(found.window_ns)
