"""Writing to a store."""

from __future__ import annotations

from plugin.history import pruning, rollups, writing
from plugin.history.migrations import migrate
from plugin.history.verbs import VerbGroup, whole
from plugin.model import Batch, Retention, Writer


class WriteVerbs(VerbGroup):
    """What a store is given, and what keeps it sound and small."""

    @whole
    async def write(self, writer: Writer, batch: Batch) -> bool:
        """Store a batch, whole or not at all; False where it is stored already, so that it can be tried until it works.

        Batches of one boot come in the order of their sequence. What a minute already holds is added to. ValueError
        for a start that is not the begin of a minute.
        """
        return await writing.write(self._database, self._known, writer, batch)

    @whole
    async def verify(self, damaged: bool = False) -> str | None:
        """See that what was written is where it should be; None where all is well, else what was wrong and was done.

        Where it is not None the database may lack what was written before. `damaged`: a statement has shown that it is.
        """
        found = await self._database.verify(damaged)
        if found is not None:
            await migrate(self._database)
        return found

    @whole
    async def roll_up(self, now: int) -> bool:
        """Roll up one hour or day of one instance, whosever it is; whether there may be more to do."""
        return await rollups.roll_up(self._database, now)

    @whole
    async def prune(self, bot: int, now: int, retention: Retention = Retention()) -> bool:  # noqa: B008 - it cannot change
        """Delete one small chunk of what a bot keeps too long; whether there may be more to do."""
        return await pruning.prune(self._database, bot, now, retention)
