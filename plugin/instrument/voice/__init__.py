"""Voice as the gateway tells it: who is in a channel, for how long, and which channels come and go."""

from __future__ import annotations

from plugin.instrument.voice.watch import VoiceWatch

__all__ = ["VoiceWatch"]
