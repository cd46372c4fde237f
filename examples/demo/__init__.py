"""A sample bot with the monitor, on a local Discord or the real one: `python -m examples.demo`."""
