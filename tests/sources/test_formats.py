# ruff: noqa: E501 - cases read best on one line
"""One story in every format: each comes out with its words, its paragraphs and what the file states."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from index.errors import EmptyArticle, SourceTooLarge, SourceUnavailable, UnsupportedFormat, UnsupportedLanguage
from index.model import Kind, Status
from index.sources import load, load_all, load_article, load_articles, read_bytes
from index.sources.eml import read_eml
from index.sources.job import Fidelity, Loaded, read_here
from index.sources.loading import load_bytes, load_in_parallel, transcode
from index.sources.pdf import read_pdf
from index.sources.readers import detect_format
from index.sources.records import read_json
from tests.support import made
from tests.support.layouts import story
from tests.support.paths import ROOT
from tests.support.source import imports, read_modules

STORY = story(1)
FILES = made.files(1)
ZONE = timezone(timedelta(hours=1))


def body_of(loaded):
    article = loaded.article
    return [" ".join(article.quote(each).split()) for each in article.paragraphs if each.kind is Kind.BODY]


@pytest.mark.parametrize("name", FILES)
def test_the_words_come_out_as_they_went_in(name):
    loaded = read_here(FILES[name], name)
    if name.endswith("pdf"):  # where a paragraph fills its last line, nothing tells that the next one begins
        assert " ".join(body_of(loaded)) == made._latin(" ".join(STORY.paragraphs))
        assert len(STORY.paragraphs) - 1 <= len(body_of(loaded)) <= len(STORY.paragraphs)
    else:
        assert body_of(loaded) == list(STORY.paragraphs)
    assert loaded.article.title == (made._latin(STORY.headline) if name.endswith("pdf") else STORY.headline)
    assert loaded.fidelity.found == loaded.fidelity.total == loaded.article.length
    for sentence in loaded.article.sentences:
        assert loaded.article.text[sentence.start : sentence.end] == loaded.article.quote(sentence)


@pytest.mark.parametrize("name", FILES)
def test_the_content_decides_not_the_name(name):
    other = "story.bin" if name.endswith(("txt", "eml")) else "story.txt"
    assert detect_format(FILES[name], other) == detect_format(FILES[name], name)


@pytest.mark.parametrize("name", [name for name in FILES if name != "story.txt"])
def test_half_a_file_is_an_error_or_less_text_but_never_a_crash(name):
    data = FILES[name]
    for end in (len(data) // 2, len(data) - 10, 100):
        if name.endswith(("html", "eml")) and end > 100:
            assert read_here(data[:end], name).article.length > 0
        else:
            with pytest.raises((UnsupportedFormat, EmptyArticle)):
                read_here(data[:end], name)


@pytest.mark.parametrize("name", [name for name in FILES if not name.endswith(("txt", "eml"))])
def test_an_empty_file_is_said_so(name):
    with pytest.raises((EmptyArticle, UnsupportedFormat)) as caught:
        read_here(b"", name)
    assert caught.value.source == name


def test_everything_but_plain_text_goes_through_the_worker(tmp_path, monkeypatch):
    from index.sources.worker import pool

    jobs = []
    monkeypatch.setattr(pool, "run", lambda job, data, source: jobs.append(source) or _run(job, data, source))

    def _run(job, data, source):
        from index.sources.job import read_as_dict as read

        return read(data, source)

    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
        assert load_article(tmp_path / name).length > 10
    assert sorted(source.rsplit("/", 1)[1] for source in jobs) == sorted(name for name in FILES if name != "story.txt")


def test_what_a_stranger_sends_goes_through_the_worker_whatever_it_is(monkeypatch):
    monkeypatch.setattr("index.sources.loading.read_here", lambda *_: pytest.fail("read in this process"))
    assert read_bytes(FILES["story.txt"], "story.txt", apart=True).length > 10


HOSTILE = [
    b"<!-- a -->" * 25 + b"<div>Said Kim.</div>",
    b"<!-- a -->" * 60 + b"<div>Said Kim.</div>",
    b"<!-- a -->" * 400 + b"<div>",
    b"<!--->" * 600,
    b"<!--" * 1000,
    b"<?x>" * 1000 + b"<",
    b" " * 4000 + b"<",
    b"\xef\xbb\xbf" + b"\n<!---->" * 500,
    b"a-b: c\n" + b" d\n" * 1000,
    b"{" + b" " * 4000,
]


def test_no_first_bytes_take_long():
    # twenty-five comments took a pattern 16 seconds, and sixty would have outlasted us
    code = f"from index.sources.readers import detect_format; [detect_format(each, 'a') for each in {HOSTILE!r}]"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, cwd=ROOT)


@pytest.mark.parametrize("module", ["readers", "loading"])
def test_no_pattern_meets_a_strangers_bytes_outside_the_worker(module):
    found = [each for each in read_modules("index") if each.name == f"index.sources.{module}"]
    assert "re" not in {name for name, _ in imports(found[0])}


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"<!-- a -->\n<!-- b -->\n<html>", "web page"),
        (b"<!-- " + b"a" * 2000 + b" -->\n<!DOCTYPE\n html>", "web page"),
        (b"<?xml version='1.0'?>\n<!DOCTYPE html PUBLIC 'x'>", "web page"),
        (b"<Head >", "web page"),
        (b"<header>", "plain text"),
        (b"<!-- a -->" * 60 + b"<div>", "plain text"),
        (b"<!-- a", "plain text"),
        (b"<?xml version='1.0'?><!-- a --><rss version='2.0'>", "feed"),
        (b"<rdf:RDF\n", "feed"),
        (b"<RSS>", "plain text"),
        (b"\xef\xbb\xbf  %PDF-1.4", "PDF"),
        (b"Subject: a\n b\nMIME-Version: 1.0\n", "e-mail"),
        (b"Subject: a\nTo: b\n\nReceived wisdom: none", "plain text"),
        (b'{ "a": 1}', "JSON"),
        (b"{a}", "plain text"),
    ],
)
def test_the_first_bytes_tell_the_format(head, name):
    assert detect_format(head, "a").name == name


def test_a_worker_is_believed_no_more_than_the_file(monkeypatch):
    from index.sources.job import read_as_dict
    from index.sources.loading import load_bytes
    from index.sources.worker import pool

    sound = read_as_dict(FILES["page.html"], "page.html")
    assert _told(sound, monkeypatch, pool) == load_bytes(FILES["page.html"], "page.html")
    forged = [
        {},
        sound | {"found": "many"},
        sound | {"left_out": None},
        sound | {"article": sound["article"] | {"text": sound["article"]["text"].replace("a", "b")}},
        sound | {"article": sound["article"] | {"source": "other.html"}},
        sound | {"article": sound["article"] | {"paragraphs": [{"number": 1}]}},
        sound | {"sentences": [[1, 1]]},
        sound | {"sentences": [[1, 1, 0, 10**9, ""]]},
        sound | {"sentences": [[1, 1, "a", 1, ""]]},
        sound | {"sentences": [[1, 1, 0, 1, None]]},
    ]
    for reply in forged:
        with pytest.raises(UnsupportedFormat, match="made its reader fail"):
            _told(reply, monkeypatch, pool)


def _told(reply, monkeypatch, pool):
    from index.sources.loading import load_bytes

    with monkeypatch.context() as patched:
        patched.setattr(pool, "run", lambda job, data, source: reply)
        return load_bytes(FILES["page.html"], "page.html")


def test_a_folder_is_read_in_order_and_errors_come_in_their_places(tmp_path):
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
        loaded, here = load(tmp_path / name), read_here(data, str(tmp_path / name))
        assert loaded.article == replace(here.article, file=str(tmp_path / name))  # the terms of the sentences too
        assert loaded.fidelity == here.fidelity
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 nothing")
    items = list(load_all(tmp_path))
    names = [
        (item.source if isinstance(item, UnsupportedFormat) else item.article.source).rsplit("/", 1)[1]
        for item in items
    ]
    assert names == sorted([*FILES, "broken.pdf"])
    assert [type(item) for item in items].count(Loaded) == len(FILES)
    assert all(item.fidelity.found == item.fidelity.total for item in items if isinstance(item, Loaded))
    assert [getattr(item, "title", None) for item in load_articles(tmp_path / "page.html")] == [STORY.headline]


def test_a_walk_that_is_not_finished_leaves_nothing_behind(tmp_path):
    for number in range(30):
        (tmp_path / f"{number:02}.txt").write_bytes(FILES["story.txt"])
    walk = load_all(tmp_path)
    assert isinstance(next(walk), Loaded)
    walk.close()


def test_errors_among_the_sources_are_passed_on():
    error = SourceUnavailable("x", "is closed")
    assert list(load_in_parallel(load, [error])) == [error]


def test_the_fidelity_line():
    assert str(Fidelity(31, 31)) == "31 of 31 sentences found in the source"


# PDF


def test_pages_are_kept_and_sentences_run_over_line_and_page_ends():
    s = story(2)
    loaded = read_here(made.pdf(s, pages=6), "long.pdf")
    paragraphs = [each for each in loaded.article.paragraphs if each.kind is Kind.BODY]
    pages = [each.page for each in paragraphs]
    assert pages == sorted(pages)
    assert pages[0] == 1
    assert pages[-1] >= 3
    joined = body_of(loaded)
    whole = {made._latin(text) for text in s.paragraphs}
    assert sum(text in whole for text in joined) >= len(joined) * 0.9
    assert "The Marrowby Courier" not in loaded.article.text
    assert "Page 2" not in loaded.article.text
    assert any("\n" in loaded.article.quote(sentence) for sentence in loaded.article.sentences)


def test_a_pdf_with_a_password():
    with pytest.raises(UnsupportedFormat, match=r"password|encrypted"):
        read_pdf(made.pdf(STORY, password="secret"), "x.pdf")


def test_a_scanned_pdf():
    import fpdf

    scan = fpdf.FPDF()
    for _ in range(3):
        scan.add_page()
        scan.rect(10, 10, 100, 100)
    with pytest.raises(EmptyArticle, match="scanned"):
        read_pdf(bytes(scan.output()), "x.pdf")


def test_a_page_without_text_among_others_is_told():
    import fpdf

    mixed = fpdf.FPDF()
    mixed.set_font("Times", size=11)
    for number in range(3):
        mixed.add_page()
        if number != 1:
            mixed.multi_cell(0, 6, "The council met on Monday. It voted for the bridge, which had been waiting.")
    loaded = read_here(bytes(mixed.output()), "x.pdf")
    assert loaded.fidelity.left_out == ("(page 2: a picture without text)",)


def test_too_many_pages(monkeypatch):
    from index.sources import pdf

    monkeypatch.setattr(pdf, "MAX_PAGES", 1)
    with pytest.raises(SourceTooLarge):
        read_pdf(made.pdf(story(2), pages=6), "x.pdf")


def test_more_text_than_an_article_may_have_is_not_cut(monkeypatch):
    from index.reading import article
    from index.sources import docx, epub, pdf

    for module in (docx, epub, pdf, article):
        monkeypatch.setattr(module, "MAX_CHARACTERS", 500)
    for name in ("story.pdf", "story.docx", "story.epub"):
        with pytest.raises(SourceTooLarge, match="the limit is 500"):
            read_here(FILES[name], name)


def test_a_pdf_that_states_more_bytes_than_there_are():
    whole = FILES["story.pdf"]
    first, rest = whole.split(b"\n", 1)
    for stated, cut in ((9 * len(whole), True), (1, False)):
        marked = first + b"\n%% 1 0 obj <</Linearized 1 /L %d /N 1>> endobj\n" % stated + rest
        if cut:
            with pytest.raises(UnsupportedFormat, match="cut off"):
                read_pdf(marked, "x.pdf")
        else:
            assert STORY.headline.split()[0] in read_pdf(marked, "x.pdf").text


# E-mail


def test_mail_states_its_subject_sender_and_date():
    article = read_here(FILES["story.eml"], "x.eml").article
    assert (article.title, article.byline) == (STORY.headline, STORY.author)
    assert article.published == datetime(2024, 3, 5, 8, 30, tzinfo=ZONE)


def test_mail_that_is_only_html():
    assert body_of(read_here(made.eml(STORY, plain=False), "x.eml")) == list(STORY.paragraphs)


def test_mail_cut_off_in_the_text_that_would_be_quoted_is_refused():
    for raw, last in ((FILES["story.eml"], STORY.paragraphs[-1]), (made.eml(STORY, plain=False), "</html>")):
        text = raw[: raw.index(last.split()[0].encode())]
        with pytest.raises(UnsupportedFormat, match="cut off"):
            read_eml(text, "x.eml")
    page = FILES["story.eml"].index(b"text/html")
    assert STORY.paragraphs[0] in read_eml(FILES["story.eml"][: page + 99], "x.eml").text  # what is quoted is whole


@pytest.mark.parametrize("ends", [b"Tm8sIHNoZSBzYWlkLg=", b"Tm8sIHNoZSBzYWlkL", b"Tm8sIHNoZSBzYWlkLg"])
def test_mail_cut_off_inside_its_coding_is_refused(ends):
    head = b"MIME-Version: 1.0\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n"
    with pytest.raises(UnsupportedFormat, match="cut off"):
        read_eml(head + ends, "x.eml")


def test_one_piece_of_a_mail_is_not_the_mail():
    head = b'MIME-Version: 1.0\nContent-Type: message/partial; id="7@x.example"; number=1; total=3\n\n'
    with pytest.raises(UnsupportedFormat, match="one piece of a longer message"):
        read_eml(head + b"Subject: Ferry\n\nThe ferry stops in June.", "x.eml")


@pytest.mark.parametrize("name", ["x.pdf", "x.docx", "x.json"])
def test_bytes_that_are_not_what_the_name_says_are_told_so(name):
    with pytest.raises(UnsupportedFormat, match="though its name says so"):
        detect_format(b"\x07\0\x01" * 99, name)
    assert detect_format(b"The harbour closed.", name).name == "plain text"


def test_mail_whose_html_is_no_article():
    raw = b"MIME-Version: 1.0\nSubject: Note\nContent-Type: text/html\n\n<p>The ferry stops in June.</p>"
    assert read_eml(raw, "x.eml").text == "The ferry stops in June."


@pytest.mark.parametrize(
    ("head", "body", "text"),
    [
        ('Content-Type: text/plain; charset="iso-8859-1"', "“No”, she said.".encode("cp1252"), "“No”, she said."),
        ("Content-Type: text/plain; charset=utf-8", "“No”, she said.".encode(), "“No”, she said."),
        ("Content-Type: text/plain; charset=klingon", b"No, she said.", "No, she said."),
        ("Content-Type: text/plain; charset=ascii", "“No”, she said.".encode(), "“No”, she said."),
        ("Content-Type: text/plain\nContent-Transfer-Encoding: base64", b"Tm8sIHNoZSBzYWlkLg==", "No, she said."),
        ("X-Nothing: declared", b"No, she said.\r\nYes.", "No, she said.\nYes."),
    ],
)
def test_mail_is_decoded_as_it_says(head, body, text):
    assert read_eml(b"MIME-Version: 1.0\n" + head.encode() + b"\n\n" + body, "x.eml").text == text


@pytest.mark.parametrize(
    ("raw", "error", "told"),
    [
        (b"MIME-Version: 1.0\nSubject: x\n\n", EmptyArticle, "without text"),
        (b"MIME-Version: 1.0\nContent-Type: image/png\n\nabc", EmptyArticle, "without text"),
        (b"MIME-Version: 1.0\nContent-Type: application/pkcs7-mime\n\nabc", UnsupportedFormat, "encrypted"),
        (b"MIME-Version: 1.0\nContent-Type: text/plain\n\n\x00\x01\xff", UnsupportedFormat, "zero"),
    ],
)
def test_mail_that_cannot_be_read(raw, error, told):
    with pytest.raises(error, match=told):
        read_eml(raw, "x.eml")


def test_mail_with_too_many_parts():
    part = b"--x\nContent-Type: image/png\n\na\n"
    with pytest.raises(UnsupportedFormat, match="500 parts"):
        read_eml(b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n" + part * 600 + b"--x--", "x.eml")


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Tue, 99 Mar 2024 08:30:00 +0100", "Tue, 05 Mar 2024 08:30:00 +9999999999"]
)
def test_mail_with_an_odd_date(date):
    raw = f"MIME-Version: 1.0\nDate: {date}\n\nThe ferry stops in June.".encode()
    assert read_eml(raw, "x.eml").known.published is None


def test_mail_with_a_leap_second():
    raw = b"MIME-Version: 1.0\nDate: Sat, 31 Dec 2016 23:59:60 +0000\n\nThe ferry stops in June."
    published = read_eml(raw, "x.eml").known.published
    assert published is not None
    assert published.isoformat() == "2016-12-31T23:59:59+00:00"


def test_a_damaged_head_is_an_error_of_ours(monkeypatch):
    from email.message import EmailMessage

    def slip(self):
        raise IndexError("a defect of the header parser")

    monkeypatch.setattr(EmailMessage, "walk", slip)
    with pytest.raises(UnsupportedFormat, match="damaged e-mail"):
        read_eml(b"MIME-Version: 1.0\n\nText.", "x.eml")


# ninjs


def test_ninjs_states_what_the_agency_says():
    article = read_here(
        made.ninjs(STORY, embargoed="2024-03-06T00:00:00Z", ednote="Correcting the sum in the first paragraph"), "x"
    ).article
    assert (article.title, article.byline, article.agency) == (STORY.headline, STORY.author, "Courier Wire")
    assert article.published == datetime(2024, 3, 5, 8, 30, tzinfo=ZONE)
    assert article.embargo == datetime(2024, 3, 6, tzinfo=UTC)
    assert (article.cities, article.story, article.lead) == ((STORY.town,), f"urn:courier:{STORY.number}", 1)
    assert article.status is Status.CORRECTED
    assert article.note == "Correcting the sum in the first paragraph"


@pytest.mark.parametrize("word", ["canceled", "withheld", "Cancelled"])
def test_ninjs_that_takes_its_story_back(word):
    assert read_here(made.ninjs(STORY, pubstatus=word), "x").article.status is Status.WITHDRAWN
    with pytest.raises(EmptyArticle, match="withdraws urn:courier:1"):
        read_json(made.ninjs(STORY, pubstatus=word, body_html=None), "x")


def test_ninjs_of_the_second_version():
    data = made.ninjs(
        STORY, headline=None, byline=None, source=None, body_html=None, version=None,
        headlines=[{"role": "main", "value": STORY.headline}], bylines=[{"byline": STORY.author}], infosources=[{"name": "Courier"}],
        bodies=[{"contenttype": "text/html", "value": "".join(f"<p>{text}</p>" for text in STORY.paragraphs)}],
        links=[{"href": "https://courier.example/1"}],
    )  # fmt: skip
    loaded = read_here(data, "x")
    assert body_of(loaded) == list(STORY.paragraphs)
    article = loaded.article
    assert (article.title, article.byline, article.agency, article.lead) == (STORY.headline, STORY.author, "Courier", 0)
    assert article.url == "https://courier.example/1"


def test_ninjs_of_plain_text():
    plain = "\n\n".join(STORY.paragraphs)
    assert body_of(read_here(made.ninjs(STORY, body_html=None, body_text=plain), "x")) == list(STORY.paragraphs)
    assert read_json(made.ninjs(STORY, headline=None, body_html=None, body_text=plain), "x").text == plain


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b'{"a": 1}', UnsupportedFormat),
        (b'{"a": ', UnsupportedFormat),
        (b'{"a":' * 100_000, UnsupportedFormat),
        (b'[{"headline": "x"}]', EmptyArticle),
        (b'{"headline": "x"}', EmptyArticle),
        (b'{"headline": {"a": 1}, "bodies": 5, "body_html": 7, "version": true}', EmptyArticle),
        (b'{"headline": "x", "body_text": "  "}', EmptyArticle),
    ],
)
def test_json_that_is_no_article(data, error):
    with pytest.raises(error):
        read_json(data, "x.json")


# Bytes from the web


@pytest.mark.parametrize(
    ("data", "content_type", "expected"),
    [
        ("é".encode("cp1252"), "text/html; charset=ISO-8859-1", "\ufeffé"),
        ("é".encode("cp1251", "replace"), 'text/plain; charset="windows-1251"', "\ufeff?"),
        ("é".encode(), "text/html; charset=utf-8", "é"),
        ("é".encode(), "text/html", "é"),
        ("é".encode(), "text/html; charset=klingon", "é"),
        ("é".encode(), "application/pdf; charset=latin-1", "é"),
        (b"\xef\xbb\xbf" + "é".encode(), "text/html; charset=latin-1", "\ufeffé"),
    ],
)
def test_the_servers_charset_is_believed_for_text(data, content_type, expected):
    assert transcode(data, content_type).decode() == expected


def test_where_bytes_came_from_is_kept_when_the_source_states_no_address():
    from index.sources.loading import load_bytes

    assert (
        load_bytes(FILES["story.txt"], "x.txt", url="https://courier.example/x").article.url
        == "https://courier.example/x"
    )
    assert read_bytes(FILES["story.txt"], "x.txt").url == ""


POLISH = (
    "Burmistrz Pellan ogłosił w poniedziałek zamknięcie starego mostu. Kierowcy pojadą objazdem przez las. Radni"
    " zapowiadają naprawę wiosną, lecz pieniędzy brakuje. Mieszkańcy piszą skargi."
)


def test_a_page_in_a_language_that_a_worker_cannot_tell_is_refused():
    body = "".join(f"<p>{sentence}.</p>" for sentence in POLISH.split(". "))
    page = f"<html><head><title>Most</title></head><body><article><h1>Most</h1>{body}{body}</article></body></html>"
    with pytest.raises(UnsupportedLanguage, match="is in Polish"):
        load_bytes(page.encode(), "most.html")


@pytest.mark.parametrize(
    ("title", "author", "shown", "first", "expected"),
    [
        ("Mill of Ostrand burns", "Ida Holm", "", "It burned.", ("Mill of Ostrand burns", "Ida Holm")),
        ("Mill of Ostrand burns", "Ida Holm; Per Vass", "Fire in Ostrand", "It burned.", ("Fire in Ostrand", "Ida Holm, Per Vass")),
        ("Microsoft Word - mill v2.docx", "Ida Holm", "", "By Per Vass", ("", "")),
        ("mill final.indd", "Microsoft Office User", "", "It burned.", ("", "")),
        ("Untitled 1", "iholm", "", "It burned.", ("", "")),
        ("doc1", "Ida", "", "It burned.", ("", "")),
        ("", "", "", "It burned.", ("", "")),
    ],
)  # fmt: skip
def test_properties_fill_gaps_if_they_are_of_the_text(title, author, shown, first, expected):
    from index.sources.properties import read_properties

    known = read_properties(title, author, shown, [first])
    assert (known.title, known.byline) == expected


def test_properties_of_word_and_pdf_are_read():
    import io

    import docx as python_docx
    from fpdf import FPDF

    story = [
        "The old mill of Ostrand burned down on Sunday night, the fire service said.",
        "Nobody was hurt in the fire.",
    ]
    made_ = python_docx.Document()
    made_.core_properties.title, made_.core_properties.author = "Mill of Ostrand burns", "Ida Holm"
    for text in story:
        made_.add_paragraph(text)
    stream = io.BytesIO()
    made_.save(stream)
    page = FPDF()
    page.set_title("Mill of Ostrand burns")
    page.set_author("Ida Holm")
    page.add_page()
    page.set_font("helvetica", size=12)
    for text in story:
        page.multi_cell(0, 6, text)
        page.ln(6)
    for data, name in ((stream.getvalue(), "x.docx"), (bytes(page.output()), "x.pdf")):
        article = read_bytes(data, name)
        assert (article.title, article.byline, article.published) == ("Mill of Ostrand burns", "Ida Holm", None)


def test_a_chat_exported_as_a_page_is_refused_by_name():
    page = b"<!DOCTYPE html><html><head><meta charset='utf-8'/><title>Exported Data</title></head><body>10:00</body></html>"
    with pytest.raises(UnsupportedFormat, match=r"export the chat as JSON"):
        read_bytes(page, "messages.html")
