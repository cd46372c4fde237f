"""The rule about blocks of the event loop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plugin.insight.rule import Look, Rule
from plugin.insight.scales import NS_PER_MS, WARNING, is_lately
from plugin.model import Finding, LoopBlock, Snapshot, Subject, SubjectKind
from plugin.words import amount

UNKNOWN_CODE = "unknown code"


def lately_held(snapshot: Snapshot) -> list[LoopBlock]:
    """Blocks of the last hour, worst first."""
    blocks = snapshot.loop.blocks if snapshot.loop is not None else ()
    found = [block for block in blocks if is_lately(block.last_seen, snapshot.at)]
    return sorted(found, key=lambda block: block.longest_ns, reverse=True)


def _blocks(look: Look) -> Iterator[Finding]:
    for block in lately_held(look.snapshot):
        longest_ms = block.longest_ns / NS_PER_MS
        yield Finding(
            "loop_blocked",
            Subject(SubjectKind.LOOP, block.what),
            WARNING,
            f"event loop blocked by {block.what or UNKNOWN_CODE}, up to {amount(longest_ms, 'ms')}",
            block.first_seen if is_lately(block.first_seen, look.snapshot.at) else block.last_seen,
            block.last_seen,
            value=longest_ms,
            unit="ms",
            evidence=(("blocks", block.count),),
            look_at="/health",
        )


def _summary(findings: Sequence[Finding], _: float) -> str:
    worst, others = findings[0], f" and {len(findings) - 1} more" if len(findings) > 1 else ""
    return f"event loop blocked by {worst.subject.name or UNKNOWN_CODE}{others}, up to {amount(worst.value or 0, 'ms')}"


LOOP_RULES = (Rule("loop_blocked", _blocks, _summary),)
