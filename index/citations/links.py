"""Make deep links: addresses that open the publisher's page at the cited sentence, highlighted.

The fragment is a text directive (`#:~:text=prefix-,start,end,-suffix`), which browsers resolve by searching the
page. It is added only if that search can find one place and no other: its terms are counted in the page's text,
folded more than any browser folds and regardless of word boundaries, so that all possible matches are counted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from .. import patterns
from ..model import Article, Citation

FEWEST = 3
"""Words in a start or end term at least: menus and captions, which we may not have seen, repeat one or two."""

MOST = 30
"""Words in a term, and words of context, at most; it bounds the work on a text that repeats itself."""

USUAL = 300
"""Characters of a selection up to which browsers themselves write all of it into an address."""

LONGEST = 1500
"""Characters of a sentence up to which we write all of it into an address."""

_BLOCK_END = patterns.compile(r"[\t\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+|  +")
"""What no term may cross: ends of blocks and table cells, and runs of spaces, which a page shows as one or many."""

_UNSPACED = patterns.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)
"""Scripts that do not separate words by spaces alone: there a sentence is one term (measured on Korean)."""

_QUOTES = {ord(curly): straight for straight, group in (("'", "‘’‚‛`´ʼ′"), ('"', "“”„‟«»″")) for curly in group}
_NOT_IN_ADDRESSES = frozenset('<>"\\^`{|}')
_MIDDLE = ".'’‘:·,;․﹒＇．"
"""Characters that join the letters or digits around them into one word (UAX #29, word boundaries)."""


def deep_link(article: Article, citation: Citation, page_text: str | None = None) -> str:
    """Return an address that opens the page at the cited sentence, "" if the article has no address.

    If no fragment finds this sentence alone, the plain address is returned. Only http and https
    addresses are linked to. `page_text` is all that the page shows, one block a line; without it
    the article's text is searched instead.
    """
    page = safe_address(article.url)
    if not page:
        return ""
    address, _, anchor = page.partition("#")
    anchor = anchor.partition(":~:")[0]  # a directive that came with the address points elsewhere
    directive = find_directive(article.text, citation.start, citation.end, page_text)
    if directive:
        anchor = f"{anchor}:~:text={directive}"
    return f"{address}#{anchor}" if anchor else address


def linked(article: Article, citation: Citation, page_text: str | None = None) -> Citation:
    """Return the citation with its deep link; if that can only open the page, a note says so.

    `page_text` is as in `deep_link`.
    """
    url = deep_link(article, citation, page_text)
    if not url:
        return replace(citation, url=None)
    if ":~:" in url:
        return replace(citation, url=url)
    return replace(citation, url=url, notes=(*citation.notes, note_page_only(citation)))


def note_page_only(citation: Citation) -> dict[str, Any]:
    """Return the note that a citation's link can only open the page."""
    told = "opens the page, not the sentence: its words do not single it out"
    return {"start": citation.start, "end": citation.end, "link": told}


def fits_sentence(url: str, article: Article, citation: Citation) -> bool:
    """Tell whether the link opens the article's own page, with no text directive or one that quotes these words.

    Another release, or one that knew the whole page, may have quoted more or fewer of them.
    """
    page, _, anchor = safe_address(article.url).partition("#")
    address, _, rest = url.partition("#")
    own, marked, directive = rest.partition(":~:")
    if not page or (address, own) != (page, anchor.partition(":~:")[0]):
        return False
    return not marked or (directive.startswith("text=") and _quotes(directive[5:], article.text, citation))


def _quotes(directive: str, text: str, citation: Citation) -> bool:
    """Tell whether the terms of a directive stand in the text where the citation does."""
    *terms, last = directive.split(",")
    prefix = terms.pop(0)[:-1] if terms and terms[0].endswith("-") else ""
    suffix = last[1:] if last.startswith("-") else ""
    terms += [] if suffix else [last]
    before = _fold(text[max(0, citation.start - LONGEST) : citation.start])
    after = _fold(text[citation.end : citation.end + LONGEST])
    words = _fold(text[citation.start : citation.end])
    *start, end = (_fold(unquote(term)) for term in terms) if terms else ("",)
    quoted = words == end if not start else len(start) == 1 and words.startswith(start[0]) and words.endswith(end)
    return (
        quoted
        and all((*start, end))
        and before.endswith(_fold(unquote(prefix)))
        and after.startswith(_fold(unquote(suffix)))
    )


def safe_address(url: str) -> str:
    """Return the address if it is safe to send a reader there, else "".

    Safe is http or https with a host, without a user name or password, and without characters
    that do not belong in an address.
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return ""
    odd = any(ch in _NOT_IN_ADDRESSES or unicodedata.category(ch) in ("Cc", "Cf", "Cs", "Zs") for ch in url)
    return url if parts.scheme in ("http", "https") and host and "@" not in parts.netloc and not odd else ""


def find_directive(text: str, start: int, end: int, page_text: str | None = None) -> str:
    """Return a text directive that finds `text[start:end]` and nothing else, "" if there is none.

    With `page_text` it is the shortest one; without, a sentence of usual length is written whole.
    """
    sentence = _Place.locate(text, start, end)
    if not sentence.lines or not (_is_boundary(text, sentence.start) and _is_boundary(text, sentence.end)):
        return ""
    page = _fold_page(text if page_text is None else page_text)
    # Without it we do not know the rest of the page: teasers repeat the beginning of a sentence, hardly ever all of it.
    at_once = page_text is None and len(sentence.whole) <= USUAL
    ways = (
        (sentence.try_contexts, sentence.try_ranges)
        if at_once and sentence.whole
        else (sentence.try_ranges, sentence.try_contexts)
    )
    found = next((directive for way in ways for directive in way(page)), None)
    try:
        return found.write() if found else ""
    except UnicodeEncodeError:  # a lone surrogate, which no page can hold
        return ""


@dataclass(frozen=True, slots=True)
class _Directive:
    """The terms of a text directive; `prefix` and `suffix` surround what is highlighted."""

    start: str
    end: str = ""
    prefix: str = ""
    suffix: str = ""

    def write(self) -> str:
        terms = (
            self.prefix and _encode(self.prefix) + "-",
            _encode(self.start),
            _encode(self.end),
            self.suffix and "-" + _encode(self.suffix),
        )
        return ",".join(filter(None, terms))


@dataclass(frozen=True, slots=True)
class _Place:
    """A sentence in its text: its words by block, and the words before and after it in those blocks."""

    text: str
    start: int
    end: int
    lines: tuple[tuple[str, ...], ...]
    before: tuple[str, ...]
    after: tuple[str, ...]

    @classmethod
    def locate(cls, text: str, start: int, end: int) -> _Place:
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
        """The sentence as one term, "" if it spans several blocks or is too long."""
        return " ".join(self.lines[0]) if len(self.lines) == 1 and self.end - self.start <= LONGEST else ""

    def try_ranges(self, page: str) -> Iterator[_Directive]:
        """Yield directives of a start term that occurs once and the first end term after it, shortest first."""
        whole = _fold(self.text[self.start : self.end])
        if self.whole and (len(self.lines[0]) < 3 * FEWEST or _UNSPACED.search(self.whole)):
            if _find_once(page, whole) >= 0:
                yield _Directive(self.whole)
            return
        for start in _grow(self.lines[0], from_end=False):
            place = _find_once(page, _fold(start))
            if place < 0 or not page.startswith(whole, place):
                continue
            for end in _grow(self.lines[-1], from_end=True):
                behind, last = place + len(_fold(start)), place + len(whole) - len(_fold(end))
                if last > behind and page.find(_fold(end), behind) == last:
                    yield _Directive(start, end)

    def try_contexts(self, page: str) -> Iterator[_Directive]:
        """Yield directives that quote the sentence with words around it, fewest words first."""
        if not self.whole:
            return
        if _find_once(page, _fold(self.whole)) >= 0:
            yield _Directive(self.whole)
        prefixes = [" ".join(self.before[-n:]) for n in range(1, len(self.before) + 1)]
        suffixes = [" ".join(self.after[:n]) for n in range(1, len(self.after) + 1)]
        pairs = [(prefix, "") for prefix in prefixes] + [("", suffix) for suffix in suffixes]
        pairs += list(zip(prefixes, suffixes, strict=False))
        for prefix, suffix in pairs:
            if _stands_once(page, [_fold(term) for term in (prefix, self.whole, suffix) if term]):
                yield _Directive(self.whole, prefix=prefix, suffix=suffix)


def _grow(words: tuple[str, ...], *, from_end: bool) -> Iterator[str]:
    for count in range(min(FEWEST, len(words)), min(MOST, len(words)) + 1):
        yield " ".join(words[-count:] if from_end else words[:count])


def _stands_once(page: str, terms: list[str]) -> bool:
    """Tell whether the terms, with or without space between them, occur in this order exactly once in the page."""
    pattern = re.compile(" ?".join(re.escape(term) for term in terms))
    first = pattern.search(page)
    return first is not None and pattern.search(page, first.start() + 1) is None


def _find_once(page: str, term: str) -> int:
    """Return where the term stands in the page, -1 unless it occurs exactly once."""
    place = page.find(term)
    return place if place >= 0 and page.find(term, place + 1) < 0 else -1


@lru_cache(maxsize=4)
def _fold_page(text: str) -> str:
    """Return `_fold(text)`, cached for the next citation of the same page."""
    return _fold(text)


def _fold(text: str) -> str:
    """Fold the text as browsers do or more: case, accents, kinds of quotation marks and white space are ignored."""
    if not text.isascii():
        apart = unicodedata.normalize("NFKD", text.translate(_QUOTES))
        text = "".join(ch for ch in apart if ch.isspace() or unicodedata.category(ch) not in ("Mn", "Me", "Cf", "Cc"))
    return " ".join(text.translate(_QUOTES).casefold().split())


def _is_boundary(text: str, place: int) -> bool:
    """Tell whether a word certainly begins or ends at this place."""
    left, right = text[max(0, place - 2) : place], text[place : place + 2]
    if not left or not right:
        return True
    if unicodedata.category(right[0]) in ("Mn", "Me", "Cf") or unicodedata.category(left[-1]) == "Cf":
        return False
    if _is_word_character(left[-1]):
        return not (_is_word_character(right[0]) or (right[0] in _MIDDLE and _is_word_character(right[1:])))
    return not (left[-1] in _MIDDLE and _is_word_character(left[:-1]) and _is_word_character(right[0]))


def _is_word_character(ch: str) -> bool:
    return bool(ch) and (ch.isalnum() or ch == "_" or unicodedata.category(ch) in ("Mn", "Mc", "Pc"))


def _encode(term: str) -> str:
    """Percent-encode a term; the hyphen too, because the syntax of directives uses it."""
    return quote(term, safe="").replace("-", "%2D")
