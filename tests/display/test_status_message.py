"""The text of the message that shows how the bot is."""

from __future__ import annotations

import pytest

from plugin.display.status_message import MOST_REASONS, status_notice
from plugin.model import Health, Snapshot
from tests.display.builders import a_health, empty_bot, small_bot

MARK = "status 1a2b3c4d"


def lines(snapshot: Snapshot, health: Health) -> list[str]:
    """What stands below the title."""
    return status_notice(snapshot, health, MARK, "").text.splitlines()


def test_what_most_look_for_first() -> None:
    """The worst reasons, then the numbers, then how old they are."""
    snapshot = small_bot()
    health = a_health(snapshot)
    notice = status_notice(snapshot, health, MARK, "one")
    told = notice.text.splitlines()
    assert (notice.title, notice.footer) == ("🔴 Your bot has problems.", f"{MARK} · one")
    assert told[0] == "• trade offer takes 3,050 ms, limit 1,000 ms"
    assert told[told.index("") + 1 :] == [
        "Shards connected **1 of 2**",
        "Memory **206 MB**",
        "CPU, of 1 core **2.3 %**",
        "Latency **84 ms**",
        "Uptime, 24 h **>99.9 %**",
        "Error rate **0.6 %** of the last 5,644 invocations",
        "Average answer time **961 ms**",
        "Running for **3 d 4 h**",
        "",
        f"Updated <t:{int(snapshot.at)}:R>; if over 5 minutes ago, the bot is down or cannot change this.",
    ]


def test_what_is_not_known_is_left_out() -> None:
    """A bot that has just started has no error rate, and no reasons."""
    snapshot = empty_bot()
    told = lines(snapshot, a_health(snapshot))
    assert not [line for line in told if line.startswith(("•", "Error", "Average"))]


@pytest.mark.parametrize(
    ("number", "last"), [(MOST_REASONS, "• reason 4"), (MOST_REASONS + 2, "• … and 2 more, see `/health`")]
)
def test_reasons_are_bounded(number: int, last: str) -> None:
    """The rest is on the page."""
    snapshot = small_bot()
    health = a_health(snapshot)._replace(reasons=tuple(f"reason {index}" for index in range(number)))
    told = lines(snapshot, health)
    assert told[told.index("") - 1] == last and told.index("") <= MOST_REASONS + 1
