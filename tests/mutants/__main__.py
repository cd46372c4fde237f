"""Proves that the tests of a room notice small faults in its logic: makes some at random, and runs the tests on each.

`python -m tests.mutants [--seed N] [--number 40] [--room NAME]`
The exit code is 1 where fewer than 85 % are noticed in a room.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Sequence

from tests.mutants.faults import Fault, faults
from tests.mutants.known import equivalents, known_as
from tests.mutants.rooms import ROOMS, Room
from tests.mutants.trial import ROOT, trial

WANTED = 0.85


def main(arguments: Sequence[str] | None = None) -> int:
    """Try faults in each room that is asked for; 0 where enough are noticed in each."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000), help="what draws the faults")
    parser.add_argument("--number", type=int, default=40, help="how many faults are tried in each room")
    parser.add_argument("--room", action="append", choices=[*ROOMS], help="may be given more than once")
    parser.add_argument("--jobs", type=int, default=2, help="how many faults are tried at the same time")
    given = parser.parse_args(arguments)
    _say(f"seed {given.seed}")
    shares = [_share(ROOMS[name], given.seed, given.number, given.jobs) for name in given.room or ROOMS]
    return 0 if min(shares) >= WANTED else 1


def _share(room: Room, seed: int, number: int, jobs: int) -> float:
    """Try faults in one room, name those that survive, and return the share that was noticed."""
    began, known = time.perf_counter(), equivalents()
    everything = [fault for fault in faults(ROOT, room.package) if not known & known_as(fault)]
    drawn = random.Random(seed).sample(everything, min(number, len(everything)))
    survived = 0
    with trial(room, seed, jobs) as tried:
        cpu = f"{tried.cpu_s:.0f} s of processor time"
        _say(f"{room.package}: its tests take {tried.tests_s:.0f} s ({cpu}), measured for their coverage")
        for fault in tried.survivors(drawn):
            survived += 1
            _say(_shown(fault))
        longest = tried.longest_s
    share = 1 - survived / len(drawn)
    took = time.perf_counter() - began
    counts = f"{len(drawn) - survived} of {len(drawn)} faults noticed"
    times = f"in {took:.0f} s, at most {longest:.0f} s for one"
    _say(f"{room.package}: {counts} ({share:.0%}; drawn from {len(everything)}, {times})")
    return share


def _shown(fault: Fault) -> str:
    was, now = (" ".join(text.split()) for text in fault.shown)
    return f"{fault.file}:{fault.lines[0]} {fault.function}\n  - {was}\n  + {now}"


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
