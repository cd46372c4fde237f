"""Passes records between the rooms, and runs their scheduled and background work."""
