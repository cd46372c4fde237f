"""Installed libraries outside `site-packages` are found by their metadata, and only where there may be some."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from plugin.instrument.installed import find_installed

ROOT = Path(__file__).parents[2]
SEARCH = "import sys; from plugin.instrument.installed import find_installed; {}; find_installed(); print({})"


def in_a_process(before: str, shown: str) -> str:
    """What a Python prints that has searched."""
    words = [sys.executable, "-c", SEARCH.format(before, shown)]
    return (
        subprocess.run(words, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True, capture_output=True)
        .stdout.decode()
        .strip()
    )


def test_the_parser_of_metadata_is_not_imported_for_nothing() -> None:
    """Most bots have no such library; the modules that read metadata take half a megabyte."""
    before = "known = {*sys.modules}; sys.path.append('/there/is/no/archive.zip')"
    assert in_a_process(before, "'zipfile' in {*sys.modules} - known") == "False"


@pytest.mark.parametrize("archive", [False, True], ids=["folder", "archive"])
def test_libraries_with_metadata_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, archive: bool) -> None:
    """In a folder as `pip install --target` makes it, and in an archive."""
    record = "toolbox/__init__.py,,\nhammer.py,,\n../bin/hammer,,\n"
    contents = {
        "toolbox-1.0.dist-info/METADATA": "Name: toolbox\n",
        "toolbox-1.0.dist-info/RECORD": record,
        "toolbox/__init__.py": "",
        "hammer.py": "",
    }
    place = tmp_path / ("libraries.zip" if archive else "libraries")
    if archive:
        with zipfile.ZipFile(place, "w") as packed:
            for name, text in contents.items():
                packed.writestr(name, text)
    else:
        for name, text in contents.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text(text)
    monkeypatch.setattr(sys, "path", [str(place)])
    found = find_installed.__wrapped__()
    assert f"{place / 'toolbox'}{os.sep}" in found.folders and str(place / "hammer.py") in found.files
