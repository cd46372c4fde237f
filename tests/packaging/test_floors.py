"""The lowest versions that pyproject.toml claims."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.packaging.floors import pinned

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]


def test_the_highest_floor_of_a_package_counts() -> None:
    """A package that is named twice has the version that satisfies both."""
    assert pinned(["a>=1.9,<3", "B_c[x]~=2.3.5", "a>=1.10"]) == ["a==1.10", "b-c==2.3.5"]


def test_a_package_without_a_floor_is_named() -> None:
    """What has no lowest version cannot be tested with it."""
    with pytest.raises(ValueError, match="no lowest version: b"):
        pinned(["a>=1", "b<2"])


@pytest.mark.parametrize("line", [2, 3])
def test_each_line_gives_every_package_of_the_base_a_floor(line: int) -> None:
    """What the plugin needs has a lowest version on each line of Lightbulb."""
    tested = {Requirement(requirement).name for requirement in EXTRAS[f"lightbulb{line}"]}
    assert tested >= {Requirement(requirement).name for requirement in PROJECT["dependencies"]}


def test_the_base_lets_pip_keep_what_a_bot_has() -> None:
    """No requirement of the base has a version: pip would replace what a bot runs on by the newest that fits."""
    assert [requirement for requirement in PROJECT["dependencies"] if Requirement(requirement).specifier] == []
