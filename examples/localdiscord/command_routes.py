"""The registry of application commands, and its routes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from aiohttp import web

from .command_forms import check_bulk, check_command, check_count, command_type
from .primitives import Change, Payload
from .refusals import Refusal, unknown
from .rest import API, json_response, no_content, read_body, read_object

if TYPE_CHECKING:
    from .world import World


class Commands:
    """The commands that the bot registered: global ones (scope None), and those of each guild."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._scopes: dict[int | None, dict[int, Payload]] = {}
        self.change = Change()

    def of(self, guild_id: int | None) -> list[Payload]:
        """The commands of one scope."""
        return list(self._scopes.get(guild_id, {}).values())

    def usable_in(self, guild_id: int | None) -> list[Payload]:
        """The commands that users see in a guild, or (None) in direct messages; a guild's own come first."""
        return [*(self.of(guild_id) if guild_id is not None else ()), *self.of(None)]

    def names(self) -> set[str]:
        """The names of all commands of all scopes."""
        return {command["name"] for scope in self._scopes.values() for command in scope.values()}

    def get(self, guild_id: int | None, command_id: int) -> Payload:
        command = self._scopes.get(guild_id, {}).get(command_id)
        if command is None:
            raise unknown("application command")
        return command

    def replace_all(self, guild_id: int | None, bodies: list[Payload]) -> list[Payload]:
        check_bulk(bodies)
        known = {_key(command): command for command in self.of(guild_id)}
        stored = [self._stored(guild_id, body, known.get(_key(body))) for body in bodies]
        self._scopes[guild_id] = {int(command["id"]): command for command in stored}
        self.change.announce()
        return stored

    def put(self, guild_id: int | None, body: Payload) -> Payload:
        """Create a command, or overwrite the one with the same type and name."""
        check_command(body)
        old = next((command for command in self.of(guild_id) if _key(command) == _key(body)), None)
        if old is None:
            check_count([*self.of(guild_id), body])
        return self._keep(guild_id, self._stored(guild_id, body, old))

    def edit(self, guild_id: int | None, command_id: int, body: Payload) -> Payload:
        old = self.get(guild_id, command_id)
        merged = {**old, **body}
        check_command(merged)
        return self._keep(guild_id, self._stored(guild_id, merged, old))

    def delete(self, guild_id: int | None, command_id: int) -> None:
        self.get(guild_id, command_id)
        del self._scopes[guild_id][command_id]
        self.change.announce()

    def _keep(self, guild_id: int | None, command: Payload) -> Payload:
        self._scopes.setdefault(guild_id, {})[int(command["id"])] = command
        self.change.announce()
        return command

    def _stored(self, guild_id: int | None, body: Payload, old: Payload | None) -> Payload:
        permissions = body.get("default_member_permissions")
        command: Payload = {
            **_DEFAULTS,
            **{key: value for key, value in body.items() if value is not None},
            "id": old["id"] if old is not None else str(self._world.next_id()),
            "application_id": str(self._world.application_id),
            "version": str(self._world.next_id()),
            "type": command_type(body),
            "default_member_permissions": str(permissions) if permissions is not None else None,
        }
        if guild_id is not None:
            command["guild_id"] = str(guild_id)
        return command


_DEFAULTS: Payload = {
    "description": "",
    "options": [],
    "nsfw": False,
    "name_localizations": None,
    "description_localizations": None,
    "contexts": None,
    "integration_types": [0],
    "dm_permission": True,
}


def _key(command: Payload) -> tuple[int, Any]:
    return command_type(command), command.get("name")


class CommandRoutes:
    """The routes of global and guild commands."""

    def __init__(self, world: World, commands: Commands) -> None:
        self._world = world
        self._commands = commands

    def add_to(self, application: web.Application) -> None:
        root = f"{API}/applications/{{application_id}}"
        for scope in (root, f"{root}/guilds/{{guild_id}}"):
            one = f"{scope}/commands/{{command_id}}"
            application.add_routes(
                [
                    web.get(f"{scope}/commands", self._list),
                    web.put(f"{scope}/commands", self._replace_all),
                    web.post(f"{scope}/commands", self._create),
                    web.get(one, self._get),
                    web.patch(one, self._edit),
                    web.delete(one, self._delete),
                ]
            )

    def _scope(self, request: web.Request) -> int | None:
        if request.match_info["application_id"] != str(self._world.application_id):
            raise unknown("Application")
        guild_id = request.match_info.get("guild_id")
        if guild_id is None:
            return None
        if not guild_id.isdigit() or int(guild_id) not in self._world.guilds:
            raise Refusal(403, 50_001, "Missing Access")
        return int(guild_id)

    async def _list(self, request: web.Request) -> web.Response:
        return json_response(self._commands.of(self._scope(request)))

    async def _replace_all(self, request: web.Request) -> web.Response:
        scope = self._scope(request)
        body, _ = await read_body(request)
        if not isinstance(body, list):
            error = {"code": "LIST_TYPE_CONVERT", "message": "Only iterables may be used in a ListType"}
            raise Refusal(400, 50_035, "Invalid Form Body", {"_errors": [error]})
        return json_response(self._commands.replace_all(scope, cast("list[Payload]", body)))

    async def _create(self, request: web.Request) -> web.Response:
        scope = self._scope(request)
        body, _ = await read_object(request)
        return json_response(self._commands.put(scope, body), 201)

    async def _get(self, request: web.Request) -> web.Response:
        return json_response(self._commands.get(self._scope(request), _command_id(request)))

    async def _edit(self, request: web.Request) -> web.Response:
        scope = self._scope(request)
        body, _ = await read_object(request)
        return json_response(self._commands.edit(scope, _command_id(request), body))

    async def _delete(self, request: web.Request) -> web.Response:
        self._commands.delete(self._scope(request), _command_id(request))
        return no_content()


def _command_id(request: web.Request) -> int:
    command_id = request.match_info["command_id"]
    return int(command_id) if command_id.isdigit() else 0


def may_use(command: Payload, permissions: int, *, in_guild: bool) -> bool:
    """Whether Discord shows a command there to a user with these permissions."""
    contexts: Iterable[int] | None = command["contexts"]
    if contexts is not None and (0 if in_guild else 1) not in contexts:
        return False
    if not in_guild:
        return bool(command["dm_permission"]) and "guild_id" not in command
    needed = command["default_member_permissions"]
    if needed is None:
        return True
    administrator = permissions & 8
    # Default permissions of 0 mean: administrators only.
    return bool(administrator) or (int(needed) != 0 and permissions & int(needed) == int(needed))
