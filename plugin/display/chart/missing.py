"""The error for a missing optional library."""

from __future__ import annotations


class MissingExtraError(ImportError):
    """The library that draws charts is not installed."""

    def __init__(self) -> None:
        super().__init__("charts need Pillow and a font: pip install pillow ttf-opensans", name="PIL")
