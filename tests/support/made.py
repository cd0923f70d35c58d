"""The same story in every format, each file made by a tool of that format."""

import io
import json
import tempfile
from email.message import EmailMessage
from pathlib import Path

from tests.support.layouts import document, e, p, story


def page(s):
    return document(s.headline, f"<article><h1>{e(s.headline)}</h1>{p(s.paragraphs)}</article>").encode()


def pdf(s, *, password="", head="The Marrowby Courier", pages=1, compress=True):
    import fpdf

    class Headed(fpdf.FPDF):
        def header(self):
            self.set_font("Times", size=8)
            self.cell(0, 8, head, new_x="LMARGIN", new_y="NEXT")

        def footer(self):
            self.set_y(-15)
            self.set_font("Times", size=8)
            self.cell(0, 8, f"Page {self.page_no()}")

    made = Headed()
    made.set_compression(compress)
    made.set_auto_page_break(auto=True, margin=25)
    made.add_page()
    made.set_font("Times", "B", 16)
    made.multi_cell(0, 8, _latin(s.headline), new_x="LMARGIN", new_y="NEXT")
    made.set_font("Times", size=11)
    for _ in range(pages):
        for text in s.paragraphs:
            made.multi_cell(0, 6, _latin(text), new_x="LMARGIN", new_y="NEXT")
            made.ln(3)
    if password:
        made.set_encryption(owner_password="owner", user_password=password)
    return bytes(made.output())


def _latin(text):
    return text.translate(str.maketrans("“”’", '""\''))


def docx(s):
    import docx as python_docx

    made = python_docx.Document()
    made.add_heading(s.headline, 0)
    for text in s.paragraphs[:-2]:
        made.add_paragraph(text)
    table = made.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = s.paragraphs[-2:]
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def epub(s):
    from ebooklib import epub as book_of

    book = book_of.EpubBook()
    book.set_identifier(f"story-{s.number}")
    book.set_title(s.headline)
    book.set_language("en")
    book.add_author(s.author)
    half = len(s.paragraphs) // 2
    chapters = []
    for number, part in enumerate((s.paragraphs[:half], s.paragraphs[half:]), 1):
        chapter = book_of.EpubHtml(title=f"Part {number}", file_name=f"part {number}.xhtml", lang="en")
        heading = f"<h1>{e(s.headline)}</h1>" if number == 1 else "<h2>Part 2</h2>"
        chapter.content = f"<html><body>{heading}{p(part)}</body></html>"
        book.add_item(chapter)
        chapters.append(chapter)
    book.toc = tuple(chapters)
    book.add_item(book_of.EpubNcx())
    book.add_item(book_of.EpubNav())
    book.spine = ["nav", *chapters]
    with tempfile.TemporaryDirectory() as folder:
        book_of.write_epub(str(Path(folder, "book.epub")), book)
        return Path(folder, "book.epub").read_bytes()


def eml(s, *, plain=True, page_too=True):
    message = EmailMessage()
    message["Subject"] = s.headline
    message["From"] = f"{s.author} <desk@courier.example>"
    message["To"] = "reader@example.com"
    message["Date"] = "Tue, 05 Mar 2024 08:30:00 +0100"
    message["Message-ID"] = "<1@courier.example>"
    if plain:
        message.set_content("\n\n".join(s.paragraphs))
        if page_too:
            message.add_alternative(page(s).decode(), subtype="html")
    else:
        message.set_content(page(s).decode(), subtype="html")
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="a.png")
    return message.as_bytes()


def ninjs(s, **more):
    item = {
        "uri": f"urn:courier:{s.number}",
        "type": "text",
        "pubstatus": "usable",
        "version": "2",
        "versioncreated": "2024-03-05T08:30:00+01:00",
        "headline": s.headline,
        "byline": s.author,
        "located": s.town,
        "source": "Courier Wire",
        "body_html": p(s.paragraphs),
    }
    return json.dumps({name: value for name, value in (item | more).items() if value is not None}).encode()


def feed(addresses, *, atom=False):
    from feedgen.feed import FeedGenerator

    made = FeedGenerator()
    made.id("https://courier.example/feed")
    made.title("The Marrowby Courier")
    made.link(href="https://courier.example/", rel="alternate")
    made.description("All stories")
    for number, address in enumerate(addresses):
        entry = made.add_entry(order="append")
        entry.id(address)
        entry.title(f"Story {number}")
        entry.link(href=address)
    return made.atom_str() if atom else made.rss_str()


def rtf(s):
    """As Word writes it: the letters beyond ASCII as numbers, the title as a property."""

    def write(text):
        return "".join(ch if ch < "\x80" else f"\\u{ord(ch)}?" for ch in text)

    paragraphs = "".join(f"\\pard\\plain\\f0\\fs24 {write(text)}\\par\n" for text in (s.headline, *s.paragraphs))
    return (
        "{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0\\froman\\fcharset0 Times;}}{\\colortbl;\\red0;}"
        f"{{\\info{{\\title Draft}}{{\\author Nobody}}}}\n{paragraphs}}}"
    ).encode("ascii")


def odt(s, *, extra=()):
    from odf import opendocument
    from odf import text as odf_text

    made = opendocument.OpenDocumentText()
    made.text.addElement(odf_text.H(outlinelevel=1, text=s.headline))
    for words in s.paragraphs:
        made.text.addElement(odf_text.P(text=words))
    for element in extra:
        made.text.addElement(element)
    stream = io.BytesIO()
    made.write(stream)
    return stream.getvalue()


def warc(pages, *, gzip=False):
    """Return a web archive of pages: an address and the bytes of each."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    stream = io.BytesIO()
    writer = WARCWriter(stream, gzip=gzip)
    for address, data, kind in pages:
        head = StatusAndHeaders("200 OK", [("Content-Type", kind)], protocol="HTTP/1.1")
        writer.write_record(writer.create_warc_record(address, "response", payload=io.BytesIO(data), http_headers=head))
    return stream.getvalue()


def mbox(s):
    import mailbox

    with tempfile.TemporaryDirectory() as folder:
        box = mailbox.mbox(Path(folder, "box"))
        box.add(eml(s))
        box.close()
        return Path(folder, "box").read_bytes()


def mhtml(s):
    message = EmailMessage()
    message["From"], message["Subject"], message["MIME-Version"] = "<Saved by Blink>", s.headline, "1.0"
    message["Snapshot-Content-Location"] = f"https://courier.example/{s.number}"
    message.set_content(page(s).decode(), subtype="html")
    message.make_related()
    return message.as_bytes()


def table(s):
    import csv

    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerows([("headline", "body", "published"), (s.headline, "\n\n".join(s.paragraphs), "2024-03-05")])
    return stream.getvalue().encode()


def json_lines(s):
    return (json.dumps({"title": s.headline, "text": "\n\n".join(s.paragraphs), "date": "2024-03-05"}) + "\n").encode()


def telegram_export(s):
    message = {
        "id": 1,
        "type": "message",
        "date": "2024-03-05T09:00:00",
        "from": "Courier",
        "text": "\n\n".join(s.paragraphs),
    }
    return json.dumps({"name": "Courier", "type": "public_channel", "id": 1, "messages": [message]}).encode()


def srt(s):
    """Return the story as subtitles of 40 characters a cue."""
    import textwrap

    cues = [line for text in s.paragraphs for line in textwrap.wrap(text, 40)]
    times = [f"{n // 1200:02}:{n // 20 % 60:02}:{n * 3 % 60:02},000" for n in range(len(cues) + 1)]
    return "\n".join(f"{n}\n{times[n - 1]} --> {times[n]}\n{cue}\n" for n, cue in enumerate(cues, 1)).encode()


def vtt(s):
    return b"WEBVTT\n\n" + srt(s).replace(b",000", b".000")


def nitf(s):
    from xml.etree import ElementTree as tree

    root = tree.Element("nitf")
    body = tree.SubElement(root, "body")
    head = tree.SubElement(body, "body.head")
    tree.SubElement(tree.SubElement(head, "hedline"), "hl1").text = s.headline
    content = tree.SubElement(body, "body.content")
    for words in s.paragraphs:
        tree.SubElement(content, "p").text = words
    return tree.tostring(root, encoding="utf-8", xml_declaration=True)


def newsml(s):
    from xml.etree import ElementTree as tree

    root = tree.Element(
        "newsItem", xmlns="http://iptc.org/std/nar/2006-10-01/", guid=f"urn:courier:{s.number}", version="1"
    )
    tree.SubElement(tree.SubElement(root, "contentMeta"), "headline").text = s.headline
    inline = tree.SubElement(tree.SubElement(root, "contentSet"), "inlineXML", contenttype="application/nitf+xml")
    inline.append(tree.fromstring(nitf(s)))
    return tree.tostring(root, encoding="utf-8")


ALL = {
    "page.html": page,
    "story.pdf": pdf,
    "story.docx": docx,
    "story.epub": epub,
    "story.eml": eml,
    "story.json": ninjs,
    "story.txt": lambda s: "\n\n".join((s.headline, *s.paragraphs)).encode(),
}
"""A maker for each format of one article, by the name of the file."""

MORE = {
    "saved.mhtml": mhtml,
    "story.md": lambda s: "\n\n".join((f"# {s.headline}", *s.paragraphs)).encode(),
    "story.rtf": rtf,
    "story.odt": odt,
    "story.nitf.xml": nitf,
    "story.newsml.xml": newsml,
    "desk.mbox": mbox,
    "site.warc": lambda s: warc([(f"https://courier.example/{s.number}", page(s), "text/html")]),
    "site.warc.gz": lambda s: warc([(f"https://courier.example/{s.number}", page(s), "text/html")], gzip=True),
    "talk.srt": srt,
    "talk.vtt": vtt,
    "table.csv": table,
    "lines.jsonl": json_lines,
    "result.json": telegram_export,
}
"""The same for formats that may hold many articles, or hold one in another form."""


def files(number=1):
    """Return the name and bytes of one story in each format."""
    s = story(number)
    return {name: make(s) for name, make in ALL.items()}
