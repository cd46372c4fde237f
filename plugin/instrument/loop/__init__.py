"""The event loop: how late it comes to what is due, and what holds it."""

from plugin.instrument.loop.watch import LoopWatch

__all__ = ["LoopWatch"]
