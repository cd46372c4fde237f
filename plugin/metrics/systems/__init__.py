"""Ready meters of systems that many bots have; they feed own measures from what the bot reports."""

from __future__ import annotations

from plugin.metrics.systems.activity import ActivityBook
from plugin.metrics.systems.economy import EconomyBook

__all__ = ["ActivityBook", "EconomyBook"]
