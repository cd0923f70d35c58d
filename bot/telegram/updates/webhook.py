"""The webhook's door: what Telegram posts goes into the inbox."""

from __future__ import annotations

import hmac

from index.forms.node import parse_json

from ...serving.http import Gate, Handler, HttpRequest, HttpResponse
from ...settings import Secret
from .inbox import Inbox, is_update

SECRET = "x-telegram-bot-api-secret-token"  # noqa: S105 - a header's name


def make_webhook(inbox: Inbox, secret: Secret, path: str) -> tuple[Handler, Gate]:
    """Return what answers Telegram's posts, 200 only once an update is on disk, and the gate before it.

    The gate keeps out whoever lacks the secret, before a body is read.
    """
    expected = secret.reveal().encode()

    def gate(request: HttpRequest) -> HttpResponse | None:
        if request.path != path:
            return HttpResponse(404, "not here")
        if not hmac.compare_digest(request.headers.get(SECRET, "").encode("latin-1"), expected):
            return HttpResponse(403, "wrong secret")
        return HttpResponse(405, "POST only") if request.method != "POST" else None

    async def handle(request: HttpRequest) -> HttpResponse:
        if inbox.full:
            return HttpResponse(503, "busy")  # Telegram sends it again
        try:
            update = parse_json(request.body)
        except ValueError:
            return HttpResponse(400, "not JSON")
        if not is_update(update):
            return HttpResponse(400, "not an update")
        await inbox.take([update])
        return HttpResponse(200)

    return handle, gate
