"""What is said of own rules: findings, and problems that only show once a bot runs."""

from __future__ import annotations

from plugin.costs import MEGABYTE
from plugin.insight.own_verdicts import OwnVerdict
from plugin.insight.scales import CRITICAL, WARNING
from plugin.measures import MeasureKind
from plugin.model import Finding, SeriesKind, Subject, SubjectKind
from plugin.own_rules import COMMAND_MEASURES, MEAN, SHARE, OwnThreshold
from plugin.words import counted, lasting, titled

OWN_THRESHOLD = "threshold"
"""The rule of these findings."""

_FINDING_UNITS = {"s": (1000.0, "ms"), "ms": (1.0, "ms"), "By": (1 / MEGABYTE, "MB"), "%": (1.0, "%")}
"""What turns a value into a unit of findings, by its unit in the notation of OpenTelemetry."""

_MEASURED = {MeasureKind.HISTOGRAM.value: "values", SHARE: "invocations"}


def crossed_finding(rule: OwnThreshold, verdict: OwnVerdict, kind: SeriesKind, now: float) -> Finding:
    """The finding of a rule whose bound is crossed as of now, in Unix seconds."""
    factor, unit = (1.0, "s") if rule.absent else _FINDING_UNITS.get(kind.unit, (1.0, ""))
    measured = _MEASURED.get(kind.base, "minutes")
    value, bound = verdict.value or 0.0, rule.for_s if rule.absent else rule.bound
    return Finding(
        OWN_THRESHOLD,
        subject_of(rule),
        CRITICAL if rule.severity == "critical" else WARNING,
        f"{_silence(rule, kind) if rule.absent else _bound(rule, value, kind)} ({_called(rule)})",
        now - value if rule.absent else now,
        value=value * factor,
        threshold=bound * factor,
        unit=unit,
        evidence=() if rule.absent else ((measured, float(verdict.number)),),
        look_at=_look_at(rule),
    )


def subject_of(rule: OwnThreshold) -> Subject:
    """What its findings are about."""
    return Subject(SubjectKind.MEASURE, rule.judged)


def resolved(finding: Finding) -> str:
    """The log line for a finding that ended."""
    return f"resolved: {finding.sentence}, for {lasting((finding.until or finding.since) - finding.since)}"


def misfit(rule: OwnThreshold, kind: SeriesKind) -> str:
    """Why a rule does not fit the measure of this kind; empty where it does."""
    if rule.value != MEAN and kind.base != MeasureKind.HISTOGRAM.value:
        return f"{rule.measure} is a {kind.base}: value = {rule.value!r} is for histograms and timers"
    attributes = {*filter(None, kind.attribute.split(","))}
    missing = [name for name, _ in rule.where if name not in attributes]
    if missing:
        has = f"its attributes are {', '.join(sorted(attributes))}" if attributes else "it has none"
        return f"{rule.measure} has no attribute {missing[0]}: {has}"
    return ""


def _bound(rule: OwnThreshold, value: float, kind: SeriesKind) -> str:
    per = f" per {rule.per}" if kind.base == MeasureKind.COUNTER.value else ""
    what = f" {rule.value}" if kind.base == MeasureKind.HISTOGRAM.value else ""
    is_command = rule.measure in COMMAND_MEASURES
    phrase = f" {COMMAND_MEASURES[rule.measure].phrase}".rstrip() if is_command else ""
    subject = _subject(rule) if is_command else rule.series
    shown, bound = counted(value, kind.unit), counted(rule.bound, kind.unit)
    return f"{subject}:{phrase}{what} {shown}{per} is {'below' if rule.below else 'above'} {bound}"


def _silence(rule: OwnThreshold, kind: SeriesKind) -> str:
    span = lasting(rule.for_s)
    if rule.measure in COMMAND_MEASURES:
        return f"{_subject(rule)}: no {rule.measure} for {span}"
    nothing = "no value" if kind.base == MeasureKind.GAUGE.value else "nothing counted"
    return f"{rule.series}: {nothing} for {span}"


def _subject(rule: OwnThreshold) -> str:
    return rule.command or (titled("cog", rule.cog) if rule.cog else "all commands")


def _called(rule: OwnThreshold) -> str:
    return f"rule {rule.name}" if rule.name else "threshold"


def _look_at(rule: OwnThreshold) -> str:
    if rule.command:
        return f"/commandstats command:{rule.command}"
    if rule.measure in COMMAND_MEASURES:
        return "/commandstats"
    system, dot, _ = rule.measure.partition(".")
    return f"/performance system:{system} period:24h" if dot else "/performance"
