"""Frames in the pipes between the bot and the drawing program: a kind, a length, and the payload."""

from __future__ import annotations

import struct
from typing import IO

CHARTS, PICTURE, ERROR = b"C", b"P", b"E"

HEADER = struct.Struct(">cI")
LARGEST_BYTES = 32 * 1024 * 1024


def write(pipe: IO[bytes], kind: bytes, payload: bytes) -> None:
    """Send one frame."""
    pipe.write(HEADER.pack(kind, len(payload)) + payload)
    pipe.flush()


def read(pipe: IO[bytes]) -> tuple[bytes, bytes]:
    """The kind and payload of the next frame; raises EOFError at the end, ValueError for anything but a frame."""
    kind, length = HEADER.unpack(_exactly(pipe, HEADER.size))
    if kind not in (CHARTS, PICTURE, ERROR) or length > LARGEST_BYTES:
        raise ValueError(f"no frame begins with {kind!r} and {length} bytes")
    return kind, _exactly(pipe, length)


def _exactly(pipe: IO[bytes], length: int) -> bytes:
    found = pipe.read(length)
    if len(found) < length:
        raise EOFError("the other side is gone")
    return found
