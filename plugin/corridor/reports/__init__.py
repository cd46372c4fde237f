"""Sends reports by itself, each once, to where alerts go."""
