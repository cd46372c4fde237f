"""The reminder of an alert that still fires."""

from __future__ import annotations

from plugin.display.numbers import discord_time
from plugin.model import Notice


def reminder_notice(notice: Notice, since: float, message: str, *, silence_over: bool) -> Notice:
    """What reminds people of a message: `notice` is what that says, `since` when it began (Unix seconds)."""
    mark = f"reminder of {notice.mark}"
    why = "The silence is over." if silence_over else "Nobody has acknowledged it."
    if notice.html:  # no reply to a message that says the rest, nor Discord's markdown
        title = f"Still firing: {notice.title}"
        return notice._replace(mark=mark, title=title, text=f"{why}\n\n{notice.text}", html="")
    return Notice(
        mark,
        f"Still firing: {notice.title}",
        f"Since {discord_time(since)}. {why}",
        notice.colour,
        notice.footer.replace(notice.mark, mark, 1),
        reply=message,
    )
