"""Whose code a file is, however a bot and its libraries are installed, packed and run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path
from typing import Any

import pytest

MONITOR = Path(__file__).parents[2] / "plugin"

LIBRARY = """
def fail(called=None):
    if called is not None:
        return called()
    raise ConnectionError
"""

BOT = """
import hikari, sys, json
import somelib
from pathlib import Path
from plugin.instrument.own_code import loading_file
from plugin.instrument.places import Places

def shop():
    somelib.fail()

def run(loaded_by=None):
    place = None
    try:
        shop()
    except ConnectionError as error:
        place = Places(Path.cwd(), loaded_by or loading_file()).of(error)
    print(json.dumps(place[:2]))
"""


def write(file: Path, text: str = "") -> Path:
    """Write a file and the folders to it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(textwrap.dedent(text))
    return file


def placed(*arguments: str | Path, cwd: Path, paths: list[Path]) -> Any:
    """File and function that a bot which is run in this way says that it failed in."""
    front = cwd / "front"  # the monitor without what its front door imports, for there are many processes here
    write(front / "plugin" / "__init__.py", f"__path__ = [{str(MONITOR)!r}]")
    write(front / "hikari" / "__init__.py")
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, [*paths, front])), "PYTHONSAFEPATH": ""}
    command = [sys.executable, *map(str, arguments)]
    done = subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Installed packages: a bot and a library that fails."""
    site = tmp_path / "venv" / "lib" / "python3.11" / "site-packages"
    write(site / "somelib" / "__init__.py", LIBRARY)
    write(site / "mybot" / "__init__.py")
    write(site / "mybot" / "shop.py", BOT)
    write(site / "mybot" / "__main__.py", "from mybot.shop import run\nrun()")
    return site


def test_a_script_is_the_bots_own(tmp_path: Path, site: Path) -> None:
    """The usual bot: a script in a folder of its own, with a library in the environment."""
    script = write(tmp_path / "bot" / "bot.py", BOT + "\nrun()")
    assert placed(script, cwd=script.parent, paths=[site]) == ["bot.py", "shop"]


@pytest.mark.parametrize("loaded_by", ["None", "'/elsewhere/run.py'"], ids=["loads the monitor", "is only run"])
def test_an_installed_bot_that_is_run_is_own(tmp_path: Path, site: Path, loaded_by: str) -> None:
    """With `python -m mybot` the package that is run is the bot, whoever loads the monitor for it."""
    write(site / "mybot" / "__main__.py", f"from mybot.shop import run\nrun({loaded_by})")
    assert placed("-m", "mybot", cwd=tmp_path, paths=[site]) == ["mybot/shop.py", "shop"]


@pytest.mark.parametrize("loaded_by", ["", "'/elsewhere/run.py'"], ids=["loads the monitor", "is only run"])
def test_an_installed_bot_with_a_console_script_is_own(tmp_path: Path, site: Path, loaded_by: str) -> None:
    """The package whose function a console script calls is the bot."""
    script = write(
        tmp_path / "venv" / "bin" / "mybot", f"import sys\nfrom mybot.shop import run\nsys.exit(run({loaded_by}))"
    )
    assert placed(script, cwd=tmp_path, paths=[site]) == ["mybot/shop.py", "shop"]


def test_what_only_runs_a_bot_is_a_library(tmp_path: Path, site: Path) -> None:
    """A server or debugger that is run with `python -m` and runs the bot is none of its code."""
    write(site / "server" / "__main__.py", "import server, runpy\nrunpy.run_path('bot.py')")
    write(site / "server" / "__init__.py", LIBRARY)
    write(tmp_path / "bot" / "bot.py", BOT.replace("somelib", "server") + "\nrun()")
    assert placed("-m", "server", cwd=tmp_path / "bot", paths=[site]) == ["bot.py", "shop"]


@pytest.mark.parametrize("form", ["dist-info", "egg-link"])
def test_an_editable_install_elsewhere_is_a_library(tmp_path: Path, site: Path, form: str) -> None:
    """A library that is installed from where it is developed is one, unless that is within the bot's folder."""
    library = write(tmp_path / "projects" / "otherlib" / "otherlib.py", LIBRARY).parent
    if form == "dist-info":
        told = json.dumps({"url": library.as_uri(), "dir_info": {"editable": True}})
        write(site / "otherlib-1.dist-info" / "direct_url.json", told)
    else:
        write(site / "otherlib.egg-link", f"{library}\n.")
    script = write(tmp_path / "bot" / "bot.py", BOT.replace("somelib", "otherlib") + "\nrun()")
    assert placed(script, cwd=script.parent, paths=[site, library]) == ["bot.py", "shop"]
    assert placed(script, cwd=tmp_path, paths=[site, library])[0] == "projects/otherlib/otherlib.py"


def test_an_editable_install_of_the_bot_is_own(tmp_path: Path, site: Path) -> None:
    """A bot that is installed from where it is developed, and run from somewhere else, is its own code."""
    project = tmp_path / "projects" / "editbot"
    write(project / "editbot" / "__init__.py")
    write(project / "editbot" / "__main__.py", BOT + "\nrun()")
    told = json.dumps({"url": project.as_uri(), "dir_info": {"editable": True}})
    write(site / "editbot-1.dist-info" / "direct_url.json", told)
    (tmp_path / "home").mkdir()
    found = placed("-m", "editbot", cwd=tmp_path / "home", paths=[site, project])
    assert found == ["editbot/editbot/__main__.py", "shop"]


def test_a_folder_that_packages_were_installed_into_has_libraries(tmp_path: Path) -> None:
    """`pip install --target` leaves a `dist-info` beside each library, in whatever folder."""
    vendor = tmp_path / "bot" / "vendor"
    write(vendor / "somelib.py", LIBRARY)
    write(vendor / "somelib-1.dist-info" / "METADATA", "Metadata-Version: 2.1\nName: somelib\nVersion: 1\n")
    write(vendor / "somelib-1.dist-info" / "RECORD", "somelib.py,,\n")
    script = write(tmp_path / "bot" / "bot.py", BOT + "\nrun()")
    assert placed(script, cwd=script.parent, paths=[vendor]) == ["bot.py", "shop"]


def test_an_archive_that_is_imported_is_a_library(tmp_path: Path) -> None:
    """A library may be imported from an archive."""
    with zipfile.ZipFile(tmp_path / "libs.zip", "w") as archive:
        archive.writestr("somelib.py", LIBRARY)
    script = write(tmp_path / "bot" / "bot.py", BOT + "\nrun()")
    assert placed(script, cwd=script.parent, paths=[tmp_path / "libs.zip"]) == ["bot.py", "shop"]


def test_an_archive_that_is_run_is_the_bot(tmp_path: Path) -> None:
    """A bot may be an archive with its libraries in it."""
    with zipfile.ZipFile(tmp_path / "mybot.pyz", "w") as archive:
        archive.writestr("somelib.py", LIBRARY)
        archive.writestr("somelib-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: somelib\nVersion: 1\n")
        archive.writestr("somelib-1.dist-info/RECORD", "somelib.py,,\n")
        archive.writestr("shop.py", BOT)
        archive.writestr("__main__.py", "from shop import run\nrun()")
    (tmp_path / "home").mkdir()
    found = placed(tmp_path / "mybot.pyz", cwd=tmp_path / "home", paths=[])
    assert (found[0].endswith("mybot.pyz/shop.py"), found[1]) == (True, "shop")


FROZEN = """
import asyncio, hikari, json, sys, types
from pathlib import Path
sys.frozen, sys._MEIPASS = True, {bundle!r}
from plugin.instrument.places import Places

def module(name, file, text, **known):
    made = sys.modules[name.partition(".")[0]] = types.ModuleType(name)
    made.__file__ = sys._MEIPASS + "/" + file + "c"
    vars(made).update(known)
    exec(compile(text, file, "exec"), vars(made))
    return made

library = module("requests", "requests/adapters.py", "def fail():\\n raise ConnectionError", __version__="2")
wire = module("anyio", "anyio/_core.py", "def call(f):\\n f()")
dumps = json.dumps
stdlib = module("json", "json/decoder.py", "def call(f):\\n f()")
helper = module("util", {util!r}, "def help(*calls):\\n calls[0](*calls[1:])")
bot = module("bot", "bot.py", "def shop(*calls):\\n calls[0](*calls[1:])")

def placed(*calls):
    try:
        bot.shop(*calls)
    except ConnectionError as error:
        return Places(Path.cwd()).of(error)[:2]

print(dumps([
    placed(library.fail), placed(stdlib.call, library.fail), placed(wire.call, library.fail),
    placed(helper.help, library.fail),
]))
"""


@pytest.mark.parametrize("util", ["cogs/util.py", "{bundle}/cogs/util.py"], ids=["archived", "as data"])
def test_a_frozen_bot_knows_its_own_code(tmp_path: Path, util: str) -> None:
    """Where code has names within a bundle, libraries are known by their names and versions."""
    bundle = str(tmp_path / "_internal")
    script = write(tmp_path / "run.py", FROZEN.format(bundle=bundle, util=util.format(bundle=bundle)))
    own = ["bot.py", "shop"]
    assert placed(script, cwd=tmp_path, paths=[]) == [own, own, own, ["cogs/util.py", "help"]]
