"""A monitor for Discord bots written with Hikari and Lightbulb.

Lightbulb 2: `bot.load_extensions("plugin")`. Lightbulb 3: `await client.load_extensions("plugin")`.
"""

from __future__ import annotations

from plugin.adapters import LIGHTBULB_LINE
from plugin.monitor import Monitor, monitor_of
from plugin.settings import SettingsError, configure

# Only one line of Lightbulb is installed, so to the type checker the other is not there.
if LIGHTBULB_LINE == 2:
    from plugin.adapters.lightbulb2 import load as load  # pyright: ignore[reportUnknownVariableType] # not there
    from plugin.adapters.lightbulb2 import unload as unload  # pyright: ignore[reportUnknownVariableType] # not there
else:
    from plugin.adapters.lightbulb3 import loader as loader  # pyright: ignore[reportUnknownVariableType] # not there

__version__ = "0.2.0"
__all__ = ["Monitor", "SettingsError", "configure", "monitor_of"]
