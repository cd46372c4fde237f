"""What we know: counts, windows and histograms in memory, without input or output."""

from plugin.metrics.command import CommandMetrics
from plugin.metrics.registry import Registry

__all__ = ["CommandMetrics", "Registry"]
