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


def files(number=1):
    """Return the name and bytes of one story in each format."""
    s = story(number)
    return {name: make(s) for name, make in ALL.items()}
