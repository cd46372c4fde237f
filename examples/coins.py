"""A small economy: coins that members earn, spend and give away, and what a bot tells the monitor of them."""

from __future__ import annotations

import math
import sqlite3
import time
import weakref
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import plugin

WELCOME, DAILY = 250, 50
PRICES = {"lantern": 40, "rope": 15, "map": 120, "boots": 75}
USED_PRICES = {item: price // 2 for item, price in PRICES.items()}
"""What the shop pays."""
JUNK_PRICE = 2
"""What it pays for anything that it does not sell."""
TABLES = """
CREATE TABLE IF NOT EXISTS balances (member INTEGER PRIMARY KEY, coins INTEGER NOT NULL CHECK (coins >= 0));
CREATE TABLE IF NOT EXISTS ledger (kind TEXT, flow TEXT, number INTEGER, coins INTEGER, PRIMARY KEY (kind, flow));
"""
WELCOME_TO = "INSERT INTO balances VALUES (?, ?) ON CONFLICT DO NOTHING"
ADD = "UPDATE balances SET coins = coins + ? WHERE member = ?"
NOTE = """
INSERT INTO ledger VALUES (?, ?, 1, ?)
ON CONFLICT DO UPDATE SET number = number + 1, coins = coins + excluded.coins
"""


class PoorError(Exception):
    """Somebody has not enough coins; the message is for the user."""


class Bank:
    """Who has how many coins, in an SQLite file that several processes may share.

    A process that is killed leaves no half of a movement. Money is counted right after its commit, without an `await`
    in between.
    """

    def __init__(
        self,
        economy: plugin.EconomyMeter,
        database: str = ":memory:",
        *,
        dupes: int = 0,
        say_every_s: float = 60.0,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """`dupes` is a bug to try the monitor with: of so many gifts, one is given without being taken.

        With a movement, the monitor is told how many coins there are, once in `say_every_s` seconds at most.
        """
        self._economy = economy
        self._dupes = dupes
        self._gifts = 0
        self._say_every_s, self._clock_s = say_every_s, clock_s
        self._said_s = -math.inf
        # It is used in one thread, but garbage may be collected in any.
        self._database = sqlite3.connect(database, isolation_level="IMMEDIATE", check_same_thread=False)
        weakref.finalize(self, self._database.close)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")  # with WAL, only a power failure loses commits
        self._database.executescript(TABLES)

    @property
    def balances(self) -> Mapping[int, int]:
        """The coins of every member."""
        return dict(self._database.execute("SELECT member, coins FROM balances"))

    @property
    def ledger(self) -> Mapping[tuple[str, str], tuple[int, int]]:
        """The number of movements and their coins, by kind and flow."""
        rows = self._database.execute("SELECT kind, flow, number, coins FROM ledger")
        return {(kind, flow): (number, coins) for kind, flow, number, coins in rows}

    def balance(self, member: int) -> int:
        """The coins of a member; new members get some to begin with."""
        self._welcome(member)
        return self._database.execute("SELECT coins FROM balances WHERE member = ?", (member,)).fetchone()[0]

    def daily(self, member: int) -> int:
        """Pay the bonus of the day."""
        return self._earn(member, DAILY, "daily")

    def sell(self, member: int, item: str) -> int:
        """The shop buys anything; what it sells itself, for half of its price."""
        return self._earn(member, USED_PRICES.get(item, JUNK_PRICE), "sale")

    def buy(self, member: int, item: str) -> int:
        """The shop sells a thing; KeyError where it does not have it."""
        price = self._spend(member, PRICES[item], "shop")
        self._economy.price(item, price, sold=1)
        return price

    def bet(self, member: int, coins: int) -> int:
        """Lose a bet."""
        return self._spend(member, coins, "bet")

    def gift(self, giver: int, taker: int, coins: int) -> int:
        """Move coins from one member to another."""
        self._welcome(taker)
        duped = self._dupes and (self._gifts + 1) % self._dupes == 0
        self._move("transfer", "gift", coins, giver, (0 if duped else -coins, giver), (coins, taker))
        self._gifts += 1
        return coins

    def say(self) -> None:
        """Tell the monitor how many coins there are and how they are spread."""
        self._said_s, coins = self._clock_s(), self.balances.values()
        self._economy.supply(sum(coins), age_s=0)
        self._economy.balances(coins)

    def _earn(self, member: int, coins: int, kind: str) -> int:
        self._move("faucet", kind, coins, member, (coins, member))
        return coins

    def _spend(self, member: int, coins: int, kind: str) -> int:
        self._move("sink", kind, coins, member, (-coins, member))
        return coins

    def _welcome(self, member: int) -> None:
        with self._database as database:
            is_new = database.execute(WELCOME_TO, (member, WELCOME)).rowcount
            if is_new:
                database.execute(NOTE, ("welcome", "faucet", WELCOME))
        if is_new:
            self._count("faucet", "welcome", WELCOME, member)

    def _move(self, flow: str, kind: str, coins: int, member: int, *changes: tuple[int, int]) -> None:
        if coins < 1:
            raise ValueError(f"{coins} coins cannot be moved")
        self._welcome(member)
        try:
            with self._database as database:
                database.executemany(ADD, changes)
                database.execute(NOTE, (kind, flow, coins))
        except sqlite3.IntegrityError:
            raise PoorError(f"You have only {self.balance(member)} coins.") from None
        self._count(flow, kind, coins, member)

    def _count(self, flow: str, kind: str, coins: int, member: int) -> None:
        self._economy.transaction(coins, kind, flow, member=member)
        if self._clock_s() - self._said_s >= self._say_every_s:
            self.say()
