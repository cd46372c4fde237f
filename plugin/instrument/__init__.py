"""Instruments: they watch commands, responses, tasks, resources and the connection without changing the bot."""
