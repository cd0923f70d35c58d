"""PDF: what a page tells, in the order in which people read it, and what of it is never quoted."""

import re

import fpdf
import pytest

from index.errors import EmptyArticle, UnsupportedFormat
from index.model import Kind
from index.reading.article import build_article
from index.sources import pdf
from index.sources.job import read_here
from index.sources.pdf import read_pdf
from tests.support import papers
from tests.support.abuse_documents import pdf_of


def fold(text):
    return " ".join(text.split())


def sentences_of(data):
    article = read_here(data, "x.pdf").article
    return [fold(article.quote(each)) for each in article.sentences]


def blocks_of(data):
    document = read_pdf(data, "x.pdf")
    return [(fold(document.text[each.start : each.end]), each.kind, each.page) for each in document.blocks]


def told(texts):
    """The sentences of paragraphs, as plain text has them."""
    article = build_article("\n\n".join(texts))
    return [fold(article.quote(each)) for each in article.sentences]


@pytest.mark.parametrize("name", papers.LAYOUTS)
def test_each_sentence_of_a_page_is_read_and_none_that_nobody_wrote(name):
    data, texts = papers.LAYOUTS[name]()
    found = sentences_of(data)
    assert [each for each in told(texts) if each not in found] == []
    whole = " ".join(texts)
    beside = [each for each in found if each not in whole]
    assert all(each in papers.BESIDE.get(name, ()) for each in beside)


def test_raised_figures_are_powers_and_marks_of_notes_no_words():
    data, texts = papers.RAISED()
    whole = " ".join(sentences_of(data))
    assert [each for each in texts if each not in whole] == []


def page(*lines, pages=1, size=11):
    made = fpdf.FPDF(unit="pt", format="A4")
    made.set_font("Times", size=size)
    for _ in range(pages):
        made.add_page()
        for number, line in enumerate(lines):
            made.text(50, 60 + 14 * number, line)
    return bytes(made.output())


@pytest.mark.parametrize(
    ("before", "after"), [("con-", "firmed that the old"), ("the Anglo-", "Norwegian bridge"), ("a well-", "known old")]
)
def test_a_word_broken_by_a_line_end_is_kept_as_it_is(before, after):
    (sentence,) = sentences_of(page(f"The ministry said on Monday of {before}", f"{after} bridge will close in May."))
    assert f"{before} {after}" in sentence


def test_a_word_broken_by_a_line_end_is_found_as_one():
    loaded = read_here(
        page("The ministry said on Monday that it had con-", "firmed that the bridge will close."), "x.pdf"
    )
    assert "confirm" in loaded.article.sentences[0].terms


def test_a_footnote_is_set_apart_and_told():
    data, _ = papers.LAYOUTS["footnotes in 2 columns"]()
    document = read_pdf(data, "x.pdf")
    notes = [text for text, kind, _ in blocks_of(data) if kind is Kind.FURNITURE]
    assert [each for each in notes if each[0] in "1234"] == [note for pair in papers.NOTES for note in pair]
    assert "(page 1: 2 footnotes; not quoted)" in document.left_out


@pytest.mark.parametrize(
    "words",
    ["Continued on page 4", "CONTINUED FROM PAGE 1", "See PIER, page A4", "PIER, from A1", "(Continued on next page)"],
)
def test_a_line_that_says_where_the_story_goes_on_is_no_word_of_it(words):
    data = page("The council will vote on the pier in", words, "May, and work begins in autumn.")
    assert sentences_of(data) == ["The council will vote on the pier in May, and work begins in autumn."]


@pytest.mark.parametrize("words", ["worked on 12", "The board sat on 4 May", "See what the mayor wrote on page layout"])
def test_a_line_of_the_story_is_none(words):
    assert words in " ".join(sentences_of(page("The council met and", words, "and nobody spoke of the pier then.")))


def make_torn(*, mixed):
    """A page whose lines have gaps that are not above each other; with `mixed` a sound page follows."""
    left = "The council met on the old pier and", "voted there for the plan.", "which the mayor had wanted in May."
    right = "a ferry that nobody had ordered. Then", "the board of the harbour, which was", "to pay for it, said no."
    made = fpdf.FPDF(unit="pt", format="A4")
    made.add_page()
    made.set_font("Times", size=10)
    for number, (one, two) in enumerate(zip(left, right, strict=True)):
        made.text(50 + 90 * number, 100 + 12 * number, one)
        made.text(50 + 90 * number + made.get_string_width(one) + 30, 100 + 12 * number, two)
    if mixed:
        made.add_page()
        made.text(50, 100, "The harbour was closed on Monday, and nobody knew why.")
    return bytes(made.output())


def test_lines_that_run_on_across_wide_gaps_are_not_quoted():
    with pytest.raises(UnsupportedFormat, match="columns that cannot be told apart"):
        read_pdf(make_torn(mixed=False), "x.pdf")
    assert sentences_of(make_torn(mixed=True)) == ["The harbour was closed on Monday, and nobody knew why."]
    told = read_pdf(make_torn(mixed=True), "x.pdf").left_out
    assert told == ("(page 1: columns that cannot be told apart; not quoted)",)


def test_text_that_stands_upon_other_text_is_not_quoted():
    made = fpdf.FPDF(unit="pt", format="A4")
    made.add_page()
    made.set_font("Times", size=10)
    for number in range(5):
        made.text(50, 100 + 14 * number, "The council met on the old pier, and it voted there in the evening.")
        made.text(53, 104 + 14 * number, "Nobody had asked the mayor of the town, who was in the capital.")
    with pytest.raises(UnsupportedFormat, match="told apart"):
        read_pdf(bytes(made.output()), "x.pdf")


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_page_that_is_turned_is_read(turn):
    matrix = {0: b"1 0 0 1 50 700", 90: b"0 1 -1 0 100 50", 180: b"-1 0 0 -1 550 100", 270: b"0 -1 1 0 100 750"}[turn]
    lines = [b"(The council met on Monday and voted) Tj", b"0 -14 Td (for the bridge, which had been waiting.) Tj"]
    data = pdf_of(b"q " + matrix + b" cm BT /F 11 Tf " + b" ".join(lines) + b" ET Q")
    assert sentences_of(data) == ["The council met on Monday and voted for the bridge, which had been waiting."]


def test_type_that_is_scaled_has_its_size():
    head = b"BT /F 1 Tf 20 0 0 20 50 700 Tm (The bridge) Tj ET "
    body = b"BT /F 1 Tf 10 0 0 10 50 660 Tm (The council met on Monday and voted for the bridge.) Tj ET"
    assert blocks_of(pdf_of(head + body))[0][:2] == ("The bridge", Kind.HEADLINE)


def test_text_outside_of_the_page_is_not_read():
    data = pdf_of(b"BT /F 11 Tf 50 700 Td (The council met on Monday.) Tj 900 0 Td (It did not.) Tj ET")
    assert sentences_of(data) == ["The council met on Monday."]


# What a font says


def in_a_font(replace, text="The harbour board closed the pier on Monday, and the ferries of the town stayed away. "):
    """A page whose font states other letters than it shows: `replace` gives the new letter for each."""
    codes = {letter: 33 + number for number, letter in enumerate(sorted(set(text)))}
    rows = "\n".join(f"<{code:02X}> <{ord(replace(letter)):04X}>" for letter, code in codes.items())
    table = f"1 begincodespacerange\n<00> <FF>\nendcodespacerange\n{len(codes)} beginbfchar\n{rows}\nendbfchar".encode()
    shown = b"".join(b"<%s> Tj T* " % bytes(codes[letter] for letter in text).hex().encode() for _ in range(8))
    content = b"BT /F 10 Tf 12 TL 50 700 Td " + shown + b"ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(table), table),
    ]
    out, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    cross = "".join(f"{place:010} 00000 n \n" for place in places).encode()
    end = b"trailer<</Size 7/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(out)
    return out + b"xref\n0 7\n0000000000 65535 f \n" + cross + end


def test_a_font_that_says_what_it_shows():
    assert "closed the pier" in read_pdf(in_a_font(lambda letter: letter), "x.pdf").text


@pytest.mark.parametrize(
    ("replace", "reason"),
    [
        (lambda letter: chr(0xE000 + ord(letter)), "hide which letters"),
        (lambda letter: "\ufffd" if letter in "eo" else letter, "hide which letters"),
        (lambda letter: chr(ord(letter) + 1), "show other letters"),
        (lambda letter: chr((ord(letter) - 97 + 7) % 26 + 97) if letter.islower() else letter, "show other letters"),
    ],
)
def test_fonts_that_hide_their_letters(replace, reason):
    with pytest.raises(UnsupportedFormat, match=reason):
        read_pdf(in_a_font(replace), "x.pdf")


def test_a_paragraph_with_hidden_letters_is_not_quoted(monkeypatch):
    lines = ["The council met on Monday and voted for it.", "", "", "The b\x95idge will be closed in May, it said."]
    sheet = pdf._read_sheet

    def hide(*arguments):
        found = sheet(*arguments)
        pieces = [piece.__class__(re.sub("bridge", "b\ufffdidge", piece.text), *_rest(piece)) for piece in found.pieces]
        return found._replace(pieces=pieces)

    monkeypatch.setattr(pdf, "_read_sheet", hide)
    more = ["Nobody spoke of the harbour then, nor of the ferry.", "The mayor was in the capital on that day, it said."]
    data = page(lines[0], *more, "", "", "The bridge will close.")
    assert not any("idge" in each for each in sentences_of(data))
    assert read_pdf(data, "x.pdf").left_out == ("(page 1: letters that its fonts hide; not quoted)",)


def _rest(piece):
    return piece.x0, piece.x1, piece.y, piece.size, piece.spaced


# Scans


def test_a_scan_with_a_line_of_text_is_a_scan():
    from PIL import Image

    made = fpdf.FPDF(unit="pt", format="A4")
    made.set_font("Times", size=8)
    for _ in range(2):
        made.add_page()
        made.image(Image.new("L", (100, 140), 200), 0, 0, 595, 842)
        made.text(50, 30, "Scanned by the county office")
    with pytest.raises(EmptyArticle, match="scanned"):
        read_pdf(bytes(made.output()), "x.pdf")


def test_a_file_without_an_end_is_cut():
    data = page("The council met on Monday.")
    with pytest.raises(UnsupportedFormat, match="cut off"):
        read_pdf(data[: data.rindex(b"%%EOF")], "x.pdf")


def test_a_file_that_is_none_is_damaged():
    with pytest.raises(UnsupportedFormat, match="damaged"):
        read_pdf(b"%PDF-1.7\nnothing\n%%EOF", "x.pdf")


# Half a text


SOUND = page(*["The council met on Monday, and it voted for the bridge in the evening."] * 30)


def test_a_stream_that_does_not_unpack_is_damage():
    at = SOUND.index(b"stream\n") + 60
    with pytest.raises(UnsupportedFormat, match="damaged"):
        read_pdf(SOUND[:at] + bytes([SOUND[at] ^ 255]) + SOUND[at + 1 :], "x.pdf")


@pytest.mark.parametrize("lost", [1, 20])
def test_a_file_that_lost_bytes_of_a_stream_is_damaged(lost):
    data = papers.LAYOUTS["one page"]()[0]
    at = data.index(b"stream\n") + 60
    with pytest.raises(UnsupportedFormat, match="damaged"):
        read_pdf(data[:at] + data[at + lost :], "x.pdf")


def test_a_file_whose_table_is_elsewhere_and_that_lost_nothing_is_read():
    place = SOUND.rindex(b"startxref\n") + 10
    moved = SOUND[:place] + b"7" + SOUND[place:]
    assert read_pdf(moved, "x.pdf").text == read_pdf(SOUND, "x.pdf").text
    assert read_pdf(b"\n\n" + SOUND, "x.pdf").text == read_pdf(SOUND, "x.pdf").text


def test_a_protected_file_that_opens_without_a_password_is_read():
    made = fpdf.FPDF()
    made.add_page()
    made.set_font("Times", size=11)
    made.multi_cell(0, 6, "The council met on Monday.")
    made.set_encryption(owner_password="owner")
    assert sentences_of(bytes(made.output())) == ["The council met on Monday."]
