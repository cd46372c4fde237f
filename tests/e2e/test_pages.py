"""The four commands, called, read and paged through by clicks on a real bot."""

from __future__ import annotations

from typing import Any

import pytest

import plugin
from examples.localdiscord import LocalDiscord
from plugin.adapters import LIGHTBULB_LINE
from plugin.costs import COMMAND_US
from tests.e2e.conftest import ADMINISTRATOR, Scene, Timer, patient_discord, until

PAGES = ("performance", "cogstats", "commandstats", "health")
NEXT, PREVIOUS, REFRESH = "\u25b6", "\u25c0", "\U0001f504"
EPHEMERAL = 64

only_lightbulb2 = pytest.mark.skipif(LIGHTBULB_LINE != 2, reason="prefix commands are of Lightbulb 2")


def text(call: Any) -> str:
    """Everything that the message of a call says now."""
    embed = call.message.embeds[0]
    fields = "\n".join(f"{field['name']}\n{field['value']}" for field in embed.get("fields", ()))
    return "\n".join([embed.get("title", ""), embed.get("description", ""), fields, str(embed.get("footer", ""))])


def button(message: Any, emoji: str) -> dict[str, Any]:
    """The button of a message with that sign."""
    buttons = [component for row in message.components for component in row["components"]]
    found = [found for found in buttons if (found.get("emoji") or {}).get("name", "").startswith(emoji)]
    assert found, f"there is no button {emoji}"
    return found[0]


async def press(call: Any, emoji: str, **options: Any) -> Any:
    """Click a button and wait for what comes of it."""
    click = await call.click(button(call.message, emoji)["custom_id"], **options)
    await click.answered()
    return click


@pytest.mark.parametrize("page", PAGES)
async def test_an_administrator_reads_each_page_alone(scene: Scene, page: str) -> None:
    """Each command answers its caller ephemerally, with a page that Discord takes."""
    await scene.run()
    call = await scene.ask(page)
    assert call.ephemeral
    assert text(call).strip()
    assert not scene.discord.refusals


async def test_pages_are_turned_by_clicks(scene: Scene) -> None:
    """The buttons lead to the next page and back, and are dead where there is none."""
    await scene.run()
    await scene.call("ping")
    await scene.discord.slash(scene.member, "boom", guild=scene.guild)
    call = await scene.ask("commandstats")
    first = text(call)
    assert button(call.message, PREVIOUS)["disabled"]
    await press(call, NEXT)
    assert text(call) != first
    await press(call, PREVIOUS)
    assert text(call).splitlines()[0] == first.splitlines()[0]


async def test_a_button_refreshes(scene: Scene, counted: Any) -> None:
    """The refresh button shows what happened since."""
    sample = await scene.run()
    await scene.call("ping")
    await counted(sample, "ping")
    call = await scene.ask("commandstats", command="/ping")
    assert "/shop buy" not in text(call)
    before = text(call)
    await scene.call("ping")
    await counted(sample, "ping", 2)
    await press(call, REFRESH)
    assert text(call) != before


async def test_a_stranger_cannot_turn_pages(scene: Scene, discord: LocalDiscord) -> None:
    """A click of somebody else is told so ephemerally and changes nothing."""
    plugin.configure(ephemeral=False)
    await scene.run()
    call = await scene.ask("commandstats")
    before = text(call)
    click = await press(call, REFRESH, user=scene.member.user)
    assert click.response.data["flags"] & EPHEMERAL
    assert "Only the person who ran the command" in click.response.data["content"]
    assert text(call) == before


def dead(message: Any) -> bool:
    """Whether every button of a message is disabled."""
    return all(found["disabled"] for row in message.components for found in row["components"])


@pytest.mark.parametrize("clicked", [False, True], ids=["never clicked", "clicked before"])
async def test_buttons_go_dead_after_the_timeout(scene: Scene, timer: Timer, clicked: bool) -> None:
    """After the timeout every button is disabled, rather than failing when it is clicked."""
    await scene.run()
    call = await scene.ask("health")
    timer.move(100)
    latest = await press(call, REFRESH) if clicked else call
    timer.move(179 if clicked else 79)
    assert not dead(call.message)
    timer.move(1)
    while not dead(call.message):
        await latest.changed()
    assert not scene.discord.refusals


async def test_a_page_lives_no_longer_than_its_token(scene: Scene, timer: Timer) -> None:
    """However often it is refreshed, after 15 minutes a page ends: to read on, its reader asks again."""
    await scene.run()
    call = await scene.ask("health")
    for _ in range(6):
        timer.move(149)
        latest = await press(call, REFRESH)
    timer.move(5)
    assert not dead(call.message)
    timer.move(1)
    while not dead(call.message):
        await latest.changed()
    assert not scene.discord.refusals


async def test_a_click_that_is_refused_keeps_no_page_open(scene: Scene, timer: Timer) -> None:
    """Clicks of strangers do not count as use."""
    plugin.configure(ephemeral=False)
    await scene.run()
    call = await scene.ask("health")
    timer.move(179)
    await press(call, REFRESH, user=scene.member.user)
    timer.move(1)
    while not dead(call.message):
        await call.changed()


async def test_a_reader_who_loses_administrator_reads_no_further(scene: Scene, timer: Timer) -> None:
    """Every click asks anew who may read; one that is refused changes nothing and keeps no page open."""
    await scene.run()
    call = await scene.ask("health")
    before = text(call)
    scene.admin.roles.clear()
    timer.move(170)
    click = await press(call, REFRESH)
    assert click.ephemeral
    assert click.response.data["content"] == "Only administrators of this server can view these pages."
    assert text(call) == before
    timer.move(10)
    while not dead(call.message):
        await call.changed()


async def test_who_is_no_administrator_reads_nothing(scene: Scene) -> None:
    """A member without Administrator gets one sentence, ephemerally, whatever Discord's registration says."""
    await scene.run()
    call = await scene.call("performance")
    assert call.ephemeral
    assert call.response.data["content"] == "Only administrators of this server can view these pages."
    assert not call.response.data.get("embeds")


@pytest.mark.parametrize("who", ["owner", "member of the team", "outsider"])
async def test_in_a_dm_only_owners_read(who: str) -> None:
    """Outside guilds the bot's owners are answered, those of a team too, and nobody else."""
    async with patient_discord(team=["grace", "alan"]) as discord:
        scene = Scene(discord)
        sample = await scene.run()
        users = {"owner": discord.owner, "member of the team": discord.team[1], "outsider": scene.member.user}
        call = await discord.slash(users[who], "performance", dm=True)
        data = (await call.answered()).data
        assert bool(data.get("embeds")) == (who != "outsider")
        if who == "outsider":
            assert data["content"] == "Only this bot's owners can view these pages here."
        await sample.close()


@only_lightbulb2
@pytest.mark.parametrize("given", [None, 7, ["ada"]], ids=["none", "a number", "names"])
async def test_owners_that_are_no_list_of_numbers_are_asked_for(scene: Scene, given: Any) -> None:
    """A bot may be given anything as its owners without noticing; its pages are made all the same."""
    sample = await scene.run(owner_ids=given)
    assert (await scene.ask("health")).message.embeds
    call = await scene.discord.slash(scene.discord.owner, "health", dm=True)
    assert (await call.answered()).data["embeds"]
    assert plugin.monitor_of(sample.bot).snapshot().monitor.faults == {}


async def test_owner_only_shuts_out_administrators(scene: Scene) -> None:
    """With owner_only an administrator who does not own the bot reads nothing."""
    plugin.configure(owner_only=True)
    await scene.run()
    call = await scene.ask("performance")
    assert call.response.data["content"] == "Only this bot's owners can view these pages here."


async def test_answers_are_public_where_the_settings_say_so(scene: Scene) -> None:
    """With ephemeral off everybody in the channel sees a page, but a refusal stays private."""
    plugin.configure(ephemeral=False)
    await scene.run()
    assert not (await scene.ask("health")).ephemeral
    assert (await scene.call("health")).ephemeral


async def test_an_unknown_command_is_one_sentence(scene: Scene) -> None:
    """Asking for a command that the bot does not have says so, and repeats the name harmlessly."""
    await scene.run()
    call = await scene.ask("commandstats", command="@everyone `x`")
    assert call.ephemeral
    assert "No such command" in call.response.data["content"]
    assert call.response.data["allowed_mentions"] == {"parse": []}


async def test_top_count_limits_the_lists(scene: Scene, counted: Any) -> None:
    """Each list shows as many commands as were asked for."""
    sample = await scene.run()
    for name in ("ping", "shop buy", "square"):
        await scene.call(name, **({"number": 3 if LIGHTBULB_LINE == 2 else "3"} if name == "square" else {}))
        await counted(sample, name)
    shown = text(await scene.ask("commandstats", top_count=2))
    assert sum(f"/{name}" in shown for name in ("ping", "shop buy", "square")) == 2


async def test_top_count_beyond_its_range_is_one_sentence(scene: Scene) -> None:
    """A number that gets past Discord's own check is answered with what is allowed."""
    sample = await scene.run()
    command = scene.discord.commands()
    option = next(c for c in command if c["name"] == "commandstats")["options"][0]
    assert (option["min_value"], option["max_value"]) == (1, 25)
    option["max_value"] = 1000
    call = await scene.ask("commandstats", top_count=99)
    assert call.response.data["content"] == "`top_count` must be a number from 1 to 25, not 99."
    assert plugin.monitor_of(sample.bot).snapshot().monitor.faults == {}


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("performance", ["system", "period", "scope"]),
        ("cogstats", ["period", "scope"]),
        ("commandstats", ["top_count", "command", "period", "scope"]),
        ("health", ["when", "scope", "test"]),
    ],
)
async def test_each_command_offers_what_it_can_look_back_on(scene: Scene, page: str, names: list[str]) -> None:
    """Discord is told the options of each page, and offers the periods and scopes to choose from."""
    await scene.run()
    options = next(command for command in scene.discord.commands() if command["name"] == page)["options"]
    assert [option["name"] for option in options] == names
    offered = {option["name"]: [choice["value"] for choice in option.get("choices") or ()] for option in options}
    assert offered["scope"] == ["this instance", "fleet"]
    assert offered.get("period", ["1h", "24h", "7d", "30d", "all"]) == ["1h", "24h", "7d", "30d", "all"]


async def test_autocomplete_offers_the_bots_commands(scene: Scene) -> None:
    """What an administrator types is completed to the commands of the bot, not to the monitor's own."""
    await scene.run()
    choices = await scene.discord.autocomplete(
        scene.admin, "commandstats", option="command", value="sh", guild=scene.guild
    )
    assert [choice["value"] for choice in choices][:1] == ["/shop buy"]
    own = await scene.discord.autocomplete(
        scene.admin, "commandstats", option="command", value="cogstats", guild=scene.guild
    )
    assert own == []


async def test_autocomplete_tells_others_nothing(scene: Scene) -> None:
    """Who is no administrator gets no choices."""
    await scene.run()
    option = {"option": "command", "value": "", "guild": scene.guild}
    assert await scene.discord.autocomplete(scene.member, "commandstats", **option) == []


async def test_with_owner_only_autocomplete_tells_administrators_nothing(scene: Scene) -> None:
    """Who may not read the pages is not told the names of the commands either."""
    plugin.configure(owner_only=True)
    await scene.run()
    option = {"option": "command", "value": "", "guild": scene.guild}
    assert await scene.discord.autocomplete(scene.admin, "commandstats", **option) == []


@pytest.mark.parametrize("owner_only", [True, False])
async def test_an_owner_in_a_dm_is_offered_commands(scene: Scene, owner_only: bool) -> None:
    """Who may read the pages in a DM gets choices there, and nobody else does."""
    plugin.configure(owner_only=owner_only)
    await scene.run()
    for user, offered in ((scene.discord.owner, True), (scene.member.user, False)):
        found = await scene.discord.autocomplete(user, "commandstats", option="command", value="ping", dm=True)
        assert bool(found) == offered


@only_lightbulb2
async def test_the_setting_guilds_limits_prefix_commands_too(scene: Scene) -> None:
    """An administrator of another guild reads nothing by prefix, one of the guild that is set does."""
    other = scene.discord.add_guild("Elsewhere")
    stranger = other.add_member("eve", permissions=ADMINISTRATOR)
    plugin.configure(guilds=[scene.guild.id])
    await scene.run()
    await scene.discord.message(stranger, other.channels[0], "!health")
    assert (
        await scene.discord.next_message(other.channels[0])
    ).content == "These pages are not available in this server."
    await scene.discord.message(scene.admin, scene.channel, "!health")
    assert (await scene.discord.next_message(scene.channel)).embeds


@only_lightbulb2
@pytest.mark.parametrize(
    "typed",
    [
        *PAGES,
        "perf",
        "stats",
        "cogs",
        "cmdstats",
        "cmdstats 5",
        "cmdstats shop buy",
        "commandstats /ping",
        "perf 24h",
        "health fleet",
    ],
)
async def test_prefix_commands_answer_in_the_channel(scene: Scene, typed: str) -> None:
    """The original's names and aliases work with a prefix, with a number or a command."""
    await scene.run()
    await scene.discord.message(scene.admin, scene.channel, f"!{typed}")
    answer = await scene.discord.next_message(scene.channel)
    assert answer.embeds


@only_lightbulb2
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        *((typed, "must be a number from 1 to 25") for typed in ("0", "26", "-3")),
        *((typed, "No such command: ") for typed in ("many", "@everyone", "99999999999999999999")),
    ],
)
async def test_a_bad_prefix_argument_is_one_sentence(scene: Scene, typed: str, said: str) -> None:
    """What is neither a number in range nor a command is answered with one sentence."""
    await scene.run()
    await scene.discord.message(scene.admin, scene.channel, f"!commandstats {typed}")
    answer = await scene.discord.next_message(scene.channel)
    assert said in answer.content
    assert not answer.embeds


@only_lightbulb2
async def test_a_word_that_a_page_does_not_know_is_one_sentence(scene: Scene) -> None:
    """A page that is not about single commands says which words it takes."""
    await scene.run()
    await scene.discord.message(scene.admin, scene.channel, "!cogstats soon")
    answer = await scene.discord.next_message(scene.channel)
    assert answer.content == "`soon` is not a valid option; expected a period (1h, 24h, 7d, 30d, all) or `fleet`."


@only_lightbulb2
async def test_a_prefix_page_is_turned_by_its_caller_only(scene: Scene) -> None:
    """The answer is public, its buttons are not."""
    await scene.run()
    await scene.discord.message(scene.admin, scene.channel, "!commandstats")
    answer = await scene.discord.next_message(scene.channel)
    custom_id = button(answer, REFRESH)["custom_id"]
    stranger = await scene.discord.click(answer, custom_id, scene.member)
    assert "Only the person who ran the command" in (await stranger.answered()).data["content"]
    caller = await scene.discord.click(answer, custom_id, scene.admin)
    assert (await caller.answered()).data["embeds"]


@only_lightbulb2
async def test_a_member_reads_nothing_by_prefix(scene: Scene) -> None:
    """A prefix command checks the caller's roles, since Discord's registration does not cover it."""
    await scene.run()
    await scene.discord.message(scene.member, scene.channel, "!health")
    answer = await scene.discord.next_message(scene.channel)
    assert answer.content == "Only administrators of this server can view these pages."


async def test_an_answer_that_discord_refuses_is_logged_and_no_more(scene: Scene, caplog: Any) -> None:
    """The bot's own error handlers never hear of the monitor's commands."""
    sample = scene.make()
    sample.handle_errors()
    await sample.load()
    await sample.start()
    scene.discord.fail("POST", "/interactions/{interaction_id}/{token}/callback", status=404, code=10062)
    await scene.discord.slash(scene.admin, "health", guild=scene.guild)
    await until(lambda: any("could not be delivered" in record.message for record in caplog.records))
    assert (await scene.ask("health")).message.embeds
    assert sample.handled == []


async def test_a_fault_in_a_page_is_told_and_counted(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the monitor itself fails, the caller reads one sentence and `/health` counts it."""
    sample = await scene.run()
    monitor = plugin.monitor_of(sample.bot)
    monkeypatch.setattr(monitor, "look", lambda: 1 / 0)
    call = await scene.ask("health")
    assert "This page failed to load" in call.response.data["content"]
    assert monitor.snapshot().monitor.faults == {"page health": 1}


async def test_a_click_that_comes_before_the_answer_returns_is_taken(scene: Scene) -> None:
    """The buttons work from the moment at which Discord shows them, whatever the bot is doing then."""
    sample = await scene.run()
    call = await scene.discord.slash(scene.admin, "commandstats", guild=scene.guild)
    clicked: list[Any] = []
    create = type(sample.bot.rest).create_interaction_response

    async def create_and_be_clicked(rest: object, *args: Any, **options: Any) -> Any:
        result = await create(rest, *args, **options)
        if not clicked:
            clicked.append(None)
            clicked[0] = await press(call, REFRESH)
        return result

    type(sample.bot.rest).create_interaction_response = create_and_be_clicked
    try:
        await call.answered()
        await until(lambda: clicked and clicked[0] is not None)
    finally:
        type(sample.bot.rest).create_interaction_response = create
    assert clicked[0].response.data["embeds"]


async def test_health_says_what_the_monitor_costs(scene: Scene) -> None:
    """Its memory is that of its code and its records, and what a command costs is that of this line of Lightbulb."""
    sample = await scene.run()
    cost = plugin.monitor_of(sample.bot).snapshot().cost
    assert cost.command_us == COMMAND_US[LIGHTBULB_LINE]
    assert cost.memory_bytes > cost.records_bytes + 5 * 2**20
    assert f"per command{'{} to {} µs'.format(*cost.command_us):>16}" in text(await scene.ask("health"))


async def test_names_that_others_chose_are_harmless(scene: Scene) -> None:
    """A page mentions nobody, whatever commands and cogs are called."""
    await scene.run()
    call = await scene.ask("commandstats")
    assert call.response.data["allowed_mentions"] == {"parse": []}
