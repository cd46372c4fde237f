"""The ready meter of voice: what only the bot's own code can say of its channels."""

from __future__ import annotations

from collections.abc import Iterator

from plugin.corridor.bot_measures import measures_for, measures_of
from plugin.metrics.systems.voice import VoiceMarks


class VoiceMeter:
    """Takes what the gateway does not tell of voice. Meters in several files are one; no method raises."""

    def __init__(self, *, bot: object = None) -> None:
        """`bot` as in `plugin.counter`; TypeError for what is no bot."""
        self._marks = measures_for(bot).book(VoiceMarks, VoiceMarks)

    def temporary(self, channel: int) -> None:
        """Say that a voice channel is to be removed when it is empty, so that it is named if it is not.

        `channel` is its id. Say it again after a restart for channels of before: the monitor follows them anew.
        """
        self._marks.add(channel)


def marked_for(bot: object) -> Iterator[int]:
    """The channels that were marked for a bot, or without naming one."""
    for registry in measures_of(bot):
        yield from registry.book(VoiceMarks, VoiceMarks).channels()
