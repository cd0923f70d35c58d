"""Reading pages: an article with the answer marked, for whoever has the address, while the chat may see it."""

import asyncio
import html
import re
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from lxml import html as lxml_html

from bot.serving.http import HttpRequest
from bot.settings import Secret, Settings, SettingsError
from bot.telegram.access import collection_of_chat
from bot.telegram.actions.standing_questions import prepare_notice
from bot.telegram.app import run
from bot.telegram.chats.contract import PageLink
from bot.telegram.matching import Match
from bot.telegram.reading import AT_ONCE, LASTS, make_door, read_pages_path
from bot.telegram.screens.wording import wording
from bot.telegram.sending.send import put
from bot.telegram.updates.webhook import make_webhook
from index import Article
from index.citations import page_policy
from index.errors import CorruptIndex, EngineUnavailable
from index.model import Status
from tests.support.fake_bot_api import FakeApi
from tests.support.live_bot import ASKED, CABLE, running
from tests.support.loopback import free_port
from tests.support.replies import HARBOUR, article
from tests.support.telegram_chat import Bot, keyboard

BASE = "https://bot.example/read"
QUESTION = "What did Lena Brandt blame?"
SHAPE = re.compile(r"https://bot\.example/read/([\w-]{32})#c1")


class Reader(Bot):
    """A bot with pages, and a browser."""

    def __init__(self, **settings):
        super().__init__(pages_url=BASE, **settings)
        self.door = make_door(self.desk, "/read/")

    def asks(self, question=QUESTION, chat=7, **more):
        """Ask, and return the path of the answer's page."""
        return path_of(self.says(question, chat, **more)[-1])

    def get(self, path, method="GET", door=None):
        handle, gate = door or self.door
        request = HttpRequest(method, path, {}, b"")

        async def answer():
            return gate(request) or await handle(request)

        return self.runner.run(answer())


def path_of(call):
    (url,) = [b["url"] for row in keyboard(call) for b in row if b.get("url", "").startswith(BASE)]
    assert SHAPE.fullmatch(url), url
    return f"/read/{SHAPE.fullmatch(url)[1]}"


@pytest.fixture
def bot():
    found = Reader()
    yield found
    found.close()


def test_the_page_of_an_answer_marks_its_sentence_and_is_kept_from_others(bot):
    found = bot.get(bot.asks())
    assert found.status == 200
    assert found.kind == "text/html; charset=utf-8"
    marked = re.search(r'<mark id="c1">(.*?)<sup>', found.text)[1]
    assert html.unescape(marked) == "She blamed a worn cable that inspectors had noticed in January."
    assert "Port of Eastmoor closes after crane falls" in found.text
    assert QUESTION in found.text
    assert '<meta name="robots" content="noindex' in found.text
    assert found.headers["x-robots-tag"].startswith("noindex")
    assert found.headers["referrer-policy"] == "no-referrer"
    assert found.headers["content-security-policy"] == f"{page_policy()}; frame-ancestors 'none'"
    assert html.escape(page_policy(), quote=False) in found.text
    assert found.headers["cache-control"] == "private, no-store"
    assert "set-cookie" not in found.headers
    assert "<script" not in found.text


def read_words(text):
    """Return what a page says beside what it quotes, in texts and in labels."""
    page = lxml_html.fromstring(text)
    for quoted in page.xpath("//style | //h1 | //h2 | //blockquote | //span[@class='words'] | //code | //title"):
        quoted.drop_tree()
    said = [*page.xpath("//text()"), *page.xpath("//@aria-label")]
    return {word for each in said for word in re.findall(r"[^\W\d]{3,}", each)}


@pytest.mark.parametrize("language", ["es", "ko"])
def test_a_page_speaks_the_language_of_its_chat(bot, language):
    plain = bot.get(bot.asks()).text
    assert '<html lang="en">' in plain
    assert {"paragraph", "Skip", "Answered", "sentences"} <= read_words(plain)
    bot.codes[7] = language
    for path in (bot.asks(), bot.asks("What did the crane cost?")):  # answered, and related
        page = bot.get(path).text
        assert f'<html lang="{language}">' in page
        assert page.count(' lang="en"') == 2  # the headline and the article
        left = read_words(page) & read_words(plain)
        assert left <= {"Ida", "Fenn", "Tern", "Agency", "SHA", *QUESTION.rstrip("?").split()}, left
    bot.says("/language en")
    assert '<html lang="en">' in bot.get(path).text, "it was chosen since"


def test_a_page_of_a_group_speaks_the_groups_language(bot):
    bot.codes |= {7: "ko", 8: "es"}
    bot.request.admins.add(8)
    bot.says("/language@quote_bot es", -40, 8)
    path = bot.asks(f"/ask@quote_bot {QUESTION}", -40)
    assert '<html lang="es">' in bot.get(path).text


def test_each_answer_has_an_address_of_its_own(bot):
    assert len({bot.asks() for _ in range(20)}) == 20


def test_a_refusal_has_no_page_and_neither_has_an_answer_where_there_are_none(bot):
    assert wording.READ_PAGE not in repr(bot.says("How much does the moon weigh?")[-1])
    other = Bot()
    assert wording.READ_PAGE not in repr(other.says(QUESTION)[-1])
    other.close()


def test_an_edited_question_and_the_next_passage_have_pages(bot):
    message = bot.message(QUESTION)
    first = path_of(bot.update(message=message)[-1])
    second = path_of(bot.edits(message["message_id"], "How many ships does the port handle?")[-1])
    for path in (first, second):  # both lead to what the message shows now
        assert "40 ships a week" in re.search(r'<mark id="c1">(.*?)<sup>', bot.get(path).text)[1]


def test_a_notice_has_a_page(bot):
    bot.says(f"/watch {QUESTION}")
    (standing,) = bot.store.list_questions(7)
    reply = bot.index.ask(QUESTION)
    before = len(bot.request.calls)
    match = Match(standing, 1, reply.citations[0].article_id, reply)
    notice = bot.runner.run(prepare_notice(bot.desk, match))
    bot.runner.run(put(bot.desk, bot.application.bot, *notice))
    assert "a worn cable" in bot.get(path_of(bot.request.calls[before])).text


WRONG = [
    "", "/", "/read", "/read/", "/read/x", "/read/../read/{code}", "/read//{code}", "/read/{code}/", "/read/{code}x",
    "/read/{short}", "/READ/{code}", "/read/{other}", "/read/%2e%2e/{code}", "/read/{code}?x", "/{code}",
    "/read/{code}\x00", "/read/" + "é" * 32, "/read/" + "." * 32, "/read/" + "/" * 32, "/healthz", "/metrics",
    "/robots.txt", "/favicon.ico",
]  # fmt: skip


@pytest.mark.parametrize("way", WRONG)
def test_anything_else_is_not_here(bot, way):
    code = bot.asks().rpartition("/")[2]
    other = code[:-1] + ("a" if code[-1] != "a" else "b")
    path = way.replace("{code}", code).replace("{short}", code[:-1]).replace("{other}", other)
    assert bot.get(path) == bot.get("/read/" + "a" * 32)
    assert bot.get(path)[:2] == (404, "not here")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "get"])
def test_a_page_is_only_read(bot, method):
    assert bot.get(bot.asks(), method)[:2] == (404, "not here")


def test_an_address_expires(bot, monkeypatch):
    path = bot.asks()
    now = bot.desk.now()
    monkeypatch.setattr(type(bot.desk), "now", lambda _: now + LASTS - 60)
    assert bot.get(path).status == 200
    monkeypatch.setattr(type(bot.desk), "now", lambda _: now + LASTS + 60)
    assert bot.get(path).status == 404


def test_an_address_is_good_for_the_chat_that_it_was_made_for(bot):
    path = bot.asks()
    screen = bot.store.find_link(path.rpartition("/")[2], bot.desk.now()).screen
    bot.store.keep_link("b" * 32, PageLink(8, screen), bot.desk.now() + 60)
    bot.store.keep_link("d" * 32, PageLink(7, screen), bot.desk.now() + 60)
    assert bot.get("/read/" + "b" * 32).status == 404
    assert bot.get("/read/" + "d" * 32).status == 200


def test_only_answers_have_pages(bot):
    bot.says("/articles")
    listing = next(iter(bot.store._db.execute("SELECT id FROM screens WHERE kind = 'listing'")))[0]
    bot.store.keep_link("b" * 32, PageLink(7, listing), bot.desk.now() + 60)
    assert bot.get("/read/" + "b" * 32).status == 404


def test_what_the_chat_may_not_see_any_more_is_not_here(bot):
    mine = Article.from_text(HARBOUR.replace("worn cable", "frayed rope"))
    for known in (article(HARBOUR), mine):
        if known.id in [card.id for card in bot.index.articles()]:
            bot.index.remove(known.id)
    bot.index.add(mine, collection_of_chat(7))
    path = bot.asks()
    assert "frayed rope" in bot.get(path).text
    bot.index.add(mine, collection_of_chat(8))
    bot.index.remove(mine.id, collection_of_chat(7))
    assert bot.get(path).status == 404, "another chat still has it"
    bot.index.add(mine, collection_of_chat(7))
    assert bot.get(path).status == 200


@pytest.mark.parametrize(
    ("known", "status"),
    [
        ({"status": Status.WITHDRAWN}, 404),
        ({"embargo": datetime(2999, 1, 1, tzinfo=UTC)}, 404),
        ({"note": "x"}, 200),
    ],
)
def test_what_was_taken_back_since_is_not_here(bot, known, status):
    path = bot.asks()
    bot.index.add(replace(article(HARBOUR), **known))
    assert bot.get(path).status == status


def test_a_superseded_version_says_so(bot):
    path = bot.asks()
    card = next(card for card in bot.index.articles() if "Eastmoor" in card.title)
    newer = Article.from_text(HARBOUR.replace("(LEAD)", "(2nd LD)").replace("40 ships", "41 ships"))
    bot.index.add(replace(newer, story=card.story, lead=2))
    assert "This version has been superseded." in bot.get(path).text


def test_a_damaged_article_is_not_here_and_a_library_that_is_away_says_so(bot, monkeypatch, caplog):
    path = bot.asks()
    for error, status in ((CorruptIndex("disk:x", "is damaged"), 404), (EngineUnavailable("disk:x", "is busy"), 503)):
        with monkeypatch.context() as patch:
            patch.setattr(bot.index.engine, "article", raising(error))
            found = bot.get(path)
        assert found.status == status
        assert "<" not in found.text
        assert "disk:x" not in found.text
    assert "damaged" in caplog.text
    with monkeypatch.context() as patch:
        patch.setattr(bot.store, "find_link", raising(EngineUnavailable("x", "away")))
        assert bot.get(path).status == 503
    assert bot.get(path).status == 200


def raising(error):
    def act(*_, **__):
        raise error

    return act


def test_whoever_may_no_longer_ask_has_no_pages(bot):
    path = bot.asks()
    bot.desk.access = replace(bot.desk.access, allowed=frozenset({8}))
    assert bot.get(path).status == 404


def test_an_answer_goes_out_without_a_page_that_cannot_be_kept(bot, monkeypatch):
    monkeypatch.setattr(bot.store, "keep_link", raising(EngineUnavailable("x", "away")))
    call = bot.says(QUESTION)[-1]
    assert "a worn cable" in call.text
    assert wording.READ_PAGE not in repr(call)


def test_a_page_shows_nothing_of_other_articles(bot):
    bot.index.add(Article.from_text(HARBOUR.replace("Eastmoor", "Westmoor").replace("Lena Brandt", "Ola Brandt")))
    call = bot.says("What did Brandt blame?")[-1]
    found = bot.get(path_of(call)).text
    assert ("Eastmoor" in found) != ("Westmoor" in found)


def test_many_requests_at_once_are_told_to_come_again(bot):
    path = bot.asks()
    handle, gate = bot.door
    request = HttpRequest("GET", path, {}, b"")

    async def flood():
        assert gate(request) is None
        return await asyncio.gather(*(handle(request) for _ in range(50)))

    statuses = [found.status for found in bot.runner.run(flood())]
    assert statuses.count(200) == AT_ONCE
    assert statuses.count(503) == 50 - AT_ONCE
    assert bot.get(path).status == 200


def test_the_webhooks_door_stays_what_it_was(bot):
    path = bot.asks()
    door = make_door(bot.desk, "/read/", make_webhook(None, Secret("hook_secret"), "/hook"))
    assert bot.get(path, door=door).status == 200
    assert bot.get("/hook", "POST", door=door).status == 403
    assert bot.get("/read/x", door=door)[:2] == (404, "not here")
    none = make_door(bot.desk, "", make_webhook(None, Secret("hook_secret"), "/hook"))
    assert bot.get(path, door=none).status == 404


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("", ""),
        ("https://bot.example", "/"),
        ("https://bot.example/read/", "/read/"),
        ("https://bot.example:8443/a/b", "/a/b/"),
        ("http://127.0.0.1:80/x", "/x/"),
    ],
)
def test_where_pages_are(url, path):
    assert read_pages_path(Settings(pages_url=url)) == path


@pytest.mark.parametrize(
    "url",
    ["http://bot.example/read", "bot.example/read", "ftp://127.0.0.1/x", "https://", "https://a.example/?x", "https://[",
     "https://a.example/#x", "https://me@a.example/", "https://bücher.example/"],
)  # fmt: skip
def test_pages_are_served_over_https_alone(url):
    with pytest.raises(SettingsError, match="PULLQUOTE_PAGES_URL takes a public https"):
        read_pages_path(Settings(pages_url=url))
    with pytest.raises(SettingsError, match="PULLQUOTE_PAGES_URL"):
        run(Settings(token=Secret("1:aaaaaaaa"), pages_url=url), lambda: None)


def test_pages_are_served_where_updates_are_polled(tmp_path):
    port = free_port()
    pages = {"pages_url": f"http://127.0.0.1:{port}/read", "webhook_listen": f"127.0.0.1:{port}"}

    async def session():
        api = FakeApi()
        async with running(api, tmp_path, **pages) as bot, httpx.AsyncClient() as browser:
            await bot.answers()
            (url,) = [
                button["url"]
                for row in api.sent[-1]["reply_markup"]["inline_keyboard"]
                for button in row
                if button["text"] == wording.READ_PAGE
            ]
            found = await browser.get(url)
            assert found.status_code == 200
            assert CABLE.partition("blamed ")[2] in found.text
            assert ASKED in found.text
            head = await browser.head(url)
            assert (head.status_code, head.content) == (200, b"")
            assert head.headers["content-length"] == str(len(found.content))
            assert head.headers["x-robots-tag"] == found.headers["x-robots-tag"]
            assert {"set-cookie", "server"}.isdisjoint(found.headers)
            other = await browser.head(url.partition("#")[0] + "x")
            assert (other.status_code, other.content) == (404, b"")
            assert (await browser.post(url)).status_code == 404

    asyncio.run(asyncio.wait_for(session(), 60))
