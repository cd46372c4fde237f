"""What slash options and typed words ask for."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.model import Period
from plugin.pages.page_request import BadQuestionError, Request, from_options, from_words, options_of

COMMANDS = {"shop buy", "shop all", "top 7d"}


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("", Request()),
        ("10 7d fleet", Request(10, "", Period.WEEK, True)),
        ("FLEET  24H 3", Request(3, "", Period.DAY, True)),
        ("shop buy 24h", Request(None, "shop buy", Period.DAY)),
        ("24h /shop buy fleet", Request(None, "/shop buy", Period.DAY, True)),
        ("all shop all", Request(None, "shop all", Period.ALL)),
        ("7d top 7d", Request(None, "top 7d", Period.WEEK)),
        ("fleet", Request(fleet=True)),
        ("no such 1h", Request(None, "no such", Period.HOUR)),
    ],
)
def test_words_come_in_any_order(typed: str, asked: Request) -> None:
    """Words are a number, a period, the scope and one command; a command that is called like one of these is meant."""
    assert from_words("commandstats", typed, COMMANDS) == asked


def test_a_word_asks_for_a_test() -> None:
    """Of health only; elsewhere it may be the name of a command."""
    assert from_words("health", "test", COMMANDS) == Request(test="alerts") == from_options({"test": "alerts"})
    assert from_words("commandstats", "test", COMMANDS) == Request(command="test")
    with pytest.raises(BadQuestionError, match="`test` must be one of alerts"):
        from_options({"test": "all"})


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("fleet", Request(None, "fleet")),
        ("fleet fleet", Request(None, "fleet", None, True)),
        ("7d 7d", Request(None, "7d", Period.WEEK)),
        ("/5 5", Request(5, "/5")),
    ],
)
def test_a_command_comes_before_an_option(typed: str, asked: Request) -> None:
    """A word that is a command of the bot is the command; said twice, it is both."""
    assert from_words("commandstats", typed, {"fleet", "7d", "5"}) == asked


@pytest.mark.parametrize("typed", ["economy 7d fleet", "fleet economy 7d", "7d fleet economy"])
def test_a_word_may_be_a_system(typed: str) -> None:
    """Where a page has systems, the one word that is no other option is one."""
    assert from_words("performance", typed, ()) == Request(None, "", Period.WEEK, True, system="economy")


@pytest.mark.parametrize(
    ("page", "typed", "sentence"),
    [
        ("commandstats", "0", "`top_count` must be a number from 1 to 25, not 0."),
        ("commandstats", "-3 7d", "`top_count` must be a number from 1 to 25, not -3."),
        (
            "commandstats",
            "shop buy 7d 24h",
            "`24h` is not a valid option; expected a number from 1 to 25 or one command or",
        ),
        ("cogstats", "soon", "`soon` is not a valid option; expected a period (1h, 24h, 7d, 30d, all) or `fleet`."),
        (
            "performance",
            "the economy",
            "`the economy` is not a valid option; expected one system or a period (1h, 24h, 7d, 30d, all) or `fleet`.",
        ),
        (
            "cogstats",
            "`7d` @everyone",
            "`'7d' @everyone` is not a valid option; expected a period (1h, 24h, 7d, 30d, all) or `fleet`.",
        ),
    ],
)
def test_words_that_mean_nothing_are_one_sentence(page: str, typed: str, sentence: str) -> None:
    """What cannot be understood is repeated harmlessly, with what would be."""
    with pytest.raises(BadQuestionError) as bad:
        from_words(page, typed, COMMANDS)
    assert str(bad.value).startswith(sentence)


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({}, Request()),
        (dict.fromkeys(options_of("commandstats")), Request()),
        ({"top_count": 5, "period": "30d", "scope": "fleet"}, Request(5, "", Period.MONTH, True)),
        ({"command": "/ping", "scope": "this instance"}, Request(None, "/ping")),
        ({"system": "economy", "period": None}, Request(system="economy")),
    ],
)
def test_options_are_read(given: dict[str, Any], asked: Request) -> None:
    """An option that is missing or None was not given."""
    assert from_options(given) == asked


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"period": "2h"}, "`period` must be one of 1h, 24h, 7d, 30d, all, not `2h`."),
        ({"scope": "world"}, "`scope` must be one of this instance, fleet, not `world`."),
        ({"top_count": 99}, "`top_count` must be a number from 1 to 25, not 99."),
    ],
)
def test_options_out_of_range_are_one_sentence(given: dict[str, Any], sentence: str) -> None:
    """What gets past Discord's own check is answered with what is allowed."""
    with pytest.raises(BadQuestionError) as bad:
        from_options(given)
    assert str(bad.value) == sentence


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("yesterday 2:10", Request(when="yesterday 2:10")),
        ("fleet -3h", Request(fleet=True, when="-3h")),
        ("02:10 fleet", Request(fleet=True, when="02:10")),
        ("", Request()),
    ],
)
def test_a_moment_may_be_typed_behind_health(typed: str, asked: Request) -> None:
    """Everything that is no other option is the moment."""
    assert from_words("health", typed, COMMANDS) == asked


def test_a_fleet_always_looks_back() -> None:
    """A fleet has no common start, so without a period it is asked for a day."""
    assert Request(fleet=True).looks_back is Period.DAY
    assert Request(fleet=True, period=Period.ALL).looks_back is Period.ALL
    assert Request().looks_back is None
