"""Routes of interactions: the first response, and edits and follow-ups for 15 minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from .calls import CREATE, UPDATE, Call
from .primitives import Payload
from .refusals import unknown
from .rest import API, current_record, json_response, no_content, read_object

if TYPE_CHECKING:
    from .interactions import Interactions
    from .world import World


class InteractionRoutes:
    """The callback, and the webhook of each interaction."""

    def __init__(self, world: World, interactions: Interactions) -> None:
        self._world = world
        self._interactions = interactions

    def add_to(self, application: web.Application) -> None:
        webhook = f"{API}/webhooks/{{application_id}}/{{token}}"
        message = f"{webhook}/messages/{{message_id}}"
        application.add_routes(
            [
                web.post(f"{API}/interactions/{{interaction_id}}/{{token}}/callback", self._respond),
                web.post(webhook, self._follow_up),
                web.get(message, self._fetch),
                web.patch(message, self._edit),
                web.delete(message, self._delete),
            ]
        )

    async def _respond(self, request: web.Request) -> web.Response:
        received_ns = current_record().received_ns
        body, files = await read_object(request)
        call_id, token = request.match_info["interaction_id"], request.match_info["token"]
        call = self._interactions.respond(call_id, token, received_ns, body, files)
        if request.query.get("with_response", "").lower() not in ("true", "1"):
            return no_content()
        return json_response(_callback_response(call))

    def _token(self, request: web.Request) -> str:
        if request.match_info["application_id"] != str(self._world.application_id):
            raise unknown("Webhook")
        return request.match_info["token"]

    async def _follow_up(self, request: web.Request) -> web.Response:
        token = self._token(request)
        body, files = await read_object(request)
        return json_response(self._interactions.follow_up(token, body, files).payload())

    async def _fetch(self, request: web.Request) -> web.Response:
        message = self._interactions.fetch(self._token(request), request.match_info["message_id"])
        return json_response(message.payload())

    async def _edit(self, request: web.Request) -> web.Response:
        token = self._token(request)
        body, files = await read_object(request)
        message = self._interactions.edit(token, request.match_info["message_id"], body, files)
        return json_response(message.payload())

    async def _delete(self, request: web.Request) -> web.Response:
        self._interactions.delete(self._token(request), request.match_info["message_id"])
        return no_content()


def _callback_response(call: Call) -> Payload:
    assert call.response is not None
    interaction: Payload = {"id": str(call.id), "type": call.type}
    payload: Payload = {"interaction": interaction}
    if call.message is not None:
        interaction["response_message_id"] = str(call.message.id)
        interaction["response_message_loading"] = call.message.loading
        interaction["response_message_ephemeral"] = call.message.ephemeral
    if call.message is not None and call.response.type in (CREATE, UPDATE):
        payload["resource"] = {"type": call.response.type, "message": call.message.payload()}
    return payload
