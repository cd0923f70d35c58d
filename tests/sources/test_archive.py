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


UP = "<w:rPr><w:vertAlign w:val='superscript'/></w:rPr>"


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
        ((run("a"), run("b", "<w:rPr><w:strike/></w:rPr>"), run("c", "<w:rPr><w:dstrike w:val='0'/></w:rPr>")), "ac"),
        ((run("a"), run("b", "<w:rPr><w:dstrike/></w:rPr>"), run("c")), "ac"),
        (("<w:pPr><w:rPr><w:strike/></w:rPr></w:pPr>", run("a")), "a"),
        ((run("a", "<w:rPr><w:rPrChange><w:rPr><w:strike/></w:rPr></w:rPrChange></w:rPr>"),), "a"),
        ((run("10"), run("1", UP), run("2", UP), run(" crowns")), "10¹²crowns"),
        ((run("piles"), run("12", UP), run(".")), "piles."),
        ((run("CO"), run("2", "<w:rPr><w:vertAlign w:val='subscript'/></w:rPr>"), run("4", UP)), "CO2⁴"),
        ((run("the 4"), run("th", UP)), "the 4th"),
        ((run("piles."), run("1", UP)), "piles."),
        (("<x:Choice xmlns:x='y'>", run("a"), "</x:Choice><x:Fallback xmlns:x='y'>", run("a"), "</x:Fallback>"), "a"),
    ],
)
def test_what_word_shows_of_a_paragraph(inside, shown):
    assert text_of(*inside) == shown


def test_a_text_box_comes_before_the_paragraph_around_it():
    box = f"<w:txbxContent><w:p>{run('Inside.')}</w:p></w:txbxContent>"
    drawing = "<a:p xmlns:a='http://schemas.openxmlformats.org/drawingml/2006/main'/>"
    assert text_of(run("Around."), box, drawing) == "Inside.\n\nAround."


CUT = "<w:pPr><w:rPr><w:del/></w:rPr></w:pPr>"


@pytest.mark.parametrize(
    ("paragraphs", "text"),
    [
        (((CUT, "One, "), ("", "two.")), "One,two."),
        (((CUT, "One"), (CUT, "two"), ("", "three.")), "Onetwothree."),
        (((CUT, "One."),), "One."),
        ((("<w:pPr><w:rPr><w:ins/></w:rPr></w:pPr>", "One."), ("", "Two.")), "One.\n\nTwo."),
        ((("<w:pPr><w:rPr><w:moveFrom/></w:rPr></w:pPr>", "One"), ("", "two.")), "Onetwo."),
    ],
)
def test_a_paragraph_whose_end_is_deleted_goes_on(paragraphs, text):
    assert read_zip(body(*(f"<w:p>{mark}{run(words)}</w:p>" for mark, words in paragraphs)), "x").text == text


def noted(kind, *numbers):
    refers = "".join(f"<w:r><w:{kind}Reference w:id='{number}'/></w:r>" for number in numbers)
    notes = (
        f"<w:{kind} w:id='-1' w:type='separator'><w:p>{run('____')}</w:p></w:{kind}>"
        f"<w:{kind} w:id='2'><w:p>{run('It was seven in spring.')}</w:p><w:p>{run('So it is said.')}</w:p></w:{kind}>"
        f"<w:{kind} w:id='3'><w:p>{run('Nobody counted.')}</w:p></w:{kind}>"
        f"<w:{kind} w:id='4'><w:p>{run('Of a deleted paragraph.')}</w:p></w:{kind}>"
    )
    text = f"<w:document {W}><w:body><w:p>{run('It costs 14')}{refers}{run(' million, the mayor said.')}</w:p></w:body></w:document>"
    return word(text, **{f"word/{kind}s.xml": f"<w:{kind}s {W}>{notes}</w:{kind}s>"})


@pytest.mark.parametrize(
    ("kind", "numbers", "told"),
    [
        ("footnote", (2, 3), "(2 footnotes; not quoted)"),
        ("footnote", (2,), "(a footnote; not quoted)"),
        ("endnote", (2,), "(an endnote; not quoted)"),
    ],
)
def test_notes_are_read_and_told_and_not_quoted(kind, numbers, told):
    loaded = read_here(noted(kind, *numbers), "x.docx")
    article = loaded.article
    assert [article.quote(each) for each in article.sentences] == ["It costs 14million, the mayor said."]
    assert "It was seven in spring.\nSo it is said." in article.text
    assert ("Nobody counted." in article.text) is (3 in numbers)
    assert "deleted" not in article.text
    assert loaded.fidelity.left_out == (told,)


def test_notes_that_are_not_there_do_no_harm():
    assert (
        read_zip(body(f"<w:p>{run('It costs 14.')}<w:r><w:footnoteReference w:id='2'/></w:r></w:p>"), "x").left_out
        == ()
    )


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
    assert loaded.fidelity.found == 2
    assert loaded.fidelity.left_out == ("(x: a page that the book names and does not have)",)


def test_parts_outside_of_the_order_of_reading_are_told():
    items = "<item id='{0}' href='{0}.xhtml' media-type='application/xhtml+xml'/>"
    package = f"<p><manifest>{items.format('a')}{items.format('notes')}</manifest><spine><itemref idref='a'/><itemref idref='notes' linear='no'/></spine></p>"
    text = PAGE.replace(" the union", "<a epub:type='noteref' href='notes.xhtml#n1'>1</a> the union")
    document = read_zip(book(package, **{"OPS/a.xhtml": text, "OPS/notes.xhtml": PAGE}), "x.epub")
    assert document.text == "The ferry stops in June, the union said."
    assert document.left_out == ("(OPS/notes.xhtml: outside of the order of reading; not quoted)",)


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
