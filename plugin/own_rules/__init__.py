"""The operator's own rules: bounds for measures, silences, and which findings people are told of."""

from plugin.own_rules.names import ANY, COMMAND_MEASURES, FINDINGS, SHARE, CommandMeasure, FindingKind
from plugin.own_rules.records import (
    MEAN,
    OFF,
    PER_S,
    QUANTILES,
    FindingRule,
    OwnThreshold,
)

__all__ = [
    "ANY",
    "COMMAND_MEASURES",
    "FINDINGS",
    "MEAN",
    "OFF",
    "PER_S",
    "QUANTILES",
    "SHARE",
    "CommandMeasure",
    "FindingKind",
    "FindingRule",
    "OwnThreshold",
]
