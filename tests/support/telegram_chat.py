"""A bot in process: real updates go in, and what it would send to Telegram comes out. No network."""

import asyncio
import json
from itertools import count
from types import SimpleNamespace

from telegram import Update
from telegram.ext import ApplicationBuilder, Defaults
from telegram.request import BaseRequest

from bot.serving.metrics import Metrics
from bot.serving.quota import Quotas
from bot.settings import Settings
from bot.telegram.access import read_rates
from bot.telegram.chats.sqlite import BotFile
from bot.telegram.desk import make_desk
from bot.telegram.handlers import add_routes
from bot.telegram.updates.inbox import FileThread
from index import open_index
from tests.support.replies import HARBOUR, VINEYARD, article

PHOTO = [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]
STICKER = {
    "file_id": "s",
    "file_unique_id": "s",
    "type": "regular",
    "width": 1,
    "height": 1,
    "is_animated": False,
    "is_video": False,
}
BOT = 99
NAME = "quote_bot"

GIFTS = dict.fromkeys(
    ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
)


class Recorder(BaseRequest):
    """Stands where HTTP would: keeps every call, and answers it as the server would, or as `faults` say."""

    def __init__(self):
        self.calls = []
        self.faults = {}
        self.files = {}
        self.admins = set()
        self.uploads = []
        self.about = {}
        self._messages = count(1000)

    read_timeout = 5.0

    async def initialize(self):
        pass

    async def shutdown(self):
        pass

    async def do_request(self, url, method, request_data=None, **_timeouts):
        name = url.rpartition("/")[2]
        if "/file/" in url:
            return 200, self.files[url.rpartition("/file/")[2].partition("/")[2]]
        sent = dict(request_data.json_parameters) if request_data else {}
        values = {key: parsed(value) for key, value in sent.items()}
        self.calls.append(SimpleNamespace(method=name, **values))
        if request_data and request_data.contains_files:
            self.uploads.append(request_data.multipart_data)
        if self.faults.get(name):
            code, body = self.faults[name].pop(0)
            if code != 200:
                return code, json.dumps({"ok": False, "error_code": code, **body}).encode()
        return 200, json.dumps({"ok": True, "result": self.result(name, values)}).encode()

    def result(self, name, values):
        if name == "getMe":
            return {"id": BOT, "is_bot": True, "first_name": "Q", "username": NAME, "supports_inline_queries": True}
        if name in ("sendMessage", "editMessageText", "sendDocument"):
            number = values.get("message_id") or next(self._messages)
            self.calls[-1].sent = number
            return {"message_id": number, "date": 1, "chat": {"id": values["chat_id"], "type": "private"}, "text": "x"}
        if name == "getChatMember":
            status = "administrator" if values["user_id"] in self.admins else "member"
            rights = (
                "can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats "
                "can_restrict_members can_promote_members can_change_info can_invite_users can_post_stories "
                "can_edit_stories can_delete_stories"
            )
            return {"status": status, "user": user(values["user_id"]), **dict.fromkeys(rights.split(), False)}
        if name == "getChat":
            known = {"type": "supergroup", "title": "G", "accent_color_id": 0, "max_reaction_count": 1}
            return {"id": values["chat_id"], **known, "accepted_gift_types": GIFTS, **self.about}
        if name == "getFile":
            return {"file_id": values["file_id"], "file_unique_id": "u", "file_path": f"d/{values['file_id']}"}
        return True


def parsed(value):
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return value


def user(number, code=None):
    known = {"language_code": code} if code else {}
    return {"id": number, "is_bot": False, "first_name": f"P{number}"} | known


class Bot:
    """The bot with a small shared library; `says`, `presses` and the like return the calls that they brought about."""

    def __init__(self, articles=(HARBOUR, VINEYARD), *, patient=True, **settings):
        """Make the bot; with `patient` minutes pass between two updates, so that no quota is used up.

        Nor is any button then pressed twice by a slip.
        """
        self.patient = patient
        self.codes = {}  # the language of each person's app
        self.runner = asyncio.Runner()
        self.request = Recorder()
        self.numbers = count(1)
        self.index = open_index("memory:")
        self.index.add([article(text) for text in articles])
        self.settings = Settings(**{"open_add": True} | settings)
        self.store = BotFile(":memory:")
        self.runner.run(self._start())

    async def _start(self):
        builder = ApplicationBuilder().token("1:t").request(self.request).get_updates_request(Recorder())
        self.application = builder.updater(None).defaults(Defaults()).build()
        self.desk = make_desk(self.index, FileThread(self.store), self.settings, Metrics("update"))
        self.desk.name = NAME
        self.desk.slow = 60  # a busy machine announces nothing
        if self.patient:
            self.desk.quotas = Quotas(read_rates(self.settings), clock=count(0, 600).__next__)
        add_routes(self.application, self.desk)
        await self.application.initialize()
        self.request.calls.clear()

    def close(self):
        self.runner.run(self.application.shutdown())
        self.desk.close()
        self.runner.close()

    def update(self, **content):
        """Handle an update and return the calls it brought about."""
        before = len(self.request.calls)
        if self.patient:
            self.desk.pressed.clear()
        raw = {"update_id": next(self.numbers), **content}
        self.runner.run(self.application.process_update(Update.de_json(raw, self.application.bot)))
        return self.request.calls[before:]

    def message(self, text=None, chat=7, person=None, **more):
        person = person or (chat if chat > 0 else 7)
        entities = []
        if text and text.startswith("/"):
            entities = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
        if text and f"@{NAME}" in text and not entities:
            entities = [{"type": "mention", "offset": text.index("@"), "length": len(NAME) + 1}]
        base = {
            "message_id": next(self.numbers),
            "date": 1,
            "from": user(person, self.codes.get(person)),
            "chat": {"id": chat, "type": "private" if chat > 0 else "supergroup", "title": "G"},
        }
        return base | ({"text": text, "entities": entities} if text is not None else {}) | more

    def says(self, text, chat=7, person=None, **more):
        return self.update(message=self.message(text, chat, person, **more))

    def edits(self, number, text, chat=7, person=None):
        return self.update(edited_message=self.message(text, chat, person) | {"message_id": number, "edit_date": 2})

    def presses(self, data, call=None, chat=7, person=None, message=None):
        """Press the button with this label under the call's message, or send any data."""
        if call is not None:
            message = call.sent
            data = {button["text"]: button.get("callback_data") for row in keyboard(call) for button in row}[data]
        shown = {"message_id": message or 1, "date": 1, "chat": {"id": chat, "type": "private"}, "text": "x"}
        shown["chat"]["type"] = "private" if chat > 0 else "supergroup"
        pressing = user(person or 7, self.codes.get(person or 7))
        query = {
            "id": "1",
            "from": pressing,
            "chat_instance": "1",
            "data": data,
            "message": shown,
        }
        return self.update(callback_query=query)

    def inline(self, text, person=7):
        return self.update(
            inline_query={"id": "1", "from": user(person, self.codes.get(person)), "query": text, "offset": ""}
        )


def keyboard(call):
    return getattr(call, "reply_markup", {}).get("inline_keyboard", [])


def labels(call):
    return [button["text"] for row in keyboard(call) for button in row]


def texts(calls, method="sendMessage"):
    return [call.text for call in calls if call.method == method]


def marked(call, *kinds):
    """Return the words of a sent message under entities of these kinds."""
    data = call.text.encode("utf-16-le")
    return [
        data[2 * each["offset"] : 2 * (each["offset"] + each["length"])].decode("utf-16-le")
        for each in getattr(call, "entities", [])
        if each["type"] in kinds
    ]
