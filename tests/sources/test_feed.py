# ruff: noqa: E501 - cases read best on one line
"""Feeds and addresses: what a feed lists is fetched through the one door, errors come in their places."""

from dataclasses import asdict

import pytest

from index.errors import BlockedAddress, EmptyArticle, SourceError, SourceUnavailable, UnsupportedFormat
from index.sources import feed, fetch, load, load_all, load_article
from index.sources.feed import Memory, load_page_or_feed, parse_feed
from index.sources.job import Loaded
from index.sources.readers import detect_format
from tests.support import made
from tests.support.layouts import story
from tests.support.loopback import response, serving


@pytest.fixture(autouse=True)
def open_door(monkeypatch):
    monkeypatch.setattr(fetch, "DOOR", fetch.Door(loopback=True, seconds=5))
    monkeypatch.setattr(feed, "PAUSE", 0)


@pytest.fixture
def site():
    """Three stories, a feed of them and of two pages that fail; the feed knows its version."""
    routes = {f"/{number}": response(made.page(story(number)), "Content-Type: text/html") for number in (1, 2, 3)}
    with serving(routes) as server:
        routes["/login"] = response(b"", status="401 Unauthorized")
        listed = [server.url(path) for path in ("/1", "/2", "/login")] + ["http://10.0.0.1/x", server.url("/3")]
        routes["/feed"] = response(made.feed(listed), "Content-Type: application/rss+xml", 'ETag: "v1"')
        routes["/atom"] = response(made.feed(listed[:1], atom=True), "Content-Type: application/atom+xml")
        yield server


def kinds(items):
    return [type(item) for item in items]


def test_an_address_is_an_article_with_its_address(site):
    loaded = load(site.url("/1"))
    assert loaded.article.title == story(1).headline
    assert loaded.article.source == loaded.article.url == site.url("/1")
    assert loaded.fidelity.found == loaded.fidelity.total
    assert load_article(site.url("/1")) == loaded.article


def test_a_redirected_address_keeps_both(site):
    site.routes["/old"] = response(b"", "Location: /1", status="301 Moved Permanently")
    article = load_article(site.url("/old"))
    assert (article.source, article.url) == (site.url("/old"), site.url("/1"))


def test_a_feed_gives_its_articles_and_errors_in_order(site):
    items = list(load_all(site.url("/feed")))
    assert kinds(items) == [Loaded, Loaded, SourceUnavailable, BlockedAddress, Loaded]
    assert [item.article.title for item in items if isinstance(item, Loaded)] == [story(n).headline for n in (1, 2, 3)]
    assert kinds(load_all(site.url("/atom"))) == [Loaded]


def test_a_feed_in_a_file(site, tmp_path):
    (tmp_path / "feed.xml").write_bytes(made.feed([site.url("/1"), site.url("/2"), site.url("/gone")]))
    assert kinds(load_all(tmp_path / "feed.xml")) == [Loaded, Loaded, SourceUnavailable]


def test_a_feed_is_no_single_article(site):
    with pytest.raises(UnsupportedFormat, match="pullquote add"):
        load(site.url("/feed"))


def test_what_cannot_be_had_comes_as_an_error(site, tmp_path):
    assert kinds(load_all(site.url("/gone"))) == [SourceUnavailable]
    assert kinds(load_all(tmp_path / "gone.txt")) == [SourceUnavailable]
    assert kinds(load_all(site.url("/1"))) == [Loaded]


def test_watching_gives_what_is_new_and_repeats_what_failed(site):
    memory = Memory()
    first = list(load_page_or_feed(site.url("/feed"), memory))
    assert len(first) == 5
    assert [name.split()[0] for name in memory.seen] == [site.url(f"/{number}") for number in (1, 2, 3)]
    assert memory.etag == ""  # two entries failed: the feed is wanted again
    site.routes["/login"] = response(made.page(story(4)))
    second = list(load_page_or_feed(site.url("/feed"), memory))
    assert kinds(second) == [Loaded, BlockedAddress]


def test_watching_asks_only_for_what_changed(site):
    listed = [site.url("/1"), site.url("/2")]
    feed_ = response(made.feed(listed), 'ETag: "v1"', "Last-Modified: Tue, 05 Mar 2024 08:30:00 GMT")
    unchanged = b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n"

    def conditional(connection, request):
        connection.sendall(unchanged if b'If-None-Match: "v1"' in request else feed_)

    site.routes["/feed"] = conditional
    memory = Memory()
    assert len(list(load_page_or_feed(site.url("/feed"), memory))) == 2
    assert (memory.etag, memory.last_modified) == ('"v1"', "Tue, 05 Mar 2024 08:30:00 GMT")
    asked = len(site.requests)
    assert list(load_page_or_feed(site.url("/feed"), memory)) == []
    assert len(site.requests) == asked + 1


def test_an_article_that_was_not_taken_comes_again(site):
    memory = Memory()
    walk = load_page_or_feed(site.url("/feed"), memory)
    next(walk)
    walk.close()
    assert memory.seen == []


def test_an_entry_that_is_dated_anew_is_a_new_lead(site):
    def dated(day):
        item = f"<item><link>{site.url('/1')}</link><pubDate>Tue, {day} Mar 2024 08:30:00 GMT</pubDate></item>"
        return response(f'<rss version="2.0"><channel>{item}</channel></rss>'.encode())

    memory = Memory()
    site.routes["/feed"] = dated("05")
    assert kinds(load_page_or_feed(site.url("/feed"), memory)) == [Loaded]
    assert kinds(load_page_or_feed(site.url("/feed"), memory)) == []
    site.routes["/feed"] = dated("06")
    site.routes["/1"] = response(made.page(story(7)))
    (item,) = load_page_or_feed(site.url("/feed"), memory)
    assert item.article.title == story(7).headline


def test_looking_again_gives_what_is_new_in_all(site):
    memories = {}
    addresses = [site.url("/atom"), site.url("/gone"), site.url("/2")]
    assert kinds(feed.look(addresses, memories)) == [Loaded, SourceUnavailable, Loaded]
    assert kinds(feed.look(addresses, memories)) == [SourceUnavailable]
    stored = {address: asdict(memory) for address, memory in memories.items()}
    again = {address: Memory(**memory) for address, memory in stored.items()}
    assert again == memories
    site.routes["/2"] = response(made.page(story(9)), 'ETag: "v2"')
    assert kinds(feed.look(addresses, again)) == [SourceUnavailable, Loaded]


def test_between_entries_there_is_a_pause(site, monkeypatch, tmp_path):
    pauses = []
    monkeypatch.setattr(feed.time, "sleep", pauses.append)
    monkeypatch.setattr(feed, "PAUSE", 1.0)
    list(load_all(site.url("/feed")))
    assert pauses == [1.0] * 4
    (tmp_path / "feed.rss").write_bytes(made.feed([site.url("/1"), site.url("/2")]))
    list(load_all(tmp_path / "feed.rss"))
    assert pauses == [1.0] * 5


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rss version="2.0"><channel><title>&b;</title></channel></rss>'


@pytest.mark.parametrize(
    ("data", "error", "told"),
    [
        (LAUGHS, UnsupportedFormat, "document type"),
        (LAUGHS.decode().encode("utf-16"), UnsupportedFormat, "document type"),
        (b"<rss", UnsupportedFormat, "no RSS"),
        (b"", UnsupportedFormat, "no RSS"),
        (b"http://127.0.0.1/feed", UnsupportedFormat, "no RSS"),
        (b"/etc/passwd", UnsupportedFormat, "no RSS"),
        (b'<rss version="2.0"><channel><title>x</title></channel></rss>', EmptyArticle, "no page"),
        (
            b'<rss version="2.0"><channel><item><link>file:///etc/passwd</link></item></channel></rss>',
            EmptyArticle,
            "no page",
        ),
    ],
)
def test_feeds_that_are_refused(data, error, told):
    with pytest.raises(error, match=told):
        parse_feed(data, "feed.xml")


def test_the_entries_before_a_cut_do_not_pass_for_the_feed():
    whole = made.feed([f"https://c.example/{number}" for number in range(3)])
    assert len(parse_feed(whole, "x")["entries"]) == 3
    assert len(parse_feed(whole + b"<!-- made in 3 ms -->\n", "x")["entries"]) == 3
    assert (
        len(
            parse_feed(
                whole.decode().replace("utf-8", "utf-16", 1).replace("UTF-8", "utf-16", 1).encode("utf-16"), "x"
            )["entries"]
        )
        == 3
    )
    second = whole.index(b"https://c.example/1")
    for end in (second, whole.rindex(b"</"), whole.rindex(b">")):
        with pytest.raises(UnsupportedFormat, match="cut off"):
            parse_feed(whole[:end], "x")


def test_a_feed_lists_each_page_once_and_not_too_many(monkeypatch):
    monkeypatch.setattr(feed, "MAX_ENTRIES", 3)
    addresses = ["https://c.example/1", "https://c.example/1", "https://c.example/2", "https://c.example/3"]
    listed = [link for link, _ in parse_feed(made.feed(addresses), "x")["entries"]]
    assert listed == ["https://c.example/1", "https://c.example/2"]


@pytest.mark.parametrize(
    "start",
    [
        b"<rss version='2.0'>",
        b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- made -->\n<feed xmlns='x'>",
        b"<?xml version='1.0'?><rdf:RDF >",
    ],
)
def test_feeds_are_recognised_by_content(start):
    assert detect_format(start, "x.txt").name == "feed"
    assert feed.is_feed(start, "x.txt")


def test_what_is_of_no_known_kind_is_no_feed():
    assert not feed.is_feed(b"\x89PNG", "x")
    assert issubclass(BlockedAddress, SourceError)
