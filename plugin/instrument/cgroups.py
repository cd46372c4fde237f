"""Limits of memory and CPU time from Linux control groups, version 1 or 2."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from plugin.model import Throttled

NS_PER_S = 1_000_000_000
US_PER_S = 1_000_000

_FIELD_OF_ROOT, _FIELD_OF_MOUNT = 3, 4


def memory_limit_bytes(root: Path = Path("/")) -> int | None:
    """The smallest limit of the process's group and its ancestors; None without a control group.

    `root`: the folder with `/proc` and the mounts that it names. Without a limit, version 1 states a number beyond any
    machine's memory.
    """
    limits: list[int] = []
    for group in _groups(root, "memory"):
        for name in ("memory.max", "memory.limit_in_bytes"):
            with contextlib.suppress(OSError, ValueError):  # `max` is no number
                limits.append(int((group / name).read_text()))
    return min(limits, default=None)


def cpu_throttled(root: Path = Path("/")) -> Throttled | None:
    """The most that the process's group or one of its ancestors was throttled; None if unknown."""
    found = [throttled for group in _groups(root, "cpu") if (throttled := _throttled(group)) is not None]
    return max(found, key=lambda throttled: throttled.seconds, default=None)


def _throttled(group: Path) -> Throttled | None:
    try:
        known = dict(line.split() for line in (group / "cpu.stat").read_text().splitlines())
        seconds = int(known.get("throttled_usec", 0)) / US_PER_S + int(known.get("throttled_time", 0)) / NS_PER_S
        return Throttled(int(known["nr_throttled"]), seconds)
    except (OSError, ValueError, KeyError):
        return None


def _groups(root: Path, controller: str) -> Iterator[Path]:
    """The folders of the process's group and its ancestors, in each hierarchy that may have this controller."""
    own = _own_groups(root)
    for controllers, top, mount in _mounts(root):
        path = own.get(controller if controller in controllers else "" if not controllers else None)
        if path is None:
            continue
        # In a container the mount may begin at the container's group, and the path may be relative to that.
        relative = path[len(top) :] if top != "/" and f"{path}/".startswith(f"{top}/") else path
        folder = mount.joinpath(*(part for part in relative.split("/") if part not in ("", "..")))
        yield from (group for group in (folder, *folder.parents) if group.is_relative_to(mount))


def _own_groups(root: Path) -> dict[str | None, str]:
    """Paths of the process's group by controller; for version 2 by an empty name."""
    found: dict[str | None, str] = {}
    for line in _lines(root / "proc/self/cgroup"):
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        found.update(dict.fromkeys(controllers.split(","), path))
    return found


def _mounts(root: Path) -> Iterator[tuple[frozenset[str], str, Path]]:
    """For each mount: its controllers (none: version 2), the group it begins at, and its folder."""
    for line in _lines(root / "proc/self/mountinfo"):
        before, _, after = line.partition(" - ")
        fields, kind = before.split(), after.split()
        if len(fields) > _FIELD_OF_MOUNT and len(kind) > 1 and kind[0] in ("cgroup", "cgroup2"):
            controllers = frozenset(kind[-1].split(",")) if kind[0] == "cgroup" else frozenset[str]()
            yield controllers, fields[_FIELD_OF_ROOT], root / fields[_FIELD_OF_MOUNT].lstrip("/")


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text().splitlines()
    except OSError:
        return []
