"""The published abuse suite of the readers: files made to exhaust, to loop, to escape, and random damage.

`python -m tests.support.abuse_documents` prints a table: case, decision, seconds, connections opened (0).
"""

import io
import random
import struct
import time
import zipfile
import zlib
from contextlib import suppress

from index.errors import SourceError
from index.sources.job import read_here
from index.sources.loading import load_bytes
from index.sources.worker import sandbox
from tests.support import made
from tests.support.abuse_addresses import recorded_connects
from tests.support.layouts import story

PROSE = "The council met on Monday and voted for the bridge. "
TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
XXE = '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]>"
)


def zipped(parts, *, method=zipfile.ZIP_DEFLATED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return stream.getvalue()


def word(document, **more):
    return zipped({"[Content_Types].xml": TYPES, "word/document.xml": document, **more})


def lying_sizes():
    """A Word file whose directory says that its text has 100 bytes, where it unpacks to 300 MB."""
    data = bytearray(word(b"<w:document>" + bytes(300_000_000)))
    at = data.rfind(b"PK\x01\x02")
    struct.pack_into("<L", data, at + 24, 100)
    return bytes(data)


def many_paragraphs():
    return word(f"<w:document {W}><w:body>{'<w:p/>' * 2_000_000}</w:body></w:document>")


def many_short_texts():
    paragraph = "<w:p><w:r><w:t>a</w:t></w:r></w:p>"
    return word(f"<w:document {W}><w:body>{paragraph * 1_000_000}</w:body></w:document>")


def pdf_of(content, *, extra="", filters="/FlateDecode", pages="[3 0 R]", count=1):
    """A small PDF whose page has this content stream."""
    packed = zlib.compress(content, 9) if filters else content
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids {pages}/Count {count}>>".encode(),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        f"<</Length {len(packed)}{f'/Filter{filters}' if filters else ''}{extra}>>stream\n".encode()
        + packed
        + b"\nendstream",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj".encode() + body + b"endobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    return (
        out
        + f"xref\n0 6\n0000000000 65535 f \n{table}trailer<</Size 6/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF".encode()
    )


def deep_mail():
    head = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(3000))
    return f"MIME-Version: 1.0\n{head}Content-Type: text/plain\n\n{PROSE}".encode()


CASES = {
    "html: 50,000 nested divs.html": lambda: b"<html>" + b"<div>" * 50_000,
    "html: 180,000 unclosed a b i.html": lambda: b"<html>" + b"<a><b><i>" * 180_000,
    "html: a million ampersands.html": lambda: b"<html><p>" + b"&" * 1_000_000,
    "html: 5 MB of one word.html": lambda: b"<html><p>" + b"x" * 4_900_000,
    "html: 300,000 paragraphs.html": lambda: b"<html>" + b"<p>a.</p>" * 300_000,
    "html: 40,000 table cells.html": lambda: b"<html><table>" + b"<tr><td>He said so.</td></tr>" * 40_000,
    "html: 4 MB attribute.html": lambda: b"<html><p class='" + b"a " * 2_000_000 + b"'>" + PROSE.encode(),
    "html: 100,000 attributes.html": lambda: b"<html><p " + b" ".join(b"a%d=1" % n for n in range(100_000)) + b">x",
    "html: style sheet of 4 MB.html": lambda: b"<html><style>" + b".a,.b{display:none}" * 200_000 + b"</style><p>x",
    "html: open braces in a style.html": lambda: b"<html><style>" + b"@media{" * 500_000 + b"</style><p>x",
    "html: deep JSON-LD.html": lambda: b"<html><script type='application/ld+json'>" + b"[" * 900_000 + b"</script><p>x",
    "html: 60,000 links.html": lambda: b"<html>" + b"<a href='/x'>a link to it</a> " * 60_000,
    "docx: 700 MB in 0.7 MB.docx": lambda: word(bytes(700_000_000)),
    "docx: sizes that lie.docx": lying_sizes,
    "docx: 100,000 parts.docx": lambda: zipped({f"word/{n}.xml": b"" for n in range(100_000)}, method=0),
    "docx: zip in zip in zip.docx": lambda: zipped(
        {"word/document.xml": zipped({"a": zipped({"b": bytes(1_000_000)})})}
    ),
    "docx: name with dots.docx": lambda: word("<a/>", **{"../../../etc/evil": "x"}),
    "docx: a billion laughs.docx": lambda: word(f"{LAUGHS}<w:document {W}>&a9;</w:document>"),
    "docx: external entity.docx": lambda: word(f"{XXE}<w:document {W}>&x;</w:document>"),
    "docx: 100,000 levels.docx": lambda: word("<a>" * 100_000),
    "docx: 2 million paragraphs.docx": many_paragraphs,
    "docx: a million short texts.docx": many_short_texts,
    "docx: 100,000 attributes.docx": lambda: word("<a " + " ".join(f"a{n}='1'" for n in range(100_000)) + "/>"),
    "epub: container with a type.epub": lambda: zipped({"META-INF/container.xml": f"{LAUGHS}<a>&a9;</a>"}),
    "epub: package names itself.epub": lambda: zipped(
        {"META-INF/container.xml": "<c><rootfile full-path='META-INF/container.xml'/></c>"}
    ),
    "epub: encrypted pages.epub": lambda: zipped(
        {"META-INF/container.xml": "<c/>", "META-INF/encryption.xml": "<e><CipherReference URI='a.xhtml'/></e>"}
    ),
    "pdf: a stream of 1 GB.pdf": lambda: pdf_of(bytes(1_000_000_000)),
    "pdf: bomb in a bomb.pdf": lambda: pdf_of(
        zlib.compress(bytes(100_000_000), 9), filters="[/FlateDecode/FlateDecode]"
    ),
    "pdf: a million text operators.pdf": lambda: pdf_of(b"BT /F 9 Tf " + b"(a) Tj " * 1_000_000 + b"ET"),
    "pdf: a million pages claimed.pdf": lambda: pdf_of(b"", count=1_000_000),
    "pdf: pages in a loop.pdf": lambda: pdf_of(b"", pages="[2 0 R]"),
    "pdf: one page a million times.pdf": lambda: pdf_of(b"BT /F 9 Tf (a) Tj ET", pages=f"[{'3 0 R ' * 300_000}]"),
    "pdf: deep arrays.pdf": lambda: pdf_of(b"", extra="/X" + "[" * 100_000),
    "pdf: deep dictionaries.pdf": lambda: pdf_of(b"", extra="/X" + "<</A" * 50_000),
    "pdf: cross references in a loop.pdf": lambda: pdf_of(b"").replace(b"/Size 6", b"/Size 6/Prev 9"),
    "pdf: no cross references.pdf": lambda: b"%PDF-1.7\n" + b"1 0 obj<</A 1 0 R>>endobj\n" * 100_000,
    "pdf: a predictor of 100 million columns.pdf": lambda: pdf_of(
        b"a", extra="/DecodeParms<</Predictor 12/Columns 100000000>>"
    ),
    "eml: 3,000 nested parts.eml": deep_mail,
    "eml: 100,000 parts.eml": lambda: (
        b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\na\n" * 100_000
    ),
    "eml: a head of 5 MB.eml": lambda: b"MIME-Version: 1.0\nSubject: " + b"=?utf-8?q?a?= " * 350_000 + b"\n\nText.",
    "eml: 100,000 addresses.eml": lambda: b"MIME-Version: 1.0\nFrom: " + b"a@b.c, " * 100_000 + b"\n\nText.",
    "eml: open comments in a date.eml": lambda: b"MIME-Version: 1.0\nDate: " + b"(" * 500_000 + b"\n\nText.",
    "ninjs: 100,000 levels.json": lambda: b'{"headline":' + b'{"a":' * 100_000,
    "ninjs: a deep page.json": lambda: b'{"headline": "x", "body_html": "' + b"<div>" * 100_000 + b'"}',
    "ninjs: a number of a million digits.json": lambda: b'{"headline": "x", "version": ' + b"9" * 1_000_000 + b"}",
    "feed: a billion laughs.xml": f"{LAUGHS}<rss version='2.0'><channel><title>&a9;</title></channel></rss>".encode,
    "feed: 100,000 entries.rss": lambda: (
        b"<rss version='2.0'><channel>" + b"<item><link>http://10.0.0.1/</link></item>" * 100_000
    ),
    "feed: 100,000 levels.rss": lambda: b"<rss version='2.0'><channel>" + b"<item>" * 100_000,
    "txt: 20 MB in one line.txt": lambda: b"x" * 20_000_001,
    "txt: 5 MB of full stops.txt": lambda: b" ." * 2_400_000,
    "txt: a word of 5 MB.txt": lambda: b"x" * 5_000_000,
    "txt: zeros.txt": lambda: bytes(1_000_000),
    "txt: half a character.txt": lambda: PROSE.encode() * 20 + b"\xf0\x9f",
    "txt: lone surrogates.txt": lambda: (PROSE * 20 + "\ud800").encode("utf-8", "surrogatepass"),
    "md: 1 MB of brackets.md": lambda: b"[" * 500_000 + b"](" * 250_000,
    "md: open fences.md": lambda: b"```\n" * 500_000,
}
"""A maker for each case; the name after the last colon ends as the file's name does."""


def judge(name):
    """Read the case in a worker and return (decision, seconds, connections opened by this process)."""
    data = CASES[name]()
    with recorded_connects() as targets:
        began = time.monotonic()
        try:
            loaded = load_bytes(data, name.rpartition(": ")[2])
            decision = f"read, {loaded.article.length} sentences"
        except SourceError as error:
            decision = type(error).__name__
        seconds = time.monotonic() - began
    return decision, seconds, len([target for target in targets if not isinstance(target, str)])


# Random damage


def seeds():
    """Return a small sound file of each format, by name."""
    s = story(5, count=4)
    files = {name: make(s) for name, make in made.ALL.items()}
    files["story.md"] = b"---\ntitle: Ferry\ndate: 2024-03-05\n---\n# Ferry\n\n" + "\n\n".join(s.paragraphs).encode()
    files["open.pdf"] = made.pdf(s, compress=False)
    files["feed.xml"] = made.feed(["https://c.example/1", "https://c.example/2"])
    return files


def damaged(data, draw):
    """Return the data with one to eight random wounds."""
    wounded = bytearray(data)
    for _ in range(draw.randint(1, 8)):
        at = draw.randrange(len(wounded) + 1)
        length = draw.choice((1, 1, 2, 4, 16, 200))
        kind = draw.randrange(6)
        if kind == 0:
            wounded[at : at + 1] = bytes([draw.randrange(256)])
        elif kind == 1:
            del wounded[at : at + length]
        elif kind == 2:
            wounded[at:at] = bytes(draw.randrange(256) for _ in range(length))
        elif kind == 3:
            wounded[at:at] = wounded[at : at + length] * draw.choice((1, 2, 50))
        elif kind == 4:
            wounded[at:at] = draw.choice(
                (b"<", b">", b"&#", b"\x00", b"%%EOF", b"]]>", b"PK\x01\x02", b"{", b"-1", b"9" * 12, b"\xff\xfe")
            )
        elif draw.random() < 0.2:
            del wounded[at:]
    return bytes(wounded)


def damaged_inside(data, draw):
    """Return the archive with one part damaged and sound again outside, so that the readers behind zip are met."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = draw.choice([name for name in parts if name.endswith(("xml", "rels", "opf", "html"))])
    parts[name] = damaged(parts[name], draw)
    return zipped(parts, method=zipfile.ZIP_STORED)


def fuzz(data, source):
    """In a worker: read damaged copies of the data (`source`: "NAME|SEED|FIRST|COUNT") and count what came of them."""
    import json

    name, seed, first, count = source.split("|")
    counts = {}
    for number in range(int(first), int(first) + int(count)):
        sandbox.start_clock()  # each input has a document's time
        draw = random.Random(f"{name}{number}{seed}")
        inside = name.endswith(("docx", "epub")) and draw.random() < 0.8
        copy = damaged_inside(data, draw) if inside else damaged(data, draw)
        try:
            if name == "feed.xml":
                from index.sources.entries import parse_feed

                parse_feed(copy, name)
            else:
                json.dumps(read_here(copy, name).article.length)
            result = "read"
        except SourceError as error:
            result = type(error).__name__
        except Exception as error:  # noqa: BLE001 - what the worker turns into one error; counted by its name
            result = f"fault {type(error).__name__}"
        counts[result] = counts.get(result, 0) + 1
    return counts


def main():
    """Print the table."""
    for name in CASES:
        decision, seconds, connects = judge(name)
        print(f"{name:50} {decision:22} {seconds:6.2f} s  {connects}")
    with suppress(ImportError):
        from index.sources.worker import pool

        pool.close()


if __name__ == "__main__":
    main()
