"""Small faults in a module: one comparison, sign, condition or constant is changed at a time."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import cast

from tests.mutants.operators import changed, negated

WIDTH = 100
"""A fault is shown with the part of its statement around it, up to this many characters."""
TYPES = {"annotation", "returns"}
"""Fields that hold types, not logic."""


@dataclass(frozen=True)
class Spot:
    """A node of a module, and how it was reached: each ancestor with the field and index that lead on."""

    node: ast.AST
    way: tuple[tuple[ast.AST, str, int | None], ...] = ()

    def below(self) -> Iterator[Spot]:
        """The nodes directly below this one, without types."""
        for field, value in ast.iter_fields(self.node):
            if field in TYPES:
                continue
            nodes = cast("list[object]", value if isinstance(value, list) else [value])
            for index, node in enumerate(nodes):
                if isinstance(node, ast.AST):
                    yield Spot(node, (*self.way, (self.node, field, None if node is value else index)))

    @property
    def is_condition(self) -> bool:
        """Whether it decides which way the code goes on."""
        kinds = (ast.If, ast.While, ast.IfExp, ast.comprehension)
        return bool(self.way) and isinstance(self.way[-1][0], kinds) and self.way[-1][1] in ("test", "ifs")

    def put(self, node: ast.AST) -> None:
        """Put another node in its place."""
        parent, field, index = self.way[-1]
        if index is None:
            setattr(parent, field, node)
        else:
            getattr(parent, field)[index] = node


@dataclass(frozen=True)
class Fault:
    """One small change of a module."""

    file: str
    """The path of the module, from the root of the project."""
    spot: Spot
    new: ast.AST

    @cached_property
    def statement(self) -> ast.stmt:
        """The statement that it is in."""
        nodes = [self.spot.node, *(node for node, *_ in reversed(self.spot.way))]
        return next(node for node in nodes if isinstance(node, ast.stmt))

    @cached_property
    def scopes(self) -> list[ast.AST]:
        """The classes and functions around it, outermost first."""
        kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        return [node for node, field, _ in self.spot.way if isinstance(node, kinds) and field == "body"]

    @property
    def function(self) -> str:
        """The qualified name of the function or class that it is in; empty for the module itself."""
        return ".".join(str(vars(scope)["name"]) for scope in self.scopes)

    @cached_property
    def shown(self) -> tuple[str, str]:
        """The part of the statement around it, before and after."""
        part = self.spot.node
        for node, *_ in reversed(self.spot.way):
            if isinstance(part, ast.stmt) or _is_block(node) or len(ast.unparse(node)) > WIDTH:
                break
            part = node if isinstance(node, (ast.expr, ast.stmt)) else part
        before = ast.unparse(part)
        if part is self.spot.node:
            return before, ast.unparse(self.new)
        self.spot.put(self.new)
        after = ast.unparse(part)
        self.spot.put(self.spot.node)
        return before, after

    @cached_property
    def lines(self) -> range:
        """The lines of its statement; of a compound one, those before its body."""
        body: list[ast.stmt] | None = getattr(self.statement, "body", None)
        return range(self.statement.lineno, body[0].lineno if body else (self.statement.end_lineno or 0) + 1)

    @property
    def at_import(self) -> bool:
        """Whether it acts already when the module is imported, or only once for many tests as its result is kept."""
        functions = [scope for scope in self.scopes if not isinstance(scope, ast.ClassDef)]
        kept = (name for scope in functions for name in vars(scope)["decorator_list"] if "cache" in ast.unparse(name))
        return not functions or any(True for _ in kept)

    def source(self) -> str:
        """The whole module with this fault in it."""
        self.spot.put(self.new)
        try:
            return ast.unparse(self.spot.way[0][0])
        finally:
            self.spot.put(self.spot.node)


def _is_block(node: ast.AST) -> bool:
    return isinstance(getattr(node, "body", None), list)


def faults(root: Path, package: str) -> list[Fault]:
    """All faults that can be made in the modules of a package, in the order of their places."""
    found = list[Fault]()
    for path in sorted((root / package).rglob("*.py")):
        file = str(path.relative_to(root))
        spots = [Spot(ast.parse(path.read_text("utf-8")))]
        for spot in spots:
            if isinstance(spot.node, ast.If) and ast.unparse(spot.node.test) == "TYPE_CHECKING":
                continue
            found += (Fault(file, spot, new) for new in changed(spot.node))
            if spot.is_condition and isinstance(spot.node, ast.expr):
                found += (Fault(file, spot, new) for new in negated(spot.node))
            spots += spot.below()
    return found
