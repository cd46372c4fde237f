"""What people are told of, by the rules of the settings."""

from __future__ import annotations

import time
from collections.abc import Callable

from plugin.metrics import Registry
from plugin.model import Standing
from plugin.settings import Settings

Told = Callable[[Standing], Standing]


def told_by_rules(settings: Settings, instance: Callable[[], str], registry: Registry) -> Told:
    """What is told of all that stands; `instance` is the name of this process in its fleet."""
    if not settings.finding_rules and not settings.thresholds:
        return lambda standing: standing
    from plugin.insight.told_findings import ToldFindings  # here, since few bots have any rules

    told = ToldFindings(settings.finding_rules, instance, lambda: [command.key for command in registry.commands()])
    return lambda standing: told.of(standing, time.time())
