"""Pure functions from records to pages."""

from plugin.display.book import footnoted, noted
from plugin.display.names import command_choices, command_label, find_command, folded_names
from plugin.display.pages.cogs import cog_pages
from plugin.display.pages.commands import command_pages
from plugin.display.pages.detail import command_detail_pages
from plugin.display.pages.fleet import fleet_pages
from plugin.display.pages.health import health_pages
from plugin.display.pages.performance import performance_pages
from plugin.display.pages.system import system_pages
from plugin.display.pages.timeline import timeline_pages
from plugin.display.pictures import command_pictures, illustrated, performance_pictures, system_pictures
from plugin.display.terminal import terminal

__all__ = (
    "cog_pages",
    "command_choices",
    "command_detail_pages",
    "command_label",
    "command_pages",
    "command_pictures",
    "find_command",
    "fleet_pages",
    "folded_names",
    "footnoted",
    "health_pages",
    "illustrated",
    "noted",
    "performance_pages",
    "performance_pictures",
    "system_pages",
    "system_pictures",
    "terminal",
    "timeline_pages",
)
