# ruff: noqa: E501 - cases read best on one line
"""Each format, made by a tool of its own: added by its name, asked, and what it says is the story's."""

import json
import re

import pytest

from bot.cli import run
from index.errors import EmptyArticle, SourceTooLarge, UnsupportedFormat
from index.model import Kind
from index.sources import load_all
from index.sources.job import read_here
from tests.support import made
from tests.support.layouts import story

# warcio's writer leaves its temporary files to the garbage collector.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <function SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning"
)

STORY = story(5)
FORMATS = made.ALL | made.MORE


def squeeze(text):
    return re.sub(r"\s+", "", made._latin(text))


@pytest.mark.check
def test_each_format_is_added_and_asked(tmp_path, monkeypatch, capsys):
    whole = squeeze("".join(STORY.paragraphs))
    told = []
    for name, make in FORMATS.items():
        (tmp_path / name).write_bytes(make(STORY))
        monkeypatch.setenv("PULLQUOTE_INDEX", f"disk:{tmp_path / 'library'}-{name}")
        assert run(["add", str(tmp_path / name)]) == 0, (name, capsys.readouterr())
        added = capsys.readouterr().out.splitlines()[0]
        run(["ask", "--json", f"What is told of {' '.join(STORY.paragraphs[0].split()[:10])}?"])
        passages = json.loads(capsys.readouterr().out)["passages"]
        assert passages, name
        assert all(squeeze(each["text"]) in whole for passage in passages for each in passage["citations"]), name
        told.append(f"{name:18}{added.rpartition(': ')[2]}; {passages[0]['citations'][0]['text'][:50]}")
    with capsys.disabled():
        print("\n" + "\n".join(told))


@pytest.mark.parametrize("name", made.MORE)
def test_the_words_of_each_form_are_the_storys(name, tmp_path):
    (tmp_path / name).write_bytes(made.MORE[name](STORY))
    (item,) = load_all(tmp_path / name)
    article = item.article
    body = "".join(article.quote(each) for each in article.paragraphs if each.kind is Kind.BODY)
    assert squeeze(body) == squeeze("".join(STORY.paragraphs))
    assert item.fidelity.found == item.fidelity.total == article.length
    if not name.startswith(("talk", "result")):
        assert article.title == STORY.headline


# Rich Text


def rich(body):
    return b"{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0 Times;}}\\f0 " + body + b"}"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"The ferry stops in June.\\par It is old.", "The ferry stops in June.\n\nIt is old."),
        (b"Anna\\'92s ferry \\u8211? it stops.", "Anna’s ferry – it stops."),
        (b"It stops in {\\strike May }June.", "It stops in June."),
        (b'{\\field{\\*\\fldinst{HYPERLINK "https://x.example/"}}{\\fldrslt{The ferry}}} stops.', "The ferry stops."),
        (b"{\\header The Courier}The ferry stops.{\\footnote It is old.}", "The ferry stops."),
    ],
)
def test_rich_text_is_read_as_it_is_shown(body, text):
    assert read_here(rich(b"It was Monday.\\par " + body), "x.rtf").article.text == f"It was Monday.\n\n{text}"


def test_rich_text_without_text():
    with pytest.raises(EmptyArticle, match="without text"):
        read_here(rich(b""), "x.rtf")


# OpenDocument


def test_odt_leaves_out_what_is_struck_and_names_its_notes():
    from odf import office, style, text

    struck = style.Style(name="gone", family="text")
    struck.addElement(style.TextProperties(textlinethroughstyle="solid"))
    paragraph = text.P(text="The ferry stops in ")
    paragraph.addElement(text.Span(stylename="gone", text="May "))
    paragraph.addText("June")
    note = text.Note(noteclass="footnote")
    note.addElement(text.NoteCitation(text="1"))
    body = text.NoteBody()
    body.addElement(text.P(text="Says the office."))
    note.addElement(body)
    paragraph.addElement(note)
    paragraph.addText(".")
    data = made.odt(STORY, extra=[paragraph])
    data = _restyle(data)
    loaded = read_here(data, "x.odt")
    assert loaded.article.quote(loaded.article.sentences[-1]) == "The ferry stops in June."
    assert loaded.fidelity.left_out == ("(a footnote: Says the office.)",)
    assert office


def _restyle(data):
    """Return the document with the style that strikes through, which the tool would write into another part."""
    import io
    import zipfile

    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "content.xml":
                mark = b'<style:style style:name="gone" style:family="text"><style:text-properties style:text-line-through-style="solid"/></style:style>'
                part = re.sub(
                    rb"<office:automatic-styles ?/>",
                    b"<office:automatic-styles>" + mark + b"</office:automatic-styles>",
                    part,
                )
                assert mark in part
            new.writestr(name, part)
    return stream.getvalue()


def test_a_spreadsheet_is_no_text():
    import io

    from odf import opendocument

    stream = io.BytesIO()
    opendocument.OpenDocumentSpreadsheet().write(stream)
    with pytest.raises(UnsupportedFormat, match="without a text"):
        read_here(stream.getvalue(), "x.ods.odt")


# Web archives


def test_a_web_archive_is_its_pages(tmp_path):
    one, two = story(5), story(6)
    pages = [
        ("https://courier.example/5", made.page(one), "text/html; charset=utf-8"),
        ("https://courier.example/a.png", b"\x89PNG", "image/png"),
        ("https://courier.example/6", made.page(two), "text/html"),
    ]
    (tmp_path / "site.warc.gz").write_bytes(made.warc(pages, gzip=True))
    for place in (tmp_path / "site.warc.gz", tmp_path):
        articles = [item.article for item in load_all(place)]
        assert [(each.title, each.url) for each in articles] == [
            (one.headline, "https://courier.example/5"),
            (two.headline, "https://courier.example/6"),
        ]


def test_web_archives_that_cannot_be_read(monkeypatch):
    from index.sources import warc

    with pytest.raises(EmptyArticle, match="holds no article"):
        read_here(b"WARC/1.0\r\nWARC-Type", "x.warc")
    with pytest.raises(UnsupportedFormat, match="damaged web archive"):
        warc.split_warc(b"\x1f\x8b\x08 no archive", "x.warc.gz")
    monkeypatch.setattr(warc, "MAX_TOTAL", 10)
    with pytest.raises(SourceTooLarge, match="bytes of pages"):
        warc.split_warc(made.warc([("https://courier.example/5", made.page(STORY), "text/html")]), "x.warc")
