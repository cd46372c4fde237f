"""A monitor for Discord bots written with Hikari and Lightbulb.

Lightbulb 2: `bot.load_extensions("plugin")`. Lightbulb 3: `await client.load_extensions("plugin")`.
"""

from __future__ import annotations

from plugin.adapters import LIGHTBULB_LINE
from plugin.monitor import Monitor, monitor_of
from plugin.settings import SettingsError, configure

if LIGHTBULB_LINE == 2:
    from plugin.adapters.lightbulb2 import load as load
    from plugin.adapters.lightbulb2 import unload as unload
else:
    from plugin.adapters.lightbulb3 import loader as loader

__version__ = "0.1.0"
__all__ = ["Monitor", "SettingsError", "configure", "monitor_of"]
