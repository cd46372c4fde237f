"""What we conclude: pure judgement of snapshots; the time is always passed in."""

from __future__ import annotations

from plugin.insight.alerts import AlertBook, AlertChange
from plugin.insight.health import judge, judging
from plugin.insight.lines import alert_line
from plugin.insight.uptime import UptimeMeter

__all__ = ["AlertBook", "AlertChange", "UptimeMeter", "alert_line", "judge", "judging"]
