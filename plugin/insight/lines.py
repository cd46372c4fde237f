"""Alerts as lines of the log."""

from __future__ import annotations

from plugin.insight.alerts import AlertChange
from plugin.words import amount, lasting

ALERT_WORDS = {
    "memory": ("memory", "memory_threshold_mb"),
    "cpu": ("CPU", "cpu_threshold_percent"),
    "slow_command": ("average answer time", "slow_command_threshold_ms"),
    "slow_deferred_answer": ("average answer time after deferring", "deferred_answer_threshold_ms"),
    "error_rate": ("error rate", "error_rate_threshold_percent"),
}
"""What each rule judges, and the setting to change."""


def alert_line(change: AlertChange) -> str:
    """The line of the log: what crossed which threshold, and the setting that holds it."""
    alert = change.alert
    what, setting = ALERT_WORDS[alert.rule]
    what = f"{alert.subject}: {what}" if alert.subject else what
    bound = amount(alert.threshold, alert.unit)
    if change.raised:
        return f"{what} {amount(alert.value, alert.unit, beside=alert.threshold)} is over {bound} ({setting})"
    lasted = lasting(change.at - alert.since)
    if change.value is None:
        return f"resolved: {what} was over {bound} ({setting}) for {lasted}; no recent data"
    return f"resolved: {what} {amount(change.value, alert.unit)}, was over {bound} ({setting}) for {lasted}"
