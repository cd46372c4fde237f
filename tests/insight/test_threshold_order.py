"""In which order thresholds that are crossed are told, and that reading many lets other work run."""

from __future__ import annotations

from plugin.insight.thresholds import ThresholdBook
from plugin.settings import Settings
from tests.insight.snapshots import command, snapshot

SETTINGS = Settings()


def test_what_is_furthest_beyond_its_threshold_is_told_first() -> None:
    """The process before its commands; then by how many times its threshold each is beyond it."""
    well = [command(f"w{number}", ok=1000) for number in range(5)]
    taken = snapshot(
        *well,
        command("slow", ok=100, mean_ms=1400),
        command("failing", ok=50, error=450),
        command("slower", ok=100, mean_ms=2900),
    )
    found = ThresholdBook().update(0.0, taken, SETTINGS)
    # 2.9 and 1.4 times the threshold of answers, and 9 times that of errors.
    assert [(finding.rule, finding.subject.name) for finding in found] == [
        ("error_rate", "/failing"),
        ("slow_command", "/slower"),
        ("slow_command", "/slow"),
    ]


def test_reading_many_thresholds_lets_other_work_run() -> None:
    """After every hundred values, and no more often."""
    taken = snapshot(*(command(f"c{number}", ok=1) for number in range(250)))
    assert len(list(ThresholdBook().updating(0.0, taken, SETTINGS))) == 2
