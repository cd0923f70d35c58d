"""Deep links: an address that opens the publisher's page at the cited sentence, highlighted.

The fragment is a text directive (`#:~:text=prefix-,start,end,-suffix`), which browsers resolve by searching the
page. It is given only where that search can find one place: its terms are counted in the page's text, folded
further than any browser folds and without regard to word borders, so whatever a browser could match is counted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import quote, urlsplit

from ..model import Article, Citation

FEWEST = 3
"""Words in a start or end term at least: navigation and captions, which we may not have seen, repeat one or two."""

MOST = 30
"""Words in a term at most, and words of context at most; it bounds the work on a text that repeats itself."""

USUAL = 300
"""Characters up to which browsers themselves write a selection into an address whole."""

LONGEST = 1500
"""Characters of a sentence that is written into the address whole, at most."""

_BLOCK_END = re.compile(r"[\t\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+|  +")
"""What no term crosses: ends of blocks, table cells, and runs of spaces, which a page shows as one or as many."""

_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Scripts whose words are not, or not only, set apart by spaces: there a sentence is one term (measured on Korean)."""

_QUOTES = {ord(curly): straight for straight, group in (("'", "‘’‚‛`´ʼ′"), ('"', "“”„‟«»″")) for curly in group}
_NOT_IN_ADDRESSES = frozenset('<>"\\^`{|}')
_MIDDLE = ".'’‘:·,;․﹒＇．"
"""Marks that join the letters or digits on both sides into one word (Unicode's word rules)."""


def deep_link(article: Article, citation: Citation, page_text: str | None = None) -> str:
    """Return the address of the page at the cited sentence, "" if the article has no address to link to.

    Where no fragment finds the sentence and nothing else, the plain address is returned. Only
    http and https addresses are linked to. `page_text` is all that the page shows, blocks on
    lines of their own; without it the article's text stands for it.
    """
    page = safe_address(article.url)
    if not page:
        return ""
    address, _, anchor = page.partition("#")
    anchor = anchor.partition(":~:")[0]  # a directive that came with the address points elsewhere
    directive = text_directive(article.text, citation.start, citation.end, page_text)
    if directive:
        anchor = f"{anchor}:~:text={directive}"
    return f"{address}#{anchor}" if anchor else address


def linked(article: Article, citation: Citation, page_text: str | None = None) -> Citation:
    """Return the citation with its deep link; a note says so where the link opens the page only."""
    url = deep_link(article, citation, page_text)
    if not url:
        return replace(citation, url=None)
    if ":~:" in url:
        return replace(citation, url=url)
    note = {
        "start": citation.start,
        "end": citation.end,
        "link": "opens the page, not the sentence: its words do not single it out",
    }
    return replace(citation, url=url, notes=(*citation.notes, note))


def safe_address(url: str) -> str:
    """Return the address if it is one that a reader may be sent to, else "".

    That is http or https with a host, without a name or password, and without characters that
    have no place in an address.
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return ""
    odd = any(ch in _NOT_IN_ADDRESSES or unicodedata.category(ch) in ("Cc", "Cf", "Cs", "Zs") for ch in url)
    return url if parts.scheme in ("http", "https") and host and "@" not in parts.netloc and not odd else ""


def text_directive(text: str, start: int, end: int, page_text: str | None = None) -> str:
    """Return a directive that finds `text[start:end]` and nothing else, "" if there is none.

    Proved against all that the page shows it is the shortest; proved against the article's
    text alone, a sentence of usual length is written whole.
    """
    sentence = _Sentence.at(text, start, end)
    if not sentence.lines or not (_cut(text, sentence.start) and _cut(text, sentence.end)):
        return ""
    page = _folded_page(text if page_text is None else page_text)
    # What else the page shows is unknown then, and teasers repeat a sentence's beginning, hardly ever all of it.
    at_once = page_text is None and len(sentence.whole) <= USUAL
    ways = (
        (sentence.in_context, sentence.ranges) if at_once and sentence.whole else (sentence.ranges, sentence.in_context)
    )
    found = next((directive for way in ways for directive in way(page)), None)
    try:
        return found.written() if found else ""
    except UnicodeEncodeError:  # a lone surrogate, which no page can hold
        return ""


@dataclass(frozen=True, slots=True)
class _Directive:
    """The terms of a text directive; `prefix` and `suffix` stand beside what is highlighted."""

    start: str
    end: str = ""
    prefix: str = ""
    suffix: str = ""

    def written(self) -> str:
        terms = (
            self.prefix and _encoded(self.prefix) + "-",
            _encoded(self.start),
            _encoded(self.end),
            self.suffix and "-" + _encoded(self.suffix),
        )
        return ",".join(filter(None, terms))


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of a text: its words by block, and the words of the blocks' rest before and after it."""

    text: str
    start: int
    end: int
    lines: tuple[tuple[str, ...], ...]
    before: tuple[str, ...]
    after: tuple[str, ...]

    @classmethod
    def at(cls, text: str, start: int, end: int) -> _Sentence:
        words = text[start:end]
        start, end = start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())
        lines = tuple(tuple(line.split()) for line in _BLOCK_END.split(text[start:end]))
        before = [line for line in _BLOCK_END.split(text[max(0, start - LONGEST) : start]) if line.strip()]
        after = [line for line in _BLOCK_END.split(text[end : end + LONGEST]) if line.strip()]
        left, right = before[-1].split() if before else [], after[0].split() if after else []
        if len(before) == 1 and start > LONGEST:  # the cut went through a word, most likely
            del left[0]
        if len(after) == 1 and len(text) > end + LONGEST:
            del right[-1]
        return cls(text, start, end, tuple(filter(None, lines)), tuple(left[-MOST:]), tuple(right[:MOST]))

    @property
    def whole(self) -> str:
        """The sentence as one term, "" where blocks or its length forbid it."""
        return " ".join(self.lines[0]) if len(self.lines) == 1 and self.end - self.start <= LONGEST else ""

    def ranges(self, page: str) -> Iterator[_Directive]:
        """Yield the directives with a start that stands once and an end that comes first after it, shortest first."""
        whole = _folded(self.text[self.start : self.end])
        if self.whole and (len(self.lines[0]) < 3 * FEWEST or _UNSPACED.search(self.whole)):
            if _once(page, whole) >= 0:
                yield _Directive(self.whole)
            return
        for start in _growing(self.lines[0], from_end=False):
            place = _once(page, _folded(start))
            if place < 0 or not page.startswith(whole, place):
                continue
            for end in _growing(self.lines[-1], from_end=True):
                behind, last = place + len(_folded(start)), place + len(whole) - len(_folded(end))
                if last > behind and page.find(_folded(end), behind) == last:
                    yield _Directive(start, end)

    def in_context(self, page: str) -> Iterator[_Directive]:
        """Yield the directives that need words from beside the sentence, fewest first."""
        if not self.whole:
            return
        if _once(page, _folded(self.whole)) >= 0:
            yield _Directive(self.whole)
        prefixes = [" ".join(self.before[-n:]) for n in range(1, len(self.before) + 1)]
        suffixes = [" ".join(self.after[:n]) for n in range(1, len(self.after) + 1)]
        pairs = [(prefix, "") for prefix in prefixes] + [("", suffix) for suffix in suffixes]
        pairs += list(zip(prefixes, suffixes, strict=False))
        for prefix, suffix in pairs:
            if _stands_once(page, [_folded(term) for term in (prefix, self.whole, suffix) if term]):
                yield _Directive(self.whole, prefix=prefix, suffix=suffix)


def _growing(words: tuple[str, ...], *, from_end: bool) -> Iterator[str]:
    for count in range(min(FEWEST, len(words)), min(MOST, len(words)) + 1):
        yield " ".join(words[-count:] if from_end else words[:count])


def _stands_once(page: str, terms: list[str]) -> bool:
    """Tell whether the terms stand in a row, with or without space between, at one place of the page only."""
    pattern = re.compile(" ?".join(re.escape(term) for term in terms))
    first = pattern.search(page)
    return first is not None and pattern.search(page, first.start() + 1) is None


def _once(page: str, term: str) -> int:
    """Return where the term stands in the page, -1 if it stands nowhere or more than once."""
    place = page.find(term)
    return place if place >= 0 and page.find(term, place + 1) < 0 else -1


@lru_cache(maxsize=4)
def _folded_page(text: str) -> str:
    """Return `_folded(text)`, kept for the next citation of the same page."""
    return _folded(text)


def _folded(text: str) -> str:
    """Return the text as a browser compares it, or coarser: case, accents, quotation marks and space do not count."""
    if not text.isascii():
        apart = unicodedata.normalize("NFKD", text.translate(_QUOTES))
        text = "".join(ch for ch in apart if ch.isspace() or unicodedata.category(ch) not in ("Mn", "Me", "Cf", "Cc"))
    return " ".join(text.translate(_QUOTES).casefold().split())


def _cut(text: str, place: int) -> bool:
    """Tell whether a word surely ends or begins at this place."""
    left, right = text[max(0, place - 2) : place], text[place : place + 2]
    if not left or not right:
        return True
    if unicodedata.category(right[0]) in ("Mn", "Me", "Cf") or unicodedata.category(left[-1]) == "Cf":
        return False
    if _joins(left[-1]):
        return not (_joins(right[0]) or (right[0] in _MIDDLE and _joins(right[1:])))
    return not (left[-1] in _MIDDLE and _joins(left[:-1]) and _joins(right[0]))


def _joins(ch: str) -> bool:
    return bool(ch) and (ch.isalnum() or ch == "_" or unicodedata.category(ch) in ("Mn", "Mc", "Pc"))


def _encoded(term: str) -> str:
    """Percent-encode a term; the hyphen too, which the directive's own grammar uses."""
    return quote(term, safe="").replace("-", "%2D")
