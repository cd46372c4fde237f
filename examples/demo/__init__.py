"""A sample bot with the monitor, on a Discord of its own or on the real one: `python -m examples.demo`."""
