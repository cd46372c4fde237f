"""Who may import whom: read from the source, so that no order of imports can hide a slip."""

from __future__ import annotations

import ast
import functools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "plugin"
FILES = sorted(PACKAGE.rglob("*.py"))
FOUNDATION = {
    "costs",
    "histogram",
    "hyperloglog",
    "measures",
    "model",
    "own_measures",
    "own_rules",
    "setting_types",
    "settings",
    "settings_source",
    "words",
}
ROOMS = {"instrument", "metrics", "history", "insight", "display", "outlets"}
UPSTAIRS = {"corridor", "monitor", "pages", "adapters", "cli", "__main__"}

ONE_FILE = {
    "psutil": "instrument/resources.py",
    "miru": "adapters/miru_clicks.py",
    "PIL": "display/chart/draw.py",
    "subprocess": "corridor/artist.py",
    "sqlite3": "history/sqlite.py",
    "aiohttp": "outlets/web.py",
    "asyncpg": "history/postgres.py",
    "apprise": "outlets/apprise_program.py",
    "cronsim": "corridor/reports/schedule.py",
}
"""Libraries that one file only may import."""

BESIDE = {"sqlite3": ["history/file_repair.py"]}
"""Files that may import one besides: this one looks at files that are not, or no longer, the open database."""

BROAD = {
    # What fails in the monitor must not reach the bot, whatever it is.
    ("instrument/containment.py", "contained", "Exception"),
    ("instrument/containment.py", "containing", "Exception"),
    ("instrument/gateway.py", "consume_raw_event", "Exception"),
    ("instrument/listeners.py", "_on_event", "Exception"),
    ("instrument/wrappers.py", "method", "Exception"),
    ("instrument/rest_limits.py", "parse", "Exception"),
    ("corridor/archive.py", "_attempt", "Exception"),
    ("instrument/interaction_watch.py", "_sweep", "Exception"),
    ("instrument/rest_hook.py", "request", "Exception"),
    ("instrument/rest_hook.py", "fail", "Exception"),
    ("instrument/rest_hook.py", "succeed", "Exception"),
    ("adapters/lightbulb3/measuring.py", "build", "Exception"),
    ("instrument/failure_judge.py", "failed", "Exception"),
    ("instrument/stage_watch.py", "watch_slow_responses", "Exception"),
    ("instrument/interaction_watch.py", "_end", "Exception"),
    ("instrument/settling.py", "count_ended", "Exception"),
    ("instrument/slow_responses.py", "_look", "Exception"),
    ("instrument/stage_watch.py", "enter", "Exception"),
    ("adapters/entrances.py", "watch", "Exception"),
    ("adapters/gateway_clicks.py", "subscribe", "Exception"),
    ("adapters/pager.py", "_subscribe", "Exception"),
    ("adapters/loading.py", "load", "Exception"),
    ("adapters/loading.py", "unload", "Exception"),
    ("corridor/installation.py", "attempt", "Exception"),
    ("corridor/tie.py", "tie_of", "Exception"),
    # What the bot's own values do when they are asked is nobody's fault, and no end of anything.
    ("instrument/values.py", "call_safely", "BaseException"),
    # The same of a number that the bot measures.
    ("metrics/meters/numbers.py", "_asked", "BaseException"),
    # Told to whoever asked for the call, in another thread.
    ("instrument/threads.py", "make", "BaseException"),
    ("instrument/containment.py", "_log", "BaseException"),
    # In a process of its own: the bot is told of it.
    ("display/chart/program.py", "_serve", "Exception"),
    ("outlets/apprise_program.py", "main", "Exception"),
}
"""Every place that swallows whatever comes; those that raise again, as it is or as something else, are not counted."""


def name_of(file: Path) -> str:
    """The file, as seen from the package."""
    return file.relative_to(PACKAGE).as_posix()


def module_of(file: Path) -> str:
    """The dotted name of a file's module."""
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(file): file for file in FILES}


@functools.cache
def parsed(file: Path) -> ast.Module:
    """The source of a file, parsed once for all tests."""
    return ast.parse(file.read_text("utf-8"))


@functools.cache
def imports(file: Path, *, late: bool = True) -> tuple[str, ...]:
    """The modules that a file imports, names of modules among what it imports from a package included."""
    return tuple(_imports(file, late))


def _imports(file: Path, late: bool) -> Iterator[str]:
    tree = parsed(file)
    for node in ast.walk(tree) if late else tree.body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module, f"{name_of(file)} imports relatively"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in MODULES else node.module


def parts_of(file: Path) -> set[str]:
    """The parts of the package that a file imports: `model`, `display` …, "" for the front door itself."""
    ours = (module.split(".") for module in imports(file) if module.split(".")[0] == "plugin")
    return {path[1] if len(path) > 1 else "" for path in ours}


def room_of(file: Path) -> str:
    """The part of the package that a file is in."""
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("name", sorted(FOUNDATION))
def test_the_foundation_stands_on_itself(name: str) -> None:
    """The vocabulary, the histogram, the words and the settings import nothing of the package but each other."""
    files = [file for file in FILES if room_of(file) == name]
    assert files and all(parts_of(file) <= FOUNDATION for file in files)


@pytest.mark.parametrize("file", [file for file in FILES if room_of(file) in ROOMS], ids=name_of)
def test_rooms_do_not_know_each_other(file: Path) -> None:
    """A file of a room imports the foundation and its own room, and nothing else of the package."""
    assert parts_of(file) <= FOUNDATION | {room_of(file)}


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_libraries_stay_where_they_belong(file: Path) -> None:
    """Lightbulb is imported by the adapters only, and each of psutil and miru by one file."""
    libraries = {module.split(".")[0] for module in imports(file)}
    assert "lightbulb" not in libraries or room_of(file) == "adapters"
    for library, only in ONE_FILE.items():
        assert library not in libraries or name_of(file) in (only, *BESIDE.get(library, ()))


@pytest.mark.parametrize("line", [2, 3])
def test_the_adapters_do_not_know_each_other(line: int) -> None:
    """What both lines of Lightbulb share is beside them; neither imports the other."""
    for file in (PACKAGE / "adapters" / f"lightbulb{line}").rglob("*.py"):
        assert not [module for module in imports(file) if f"lightbulb{5 - line}" in module]


def test_only_the_adapters_and_the_front_door_look_up() -> None:
    """Nothing below imports the monitor or an adapter, and nothing at all imports the front door."""
    for file in FILES:
        below = room_of(file) in FOUNDATION | ROOMS
        assert not (below and parts_of(file) & UPSTAIRS), name_of(file)
        assert "" not in parts_of(file), name_of(file)


def test_pages_do_not_know_who_asks() -> None:
    """What assembles pages imports no adapter, and only adapters and the command line import it."""
    for file in FILES:
        assert room_of(file) != "pages" or "adapters" not in parts_of(file), name_of(file)
        assert room_of(file) in {"pages", "adapters", "cli"} or "pages" not in parts_of(file), name_of(file)


def test_one_reader_of_the_environment() -> None:
    """The settings are the only reader of the process's environment."""
    readers = set[str]()
    for file in FILES:
        for node in ast.walk(parsed(file)):
            named = node.attr if isinstance(node, ast.Attribute) else getattr(node, "name", None)
            if named in {"environ", "environb", "getenv", "getenvb"}:
                readers.add(name_of(file))
    assert readers == {"settings_source.py"}


def test_there_are_no_cycles() -> None:
    """Following the imports of any module never leads back to it, late imports included."""
    graph = {module: {found for found in imports(file) if found in MODULES} for module, file in MODULES.items()}
    ordered: list[str] = []
    while graph:
        free = [module for module, needed in graph.items() if not needed - set(ordered)]
        assert free, f"there is a cycle among {sorted(graph)}"
        ordered += free
        for module in free:
            del graph[module]


def swallowers(file: Path) -> Iterator[tuple[str, str, str]]:
    """Handlers of a file that catch everything and do not end in a `raise`, with their function."""
    for function in ast.walk(parsed(file)):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        inner = {id(below) for node in ast.walk(function) if node is not function for below in nested(node)}
        for node in ast.walk(function):
            if isinstance(node, ast.ExceptHandler) and id(node) not in inner and swallows(node):
                yield name_of(file), function.name, caught(node)
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress"):
                for argument in node.args:
                    if ast.unparse(argument) in BROAD_TYPES and id(node) not in inner:
                        yield name_of(file), function.name, ast.unparse(argument)


BROAD_TYPES = {"", "Exception", "BaseException"}


def caught(handler: ast.ExceptHandler) -> str:
    """What a handler catches; "" where it catches everything without a word."""
    return "" if handler.type is None else ast.unparse(handler.type)


def swallows(handler: ast.ExceptHandler) -> bool:
    """Whether a handler catches everything and raises nothing in the end."""
    return caught(handler) in BROAD_TYPES and not isinstance(handler.body[-1], ast.Raise)


def nested(node: ast.AST) -> Iterator[ast.AST]:
    """Everything in a function inside another."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        yield from ast.walk(node)


def test_few_places_swallow_everything() -> None:
    """Each place that contains whatever is raised is listed here, so that a new one is a decision."""
    assert {found for file in FILES for found in swallowers(file)} == BROAD


COUNTERPARTS = {
    "Measuring": {"adapters/lightbulb2/measuring.py", "adapters/lightbulb3/measuring.py"},
    "Monitor": {"adapters/fallback.py", "monitor.py"},
    "OwnCommands": {"adapters/lightbulb2/own_commands.py", "adapters/lightbulb3/own_commands.py"},
    "SlashPageCall": {"adapters/lightbulb2/page_calls.py", "adapters/lightbulb3/page_calls.py"},
}
"""Classes that share a name because one stands in for the other."""


def test_each_class_has_a_name_of_its_own() -> None:
    """No two classes share a name, except counterparts, so that a name says which class is meant."""
    found: dict[str, list[str]] = {}
    for file in FILES:
        for node in ast.walk(parsed(file)):
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, []).append(name_of(file))
    shared = {name: files for name, files in found.items() if len(files) > 1}
    assert {name: sorted(files) for name, files in shared.items()} == {
        name: sorted(files) for name, files in COUNTERPARTS.items()
    }


NOT_BEFORE = {
    "plugin.display": "pages",
    "plugin.pages.assembly": "pages",
    "plugin.insight.health": "what judges for pages",
    "plugin.insight.findings": "what judges samples",
    "plugin.insight.scales": "what judges anything",
    "plugin.model.past": "what history tells",
    "plugin.model.report": "reports",
    "plugin.insight.report": "reports",
    "plugin.insight.availability": "reports",
    "plugin.corridor.report_history": "reports",
    "plugin.corridor.reports": "reports",
    "cronsim": "reports",
    "plugin.model.command_reviews": "what history tells of commands",
    "plugin.metrics.meters": "measures of the bot's own, which few declare",
    "plugin.history.store": "the store, which the thread of history imports",
    "plugin.history.copying": "copies, which only the command line makes",
    "plugin.history.backup": "backups, which only the command line makes",
    "sqlite3": "the store",
    "asyncpg": "a driver that few need",
    "miru": "a library that the bot need not have",
    "PIL": "charts, which are drawn in another process",
    "apprise": "alerts, which another process sends",
    "plugin.outlets.apprise_sender": "alerts to what is not Discord",
    "psutil": "samples, whose thread imports it",
    "importlib.metadata": "samples",
    "multiprocessing": "nothing at all",
    "sysconfig": "nothing at all",
    "difflib": "mistyped settings",
    "tomllib": "a file with settings",
    "statistics": "trends",
}
"""What a bot does not load with the plugin, by what it is there for: it would make the start slow and the bot big."""

LOADED = """
import sys
import hikari, lightbulb
before = set(sys.modules)
import plugin
print(*set(sys.modules) - before)
"""


def test_only_the_command_line_copies() -> None:
    """A bot never loads what copies history, not even in the thread that keeps it."""
    copying = {"copying", "backup", "copy_marker", "table_copy", "key_ranges"}
    modules = {f"plugin.history.{name}" for name in copying}
    for file in FILES:
        by_a_copy = name_of(file) in {f"history/{name}.py" for name in copying}
        assert room_of(file) == "cli" or by_a_copy or not modules & set(imports(file)), name_of(file)


def test_loading_imports_little() -> None:
    """The plugin imports what the start of a bot needs; all that pages, samples and history need comes later."""
    ran = subprocess.run([sys.executable, "-c", LOADED], cwd=PACKAGE.parent, capture_output=True, text=True, check=True)
    assert NOT_BEFORE.keys() & set(ran.stdout.split()) == set()
