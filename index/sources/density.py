"""Count where the prose of a page stands, element by element, and which element holds most of it. Pure.

Prose gives points to the elements around it, most to the nearest; the element with most points, counted without its
links, is the top one, and its brothers that look like it belong to it. The idea, the points and the steps are those of
Mozilla's Readability, here counted on runs of text instead of rewriting the page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .. import patterns
from .names import Names, join_names, read_names
from .visible import TextRun

# maybe with the marks of notes behind it, as in an encyclopedia
_SENTENCE_END = patterns.compile(r"[.!?…:][\"'”’»)\]]{0,3}(?:\[[\w ]{1,9}\]){0,4}$")

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
PARAGRAPHS = frozenset({"p", "pre", "li", "dd", "td", "blockquote", "font", "center"})
IN, PLAIN = "in ", "nothing but prose, but in "  # how the reasons begin
NOT_READ_ALOUD = "kept from screen readers"

_OUTERMOST = frozenset({"html", "body"})
_ASIDE_TAGS = frozenset({"nav", "footer", "aside", "menu", "form", "dialog", "figcaption", "button", "label", "select"})
_MAYBE_ASIDE_TAGS = frozenset({"footer", "aside", "form", "label"})
_ASIDE_ROLES = frozenset(
    {"navigation", "banner", "contentinfo", "complementary", "search", "dialog", "alertdialog", "menu", "menubar"}
)
_BASES = {"div": 5, "article": 5, "pre": 3, "td": 3, "blockquote": 3} | dict.fromkeys(
    ("address", "ol", "ul", "dl", "dd", "dt", "li", "form"), -3
)
_SHARES = (1, 1 / 2, 1 / 6, 1 / 9, 1 / 12)  # of its points that a paragraph gives to each element around it
_LONG = 150  # characters of nothing but prose, which a box of an advertisement seldom has
_MANY = 4  # boxes that look alike and hold links are a list, such as of comments or teasers


def ends_sentence(text: str) -> bool:
    """Tell whether a text ends like a sentence, or with the colon before a list."""
    return not text[-1:].isalnum() and bool(_SENTENCE_END.search(text[-50:]))


def is_prose(run: TextRun) -> bool:
    """Tell whether a run reads like a sentence of an article: long enough, ended, and no mere link."""
    size = len(run.text)
    if size < 25 or run.tag in HEADINGS:
        return False
    ends = ends_sentence(run.text)
    if run.linked * 2 > size:
        return ends and size >= 60 and run.text.count(" ") >= 9
    return ends or size >= 80


@dataclass(slots=True)
class Box:
    """An element around a run, with what is counted in it; lengths in characters."""

    element: Any
    parent: Box | None
    names: Names
    tag: str
    score: float = 0.0
    length: int = 0
    linked: int = 0
    prose: int = 0
    commas: int = 0
    heads: int = 0
    links: int = 0
    why: str = ""
    """Why nothing in it belongs to an article; "" if it may."""
    shut: bool = False
    """Whether it, or an element around it, has such a reason."""

    @property
    def link_share(self) -> float:
        """The share of its characters that are in links."""
        return self.linked / self.length if self.length else 0.0

    @property
    def points(self) -> float:
        """Its score without the share of its links."""
        return self.score * (1 - self.link_share)

    def climb(self) -> Iterator[Box]:
        """Yield this box and those around it, the innermost first."""
        box: Box | None = self
        while box is not None:
            yield box
            box = box.parent


class Boxes:
    """The elements around the runs of a page; `of` has the innermost one of each run."""

    def __init__(self, runs: Sequence[TextRun], headline: TextRun | None) -> None:
        self._runs = runs
        self._headline = next((number for number, run in enumerate(runs) if run is headline), len(runs))
        self._by_element: dict[Any, Box] = {}
        self._known: dict[str, Names] = {}
        self.prose = [is_prose(run) for run in runs]
        self.of = [self._open(run.element) for run in runs]
        self._count()
        self._alike = Counter((id(box.parent), box.tag, box.names.words) for box in self._by_element.values())
        self._shut()
        self._score()

    def __iter__(self) -> Iterator[Box]:
        """Yield all of them, each behind those around it."""
        return iter(self._by_element.values())

    def _open(self, element: Any) -> Box:
        """Return the box of an element; those around it are made first."""
        waiting = []
        while element is not None and element not in self._by_element:
            waiting.append(element)
            element = element.getparent()
        box = self._by_element[element] if element is not None else None
        for inner in reversed(waiting):
            words = join_names(inner)
            names = self._known.get(words) or self._known.setdefault(words, read_names(words))
            box = self._by_element[inner] = Box(inner, box, names, str(inner.tag))
        assert box is not None
        return box

    def _count(self) -> None:
        """Count text, links and prose in each box; a box is made after those around it."""
        for number, (box, run) in enumerate(zip(self.of, self._runs, strict=True)):
            box.length += len(run.text)
            box.linked += run.linked
            box.heads += number == self._headline or run.tag == "h1"
            if self.prose[number]:
                box.prose += len(run.text)
                box.commas += run.text.count(",")
            else:
                box.links += run.linked * 10 >= len(run.text) * 9
        for box in reversed(self._by_element.values()):
            if box.parent is not None:
                box.parent.length += box.length
                box.parent.linked += box.linked
                box.parent.prose += box.prose
                box.parent.commas += box.commas
                box.parent.heads += box.heads
                box.parent.links += box.links

    def _shut(self) -> None:
        """Say of each box why nothing in it belongs to an article."""
        total = max((box.prose for box in self._by_element.values()), default=0)
        named: Counter[str] = Counter()
        for box in self._by_element.values():
            if box.names.words and (box.parent is None or box.parent.names is not box.names):
                named[box.names.words] += box.prose
        for box in self._by_element.values():
            if not box.heads and box.tag not in _OUTERMOST:
                if box.names.comments and box.tag != "article":
                    box.why = "readers' comments"
                elif max(named[box.names.words], box.prose) * 2 <= total:
                    # else a page calls the whole of it "has-sidebar", or each of its paragraphs "widget"
                    box.why = _explain_by_name(box) or _explain_by_form(box)
            box.shut = bool(box.why) or (box.parent is not None and box.parent.shut)

    def _score(self) -> None:
        """Let each run of prose give points to the elements around it."""
        for number, (box, run) in enumerate(zip(self.of, self._runs, strict=True)):
            if not self.prose[number] or box.shut:
                continue
            points = 1 + run.text.count(",") + min(len(run.text) // 100, 3)
            first = box.parent if box.tag in PARAGRAPHS and box.parent is not None else box
            for share, each in zip(_SHARES, first.climb(), strict=False):
                each.score += points * share
        for box in self._by_element.values():
            if box.score:
                # at most 25 points for a name, and never more than the prose itself has earned
                box.score += _BASES.get(box.tag, 0) + box.names.weight * min(25.0, 0.8 * box.score)

    def find_top(self) -> Box | None:
        """Return the box with the most points, or one around it that holds several of nearly as many; else None."""
        best = sorted((box for box in self._by_element.values() if box.score > 0), key=lambda box: -box.points)[:5]
        if not best:
            return None
        top = self._prefer_first(best)
        rivals = [box for box in best if box is not top and box.points >= 0.75 * top.points]
        if len(rivals) >= 3:
            shared = Counter(id(each) for box in rivals for each in box.climb() if each is not box)
            around = (each for each in top.climb() if each is not top and each.tag not in _OUTERMOST)
            top = next((each for each in around if shared[id(each)] >= 3), top)
        least, last = top.points / 3, top.points
        for each in top.climb():
            if each is top or each.tag in _OUTERMOST or not each.score:
                continue
            if each.points > last:
                return each
            if each.points < least:
                break
            last = each.points
        return top

    def _prefer_first(self, best: list[Box]) -> Box:
        """Return the one of these that begins first below the headline, if it has half of the most points."""
        strong = {id(box): box for box in best if box.points * 2 >= best[0].points}
        for box in self.of[self._headline + 1 :]:
            for each in strong.values():
                if any(each is around for around in box.climb()):
                    return each
        return best[0]

    def find_roots(self, top: Box) -> list[Box]:
        """Return the boxes that make up the main part: the top one, and its brothers that look like it."""
        roots = [top]
        brothers: dict[int, list[Box]] = {}
        for box in self._by_element.values():
            if box.prose and not (box.why or box.heads or box.link_share > 0.25):
                brothers.setdefault(id(box.parent), []).append(box)
        least = max(10.0, top.points * 0.2)
        for level, box in zip(range(len(_SHARES)), top.climb(), strict=False):
            # what stands beside a box with the headline in it is another story
            if box.tag in _OUTERMOST or box.parent is None or (level and box.heads):
                break
            for each in brothers.get(id(box.parent), ()):
                strong = not level and (each.points >= least or each.tag == "p")
                if each is not box and (strong or _look_alike(each, box)):
                    roots.append(each)
        return roots

    def is_card(self, box: Box) -> bool:
        """Tell whether an element leads elsewhere, as a teaser does, or is one of a list of such, as comments are."""
        if box.tag in PARAGRAPHS:
            return False
        alike = bool(box.links) and self._alike[id(box.parent), box.tag, box.names.words] >= _MANY
        return alike or box.link_share >= 0.15


def _explain_by_name(box: Box) -> str:
    """Return why nothing in the box belongs to an article, by its names, its tag or its role; "" if it may."""
    role = (box.element.get("role") or "").lower()
    if not (box.names.aside or box.names.maybe_aside or box.tag in _ASIDE_TAGS or role in _ASIDE_ROLES):
        return ""  # as of nearly all
    plain = PLAIN if not box.linked and box.prose == box.length >= _LONG else ""
    if box.names.aside or (box.names.maybe_aside and (box.linked or box.prose < box.length)):
        return f"{plain or IN}a part that the page calls {' '.join(box.names.words.split())[:60]!r}"
    if box.tag in _ASIDE_TAGS:
        article = "an" if box.tag == "aside" else "a"
        mostly = box.tag == "aside" and not box.linked and box.prose * 4 > box.length * 3
        return f"{PLAIN if mostly else (box.tag in _MAYBE_ASIDE_TAGS and plain) or IN}{article} <{box.tag}>"
    return f"{plain or IN}a part with the role of {role!r}" if role in _ASIDE_ROLES else ""


def _explain_by_form(box: Box) -> str:
    """Return why nothing in the box belongs to an article, by its links; "" if it may."""
    if box.element.get("aria-hidden") == "true":
        return NOT_READ_ALOUD
    if box.tag in PARAGRAPHS:
        return ""
    if box.commas < 10 and box.link_share > 0.5:
        return "a list of links"
    return "a teaser of another page" if box.links and box.prose < 250 and box.link_share >= 0.25 else ""


def _look_alike(one: Box, other: Box) -> bool:
    """Tell whether two elements have the same tag and the same names, apart from such as a program made up."""
    if one.tag != other.tag or not one.names.words:
        return False
    return one.names is other.names or (one.names.stable == other.names.stable and bool(one.names.stable))
