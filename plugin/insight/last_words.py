"""The status that a process reports with every heartbeat; after an unclean shutdown it is the last status."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from plugin.costs import MEGABYTE
from plugin.model import CommandKey, Sample
from plugin.words import label, megabytes, percent

WORTH_TELLING = 0.8
"""The share of all memory from which it is mentioned."""

MOST_RUNNING = 3
SHARE = re.compile(r"memory [^,]*\((\d+(?:\.\d+)?) % of (?:total|all there is)\)")


def last_words(
    sample: Sample | None, alerts: int, running: Sequence[tuple[CommandKey, int]], first: Iterable[str] = ()
) -> str:
    """`memory 254 MB (98 % of total), CPU 4 %, 1 alert, running /report`.

    `running` is how many invocations of each command run; the first few are named. `first` is said before (`vitals`).
    """
    said = [*first]
    if sample is not None:
        resources = sample.resources
        if resources.rss_bytes is not None:
            share = resources.memory_share or 0
            of_all = f" ({percent(100 * share)} of total)" if share >= WORTH_TELLING else ""
            said.append(f"memory {megabytes(resources.rss_bytes / MEGABYTE)}{of_all}")
        if resources.cpu_share is not None:
            said.append(f"CPU {percent(100 * resources.cpu_share)}")
    if sample is not None or alerts:
        said.append(f"{alerts} alert{'' if alerts == 1 else 's'}")
    if running:
        named = [f"{label(key)}{f' ×{number:,}' if number > 1 else ''}" for key, number in running[:MOST_RUNNING]]
        more = [f"{len(running) - MOST_RUNNING:,} more"] if len(running) > MOST_RUNNING else []
        said.append(f"running {' and '.join([*named, *more])}")
    return ", ".join(said)


def memory_share(words: str) -> float | None:
    """The share of all memory that the process had, 0 to 1; None if its status does not say."""
    found = SHARE.search(words)
    return None if found is None else float(found[1]) / 100
