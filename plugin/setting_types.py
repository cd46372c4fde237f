"""The types of settings: which values each takes, and how it is read from the environment."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

LARGEST_ID = 2**64 - 1
LONGEST_TEXT = 500
MOST_MENTIONS = 20
_MOMENT = r"(?:[01]\d|2[0-3]):[0-5]\d"
WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


class Setting:
    """One setting: its default, the values it allows, and its help text."""

    def __init__(
        self,
        default: object,
        allowed: str,
        help: str,
        fits: Callable[[Any], bool],
        read: Callable[[str], object],
        *,
        convert: Callable[[Any], object] = lambda value: value,
        secret: bool = False,
        wrong: Callable[[Any], str] = lambda _: "",
    ) -> None:
        self.default = default
        self.allowed = allowed
        self.help = help
        self.fits = fits
        self.read = read
        """Converts text from the environment; invalid text becomes a value that does not fit."""
        self.convert = convert
        """Converts a valid value to the one in `Settings`."""
        self.secret = secret
        """Whether errors omit the value."""
        self.wrong = wrong
        """What errors say of a value besides, for settings whose value they omit."""


# These return Any, so that the attributes of `Settings` can be annotated with the types of their values.


def number(default: float, low: float, high: float, help: str, *, whole: bool = False) -> Any:
    """A number within bounds."""

    def fits(value: Any) -> bool:
        return type(value) in ((int,) if whole else (int, float)) and low <= value <= high

    return Setting(default, f"a {'whole ' if whole else ''}number from {low} to {high}", help, fits, _read_number)


def _read_number(text: str) -> float | None:
    if not re.fullmatch(r"[+-]?\d{1,30}(\.\d{1,30})?", text, re.ASCII):
        return None
    return float(text) if "." in text else int(text)


def switch(default: bool, help: str) -> Any:
    """True or false."""
    return Setting(
        default, "true or false", help, lambda value: isinstance(value, bool), lambda text: WORDS.get(text.lower())
    )


def ids(help: str) -> Any:
    """A list of guild ids."""

    def fits(value: Any) -> bool:
        return isinstance(value, (list, tuple, set, frozenset)) and all(map(_is_id, cast("list[object]", value)))

    def read(text: str) -> list[float | None]:
        return [_read_number(item.strip()) for item in text.split(",")] if text else []

    def once(ids: Iterable[int]) -> tuple[int, ...]:
        return tuple(dict.fromkeys(map(int, ids)))

    return Setting((), "a list of guild ids, such as 123, 456", help, fits, read, convert=once)


def channel(help: str) -> Any:
    """The id of a channel, or 0."""

    def fits(value: object) -> bool:
        return (value == 0 and type(value) is int) or _is_id(value)

    return Setting(0, "the id of a channel, such as 123456789012345678, or 0", help, fits, _read_number)


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LARGEST_ID


def types(help: str) -> Any:
    """A list of exception types, by name."""

    def fits(value: Any) -> bool:
        return isinstance(value, (list, tuple, set, frozenset)) and all(map(_is_type, cast("list[object]", value)))

    def read(text: str) -> list[str]:
        return [item.strip() for item in text.split(",")] if text else []

    def once(names: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(names))

    return Setting((), "a list of exception types, such as `mybot.errors.NotAllowed`", help, fits, read, convert=once)


def _is_type(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_TEXT and all(map(str.isidentifier, value.split(".")))


def mentions(help: str) -> Any:
    """A list of roles and users."""

    def fits(value: Any) -> bool:
        if not isinstance(value, (list, tuple, set, frozenset)):
            return False
        named = cast("list[object]", value)
        return len(named) <= MOST_MENTIONS and all(map(_is_mention, named))

    def read(text: str) -> list[str]:
        return [item.strip() for item in text.split(",")] if text else []

    def once(named: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(named))

    allowed = f"a list of up to {MOST_MENTIONS} roles and users, such as `role:123`, `user:456`"
    return Setting((), allowed, help, fits, read, convert=once)


def _is_mention(value: object) -> bool:
    found = re.fullmatch(r"(?:role|user):(\d{1,20})", value, re.ASCII) if isinstance(value, str) else None
    return found is not None and _is_id(int(found[1]))


def slash_name(help: str) -> Any:
    """The name of a slash command, or empty."""

    def fits(value: object) -> bool:
        # Python's \w is Discord's \p{L}, \p{N} and the underscore.
        return isinstance(value, str) and value == value.lower() and bool(re.fullmatch(r"[\w'-]{0,32}", value))

    allowed = "1 to 32 lower-case letters, digits, hyphens, underscores or apostrophes, or empty"
    return Setting("", allowed, help, fits, str)


def hours(help: str) -> Any:
    """Hours of the day, or empty."""

    def fits(value: object) -> bool:
        found = re.fullmatch(rf"({_MOMENT})-({_MOMENT})|", value, re.ASCII) if isinstance(value, str) else None
        return found is not None and (not value or found[1] != found[2])

    return Setting("", "two times of day, such as `22:00-07:00`, or empty", help, fits, str)


def choice(default: str, choices: Sequence[str], help: str) -> Any:
    """One of a few words."""
    return Setting(default, f"`{'` or `'.join(choices)}`", help, choices.__contains__, str.lower)


def text(default: str, allowed: str, help: str, *, secret: bool = False, pattern: str = "") -> Any:
    """Printable text, matching a pattern at its start."""

    def fits(value: object) -> bool:
        if not isinstance(value, str):
            return False
        return len(value) <= LONGEST_TEXT and value.isprintable() and bool(re.match(pattern, value))

    return Setting(default, allowed, help, fits, str, secret=secret)


MOST_TARGETS = 20
LONGEST_URL = 2000


def targets(help: str) -> Any:
    """A list of apprise URLs. Only their schemes are checked, since apprise is large."""

    def fits(value: Any) -> bool:
        return _is_list(value) and len(value) <= MOST_TARGETS and not any(map(_wrong_url, value))

    def wrong(value: Any) -> str:
        if not _is_list(value):
            return ""
        found = ((number, _wrong_url(url)) for number, url in enumerate(value, 1))
        told = [f"; number {number} {problem}" for number, problem in found if problem]
        return "".join([*told[:MOST_TARGETS], f"; these are {len(value)}" if len(value) > MOST_TARGETS else ""])

    def once(urls: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(urls))

    allowed = f"a list of up to {MOST_TARGETS} apprise URLs, such as `mailtos://user:password@example.com`"
    return Setting((), allowed, help, fits, str.split, convert=once, secret=True, wrong=wrong)


def _is_list(value: object) -> bool:
    return isinstance(value, (list, tuple))


def _wrong_url(url: object) -> str:
    """What is wrong with a URL; tells no more of it than its scheme."""
    if not isinstance(url, str):
        return "is no text"
    scheme = re.match(r"([a-z][a-z0-9.+-]{0,39})://", url, re.IGNORECASE | re.ASCII)
    if scheme is None:
        return "has no scheme:// in front"
    if len(url) > LONGEST_URL or not url.isprintable():
        return f"({scheme[1]}) has more than {LONGEST_URL:,} characters, or some that cannot be printed"
    return "" if url[scheme.end() :].strip() else f"({scheme[1]}) has nothing behind its scheme"


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CLOCK = r"([01]?\d|2[0-3]):[0-5]\d"


def time_of_day(help: str) -> Any:
    """A time of day such as `08:00`, or empty."""
    return _timed("a time of day, such as `08:00`, or empty", help, _CLOCK)


def time_of_week(help: str) -> Any:
    """A weekday and a time of day such as `monday 08:00`, or empty."""
    days = "|".join(WEEKDAYS)
    return _timed("a weekday and a time of day, such as `monday 08:00`, or empty", help, rf"({days})\s+{_CLOCK}")


def _timed(allowed: str, help: str, pattern: str) -> Any:
    def fits(value: object) -> bool:
        return isinstance(value, str) and (not value or bool(re.fullmatch(pattern, value.strip(), re.I | re.A)))

    return Setting("", allowed, help, fits, str, convert=lambda value: " ".join(value.lower().split()))
