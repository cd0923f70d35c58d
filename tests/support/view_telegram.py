"""Show what the bot would send as a page that looks about as Telegram does, to be looked at.

    python -m tests.support.view_telegram PAGE.html [--one] [--from FILE] [--in LANGUAGE] [QUESTION]...

The questions are asked of seeds/, or of a file, one after another, as in one chat whose person has an app in the
language (en, es, ko); each message is built as for Telegram, and read back from its text, entities and buttons alone.
"""

import argparse
from html import escape
from pathlib import Path

from bot.conversation.commands import read
from bot.conversation.dialogue import Answer, Told
from bot.conversation.openers import suggest_openers
from bot.conversation.perform import perform
from bot.conversation.state import State
from bot.pages.render import render
from bot.telegram.screens import quotations, screens
from bot.telegram.screens.marked_text import make_entities, split_messages
from bot.telegram.sending.send import _make_markup
from bot.translation import speaking
from index import Article, open_index
from tests.support.paths import SEEDS

QUESTIONS = (
    "Who is Kim Eun-hye?",
    "And what did she say about the question?",
    "Who denied it?",
    "What is the price of tin?",
)

TAGS = {
    "bold": ("<b>", "</b>"),
    "italic": ("<i>", "</i>"),
    "code": ("<code>", "</code>"),
    "pre": ("<pre>", "</pre>"),
    "date_time": ('<span class="date">', "</span>"),
    "blockquote": ("<blockquote>", "</blockquote>"),
    "expandable_blockquote": ('<blockquote class="folded">', "</blockquote>"),
}

STYLE = """
body { background: #8fb38a; font: 15px/1.35 "DejaVu Sans", sans-serif; margin: 0; padding: 8px; width: 374px }
.said, .told { border-radius: 12px; padding: 7px 10px; margin: 6px 0; white-space: pre-wrap; overflow-wrap: anywhere }
.said { background: #e3fdc5; margin-left: 90px } .told { background: #fff; margin-right: 12px }
blockquote { margin: 2px 0; padding: 3px 8px; border-left: 3px solid #3a8ed0; background: #eaf3fb; border-radius: 4px;
  display: block }
blockquote.folded { border-right: 6px double #3a8ed0; display: -webkit-box; -webkit-box-orient: vertical;
  -webkit-line-clamp: 3; overflow: hidden } a { color: #2a7ab8; text-decoration: none }
code { background: #eee } .date { border-bottom: 1px dotted #888 }
.row { display: flex; gap: 4px; margin: 4px 20px 4px 0 }
.row span { flex: 1; background: #5d8a5a; color: #fff; border-radius: 8px; padding: 6px 4px; text-align: center;
  font-size: 13px }
"""


def marked(text, marks):
    """Return a message's text as HTML, its entities taken from their UTF-16 offsets."""
    units = text.encode("utf-16-le")
    opened, closed = {}, {}
    for mark in sorted(marks, key=lambda each: (each["offset"], -each["length"])):
        first, last = TAGS.get(mark["type"]) or (f'<a href="{escape(mark["url"])}">', "</a>")
        opened.setdefault(mark["offset"], []).append(first)
        closed.setdefault(mark["offset"] + mark["length"], []).insert(0, last)
    borders = sorted({0, len(units) // 2, *opened, *closed})
    parts = []
    for at, border in enumerate(borders):
        parts += closed.get(border, []) + opened.get(border, [])
        end = borders[at + 1] if at + 1 < len(borders) else border
        parts.append(escape(units[2 * border : 2 * end].decode("utf-16-le")))
    return "".join(parts).replace("</blockquote>\n", "</blockquote>")  # a quotation is a block of its own


def shown(screen):
    """Return a screen as HTML: its messages, the buttons under the last one."""
    told = [
        f'<div class="told">{marked(part.text, make_entities(part))}</div>' for part in split_messages(screen.blocks)
    ]
    for row in (_make_markup(screen.rows, "0" * 16) or {"inline_keyboard": ()})["inline_keyboard"]:
        labels = "".join("<span>{}</span>".format(escape(each["text"])) for each in row)
        told += [f'<div class="row">{labels}</div>']
    return "".join(told)


def openers(index, state):
    return suggest_openers(index, state.filter, 2)


def page(questions, *, one=False, paths=()):
    """Return the conversation as a page; of `one`, the first article alone is asked."""
    parts = []
    with open_index("memory:") as index:
        paths = paths or sorted(SEEDS.glob("*.txt"))
        index.add([Article.from_text(path.read_text(), source=path.name) for path in paths])
        state = State(chosen=tuple(card.id for card in index.articles())[:1] if one else ())
        for question in questions:
            state, output = perform(index, state, read(state, question))
            instead = () if getattr(output, "reply", None) is None or output.reply.passages else openers(index, state)
            screen = (
                quotations.draw_answer(output.reply, instead=instead)
                if isinstance(output, Answer)
                else screens.draw_digest(output.digest)
                if isinstance(output, Told)
                else screens.Screen((screens.mark_page(render(output)),))
            )
            parts.append(f'<div class="said">{escape(question)}</div>{shown(screen)}')
    return f"<!doctype html><meta charset=utf-8><style>{STYLE}</style>{''.join(parts)}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("page", type=Path)
    parser.add_argument("questions", nargs="*")
    parser.add_argument("--one", action="store_true")
    parser.add_argument("--from", type=Path, action="append", dest="paths", default=[])
    parser.add_argument("--in", dest="language", default="en")
    given = parser.parse_intermixed_args()
    with speaking(given.language):
        given.page.write_text(page(given.questions or QUESTIONS, one=given.one, paths=given.paths))
