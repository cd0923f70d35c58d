"""Read EPUB books: the parts in the book's spine, in its order, as e-readers show them."""

from __future__ import annotations

import posixpath
import re
from urllib.parse import unquote

from ..errors import EmptyArticle, UnsupportedFormat, state_fact
from ..model import Metadata
from ..reading.article import MAX_CHARACTERS
from ..reading.document import Block, Document
from .archive import Archive
from .facts import parse_moment
from .html import read_fragment

_TOLD = 20  # parts that are named at most
_PAGES = frozenset({"application/xhtml+xml", "text/html"})


def read_epub(archive: Archive) -> Document:
    """Return the text of a book, block by block, with its title, author and date.

    Raises:
        UnsupportedFormat: it is damaged or protected.
        EmptyArticle: it holds no text.
    """
    if _is_protected(archive):
        raise UnsupportedFormat(archive.source, state_fact("is protected; only books without copy protection are read"))
    known, parts, told = _read_package(archive, _find_package(archive))
    texts: list[str] = []
    shown: list[str] = []
    blocks: list[Block] = []
    at = 0
    for name in parts:
        part = read_fragment(archive.read(name), archive.source)
        blocks += [Block(at + block.start, at + block.end, block.kind) for block in part.blocks or ()]
        if part.text:
            texts.append(part.text)
            shown.append(part.shown)
            at += len(part.text) + 2
        if at > MAX_CHARACTERS:
            break  # `build_article` says that it is too long
    if not texts:
        raise EmptyArticle(archive.source, state_fact("is a book without text; pictures of pages are not read"))
    return Document("\n\n".join(texts), known, tuple(blocks), " ".join(shown), told)


def _is_protected(archive: Archive) -> bool:
    """Tell whether pages of the book are encrypted; encrypted fonts do not matter."""
    name = "META-INF/encryption.xml"
    if name not in archive.names:
        return False
    targets = (
        element.get("URI", "")
        for event, tag, element in archive.read_events(name)
        if event == "start" and tag == "CipherReference"
    )
    return any(re.search(r"\.(?:x?html?|xml|opf)$", target, re.IGNORECASE) for target in targets)


def _find_package(archive: Archive) -> str:
    """Return the name of the package file.

    Raises:
        UnsupportedFormat: there is none.
    """
    for event, tag, element in archive.read_events("META-INF/container.xml"):
        if event == "start" and tag == "rootfile" and element.get("full-path") in archive.names:
            return str(element.get("full-path"))
    raise UnsupportedFormat(
        archive.source, state_fact("is damaged: it does not say where its pages are; get another copy of it")
    )


def _read_package(archive: Archive, name: str) -> tuple[Metadata, list[str], tuple[str, ...]]:
    """Return what the package says of the book, its pages in reading order, and a line on each part that is left out.

    Raises:
        UnsupportedFormat: a page is missing.
    """
    stated: dict[str, str] = {}
    items: dict[str, str] = {}
    others: set[str] = set()  # parts that are no pages: the table of contents, pictures
    spine: list[str] = []
    aside: list[str] = []
    folder = posixpath.dirname(name)
    for event, tag, element in archive.read_events(name):
        if event == "start" and tag == "item":
            href = unquote(element.get("href", "").partition("#")[0])
            if element.get("media-type") in _PAGES and "nav" not in element.get("properties", "").split():
                items[element.get("id", "")] = posixpath.normpath(posixpath.join(folder, href))
            else:
                others.add(element.get("id", ""))
        elif event == "start" and tag == "itemref":
            (aside if element.get("linear") == "no" else spine).append(element.get("idref", ""))
        elif event == "end" and tag in {"title", "creator", "date", "publisher"} and element.text:
            stated.setdefault(tag, " ".join(element.text.split())[:500])
    known = Metadata(
        title=stated.get("title", ""),
        byline=stated.get("creator", ""),
        published=parse_moment(stated.get("date", "")),
        agency=stated.get("publisher", ""),
    )
    pages = [items[number] for number in dict.fromkeys(spine) if number in items]
    if missing := [page for page in pages if page not in archive.names]:  # half a book must never pass for the book
        raise UnsupportedFormat(
            archive.source,
            state_fact(
                "is damaged: {count} of its {total} pages are missing; get another copy of it",
                count=len(missing),
                total=len(pages),
            ),
        )
    lost = [number for number in dict.fromkeys(spine) if number not in items and number not in others]
    told = [f"({number[:80]}: a page that the book names and does not have)" for number in lost]
    told += [f"({items[number]}: outside of the order of reading; not quoted)" for number in aside if number in items]
    return known, pages, tuple(told[:_TOLD])
