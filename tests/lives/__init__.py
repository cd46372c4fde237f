"""Lives of bots over weeks, simulated: what was true of them, and what the monitor said."""
