"""What is said where an optional library is not installed."""

from __future__ import annotations


class MissingExtraError(ImportError):
    """Charts were asked for where the library that draws them is not installed."""

    def __init__(self) -> None:
        super().__init__("charts need Pillow and a font: pip install pillow ttf-opensans", name="PIL")
