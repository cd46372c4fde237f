"""What people are told of instances that are missed, and when they are back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, tzinfo

from plugin.insight.presence import MISSED
from plugin.insight.vitals import SILENT, read_vitals
from plugin.model import LifeSign, Notice, Presence, PresenceChange
from plugin.words import rough_span

# Not from `display`, which imports hikari for its colours.
BAD, UNKNOWN, WELL = "🔴", "🟡", "🟢"
DATE = "%d %b %Y %H:%M %Z"

BEFORE = {
    Presence.GONE: "gone",
    Presence.FROZEN: "frozen",
    Presence.DEAF: "without Discord",
    Presence.STOPPED: "not running",
}
DATABASE = "database"
"""The mark of messages about the database."""


class Notices:
    """Puts changes into words."""

    def __init__(self, zone: tzinfo, details: bool) -> None:
        """`zone` is that of the times; without `details` no host is named, and no address of a database."""
        self._zone = zone
        self._details = details

    def of(self, change: PresenceChange, known: Collection[LifeSign]) -> Notice:
        """What is told of a change; `known` are all processes that are watched."""
        who = self._who(change.sign, known)
        mark = f"{change.sign.bot} {change.sign.instance}"
        ends = change.now not in MISSED and (change.now is not Presence.STOPPED or change.before is not Presence.RUNS)
        title, text = self._end(change, who) if ends else self._begin(change, who)
        return _notice(mark, title, text, ends)

    def away(self, since: float, problem: str) -> Notice:
        """What is told of a database that cannot be read; `since` in Unix seconds of this machine."""
        lines = [f"Since {self._time(since)}. Until it can be read, nobody knows whether the bot runs."]
        if self._details:
            lines.append(problem)
        title = f"{UNKNOWN} The watcher cannot read the bot's database"
        return _notice(DATABASE, title, lines, False)._replace(kind="warning")

    def there(self, since: float, lasted_s: float) -> Notice:
        """What is told when it can be read again."""
        text = [f"It could not be read for {rough_span(lasted_s)}, from {self._time(since)}."]
        return _notice(DATABASE, f"{WELL} The watcher can read the bot's database again", text, True)

    def _begin(self, change: PresenceChange, who: str) -> tuple[str, list[str]]:
        when, status = self._time(change.since), change.sign.status
        said = [f"Last status: {status}."] if status else []
        if change.now is Presence.FROZEN:
            text = f"Its process lives, but its event loop has not moved since {when}: it answers nobody."
            return f"{BAD} {_capital(who)} is frozen", [text, *said]
        if change.now is Presence.DEAF:
            silent = read_vitals(status).deaf == SILENT
            how = "receives nothing from Discord" if silent else "is not connected to Discord"
            return f"{BAD} {_capital(who)} {how}", [f"Since {when}.", *said]
        if change.now is Presence.STOPPED:
            return f"{BAD} {_capital(who)} is not running", [f"It was shut down on {when}.", *said]
        why = "There was no clean shutdown: it was killed, it crashed, or it cannot write its history."
        return f"{BAD} No sign of life from {who}", [f"The last one came on {when}.", why, *said]

    def _end(self, change: PresenceChange, who: str) -> tuple[str, list[str]]:
        lasted = f" for {rough_span(change.lasted_s)}" if change.lasted_s else ""
        before = f"It was {BEFORE[change.before]}{lasted}, from {self._time(change.since)}."
        if change.now is Presence.REPLACED:
            return f"{WELL} {_capital(who)} was replaced", ["Other instances do its work now.", before]
        if change.now is Presence.STOPPED:
            return f"{WELL} {_capital(who)} was shut down", [
                f"Cleanly, on {self._time(change.sign.last_seen)}.",
                before,
            ]
        return f"{WELL} {_capital(who)} is back", [before]

    def _who(self, sign: LifeSign, known: Collection[LifeSign]) -> str:
        bot = f"bot {sign.bot}" if len({one.bot for one in known}) > 1 else "the bot"
        if sign.given or self._details:
            return f"{bot} ({sign.instance})"
        if sign.shards and len({one.instance for one in known if one.bot == sign.bot}) > 1:
            return f"{bot} (shard{'s' if len(sign.shards) > 1 else ''} {', '.join(map(str, sign.shards))})"
        return bot

    def _time(self, at: float) -> str:
        return f"{datetime.fromtimestamp(at, self._zone):{DATE}}"


def _notice(mark: str, title: str, text: list[str], ends: bool) -> Notice:
    return Notice(mark, title, "\n".join(text), 0, ends=ends, kind="success" if ends else "failure")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
