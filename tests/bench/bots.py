"""The bots of the line of Lightbulb that is installed."""

from __future__ import annotations

from plugin.adapters import LIGHTBULB_LINE

if LIGHTBULB_LINE == 2:
    from tests.bench.bots2 import ADDED_BOUNDS, END_BOUND, FIRST_RESPONSE_BOUND, Bot
else:
    from tests.bench.bots3 import ADDED_BOUNDS, END_BOUND, FIRST_RESPONSE_BOUND, Bot

__all__ = ["ADDED_BOUNDS", "END_BOUND", "FIRST_RESPONSE_BOUND", "Bot"]
