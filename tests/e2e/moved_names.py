"""Bots whose libraries have moved one name each that the plugin uses: what becomes of each, as JSON.

In a process of its own, since the plugin is imported anew for each bot.
"""

from __future__ import annotations

import ast
import asyncio
import builtins
import json
import logging
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

LIBRARIES = ("hikari", "lightbulb")
PACKAGE = Path(__file__).parents[2] / "plugin"


def names(line: int) -> list[str]:
    """Every `module:name` of hikari and Lightbulb that the plugin uses, but for mere annotations."""
    other = f"lightbulb{5 - line}"
    files = [file for file in PACKAGE.rglob("*.py") if other not in file.parts]
    return sorted({f"{module}:{name}" for file in files for module, name in _used(ast.parse(file.read_text("utf-8")))})


def _used(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(_without_annotations(tree)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] in LIBRARIES:
            yield from ((node.module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in LIBRARIES:
            yield node.value.id, node.attr


def _without_annotations(tree: ast.AST) -> ast.AST:
    for node in ast.walk(tree):
        for annotation in ("annotation", "returns"):
            if getattr(node, annotation, None) is not None:
                setattr(node, annotation, ast.Constant(None))
    return tree


class _Lacking(types.ModuleType):
    """A module without one name."""

    def __init__(self, module: types.ModuleType, name: str) -> None:
        super().__init__(module.__name__)
        types.ModuleType.__getattribute__(self, "__dict__").update(_module=module, _name=name)

    def __getattribute__(self, name: str) -> Any:
        own = types.ModuleType.__getattribute__(self, "__dict__")
        if name == own["_name"]:
            raise AttributeError(f"module {own['_module'].__name__!r} has no attribute {name!r}")
        return getattr(own["_module"], name)


def move(module: str, name: str) -> None:
    """Let the plugin, and nobody else, find that a module has no such name; forget what was imported of the plugin."""
    for imported in [known for known in sys.modules if known.partition(".")[0] == "plugin"]:
        del sys.modules[imported]

    def without(
        asked: str, globals_: Any = None, locals_: Any = None, wanted: Any = (), level: int = 0
    ) -> types.ModuleType:
        found = _import(asked, globals_, locals_, wanted, level)
        if (globals_ or {}).get("__name__", "").partition(".")[0] != "plugin" or asked != module:
            return found
        if wanted and name in wanted:
            raise ImportError(f"cannot import name {name!r} from {module!r}")
        return found if wanted else _Lacking(found, name)

    builtins.__import__ = without


_import = builtins.__import__


class _Errors(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


async def run(scene: Any, moved: str) -> dict[str, Any]:
    """A bot that loads, starts, answers and unloads without a name: what its log and its monitor say."""
    move(*moved.split(":"))
    errors = _Errors()
    logging.getLogger().addHandler(errors)
    try:
        sample = scene.make()
        await sample.load()
        await sample.start()
        await scene.call("ping")
        monitor = sys.modules["plugin"].monitor_of(sample.bot)
        state = None if monitor is None else monitor.snapshot().monitor
        await sample.unload()
        await scene.call("ping")
        await sample.close()
    finally:
        logging.getLogger().removeHandler(errors)
    off = None if state is None else state.switched_off
    return {"off": off, "faults": None if state is None else dict(state.faults), "errors": errors.said}


async def main() -> None:
    """Try the names given as arguments, one after another."""
    from tests.e2e.conftest import Scene, patient_discord

    for moved in sys.argv[1:]:
        async with patient_discord() as discord:
            try:
                found = await run(Scene(discord), moved)
            except Exception as fault:  # noqa: BLE001 # told to the test
                found = {"raised": repr(fault)}
        print(json.dumps([moved, found]), flush=True)  # noqa: T201 # read by the test


if __name__ == "__main__":
    asyncio.run(main())
