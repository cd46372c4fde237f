"""The monitor's own cost, as lines of /health."""

from __future__ import annotations

from plugin.costs import MEGABYTE
from plugin.display import measures, numbers
from plugin.display.marks import NO_SIGN
from plugin.model import MonitorCost

MEASURED = f"{NO_SIGN} (idle, CPython 3.11)"
"""How this release was measured, with everything switched on; see `docs/costs.md`."""


def cost_lines(cost: MonitorCost | None) -> list[str]:
    """CPU time of its threads and tasks and per command, its memory and its queues."""
    if cost is None or cost.elapsed_ns <= 0:
        return []
    return [
        measures.plain("CPU, of 1 core", _percent(sum(cost.processor_ns.values()), cost)),
        *(_indented(part, _percent(ns, cost)) for part, ns in cost.processor_ns.items()),
        *_each_command(cost),
        measures.plain("Memory (estimate)", numbers.megabytes(cost.memory_bytes / MEGABYTE)),
        _indented("records", numbers.megabytes(cost.records_bytes / MEGABYTE)),
        *(measures.plain(name.capitalize(), numbers.short_count(depth)) for name, (depth, _) in cost.queues.items()),
    ]


def _each_command(cost: MonitorCost) -> list[str]:
    if cost.command_us is None:
        return []
    least, most = cost.command_us
    return [measures.plain("per command", f"{least} to {most} µs"), MEASURED]


def _indented(label: str, value: str) -> str:
    return measures.plain(f"  {label}", value)


def _percent(processor_ns: int, cost: MonitorCost) -> str:
    return f"{100 * processor_ns / cost.elapsed_ns:.2f} %"
