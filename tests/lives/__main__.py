"""Simulates lives of bots and says what was true, what was said, what was false and what was missed.

`python -m tests.lives [--seeds 5] [--first-seed 100] [--list] [names or patterns]`
The exit code is 1 where a bound is missed.
A new life is a record in a file of `families`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from fnmatch import fnmatchcase

from tests.lives.running import lives, results

FIRST_SEED = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for and print the table; 0 where every bound holds."""
    parser = argparse.ArgumentParser(prog="python -m tests.lives", description=__doc__)
    parser.add_argument("names", nargs="*", default=["*"], help="names or patterns of lives; all by default")
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds each life is run with, at least")
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED, help="the seed to begin with")
    parser.add_argument("--jobs", type=int, default=2, help="how many processes run lives at the same time")
    parser.add_argument("--list", action="store_true", help="print the names only")
    given = parser.parse_args(arguments)
    known = lives()
    chosen = [life for name, life in known.items() if any(fnmatchcase(name, pattern) for pattern in given.names)]
    if given.list or not chosen:
        sys.stdout.writelines(f"{life.name}: {life.about}\n" for life in known.values())
        return 0 if given.list else 2
    began, bad = time.perf_counter(), list[str]()
    for result in results(chosen, given.seeds, given.first_seed, given.jobs):
        sys.stdout.writelines(f"{line}\n" for line in result.lines())
        sys.stdout.flush()
        bad += [] if result.right else [result.life.name]
    took = time.perf_counter() - began
    sys.stdout.write(f"{len(chosen) - len(bad)} of {len(chosen)} lives are judged right, in {took:.0f} s\n")
    sys.stdout.writelines(f"wrong: {name}\n" for name in bad)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
