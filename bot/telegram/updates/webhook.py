"""The webhook's door: what Telegram posts goes into the inbox."""

from __future__ import annotations

import hmac
from urllib.parse import SplitResult, urlsplit

from index.forms.node import parse_json

from ...serving.http import Door, HttpRequest, HttpResponse
from ...settings import Secret, Settings, SettingsError, is_port
from .inbox import Inbox
from .raw import is_update

SECRET = "x-telegram-bot-api-secret-token"  # noqa: S105 - a header's name


def make_webhook(inbox: Inbox, secret: Secret, path: str) -> Door:
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


def read_webhook_address(settings: Settings) -> tuple[str, int, str]:
    """Return host, port and path to listen at.

    Raises:
        SettingsError: what webhook mode needs is missing or malformed.
    """
    url = urlsplit(settings.webhook_url)
    if not is_public(url):
        raise SettingsError("PULLQUOTE_WEBHOOK_URL takes the public https:// address that leads to this bot")
    secret = settings.webhook_secret.reveal()
    if not (0 < len(secret) <= 256 and secret.replace("_", "").replace("-", "").isalnum() and secret.isascii()):
        raise SettingsError("PULLQUOTE_WEBHOOK_SECRET takes 8 to 256 letters, digits, _ and -")
    return *read_listen_address(settings), url.path or "/"


def is_public(url: SplitResult) -> bool:
    """Tell whether an address is an https one, or leads to this machine, as in tests."""
    return url.scheme == "https" or url.hostname in ("127.0.0.1", "localhost")


def read_listen_address(settings: Settings) -> tuple[str, int]:
    """Return host and port to listen at.

    Raises:
        SettingsError: they are malformed.
    """
    host, _, port = settings.webhook_listen.rpartition(":")
    if not host or not is_port(port):
        raise SettingsError("PULLQUOTE_WEBHOOK_LISTEN takes HOST:PORT, for example 127.0.0.1:8080")
    return host, int(port)
