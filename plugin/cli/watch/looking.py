"""Looks at the signs of life in a database, and tells what has changed."""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Callable, Sequence
from typing import Any

from plugin.cli.watch.notices import Notices
from plugin.cli.watch.outbox import Outbox
from plugin.cli.watch.state import StateFile
from plugin.history.address import Address
from plugin.history.engine import Database
from plugin.history.errors import StoreError, StoreFull, StoreLocked
from plugin.history.life_signs import expect_writable, life_signs
from plugin.history.opening import open_database
from plugin.insight.presence import PresenceBook
from plugin.model import LifeSign, Notice
from plugin.words import rough_span

_logger = logging.getLogger(__name__)

PATIENCE_S = 2.0
"""How long a lock or a server is waited for."""
DOUBT_S = 100.0
"""After so long without a heartbeat it is asked whether one could be written at all."""
LEAST_FREE_BYTES = 1 << 20
LONGEST_STEP_S = 60.0
"""More time than this cannot pass between two looks that see everything in between."""
LONGEST_PAUSE_S = 900.0
"""The same between two runs with `--once`."""
SKEW_S = 300.0
"""By how much the clocks of two machines may differ, where nothing but the clock can be compared."""


class PresenceWatch:
    """Watches the bots of one database."""

    def __init__(
        self,
        address: Address,
        bot: int | None,
        book: PresenceBook,
        outbox: Outbox,
        notices: Notices,
        state: StateFile,
        away_after_s: float,
        clock_s: Callable[[], float] = time.monotonic,
        wall_s: Callable[[], float] = time.time,
    ) -> None:
        """`away_after_s` is how long a database must be away before that is told; `clock_s` must not be set back."""
        self._address = address
        self._bot = bot
        self._book = book
        self._outbox = outbox
        self._notices = notices
        self._state = state
        self._away_after_s = away_after_s
        self._clock_s = clock_s
        self._wall_s = wall_s
        self._looked_s: float | None = None
        """When it was last seen how the bots are; None if the last look failed."""
        self._away_since: float | None = None
        """Unix time in seconds since which the database cannot be read."""
        self._away_told = False
        self._written: float | None = None
        """Unix time in seconds at which the process before this one wrote its state."""
        self._empty = False

    @property
    def can_see(self) -> bool:
        """Whether the last look showed how the bots are."""
        return self._away_since is None

    def go_on(self) -> None:
        """Go on from what the process before this one wrote."""
        kept = self._state.read()
        try:
            self._outbox.read(kept.get("waiting", {}))
            self._book.read(kept.get("instances", ()))
            away, self._away_told = kept.get("away_since"), bool(kept.get("away_told"))
            self._away_since = None if away is None else min(float(away), self._wall_s())
            written = kept.get("at")
            self._written = None if written is None else float(written)
        except (ValueError, TypeError, KeyError, AttributeError) as problem:
            _logger.warning("the state of before cannot be used (--state): %r", problem)

    def keep(self) -> None:
        """Write down what is known and what is to be said."""
        state: dict[str, Any] = {
            "at": self._wall_s(),
            "instances": self._book.write(),
            "waiting": self._outbox.write(),
            "away_since": self._away_since,
            "away_told": self._away_told,
        }
        self._state.write(state)

    async def look(self, *, once: bool = False) -> None:
        """Look, and tell what has changed. With `once` the time since the process before this one counts, too."""
        try:
            signs = await self._signs()
        except StoreError as problem:
            self._cannot_see(problem)
        else:
            self._sees(signs, once)
        await self._outbox.send(self.keep)
        if once:
            self.keep()

    async def _signs(self) -> Sequence[LifeSign]:
        # Opened each time: the file may have been replaced, and its schema changed.
        database = await open_database(self._address, PATIENCE_S, as_it_is=True)
        try:
            if self._book.quiet_s >= DOUBT_S:
                await self._expect_heartbeats(database)
            return await life_signs(database, self._bot)
        finally:
            await database.close()

    async def _expect_heartbeats(self, database: Database) -> None:
        """Raise StoreError if a bot that is alive could not say so."""
        try:
            await expect_writable(database)
        except StoreLocked:
            raise
        except StoreError as problem:
            _logger.debug("whether bots can write is not known: %s", problem)  # this user need not have the right to
        if self._address.path is not None and _free_bytes(self._address.path) < LEAST_FREE_BYTES:
            raise StoreFull(f"history at {database.shown}: the disk is full")

    def _cannot_see(self, problem: StoreError) -> None:
        now, self._looked_s = self._wall_s(), None
        if self._away_since is None:
            self._away_since, self._away_told = now, False
            _logger.warning("%s", problem)
        if not self._away_told and now - self._away_since >= self._away_after_s:
            self._away_told = True
            _logger.warning("cannot read the database for %s: %s", rough_span(now - self._away_since), problem)
            self._tell(self._notices.away(self._away_since, str(problem)))

    def _sees(self, signs: Sequence[LifeSign], once: bool) -> None:
        now, since = self._clock_s(), self._away_since
        if since is not None:
            lasted_s = max(0.0, self._wall_s() - since)
            _logger.info("the database can be read again after %s", rough_span(lasted_s))
            if self._away_told:
                self._tell(self._notices.there(since, lasted_s))
            self._away_since, self._away_told = None, False
        if not signs and not self._empty:
            _logger.info("no bot has written to this database yet")
        self._empty = not signs
        passed_s = self._passed_since_before(signs) if once else self._passed_s(now)
        self._looked_s = now
        for change in self._book.update(signs, passed_s):
            notice = self._notices.of(change, signs)
            level = logging.INFO if notice.ends else logging.WARNING
            _logger.log(level, "bot %s, %s: %s", change.sign.bot, change.sign.instance, _in_a_line(notice))
            self._tell(notice)

    def _passed_s(self, now: float) -> float:
        return 0.0 if self._looked_s is None else min(LONGEST_STEP_S, now - self._looked_s)

    def _passed_since_before(self, signs: Sequence[LifeSign]) -> float:
        wall = self._wall_s()
        if self._written is None:
            self._book.assume(signs, wall - (SKEW_S if self._address.path is None else 0.0))
            return 0.0
        passed_s = wall - self._written
        return passed_s if 0 <= passed_s <= LONGEST_PAUSE_S else 0.0

    def _tell(self, notice: Notice) -> None:
        self._outbox.put(notice)
        self.keep()  # before it is sent, so that a crash does not lose it


def _free_bytes(path: str) -> int:
    return shutil.disk_usage(os.path.dirname(os.path.abspath(path))).free


def _in_a_line(notice: Notice) -> str:
    return f"{notice.title}. {notice.text}".replace("\n", " ")
