"""Discord's refusals: error codes, and the nested `errors` of an invalid form body."""

from __future__ import annotations

import dataclasses
from typing import Any, cast

from .primitives import Payload

INVALID_FORM_BODY = 50_035
UNKNOWN_INTERACTION = 10_062
ALREADY_ACKNOWLEDGED = 40_060


@dataclasses.dataclass(slots=True, frozen=True)
class RefusalRecord:
    """A refused request of the bot, with its answer."""

    method: str
    route: str
    path: str
    status: int
    code: int
    message: str
    errors: Payload | None
    body: Any


class Refusal(Exception):
    """Ends a request with Discord's JSON error."""

    def __init__(self, status: int, code: int, message: str, errors: Payload | None = None) -> None:
        super().__init__(f"{status} ({code}): {message} {errors or ''}".rstrip())
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors

    def payload(self) -> Payload:
        payload: Payload = {"message": self.message, "code": self.code}
        if self.errors is not None:
            payload["errors"] = self.errors
        return payload


def unknown(what: str) -> Refusal:
    """404 with Discord's code for something that does not exist."""
    return Refusal(404, _UNKNOWN_CODES[what], f"Unknown {what}")


_UNKNOWN_CODES = {
    "Application": 10_002,
    "Channel": 10_003,
    "Guild": 10_004,
    "Member": 10_007,
    "Message": 10_008,
    "Role": 10_011,
    "User": 10_013,
    "Webhook": 10_015,
    "interaction": UNKNOWN_INTERACTION,
    "application command": 10_063,
}


class Form:
    """Collects the errors of a request body by path of the field."""

    def __init__(self) -> None:
        self.errors: Payload = {}

    def error(self, path: tuple[str | int, ...], code: str, message: str) -> None:
        node = self.errors
        for part in path:
            node = node.setdefault(str(part), {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def refuse_if_invalid(self) -> None:
        """Raise Refusal 50035 if there are errors."""
        if self.errors:
            raise Refusal(400, INVALID_FORM_BODY, "Invalid Form Body", self.errors)

    def required(self, path: tuple[str | int, ...]) -> None:
        self.error(path, "BASE_TYPE_REQUIRED", "This field is required")

    def text(
        self, path: tuple[str | int, ...], value: Any, longest: int, shortest: int = 1, *, required: bool = False
    ) -> bool:
        """Check a string's length in characters; returns whether it is valid."""
        if value is None or (value == "" and shortest > 0 and required):
            if required:
                self.required(path)
            return not required
        if not isinstance(value, str):
            self.error(path, "BASE_TYPE_BAD_TYPE", "Could not interpret value as string.")
            return False
        if shortest <= len(value) <= longest:
            return True
        if shortest <= 1 and len(value) > longest:
            self.error(path, "BASE_TYPE_MAX_LENGTH", f"Must be {longest} or fewer in length.")
        else:
            self.error(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {shortest} and {longest} in length.")
        return False

    def number(self, path: tuple[str | int, ...], value: Any, smallest: int, largest: int) -> None:
        """Check that a number, if given, is in its range."""
        if value is None:
            return
        if not isinstance(value, int) or not smallest <= value <= largest:
            self.error(path, "NUMBER_TYPE_RANGE", f"int value should be between {smallest} and {largest}.")

    def sequence(self, path: tuple[str | int, ...], value: Any, longest: int, shortest: int = 0) -> list[Payload]:
        """Check a list of objects and its length; returns the list, empty if missing."""
        if value is None:
            return []
        if not isinstance(value, list):
            self.error(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return []
        entries = cast("list[Payload]", value)
        if not all(isinstance(entry, dict) for entry in cast("list[Any]", value)):
            self.error(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
            return []
        if not shortest <= len(entries) <= longest:
            self.error(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {shortest} and {longest} in length.")
        return entries
