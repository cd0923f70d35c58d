# ruff: noqa: E501 - cases read best on one line
"""What news agencies send: ninjs of each version, NewsML-G2 and NITF, with the same facts, and whose version speaks."""

import json
from datetime import UTC, datetime

import pytest

from index import open_index
from index.errors import EmptyArticle, UnsupportedFormat
from index.model import Kind, Status
from index.sources import load_all
from index.sources.job import read_here
from tests.support import made
from tests.support.layouts import e, p, story

STORY = story(3)
PARAGRAPHS = list(STORY.paragraphs)


def body_of(article):
    return [" ".join(article.quote(each).split()) for each in article.paragraphs if each.kind is Kind.BODY]


def third(**more):
    """Return an item of ninjs 3, whose names are in camel case."""
    item = {
        "uri": "urn:courier:3",
        "standard": {"name": "ninjs", "version": "3.1"},
        "type": "text",
        "pubStatus": "usable",
        "version": "2",
        "versionCreated": "2024-03-05T08:30:00+01:00",
        "edNote": "Second take",
        "by": f"By {STORY.author}",
        "located": f"{STORY.town}, Holm",
        "infoSources": [{"name": "Courier Wire"}],
        "headlines": [{"role": "short", "value": "Short"}, {"role": "main", "value": e(STORY.headline)}],
        "bodies": [{"role": "main", "contentType": "text/html", "value": p(STORY.paragraphs)}],
    }
    return json.dumps({name: value for name, value in (item | more).items() if value is not None}).encode()


def nitf(paragraphs=PARAGRAPHS, *, managed="usable", data="", root="nitf", head=""):
    body = "".join(f"<p>{e(text)}</p>" for text in paragraphs)
    return (
        f'<?xml version="1.0"?>\n<!DOCTYPE nitf SYSTEM "nitf-3-4.dtd">\n<{root}><head><title>Wire</title>'
        f'<docdata management-status="{managed}"><doc-id regsrc="Courier Wire" id-string="courier-3"/>'
        f'<urgency ed-urg="2"/><date.issue norm="20240305T083000+0100"/><ed-msg info="Second take"/>'
        f'<du-key generation="1" version="2" key="courier-key-3"/>{data}</docdata></head><body><body.head>'
        f"<hedline><hl1>{e(STORY.headline)}</hl1></hedline><byline>By {STORY.author}, <byttl>Staff writer</byttl></byline>"
        f"<dateline><location>{STORY.town}</location></dateline>{head}</body.head><body.content>{body}"
        "<media><media-caption>A diver looks at a pile.</media-caption></media></body.content></body></nitf>"
    ).encode()


def newsml(content, *, guid="urn:newsml:courier:3", version=2, status="stat:usable", more="", by=True):
    line = f"<by>By {STORY.author}</by>" if by else ""
    return (
        f'<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="{guid}" version="{version}"><itemMeta>'
        f'<provider literal="Courier Wire"/><versionCreated>2024-03-05T08:30:00+01:00</versionCreated>{more}'
        f'<pubStatus qcode="{status}"/><edNote>Second take</edNote></itemMeta><contentMeta>'
        f"<located><name>{STORY.town}, Holm</name></located>{line}<headline>{e(STORY.headline)}</headline></contentMeta>"
        f"<contentSet>{content}</contentSet></newsItem>"
    ).encode()


def xhtml(paragraphs=PARAGRAPHS):
    return f'<inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><head><title>Other words</title></head><body>{p(paragraphs)}</body></html></inlineXML>'


def inner_nitf():
    return '<inlineXML contenttype="application/nitf+xml">' + nitf().decode().partition('.dtd">\n')[2] + "</inlineXML>"


FORMS = {
    "ninjs 1.x": made.ninjs(STORY, uri="urn:courier:3", ednote="Second take"),
    "ninjs 3.x": third(),
    "NITF": nitf(),
    "NewsML-G2 with XHTML": newsml(xhtml()),
    "NewsML-G2 with NITF": newsml(inner_nitf(), by=False),
    "NewsML-G2 with text": newsml(f"<inlineData contenttype='text/plain'>{e(chr(10).join(PARAGRAPHS))}</inlineData>"),
}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_states_the_same_facts(form):
    article = read_here(FORMS[form], "x").article
    assert (article.title, article.byline, article.agency) == (STORY.headline, STORY.author, "Courier Wire")
    assert (article.cities, article.lead, article.status) == ((STORY.town,), 1, Status.USABLE)
    assert article.published is not None
    assert article.published.astimezone(UTC) == datetime(2024, 3, 5, 7, 30, tzinfo=UTC)
    assert article.note == "Second take"
    assert article.story in {"urn:courier:3", "urn:newsml:courier:3", "courier-key-3"}
    assert body_of(article) == PARAGRAPHS


KILLED = {
    "ninjs 3.x": third(pubStatus="canceled"),
    "ninjs 3.x withheld": third(pubStatus="withheld"),
    "ninjs 2.x": made.ninjs(STORY, pubstatus="canceled"),
    "NITF": nitf(managed="canceled"),
    "NewsML-G2": newsml(xhtml(), status="stat:canceled"),
    "NewsML-G2 with NITF": newsml(inner_nitf().replace("usable", "withheld")),
    "a note that kills": third(edNote="KILL: the figure of the dead is wrong"),
}


@pytest.mark.parametrize("form", KILLED)
def test_what_was_taken_back_is_not_cited(form):
    article = read_here(KILLED[form], "x").article
    assert article.status is Status.WITHDRAWN
    with open_index("memory:") as index:
        index.add(article)
        assert index.ask(STORY.headline).citations == ()


LATE = "2099-01-01T00:00:00Z"
HELD = {
    "ninjs 3.x": third(embargoedUntil=LATE),
    "ninjs 2.x": made.ninjs(STORY, embargoed=LATE),
    "NITF": nitf(managed="embargoed", data='<date.release norm="20990101T000000Z"/>'),
    "NITF, released later": nitf(data='<date.release norm="20990101T000000Z"/>'),
    "NewsML-G2": newsml(xhtml(), more=f"<embargoed>{LATE}</embargoed>"),
}


@pytest.mark.parametrize("form", HELD)
def test_what_is_under_embargo_keeps_silent(form):
    article = read_here(HELD[form], "x").article
    assert article.embargo == datetime(2099, 1, 1, tzinfo=UTC)
    with open_index("memory:") as index:
        index.add(article)
        assert index.ask(STORY.headline).citations == ()


def test_an_embargo_that_nobody_can_read_is_no_permission():
    for data in (third(embargoedUntil="Friday noon, desks only"), newsml(xhtml(), more="<embargoed>soon</embargoed>")):
        with pytest.raises(UnsupportedFormat, match="which is no date; add it when the embargo is over"):
            read_here(data, "x")
    for data in (nitf(managed="embargoed"), newsml(xhtml(), more="<embargoed/>")):
        assert read_here(data, "x").article.status is Status.WITHDRAWN


def test_the_release_of_a_story_at_its_issue_is_no_embargo():
    assert read_here(nitf(data='<date.release norm="20240305T083000+0100"/>'), "x").article.embargo is None


@pytest.mark.parametrize(
    ("bodies", "chosen"),
    [
        ([("caption", "text/html", "<p>A diver surfaces.</p>"), ("main", "text/html", p(STORY.paragraphs))], PARAGRAPHS),
        ([("main", "text/html", p(STORY.paragraphs)), ("caption", "text/html", "<p>A diver surfaces.</p>")], PARAGRAPHS),
        ([("main", "text/plain", "The quay opened on Monday."), ("richtext", "text/html", p(STORY.paragraphs))], ["The quay opened on Monday."]),
        ([("", "text/plain", "The quay opened on Monday."), ("", "text/html", p(STORY.paragraphs))], PARAGRAPHS),
        ([("ex:online", "text/plain", "The quay opened."), ("ex:print", "text/plain", "The quay opened on Monday.")], ["The quay opened on Monday."]),
        ([("main", "text/plain", p(STORY.paragraphs))], PARAGRAPHS),
    ],
)  # fmt: skip
def test_the_body_that_is_the_story_wins(bodies, chosen):
    rows = [{"role": role, "contentType": kind, "value": value} for role, kind, value in bodies]
    assert body_of(read_here(third(bodies=rows), "x").article) == chosen


def test_a_caption_alone_is_no_story():
    with pytest.raises(EmptyArticle, match="without text"):
        read_here(third(bodies=[{"role": "caption", "value": "A diver surfaces."}]), "x")


def test_the_agencys_own_version_speaks():
    with open_index("memory:") as index:
        for version, day in ((3, "Friday"), (1, "Tuesday"), (2, "Wednesday")):  # whatever order they come in
            data = newsml(xhtml([f"The quay at Marrowby opens on {day}, the harbour office said."]), version=version)
            index.add(read_here(data, f"{version}.xml").article)
        (first, *_) = index.ask("When does the quay open?").citations
        assert "Friday" in first.text
        index.add(
            read_here(
                newsml(xhtml(["The harbour office took the story back."]), version=4, status="stat:canceled"), "4"
            ).article
        )
        assert index.ask("When does the quay open?").citations == ()


def test_a_message_of_several_items_is_read_as_several(tmp_path):
    one, two = (
        newsml(xhtml()),
        newsml(xhtml(["The ferry moves to the old quay on Monday."]), guid="urn:newsml:courier:4"),
    )
    joined = (
        b'<?xml version="1.0"?><newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>'
        + one
        + two
        + b"</itemSet></newsMessage>"
    )
    (tmp_path / "message.xml").write_bytes(joined)
    for place in (tmp_path / "message.xml", tmp_path):
        assert [item.article.story for item in load_all(place)] == ["urn:newsml:courier:3", "urn:newsml:courier:4"]
    with pytest.raises(UnsupportedFormat, match="holds 2 articles; `pullquote add` reads them all"):
        read_here(joined, "message.xml")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b'<packageItem xmlns="http://iptc.org/std/nar/2006-10-01/"/>', "holds no text"),
        (newsml('<remoteContent href="http://courier.example/a.jpg"/>'), "without text"),
        (newsml("", status="stat:canceled"), "withdraws urn:newsml:courier:3"),
        (b"<nitf><body><body.content/></body></nitf>", "without text"),
        (b"<nitf><body>", "damaged XML"),
        (b'<!DOCTYPE nitf [<!ENTITY a "b">]><nitf><body>&a;</body></nitf>', "declares entities"),
        (b"<nitf>" + b"<block>" * 1000, "nests more than"),
    ],
)
def test_items_that_cannot_be_read_say_so(data, told):
    with pytest.raises((EmptyArticle, UnsupportedFormat), match=told):
        read_here(data, "x.xml")


def test_a_correction_names_the_story_that_it_corrects():
    data = nitf(data='<correction id-string="courier-2" info="The sum"/>').replace(b'key="courier-key-3"', b"")
    article = read_here(data, "x").article
    assert (article.status, article.story) == (Status.CORRECTED, "courier-2")
