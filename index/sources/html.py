"""Web pages: trafilatura chooses the article's blocks, the page's own nodes give the words.

Each block of the page gets a mark, one character that no English page has; the blocks whose marks come
out of trafilatura are the article. So its clean-up never touches a character that is quoted.
"""

from __future__ import annotations

import re
from typing import Any

from ..errors import EmptyArticle, SourceTooLarge, UnsupportedFormat
from ..model import Kind
from ..reading.document import Block, Document
from .facts import facts
from .text import decode
from .visible import Piece, Shown, fold, show

MAX_BYTES = 5_000_000
"""The longest page in bytes."""

MAX_DEPTH = 2000
"""How many elements may be open at once; parsers grow slow or go silent beyond."""

_MARKS = (0x20000, 0x2A6D0)  # CJK Extension B: letters to every library, rare characters even in Chinese
_MARK = re.compile(f"[{chr(_MARKS[0])}-{chr(_MARKS[1])}]")
_TAG = re.compile(r"<(?:!--|(?P<closing>/?)(?P<name>[a-z][^\s/>]{0,100}))")
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)
# The parser closes these by itself, so that pages may leave them open a thousand times.
_SELF_CLOSING = frozenset(
    {"p", "li", "dt", "dd", "tr", "td", "th", "tbody", "thead", "tfoot", "option", "optgroup", "colgroup"}
)
_RAW = frozenset({"script", "style", "textarea", "title", "noembed", "iframe", "xmp"})
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w.:-]{1,40})", re.IGNORECASE)
_REFERENCE = re.compile(r"&#(?:[xX]0{0,6}([0-9a-fA-F]{1,2})|0{0,6}(\d{1,3}))(?:;|(?![0-9a-fA-F]))")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_NOT_XML = re.compile("[^\\t\\n\\r -\\ud7ff\\ue000-\\ufffd\U00010000-\U0010ffff]")  # lxml sets no such text
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

_CONSENT = re.compile(
    r"\b(?:cookies?|consent|privacy|our partners|personal data|personali[sz]ed ads?|legitimate interest)\b",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"\b(?:log ?in|sign ?in|sign up|subscribe|create an account|already a (?:member|subscriber)"
    r"|for subscribers|subscribers only|to (?:continue|keep) reading|unlock this article)\b",
    re.IGNORECASE,
)
_ROBOT = re.compile(
    r"\b(?:enable (?:javascript|cookies)|are (?:you )?(?:a robot|human)|verify(?:ing)? (?:that )?you are"
    r"|unusual traffic|captcha|access denied)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]{0,3}$")
_SHORT = 600  # characters below which a page is looked at for a wall


def read_html(data: bytes, source: str) -> Document:
    """Return the article of a web page: its headline and body, as the page shows them.

    Raises:
        SourceTooLarge: the page has more than 5 million bytes.
        UnsupportedFormat: it is nested deeper than any page is, or is no text.
        EmptyArticle: it shows no article; the message says what it shows instead.
    """
    tree = parse(data, source)
    kept_alive = list(tree.iter())  # lxml makes an element's Python object anew each time that nobody holds it
    known = facts(tree)
    shown = show(tree)
    body, left_out = _chosen(tree, shown)
    if not body:
        # a page that its scripts uncover: what its style sheets hide may be the article
        tree = parse(data, source)
        shown = show(tree, styles=False)
        body, left_out = _chosen(tree, shown)
    _check_article(body, shown.pieces, tree, source)
    headline = _headline(shown.pieces, known.title)
    kept = [piece for number, piece in enumerate(shown.pieces) if number in body or piece is headline]
    text, blocks = assemble(kept, headline)
    del kept_alive
    return Document(text, known, blocks, shown.text, left_out)


def read_fragment(data: bytes, source: str) -> Document:
    """Return all that a piece of HTML shows: a part of a book, an e-mail, a message of a wire.

    Raises:
        SourceTooLarge: it has more than 5 million bytes.
        UnsupportedFormat: it is nested deeper than any page is, or is no text.
    """
    tree = parse(data, source)
    shown = show(tree)
    text, blocks = assemble(shown.pieces, None)
    return Document(text, facts(tree), blocks, shown.text)


def parse(data: bytes, source: str) -> Any:
    """Return the page as a tree of lxml.

    Raises:
        SourceTooLarge: it has more than 5 million bytes.
        UnsupportedFormat: it is nested deeper than any page is, or is no text.
    """
    from lxml import etree, html

    if len(data) > MAX_BYTES:
        raise SourceTooLarge(source, f"has {len(data):,} bytes, the limit for a page is {MAX_BYTES:,}", MAX_BYTES)
    text = _REFERENCE.sub(_as_browsers_read, _CONTROL.sub("", _characters(data, source))).strip()
    if text.count("<") - text.count("</") > MAX_DEPTH and depth(text) > MAX_DEPTH:
        raise UnsupportedFormat(
            source, f"has more than {MAX_DEPTH:,} elements inside each other; save its text as a .txt file"
        )
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        tree = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError):
        raise EmptyArticle(source, "is an empty page; check the address or the file") from None
    # beyond its limits the parser returns what it has, and only this log tells
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise UnsupportedFormat(source, "is too complex a page to be read whole; save its text as a .txt file")
    return tree


def depth(text: str) -> int:
    """Return how many elements are open at once at most, counted before any parser sees the page."""
    page = text.lower()
    deepest = now = at = 0
    while found := _TAG.search(page, at):
        name = found["name"] or ""
        end = page.find(">" if name else "-->", found.end())
        if end < 0:
            break
        at = end + 1
        if name in _VOID or name in _SELF_CLOSING or page[end - 1] == "/":
            continue
        if name in _RAW and not found["closing"]:
            at = page.find(f"</{name}", at)  # what it holds is no markup
            if at < 0:
                break
        if name:
            now = max(0, now - 1) if found["closing"] else now + 1
            deepest = max(deepest, now)
    return deepest


def assemble(kept: list[Piece], headline: Piece | None) -> tuple[str, tuple[Block, ...]]:
    """Return the pieces as one text, an empty line between them, and their blocks."""
    blocks, at = [], 0
    for piece in kept:
        blocks.append(Block(at, at + len(piece.text), Kind.HEADLINE if piece is headline else _kind(piece)))
        at += len(piece.text) + 2
    return "\n\n".join(piece.text for piece in kept), tuple(blocks)


def _kind(piece: Piece) -> Kind | None:
    """Return what the page itself says of a piece: a heading, or nothing but links; None lets the wire rules decide."""
    if piece.tag in _HEADINGS:
        return Kind.HEADLINE
    links_only = piece.linked * 10 >= len(piece.text) * 9 and not _SENTENCE_END.search(piece.text)
    return Kind.FURNITURE if links_only else None


def _characters(data: bytes, source: str) -> str:
    """Decode as browsers do: by mark, as UTF-8, as the page says; a wrong byte of UTF-8 shows as U+FFFD."""
    found = _CHARSET.search(data[:4096])
    declared = found[1].decode("ascii").lower() if found else ""
    if declared in {"iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"}:
        declared = "cp1252"  # what all browsers take these names for
    try:
        return decode(data, source, declared)
    except UnsupportedFormat:
        if b"<" not in data[:1024] or data.count(0) > len(data) // 100:
            raise
        return data.decode("utf-8", "replace")


def _as_browsers_read(found: re.Match[str]) -> str:
    """Return what a numeric reference to a control character stands for: Windows-1252 above 127, nothing below 32."""
    number = int(found[1], 16) if found[1] else int(found[2])
    if 128 <= number < 160:
        return bytes([number]).decode("cp1252", "replace")
    return "" if _CONTROL.fullmatch(chr(number)) else found.group()


def _chosen(tree: Any, shown: Shown) -> tuple[set[int], tuple[str, ...]]:
    """Return the numbers of the pieces that are the article, and chosen text that the page does not show."""
    from trafilatura import bare_extraction

    if len(shown.pieces) > _MARKS[1] - _MARKS[0]:
        return set(), ()
    shown.remove_hidden()
    for number, piece in enumerate(shown.pieces):
        _mark(piece, chr(_MARKS[0] + number))
    found: Any = bare_extraction(tree, fast=True, include_comments=False, output_format="xml")
    if found is None or found.body is None:
        return set(), ()
    lines = ["".join(element.itertext()) for element in found.body]
    page = shown.text
    left_out = [fold(line) for line in lines if len(line) > 20 and not _MARK.search(line)]
    return (
        {ord(mark) - _MARKS[0] for mark in _MARK.findall("".join(found.body.itertext()))},
        tuple(line for line in left_out if line not in page),
    )


def _mark(piece: Piece, mark: str) -> None:
    """Put the mark before the longest text node of the piece: that one stands for the whole."""
    element, tail = max(piece.nodes, key=lambda node: len((node[0].tail if node[1] else node[0].text) or ""))
    words = mark + _NOT_XML.sub("", _MARK.sub("", element.tail if tail else element.text)).lstrip()
    if tail:
        element.tail = words
    else:
        element.text = words


def _headline(shown: list[Piece], title: str) -> Piece | None:
    """Return the heading that shows the title, else the first heading of the first level, else None."""
    headings = [piece for piece in shown if piece.tag in _HEADINGS]
    wanted = fold(title).casefold()
    for piece in headings if wanted else ():
        if fold(piece.text).casefold() == wanted:
            return piece
    first = [piece for piece in headings if piece.tag == "h1"]
    return first[0] if first else None


def _check_article(body: set[int], shown: list[Piece], tree: Any, source: str) -> None:
    """Raise `EmptyArticle` when what was chosen is no article, and say what the page is instead."""
    chosen = [piece for number, piece in enumerate(shown) if number in body and piece.tag not in _HEADINGS]
    size = sum(len(piece.text) for piece in chosen)
    page = " ".join(piece.text for piece in shown)
    consent = sum(len(piece.text) for piece in chosen if _CONSENT.search(piece.text))
    if consent * 2 > size or (size < _SHORT and len(_CONSENT.findall(page)) >= 3):
        raise EmptyArticle(
            source, "shows only a request for consent; open it in a browser, agree, save the page and add the file"
        )
    if size < _SHORT and (tree.find(".//input[@type='password']") is not None or len(_LOGIN.findall(page)) >= 2):
        raise EmptyArticle(
            source, "asks for a login before it shows the article; log in, save the page and add the file"
        )
    if size < _SHORT and _ROBOT.search(page):
        raise EmptyArticle(source, "shows itself to browsers only; open it in one, save the page and add the file")
    if sum(piece.linked for piece in chosen) * 2 > size:
        raise EmptyArticle(source, "is a list of links, not an article; name one of the pages it leads to")
    if not any(_SENTENCE_END.search(piece.text) for piece in chosen):
        raise EmptyArticle(source, "shows no article; check the address, or save the article's text as a .txt file")
