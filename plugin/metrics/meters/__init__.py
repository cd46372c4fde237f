"""Counts what the bot's own code measures: from any thread, without an exception, within bounds."""

from __future__ import annotations

from plugin.metrics.meters.instruments import OwnCounter, OwnGauge, OwnHistogram
from plugin.metrics.meters.reader import MeterReader
from plugin.metrics.meters.registry import PROCESS, OwnMeasures
from plugin.metrics.meters.table import LOCK
from plugin.metrics.meters.timers import OwnTimer, Timing

__all__ = [
    "LOCK",
    "PROCESS",
    "MeterReader",
    "OwnCounter",
    "OwnGauge",
    "OwnHistogram",
    "OwnMeasures",
    "OwnTimer",
    "Timing",
]
