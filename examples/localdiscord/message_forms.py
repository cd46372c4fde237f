"""Discord's checks of messages, modals and autocomplete choices before it accepts them."""

from __future__ import annotations

import datetime
from typing import Any, cast

from .messages import COMPONENTS_V2, walk_components
from .primitives import Payload
from .refusals import Form, Refusal

Path = tuple[str | int, ...]

EMBED_CHARACTERS = 6_000
ACTION_ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
SELECTS = (3, 5, 6, 7, 8)
_LINK_BUTTON = 5
_PREMIUM_BUTTON = 6
_LABEL = 18
_EMPTY: Payload = {}


def check_message(body: Payload, path: Path = (), *, has_files: bool = False, edit: bool = False) -> None:
    """Raise Refusal if Discord would refuse the message; `path` is its path in the request body."""
    form = Form()
    form.text((*path, "content"), body.get("content"), 2_000, 0)
    _check_embeds(form, (*path, "embeds"), body.get("embeds"))
    if int(body.get("flags") or 0) & COMPONENTS_V2:
        _check_components_v2(form, path, body)
    else:
        _check_rows(form, (*path, "components"), body.get("components"))
    form.refuse_if_invalid()
    carries = ("content", "embeds", "components", "sticker_ids", "poll")
    if not edit and not has_files and not any(body.get(part) for part in carries):
        raise Refusal(400, 50_006, "Cannot send an empty message")


def _check_embeds(form: Form, path: Path, value: Any) -> None:
    embeds = form.sequence(path, value, 10)
    for index, embed in enumerate(embeds):
        _check_embed(form, (*path, index), embed)
    if sum(map(_embed_characters, embeds)) > EMBED_CHARACTERS:
        form.error(path, "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {EMBED_CHARACTERS}")


def _check_embed(form: Form, path: Path, embed: Payload) -> None:
    form.text((*path, "title"), embed.get("title"), 256, 0)
    form.text((*path, "description"), embed.get("description"), 4_096, 0)
    form.number((*path, "color"), embed.get("color"), 0, 0xFFFFFF)
    _check_url(form, (*path, "url"), embed.get("url"))
    _check_timestamp(form, (*path, "timestamp"), embed.get("timestamp"))
    for part, name, longest in (("footer", "text", 2_048), ("author", "name", 256)):
        if embed.get(part) is not None:
            form.text((*path, part, name), embed[part].get(name), longest, required=True)
            _check_url(form, (*path, part, "icon_url"), embed[part].get("icon_url"))
    for part in ("image", "thumbnail"):
        if embed.get(part) is not None:
            _check_url(form, (*path, part, "url"), embed[part].get("url"))
    for index, field in enumerate(form.sequence((*path, "fields"), embed.get("fields"), 25)):
        form.text((*path, "fields", index, "name"), _stripped(field.get("name")), 256, required=True)
        form.text((*path, "fields", index, "value"), _stripped(field.get("value")), 1_024, required=True)


def _stripped(text: Any) -> Any:
    # Discord trims names and values first, so only blanks count as missing.
    return text.strip() if isinstance(text, str) else text


def _embed_characters(embed: Payload) -> int:
    texts = [embed.get("title"), embed.get("description")]
    for part, name in (("footer", "text"), ("author", "name")):
        texts.append((embed.get(part) or _EMPTY).get(name))
    for field in embed.get("fields") or ():
        texts += [field.get("name"), field.get("value")]
    return sum(len(text) for text in texts if isinstance(text, str))


def _check_url(form: Form, path: Path, url: Any) -> None:
    if url is not None and not str(url).startswith(("http://", "https://", "attachment://")):
        form.error(
            path, "URL_TYPE_INVALID_SCHEME", f"Scheme {str(url)!r} is not supported. Scheme must be one of http, https."
        )


def _check_timestamp(form: Form, path: Path, timestamp: Any) -> None:
    if timestamp is None:
        return
    try:
        datetime.datetime.fromisoformat(str(timestamp).replace("Z", "+00:00"))
    except ValueError:
        form.error(path, "DATE_TIME_TYPE_PARSE", f"Could not parse {timestamp}. Should be ISO8601.")


def _check_rows(form: Form, path: Path, value: Any) -> None:
    rows = form.sequence(path, value, 5)
    for index, row in enumerate(rows):
        if row.get("type") != ACTION_ROW:
            form.error((*path, index, "type"), "BASE_TYPE_CHOICES", "Value must be one of {1}.")
            continue
        _check_row(form, (*path, index), row)
    _check_unique_custom_ids(form, path, rows)


def _check_row(form: Form, path: Path, row: Payload) -> None:
    children = form.sequence((*path, "components"), row.get("components") or [], 5, 1)
    for index, child in enumerate(children):
        child_path = (*path, "components", index)
        if child.get("type") == BUTTON:
            _check_button(form, child_path, child)
        elif child.get("type") in SELECTS:
            _check_select(form, child_path, child)
        else:
            form.error((*child_path, "type"), "BASE_TYPE_CHOICES", "Value must be one of {2, 3, 5, 6, 7, 8}.")
    if len(children) > 1 and any(child.get("type") in SELECTS for child in children):
        form.error(
            (*path, "components"),
            "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
            "The specified component exceeds the maximum width",
        )


def _check_button(form: Form, path: Path, button: Payload) -> None:
    style = button.get("style")
    form.text((*path, "label"), button.get("label"), 80, 0)
    if style not in range(1, 7):
        form.error((*path, "style"), "BASE_TYPE_CHOICES", "Value must be one of {1, 2, 3, 4, 5, 6}.")
    elif style == _LINK_BUTTON:
        form.text((*path, "url"), button.get("url"), 512, required=True)
        _check_url(form, (*path, "url"), button.get("url") or None)
        if button.get("custom_id") is not None:
            form.error(
                (*path, "custom_id"),
                "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                "A custom id and url cannot both be specified",
            )
    elif style != _PREMIUM_BUTTON:
        form.text((*path, "custom_id"), button.get("custom_id"), 100, required=True)
        if button.get("url") is not None:
            form.error(
                (*path, "url"),
                "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                "A custom id and url cannot both be specified",
            )
    if style != _PREMIUM_BUTTON and not button.get("label") and not button.get("emoji"):
        form.error((*path, "label"), "BUTTON_COMPONENT_INVALID_LABEL", "A button needs a label or an emoji")


def _check_select(form: Form, path: Path, select: Payload) -> None:
    form.text((*path, "custom_id"), select.get("custom_id"), 100, required=True)
    form.text((*path, "placeholder"), select.get("placeholder"), 150, 0)
    form.number((*path, "min_values"), select.get("min_values"), 0, 25)
    form.number((*path, "max_values"), select.get("max_values"), 1, 25)
    if select.get("type") != STRING_SELECT:
        return
    options = form.sequence((*path, "options"), select.get("options") or [], 25, 1)
    seen: set[Any] = set()
    for index, option in enumerate(options):
        option_path = (*path, "options", index)
        form.text((*option_path, "label"), option.get("label"), 100, required=True)
        form.text((*option_path, "value"), option.get("value"), 100, required=True)
        form.text((*option_path, "description"), option.get("description"), 100, 0)
        if option.get("value") in seen:
            form.error(
                (*option_path, "value"),
                "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                "The specified option value is already used",
            )
        seen.add(option.get("value"))


def _check_unique_custom_ids(form: Form, path: Path, components: list[Any]) -> None:
    seen: set[str] = set()
    for component in walk_components(components):
        custom_id = component.get("custom_id")
        if custom_id is not None and custom_id in seen:
            form.error(
                path, "COMPONENT_CUSTOM_ID_DUPLICATED", f"Component custom id {custom_id!r} cannot be duplicated"
            )
        seen.add(cast("str", custom_id))


def _check_components_v2(form: Form, path: Path, body: Payload) -> None:
    for part in ("content", "embeds"):
        if body.get(part):
            form.error(
                (*path, part),
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                "The 'content' and 'embeds' fields cannot be used when using MessageFlags.IS_COMPONENTS_V2",
            )
    components = list(walk_components(form.sequence((*path, "components"), body.get("components"), 40)))
    if len(components) > 40:
        form.error((*path, "components"), "BASE_TYPE_MAX_LENGTH", "Must be 40 or fewer in length.")
    if sum(len(str(component.get("content") or "")) for component in components) > 4_000:
        form.error((*path, "components"), "COMPONENT_MAX_TOTAL_TEXT_LENGTH_EXCEEDED", "Text exceeds 4000 characters")
    _check_unique_custom_ids(form, (*path, "components"), body.get("components") or [])


def check_modal(modal: Payload, path: Path) -> None:
    """Raise Refusal if Discord would refuse the modal."""
    form = Form()
    form.text((*path, "title"), modal.get("title"), 45, required=True)
    form.text((*path, "custom_id"), modal.get("custom_id"), 100, required=True)
    rows = form.sequence((*path, "components"), modal.get("components") or [], 5, 1)
    for index, row in enumerate(rows):
        row_path = (*path, "components", index)
        if row.get("type") == ACTION_ROW:
            for number, child in enumerate(form.sequence((*row_path, "components"), row.get("components") or [], 1, 1)):
                _check_text_input(form, (*row_path, "components", number), child, labelled=False)
        elif row.get("type") == _LABEL:
            form.text((*row_path, "label"), row.get("label"), 45, required=True)
            child = row.get("component") or _EMPTY
            if child.get("type") == TEXT_INPUT:
                _check_text_input(form, (*row_path, "component"), child, labelled=True)
    _check_unique_custom_ids(form, (*path, "components"), rows)
    form.refuse_if_invalid()


def _check_text_input(form: Form, path: Path, component: Payload, *, labelled: bool) -> None:
    if component.get("type") != TEXT_INPUT:
        form.error((*path, "type"), "BASE_TYPE_CHOICES", "Value must be one of {4}.")
        return
    form.text((*path, "custom_id"), component.get("custom_id"), 100, required=True)
    if not labelled:
        form.text((*path, "label"), component.get("label"), 45, required=True)
    form.number((*path, "style"), component.get("style"), 1, 2)
    form.number((*path, "min_length"), component.get("min_length"), 0, 4_000)
    form.number((*path, "max_length"), component.get("max_length"), 1, 4_000)
    form.text((*path, "value"), component.get("value"), 4_000, 0)
    form.text((*path, "placeholder"), component.get("placeholder"), 100, 0)


def check_choices(body: Payload, path: Path) -> None:
    """Raise Refusal if Discord would refuse the autocomplete choices."""
    form = Form()
    for index, choice in enumerate(form.sequence((*path, "choices"), body.get("choices"), 25)):
        form.text((*path, "choices", index, "name"), choice.get("name"), 100, required=True)
        value = choice.get("value")
        if isinstance(value, str) or value is None:
            form.text((*path, "choices", index, "value"), value, 100, required=True)
    form.refuse_if_invalid()
