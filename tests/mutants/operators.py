"""What a small slip makes of a piece of code."""

from __future__ import annotations

import ast
from collections.abc import Iterator

TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.Gt: ast.Lt,
    ast.LtE: ast.GtE,
    ast.GtE: ast.LtE,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
BOUNDARY: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
SIGNS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
}
EXTREMES = {"min": "max", "max": "min"}
SMALL = 10
"""Up to here a whole number is moved by one; a larger one is doubled, as its last digit is seldom what matters."""


def changed(node: ast.AST) -> Iterator[ast.AST]:
    """The node with one slip in it, for each slip that can be made there."""
    match node:
        case ast.Compare():
            for index, operator in enumerate(node.ops):
                for other in (table[type(operator)] for table in (TURNED, BOUNDARY) if type(operator) in table):
                    operators = [*node.ops[:index], other(), *node.ops[index + 1 :]]
                    yield ast.Compare(node.left, operators, node.comparators)
        case ast.BinOp() if other := SIGNS.get(type(node.op)):
            yield ast.BinOp(node.left, other(), node.right)
        case ast.AugAssign() if other := SIGNS.get(type(node.op)):
            yield ast.copy_location(ast.AugAssign(node.target, other(), node.value), node)
        case ast.UnaryOp(op=ast.USub() | ast.Not()):
            yield node.operand
        case ast.BoolOp():
            yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        case ast.Call(func=ast.Name(id=name)) if name in EXTREMES:
            yield ast.Call(ast.Name(EXTREMES[name]), node.args, node.keywords)
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            yield ast.Constant(value + 1 if value == 0 or (isinstance(value, int) and value <= SMALL) else value * 2)
        case _:
            pass


def negated(test: ast.expr) -> Iterator[ast.expr]:
    """The negation of a condition, unless a slip within the condition already is that."""
    if not _turns(test):
        yield ast.UnaryOp(ast.Not(), test)


def _turns(test: ast.expr) -> bool:
    """Whether a slip within the condition itself already negates it."""
    match test:
        case ast.UnaryOp(op=ast.Not()):
            return True
        case ast.Compare(ops=[operator]):
            return type(operator) not in BOUNDARY
        case _:
            return False
