"""What the documentation says of rules is what they are."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from plugin.measures import MEASURES
from plugin.own_rules import COMMAND_MEASURES, FINDINGS
from plugin.own_rules.tables import KEYS
from plugin.settings_source import load

TEXT = (Path(__file__).parents[1] / "docs" / "rules.md").read_text(encoding="utf-8")


def test_every_example_is_a_rule(tmp_path: Path) -> None:
    """Nothing in them is refused."""
    (example,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / "golem.toml").write_text(example, "utf-8")
    settings = load({}, tmp_path)
    assert settings.refused_rules == {}
    assert len(settings.thresholds) + len(settings.finding_rules) == len(tomllib.loads(example)["golem"]["rule"]) == 13


@pytest.mark.parametrize("name", [*COMMAND_MEASURES, *FINDINGS, *KEYS, *(measure.name for measure in MEASURES)])
def test_every_name_is_in_a_table(name: str) -> None:
    """Measures, findings and keys; those that happen at a moment are marked."""
    rows = [line for line in TEXT.splitlines() if line.startswith("| ") and f"`{name}`" in line]
    assert rows
    if name in FINDINGS:
        assert any(f"`{name}` *" in row for row in rows) is not FINDINGS[name].lasts


def test_what_is_refused_is_told_as_shown(tmp_path: Path) -> None:
    """The lines of the document are those of the log."""
    table = 'name = "purchases"\nmeasure = "error_rate_percent"\nabove = 500\ncomand = "/shop buy"\n'
    rules = 2 * '[[golem.rule]]\nfinding = "new_error"\n'
    (tmp_path / "golem.toml").write_text(f"{rules}[[golem.rule]]\n{table}", "utf-8")
    refused = load({}, tmp_path).refused_rules["rule 3 in golem.toml (purchases)"]
    assert all(f"rule 3 in golem.toml (purchases): {problem}" in TEXT for problem in refused)
