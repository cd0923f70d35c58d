# ruff: noqa: E501 - cases read best on one line
"""Feeds and addresses: what a feed lists is fetched through the one door, errors come in their places."""

from dataclasses import asdict
from datetime import datetime, timedelta, timezone

import pytest

from index.errors import BlockedAddress, EmptyArticle, SourceError, SourceUnavailable, UnsupportedFormat
from index.sources import entries, feed, fetch, load, load_all, load_article
from index.sources.entries import parse_feed
from index.sources.feed import Memory, load_page_or_feed
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
    monkeypatch.setattr(entries, "MAX_ENTRIES", 3)
    addresses = ["https://c.example/1", "https://c.example/1", "https://c.example/2", "https://c.example/3"]
    listed = [link for link, *_ in parse_feed(made.feed(addresses), "x")["entries"]]
    assert listed == ["https://c.example/1", "https://c.example/2"]


FULL = """<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>The Post</title><link>{base}</link>
<item><title>Mill &amp;amp; quay burn</title><link>{base}mill</link><pubDate>Tue, 03 Mar 2026 09:00:00 +0100</pubDate><description>Short.</description>
<content:encoded><![CDATA[<p>The old mill of Ostrand burned down on Sunday night.</p><p>Nobody was hurt, the fire service said.</p>]]></content:encoded></item>
<item><title>Cut</title><link>/1</link><content:encoded><![CDATA[<p>The first words of a story that goes on elsewhere … <a href="x">Read more</a></p>]]></content:encoded></item>
<item><title>Nowhere</title><link>ftp://x/y</link></item>
<item><title>No page</title><guid isPermaLink="false">n-4</guid><description>The council of Ostrand met on Tuesday and voted for a new mill.</description></item>
</channel></rss>"""


def test_a_text_in_a_feed_is_read_from_the_feed(site):
    site.routes["/full"] = response(FULL.format(base=site.url("/")).encode(), "Content-Type: application/rss+xml")
    memory = Memory()
    full, cut, alone, left_out = load_page_or_feed(site.url("/full"), memory)
    assert [request for request in site.requests if "mill" in str(request)] == []
    assert (full.article.title, full.article.agency) == ("Mill & quay burn", "The Post")
    assert full.article.source == full.article.url == site.url("/mill")
    assert full.article.published == datetime(2026, 3, 3, 9, tzinfo=timezone(timedelta(hours=1)))
    assert [full.article.quote(each) for each in full.article.sentences] == [
        "The old mill of Ostrand burned down on Sunday night.",
        "Nobody was hurt, the fire service said.",
    ]
    assert full.fidelity.found == full.fidelity.total == 2
    assert cut.article.title == story(1).headline  # its address, relative to the feed's, was fetched
    assert (alone.article.source, alone.article.url) == (f"{site.url('/full')}#n-4", "")
    assert "item 3, “Nowhere”, has no address" in str(left_out)
    assert list(load_page_or_feed(site.url("/full"), memory)) == []  # what is left out is told once


def test_a_feed_in_a_file_is_not_the_file_of_its_articles(tmp_path):
    entry = "<entry><title>{0}</title><id>urn:{0}</id><content type='html'>&lt;p&gt;The {0} of Ostrand burned down on Sunday.&lt;/p&gt;</content></entry>"
    whole = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Post</title>{entry.format('mill')}{entry.format('quay')}</feed>"
    (tmp_path / "post.atom").write_text(whole)
    mill, quay = load_all(tmp_path / "post.atom")
    assert [(each.article.title, each.article.file) for each in (mill, quay)] == [("mill", ""), ("quay", "")]
    assert quay.article.source == f"{tmp_path / 'post.atom'}#urn:quay"


def test_a_feed_puts_no_words_on_the_page_of_another_site():
    data = FULL.format(base="https://post.example/").encode()
    for source, is_read in [
        ("https://feeds.post.example/rss", True),
        ("https://www.post.example/rss", True),
        ("https://other.example/rss", False),
        ("feed.xml", True),
    ]:
        assert bool(parse_feed(data, source)["entries"][0][3]) is is_read


def test_a_text_without_a_sentence_gives_way_to_the_page(site):
    item = f"<item><title>Mill</title><link>{site.url('/1')}</link><content:encoded>{{}}</content:encoded></item>"
    whole = f'<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>{item.format("Photos and videos")}</channel></rss>'
    site.routes["/full"] = response(whole.encode(), "Content-Type: application/rss+xml")
    (loaded,) = load_page_or_feed(site.url("/full"))
    assert loaded.article.title == story(1).headline


def test_entries_beyond_the_limit_are_told(monkeypatch):
    monkeypatch.setattr(entries, "MAX_ENTRIES", 2)
    told = parse_feed(made.feed([f"https://c.example/{number}" for number in range(5)]), "x")["left_out"]
    assert [words for words, _ in told] == ["lists 5 items; the first 2 are read, the others are left out"]


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


def test_an_entry_without_a_page_is_read_again_from_its_feed(tmp_path):
    entry = "<entry><title>Mill</title><id>urn:mill</id><content type='html'>&lt;p&gt;{}&lt;/p&gt;</content></entry>"
    path = tmp_path / "post.atom"
    words = "The mill at Ludden Bridge burned down on Monday, and nobody was hurt, the fire service said."
    path.write_text(f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Post</title>{entry.format(words)}</feed>")
    (loaded,) = load_all(path)
    assert loaded.article.source == f"{path}#urn:mill"
    assert load(loaded.article.source).article.text == loaded.article.text
    with pytest.raises(UnsupportedFormat, match="is not in the file any more"):
        load(f"{path}#urn:quay")
