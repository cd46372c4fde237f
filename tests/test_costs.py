"""What the monitor says that it costs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from plugin import costs
from plugin.costs import COMMAND_US, LATER_MB, LOADING_MB, MEGABYTE, Ledger, memory_bytes, resident_bytes

ROOT = Path(__file__).parents[1]
DOCUMENT = (ROOT / "docs" / "costs.md").read_text("utf-8")


def row(label: str) -> list[float]:
    """The numbers of one row of the document, one for each line of Lightbulb."""
    (cells,) = re.findall(rf"^\| {re.escape(label)} \|(.*)\|$", DOCUMENT, re.MULTILINE)
    return [float(found) for found in re.findall(r"[\d.]+", cells)]


def test_the_document_has_the_numbers_that_health_shows() -> None:
    """What each command adds, and what the memory is made of, is written down once more, and the same."""
    added = zip(row("added to a command that does nothing"), row("added to a command that answers"), strict=True)
    assert dict(zip((2, 3), added, strict=True)) == COMMAND_US
    bot = LOADING_MB + LATER_MB["running"] + LATER_MB["sqlite"]
    assert bot == pytest.approx(row("resident memory added, with history in SQLite")[0])
    assert LATER_MB["pages"] == row("more, after all pages were asked once")[0]
    assert f"({LOADING_MB} MB where" in DOCUMENT
    assert f"PostgreSQL takes {LATER_MB['postgresql'] - LATER_MB['sqlite']:.1f} MB more" in DOCUMENT


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing tells without a library")
def test_what_the_process_grows_by_is_counted_once() -> None:
    """The first import and the first load count; what a reload finds has grown with the bot."""
    before = resident_bytes()
    assert before is not None and before > MEGABYTE
    ledger = Ledger(before - 3 * MEGABYTE)
    ledger.imported()
    with ledger.loading():
        pass
    taken = ledger.loaded_bytes()
    assert taken >= 3 * MEGABYTE
    kept = bytearray(8 * MEGABYTE)
    ledger.imported()
    with ledger.loading():
        kept[:] = bytes(len(kept))
    assert ledger.loaded_bytes() == taken


def test_an_import_that_brought_hikari_is_not_the_monitors() -> None:
    """Whoever imports the plugin first has the memory of hikari and Lightbulb counted to the bot."""
    said = "import plugin; from plugin.costs import LEDGER; import hikari, lightbulb; print(LEDGER.loaded_bytes())"
    ran = subprocess.run([sys.executable, "-c", said], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(ran.stdout) == round(LOADING_MB * MEGABYTE)


@pytest.mark.parametrize(
    ("database", "later_mb"),
    [("", 8.0), ("golem.db", 9.4), ("sqlite:///golem.db", 9.4), ("postgresql://golem@db/golem", 10.7)],
    ids=["no history", "a file", "a file by its address", "a server"],
)
def test_memory_is_that_of_what_is_in_use(database: str, later_mb: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """A platform that does not tell its memory is told what this release was measured to take."""
    monkeypatch.setattr(costs, "LEDGER", Ledger(None))
    assert memory_bytes(database) / MEGABYTE == pytest.approx(LOADING_MB + later_mb)
