"""A sketch that counts distinct members without keeping who they are: HyperLogLog with salted hashes.

Each member's hash chooses one of 4,096 registers, which keeps the largest number of leading zeros that it was shown.
Flajolet, Fusy, Gandouet, Meunier, "HyperLogLog" (AofA 2007); the estimate is that of Ertl, "New cardinality estimation
algorithms for HyperLogLog sketches" (arXiv:1702.01284, algorithm 6), which needs no tables, also for small counts. Its
correction for registers at the largest rank is left out: that takes more hashes than there are ids.

`docs/active-members.md` says which salts to use, and what they protect from.
"""

from __future__ import annotations

import hashlib
import math
import zlib
from collections.abc import Callable

PRECISION = 12
REGISTERS = 1 << PRECISION
RELATIVE_ERROR = 1.04 / math.sqrt(REGISTERS)
"""Standard error of an estimate: 1.6 %; less below 4,000 members."""

SHORTEST_SALT = 16
"""Bytes: a shorter one could be found by trying."""

_REST_BITS = 64 - PRECISION
_REST = (1 << _REST_BITS) - 1
_LARGEST_RANK = _REST_BITS + 1
_ALPHA = 1 / (2 * math.log(2))


def member_hash(salt: bytes) -> Callable[[int], int]:
    """A function from ids to 64-bit hashes, in which no id can be found again without the salt."""
    if not SHORTEST_SALT <= len(salt) <= hashlib.blake2b.MAX_KEY_SIZE:
        raise ValueError(f"a salt has {SHORTEST_SALT} to {hashlib.blake2b.MAX_KEY_SIZE} bytes, not {len(salt)}")
    keyed = hashlib.blake2b(key=salt, digest_size=8).copy

    def hashed(member: int) -> int:
        state = keyed()
        state.update(member.to_bytes(8, "little"))
        return int.from_bytes(state.digest(), "little")

    return hashed


class HyperLogLog:
    """How many different hashes were added, within `RELATIVE_ERROR`; only hashes of the same salt belong together."""

    __slots__ = ("_registers",)

    def __init__(self) -> None:
        self._registers = bytearray(REGISTERS)

    def add(self, hashed: int) -> bool:
        """Add a hash of 64 bits; returns whether that changed anything, which one that was added before never does."""
        index = hashed >> _REST_BITS
        rank = _LARGEST_RANK - (hashed & _REST).bit_length()
        if rank <= self._registers[index]:
            return False
        self._registers[index] = rank
        return True

    def merge(self, other: HyperLogLog) -> None:
        """Add everything that was added to another sketch: what both have counts once."""
        self._registers[:] = bytes(map(max, self._registers, other._registers))

    def estimate(self) -> float:
        """How many different hashes were added, about; 0 of none."""
        scaled = 0.0
        for rank in range(_LARGEST_RANK, 0, -1):
            scaled = (scaled + self._registers.count(rank)) / 2
        empty = self._registers.count(0) / REGISTERS
        return _ALPHA * REGISTERS * REGISTERS / (scaled + REGISTERS * _sigma(empty))

    def pack(self) -> bytes:
        """The registers as bytes, for `unpack`: none for none, 60 for 10 members, 200 for 100, never above 1,600."""
        if not any(self._registers):
            return b""
        packer = zlib.compressobj(9, strategy=zlib.Z_FILTERED)
        return packer.compress(self._registers) + packer.flush()

    @classmethod
    def unpack(cls, packed: bytes) -> HyperLogLog:
        """The sketch that was packed; ValueError for bytes that `pack` does not make."""
        made = cls()
        if packed:
            unpacker = zlib.decompressobj()
            try:
                registers = unpacker.decompress(packed, REGISTERS + 1)
            except zlib.error:
                registers = b""
            if (
                len(registers) != REGISTERS
                or max(registers) > _LARGEST_RANK
                or not unpacker.eof
                or unpacker.unused_data
            ):
                raise ValueError("these bytes are no packed sketch")
            made._registers[:] = registers
        return made

    def __eq__(self, other: object) -> bool:
        return self._registers == other._registers if isinstance(other, HyperLogLog) else NotImplemented

    __hash__ = None  # type: ignore[assignment] # mutable, so never a key


def merged(one: bytes, other: bytes) -> bytes:
    """Two packed sketches of the same salt as one; ValueError where either is none."""
    both = HyperLogLog.unpack(one)
    both.merge(HyperLogLog.unpack(other))
    return both.pack()


def _sigma(share: float) -> float:
    """Ertl's sum for empty registers; infinite where all are."""
    if share == 1:
        return math.inf
    power, weight, total, before = share, 1.0, share, -1.0
    while total != before:
        power *= power
        before = total
        total += power * weight
        weight *= 2
    return total
