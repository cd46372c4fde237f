"""Answers clicks on the buttons of alert messages, on both lines of Lightbulb, also after a restart."""

from __future__ import annotations

import logging
import time
from typing import Any

import hikari

from plugin.adapters.beside_miru import MiruFilter
from plugin.adapters.clicks import NO_MENTIONS
from plugin.display.alert_people import people_fields
from plugin.model.alert_actions import ActionKind, AlertAction, AlertPeople
from plugin.monitor import Monitor
from plugin.outlets.alert_buttons import LONGEST_NOTE, SILENCES, Control, Does, control_of, note_form, rows_of
from plugin.pages.access import InteractionAsker, OwnerIds, decide, fetch_owner_ids

_logger = logging.getLogger(__name__)

PART = "alert buttons"
BESIDE_MIRU = "alert buttons beside miru"

NOT_ALLOWED = "Only those who may view this bot's pages can use these buttons."
OVER = "This alert is over."
ENOUGH_NOTES = "This alert has enough notes."
TOO_SLOW = "History did not answer in time; try again."
FAULT = "This did not work; the bot's log has the error. The bot itself is not affected."

Clicked = hikari.ComponentInteraction | hikari.ModalInteraction


def attach(bot: Any, monitor: Monitor) -> None:
    """Let alert messages have buttons, if there are any alerts and the bot receives clicks."""
    channel = None if monitor.alerts is None else monitor.alerts.channel
    if channel is None:
        return
    if not isinstance(bot, hikari.GatewayBotAware):
        _logger.info("alert messages have no buttons: they need a bot that is connected to Discord's gateway")
        return
    clicks = AlertClicks(bot, monitor, channel.id)
    clicks.attach()
    channel.before_buttons = monitor.contain(PART, clicks.keep_from_miru)


class AlertClicks:
    """The clicks on the alerts of one monitor."""

    def __init__(self, bot: Any, monitor: Monitor, channel: int) -> None:
        self._bot = bot
        self._monitor = monitor
        self._channel = channel
        self._part = monitor.part(PART)
        self._miru = MiruFilter(bot.event_manager, lambda custom_id: control_of(custom_id) is not None)
        self._owners = OwnerIds(lambda: fetch_owner_ids(bot.rest))

    def attach(self) -> None:
        """Listen until the monitor detaches."""
        self._bot.event_manager.subscribe(hikari.InteractionCreateEvent, self._on_interaction)
        self._monitor.on_detach(self._remove)

    def keep_from_miru(self) -> None:
        """Let the bot's miru see no clicks on alerts."""
        for override in self._miru.filter():
            self._monitor.hold(BESIDE_MIRU, override)

    def _remove(self) -> None:
        manager: hikari.api.EventManager = self._bot.event_manager
        if self._on_interaction in manager.get_listeners(hikari.InteractionCreateEvent, polymorphic=False):
            manager.unsubscribe(hikari.InteractionCreateEvent, self._on_interaction)

    async def _on_interaction(self, event: hikari.InteractionCreateEvent) -> None:
        clicked = event.interaction
        if not isinstance(clicked, Clicked) or int(clicked.channel_id) != self._channel or not self._part.on:
            return
        control = control_of(clicked.custom_id)
        if control is None:
            return
        with self._monitor.containing(PART):
            try:
                await self._answer(clicked, control)
            except hikari.HTTPError as refused:  # somebody deleted the message, or another process answered the click
                _logger.debug("a click on an alert could not be answered: %s", refused)
            return
        with self._monitor.containing(PART):
            await _reply(clicked, FAULT)

    async def _answer(self, clicked: Clicked, control: Control) -> None:
        asker = InteractionAsker(clicked, self._owners, public=True)
        if (await decide(self._monitor.settings, asker)).refusal:
            await _reply(clicked, NOT_ALLOWED)
        elif control.does is Does.NOTE and isinstance(clicked, hikari.ComponentInteraction):
            await clicked.create_modal_response("Note on this alert", control.custom_id, component=note_form())
        else:
            await self._act(clicked, _action(clicked, control))

    async def _act(self, clicked: Clicked, action: AlertAction) -> None:
        alerts = self._monitor.alerts
        try:
            done = None if alerts is None else await alerts.act(action)
        except TimeoutError:
            await _reply(clicked, TOO_SLOW)
            return
        if done is None or clicked.message is None or not clicked.message.embeds:
            await _reply(clicked, OVER)
        elif action.kind is ActionKind.NOTE and all(note.id != action.id for note in done.notes):
            await _reply(clicked, ENOUGH_NOTES)
        else:
            await _show(clicked, action.incident, done)


def _action(clicked: Clicked, control: Control) -> AlertAction:
    now, who = time.time(), clicked.member or clicked.user
    kinds = {Does.ACKNOWLEDGE: ActionKind.ACKNOWLEDGED, Does.SILENCE: ActionKind.SILENCED, Does.NOTE: ActionKind.NOTE}
    action = AlertAction(str(clicked.id), control.incident, kinds[control.does], now, str(who.display_name))
    if isinstance(clicked, hikari.ModalInteraction):
        return action._replace(text=_written(clicked))
    if control.does is Does.SILENCE:
        lasts_s = SILENCES[clicked.values[0]].lasts_s
        return action._replace(until=None if lasts_s is None else now + lasts_s)
    return action


def _written(form: hikari.ModalInteraction) -> str:
    """The line of a form."""
    fields: list[Any] = [field for row in form.components for field in row]
    return str(fields[0].value)[:LONGEST_NOTE]


async def _show(clicked: Clicked, incident: str, people: AlertPeople) -> None:
    """Change the message: its embed stays as another instance may have made it, but for what people did."""
    message = clicked.message
    assert message is not None
    shown = message.embeds[0]
    for _ in range(len(shown.fields)):
        shown.remove_field(0)
    for heading, value in people_fields(people):
        shown.add_field(heading, value)
    if shown.image is not None:  # by name, or the attached file would be shown twice
        shown.set_image(hikari.URL(f"attachment://{shown.image.filename}"))
    update: Any = hikari.ResponseType.MESSAGE_UPDATE
    respond: Any = clicked.create_initial_response
    await respond(update, embed=shown, components=rows_of(incident, people))


async def _reply(clicked: Clicked, content: str) -> None:
    respond: Any = clicked.create_initial_response
    flags = hikari.MessageFlag.EPHEMERAL
    await respond(hikari.ResponseType.MESSAGE_CREATE, content, flags=flags, **NO_MENTIONS)
