"""What comes and goes is one alert, however often it does."""

from __future__ import annotations

import random

from plugin.insight.alerts import AlertBook
from plugin.model import AlertState, Severity, Standing, SubjectKind
from tests.insight.test_incidents import NOW, finding


def test_an_error_that_comes_ten_thousand_times_is_one_alert() -> None:
    """With another count each time, and found by one check in three; it fires once, and ends once it is over."""
    book, now, fired, ended, known = AlertBook("one", Severity.CRITICAL, 60.0), NOW, 0, 0, False
    chance = random.Random(7)
    for number in range(20_000):
        now += 30.0
        error = finding("ValueError", rule="error_rate", kind=SubjectKind.ERROR, since=NOW, everywhere=True)
        comes = number < 10 or (number < 10_000 and chance.random() < 0.3)
        standing = (error._replace(sentence=f"{number} errors"),) if comes else ()
        alerts = book.update(Standing(standing, number + 1), now)
        fired += bool(alerts) and not known
        known = bool(alerts)
        for alert in alerts:
            if alert.state is AlertState.RESOLVED:
                book.forget(alert, now)
                ended, known = ended + 1, False
    assert (fired, ended) == (1, 1)
