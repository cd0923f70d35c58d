"""A Bot API server of our own: updates with real offset rules, and a list of faults for each method.

It enforces Telegram's limits on what is sent, which no other test peer does.

    python -m tests.support.fake_bot_api PORT

serves one bot whose token is 1:secret, and prints each message that it gets.
"""

import asyncio
import json
import sys
import time
from contextlib import asynccontextmanager

from aiohttp import web

TOKEN = "123456:AAsecretsecretsecretsecretsecretsecret"
CODES = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict"}


class FakeApi:
    """The server's side: `push` gives the bot an update, `sent` is what came back, `faults` what goes wrong next.

    A fault is a word for one call of its method: a status ("502", "409", "400 text"), "429 N", "migrate ID", "drop"
    (before it is taken), "drop after", "hang N", "html", "no result", "result TEXT" (that JSON instead), "raw TEXT" and
    "raw429 TEXT" (these bytes, in Latin-1, as the whole answer), "pass".
    `always` are faults for every call while they stand there.
    """

    def __init__(self, token=TOKEN):
        self.token = token
        self.queue = []
        self.faults = {}
        self.always = {}
        self.sent = []
        self.calls = []
        self.faulted = []
        self.away = False
        self._numbers = 1000
        self._new = asyncio.Event()
        self._down = asyncio.Event()

    def push(self, content, number=None):
        """Queue an update and return its id."""
        self._numbers += 1
        number = number or self._numbers
        self.queue.append({"update_id": number, **content})
        self._new.set()
        return number

    def says(self, text, chat=7, **more):
        """Queue a message to the bot."""
        self._numbers += 1
        message = {
            "message_id": self._numbers,
            "date": int(time.time()),
            "from": {"id": abs(chat), "is_bot": False, "first_name": "P"},
            "chat": {"id": chat, "type": "private"},
            "text": text,
            **more,
        }
        return self.push({"message": message})

    def answers(self, chat=7):
        """Return the texts that the chat got."""
        return [message["text"] for message in self.sent if message["chat_id"] == chat]

    async def until(self, what, seconds=20.0):
        """Wait until something holds."""
        end = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < end, f"never came: {self.calls[-5:]} {self.sent[-3:]}"
            await asyncio.sleep(0.005)

    async def handle(self, request):
        """Answer one call of a method."""
        method = request.match_info["method"]
        data = await request.json() if request.content_type == "application/json" else dict(await request.post())
        values = {key: parsed(value) for key, value in data.items()}
        if request.match_info["token"] != self.token:
            return self.error(401, "Unauthorized")
        if self.away:
            return await self.dropped(request)
        self.calls.append(method)
        waiting = self.faults.get(method)
        fault = waiting.pop(0) if waiting else self.always.get(method)
        if fault and fault != "pass":
            self.faulted.append((method, fault))
            kind, _, detail = fault.partition(" ")
            if fault == "drop after":
                await self.result(method, values)
            if kind == "drop":
                return await self.dropped(request)
            if kind == "hang":
                await asyncio.wait([asyncio.ensure_future(self._down.wait())], timeout=float(detail))
                return self.error(502, "")
            return self.fault(kind, detail)
        problem = limits(method, values)
        if problem:
            return self.error(400, f"Bad Request: {problem}")
        return web.json_response({"ok": True, "result": await self.result(method, values)})

    async def dropped(self, request):
        request.transport.abort()
        await asyncio.sleep(0)  # so that the connection is closed when this returns
        return web.Response()

    def fault(self, kind, detail):
        match kind:
            case "429":
                return self.error(429, "Too Many Requests", retry_after=int(detail))
            case "migrate":
                return self.error(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=int(detail))
            case "html":
                return web.Response(text="<html>Welcome to the hotel's network</html>", content_type="text/html")
            case "no":
                return web.json_response({"ok": True})
            case "result":
                return web.json_response({"ok": True, "result": json.loads(detail)})
            case "raw" | "raw429":
                return web.Response(status=int(kind[3:] or 200), body=detail.encode("latin-1"))
            case "502":
                return web.Response(status=502, text="<html>Bad Gateway</html>", content_type="text/html")
            case _:
                return self.error(int(kind), f"{CODES.get(int(kind), 'Error')}: {detail}")

    def error(self, code, description, **parameters):
        body = {"ok": False, "error_code": code, "description": description}
        return web.json_response(body | ({"parameters": parameters} if parameters else {}), status=code)

    async def result(self, method, values):
        if method == "getUpdates":
            return await self.updates(values)
        if method == "getMe":
            return {"id": 99, "is_bot": True, "first_name": "Q", "username": "quote_bot"}
        if method == "getWebhookInfo":
            return {"url": "", "has_custom_certificate": False, "pending_update_count": len(self.queue)}
        if method in ("sendMessage", "editMessageText"):
            self._numbers += 1
            number = values.get("message_id") or self._numbers
            self.sent.append({**values, "method": method, "message_id": number, "at": time.monotonic()})
            chat = {"id": values["chat_id"], "type": "private"}
            return {"message_id": number, "date": int(time.time()), "chat": chat, "text": values["text"]}
        return True

    async def updates(self, values):
        """Forget what is confirmed and return what waits, or wait for it."""
        if "offset" in values:
            self.queue = [update for update in self.queue if update["update_id"] >= values["offset"]]
        end = time.monotonic() + values.get("timeout", 0)
        while not self.queue and not self._down.is_set() and (left := end - time.monotonic()) > 0:
            self._new.clear()
            try:
                await asyncio.wait_for(self._new.wait(), left)
            except TimeoutError:
                break
        return self.queue[: values.get("limit", 100)]

    @asynccontextmanager
    async def serving(self, port=0):
        """Serve while inside, and yield the address."""
        app = web.Application(client_max_size=60_000_000)
        app.router.add_route("*", "/bot{token:[^/]+}/{method}", self.handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        self._down.clear()
        try:
            yield f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"
        finally:
            self._down.set()
            self._new.set()
            await runner.cleanup()


def limits(method, values):
    """Return how a call breaks Telegram's limits, "" if it does not."""
    if method not in ("sendMessage", "editMessageText"):
        return ""
    text, entities = values.get("text", ""), values.get("entities") or []
    units = len(text.encode("utf-16-le")) // 2
    if not text.strip():
        return "message text is empty"
    if len(text) > 4096:
        return "message is too long"
    if len(json.dumps(entities)) > 9500:
        return "ENTITIES_TOO_LONG"
    if len(entities) > 100 or any(each["offset"] + each["length"] > units for each in entities):
        return "can't parse entities"
    for row in (values.get("reply_markup") or {}).get("inline_keyboard", []):
        for button in row:
            if len(button.get("callback_data", "").encode()) > 64:
                return "BUTTON_DATA_INVALID"
    return ""


def parsed(value):
    """Return a parameter as the value that its JSON stands for."""
    if not isinstance(value, str) or value[:1] not in "[{0123456789-tf":
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


async def main(port):
    api = FakeApi("1:secret")
    async with api.serving(int(port)) as address:
        print(address, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
