"""When interactions reached the process, seen before hikari does anything with them."""

from __future__ import annotations

from typing import Any

import hikari
import pytest

from plugin.instrument.containment import Containment
from plugin.instrument.gateway import Gateway
from plugin.instrument.receipts import MAXIMUM_RECEIPTS, Receipts


def ignored(*_: object) -> Any:
    """What hikari makes of an event."""


def test_receipts_that_lead_nowhere_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Interactions that no command takes do not pile up: the oldest make room."""
    bot, receipts = hikari.GatewayBot("MQ.b.c", banner=None), Receipts()
    monkeypatch.setattr(type(bot.event_manager), "consume_raw_event", ignored)
    gateway = Gateway(bot, Containment().part("receipts"), receipts, ignored, clock_ns=lambda: 7, unix_time=lambda: 0.0)
    gateway.watch_raw_events(ignored)
    for number in range(MAXIMUM_RECEIPTS + 2):
        bot.event_manager.consume_raw_event("INTERACTION_CREATE", object(), {"type": 2, "id": str(number)})
    assert receipts == dict.fromkeys(range(2, MAXIMUM_RECEIPTS + 2), 7)
