"""Sections about the stages until the first response, and about missed deadlines."""

from __future__ import annotations

from plugin.display import graphs, numbers, text
from plugin.display.book import Section
from plugin.histogram import carries, nearest_rank
from plugin.model import DEADLINE_NS, Budget, InteractionSnapshot, Misses, Stage, StageSnapshot

LABELS = {
    Stage.LOOP: "loop",
    Stage.CHECKS: "checks",
    Stage.CODE: "own code",
    Stage.DISCORD: "Discord",
    Stage.LIMITED: "limits",
}
QUANTILE = 0.95
NAME_CELLS = 14
LABEL_CELLS = 8
TIME_CELLS = 8
BAR_CELLS = text.LINE_CELLS - LABEL_CELLS - TIME_CELLS - 1


def budget_section(budget: Budget | None) -> Section:
    """The stages of the interaction at p95, with bars and times; stages that took no time are left out."""
    if budget is None:
        return Section("", ())
    split = budget.split
    used_ns = split.first_response_ns
    rows = [_bar(name, split.stages_ns[stage]) for stage, name in LABELS.items() if split.stages_ns[stage] > 0]
    rows += [
        _line("response", used_ns, f"{100 * used_ns / DEADLINE_NS:.0f} % of 3 s"),
        _line("to end", _all_ns(budget)),
    ]
    if split.before_receipt_ns is not None:
        rows.append(_line("network", split.before_receipt_ns, "estimate"))
    which = "p95" if carries(QUANTILE, budget.number) else "the slowest"
    return Section(f"Time to first response, {which} of the last {budget.number:,}", rows)


def _all_ns(budget: Budget) -> int:
    return sum(budget.split.stages_ns)


def _bar(name: str, time_ns: int) -> str:
    return _line(name, time_ns, graphs.bar(time_ns, DEADLINE_NS, BAR_CELLS))


def _line(name: str, time_ns: int, beside: str = "") -> str:
    return f"{name:<{LABEL_CELLS}}{text.right(numbers.duration(time_ns), TIME_CELLS)} {beside}".rstrip()


def misses_section(stages: StageSnapshot | None) -> Section:
    """Missed deadlines by kind, and the number of defers."""
    if stages is None or not (stages.deferred or stages.misses.number):
        return Section("", ())
    misses = stages.misses
    counts = (
        ("deferred in time", stages.deferred),
        ("answered too late", misses.late),
        ("expired (10062)", misses.refused),
        ("never answered", misses.unanswered),
        ("still unanswered", misses.waiting),
    )
    rows = [text.spread(name, numbers.count(number)) for name, number in counts if number]
    return Section("Discord's 3 s deadline", [*rows, *_overrun(misses)])


def _overrun(misses: Misses) -> list[str]:
    number = misses.late + misses.refused
    if not number:
        return []
    stage = max(LABELS, key=lambda stage: misses.stages_ns[stage])
    rows = [text.spread("too late by up to", numbers.duration(misses.most_over_ns))] if misses.most_over_ns else []
    rows.append(text.spread("most time in", LABELS[stage]))
    if misses.before_receipt_ns:
        rows.append(text.spread("network (estimate)", numbers.duration(misses.before_receipt_ns / number)))
    return rows


def overdue(stages: StageSnapshot | None) -> int:
    """Interactions that overran the deadline, without those that ended without any answer."""
    if stages is None:
        return 0
    misses = stages.misses
    return misses.late + misses.refused + misses.waiting


def overdue_line(stages: StageSnapshot | None) -> str:
    """How many overran it, and the stage that took most of their time."""
    if stages is None:
        return ""
    misses = stages.misses
    stage = max(LABELS, key=lambda stage: misses.stages_ns[stage])
    where = f"most: {LABELS[stage]}" if misses.late + misses.refused else "unanswered"
    return text.spread(f"   {numbers.plural(overdue(stages), 'time')}", where)


def interaction_row(handler: InteractionSnapshot) -> str:
    """A handler of interactions without a command: their number, response times and late answers."""
    key, stages = handler.key, handler.stages
    times = sorted(split.first_response_ns for split in stages.splits())
    p95_ns = times[nearest_rank(QUANTILE, len(times)) - 1] if times else None
    head = text.spread(f"   {text.name(key.name, NAME_CELLS)}", key.kind.value)
    which = "p95" if carries(QUANTILE, len(times)) else "max"
    quick = text.spread(f"   {numbers.short_count(handler.ended)} ended", f"{which} {numbers.duration(p95_ns)}")
    missed = stages.misses.number
    late = [text.spread("   missed the deadline", numbers.short_count(missed))] if missed else []
    return "\n".join([head, quick, *late])
