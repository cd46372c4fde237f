"""Verbs that write to a store."""

from __future__ import annotations

from plugin.history import pruning, rollups, writing
from plugin.history.migrations import migrate
from plugin.history.verbs import VerbGroup, shielded
from plugin.model import Batch, Retention, Writer


class WriteVerbs(VerbGroup):
    """Write batches, check the database, roll up and prune."""

    @shielded
    async def write(self, writer: Writer, batch: Batch) -> bool:
        """Store a batch, whole or not at all; False if it is stored already, so a write can be retried.

        Batches of one boot must come in the order of their sequence. Counts are added to rows of the same minute.
        Raises ValueError if the batch does not start at a full minute.
        """
        return await writing.write(self._database, self._known, writer, batch)

    @shielded
    async def verify(self, damaged: bool = False) -> str | None:
        """Check that the database file is intact, and repair it; returns what was wrong and done, or None.

        After a repair the database may lack earlier rows. `damaged`: a statement has already failed on damage.
        """
        found = await self._database.verify(damaged)
        if found is not None:
            await migrate(self._database)
        return found

    @shielded
    async def roll_up(self, now: int) -> bool:
        """Roll up one hour or day of any bot's instance; True if there may be more to do."""
        return await rollups.roll_up(self._database, now)

    @shielded
    async def prune(self, bot: int, now: int, retention: Retention = Retention()) -> bool:  # noqa: B008 # immutable
        """Delete one small chunk of a bot's rows that are past their retention; True if there may be more to do."""
        return await pruning.prune(self._database, bot, now, retention)
