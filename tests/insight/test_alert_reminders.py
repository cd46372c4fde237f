"""When people are reminded of an alert: once after some time, and once when a silence has run out."""

from __future__ import annotations

import pytest

from plugin.insight.alert_reminders import Reminder, reminder_of
from plugin.model import Alert, AlertState
from plugin.model.alert_actions import NOBODY, ActionKind, AlertAction, AlertPeople
from tests.insight.test_alert_actions import incident
from tests.insight.test_incidents import NOW

FIRING = Alert(incident(), AlertState.FIRING, 0)
TIMED = Reminder("time", NOW + 3600, silence_over=False)
ACT = AlertAction("click", "3f2a1b9c", ActionKind.SILENCED, NOW, "Ada", until=NOW + 60)
OVER = Reminder("click", NOW + 60, silence_over=True)


def due(
    alert: Alert = FIRING, people: AlertPeople = NOBODY, reminded: str = "", after: float = 3600, s: float = 3600
) -> Reminder | None:
    """The reminder that is due so long after the message."""
    return reminder_of(alert, people, NOW, reminded, NOW + after, s)


@pytest.mark.parametrize(("after", "told"), [(3599.0, None), (3600.0, TIMED), (9000.0, TIMED)])
def test_it_is_due_some_time_after_the_message(after: float, told: Reminder | None) -> None:
    """Where the setting wants one."""
    assert due(after=after) == told
    assert due(after=after, s=0) is None


@pytest.mark.parametrize(
    ("alert", "people"),
    [
        (FIRING._replace(state=AlertState.RESOLVED), NOBODY),
        (FIRING._replace(incident=incident()._replace(until=NOW + 5)), NOBODY),
        (FIRING, AlertPeople(acknowledged=ACT)),
        (FIRING, AlertPeople(silence=ACT)),
        (FIRING, AlertPeople(acknowledged=ACT, expired=ACT)),
    ],
    ids=["resolved", "over for now", "acknowledged", "silenced", "acknowledged and no more silenced"],
)
def test_nobody_is_reminded_of_what_needs_nobody(alert: Alert, people: AlertPeople) -> None:
    """What is over, and what somebody looks after."""
    assert due(alert, people) is None


@pytest.mark.parametrize(
    ("reminded", "told"), [("", TIMED), ("?time", TIMED), ("time", None), ("click", None), ("?click", None)]
)
def test_there_is_one_for_each_incident(reminded: str, told: Reminder | None) -> None:
    """One that had begun is looked for and sent; one for a silence is enough, too."""
    assert due(reminded=reminded) == told
    assert TIMED.begun == "?time"


@pytest.mark.parametrize(
    ("reminded", "told"), [("", OVER), ("time", OVER), ("?click", OVER), ("earlier", OVER), ("click", None)]
)
def test_there_is_one_for_each_silence_that_runs_out(reminded: str, told: Reminder | None) -> None:
    """Also without the setting."""
    assert due(people=AlertPeople(expired=ACT), reminded=reminded, s=0) == told


@pytest.mark.parametrize(("until", "told"), [(NOW + 1, True), (NOW, False), (NOW - 1, False)])
def test_a_message_after_a_silence_needs_no_reminder(until: float, told: bool) -> None:
    """It was told then."""
    found = due(people=AlertPeople(expired=ACT._replace(until=until)), after=10)
    assert (found is not None) is told
