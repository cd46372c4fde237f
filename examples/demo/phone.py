"""Renders the demo's answers as one web page, each in a column as wide as a phone's screen."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from plugin.display import numbers

FENCE = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
TIME = re.compile(r"&lt;t:(-?\d+):R&gt;")
ESCAPED = re.compile(r"\\([^\w\s])")
MARKUP = ((re.compile(r"\*\*(.+?)\*\*"), r"<b>\1</b>"), (re.compile(r"`(.+?)`"), r"<code>\1</code>"))

STYLE = """
body { background: #1e1f22; color: #dbdee1; font: 15px/1.35 'Open Sans', system-ui, sans-serif; margin: 14px;
  display: flex; gap: 14px; align-items: flex-start }
section { background: #313338; border: 1px solid #3f4147; border-radius: 22px; flex: 0 0 352px; padding: 16px 12px }
header { margin: 0 0 8px 6px } header small { color: #949ba4; display: block }
.app { background: #5865f2; border-radius: 3px; color: #fff; font-size: 10px; padding: 1px 4px }
article { background: #2b2d31; border-left: 4px solid; border-radius: 4px; margin-bottom: 8px; padding: 10px 12px }
h1 { font-size: 16px; margin: 0 0 6px } h2 { font-size: 14px; margin: 12px 0 4px }
p { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap } img { border-radius: 4px; width: 100% }
pre { background: #1e1f22; border-radius: 4px; font: 13.2px/1.32 'DejaVu Sans Mono', monospace; margin: 4px 0;
  overflow-x: auto; padding: 8px } footer { color: #949ba4; font-size: 12px; margin-top: 8px }
code { background: #1e1f22; border-radius: 3px; padding: 0 3px }
"""


class Answer(NamedTuple):
    """A call and its answer."""

    asked: str
    embeds: list[Mapping[str, Any]]
    """Every page that was shown, as the bot sent it."""
    pictures: list[bytes]


def page(bot: str, who: str, answers: Iterable[Answer]) -> str:
    """The web page, self-contained."""
    columns = "\n".join(_column(bot, who, answer) for answer in answers)
    return f'<!doctype html><meta charset="utf-8"><title>{bot}</title><style>{STYLE}</style>\n{columns}\n'


def _column(bot: str, who: str, answer: Answer) -> str:
    head = f"{who} used <code>{html.escape(answer.asked)}</code><br><b>{bot}</b> <span class=app>APP</span>"
    embeds = "\n".join(_embed(embed) for embed in answer.embeds)
    for picture in answer.pictures:  # all belong to the first page
        image = f'<img src="data:image/png;base64,{base64.b64encode(picture).decode()}" alt="">'
        embeds = embeds.replace("<footer>", f"{image}<footer>", 1)
    return f"<section><header>{head}<small>Only you can see this</small></header>\n{embeds}</section>"


def _embed(embed: Mapping[str, Any]) -> str:
    now = datetime.fromisoformat(embed["timestamp"]).timestamp() if "timestamp" in embed else 0.0
    parts = [f"<h1>{_running(embed.get('title', ''), now)}</h1>", _drawn(embed.get("description", ""), now)]
    for field in embed.get("fields", ()):
        parts += [f"<h2>{_running(field['name'], now)}</h2>", _drawn(field["value"], now)]
    parts.append(f"<footer>{html.escape(embed.get('footer', {}).get('text', ''))}</footer>")
    return f'<article style="border-color:#{embed.get("color", 0):06x}">{"".join(parts)}</article>'


def _drawn(text: str, now: float) -> str:
    pieces = FENCE.split(text)  # alternating: text, content of a code block
    return "".join(
        f"<pre>{html.escape(piece)}</pre>" if index % 2 else f"<p>{_running(piece.strip(), now)}</p>"
        for index, piece in enumerate(pieces)
        if piece.strip()
    )


def _running(text: str, now: float) -> str:
    text = TIME.sub(lambda time: numbers.ago(now - int(time[1])), html.escape(text, quote=False))
    for pattern, marked in MARKUP:
        text = pattern.sub(marked, text)
    return ESCAPED.sub(r"\1", text)
