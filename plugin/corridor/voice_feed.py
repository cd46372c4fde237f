"""Voice of one bot: puts the watch into the bot, and feeds what it counts to measures of the bot."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import hikari

from plugin.corridor.installation import Installation
from plugin.corridor.voice_marks import PendingMarks
from plugin.instrument.containment import Containment
from plugin.instrument.gateway import Gateway
from plugin.instrument.voice import VoiceWatch
from plugin.instrument.voice.cached import seed
from plugin.instrument.voice.creations import watch_creations
from plugin.model import ChannelLeft, Finding, VoiceReading, VoiceSnapshot
from plugin.settings import Settings

if TYPE_CHECKING:
    from plugin.metrics.systems.voice import VoiceBook

VOICE = "voice"
CHANNELS_MADE = "voice channels made by the bot"
NEEDED = hikari.Intents.GUILDS | hikari.Intents.GUILD_VOICE_STATES
_METER = "plugin.corridor.voice_meter"
"""Imported with the first meter of voice."""


class VoiceFeed:
    """Voice of one bot; off for a bot without a gateway or without the intents that tell of it."""

    def __init__(
        self, bot: hikari.RESTAware, containment: Containment, settings: Settings, clock_ns: Callable[[], int]
    ) -> None:
        self._bot = bot if isinstance(bot, hikari.GatewayBotAware) else None
        self._containment = containment
        self._clock_ns = clock_ns
        self._watch = VoiceWatch(settings.maximum_voice_members, settings.voice_channel_left_s)
        self._watch.sessions.on_ended = containment.contain(VOICE, self.post)
        self._book: VoiceBook | None = None
        self._thread: int | None = None
        """That of the running bot; None while it does not run."""
        self._marks = PendingMarks(self._mark)
        self._seeding: asyncio.Task[None] | None = None
        self.watching = False

    def attach(self, gateway: Gateway, installation: Installation) -> None:
        """Begin to watch."""
        bot = self._bot
        if bot is None or bot.intents & NEEDED != NEEDED:
            return
        self.watching = True
        gateway.watch_events(self._containment.part(VOICE), self._watch.events())
        made = self._containment.contain(CHANNELS_MADE, self._made)
        installation.attempt(CHANNELS_MADE, lambda: installation.hold(CHANNELS_MADE, watch_creations(bot.rest, made)))
        installation.on_removal(self.end)

    def start(self) -> None:
        """The bot has started, on the running loop; where it started before this was loaded, ask hikari's cache."""
        self._thread = threading.get_ident()
        if self.watching and not self._watch.ready and self._seeding is None:
            self._seeding = asyncio.get_running_loop().create_task(self._seed(), name="golem voice")

    def shard_changed(self, event: hikari.ShardEvent) -> None:
        """A shard was connected or disconnected."""
        if isinstance(event, hikari.ShardDisconnectedEvent):
            self._watch.disconnected(event.shard.id, self._clock_ns())
        else:
            self._watch.connected(event.shard.id)

    def prepare(self) -> None:
        """Declare the measures once there is something to say, and take the marks of the bot's code."""
        if not self.watching or not self._is_here():
            return
        if self._book is None and self._watch.happened:
            self._declare()
        self._take_marks()

    def post(self) -> None:
        """Bring the measures up to date."""
        self.prepare()
        if self._book is not None:
            self._book.post()

    def stop(self) -> None:
        """The bot stops, or is no longer watched: every session ends, and counts as seen in part."""
        if self._seeding is not None and not self._seeding.get_loop().is_closed():
            self._seeding.cancel()
        self._seeding = self._thread = None
        self._watch.stop(self._clock_ns())

    def end(self) -> None:
        """Watch no longer; the measures stay with the bot."""
        self.stop()
        if self._book is not None:
            self._book.follow(None)

    def snapshot(self) -> VoiceSnapshot | None:
        """As of now; None where nothing is known."""
        if not self.watching:
            return None
        now_ns, now = self._clock_ns(), time.time()
        left = [
            ChannelLeft(
                found.channel_id, now - (now_ns - found.empty_since_ns) / 1e9, found.removed, found.usual_ns / 1e9
            )
            for found in self._watch.left_behind(now_ns)
        ]
        left.sort(key=lambda channel: channel.empty_since)
        return VoiceSnapshot(tuple(left))

    def go_on(self, left_open: Iterable[Finding]) -> tuple[Finding, ...]:
        """Go on with channels that had been left behind when the process before this one ended, once they are known."""
        from plugin.insight.voice_rules import RULE  # here, since a start judges nothing yet

        findings, now_ns = tuple(left_open), self._clock_ns()
        for finding in findings:
            if finding.rule == RULE and self.watching and finding.subject.name.isdecimal():
                empty_ns = int(max(0.0, time.time() - finding.since) * 1e9)
                self._marks.add(int(finding.subject.name), now_ns - empty_ns, now_ns)
        if self._is_here():
            self._take_marks()
        return findings

    def dropped(self) -> dict[str, int]:
        """What was not kept because a bound was reached or it was not as Discord's, by what."""
        return {
            "members in voice": self._watch.sessions.dropped,
            "temporary channels": self._watch.temporary.dropped,
            "malformed voice events": self._watch.malformed,
        }

    def _declare(self) -> None:
        from plugin.corridor.bot_measures import measures_for
        from plugin.metrics.systems.voice import VoiceBook, VoiceMeasures

        measures = measures_for(self._bot)
        try:
            declared = VoiceMeasures(measures)
        except ValueError as taken:
            self.watching = False
            self._containment.switch_off(VOICE, str(taken))
            return
        self._book = measures.book(VoiceBook, lambda: VoiceBook(declared))
        self._book.follow(self._read)

    def _read(self) -> VoiceReading | None:
        return self._watch.read(self._clock_ns()) if self._is_here() else None

    def _is_here(self) -> bool:
        """False in another thread than the bot's: there, a count would be read in the middle of a change."""
        return self._thread is None or self._thread == threading.get_ident()

    def _take_marks(self) -> None:
        self._marks.look(self._marked(), self._clock_ns())

    def _marked(self) -> Iterable[int]:
        if _METER not in sys.modules:
            return ()
        from plugin.corridor.voice_meter import marked_for

        return marked_for(self._bot)

    def _mark(self, channel_id: int, empty_since_ns: int | None) -> bool:
        """False where the channel is not known yet."""
        channel, known = None if self._bot is None else self._bot.cache.get_guild_channel(channel_id), str(channel_id)
        temporary, now_ns = self._watch.temporary, self._clock_ns()
        if channel is None:
            if temporary.knows(known):
                temporary.mark(known, None, None, now_ns)
                return True
            return False
        guild_id = str(channel.guild_id)
        occupied = self._watch.is_occupied(guild_id, known)
        if occupied is not None:
            since_ns = now_ns if empty_since_ns is None else empty_since_ns
            temporary.mark(known, guild_id, None if occupied else since_ns, now_ns)
        return occupied is not None

    def _made(self, channel: Any) -> None:
        self._watch.temporary.made_by_bot(str(int(channel.id)), self._clock_ns())

    async def _seed(self) -> None:
        if self._bot is not None:
            with self._containment.containing(VOICE):
                await seed(self._watch, self._bot, self._clock_ns())
