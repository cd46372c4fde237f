"""A local Discord: a server on loopback to which a real, unmodified Hikari bot connects.

async with LocalDiscord() as discord:
    guild = discord.add_guild("Golem's workshop")
    admin = guild.add_member("ada", permissions=ADMINISTRATOR)
    bot = hikari.GatewayBot(discord.token, rest_url=discord.rest_url)
    await bot.start(check_for_updates=False)
    await discord.registered("ping")
    call = await discord.slash(admin, "ping")
    response = await call.answered()
"""

from .calls import Call, Response
from .entities import (
    CATEGORY,
    DM_CHANNEL,
    STAGE_CHANNEL,
    TEXT_CHANNEL,
    VOICE_CHANNEL,
    Channel,
    Guild,
    Member,
    Role,
    User,
)
from .faults import Fault
from .messages import Attachment, Message
from .options import File
from .permissions import ADMINISTRATOR, ALL_PERMISSIONS, DEFAULT_PERMISSIONS, Intents
from .refusals import RefusalRecord
from .rest import RequestRecord
from .server import LocalDiscord
from .sessions import Shard

__all__ = [
    "ADMINISTRATOR",
    "ALL_PERMISSIONS",
    "CATEGORY",
    "DEFAULT_PERMISSIONS",
    "DM_CHANNEL",
    "STAGE_CHANNEL",
    "TEXT_CHANNEL",
    "VOICE_CHANNEL",
    "Attachment",
    "Call",
    "Channel",
    "Fault",
    "File",
    "Guild",
    "Intents",
    "LocalDiscord",
    "Member",
    "Message",
    "RefusalRecord",
    "RequestRecord",
    "Response",
    "Role",
    "Shard",
    "User",
]
