"""How a command is called, and found again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.display import command_choices, command_label, find_command
from plugin.display.names import CogNames, short_label
from plugin.model import CommandKey, CommandKind, CommandSnapshot, distinct_commands
from tests.display.builders import HOSTILE, a_command, large_bot, small_bot


@pytest.mark.parametrize(
    ("kind", "name", "label"),
    [
        (CommandKind.SLASH, "shop buy", "/shop buy"),
        (CommandKind.PREFIX, "ping", "ping (prefix)"),
        (CommandKind.USER, "Inspect", "Inspect (user)"),
        (CommandKind.MESSAGE, "Translate", "Translate (message)"),
    ],
)
def test_a_label_tells_how_a_command_is_called(kind: CommandKind, name: str, label: str) -> None:
    """The kind of a command is seen from its label."""
    assert command_label(CommandKey(kind, name, None)) == label


def test_a_short_label_keeps_the_kind() -> None:
    """Of a long name that is not a slash command's the kind stays to be seen."""
    key = CommandKey(CommandKind.MESSAGE, "a name of many letters", None)
    assert short_label(key, 20) == "a name of… (message)"


@pytest.mark.parametrize("typed", ["/shop buy", "shop buy", "SHOP  BUY", " /shop buy "])
def test_a_command_is_found_however_it_is_typed(typed: str) -> None:
    """Slash, case and spaces do not matter."""
    found = find_command(small_bot().commands, typed)
    assert found is not None
    assert found.key.name == "shop buy"


def test_an_unknown_command_is_not_found() -> None:
    """A name that no command has finds nothing."""
    assert find_command(small_bot().commands, "sho") is None


def test_of_one_name_the_most_used_is_found() -> None:
    """A bare name that two commands share means the one that is used more."""
    rare, common = a_command("ping"), a_command("ping", kind=CommandKind.PREFIX, outcomes=(9, 0, 0, 0))
    assert find_command((rare, common), "ping") is common
    assert find_command((rare, common), "/ping") is rare


def test_choices_begin_with_what_was_typed() -> None:
    """First what begins with it, then what contains it; of each the most used first."""
    commands = [
        a_command("backup", outcomes=(99, 0, 0, 0)),
        a_command("up rare", outcomes=(1, 0, 0, 0)),
        a_command("up often", outcomes=(5, 0, 0, 0)),
        a_command("other"),
    ]
    assert command_choices(commands, "UP") == ["/up often", "/up rare", "/backup"]


def test_nothing_typed_offers_the_most_used() -> None:
    """An empty option offers 25 commands."""
    choices = command_choices(large_bot().commands, "")
    assert len(choices) == 25


def test_commands_of_one_label_stay_apart() -> None:
    """The cog tells commands of one label apart, a number those of one cog."""
    twins = [a_command("ping", "one"), a_command("ping", "two"), a_command("ping", None), a_command("ping", "two")]
    assert sorted(command_choices(twins, "ping")) == ["/ping", "/ping #2", "/ping #3", "/ping · two"]


@given(st.lists(st.sampled_from(HOSTILE) | st.text(max_size=200), max_size=8))
def test_every_choice_finds_its_command(names: list[str]) -> None:
    """Choices are unique, have 1 to 100 characters, and each finds a command of its own."""
    commands: list[CommandSnapshot] = [a_command(name) for name in names]
    choices = command_choices(commands, "")
    assert len(set(choices)) == len(commands)
    assert all(1 <= len(choice) <= 100 for choice in choices)
    found = [find_command(commands, choice) for choice in choices]
    assert {id(command) for command in found} == {id(command) for command in commands}


def test_cogs_are_shown_without_the_packages_that_all_share() -> None:
    """What tells them apart stays in sight: of a long name its end."""
    names = ["bot.plugins.activity.commands", "bot.plugins.activity.config", None]
    named = CogNames(names)
    assert [named(name) for name in names] == ["commands", "config", "(no cog)"]
    assert CogNames(["bot.plugins.activity.commands"])("bot.plugins.activity.commands", 20) == "…s.activity.commands"
    assert CogNames(["bot", "bot.shop"])("bot.shop") == "bot.shop"
    assert CogNames(["bot.shop", "bot.shop.buy"])("bot.shop") == "shop"
    assert CogNames(["shop", "fun"])("shop") == "shop"
    assert CogNames(["a.x.one", "b.x.two"])("a.x.one") == "a.x.one"
    assert CogNames([])("Fun and games of all kinds", 12).endswith("…")


def test_a_command_for_slash_and_prefix_is_one() -> None:
    """A user's menu of the same name is another."""
    kinds = (CommandKind.SLASH, CommandKind.PREFIX, CommandKind.USER)
    assert distinct_commands([CommandKey(kind, "ban", None) for kind in kinds]) == 2
