"""Find a page's main part by where its prose stands: a second view, which knows nothing of trafilatura's. Pure.

Prose gives points to the elements around it, most to the nearest; the element with most points, counted
without its links, is the main part, and so are its brothers that look like it. The idea, the points and the
steps are those of Mozilla's Readability, here counted on runs of text instead of rewriting the page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .visible import TextRun

_SENTENCE_END = re.compile(r"[.!?…:][\"'”’»)\]]{0,3}$")

_COMMENTS = re.compile(r"(?:^|[\s_-])(?:comments?|commentlist|disqus|respond|replies|discussion)(?:$|[\s_-])", re.IGNORECASE)
"""Names of what readers wrote; it may be longer than the article."""

_ASIDES = re.compile(
    r"(?:^|[\s_-])(?:ads?|advert\w{0,10}|agegate|bio|breadcrumbs?|combx|consent|contributions?|cookies?|footer|e?mail-?sign-?up"
    r"|jp-relatedposts|navbar|navbox|navigation|newsletters?|nl|offer|outbrain|pager|pagination|paywall|popup|promos?"
    r"|read-?(?:more|next)|reco|recirc\w{0,10}|recommend\w{0,5}|related\w{0,10}|rich-?link|sharedaddy|shopping|shoutbox"
    r"|sidebar|sign-?up|skyscraper|sponsor\w{0,5}|subscri\w{0,8}|taboola|trending|yarpp)(?:$|[\s_-])",
    re.IGNORECASE,
)
"""Names of what stands around an article, as whole words of a class or an id."""

_MAYBE_ASIDES = re.compile(
    r"(?:^|[\s_-])(?:banner|disclaimer|form|infobox|masthead|menu|meta|modal|most|nav|popular|remark|rss|shar(?:e|ing)|skip"
    r"|social|tags?|teasers?|toc|toolbar|tools?|tweet|widget)(?:$|[\s_-])",
    re.IGNORECASE,
)
"""Names that paragraphs of an article have, too: they count where there is more than prose."""

_KINDS_OF_NAMES = (_COMMENTS, _ASIDES, _MAYBE_ASIDES)
_POSITIVE = re.compile(r"article|body|content|entry|hentry|h-entry|main|page|post|text|blog|story", re.IGNORECASE)
_NEGATIVE = re.compile(
    r"-ad-|hidden|\bhid\b|banner|combx|comment|com-|contact|footer|gdpr|masthead|media|meta|outbrain|promo|related"
    r"|scroll|share|shoutbox|sidebar|skyscraper|sponsor|shopping|tags|widget",
    re.IGNORECASE,
)
_ASIDE_TAGS = frozenset({"nav", "footer", "aside", "menu", "form", "dialog", "figcaption", "button", "label", "select"})
_ASIDE_ROLES = frozenset(
    {"navigation", "banner", "contentinfo", "complementary", "search", "dialog", "alertdialog", "menu", "menubar"}
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BASES = {"div": 5, "article": 5, "section": 0, "pre": 3, "td": 3, "blockquote": 3, "address": -3} | dict.fromkeys(
    ("ol", "ul", "dl", "dd", "dt", "li", "form"), -3
)
_PARAGRAPHS = frozenset({"p", "pre", "li", "dd", "td", "blockquote", "font", "center"})
_SHARES = (1, 1 / 2, 1 / 6, 1 / 9, 1 / 12)  # of its points that a paragraph gives to each element around it
_OUTERMOST = frozenset({"html", "body"})


@dataclass(slots=True)
class _Box:
    """An element on the way from a run to the root, with what is counted in it."""

    element: Any
    parent: _Box | None
    names: str
    comments: bool
    aside: bool
    maybe_aside: bool
    score: float = 0.0
    length: int = 0
    linked: int = 0
    prose: int = 0
    commas: int = 0
    heads: int = 0
    why: str = ""
    """Why nothing in it belongs to the main part; "" if it may."""

    @property
    def tag(self) -> str:
        return str(self.element.tag)

    @property
    def link_share(self) -> float:
        return self.linked / self.length if self.length else 0.0

    @property
    def points(self) -> float:
        return self.score * (1 - self.link_share)

    def climb(self) -> Iterable[_Box]:
        """Yield this box and those around it, the innermost first."""
        box: _Box | None = self
        while box is not None:
            yield box
            box = box.parent


@dataclass(frozen=True, slots=True)
class Region:
    """The main part of a page, by the numbers of its runs.

    `body` is its prose, `rest` the headings, items and cells among it; `span` is all that stands inside it, and
    `aside` says why some of that is not of it.
    """

    body: frozenset[int]
    rest: frozenset[int]
    span: frozenset[int]
    aside: dict[int, str]


def is_prose(run: TextRun) -> bool:
    """Tell whether a run reads like a sentence of an article: long enough, ended, and no link alone."""
    size = len(run.text)
    if size < 25 or run.tag in _HEADINGS:
        return False
    ends = bool(_SENTENCE_END.search(run.text[-5:]))
    if run.linked * 2 > size:
        return ends and size >= 60 and run.text.count(" ") >= 9
    return ends or size >= 80


def find_region(runs: Sequence[TextRun], headline: TextRun | None) -> Region:
    """Return the main part of the page; an empty one if no prose is found."""
    boxes = _Boxes(runs, headline)
    top = boxes.find_top()
    if top is None:
        return Region(frozenset(), frozenset(), frozenset(), {})
    roots = boxes.find_roots(top)
    body, rest, span, aside = set(), set(), set(), {}
    for number, run in enumerate(runs):
        why, inside = "", False
        for box in boxes.of[number].climb():
            if id(box) in roots:
                inside = True
                break
            why = box.why or why
        if not inside:
            continue
        span.add(number)
        if why:
            aside[number] = why
        elif is_prose(run):
            body.add(number)
        elif run.tag in _HEADINGS | _PARAGRAPHS and run.linked * 2 <= len(run.text):
            rest.add(number)
    return Region(frozenset(body), frozenset(rest), frozenset(span), aside)


def correct_choice(runs: Sequence[TextRun], chosen: set[int], region: Region) -> set[int]:
    """Return what was chosen of the page, corrected by the region of its prose.

    Where both stand in the same place, the region adds prose that was not chosen, and takes away what was chosen
    behind its end. Where they do not, the one with far more prose counts.
    """

    def measure(numbers: Iterable[int]) -> int:
        return sum(len(runs[number].text) for number in numbers if is_prose(runs[number]))

    ours, theirs, both = measure(region.body), measure(chosen), measure(region.body & chosen)
    if not region.body or (both * 2 < theirs and ours < 2 * theirs):
        return chosen
    if both * 2 < theirs:
        return set(region.body | region.rest)
    kept = chosen | region.body
    last = max(region.body)
    behind = {number for number in kept if number > last and number not in region.span}
    if measure(behind) * 5 < ours:
        kept -= behind
    return kept


class _Boxes:
    """The elements around the runs of a page."""

    def __init__(self, runs: Sequence[TextRun], headline: TextRun | None) -> None:
        self._by_element: dict[Any, _Box] = {}
        self._runs = runs
        self.of = [self._open(run.element) for run in runs]
        self._count(headline)
        self._mark_asides()
        self._score()

    def _open(self, element: Any) -> _Box:
        """Return the box of an element; those around it are made first."""
        waiting = []
        while element is not None and element not in self._by_element:
            waiting.append(element)
            element = element.getparent()
        box = self._by_element[element] if element is not None else None
        for inner in reversed(waiting):
            names = f"{inner.get('class') or ''} {inner.get('id') or ''}"[:300]
            box = _Box(inner, box, names, *(bool(each.search(names)) for each in _KINDS_OF_NAMES))
            self._by_element[inner] = box
        assert box is not None
        return box

    def _count(self, headline: TextRun | None) -> None:
        """Count text, links and prose in each box; a box is made after those around it."""
        for box, run in zip(self.of, self._runs, strict=True):
            box.length += len(run.text)
            box.linked += run.linked
            box.heads += run is headline or run.tag == "h1"
            if is_prose(run):
                box.prose += len(run.text)
                box.commas += run.text.count(",")
        for box in reversed(self._by_element.values()):
            if box.parent is not None:
                box.parent.length += box.length
                box.parent.linked += box.linked
                box.parent.prose += box.prose
                box.parent.commas += box.commas
                box.parent.heads += box.heads

    def _mark_asides(self) -> None:
        """Say of each box why it is not of the main part, by its name, its tag, its role or its links."""
        total = max((box.prose for box in self._by_element.values()), default=0)
        by_names: Counter[str] = Counter()
        for box in self._by_element.values():
            if box.parent is None or box.parent.names != box.names:
                by_names[box.names] += box.prose
        for box in self._by_element.values():
            if box.heads or box.tag in _OUTERMOST:
                continue
            if box.comments and box.tag != "article":
                box.why = "readers' comments"
            elif by_names[box.names] * 2 > total and (box.names.strip() or box.prose * 2 > total):
                continue  # a page may call the whole of it "has-sidebar", or each of its paragraphs "widget"
            elif box.aside or (box.maybe_aside and (box.linked or box.prose < box.length)):
                box.why = f"in a part that the page calls {' '.join(box.names.split())[:60]!r}"
            elif box.tag in _ASIDE_TAGS:
                box.why = f"in a <{box.tag}>"
            elif (box.element.get("role") or "").lower() in _ASIDE_ROLES or box.element.get("aria-hidden") == "true":
                box.why = "beside the text"
            elif box.commas < 10 and box.link_share > 0.5 and box.tag not in _PARAGRAPHS:
                box.why = "a list of links"

    def _score(self) -> None:
        """Let each run of prose give points to the elements around it."""
        for box, run in zip(self.of, self._runs, strict=True):
            if not is_prose(run) or any(each.why for each in box.climb()):
                continue
            points = 1 + run.text.count(",") + min(len(run.text) // 100, 3)
            first = box.parent if box.tag in _PARAGRAPHS and box.parent is not None else box
            for share, each in zip(_SHARES, first.climb(), strict=False):
                each.score += points * share
        for box in self._by_element.values():
            if box.score:
                # at most 25 points for a name, and never more than the prose itself has earned
                box.score += _BASES.get(box.tag, 0) + _weigh_names(box.names) * min(25.0, 0.8 * box.score)

    def find_top(self) -> _Box | None:
        """Return the box with the most points, or one around it that holds several of nearly as many."""
        best = sorted((box for box in self._by_element.values() if box.score > 0), key=lambda box: -box.points)[:5]
        if not best:
            return None
        top = best[0]
        rivals = [box for box in best[1:] if box.points >= 0.75 * top.points]
        if len(rivals) >= 3:
            shared = Counter(id(each) for box in rivals for each in box.climb() if each is not box)
            for each in top.climb():
                if each is not top and shared[id(each)] >= 3 and each.tag not in _OUTERMOST:
                    top = each
                    break
        least, last = top.points / 3, top.points
        for each in top.climb():
            if each is top or each.tag in _OUTERMOST or not each.score:
                continue
            if each.points < least:
                break
            if each.points > last:
                top = each
                break
            last = each.points
        return top

    def find_roots(self, top: _Box) -> set[int]:
        """Return the ids of the boxes that make up the main part: the top one and its brothers that look like it."""
        roots = {id(top)}
        brothers: dict[int, list[_Box]] = {}
        for box in self._by_element.values():
            brothers.setdefault(id(box.parent), []).append(box)
        least = max(10.0, top.points * 0.2)
        for level, box in enumerate(top.climb()):
            # what stands beside a box with the headline in it is another story
            if level >= len(_SHARES) or box.tag in _OUTERMOST or (level and box.heads) or box.parent is None:
                break
            for each in brothers[id(box.parent)]:
                if each is box or each.why or not each.prose or each.link_share > 0.25 or each.heads:
                    continue
                if _look_alike(each, box) or (not level and (each.points >= least or each.tag == "p")):
                    roots.add(id(each))
        return roots


def _look_alike(one: _Box, other: _Box) -> bool:
    """Tell whether two elements have the same tag and the same names, apart from such as a program made up."""
    if one.tag != other.tag:
        return False
    first, second = ({name for name in box.names.split() if not any(map(str.isdigit, name))} for box in (one, other))
    return first == second if first or second else bool(one.names.strip()) and one.names == other.names


def _weigh_names(names: str) -> int:
    """Return 1 for a name that articles have, -1 for one that other things have, 0 for both or neither."""
    return bool(_POSITIVE.search(names)) - bool(_NEGATIVE.search(names))
