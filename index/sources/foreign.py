"""Formats that people try and that are not read: how each is recognised, and what to do instead.

What is text with marks, such as a calendar or LaTeX, would else be quoted marks and all.
"""

from __future__ import annotations

from collections.abc import Callable

Sign = Callable[[bytes], bool]
"""Tells a format by the first bytes; it uses no pattern and looks at each once, because it runs outside the worker."""

_PICTURE = "a picture; only text can be quoted"
_RECORDING = "a recording; add its subtitles (.srt, .vtt) or a transcript"
_CALENDAR = "a calendar; copy the text that you need into a .txt file"
_CONTACTS = "a list of contacts, and no article"
_LINK = "a link to a page; add the address in it instead"
_LATEX = "LaTeX; make a PDF of it and add that"
_XML = "XML of a kind that is not read here; save the text as .txt"
_SUBTITLES = "subtitles of a kind that is not read here; save them as .srt or .vtt"
_SHEET = "a spreadsheet; save it as .csv, with the names of its columns in the first row"
_SLIDES = "a presentation; save it as .pdf"
_OFFICE = "a document of a kind that is not read here; save it as .docx or .pdf"
_SETTINGS = "a file of settings or data; copy the text that you need into a .txt file"
_MARKED = "text with marks of a kind that is not read here; save it as .md, .html or .txt"
_CHAT = "a page of a chat that Telegram exported; export the chat as JSON and add its result.json"
_CODE = "a program, and no article"


def _starts(*signs: bytes) -> Sign:
    return lambda head: head.startswith(signs)


def _has_brand(*brands: bytes) -> Sign:
    """Tell by the brand of a file in the MPEG-4 container."""
    return lambda head: head[4:8] == b"ftyp" and head[8:12] in brands


def _is_xml(head: bytes) -> bool:
    """Tell whether XML begins here: it is declared, or its first element names a namespace."""
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"<?xml") and head[5:6].isspace():
        return True
    tag = head.partition(b">")[0]
    return head[:1] == b"<" and head[1:2].isalpha() and b" xmlns" in tag and tag[:5].lower() != b"<html"


_SIGNS: tuple[tuple[Sign, str], ...] = (
    (_starts(b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*"), _PICTURE),
    (_has_brand(b"heic", b"heix", b"mif1", b"avif"), _PICTURE),
    (lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP", _PICTURE),
    (lambda head: head[4:8] == b"ftyp", _RECORDING),
    (_starts(b"ID3", b"\xff\xfb", b"\xff\xf3", b"OggS", b"fLaC", b"RIFF", b"\x1aE\xdf\xa3"), _RECORDING),
    (_starts(b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!"), "a compressed file; unpack it first"),
    (_starts(b"\xd0\xcf\x11\xe0"), "an old or protected Office file; save it as .docx without a password"),
    (_starts(b"SQLite format 3"), "a database, and no article"),
    (_starts(b"\x7fELF", b"MZ\x90"), _CODE),
    (_starts(b"BEGIN:VCALENDAR"), _CALENDAR),
    (_starts(b"BEGIN:VCARD"), _CONTACTS),
    (_starts(b"[InternetShortcut]"), _LINK),
    (_starts(b"[Script Info]"), _SUBTITLES),
    (_starts(b"\\documentclass", b"\\documentstyle", b"\\begin{document}"), _LATEX),
    (_is_xml, _XML),
)

_ENDINGS = {
    ".ics": _CALENDAR,
    ".vcf": _CONTACTS,
    ".url .webloc .desktop": _LINK,
    ".tex .ltx .bib": _LATEX,
    ".xml .svg .opml .xsl .plist": _XML,
    ".ass .ssa .sbv .sub .ttml .dfxp": _SUBTITLES,
    ".xls .xlsx .ods .numbers": _SHEET,
    ".ppt .pptx .odp .key": _SLIDES,
    ".doc .pages .wpd .msg": _OFFICE,
    ".yaml .yml .toml .ini .cfg .conf .properties .sql .log": _SETTINGS,
    ".rst .adoc .asciidoc .org .textile .mediawiki": _MARKED,
    ".py .js .ts .java .c .cpp .h .cs .go .rs .rb .php .sh .css .r .ipynb": _CODE,
    ".mp3 .mp4 .m4a .wav .ogg .webm .mkv .mov .avi": _RECORDING,
    ".png .jpg .jpeg .gif .webp .heic .tif .tiff .bmp": _PICTURE,
}
_BY_ENDING = {ending: told for endings, told in _ENDINGS.items() for ending in endings.split()}


def name_foreign_page(head: bytes) -> str:
    """Return what a web page with these first bytes is, and what to do instead, "" if it may be an article."""
    return _CHAT if b"<title>Exported Data</title>" in head else ""


def name_foreign(head: bytes) -> str:
    """Return what the first bytes are and what to do instead, "" if they are none of these formats."""
    bare = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return next((told for sign, told in _SIGNS if sign(head) or sign(bare)), "")


def name_foreign_ending(ending: str) -> str:
    """Return what a file of this ending is and what to do instead, "" if it may be text."""
    return _BY_ENDING.get(ending.lower(), "")
