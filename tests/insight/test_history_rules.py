"""What only history proves, as findings."""

from __future__ import annotations

from plugin.insight.history_rules import HISTORY_RULES, history_findings
from plugin.model import Severity
from plugin.model.past import ErrorState
from tests.display.builders import AT
from tests.display.pasts import DAY, large_health, small_health


def test_everything_that_history_proves_is_a_finding() -> None:
    """Changes since the update, errors that are new or came back, growing memory, and a lost instance."""
    past = small_health()
    found = list(history_findings(past))
    assert [finding.rule for finding in found] == [
        *("failing_more", "slower", "faster"),
        *("new_error", "regressed_error"),
        "memory_growth",
        "instance_lost",
    ]
    assert {finding.rule for finding in found} <= HISTORY_RULES
    new = found[3]
    assert new.sentence == "new error: ClientConnectorError in services/market/prices/client.py:41 (/trade offer)"
    assert new.subject.name == "ClientConnectorError in services/market/prices/client.py (fetch)"
    assert (new.since, new.until, new.value, new.everywhere) == (AT - DAY, AT - 40, 21, True)
    assert found[4].sentence.startswith("error is back: KeyError in cogs/db.py:7") and found[4].since == AT - 7300
    growth = found[5]
    assert (growth.until, growth.everywhere, growth.unit) == (None, False, "MB")
    lost = found[6]
    assert lost.severity is Severity.CRITICAL and lost.sentence.startswith("host-b stopped without a goodbye after")


def test_errors_that_go_on_or_are_gone_are_no_findings() -> None:
    """Nor are Discord's, nor those that were seen once and may be old."""
    past = large_health()
    errors = {ErrorState.NEW: "new_error", ErrorState.REGRESSED: "regressed_error"}
    found = [finding for finding in history_findings(past) if finding.rule in errors.values()]
    assert len(found) == sum(error.state in errors for error in past.errors)
