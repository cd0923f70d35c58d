# ruff: noqa: E501 - markup reads best on one line
"""Word files and books: the archive's limits, and what Word and reading programs show of them."""

import struct

import pytest

from index.errors import EmptyArticle, SourceTooLarge, UnsupportedFormat
from index.model import Kind
from index.sources import archive
from index.sources.job import read_here
from index.sources.readers import read_zip
from tests.support.abuse_documents import LAUGHS, TYPES, XXE, W, word, zipped

CONTAINER = "<container><rootfile full-path='OPS/book.opf'/></container>"
PAGE = "<html><body><p>The ferry stops in June, the union said.</p></body></html>"


def body(*paragraphs):
    return word(f"<w:document {W}><w:body>{''.join(paragraphs)}</w:body></w:document>")


def run(text, more=""):
    return f"<w:r>{more}<w:t>{text}</w:t></w:r>"


def text_of(*inside):
    return read_zip(body(f"<w:p>{''.join(inside)}</w:p>"), "x.docx").text


@pytest.mark.parametrize(
    ("inside", "shown"),
    [
        ((run("One "), run("two"), run(" three")), "Onetwothree"),  # Word drops the space that is not kept on purpose
        (('<w:r><w:t xml:space="preserve">One </w:t></w:r>', run("two")), "One two"),
        ((run("a"), "<w:r><w:br/></w:r>", run("b"), "<w:r><w:tab/><w:cr/></w:r>", run("c")), "a\nb\t\nc"),
        (
            (run("a"), "<w:r><w:noBreakHyphen/></w:r>", run("b"), "<w:r><w:softHyphen/></w:r>", run("c")),
            "a\u2011b\u00adc",
        ),
        (("<w:pPr><w:tabs><w:tab w:pos='4'/></w:tabs></w:pPr>", run("a")), "a"),
        ((run("a"), "<w:del><w:r><w:delText>b</w:delText></w:r></w:del>", "<w:ins>", run("c"), "</w:ins>"), "ac"),
        ((run("a"), "<w:moveFrom>", run("b"), "</w:moveFrom>"), "a"),
        ((run("a"), "<w:r><w:instrText>PAGE</w:instrText></w:r>", run("3")), "a3"),
        ((run("a"), run("b", "<w:rPr><w:vanish/></w:rPr>"), run("c", "<w:rPr><w:vanish w:val='0'/></w:rPr>")), "ac"),
        ((run("a &amp; b"), "<w:hyperlink>", run("c"), "</w:hyperlink>"), "a & bc"),
        (("<x:Choice xmlns:x='y'>", run("a"), "</x:Choice><x:Fallback xmlns:x='y'>", run("a"), "</x:Fallback>"), "a"),
    ],
)
def test_what_word_shows_of_a_paragraph(inside, shown):
    assert text_of(*inside) == shown


def test_a_text_box_comes_before_the_paragraph_around_it():
    box = f"<w:txbxContent><w:p>{run('Inside.')}</w:p></w:txbxContent>"
    drawing = "<a:p xmlns:a='http://schemas.openxmlformats.org/drawingml/2006/main'/>"
    assert text_of(run("Around."), box, drawing) == "Inside.\n\nAround."


@pytest.mark.parametrize("style", ["Title", "Heading1", "heading 2", "Subtitle"])
def test_headings_are_headlines(style):
    document = read_zip(
        body(f"<w:p><w:pPr><w:pStyle w:val='{style}'/></w:pPr>{run('Ferry')}</w:p>", f"<w:p>{run('It stops.')}</w:p>"),
        "x",
    )
    assert [block.kind for block in document.blocks] == [Kind.HEADLINE, None]


def test_the_main_part_is_named_by_the_package():
    rels = '<R><Relationship Type="x/officeDocument" Target="/word/other.xml"/></R>'
    data = zipped(
        {
            "[Content_Types].xml": TYPES,
            "_rels/.rels": rels,
            "word/other.xml": f"<w:d {W}><w:p>{run('Here.')}</w:p></w:d>",
        }
    )
    assert read_zip(data, "x").text == "Here."


@pytest.mark.parametrize(
    ("data", "error", "told"),
    [
        (zipped({"a.txt": "x"}), UnsupportedFormat, "unpack it first"),
        (zipped({"content.xml": "x"}), UnsupportedFormat, "damaged XML"),
        (zipped({"[Content_Types].xml": TYPES, "_rels/.rels": '<R><Relationship Type="/officeDocument" Target="xl/a.xml"/></R>', "xl/a.xml": "<a/>"}), UnsupportedFormat, "without a document"),
        (word("<a/>"), EmptyArticle, "without text"),
        (word("no XML"), UnsupportedFormat, "damaged"),
        (word(f"{LAUGHS}<a>&a9;</a>"), UnsupportedFormat, "document type"),
        (word(f"{XXE}<a>&x;</a>"), UnsupportedFormat, "document type"),
        (word("<a>" * 500), UnsupportedFormat, "nests more than 200"),
        (b"PK\x03\x04 and no more", UnsupportedFormat, "damaged"),
        (zipped({"META-INF/container.xml": "<c/>"}), UnsupportedFormat, "where its pages are"),
        (zipped({"META-INF/container.xml": CONTAINER, "OPS/book.opf": "<package/>"}), EmptyArticle, "without text"),
        (zipped({"META-INF/container.xml": CONTAINER, "META-INF/encryption.xml": "<e><CipherReference URI='OPS/a.xhtml'/></e>"}), UnsupportedFormat, "protected"),
    ],
)  # fmt: skip
def test_archives_that_are_refused(data, error, told):
    with pytest.raises(error, match=told):
        read_zip(data, "x.zip")


def patched(data, offset, form, value):
    """Change a field of the last entry in the archive's directory."""
    changed = bytearray(data)
    struct.pack_into(form, changed, changed.rfind(b"PK\x01\x02") + offset, value)
    return bytes(changed)


def test_a_part_that_needs_a_password():
    with pytest.raises(UnsupportedFormat, match="password"):
        read_zip(patched(word("<a/>"), 8, "<H", 1), "x.docx")


def test_a_part_whose_size_is_a_lie():
    with pytest.raises(UnsupportedFormat, match="damaged"):
        read_zip(patched(word(f"<w:document {W}>{' ' * 500_000}</w:document>"), 24, "<L", 100), "x.docx")


@pytest.mark.parametrize(
    ("limit", "value", "data"),
    [
        ("MAX_ENTRIES", 3, zipped({str(number): "" for number in range(4)})),
        ("MAX_TOTAL", 1000, zipped({"a": "x" * 600, "b": "x" * 600})),
        ("MAX_PART", 1000, zipped({"a": "x" * 1001})),
        ("MAX_RATIO", 200, zipped({"a": bytes(3_000_000)})),
    ],
)
def test_limits_hold_before_any_part_is_read(limit, value, data, monkeypatch):
    monkeypatch.setattr(archive, limit, value)
    with pytest.raises(SourceTooLarge):
        read_zip(data, "x.docx")


def test_a_part_that_grows_while_it_is_read(monkeypatch):
    opened = archive.Archive(word("<a/>" + " " * 100), "x.docx")
    monkeypatch.setattr(archive, "MAX_PART", 50)
    with pytest.raises(SourceTooLarge):
        opened.read("word/document.xml")


def book(package, **parts):
    return zipped({"META-INF/container.xml": CONTAINER, "OPS/book.opf": package, **parts})


def test_a_book_is_its_spine():
    package = """<package><metadata><dc:title xmlns:dc="x"> Ferry
      tales</dc:title><dc:creator xmlns:dc="x">Ilse Garrick</dc:creator><dc:date xmlns:dc="x">2024-03-05</dc:date></metadata>
      <manifest><item id="a" href="one%20a.xhtml#top" media-type="application/xhtml+xml"/>
      <item id="b" href="../b.html" media-type="text/html"/><item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
      <item id="p" href="p.png" media-type="image/png"/><item id="e" href="empty.xhtml" media-type="application/xhtml+xml"/></manifest>
      <spine><itemref idref="b"/><itemref idref="n"/><itemref idref="e"/><itemref idref="a"/><itemref idref="a"/>
      <itemref idref="x"/><itemref idref="p"/><itemref idref="q" linear="no"/></spine></package>"""
    parts = {
        "OPS/one a.xhtml": PAGE,
        "b.html": "<h1>Ferry tales</h1><p>It began in March.</p>",
        "OPS/empty.xhtml": "<p></p>",
    }
    loaded = read_here(book(package, **parts), "x.epub")
    article = loaded.article
    assert article.text == "Ferry tales\n\nIt began in March.\n\nThe ferry stops in June, the union said."
    assert (article.title, article.byline, article.published.year) == ("Ferry tales", "Ilse Garrick", 2024)
    assert loaded.fidelity.found == loaded.fidelity.total == 2


def test_a_book_that_lacks_a_page_of_its_spine_is_no_whole_book():
    item = "<item id='{0}' href='{0}.xhtml' media-type='application/xhtml+xml'/>"
    package = f"<p><manifest>{item.format('a')}{item.format('b')}</manifest><spine><itemref idref='a'/><itemref idref='b'/></spine></p>"
    assert read_zip(book(package, **{"OPS/a.xhtml": PAGE, "OPS/b.xhtml": PAGE}), "x.epub").text
    with pytest.raises(UnsupportedFormat, match="1 of its 2 pages are missing"):
        read_zip(book(package, **{"OPS/a.xhtml": PAGE}), "x.epub")


def test_a_book_whose_fonts_are_encrypted_is_read():
    package = "<p><manifest><item id='a' href='a.xhtml' media-type='application/xhtml+xml'/></manifest><spine><itemref idref='a'/></spine></p>"
    fonts = "<e><CipherReference URI='OPS/font.otf'/></e>"
    assert read_zip(book(package, **{"OPS/a.xhtml": PAGE, "META-INF/encryption.xml": fonts}), "x.epub").text
