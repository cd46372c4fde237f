"""What members do with their coins."""

from __future__ import annotations

import random

from examples.coins import PRICES, Bank, PoorError

MEMBERS = [204_255_221_017_214_977 + (number << 22) for number in range(12)]


def live(bank: Bank, chance: random.Random, acts: int = 500) -> None:
    """Members do what members do; some cannot afford it."""
    for _ in range(acts):
        member, other = chance.sample(MEMBERS, 2)
        try:
            match chance.randrange(5):
                case 0:
                    bank.daily(member)
                case 1:
                    bank.buy(member, chance.choice([*PRICES]))
                case 2:
                    bank.gift(member, other, chance.randrange(1, 40))
                case 3:
                    bank.bet(member, 10)
                case _:
                    bank.sell(member, "rope")
        except PoorError:
            continue
