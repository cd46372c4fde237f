"""One file for each command that shows something."""
