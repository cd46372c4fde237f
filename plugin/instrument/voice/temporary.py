"""Temporary channels: made by the bot for a member, removed when empty. Which were left behind is told from evidence.

A channel is named only where it is certain: the bot's code said that it is temporary, or the bot made it, a member came
into it at once, and others of the same pattern were removed soon after they were empty.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

SECOND_NS = 1_000_000_000
MADE_FOR_A_MEMBER_NS = 60 * SECOND_NS
"""A channel is made for a member who comes into it this soon."""

LEAST_REMOVED, LEAST_REMOVED_ANYWHERE = 5, 20
"""So many channels of a pattern must have been removed soon, in one category of a guild or in all guilds."""

SHARE, SHARE_ANYWHERE = 3, 10
"""So many times as many as those that stayed."""

LONGER_THAN_USUAL = 3
"""A channel is left behind where it is empty for so many times the longest time that others were."""

MOST_CHANNELS = 5_000
MOST_PATTERNS = 10_000


class Pattern(NamedTuple):
    """What channels have in common that are treated alike."""

    guild_id: str
    parent_id: str | None
    """The category."""
    moved: bool
    """Whether their first member was moved in from another channel."""


class Left(NamedTuple):
    """A channel that was left behind."""

    channel_id: str
    empty_since_ns: int
    removed: int
    """How many others of its pattern were removed soon; 0 where the bot's code said that it is temporary."""
    usual_ns: int
    """The longest time for which those were empty."""


class ChannelLife:
    """A voice channel that may be temporary, from its creation on."""

    __slots__ = ("began_ns", "by_bot", "emptied_ns", "guild_id", "left", "marked", "parent_id", "pattern", "stayed")

    def __init__(self, now_ns: int) -> None:
        self.began_ns = now_ns
        self.guild_id: str | None = None
        """None until its creation was seen on the gateway."""
        self.parent_id: str | None = None
        self.by_bot = False
        self.marked = False
        """Whether the bot's code said that it is temporary."""
        self.pattern: Pattern | None = None
        """None until its first member is there."""
        self.emptied_ns: int | None = now_ns
        """Since when it is empty; None while somebody is there."""
        self.stayed = False
        """Whether it counts as one of its pattern that stayed."""
        self.left: Left | None = None
        """As which it is named, until somebody comes in or it is removed."""

    @property
    def judged(self) -> bool:
        """Whether it is temporary as far as can be told."""
        return self.marked or (self.by_bot and self.pattern is not None)


class TemporaryChannels:
    """Follows channels that may be temporary."""

    def __init__(self, left_after_s: float) -> None:
        """A channel that is empty for `left_after_s` seconds was not removed soon."""
        self._left_after_ns = int(left_after_s * SECOND_NS)
        self._lives: dict[str, ChannelLife] = {}
        self._removed: Counter[Pattern | bool] = Counter()
        """Channels removed soon: by pattern, and in all guilds by `Pattern.moved`. The same below."""
        self._stayed: Counter[Pattern | bool] = Counter()
        self._usual_ns: dict[Pattern | bool, int] = {}
        self.dropped = 0

    def created(self, channel_id: str, guild_id: str, parent_id: str | None, now_ns: int) -> None:
        """A voice channel was created by anybody."""
        life = self._life(channel_id, now_ns)
        if life is not None:
            life.guild_id, life.parent_id = guild_id, parent_id

    def made_by_bot(self, channel_id: str, now_ns: int) -> None:
        """The bot itself created a channel; known before or after the gateway tells of it."""
        life = self._life(channel_id, now_ns)
        if life is not None:
            life.by_bot = True

    def knows(self, channel_id: str) -> bool:
        """Whether the channel is followed."""
        return channel_id in self._lives

    def mark(self, channel_id: str, guild_id: str | None, empty_since_ns: int | None, now_ns: int) -> None:
        """The bot's code says that a channel is temporary, or one had been left behind before this start.

        The guild and `empty_since_ns` (None: somebody is there) count for a channel whose creation was not seen.
        """
        known = self._lives.get(channel_id)
        life = self._life(channel_id, now_ns)
        if life is not None:
            life.marked = True
            life.guild_id = life.guild_id or guild_id
            if known is None:
                life.emptied_ns = empty_since_ns

    def occupied(self, channel_id: str, moved: bool, now_ns: int) -> None:
        """The first member is in a channel; `moved` where he came from another one."""
        life = self._lives.get(channel_id)
        if life is None:
            return
        life.emptied_ns = life.left = None
        if life.pattern is None and life.guild_id is not None and now_ns - life.began_ns <= MADE_FOR_A_MEMBER_NS:
            life.pattern = Pattern(life.guild_id, life.parent_id, moved)

    def emptied(self, channel_id: str, now_ns: int) -> None:
        """The last member has left a channel."""
        life = self._lives.get(channel_id)
        if life is not None:
            life.emptied_ns = now_ns

    def removed(self, channel_id: str, now_ns: int) -> None:
        """A channel was removed."""
        life = self._lives.pop(channel_id, None)
        if life is None or not life.judged or life.pattern is None or life.emptied_ns is None or life.stayed:
            return
        empty_ns = now_ns - life.emptied_ns
        if empty_ns > self._left_after_ns:
            self._count(self._stayed, life.pattern)
            return
        self._count(self._removed, life.pattern)
        for key in (life.pattern, life.pattern.moved):
            if key in self._removed:
                self._usual_ns[key] = max(empty_ns, self._usual_ns.get(key, 0))

    def keep_only(self, guild_id: str, channel_ids: Iterable[str]) -> None:
        """Forget the channels of a guild that are no longer there: they were removed while nobody looked."""
        there = set(channel_ids)
        for channel_id, life in list(self._lives.items()):
            if life.guild_id == guild_id and channel_id not in there:
                del self._lives[channel_id]

    def restart(self, guild_id: str, now_ns: int) -> None:
        """A guild is known again: until now, nobody saw who was in its channels, nor could the bot remove them."""
        for life in self._lives.values():
            if life.guild_id == guild_id and life.emptied_ns is not None:
                life.emptied_ns, life.left = now_ns, None

    def look(self, now_ns: int, is_known: Callable[[str], bool]) -> list[Left]:
        """The channels that are left behind now in guilds that are known; forgets those that are not temporary."""
        for channel_id, life in list(self._lives.items()):
            if not life.judged and now_ns - life.began_ns > MADE_FOR_A_MEMBER_NS:
                del self._lives[channel_id]
        standing = list(self._standing(now_ns, is_known))
        for _, life in standing:  # all are counted before any is named
            if life.pattern is not None and not life.stayed:
                life.stayed = True
                self._count(self._stayed, life.pattern)
        for channel_id, life in standing:
            if life.left is None:
                life.left = self._left(channel_id, life, now_ns)
        return [life.left for _, life in standing if life.left is not None]

    def _life(self, channel_id: str, now_ns: int) -> ChannelLife | None:
        life = self._lives.get(channel_id)
        if life is None:
            if len(self._lives) >= MOST_CHANNELS:
                self.dropped += 1
                return None
            life = self._lives[channel_id] = ChannelLife(now_ns)
        return life

    def _standing(self, now_ns: int, is_known: Callable[[str], bool]) -> Iterator[tuple[str, ChannelLife]]:
        for channel_id, life in self._lives.items():
            long_empty = life.emptied_ns is not None and now_ns - life.emptied_ns > self._left_after_ns
            if long_empty and life.judged and life.guild_id is not None and is_known(life.guild_id):
                yield channel_id, life

    def _left(self, channel_id: str, life: ChannelLife, now_ns: int) -> Left | None:
        assert life.emptied_ns is not None
        if life.marked:
            return Left(channel_id, life.emptied_ns, 0, 0)
        pattern = life.pattern
        key = None if pattern is None else self._clear(pattern)
        if key is None or now_ns - life.emptied_ns <= LONGER_THAN_USUAL * self._usual_ns[key]:
            return None
        return Left(channel_id, life.emptied_ns, self._removed[key], self._usual_ns[key])

    def _clear(self, pattern: Pattern) -> Pattern | bool | None:
        """What proves that channels of a pattern are removed soon: its own, or that of all guilds; None: nothing."""
        if self._removed[pattern] >= max(LEAST_REMOVED, SHARE * self._stayed[pattern]):
            return pattern
        anywhere = pattern.moved
        if self._removed[anywhere] >= max(LEAST_REMOVED_ANYWHERE, SHARE_ANYWHERE * self._stayed[anywhere]):
            return anywhere
        return None

    @staticmethod
    def _count(counts: Counter[Pattern | bool], pattern: Pattern) -> None:
        counts[pattern.moved] += 1
        if pattern in counts or len(counts) < MOST_PATTERNS:
            counts[pattern] += 1
