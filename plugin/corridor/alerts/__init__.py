"""Tells people of incidents: at each target, what is new, what has changed and what is over."""
