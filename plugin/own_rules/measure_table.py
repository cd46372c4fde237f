"""Reads a rule about a measure: a bound, or a silence."""

from __future__ import annotations

import re

from plugin.measures import MEASURES, Measure, MeasureKind, measure_of
from plugin.own_rules.keys import Keys, hint, shown
from plugin.own_rules.names import COMMAND_MEASURES, SHARE, CommandMeasure
from plugin.own_rules.records import MEAN, PER_S, QUANTILES, OwnThreshold

MEASURE_KEYS = (
    "measure",
    "above",
    "below",
    "per",
    "value",
    "least",
    "where",
    "severity",
    "for",
    "keep_firing_for",
    "absent",
    "command",
    "cog",
    "shard",
    "instance",
    "name",
)
LARGEST_LEAST = 10**6
MOST_SHARDS = 10**6
BOUNDS = ("above", "below")
OF_ABSENT = ("measure", "absent", "for", "where", "severity", "command", "cog", "shard", "instance", "name")
"""The keys that a silence takes."""

_OWN_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_STANDARD = {measure.standard: measure.name for measure in MEASURES}


def read_threshold(keys: Keys) -> OwnThreshold:
    """What the table says; only if it has no problem is it right."""
    silent = "absent" in keys
    if silent and keys["absent"] is not True:
        keys.refuse(f"absent: must be true, or left out, not {shown(keys['absent'])}")
    known = OF_ABSENT if silent else MEASURE_KEYS
    keys.only(known, lambda key: _strange(key, silent))
    measure = _measure(keys, silent)
    bound, below = (0.0, False) if silent else _bound(keys)
    found = OwnThreshold(
        measure,
        bound,
        below,
        (*keys.where(), *_shard(keys)),
        keys.word("per", PER_S, "hour") if not silent else "hour",
        keys.word("value", (MEAN, *QUANTILES), MEAN) if not silent else MEAN,
        None if silent else keys.whole("least", 1, LARGEST_LEAST),
        keys.word("severity", ("critical", "warning"), "critical"),
        keys.name("command", '"/shop buy" or "/shop *"'),
        keys.name("cog", '"Shop"'),
        keys.name("instance", '"eu-1"'),
        keys.duration_s("for"),
        0.0 if silent else keys.duration_s("keep_firing_for"),
        silent,
        keys.name("name", '"shop errors"'),
    )
    if not keys.problems:
        _check(keys, found)
    return found


def _measure(keys: Keys, silent: bool) -> str:
    if silent and "measure" not in keys and ("command" in keys or "cog" in keys):
        return "invocations"
    name = keys.text("measure", lambda _: True, "the name of a measure, such as economy.transactions")
    if name and name not in COMMAND_MEASURES and measure_of(name) is None and not _is_own(name):
        known = (*COMMAND_MEASURES, *(measure.name for measure in MEASURES))
        near = f"did you mean {_STANDARD[name]}?" if name in _STANDARD else hint(name, known, "known are")
        keys.refuse(f"measure: must be the name of a measure, such as economy.transactions, not {shown(name)}; {near}")
    return name


def _is_own(name: str) -> bool:
    return name not in _STANDARD and bool(_OWN_NAME.fullmatch(name))


def _bound(keys: Keys) -> tuple[float, bool]:
    given = [key for key in BOUNDS if key in keys]
    if len(given) == 1:
        return keys.number(given[0]), given[0] == "below"
    if given:
        keys.refuse("needs either above or below: leave one out; a threshold each takes both")
    else:
        keys.refuse("needs either above or below: add one of them, or absent = true with for")
    return 0.0, False


def _shard(keys: Keys) -> tuple[tuple[str, str], ...]:
    number = keys.whole("shard", 0, MOST_SHARDS)
    return () if number is None else (("shard", str(number)),)


def _check(keys: Keys, found: OwnThreshold) -> None:
    """Refuse what can never be, or would mean something else than it says."""
    of_command = COMMAND_MEASURES.get(found.measure)
    if found.absent and not found.for_s:
        keys.refuse('for: is needed with absent: how long nothing was counted, such as "2h"')
    if found.command and found.cog:
        keys.refuse("cog: a rule takes either command or cog")
    if of_command is not None:
        _check_command(keys, found, of_command)
        return
    for key in ("command", "cog"):
        if key in keys:
            keys.refuse(f"{key}: {found.measure} is not counted by {key}; {', '.join(COMMAND_MEASURES)} are")
    measure = measure_of(found.measure)
    if measure is not None:
        _check_measure(keys, found, measure)


def _check_command(keys: Keys, found: OwnThreshold, measure: CommandMeasure) -> None:
    counter, share = measure.kind == "counter", measure.kind == SHARE
    if found.where:
        key = "shard" if "shard" in keys else "where"
        keys.refuse(f"{key}: {found.measure} is counted by command, not by {found.where[0][0]}: leave it out")
    if found.absent and found.measure != "invocations":
        keys.refuse(f"absent: none of {found.measure} is no problem: use invocations, or leave measure out")
    if found.value != MEAN and (counter or share):
        keys.refuse(f"value: {found.measure} has no {found.value}: leave it out")
    if share and not found.absent:
        _check_share(keys, found)
    if counter and found.below and found.bound <= 0:
        keys.refuse(f"below: a count is never below {found.bound:g}; for none at all use absent = true with for")
    if measure.unit == "ms" and not found.absent and found.bound < 0:
        keys.refuse(f"{'below' if found.below else 'above'}: a time is never negative")


def _check_share(keys: Keys, found: OwnThreshold) -> None:
    if found.below:
        keys.refuse("below: an error rate is never too low: use above")
    elif not 0 <= found.bound < 100:
        keys.refuse(f"above: must be from 0 to less than 100 percent, not {found.bound:g}")
    if found.per == "minute":
        keys.refuse("per: a minute is too short to prove an error rate: use hour or day")


def _check_measure(keys: Keys, found: OwnThreshold, measure: Measure) -> None:
    attributes = (measure.attribute,) if measure.attribute else ()
    for name, _ in found.where:
        if name not in attributes:
            key = "shard" if name == "shard" and "shard" in keys else "where"
            can = f"its attribute is {measure.attribute}" if measure.attribute else "it has no attributes"
            keys.refuse(f"{key}: {measure.name} is not counted by {name}: {can}")
    if found.value != MEAN and measure.kind is not MeasureKind.HISTOGRAM:
        keys.refuse(f"value: {measure.name} is a {measure.kind.value} and has no {found.value}: leave it out")
    is_level = measure.kind is MeasureKind.GAUGE and measure.attribute == "shard"
    if is_level and not found.where and not found.absent:
        keys.refuse(f"shard: {measure.name} has a value for each shard, which do not add up: add shard = 0")
    if measure.kind is MeasureKind.COUNTER and found.below and found.bound <= 0:
        keys.refuse(f"below: a count is never below {found.bound:g}; for none at all use absent = true with for")


def _strange(key: str, silent: bool) -> str:
    if silent and key in MEASURE_KEYS:
        return "does not go with absent: leave out one of them"
    return "is for rules with a finding: leave it out" if key == "task" else ""
