"""The cogs of the sample bot."""

from examples.demo.cogs.economy import economy
from examples.demo.cogs.fun import fun
from examples.demo.cogs.moderation import moderation
from examples.demo.cogs.music import music
from examples.demo.cogs.utility import utility

COGS = (economy, fun, moderation, music, utility)
COMMANDS = tuple(command for cog in COGS for command in cog.commands)
