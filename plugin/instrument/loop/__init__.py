"""The event loop: its lag, and the code that blocks it."""

from plugin.instrument.loop.watch import LoopWatch

__all__ = ["LoopWatch"]
