"""Interactions, as a real bot answers them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import hikari
import pytest

from examples.localdiscord import Call, File, Guild, LocalDiscord, Member
from examples.localdiscord.primitives import PATIENCE_S

from .conftest import Clock, RawRest

CREATE = hikari.ResponseType.MESSAGE_CREATE
DEFER = hikari.ResponseType.DEFERRED_MESSAGE_CREATE
EPHEMERAL = hikari.MessageFlag.EPHEMERAL

Answer = Callable[[Any], Awaitable[Any]]


class Answers:
    """The bot's answer to each interaction, and the refusals it received."""

    def __init__(self, bot: hikari.GatewayBot) -> None:
        self.interactions: list[Any] = []
        self.errors: asyncio.Queue[hikari.HTTPResponseError] = asyncio.Queue()
        self._answer: Answer | None = None
        bot.subscribe(hikari.InteractionCreateEvent, self._listen)

    def use(self, answer: Answer) -> None:
        self._answer = answer

    async def refusal(self) -> tuple[int, int]:
        """Status and code of the bot's next refused request."""
        error = await asyncio.wait_for(self.errors.get(), PATIENCE_S)
        assert isinstance(error, (hikari.BadRequestError, hikari.NotFoundError, hikari.UnauthorizedError))
        return int(error.status), int(error.code)

    async def _listen(self, event: hikari.InteractionCreateEvent) -> None:
        self.interactions.append(event.interaction)
        assert self._answer is not None
        try:
            await self._answer(event.interaction)
        except hikari.HTTPResponseError as error:
            self.errors.put_nowait(error)


@pytest.fixture
def answers(bot: hikari.GatewayBot) -> Answers:
    return Answers(bot)


async def _pong(interaction: hikari.CommandInteraction) -> None:
    await interaction.create_initial_response(CREATE, "pong", flags=EPHEMERAL)


async def test_slash_command_round_trip(discord: LocalDiscord, admin: Member, answers: Answers, clock: Clock) -> None:
    """A command arrives with its invoker and permissions, and its answer returns with its response time."""

    async def answer(interaction: hikari.CommandInteraction) -> None:
        clock.advance(0.25)
        await _pong(interaction)

    answers.use(answer)
    call = await discord.slash(admin, "ping")
    response = await call.answered()
    assert (response.type, response.data["content"]) == (4, "pong")
    assert call.message is not None
    assert call.ephemeral
    assert call.first_response_ns == 250_000_000
    (interaction,) = answers.interactions
    assert interaction.user.id == admin.id
    assert interaction.member.permissions & hikari.Permissions.ADMINISTRATOR
    assert not discord.refusals


async def test_options_of_every_type(discord: LocalDiscord, guild: Guild, admin: Member, answers: Answers) -> None:
    """Options arrive typed by the registered schema, in their subcommand, with resolved objects."""
    answers.use(_pong)
    role = guild.add_role("smiths")
    call = await discord.slash(
        admin,
        "shop stock buy",
        options={"user": admin},
        item="sword",
        count="3",
        price=2,
        gift=True,
        where=guild.voice_channel,
        role=role,
        anyone=discord.bot,
        note=File("note.txt", b"sharp", "text/plain"),
    )
    await call.answered()
    interaction = answers.interactions[0]
    (group,) = interaction.options
    (subcommand,) = group.options
    assert (group.name, subcommand.name) == ("stock", "buy")
    values = {option.name: option.value for option in subcommand.options}
    note = interaction.resolved.attachments[values.pop("note")]
    assert values == {
        "user": admin.id,
        "item": "sword",
        "count": 3,
        "price": 2.0,
        "gift": True,
        "where": guild.voice_channel.id,
        "role": role.id,
        "anyone": discord.bot.id,
    }
    assert await note.read() == b"sharp"
    assert set(interaction.resolved.members) == {admin.id, discord.bot.id}
    assert set(interaction.resolved.roles) == {role.id}
    assert set(interaction.resolved.channels) == {guild.voice_channel.id}


SHOP = {
    "name": "shop",
    "description": "The shop",
    "options": [
        {
            "type": 1,
            "name": "buy",
            "description": "Buy something",
            "options": [
                {"type": 3, "name": "item", "description": "What", "required": True, "max_length": 5},
                {"type": 4, "name": "count", "description": "How many", "max_value": 9},
                {"type": 8, "name": "role", "description": "For whom"},
                {"type": 3, "name": "size", "description": "Size", "choices": [{"name": "Small", "value": "s"}]},
            ],
        }
    ],
}


@pytest.mark.parametrize(
    ("command", "options", "error"),
    [
        ("pong", {}, LookupError),
        ("shop", {}, LookupError),
        ("shop sell", {}, LookupError),
        ("shop buy", {}, ValueError),
        ("shop buy", {"item": "sword+"}, ValueError),
        ("shop buy", {"item": "sword", "count": 10}, ValueError),
        ("shop buy", {"item": "sword", "size": "l"}, ValueError),
        ("shop buy", {"item": "sword", "colour": "red"}, ValueError),
        ("shop buy", {"item": "sword", "role": "smiths"}, TypeError),
        ("shop buy", {"item": "sword"}, RuntimeError),
    ],
    ids=[
        "not registered",
        "group",
        "no subcommand",
        "required",
        "length",
        "range",
        "choice",
        "unknown option",
        "no role",
        "no bot",
    ],
)
async def test_what_no_user_could_send_is_an_error_of_the_scenario(
    discord: LocalDiscord, admin: Member, rest: RawRest, command: str, options: dict[str, Any], error: type[Exception]
) -> None:
    """Unregistered commands, options that no client would send, and a bot that is offline raise at once."""
    await rest("PUT", f"/applications/{discord.application_id}/commands", [SHOP])
    with pytest.raises(error):
        await discord.slash(admin, command, options=options)


async def test_command_in_direct_messages(discord: LocalDiscord, admin: Member, answers: Answers) -> None:
    """In a direct message an interaction has a user, and neither guild nor member."""
    answers.use(_pong)
    await (await discord.slash(admin, "ping", dm=True)).answered()
    (interaction,) = answers.interactions
    assert (interaction.guild_id, interaction.member, interaction.user.id) == (None, None, admin.id)


async def test_late_response_is_refused(discord: LocalDiscord, admin: Member, answers: Answers, clock: Clock) -> None:
    """After three seconds the interaction is unknown (10062), and the call stays unanswered."""

    async def answer(interaction: hikari.CommandInteraction) -> None:
        clock.advance(3.001)
        await _pong(interaction)

    answers.use(answer)
    call = await discord.slash(admin, "ping")
    assert await answers.refusal() == (404, 10_062)
    assert call.response is None
    with pytest.raises(TimeoutError, match="'ping'"):
        await call.answered(timeout_s=0)
    assert [refusal.code for refusal in discord.refusals] == [10_062]


async def test_second_response_is_refused(discord: LocalDiscord, admin: Member, answers: Answers) -> None:
    """A second first response is refused (40060), and the first one stands."""

    async def answer(interaction: hikari.CommandInteraction) -> None:
        await interaction.create_initial_response(CREATE, "first")
        await interaction.create_initial_response(CREATE, "second")

    answers.use(answer)
    call = await discord.slash(admin, "ping")
    assert await answers.refusal() == (400, 40_060)
    assert call.message is not None
    assert call.message.content == "first"


async def test_deferred_response_is_filled_in(discord: LocalDiscord, admin: Member, answers: Answers) -> None:
    """A deferred response is loading until it is edited; follow-ups, edits and deletions are seen as they arrive."""

    async def answer(interaction: hikari.CommandInteraction) -> None:
        await interaction.create_initial_response(DEFER, flags=EPHEMERAL)
        await interaction.edit_initial_response("done")
        followup = await interaction.execute("more")
        await interaction.edit_message(followup, "even more")
        await interaction.delete_message(followup)

    answers.use(answer)
    call = await discord.slash(admin, "ping")
    assert (await call.answered()).type == 5
    message = await call.settled()
    assert message is not None
    assert (call.deferred, call.ephemeral, message.loading, message.content) == (True, True, False, "done")
    while call.revision < 5:
        await call.changed()
    assert [(followup.content, followup.deleted) for followup in call.followups] == [("even more", True)]
    assert not discord.refusals


async def test_first_follow_up_fills_in_a_deferred_response(
    discord: LocalDiscord, admin: Member, answers: Answers
) -> None:
    """The first follow-up to a deferred response becomes that response, as on Discord."""

    async def answer(interaction: hikari.CommandInteraction) -> None:
        await interaction.create_initial_response(DEFER)
        await interaction.execute("done")

    answers.use(answer)
    call = await discord.slash(admin, "ping")
    message = await call.settled()
    assert message is not None
    assert (message.content, call.followups) == ("done", [])


async def test_token_ends_after_fifteen_minutes(
    discord: LocalDiscord, admin: Member, answers: Answers, clock: Clock
) -> None:
    """Follow-ups are accepted for 15 minutes, then refused (50027)."""

    async def answer(interaction: hikari.CommandInteraction) -> None:
        await _pong(interaction)
        clock.advance(899)
        await interaction.execute("in time")
        clock.advance(2)
        await interaction.execute("too late")

    answers.use(answer)
    call = await discord.slash(admin, "ping")
    assert await answers.refusal() == (401, 50_027)
    assert [followup.content for followup in call.followups] == ["in time"]


async def test_follow_up_needs_a_response(discord: LocalDiscord, admin: Member, answers: Answers) -> None:
    """A follow-up before the first response is refused (10015), an edit of a deleted response, too (10008)."""

    async def answer(interaction: hikari.CommandInteraction) -> None:
        with pytest.raises(hikari.NotFoundError, match="10015"):
            await interaction.execute("too early")
        await _pong(interaction)
        await interaction.delete_initial_response()
        await interaction.edit_initial_response("gone")

    answers.use(answer)
    await discord.slash(admin, "ping")
    assert await answers.refusal() == (404, 10_008)


async def test_context_menu_commands(discord: LocalDiscord, admin: Member, answers: Answers) -> None:
    """User and message commands arrive with their targets resolved."""
    answers.use(_pong)
    await (await discord.user_command(admin, "Inspect", target=discord.bot)).answered()
    message = await discord.message(admin, admin.guild.text_channel, "words")
    await (await discord.message_command(admin, "Quote me", target=message)).answered()
    inspected, quoted = answers.interactions
    assert inspected.resolved.users[inspected.target_id].id == discord.bot.id
    assert quoted.resolved.messages[quoted.target_id].content == "words"


async def test_autocomplete_offers_choices(discord: LocalDiscord, admin: Member, answers: Answers) -> None:
    """The typed value arrives focused, and the offered choices are returned."""

    async def answer(interaction: Any) -> None:
        focused = interaction.options[0].options[0].options[-1]
        assert focused.is_focused
        choice = hikari.impl.AutocompleteChoiceBuilder(f"{focused.value}d", "r")
        await interaction.create_response([choice])

    answers.use(answer)
    choices = await discord.autocomplete(admin, "shop stock buy", option="colour", value="re", options={"item": "x"})
    assert choices == [{"name": "red", "value": "r"}]


async def test_files_are_kept_with_their_message(discord: LocalDiscord, admin: Member, answers: Answers) -> None:
    """An uploaded file has its bytes, and an embed that refers to it gets its address."""

    async def answer(interaction: hikari.CommandInteraction) -> None:
        chart = hikari.Bytes(b"png", "chart.png", mimetype="image/png")
        await interaction.create_initial_response(CREATE, embed=hikari.Embed().set_image(chart))

    answers.use(answer)
    call = await discord.slash(admin, "ping")
    await call.answered()
    assert call.message is not None
    (attachment,) = call.message.attachments
    assert (attachment.filename, attachment.data) == ("chart.png", b"png")
    assert call.message.embeds[0]["image"]["url"] == attachment.url


async def test_burst_is_answered(discord: LocalDiscord, admin: Member, answers: Answers) -> None:
    """Many calls can be sent at once and awaited together."""
    answers.use(_pong)
    calls = await discord.burst(admin, "ping", count=100)
    durations_ns = await discord.all_answered(calls)
    assert len(durations_ns) == 100
    assert len({call.id for call in calls}) == 100


def _rows(bot: hikari.GatewayBot) -> list[Any]:
    buttons = bot.rest.build_message_action_row()
    buttons.add_interactive_button(hikari.ButtonStyle.PRIMARY, "next", label="Next page")
    buttons.add_interactive_button(hikari.ButtonStyle.PRIMARY, "off", label="Off", is_disabled=True)
    buttons.add_link_button("https://example.org", label="Link")
    menu = bot.rest.build_message_action_row()
    menu.add_text_menu("range").add_option("Last hour", "1h").add_option("Last day", "1d")
    users = bot.rest.build_message_action_row()
    users.add_select_menu(hikari.ComponentType.USER_SELECT_MENU, "who")
    return [buttons, menu, users]


@pytest.fixture
async def page(discord: LocalDiscord, admin: Member, bot: hikari.GatewayBot, answers: Answers) -> Call:
    """An answered call whose ephemeral message has buttons and menus; clicks show what was clicked."""

    async def answer(interaction: Any) -> None:
        if isinstance(interaction, hikari.CommandInteraction):
            await interaction.create_initial_response(CREATE, "page 1", components=_rows(bot), flags=EPHEMERAL)
        else:
            content = f"{interaction.custom_id} {' '.join(interaction.values)}"
            await interaction.create_initial_response(hikari.ResponseType.MESSAGE_UPDATE, content)

    answers.use(answer)
    call = await discord.slash(admin, "ping")
    await call.answered()
    return call


async def test_button_edits_its_message(page: Call) -> None:
    """A button is clicked by custom id or label, and the response edits the message it is on."""
    for target in ("next", "Next page"):
        click = await page.click(target)
        assert (await click.answered()).type == 7
        assert click.message is page.message
    assert page.message is not None
    assert page.message.content == "next "


async def test_menus_take_values(page: Call, admin: Member) -> None:
    """Text menus take options by value or label, user menus take users."""
    assert page.message is not None
    for custom_id, value, content in (("range", "Last day", "range 1d"), ("who", admin, f"who {admin.id}")):
        await (await page.select(custom_id, [value])).answered()
        assert page.message.content == content


async def test_unusable_components_are_errors_of_the_scenario(page: Call, guild: Guild) -> None:
    """Missing and disabled components, links, and components of another user's ephemeral message cannot be clicked."""
    with pytest.raises(LookupError, match="Next page"):
        await page.click("back")
    for target in ("off", "Link"):
        with pytest.raises(ValueError, match="cannot be used"):
            await page.click(target)
    with pytest.raises(ValueError, match="does not see"):
        await page.click("next", user=guild.add_member("eve"))


async def test_deferred_update_settles_with_its_edit(discord: LocalDiscord, page: Call, answers: Answers) -> None:
    """A deferred click settles when the message is edited."""

    async def answer(interaction: hikari.ComponentInteraction) -> None:
        await interaction.create_initial_response(hikari.ResponseType.DEFERRED_MESSAGE_UPDATE)
        await interaction.edit_initial_response("page 2")

    answers.use(answer)
    click = await page.click("next")
    message = await click.settled()
    assert message is page.message
    assert message is not None
    assert message.content == "page 2"
    assert not discord.refusals


async def test_modal_is_filled_in_and_submitted(
    discord: LocalDiscord, admin: Member, bot: hikari.GatewayBot, answers: Answers
) -> None:
    """A modal's fields are filled in by custom id; unknown fields are an error of the scenario."""

    async def answer(interaction: Any) -> None:
        if isinstance(interaction, hikari.CommandInteraction):
            row = bot.rest.build_modal_action_row().add_text_input("name", "Your name")
            await interaction.create_modal_response("Who are you?", "who", component=row)
        else:
            await interaction.create_initial_response(CREATE, interaction.components[0].components[0].value)

    answers.use(answer)
    call = await discord.slash(admin, "ping")
    assert (await call.answered()).type == 9
    with pytest.raises(LookupError, match="age"):
        await call.submit_modal({"age": "7"})
    submitted = await call.submit_modal({"name": "Ada"})
    assert (await submitted.answered()).data["content"] == "Ada"
    with pytest.raises(LookupError, match="modal"):
        await submitted.submit_modal({})


async def test_response_must_fit_the_interaction(discord: LocalDiscord, admin: Member, answers: Answers) -> None:
    """A command cannot be answered with an update of a message (50035)."""

    async def answer(interaction: Any) -> None:
        await interaction.create_initial_response(hikari.ResponseType.MESSAGE_UPDATE, "no")

    answers.use(answer)
    await discord.slash(admin, "ping")
    assert await answers.refusal() == (400, 50_035)
