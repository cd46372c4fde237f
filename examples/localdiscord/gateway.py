"""The gateway: the protocol by which bots connect, identify, resume and receive events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from aiohttp import WSMsgType, web

from .permissions import needed_intent
from .primitives import Change, Payload, encode
from .sessions import CloseConnection, Connection, Session, Shard
from .world import World

_LARGEST_CLIENT_FRAME_BYTES = 64 * 1_024
_BEFORE_IDENTIFY = (1, 2, 6)


class Gateway:
    """All sessions and connections of the bot."""

    def __init__(self, world: World, *, heartbeat_interval_s: float) -> None:
        self._world = world
        self._heartbeat_interval_ms = round(heartbeat_interval_s * 1_000)
        self._sessions: dict[str, Session] = {}
        self._connections: set[Connection] = set()
        self.url = ""
        self.shards: dict[int, Shard] = {}
        self.change = Change()
        self.refusing = False
        self.acknowledging = True
        self.disallowed_intents = 0
        self._handlers: dict[int, Callable[[Connection, Any], None]] = {
            1: self._heartbeat,
            2: self._identify,
            3: self._update_presence,
            4: self._update_voice_state,
            6: self._resume,
            8: self._request_guild_members,
        }

    # Sending

    def dispatch(self, event: str, payload: Payload | Callable[[int], Payload], *, guild_id: int | None = None) -> None:
        """Deliver an event to the shard its guild is on (direct messages: shard 0), as the intents allow."""
        needed = needed_intent(event, in_guild=guild_id is not None)
        for session in tuple(self._sessions.values()):
            if self._is_on(session, guild_id) and session.intents & needed == needed:
                rendered = payload(session.intents) if callable(payload) else payload
                session.dispatch(event, encode(rendered))

    def dispatch_raw(self, event: str, data: bytes, *, guild_id: int | None = None, shard: int | None = None) -> None:
        """Deliver JSON unchanged, regardless of intents; raises RuntimeError without a session to receive it."""
        delivered = False
        for session in self._sessions.values():
            if session.shard.id == shard if shard is not None else self._is_on(session, guild_id):
                session.dispatch(event, data)
                delivered = True
        if not delivered:
            message = f"no shard of the bot has identified that {event} could be delivered to"
            raise RuntimeError(message)

    @staticmethod
    def _is_on(session: Session, guild_id: int | None) -> bool:
        expected = 0 if guild_id is None else (guild_id >> 22) % session.shard.shard_count
        return session.shard.id == expected

    # Called by scenarios

    def connected_shards(self) -> int:
        return sum(shard.connected for shard in self.shards.values())

    async def close_shard(self, shard_id: int, code: int, reason: str) -> None:
        for connection in self._connections_of(shard_id):
            await connection.close(code, reason)

    def reconnect_shard(self, shard_id: int) -> None:
        """Ask a shard to reconnect and resume (op 7)."""
        for connection in self._connections_of(shard_id):
            connection.send(b'{"op":7,"d":null,"s":null,"t":null}')

    def invalidate_shard(self, shard_id: int, *, resumable: bool) -> None:
        """Tell a shard that its session is invalid (op 9)."""
        for connection in self._connections_of(shard_id):
            if not resumable and connection.session is not None:
                self._forget(connection.session)
            connection.send(encode({"op": 9, "d": resumable, "s": None, "t": None}))

    def _connections_of(self, shard_id: int) -> list[Connection]:
        return [c for c in self._connections if c.session is not None and c.session.shard.id == shard_id]

    async def close(self) -> None:
        """Close every connection with the code for a server that is going away."""
        await asyncio.gather(*(c.close(1_001, "the local Discord shuts down") for c in tuple(self._connections)))

    # Called by the bot

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection until either side ends it."""
        if self.refusing:
            raise web.HTTPServiceUnavailable
        socket = web.WebSocketResponse(compress=False, max_msg_size=_LARGEST_CLIENT_FRAME_BYTES, timeout=1.0)
        await socket.prepare(request)
        connection = Connection(socket, compress=request.query.get("compress") == "zlib-stream")
        self._connections.add(connection)
        hello: Payload = {"heartbeat_interval": self._heartbeat_interval_ms}
        connection.send(encode({"op": 10, "d": hello, "s": None, "t": None}))
        try:
            await self._serve(connection)
        finally:
            self._connections.discard(connection)
            await connection.stop()
            if connection.given_up and connection.session is not None:
                self._forget(connection.session)
            self.change.announce()
        return socket

    async def _serve(self, connection: Connection) -> None:
        try:
            async for message in connection.socket:
                if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                    self._receive(connection, message.data)
        except CloseConnection as close:
            await connection.close(close.code, close.reason)

    def _forget(self, session: Session) -> None:
        self._sessions.pop(session.id, None)
        session.shard.connected = False

    def _receive(self, connection: Connection, data: str | bytes) -> None:
        try:
            message = json.loads(data)
            code, body = int(message["op"]), message.get("d")
        except (ValueError, KeyError, TypeError):
            raise CloseConnection(4_002, "Error while decoding payload.") from None
        handler = self._handlers.get(code)
        if handler is None:
            raise CloseConnection(4_001, "Unknown opcode.")
        if code not in _BEFORE_IDENTIFY and connection.session is None:
            raise CloseConnection(4_003, "Not authenticated.")
        handler(connection, body)

    def _heartbeat(self, connection: Connection, _: Any) -> None:
        if connection.session is not None:
            connection.session.shard.heartbeats += 1
            self.change.announce()
        if self.acknowledging:
            connection.send(b'{"op":11,"d":null,"s":null,"t":null}')

    def _identify(self, connection: Connection, body: Payload) -> None:
        if connection.session is not None:
            raise CloseConnection(4_005, "Already authenticated.")
        self._check_token(body)
        shard_id, shard_count = body.get("shard") or (0, 1)
        if not 0 <= shard_id < shard_count:
            raise CloseConnection(4_010, "Invalid shard.")
        intents = int(body["intents"])
        if intents & self.disallowed_intents:
            raise CloseConnection(4_014, "Disallowed intent(s).")
        shard = self.shards.setdefault(shard_id, Shard(shard_id))
        shard.connected, shard.intents, shard.shard_count = True, intents, shard_count
        shard.presence = body.get("presence")
        shard.identified += 1
        self._begin(Session(shard, connection, intents, int(body.get("large_threshold") or 50)))

    def _check_token(self, body: Payload) -> None:
        if str(body.get("token")).removeprefix("Bot ") != self._world.token:
            raise CloseConnection(4_004, "Authentication failed.")

    def _begin(self, session: Session) -> None:
        # A shard that identifies again has given up its previous session.
        for old in [s for s in self._sessions.values() if s.shard is session.shard and s.connection is None]:
            self._forget(old)
        session.shard.connected = True
        self._sessions[session.id] = session
        assert session.connection is not None
        session.connection.session = session
        guilds = [guild for guild in self._world.guilds.values() if self._is_on(session, guild.id)]
        ready: Payload = {
            "v": 10,
            "user": self._world.bot_user_payload(),
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "shard": [session.shard.id, session.shard.shard_count],
            "application": {"id": str(self._world.application_id), "flags": 0},
        }
        session.dispatch("READY", encode(ready))
        if session.intents & needed_intent("GUILD_CREATE", in_guild=True):
            for guild in guilds:
                if guild.available:
                    payload = guild.event_payload(session.intents, session.large_threshold)
                    session.dispatch("GUILD_CREATE", encode(payload))
        self.change.announce()

    def _resume(self, connection: Connection, body: Payload) -> None:
        self._check_token(body)
        session = self._sessions.get(str(body.get("session_id")))
        if session is None or not session.can_resume(int(body["seq"])):
            connection.send(b'{"op":9,"d":false,"s":null,"t":null}')
            return
        connection.session = session
        session.shard.connected = True
        session.shard.resumed += 1
        session.resume(connection, int(body["seq"]))
        self.change.announce()

    def _update_presence(self, connection: Connection, body: Payload) -> None:
        assert connection.session is not None
        connection.session.shard.presence = body
        self.change.announce()

    def _update_voice_state(self, connection: Connection, body: Payload) -> None:
        del connection
        guild = self._world.guilds.get(int(body["guild_id"]))
        if guild is None:
            return
        channel_id = body.get("channel_id")
        channel = self._world.channel(int(channel_id)) if channel_id is not None else None
        guild.move_voice(guild.bot_member, channel)

    def _request_guild_members(self, connection: Connection, body: Payload) -> None:
        guild = self._world.guilds.get(int(body["guild_id"]))
        if guild is None or connection.session is None:
            return
        wanted_ids = [str(user_id) for user_id in body.get("user_ids") or ()]
        known_ids = {str(user_id) for user_id in guild.members}
        if wanted_ids:
            found = [member for member in guild.members.values() if str(member.id) in wanted_ids]
        else:
            prefix = str(body.get("query") or "").lower()
            found = [m for m in guild.members.values() if m.user.username.lower().startswith(prefix)]
            found = found[: int(body.get("limit") or 0) or None]
        chunks = [found[start : start + 1_000] for start in range(0, len(found), 1_000)] or [[]]
        for index, chunk in enumerate(chunks):
            payload: Payload = {
                "guild_id": str(guild.id),
                "members": [member.payload() for member in chunk],
                "chunk_index": index,
                "chunk_count": len(chunks),
                "not_found": [user_id for user_id in wanted_ids if user_id not in known_ids],
            }
            if body.get("presences"):
                payload["presences"] = [m.presence() for m in chunk if m.status != "offline"]
            if body.get("nonce") is not None:
                payload["nonce"] = body["nonce"]
            connection.session.dispatch("GUILD_MEMBERS_CHUNK", encode(payload))
