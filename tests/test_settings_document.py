"""What the documentation says of the settings is what the settings say of themselves."""

from __future__ import annotations

from pathlib import Path

from plugin.settings import describe

DOCUMENT = Path(__file__).parents[1] / "docs" / "settings.md"


def test_every_setting_is_in_the_table() -> None:
    """The table of settings has each with its variable, default, range and meaning, in the same order."""
    text = DOCUMENT.read_text(encoding="utf-8")
    table = text.partition("<!-- settings -->")[2].partition("<!-- end of settings -->")[0].strip().splitlines()
    wanted = [f"| `{r.name}` | `{r.variable}` | `{r.default}` | {r.allowed} | {r.help} |" for r in describe()]
    assert table[2:] == wanted
