"""Parts of an HTML page for phones and mail programs: inline styles for light ground, classes for dark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from plugin.display import text
from plugin.display.comparison import LESS, MORE
from plugin.display.marks import sign
from plugin.model import Severity

INK, FAINT, GROUND, RULE = "#1f2328", "#59636e", "#ffffff", "#d1d9e0"
FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
BODY = f"margin:0;padding:16px;background:{GROUND};color:{INK};{FONT};font-size:16px;line-height:1.45"
PAGE = "max-width:640px;margin:0 auto"
HEADING = "font-size:18px;margin:28px 0 8px"
TABLE = "width:100%;border-collapse:collapse"
CELL = f"padding:6px 8px 6px 0;border-bottom:1px solid {RULE};text-align:left;overflow-wrap:anywhere"
NUMBER = f"padding:6px 0 6px 8px;border-bottom:1px solid {RULE};text-align:right;white-space:nowrap;width:25%"
HEAD = f"color:{FAINT};font-weight:normal;font-size:14px"
SMALL = f"color:{FAINT};font-size:14px"
ITEM = f"margin:0;padding:8px 0;border-bottom:1px solid {RULE};overflow-wrap:anywhere"
DARK = """<style>
@media (prefers-color-scheme: dark) {
  .page { background: #16181d !important; color: #e6e8eb !important; }
  .faint { color: #9aa4af !important; }
  .rule { border-color: #363b42 !important; }
}
</style>"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""The page runs and loads nothing, whatever a name in it may try."""
WORDS = {
    Severity.UNKNOWN: "not judged",
    Severity.WELL: "healthy",
    Severity.WARNING: "warning",
    Severity.CRITICAL: "critical",
}

ARROWS = {MORE: "significantly more", LESS: "significantly less"}


def plain(said: str, width: int = 300) -> str:
    """Untrusted text, cleaned, at most so many cells, and harmless in HTML."""
    return escape(text.clip(text.clean(said), width))


def name(said: str, width: int = 100) -> str:
    """An untrusted name whose direction of writing does not reach the text around it."""
    return f"<bdi>{plain(said, width)}</bdi>"


def code(said: str, width: int = 100) -> str:
    """An untrusted place or command."""
    return f"<code>{name(said, width)}</code>"


def mark(severity: Severity) -> str:
    """The sign of a severity, with its word for those who do not see it."""
    return f'<span role="img" aria-label="{WORDS[severity]}" title="{WORDS[severity]}">{sign(severity)}</span>'


def arrow(sign: str) -> str:
    """The arrow of a significant change, in words for those who do not see it; empty for none."""
    return f'<span role="img" aria-label="{ARROWS[sign]}">{sign}</span>' if sign in ARROWS else ""


def faint(markup: str) -> str:
    """Something of less importance."""
    return f'<span class="faint" style="{SMALL}">{markup}</span>'


def heading(said: str) -> str:
    """The heading of a section."""
    return f'<h2 style="{HEADING}">{plain(said)}</h2>'


def items(rows: Iterable[str]) -> str:
    """Rows of markup below each other; empty without any."""
    return "".join(f'<p class="rule" style="{ITEM}">{row}</p>\n' for row in rows)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of markup, all columns but the first of numbers; empty without rows."""
    if not rows:
        return ""
    head = _row("th", [plain(one) for one in heads], f";{HEAD}", ' scope="col"', "rule faint")
    body = "".join(_row("td", row) for row in rows)
    return f'<table style="{TABLE}"><thead>{head}</thead>\n<tbody>{body}</tbody></table>\n'


def _row(tag: str, cells: Sequence[str], style: str = "", attributes: str = "", classes: str = "rule") -> str:
    drawn = "".join(
        f'<{tag}{attributes} class="{classes}" style="{NUMBER if index else CELL}{style}">{cell}</{tag}>'
        for index, cell in enumerate(cells)
    )
    return f"<tr>{drawn}</tr>\n"


def document(title: str, body: str, *, in_mail: bool = False) -> str:
    """A page that stands alone; mail programs have rules of their own of what it may load, such as its pictures."""
    policy = "" if in_mail else f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
{policy}<title>{plain(title)}</title>
{DARK}
</head>
<body class="page" style="{BODY}">
<div style="{PAGE}">
{body}</div>
</body>
</html>
"""
