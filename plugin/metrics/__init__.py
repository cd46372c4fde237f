"""Counts, windows and histograms in memory, without input or output."""

from plugin.metrics.blocks import BlockTable
from plugin.metrics.command import CommandMetrics
from plugin.metrics.interactions import Handlers
from plugin.metrics.registry import Registry
from plugin.metrics.routes import Routes
from plugin.metrics.samples import Samples

__all__ = ["BlockTable", "CommandMetrics", "Handlers", "Registry", "Routes", "Samples"]
