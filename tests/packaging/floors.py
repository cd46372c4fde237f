"""The lowest versions that pyproject.toml claims, as requirements that install exactly these."""

from __future__ import annotations

from collections.abc import Iterable

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version


def pinned(requirements: Iterable[str]) -> list[str]:
    """`name==version` with the lowest version allowed of each, by name.

    A package named more than once takes the highest of its floors. Raises ValueError for one without a floor.
    """
    floors: dict[str, Version | None] = {}
    for requirement in map(Requirement, requirements):
        name = canonicalize_name(requirement.name)
        found = [Version(part.version) for part in requirement.specifier if part.operator in (">=", "~=", "==")]
        known = floors.get(name)
        floors[name] = max([*found, *([known] if known else [])], default=None)
    without = sorted(name for name, floor in floors.items() if floor is None)
    if without:
        raise ValueError(f"these have no lowest version: {', '.join(without)}")
    return [f"{name}=={floor}" for name, floor in sorted(floors.items())]
