"""A monitor for Discord bots written with Hikari and Lightbulb.

Lightbulb 2: `bot.load_extensions("plugin")`. Lightbulb 3: `await client.load_extensions("plugin")`.
"""

from __future__ import annotations

import importlib
import logging
import sys
from typing import TYPE_CHECKING, Any

COMMAND_LINE = sys.argv[:1] == ["-m"] and sys.orig_argv[-len(sys.argv)].removeprefix("-m") == __name__
"""Whether this is `python -m plugin`, which has no bot: without hikari and Lightbulb it takes 40 MB less."""

if TYPE_CHECKING or not COMMAND_LINE:
    from plugin import costs  # first, since it measures memory before anything else is imported
    from plugin.adapters import LIGHTBULB_LINE
    from plugin.corridor.declaring import counter, gauge, histogram, timer
    from plugin.settings_source import SettingsError, configure

__version__ = "0.4.0"
__all__ = [
    "ActivityMeter",
    "EconomyMeter",
    "Monitor",
    "SettingsError",
    "VoiceMeter",
    "configure",
    "counter",
    "gauge",
    "histogram",
    "monitor_of",
    "timer",
]

if TYPE_CHECKING:
    from plugin.corridor.system_meters import ActivityMeter, EconomyMeter
    from plugin.corridor.voice_meter import VoiceMeter
else:
    _METERS = {"ActivityMeter": "system_meters", "EconomyMeter": "system_meters", "VoiceMeter": "voice_meter"}

    def __getattr__(name: str) -> Any:
        """The ready meters, imported by the bots that use them."""
        if name not in _METERS:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(importlib.import_module(f"plugin.corridor.{_METERS[name]}"), name)


if TYPE_CHECKING or not COMMAND_LINE:
    # Only one line of Lightbulb is installed, so the type checker does not find the other.
    try:
        from plugin.monitor import Monitor, monitor_of

        if LIGHTBULB_LINE == 2:
            from plugin.adapters.lightbulb2 import load as load  # pyright: ignore[reportUnknownVariableType]
            from plugin.adapters.lightbulb2 import unload as unload  # pyright: ignore[reportUnknownVariableType]
        else:
            from plugin.adapters.lightbulb3 import loader as loader  # pyright: ignore[reportUnknownVariableType]
    except Exception:  # for example, a library has moved a name that every part needs
        logging.getLogger(__name__).exception("the monitor failed to import; the bot runs without it")
        if not TYPE_CHECKING:
            from plugin.adapters.fallback import Monitor, monitor_of
            from plugin.adapters.fallback import load as load
            from plugin.adapters.fallback import loader as loader
            from plugin.adapters.fallback import unload as unload
    costs.LEDGER.imported()
