"""Discord's refusals."""

from __future__ import annotations

from typing import Any

import pytest

from examples.localdiscord import ADMINISTRATOR, DEFAULT_PERMISSIONS, Guild, LocalDiscord, Member

from .conftest import RawGateway, RawRest


def _embed(**parts: Any) -> dict[str, Any]:
    return {"embeds": [parts]}


def _row(*components: dict[str, Any]) -> dict[str, Any]:
    return {"content": "x", "components": [{"type": 1, "components": list(components)}]}


def _button(**parts: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": "Go", "custom_id": "go", **parts}


def _menu(**parts: Any) -> dict[str, Any]:
    return {"type": 3, "custom_id": "menu", "options": [{"label": "a", "value": "a"}], **parts}


_FIELD = {"name": "n", "value": "v"}
_FIVE_ROWS = [{"type": 1, "components": [_button(custom_id=f"b{n}")]} for n in range(5)]

GOOD_MESSAGES = {
    "content": {"content": "x" * 2_000},
    "embed at its limits": _embed(title="t" * 256, description="d" * 4_096, footer={"text": "f" * 1_000}),
    "25 fields": _embed(fields=[_FIELD] * 25),
    "field at its limits": _embed(fields=[{"name": "n" * 256, "value": "v" * 1_024}]),
    "6000 characters": {"embeds": [{"description": "d" * 3_000}] * 2},
    "five rows": {"content": "x", "components": _FIVE_ROWS},
    "five buttons": _row(*(_button(custom_id=f"b{n}") for n in range(5))),
    "link": _row({"type": 2, "style": 5, "label": "Go", "url": "https://example.org"}),
    "menu": _row(_menu(options=[{"label": str(n), "value": str(n)} for n in range(25)])),
    "components v2": {"flags": 1 << 15, "components": [{"type": 10, "content": "text"}]},
}


@pytest.mark.parametrize("body", GOOD_MESSAGES.values(), ids=GOOD_MESSAGES.keys())
async def test_messages_within_the_limits_are_taken(
    discord: LocalDiscord, guild: Guild, rest: RawRest, body: dict[str, Any]
) -> None:
    """A message within every limit is created."""
    status, answer = await rest("POST", f"/channels/{guild.text_channel.id}/messages", body)
    assert (status, answer.get("errors")) == (200, None)
    assert not discord.refusals


BAD_MESSAGES = {
    "content": ({"content": "x" * 2_001}, "content", "BASE_TYPE_MAX_LENGTH"),
    "title": (_embed(title="t" * 257), "embeds.0.title", "BASE_TYPE_MAX_LENGTH"),
    "description": (_embed(description="d" * 4_097), "embeds.0.description", "BASE_TYPE_MAX_LENGTH"),
    "26 fields": (_embed(fields=[_FIELD] * 26), "embeds.0.fields", "BASE_TYPE_BAD_LENGTH"),
    "field name": (_embed(fields=[{**_FIELD, "name": "n" * 257}]), "embeds.0.fields.0.name", "BASE_TYPE_MAX_LENGTH"),
    "empty name": (_embed(fields=[{**_FIELD, "name": ""}]), "embeds.0.fields.0.name", "BASE_TYPE_REQUIRED"),
    "blank value": (_embed(fields=[{**_FIELD, "value": " "}]), "embeds.0.fields.0.value", "BASE_TYPE_REQUIRED"),
    "value": (_embed(fields=[{**_FIELD, "value": "v" * 1_025}]), "embeds.0.fields.0.value", "BASE_TYPE_MAX_LENGTH"),
    "footer": (_embed(footer={"text": "f" * 2_049}), "embeds.0.footer.text", "BASE_TYPE_MAX_LENGTH"),
    "colour": (_embed(title="t", color=1 << 24), "embeds.0.color", "NUMBER_TYPE_RANGE"),
    "image": (_embed(image={"url": "ftp://x"}), "embeds.0.image.url", "URL_TYPE_INVALID_SCHEME"),
    "timestamp": (_embed(timestamp="noon"), "embeds.0.timestamp", "DATE_TIME_TYPE_PARSE"),
    "no embed": ({"embeds": ["text"]}, "embeds", "MODEL_TYPE_CONVERT"),
    "11 embeds": ({"embeds": [{"title": "t"}] * 11}, "embeds", "BASE_TYPE_BAD_LENGTH"),
    "6001 characters": ({"embeds": [{"description": "d" * 3_001}] * 2}, "embeds", "MAX_EMBED_SIZE_EXCEEDED"),
    "six rows": (
        {"components": [*_FIVE_ROWS, {"type": 1, "components": [_button()]}]},
        "components",
        "BASE_TYPE_BAD_LENGTH",
    ),
    "six buttons": (
        _row(*(_button(custom_id=f"b{n}") for n in range(6))),
        "components.0.components",
        "BASE_TYPE_BAD_LENGTH",
    ),
    "empty row": (_row(), "components.0.components", "BASE_TYPE_BAD_LENGTH"),
    "no row": ({"components": [_button()]}, "components.0.type", "BASE_TYPE_CHOICES"),
    "label": (_row(_button(label="l" * 81)), "components.0.components.0.label", "BASE_TYPE_MAX_LENGTH"),
    "no label": (_row(_button(label="")), "components.0.components.0.label", "BUTTON_COMPONENT_INVALID_LABEL"),
    "no custom id": (_row(_button(custom_id="")), "components.0.components.0.custom_id", "BASE_TYPE_REQUIRED"),
    "custom id": (_row(_button(custom_id="c" * 101)), "components.0.components.0.custom_id", "BASE_TYPE_MAX_LENGTH"),
    "same custom id": (_row(_button(), _button()), "components", "COMPONENT_CUSTOM_ID_DUPLICATED"),
    "style": (_row(_button(style=9)), "components.0.components.0.style", "BASE_TYPE_CHOICES"),
    "link without url": (
        _row({"type": 2, "style": 5, "label": "Go"}),
        "components.0.components.0.url",
        "BASE_TYPE_REQUIRED",
    ),
    "menu beside a button": (
        _row(_menu(), _button()),
        "components.0.components",
        "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
    ),
    "26 options": (
        _row(_menu(options=[{"label": str(n), "value": str(n)} for n in range(26)])),
        "components.0.components.0.options",
        "BASE_TYPE_BAD_LENGTH",
    ),
    "same option": (
        _row(_menu(options=[{"label": "a", "value": "a"}] * 2)),
        "components.0.components.0.options.1.value",
        "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
    ),
}


def _error_codes(errors: Any, path: str) -> list[str]:
    for part in path.split("."):
        errors = errors[part]
    return [error["code"] for error in errors["_errors"]]


@pytest.mark.parametrize(("body", "path", "code"), BAD_MESSAGES.values(), ids=BAD_MESSAGES.keys())
async def test_messages_beyond_a_limit_are_refused(
    discord: LocalDiscord, guild: Guild, rest: RawRest, body: dict[str, Any], path: str, code: str
) -> None:
    """A message that breaks a limit is refused with 50035 and an error at the field's own path."""
    status, answer = await rest("POST", f"/channels/{guild.text_channel.id}/messages", body)
    assert (status, answer["code"], answer["message"]) == (400, 50_035, "Invalid Form Body")
    assert _error_codes(answer["errors"], path) == [code]
    assert [refusal.body for refusal in discord.refusals] == [body]
    assert not discord.messages(guild.text_channel)


@pytest.mark.parametrize("body", [{}, {"content": ""}, {"embeds": []}], ids=["nothing", "no content", "no embeds"])
async def test_empty_messages_are_refused(guild: Guild, rest: RawRest, body: dict[str, Any]) -> None:
    """An empty message is refused with 50006."""
    status, answer = await rest("POST", f"/channels/{guild.text_channel.id}/messages", body)
    assert (status, answer["code"]) == (400, 50_006)


def _command(**parts: Any) -> dict[str, Any]:
    return {"name": "ping", "description": "Answer", "type": 1, **parts}


def _option(**parts: Any) -> dict[str, Any]:
    return {"name": "item", "description": "What", "type": 3, **parts}


_CHOICES = [{"name": "a", "value": "a"}]

GOOD_COMMANDS = {
    "letters of any script": [_command(name="größe-1_x'")],
    "names with blanks in menus": [{"name": "Quote me", "type": 3}, {"name": "Quote me", "type": 2}],
    "required first": [_command(options=[_option(required=True), _option(name="count", type=4)])],
    "100 commands": [_command(name=f"ping-{n}") for n in range(100)],
    "subcommand in a group": [_command(options=[_option(type=2, options=[_option(type=1)])])],
}


@pytest.mark.parametrize("body", GOOD_COMMANDS.values(), ids=GOOD_COMMANDS.keys())
async def test_commands_within_the_limits_are_registered(
    discord: LocalDiscord, rest: RawRest, body: list[dict[str, Any]]
) -> None:
    """Commands within every limit are registered, and keep their ids when registered again."""
    path = f"/applications/{discord.application_id}/commands"
    status, answer = await rest("PUT", path, body)
    assert status == 200
    assert [command["name"] for command in discord.commands()] == [command["name"] for command in body]
    _, again = await rest("PUT", path, body)
    assert [command["id"] for command in again] == [command["id"] for command in answer]


BAD_COMMANDS = {
    "upper case": (_command(name="Ping"), "0.name", "APPLICATION_COMMAND_INVALID_NAME"),
    "blank": (_command(name="pi ng"), "0.name", "APPLICATION_COMMAND_INVALID_NAME"),
    "no name": (_command(name=""), "0.name", "BASE_TYPE_REQUIRED"),
    "name": (_command(name="p" * 33), "0.name", "BASE_TYPE_MAX_LENGTH"),
    "no description": (_command(description=""), "0.description", "BASE_TYPE_REQUIRED"),
    "description": (_command(description="d" * 101), "0.description", "BASE_TYPE_MAX_LENGTH"),
    "required after optional": (
        _command(options=[_option(), _option(name="count", required=True)]),
        "0.options.1",
        "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
    ),
    "same option": (
        _command(options=[_option(), _option()]),
        "0.options.1.name",
        "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
    ),
    "26 options": (
        _command(options=[_option(name=f"o{n}") for n in range(26)]),
        "0.options",
        "BASE_TYPE_BAD_LENGTH",
    ),
    "26 choices": (_command(options=[_option(choices=_CHOICES * 26)]), "0.options.0.choices", "BASE_TYPE_BAD_LENGTH"),
    "choices and autocomplete": (
        _command(options=[_option(choices=_CHOICES, autocomplete=True)]),
        "0.options.0.autocomplete",
        "APPLICATION_COMMAND_AUTOCOMPLETE_WITH_CHOICES",
    ),
    "group in a group": (
        _command(options=[_option(type=2, options=[_option(type=2)])]),
        "0.options.0.options.0.type",
        "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
    ),
    "8000 characters": (
        _command(
            options=[_option(name=f"o{n}", choices=[{"name": "n" * 100, "value": "v" * 100}] * 5) for n in range(8)]
        ),
        "0",
        "APPLICATION_COMMAND_TOO_LARGE",
    ),
}


@pytest.mark.parametrize(("body", "path", "code"), BAD_COMMANDS.values(), ids=BAD_COMMANDS.keys())
async def test_commands_beyond_a_limit_are_refused(
    discord: LocalDiscord, rest: RawRest, body: dict[str, Any], path: str, code: str
) -> None:
    """One command that breaks a limit refuses the whole bulk write, at the field's own path."""
    status, answer = await rest("PUT", f"/applications/{discord.application_id}/commands", [body, _command(name="ok")])
    assert (status, answer["code"]) == (400, 50_035)
    assert _error_codes(answer["errors"], path) == [code]
    assert not discord.commands()


async def test_the_same_name_twice_is_refused(discord: LocalDiscord, rest: RawRest) -> None:
    """Two commands of one type and name are refused."""
    _, answer = await rest("PUT", f"/applications/{discord.application_id}/commands", [_command(), _command()])
    assert _error_codes(answer["errors"], "1.name") == ["APPLICATION_COMMANDS_DUPLICATE_NAME"]


@pytest.mark.parametrize("bulk", [True, False], ids=["bulk", "one more"])
async def test_the_101st_command_is_refused(discord: LocalDiscord, rest: RawRest, bulk: bool) -> None:
    """More than 100 commands are refused with 30032."""
    path = f"/applications/{discord.application_id}/commands"
    commands = [_command(name=f"ping-{number}") for number in range(101)]
    if not bulk:
        await rest("PUT", path, commands[:100])
    status, answer = await rest("PUT", path, commands) if bulk else await rest("POST", path, commands[100])
    assert (status, answer["code"]) == (400, 30_032)


async def test_commands_live_a_life(discord: LocalDiscord, guild: Guild, rest: RawRest) -> None:
    """Guild commands are created, overwritten by name, fetched, edited and deleted, apart from global ones."""
    path = f"/applications/{discord.application_id}/guilds/{guild.id}/commands"
    _, created = await rest("POST", path, _command())
    _, overwritten = await rest("POST", path, _command(description="Other"))
    assert overwritten["id"] == created["id"]
    one = f"{path}/{created['id']}"
    await rest("PATCH", one, {"description": "Edited"})
    status, fetched = await rest("GET", one)
    assert (status, fetched["description"], fetched["guild_id"]) == (200, "Edited", str(guild.id))
    assert (discord.commands(), discord.commands(guild)) == ([], [fetched])
    assert (await rest("DELETE", one))[0] == 204
    assert (await rest("GET", one))[1]["code"] == 10_063


MODAL_ROW = {"type": 1, "components": [{"type": 4, "custom_id": "name", "label": "Name", "style": 1}]}

BAD_RESPONSES: dict[str, tuple[dict[str, Any], str]] = {
    "modal without title": ({"type": 9, "data": {"custom_id": "m", "components": [MODAL_ROW]}}, "data.title"),
    "modal without fields": ({"type": 9, "data": {"custom_id": "m", "title": "t"}}, "data.components"),
    "modal with a button": (
        {"type": 9, "data": {"custom_id": "m", "title": "t", "components": [_row(_button())["components"][0]]}},
        "data.components.0.components.0.type",
    ),
    "content": ({"type": 4, "data": {"content": "x" * 2_001}}, "data.content"),
    "choices for a command": ({"type": 8, "data": {"choices": []}}, "type"),
}


@pytest.mark.parametrize(("body", "path"), BAD_RESPONSES.values(), ids=BAD_RESPONSES.keys())
async def test_invalid_responses_are_refused_and_may_be_repeated(
    discord: LocalDiscord, admin: Member, rest: RawRest, gateway: RawGateway, body: dict[str, Any], path: str
) -> None:
    """An invalid response is refused below `data`; the interaction can still be answered."""
    await rest("PUT", f"/applications/{discord.application_id}/commands", [_command()])
    shard = await gateway()
    await shard.identify()
    await shard.until("GUILD_CREATE")
    call = await discord.slash(admin, "ping")
    interaction = await shard.until("INTERACTION_CREATE")
    callback = f"/interactions/{interaction['id']}/{interaction['token']}/callback"
    status, answer = await rest("POST", callback, body)
    assert (status, answer["code"]) == (400, 50_035)
    assert _error_codes(answer["errors"], path)
    assert (await rest("POST", callback, {"type": 4, "data": {"content": "right"}}))[0] == 204
    assert call.response is not None


UNKNOWN = {
    "route": ("GET", "/nowhere", 404, 0),
    "method": ("DELETE", "/users/@me", 405, 0),
    "channel": ("GET", "/channels/1", 404, 10_003),
    "user": ("GET", "/users/1", 404, 10_013),
    "guild": ("GET", "/guilds/1", 403, 50_001),
    "application": ("GET", "/applications/1/commands", 404, 10_002),
    "interaction": ("POST", "/interactions/1/token/callback", 404, 10_062),
    "webhook": ("POST", "/webhooks/1/token", 404, 10_015),
}


@pytest.mark.parametrize(("method", "path", "status", "code"), UNKNOWN.values(), ids=UNKNOWN.keys())
async def test_what_is_unknown_is_refused_in_discords_words(
    rest: RawRest, method: str, path: str, status: int, code: int
) -> None:
    """A missing object is refused with Discord's JSON error and code."""
    answered, body = await rest(method, path)
    assert (answered, body["code"]) == (status, code)
    assert body["message"]


async def test_unknown_messages_and_members_are_refused(guild: Guild, rest: RawRest) -> None:
    """Missing messages are refused with 10008, missing members with 10007."""
    assert (await rest("GET", f"/channels/{guild.text_channel.id}/messages/1"))[1]["code"] == 10_008
    assert (await rest("GET", f"/guilds/{guild.id}/members/1"))[1]["code"] == 10_007


async def test_a_wrong_token_is_unauthorised(discord: LocalDiscord, rest: RawRest) -> None:
    """A token other than the bot's is refused with 401."""
    rest.authorization = "Bot wrong"
    assert await rest("GET", "/users/@me") == (401, {"message": "401: Unauthorized", "code": 0})
    assert [refusal.status for refusal in discord.refusals] == [401]


@pytest.mark.parametrize(
    ("permissions", "code"),
    [(0, 50_001), (DEFAULT_PERMISSIONS & ~(1 << 11), 50_013)],
    ids=["cannot see", "cannot write"],
)
async def test_missing_permissions_are_refused(
    discord: LocalDiscord, rest: RawRest, permissions: int, code: int
) -> None:
    """A missing permission to view a channel is refused with 50001, to write with 50013."""
    guild = discord.add_guild("strict", bot_permissions=0)
    guild.everyone.permissions = permissions
    status, answer = await rest("POST", f"/channels/{guild.text_channel.id}/messages", {"content": "x"})
    assert (status, answer["code"]) == (403, code)


async def test_direct_messages_can_be_closed(discord: LocalDiscord, rest: RawRest) -> None:
    """Direct messages to a user who does not accept them are refused (50007)."""
    user = discord.add_user("hermit")
    user.accepts_direct_messages = False
    _, channel = await rest("POST", "/users/@me/channels", {"recipient_id": str(user.id)})
    status, answer = await rest("POST", f"/channels/{channel['id']}/messages", {"content": "x"})
    assert (status, answer["code"]) == (403, 50_007)


async def test_commands_are_shown_as_their_permissions_say(discord: LocalDiscord, guild: Guild, rest: RawRest) -> None:
    """A command for administrators in guilds is shown only to them, and only there."""
    body = _command(default_member_permissions=str(ADMINISTRATOR), contexts=[0])
    await rest("PUT", f"/applications/{discord.application_id}/commands", [body])
    admin, member = guild.add_member("ada", permissions=ADMINISTRATOR), guild.add_member("bob")
    assert discord.may_use(admin, "ping")
    assert not discord.may_use(member, "ping")
    assert not discord.may_use(admin, "ping", dm=True)
