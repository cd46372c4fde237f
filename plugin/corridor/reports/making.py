"""Makes a report that is due from history."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import tzinfo

from plugin.corridor.archive import HistoryUnavailable
from plugin.corridor.drawing import Drawn
from plugin.corridor.look_back import HistorySource, LookBack, PageContext
from plugin.corridor.report_history import report
from plugin.corridor.reports.schedule import DueReport
from plugin.corridor.steps import in_steps
from plugin.display.chart import Chart
from plugin.display.report_charts import report_charts
from plugin.display.report_message import report_notices
from plugin.model import ReportNotices
from plugin.settings import Settings

Draw = Callable[[Sequence[Chart]], Awaitable[Drawn]]


async def make_report_notices(
    due: DueReport, history: HistorySource, settings: Settings, zone: tzinfo, draw: Draw, now: float
) -> ReportNotices | None:
    """The report of all instances, for every kind of target; None if history has nothing of its period.

    `history` gives it as those may see it who read the targets; raises HistoryUnavailable.
    """
    # A period ends with the minute that its last moment is in.
    back = LookBack(due.period, True, due.at - 1)
    told, note = await report(history, back, PageContext(now, settings, None))
    if told is None:
        raise HistoryUnavailable(note)
    if not told.is_covered:
        return None
    await asyncio.sleep(0)
    charts = report_charts(told)
    drawn = await draw(charts)
    return await in_steps(report_notices(told, zone, _mark(told.bot, due), charts, drawn.png))


def _mark(bot: int, due: DueReport) -> str:
    """Another one for each bot that writes to a channel."""
    return f"report {hashlib.blake2b(f'{bot} {due.id}'.encode(), digest_size=4).hexdigest()}"
