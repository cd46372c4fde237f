"""Names the call that an instruction makes, from its source text."""

from __future__ import annotations

import ast
import itertools
import linecache
from types import CodeType


def called(code: CodeType, offset: int) -> str:
    """The name that the instruction at an offset calls, such as `time.sleep` or `self.db.execute`; else empty.

    For a call on an expression, only the last name: `fetchall` for `query(user).fetchall()`. Never its arguments.
    Empty if the instruction is no call, or if the source cannot be read or has changed.
    """
    text = _text_of_instruction(code, offset)
    try:
        expression = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return ""
    if isinstance(expression, ast.Await):
        expression = expression.value
    if not isinstance(expression, ast.Call):
        return ""
    name = _dotted(expression.func)
    known = {*code.co_names, *code.co_varnames, *code.co_freevars, *code.co_cellvars}
    return name if name.rpartition(".")[2] in known else ""


def _dotted(function: ast.expr) -> str:
    if isinstance(function, ast.Name):
        return function.id
    if not isinstance(function, ast.Attribute):
        return ""
    before = function.value
    plain = isinstance(before, ast.Name | ast.Attribute) and _dotted(before)
    return f"{plain}.{function.attr}" if plain else function.attr


def _text_of_instruction(code: CodeType, offset: int) -> str:
    positions = next(itertools.islice(code.co_positions(), max(offset, 0) // 2, None), (None, None, None, None))
    first, last, begin, end = positions
    if first is None or last is None or begin is None or end is None:
        return ""
    lines = [line.encode() for line in linecache.getlines(code.co_filename)[first - 1 : last]]  # columns are bytes
    if len(lines) != last - first + 1:
        return ""
    lines[-1] = lines[-1][:end]
    lines[0] = lines[0][begin:]
    return b"".join(lines).decode(errors="replace")
