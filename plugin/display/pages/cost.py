"""What the monitor itself costs, as lines of /health."""

from __future__ import annotations

from plugin.display import measures, numbers, text
from plugin.display.marks import NO_SIGN
from plugin.model import MonitorCost

BYTES_PER_MB = 1 << 20
NOT_IN_IT = "(CPU: without what each command adds)"


def cost_lines(cost: MonitorCost | None) -> list[str]:
    """Processor time of its own threads and tasks, memory of what it keeps, and what waits in it."""
    if cost is None or cost.elapsed_ns <= 0:
        return []
    return [
        measures.plain("CPU, of 1 core", _percent(sum(cost.processor_ns.values()), cost)),
        *(_indented(f"of it {part}", _percent(ns, cost)) for part, ns in cost.processor_ns.items()),
        measures.plain("Memory, about", numbers.megabytes(cost.memory_bytes / BYTES_PER_MB)),
        *(measures.plain(name.capitalize(), numbers.short_count(depth)) for name, (depth, _) in cost.queues.items()),
        *text.wrapped(NOT_IN_IT, f"{NO_SIGN} "),
    ]


def _indented(label: str, value: str) -> str:
    return measures.plain(f"  {label}", value)


def _percent(processor_ns: int, cost: MonitorCost) -> str:
    return f"{100 * processor_ns / cost.elapsed_ns:.2f} %"
