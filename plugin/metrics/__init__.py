"""What we know: counts, windows and histograms in memory, without input or output."""

from plugin.metrics.blocks import BlockTable
from plugin.metrics.command import CommandMetrics
from plugin.metrics.interactions import Handlers
from plugin.metrics.registry import Registry
from plugin.metrics.routes import Routes

__all__ = ["BlockTable", "CommandMetrics", "Handlers", "Registry", "Routes"]
