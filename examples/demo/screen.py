"""The demo's output in the terminal."""

from __future__ import annotations

import logging
import os
import re
import shutil
import sys
import textwrap
from typing import TextIO

BOLD, DIM, PLAIN = "1", "2", ""
COLOURS = {"critical": "31", "warning": "33", "well": "32"}
LEVELS = {"ERROR": "31", "WARNING": "33"}
EDGE = "│"
FOOTER = "│ — "
COLOUR_NAME = re.compile(r" \[(\w+|#\w+)\]$")


class ScreenClosedError(Exception):
    """The reader of the output has closed it."""


class Screen:
    """Writes progress, log lines and pages, in colour if the terminal supports it."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._colours = self._out.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        self._blank = True
        self._width = max(40, min(100, shutil.get_terminal_size((80, 24)).columns))
        reconfigure = getattr(self._out, "reconfigure", None)
        if reconfigure is not None:  # a character that the terminal cannot show is no reason to stop
            reconfigure(errors="replace")

    def say(self, text: str) -> None:
        """Write a line of the story."""
        self._write(textwrap.fill(text, self._width))

    def heading(self, text: str, aside: str = "") -> None:
        """Write a call above its pages."""
        rest = f" {aside}" if aside else ""
        rest = "─" * max(2, self._width - len(text) - len(rest) - 4) + rest
        self._gap()
        self._write(f"{self._styled('──', DIM)} {self._styled(text, BOLD)} {self._styled(rest, DIM)}")

    def aside(self, text: str) -> None:
        """Write an action of a user."""
        self._write(self._styled(f"  {text}", DIM))

    def page(self, drawn: str) -> None:
        """Show a page, as `plugin.display.terminal` draws it, with a border in its colour."""
        title, _, rest = drawn.partition("\n")
        named = COLOUR_NAME.search(title)
        colour = COLOURS.get(named[1], DIM) if named else DIM
        self._line(title, colour, BOLD)
        for line in rest.split("\n"):
            self._line(line, colour, DIM if line.startswith(FOOTER) else PLAIN)
        self._gap()

    def log(self, level: str, text: str) -> None:
        """Write a line of a log."""
        first, *more = text.split("\n")
        shown = textwrap.wrap(first, self._width - 10, break_long_words=False) + more
        label = self._styled(f"{level.lower():>8}", LEVELS.get(level, DIM))
        self._write(f"{label}  " + f"\n{'':10}".join(shown))

    def _line(self, line: str, colour: str, style: str = PLAIN) -> None:
        text = line.removeprefix(EDGE).removeprefix(" ")
        indent = " " * (len(text) - len(text.lstrip()))
        for part in textwrap.wrap(
            text, self._width - 2, subsequent_indent=indent, drop_whitespace=False, break_long_words=False
        ) or [""]:
            shown = part.rstrip()
            self._write(f"{self._styled(EDGE, colour)} {self._styled(shown, style)}".rstrip())

    def _styled(self, text: str, style: str) -> str:
        return f"\033[{style}m{text}\033[0m" if self._colours and style and text else text

    def _gap(self) -> None:
        if not self._blank:
            self._write("")

    def _write(self, text: str) -> None:
        self._blank = not text
        try:
            print(text, file=self._out, flush=True)
        except BrokenPipeError:
            # Otherwise buffered output would be written at exit, and fail again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._out.fileno())
            raise ScreenClosedError from None


class LogLines(logging.Handler):
    """Shows log records on a screen."""

    def __init__(self, screen: Screen) -> None:
        super().__init__()
        self._screen = screen

    def emit(self, record: logging.LogRecord) -> None:
        """Show one record; if the screen is closed, the next line of the story notices."""
        try:
            self._screen.log(record.levelname, self.format(record))
        except ScreenClosedError:
            return
