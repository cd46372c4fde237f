"""`/health test: alerts`: whether each target takes an alert."""

from __future__ import annotations

import math

import hikari

from plugin.corridor.alerts.alerts import Alerts
from plugin.display.pages.alert_test import alert_test_begun, alert_test_result
from plugin.pages.access import Access
from plugin.pages.page_request import BadQuestionError

NO_TARGETS = "Alerts go nowhere: set `alert_channel` or `alert_targets`."


class AlertTestPage:
    """One test; raises BadQuestionError where there are no targets, or the last test was just now."""

    def __init__(self, alerts: Alerts | None, access: Access) -> None:
        if alerts is None:
            raise BadQuestionError(NO_TARGETS)
        wait_s = alerts.claim_test()
        if wait_s:
            raise BadQuestionError(f"A test alert was just sent. Try again in {math.ceil(wait_s)} s.")
        self._alerts = alerts
        self._access = access

    @property
    def begun(self) -> hikari.Embed:
        """Shown until all targets have answered."""
        return alert_test_begun(len(self._alerts.states))

    async def result(self) -> hikari.Embed:
        """Send the alerts; says for each target whether it was taken, and to those who may know, why not."""
        tests = await self._alerts.test()
        return alert_test_result(tests, self._access.details, self._access.note)
