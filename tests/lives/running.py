"""Runs lives, each with its seeds, in processes of their own."""

from __future__ import annotations

import asyncio
import importlib
import logging
import multiprocessing
import pkgutil
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path

from plugin.corridor import look_back
from tests.lives import families
from tests.lives.diary import Score, judge
from tests.lives.life import Life
from tests.lives.simulation import Simulation
from tests.lives.table import Result

PATIENCE_S = 600.0
"""How long history may take to answer: what is judged here is what it says."""


def lives() -> dict[str, Life]:
    """Every life of every family, by its name."""
    found = dict[str, Life]()
    for module in pkgutil.iter_modules(families.__path__):
        for life in importlib.import_module(f"{families.__name__}.{module.name}").LIVES:
            assert life.name not in found, f"two lives are called {life.name}"
            found[life.name] = life
    return found


def run(life: Life, seed: int) -> Score:
    """One life with one seed."""
    with tempfile.TemporaryDirectory(prefix="golem-life-") as directory:
        said = asyncio.run(Simulation(life, seed, Path(directory)).live())
    return judge(life, seed, said)


def run_named(job: tuple[str, int]) -> Score:
    """The same by name, for another process."""
    logging.disable(logging.CRITICAL)
    look_back.PATIENCE_S = PATIENCE_S
    name, seed = job
    return run(lives()[name], seed)


def results(chosen: Sequence[Life], seeds: int, first: int, jobs: int) -> Iterator[Result]:
    """The results of lives, in their order, each with its seeds."""
    counts = [max(seeds, life.seeds) for life in chosen]
    runs = [(life.name, first + n) for life, count in zip(chosen, counts, strict=True) for n in range(count)]
    with ProcessPoolExecutor(min(jobs, len(runs)), multiprocessing.get_context("spawn")) as pool:
        scores = pool.map(run_named, runs)
        for life, count in zip(chosen, counts, strict=True):
            yield Result(life, list(islice(scores, count)))
