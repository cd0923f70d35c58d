"""Read web pages: `choice.py` chooses the article's blocks, the page's own nodes supply the words."""

from __future__ import annotations

import re
from typing import Any

from .. import patterns
from ..errors import EmptyArticle, SourceTooLarge, UnsupportedFormat, state_fact
from ..model import Kind
from ..reading.document import Block, Document
from .choice import choose_article
from .facts import read_facts
from .text import decode
from .visible import TextRun, fold, show
from .walls import SENTENCE_END, explain_wall

MAX_BYTES = 5_000_000
"""The longest page in bytes."""

MAX_DEPTH = 2000
"""How many elements may be open at once; beyond that, parsers become slow or drop text silently."""

_TAG = patterns.compile(r"<(?:!--|(?P<closing>/?)(?P<name>[a-z][^\s/>]{0,100}))")
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)
# The parser closes these itself, so a page may leave thousands of them open.
_SELF_CLOSING = frozenset(
    {"p", "li", "dt", "dd", "tr", "td", "th", "tbody", "thead", "tfoot", "option", "optgroup", "colgroup"}
)
_RAW = frozenset({"script", "style", "textarea", "title", "noembed", "iframe", "xmp"})
_CHARSET = patterns.compile(rb"<meta[^>]{0,200}charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w.:-]{1,40})", re.IGNORECASE)
_REFERENCE = patterns.compile(r"&#(?:[xX]0{0,6}([0-9a-fA-F]{1,2})|0{0,6}(\d{1,3}))(?:;|(?![0-9a-fA-F]))")
_CONTROLS = bytes({*range(9), 11, *range(14, 32), 127})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


def read_html(data: bytes, source: str) -> Document:
    """Return the article of a web page: its headline and body, as the page shows them.

    Raises:
        SourceTooLarge: the page has more than 5 million bytes.
        UnsupportedFormat: it is nested deeper than any page is, or is not text.
        EmptyArticle: it shows no article; the message says what it shows instead.
    """
    tree = parse(data, source)
    kept_alive = list(tree.iter())  # lxml creates an element's Python object again unless it is referenced
    known = read_facts(tree)
    shown = show(tree)
    headline = _find_headline(shown.runs, known.title)
    choice = choose_article(tree, shown, headline)
    if not choice.body:
        # scripts may uncover the article: try again with what the style sheets hide
        tree = parse(data, source)
        shown = show(tree, styles=False)
        headline = _find_headline(shown.runs, known.title)
        choice = choose_article(tree, shown, headline)
    _check_article(choice.body, shown.runs, tree, source)
    kept = [run for number, run in enumerate(shown.runs) if number in choice.body or run is headline]
    text, blocks = assemble(kept, headline)
    del kept_alive
    return Document(text, known, blocks, shown.text, choice.left_out, choice.omitted)


def read_fragment(data: bytes, source: str) -> Document:
    """Return all that a run of HTML shows: a part of a book, an e-mail, a message of a wire.

    Raises:
        SourceTooLarge: it has more than 5 million bytes.
        UnsupportedFormat: it is nested deeper than any page is, or is not text.
    """
    tree = parse(data, source)
    shown = show(tree)
    text, blocks = assemble(shown.runs, None)
    return Document(text, read_facts(tree), blocks, shown.text)


def parse(data: bytes, source: str) -> Any:
    """Return the page as an lxml tree.

    Raises:
        SourceTooLarge: it has more than 5 million bytes.
        UnsupportedFormat: it is nested deeper than any page is, or is not text.
        EmptyArticle: it is empty.
    """
    from lxml import etree, html

    if len(data) > MAX_BYTES:
        raise SourceTooLarge(
            source,
            state_fact(
                "has {count:,} bytes, the limit for a page is {max_bytes:,}", count=len(data), max_bytes=MAX_BYTES
            ),
            MAX_BYTES,
        )
    page = _decode_page(data, source).encode("utf-8", "replace").translate(None, _CONTROLS).decode("utf-8")
    text = _REFERENCE.sub(_decode_reference, page).strip()
    if text.count("<") - text.count("</") > MAX_DEPTH and measure_depth(text) > MAX_DEPTH:
        raise UnsupportedFormat(
            source,
            state_fact(
                "has more than {max_depth:,} elements inside each other; save its text as a .txt file",
                max_depth=MAX_DEPTH,
            ),
        )
    # a comment or a processing instruction would part a paragraph's text, and trafilatura drops what follows it
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    # lxml.html asks a function of Python for the class of each element whenever it meets it: a tenth of a page's time
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=html.HtmlElement, entity=html.HtmlEntity))
    try:
        tree = html.document_fromstring(text.encode("utf-8"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError):
        raise EmptyArticle(source, state_fact("is an empty page; check the address or the file")) from None
    # at its limits the parser returns what it has so far, and says so in this log only
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise UnsupportedFormat(
            source, state_fact("is too complex a page to be read whole; save its text as a .txt file")
        )
    return tree


def measure_depth(text: str) -> int:
    """Return how many elements are open at once at most; it is counted before any parser sees the page."""
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
            at = page.find(f"</{name}", at)  # its content is not markup
            if at < 0:
                break
        if name:
            now = max(0, now - 1) if found["closing"] else now + 1
            deepest = max(deepest, now)
    return deepest


def assemble(kept: list[TextRun], headline: TextRun | None) -> tuple[str, tuple[Block, ...]]:
    """Return the runs as one text, an empty line between them, and their blocks."""
    blocks, at = [], 0
    for run in kept:
        blocks.append(Block(at, at + len(run.text), Kind.HEADLINE if run is headline else _classify(run)))
        at += len(run.text) + 2
    return "\n\n".join(run.text for run in kept), tuple(blocks)


def _classify(run: TextRun) -> Kind | None:
    """Return the kind that the page gives a run: a heading, or links only; None lets the wire rules decide."""
    if run.tag in _HEADINGS or _is_question_in_bold(run):
        return Kind.HEADLINE
    links_only = run.linked * 10 >= len(run.text) * 9 and not SENTENCE_END.search(run.text[-50:])
    return Kind.FURNITURE if links_only else None


def _is_question_in_bold(run: TextRun) -> bool:
    """Tell whether the whole run is a question in bold type, as interviewers' questions are where no `<h3>` is used."""
    if not run.text.endswith("?") or len(run.text) > 300:
        return False
    return all(_is_bold(element.getparent() if tail else element, run.element) for element, tail in run.nodes)


def _is_bold(element: Any, block: Any) -> bool:
    """Tell whether an element is in bold type or within such a one of its block."""
    while element is not None and element.tag not in ("b", "strong"):
        if element is block:
            return False
        element = element.getparent()
    return element is not None


def _decode_page(data: bytes, source: str) -> str:
    """Decode as browsers do: by byte order mark, as UTF-8, as the page says; bad UTF-8 becomes U+FFFD."""
    found = _CHARSET.search(data[:4096])
    declared = found[1].decode("ascii").lower() if found else ""
    if declared in {"iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"}:
        declared = "cp1252"  # all browsers read these names so
    try:
        return decode(data, source, declared)
    except UnsupportedFormat:
        if b"<" not in data[:1024] or data.count(0) > len(data) // 100:
            raise
        return data.decode("utf-8", "replace")


def _decode_reference(found: re.Match[str]) -> str:
    """Return what browsers show for a numeric reference to a control character: Windows-1252, or nothing below 32."""
    number = int(found[1], 16) if found[1] else int(found[2])
    if 128 <= number < 160:
        return bytes([number]).decode("cp1252", "replace")
    return "" if number in _CONTROLS else found.group()


def _find_headline(shown: list[TextRun], title: str) -> TextRun | None:
    """Return the heading that shows the title, else the first `<h1>`, else None."""
    headings = [run for run in shown if run.tag in _HEADINGS]
    wanted = fold(title).casefold()
    for run in headings if wanted else ():
        if fold(run.text).casefold() == wanted:
            return run
    first = [run for run in headings if run.tag == "h1"]
    return first[0] if first else None


def _check_article(body: set[int], shown: list[TextRun], tree: Any, source: str) -> None:
    """Raise `EmptyArticle` if what was chosen is not an article, and say what the page is instead."""
    chosen = [run for number, run in enumerate(shown) if number in body and run.tag not in _HEADINGS]
    if told := explain_wall(chosen, shown, tree):
        raise EmptyArticle(source, told)
