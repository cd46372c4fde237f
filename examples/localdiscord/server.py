"""A local Discord: a server on loopback, the world behind it, and controls for scenarios."""

from __future__ import annotations

import collections
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType

from aiohttp import web

from .actions import Actions
from .calls import Call
from .channel_routes import ChannelRoutes
from .command_routes import CommandRoutes, Commands
from .endpoint import Endpoint
from .entities import Guild, User
from .faults import Fault
from .gateway import Gateway
from .interaction_routes import InteractionRoutes
from .interactions import Interactions
from .permissions import ADMINISTRATOR
from .primitives import PATIENCE_S, Payload, encode
from .refusals import RefusalRecord
from .rest import API, RequestRecord, Rest
from .sessions import Shard
from .world import World
from .world_routes import WorldRoutes


class LocalDiscord(Actions):
    """A Discord for one application, on loopback; use it as an async context manager.

    Args:
        deadline_s: how long a first response may take, in seconds.
        shards: how many shards `/gateway/bot` recommends.
        team: the names of the members of the team that owns the application, its owner first;
            None: it is owned by the user "owner".
        bot_name: the user name of the bot.
        heartbeat_interval_s: the heartbeat interval for bots, in seconds.
        port: the port to listen on; 0 takes a free one.
        clock_ns: the monotonic clock that deadlines and response times are measured with.
    """

    def __init__(
        self,
        *,
        deadline_s: float = 3.0,
        shards: int = 1,
        team: Sequence[str] | None = None,
        bot_name: str = "golem",
        heartbeat_interval_s: float = 41.25,
        port: int = 0,
        clock_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        world = World(shards=shards, team=team, bot_name=bot_name)
        super().__init__(world, Commands(world), Interactions(world, clock_ns, deadline_s))
        self._port = port
        self._rest = Rest(clock_ns, world.token)
        self._gateway = Gateway(world, heartbeat_interval_s=heartbeat_interval_s)
        self._endpoint = Endpoint(self._interactions, self._rest, clock_ns)
        self._world_routes = WorldRoutes(world, lambda: self._gateway.url, self._endpoint.verify_key, world.shards)
        self._runner: web.AppRunner | None = None
        self._interactions.deliver = self._deliver
        world.listener = self._gateway.dispatch

    # Start and stop

    async def __aenter__(self) -> LocalDiscord:
        application = self._rest.application()
        self._world_routes.add_to(application)
        ChannelRoutes(self._world).add_to(application)
        CommandRoutes(self._world, self._commands).add_to(application)
        InteractionRoutes(self._world, self._interactions).add_to(application)
        application.router.add_get("/", self._gateway.handle)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        # Each response of a burst opens a connection, and a full backlog would delay them by a second.
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, backlog=4_096)
        await site.start()
        self._port = int(self._runner.addresses[0][1])
        self._gateway.url = f"ws://127.0.0.1:{self._port}"
        self._world.cdn_url = f"http://127.0.0.1:{self._port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._endpoint.close()
        await self._gateway.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def _deliver(self, call: Call, payload: bytes) -> None:
        if self._endpoint.url is not None:
            self._endpoint.deliver(call, payload)
        else:
            guild_id = call.guild.id if call.guild is not None else None
            self._gateway.dispatch_raw("INTERACTION_CREATE", payload, guild_id=guild_id)

    # For the bot

    @property
    def rest_url(self) -> str:
        """The `rest_url` for hikari."""
        return f"http://127.0.0.1:{self._port}{API}"

    @property
    def token(self) -> str:
        return self._world.token

    @property
    def application_id(self) -> int:
        return self._world.application_id

    @property
    def public_key(self) -> bytes:
        """The public key of interactions that are posted to a RESTBot."""
        return bytes.fromhex(self._endpoint.verify_key())

    @property
    def bot(self) -> User:
        """The bot's own user."""
        return self._world.bot

    @property
    def owner(self) -> User:
        """The application's owner, or the owner of its team."""
        return self._world.owner

    @property
    def team(self) -> list[User] | None:
        """The members of the team that owns the application, its owner first."""
        return self._world.team

    # The world

    @property
    def guilds(self) -> list[Guild]:
        return list(self._world.guilds.values())

    def add_guild(
        self,
        name: str,
        *,
        owner: User | None = None,
        bot_permissions: int = ADMINISTRATOR,
        shard: int | None = None,
    ) -> Guild:
        """Add a guild that the bot is in; connected bots receive GUILD_CREATE.

        Guilds are assigned to the shards in turn unless `shard` is given; `owner` defaults to the application's.
        """
        return self._world.add_guild(name, owner, bot_permissions, shard)

    def add_user(self, username: str) -> User:
        """Add a user who shares no guild with the bot."""
        return self._world.add_user(username)

    async def drop_guild(self, guild: Guild) -> None:
        """Remove the bot from a guild; it receives GUILD_DELETE."""
        del self._world.guilds[guild.id]
        self._world.emit("GUILD_DELETE", {"id": str(guild.id)}, guild=guild)

    async def set_guild_available(self, guild: Guild, available: bool) -> None:
        """Start an outage of a guild (GUILD_DELETE with `unavailable`), or end it (GUILD_CREATE)."""
        guild.available = available
        if available:
            self._world.emit("GUILD_CREATE", guild.event_payload, guild=guild)
        else:
            self._world.emit("GUILD_DELETE", {"id": str(guild.id), "unavailable": True}, guild=guild)

    # Actions of the bot

    def commands(self, guild: Guild | None = None) -> list[Payload]:
        """The registered commands: the global ones, or those of one guild."""
        return self._commands.of(guild.id if guild is not None else None)

    async def registered(self, *names: str, timeout_s: float = PATIENCE_S) -> None:
        """Wait until the bot has registered all these commands, globally or in any guild; raises TimeoutError."""
        await self._commands.change.until(
            lambda: self._commands.names().issuperset(names), timeout_s, f"the commands {names} to be registered"
        )

    async def connected(self, shards: int = 1, timeout_s: float = PATIENCE_S) -> None:
        """Wait until this many shards are connected and have received READY or RESUMED; raises TimeoutError."""
        await self._gateway.change.until(
            lambda: self._gateway.connected_shards() >= shards, timeout_s, f"{shards} connected shards"
        )

    async def gateway_changed(
        self, condition: Callable[[dict[int, Shard]], bool], timeout_s: float = PATIENCE_S
    ) -> dict[int, Shard]:
        """Wait until the shards fulfil a condition, such as a resume or a heartbeat; raises TimeoutError."""
        shards = self._gateway.shards
        await self._gateway.change.until(lambda: condition(shards), timeout_s, "the shards to change")
        return shards

    async def requested(
        self, condition: Callable[[RequestRecord], bool], timeout_s: float = PATIENCE_S
    ) -> RequestRecord:
        """Wait for a request that fulfils a condition, past ones included; raises TimeoutError."""
        await self._rest.change.until(
            lambda: any(map(condition, self._rest.requests)), timeout_s, "a request of the bot"
        )
        return next(filter(condition, self._rest.requests))

    @property
    def shards(self) -> dict[int, Shard]:
        """The gateway's view of each shard."""
        return self._gateway.shards

    @property
    def requests(self) -> collections.deque[RequestRecord]:
        """The latest 10,000 requests of the bot."""
        return self._rest.requests

    @property
    def refusals(self) -> collections.deque[RefusalRecord]:
        """The latest 10,000 refused requests, without those refused by `fail` or `rate_limit`."""
        return self._rest.refusals

    @property
    def endpoint_errors(self) -> collections.deque[str]:
        """Errors in posting interactions to a RESTBot."""
        return self._endpoint.errors

    # Faults

    async def interactions_endpoint(self, url: str) -> None:
        """Post interactions to a RESTBot at `url` from now on; raises ConnectionError if it fails a ping."""
        await self._endpoint.open(url)

    async def close_shard(self, shard_id: int, code: int = 4_000, reason: str = "Unknown error.") -> None:
        """Close a shard's connection with a close code; its session can be resumed."""
        await self._gateway.close_shard(shard_id, code, reason)

    def reconnect_shard(self, shard_id: int) -> None:
        """Ask a shard to reconnect and resume."""
        self._gateway.reconnect_shard(shard_id)

    def invalidate_shard(self, shard_id: int, *, resumable: bool = False) -> None:
        """Tell a shard that its session is invalid."""
        self._gateway.invalidate_shard(shard_id, resumable=resumable)

    def refuse_connections(self, refuse: bool = True) -> None:
        """Answer new gateway connections with 503, or accept them again."""
        self._gateway.refusing = refuse

    def acknowledge_heartbeats(self, acknowledge: bool = True) -> None:
        """Stop acknowledging heartbeats, or resume."""
        self._gateway.acknowledging = acknowledge

    def disallow_intents(self, intents: int) -> None:
        """Close connections that identify with any of these intents (4014), as for privileged intents not granted."""
        self._gateway.disallowed_intents = intents

    def limit_session_starts(self, remaining: int, *, total: int = 1_000, reset_after_s: float = 86_400) -> None:
        """Set the identifies left in `/gateway/bot`; the limit is not enforced."""
        self._world_routes.session_starts = {
            "total": total,
            "remaining": remaining,
            "reset_after": round(reset_after_s * 1_000),
        }

    def hang_up(self, method: str, route: str, *, times: int = 1) -> Fault:
        """Break the connection of the next `times` requests of a route, without an answer; see `fail`."""
        return self._rest.faults.hang_up(method, route, times)

    def fail(
        self,
        method: str,
        route: str,
        status: int,
        code: int = 0,
        *,
        message: str = "An error of the scenario",
        times: int = 1,
        headers: Mapping[str, str] | None = None,
    ) -> Fault:
        """Answer the next `times` requests of a route with an error; set `times` of the result to 0 to end it.

        `route` is a template such as "/channels/{channel_id}/messages", or "*"; `method` may be "*", too.
        """
        return self._rest.faults.add(method, route, status, {"message": message, "code": code}, times, headers or {})

    def rate_limit(
        self, method: str, route: str, retry_after_s: float, *, scope: str = "user", times: int = 1
    ) -> Fault:
        """Answer the next `times` requests of a route with 429; `scope` is user, shared or global."""
        return self._rest.faults.rate_limit(method, route, retry_after_s, scope, times)

    def emit(self, event: str, payload: Payload | bytes, *, shard: int = 0) -> None:
        """Dispatch any event to a shard unchanged, regardless of intents; bytes must be JSON."""
        data = payload if isinstance(payload, bytes) else encode(payload)
        self._gateway.dispatch_raw(event, data, shard=shard)
