"""What is fuzzed beside documents: each target takes bytes and may raise nothing.

A target returns whether it took the input for what it should be. What it refuses it must refuse by an error of ours.
"""

import contextlib
import copy
import json
import tempfile
from functools import cache
from pathlib import Path

from bot.conversation.checking import read_records
from bot.conversation.query import split
from bot.settings import SettingsError, list_variables, load
from index import Filter, open_index
from index.citations import verify
from index.errors import SourceError
from index.forms.node import parse_json
from index.forms.serial import article_to_dict, reply_from_dict, reply_to_dict
from index.maintenance.library import BrokenLine, import_articles
from index.sources.records import read_json
from tests.support.replies import HARBOUR, article
from tests.support.telegram_chat import Bot, keyboard


@cache
def make_reply():
    with open_index("memory:") as index:
        index.add(article(HARBOUR))
        return reply_to_dict(index.ask("What did Lena Brandt blame?", explain=True))


def read_settings(data):
    """Take the bytes as a `.env`, and as the value of each variable."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / ".env").write_bytes(data)
        taken = False
        text = data.decode("utf-8", "replace").replace("\0", "")
        for environment in ({}, *({name: text} for name in list_variables())):
            with contextlib.suppress(SettingsError):
                load(environment, Path(folder))
                taken = True
            (Path(folder) / ".env").write_bytes(b"")
    return taken


def read_saved_reply(data):
    """Take the bytes as a file of saved replies, and verify what it holds."""
    story = article(HARBOUR)
    taken = False
    with contextlib.suppress(SourceError):
        for record in read_records(data, "x"):
            if not isinstance(record.value, dict):
                continue
            with contextlib.suppress(ValueError):
                reply_from_dict(record.value)
                taken = True
            assert verify(record.value, lambda _: story)
    return taken


def read_import_line(data):
    """Take the bytes as a line that export wrote."""
    try:
        form = parse_json(data)
    except ValueError as error:
        form = error
    if not isinstance(form, dict | ValueError):
        form = ValueError("is no JSON object")
    with open_index("memory:") as index:
        return all(not isinstance(item, BrokenLine) for item in import_articles(index, [form]))


def read_item(data):
    """Take the bytes as an agency's item."""
    with contextlib.suppress(SourceError):
        return bool(read_json(data, "x.json").text)
    return False


def read_question(data):
    """Take the bytes as a question with filters in it."""
    with contextlib.suppress(ValueError):
        return split(data.decode("utf-8", "replace"))[1] != Filter()
    return False


@cache
def make_bot():
    bot = Bot()
    bot.index.add(article(HARBOUR))
    calls = bot.says("What did Lena Brandt blame?")
    data = [button.get("callback_data") for call in calls for row in keyboard(call) for button in row]
    return bot, [each.encode() for each in data if each]


def close_bot():
    """Close what `press_button` asked; to be called at the end."""
    if make_bot.cache_info().currsize:
        make_bot()[0].close()
        make_bot.cache_clear()
        list_seeds.cache_clear()


def press_button(data):
    """Take the bytes as what a button sent: any client can send any."""
    bot, known = make_bot()
    bot.presses(data.decode("utf-8", "replace"))
    return data in known


def take_update(data):
    """Take the bytes as a whole update; what the bot stumbles over it may not pass on."""
    from bot.telegram.updates.raw import choose_lane, is_update, parse_update

    try:
        raw = parse_json(data)
    except ValueError:
        return False
    if not is_update(raw):
        return False
    choose_lane(raw)
    return parse_update(raw, None) is not None


TARGETS = {
    "settings": read_settings,
    "saved reply": read_saved_reply,
    "import line": read_import_line,
    "agency item": read_item,
    "question": read_question,
    "callback data": press_button,
    "update": take_update,
}


@cache
def list_seeds():
    """Return what honest programs write, for each target."""
    story = article(HARBOUR)
    person = {"id": 7, "is_bot": False, "first_name": "P"}
    message = {"message_id": 1, "date": 1, "from": person, "chat": {"id": 7, "type": "private"}, "text": "Who?"}
    query = {"id": "1", "from": person, "chat_instance": "1", "data": "x", "message": message}
    forms = {
        "saved reply": [make_reply()],
        "import line": [article_to_dict(story) | {"collections": ["default"]}],
        "agency item": [{"headline": "H", "body_text": "Some words.", "versioncreated": "2024-03-05T10:00:00Z"}],
        "update": [
            {"update_id": 1, "message": message},
            {"update_id": 2, "callback_query": query},
            {"update_id": 3, "inline_query": {"id": "1", "from": person, "query": "Who?", "offset": ""}},
        ],
    }
    return {name: [json.dumps(form).encode() for form in found] for name, found in forms.items()} | {
        "settings": [b"PULLQUOTE_INDEX=memory:\nPULLQUOTE_ADMINS=1,2\nPULLQUOTE_OPEN_ADD=1\n"],
        "question": [b"Who denied it? since:2023-01 source:tern lead:1 article:ab"],
        "callback data": make_bot()[1],
    }


ODD = (
    None,
    True,
    0,
    -1,
    2**31,
    2**63,
    10**400,
    1e308,
    float("nan"),
    float("inf"),
    "",
    "\ud800",
    "\0",
    "x" * 5000,
    "9999-12-31T23:59:59+14:00",
    [],
    {},
    [[[[[[]]]]]],
    {"a": {"b": {}}},
    [None, 1, "x"],
)


def damage_json(data, draw):
    """Return the JSON with one to three values replaced, lost, doubled or renamed; of other bytes a damaged copy."""
    from tests.support.abuse_documents import damaged

    try:
        form = json.loads(data)
    except ValueError:
        return damaged(data, draw)
    if draw.random() < 0.2:
        return damaged(data, draw)
    for _ in range(draw.randint(1, 3)):
        places = list(list_places(form))
        if not places:
            break
        holder, key = draw.choice(places)
        match draw.randrange(4):
            case 0 if isinstance(holder, dict):
                holder[key + draw.choice(("s", "\u202e", " "))] = holder.pop(key)
            case 1:
                del holder[key]
            case 2 if isinstance(holder, list):
                holder.insert(key, copy.deepcopy(holder[key]))
            case _:
                holder[key] = copy.deepcopy(draw.choice(ODD))
    return json.dumps(form).encode()


def list_places(value):
    """Yield (holder, key) of every value inside a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield value, key
        yield from list_places(inner)
