"""Find a page's main part by where its prose stands: a second view, which knows nothing of trafilatura's. Pure.

The view corrects trafilatura's choice, and tells what of the main part is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .density import (
    HEADINGS,
    IN,
    NOT_READ_ALOUD,
    PARAGRAPHS,
    PLAIN,
    Box,
    Boxes,
    ends_sentence,
)
from .names import is_named_aside
from .visible import TextRun, fold

_CALLED = f"{IN}a part that the page calls"
_DOUBTFUL = (PLAIN, NOT_READ_ALOUD)
_SMALL = 10  # less than a tenth of the article beside it is most often legal text or a line about the author
_PROSE, _HIDDEN = 60, 100  # characters of a hidden paragraph, and of all in one box, from which they may be the story's
_ARTICLES = frozenset({"article", "main"})
_NEVER_PROSE = frozenset({"script", "style", "noscript", "template", "svg", "iframe", "select", "dialog"})


@dataclass(slots=True)
class Region:
    """The main part of a page, by the numbers of its runs.

    `prose` is all prose of the page; `body` is that of the main part, `rest` the headings, items and cells among it;
    `span` is all that stands inside it, and `aside` says why some of that is not of it. `cards` are texts outside that
    lead elsewhere, such as teasers, and `outside` is other prose of the same `<article>` or `<main>`. `roots` are the
    elements that make it up.
    """

    prose: set[int] = field(default_factory=set)
    body: set[int] = field(default_factory=set)
    rest: set[int] = field(default_factory=set)
    span: set[int] = field(default_factory=set)
    aside: dict[int, str] = field(default_factory=dict)
    cards: set[int] = field(default_factory=set)
    outside: set[int] = field(default_factory=set)
    roots: set[Any] = field(default_factory=set)


def find_region(runs: Sequence[TextRun], headline: TextRun | None) -> Region:
    """Return the main part of the page; an empty one if there is no prose."""
    boxes = Boxes(runs, headline)
    region = Region({number for number, found in enumerate(boxes.prose) if found})
    top = boxes.find_top()
    if top is None:
        return region
    region.roots = {box.element for box in boxes.find_roots(top)}
    places = _find_whereabouts(boxes, region.roots, top)
    for number, (run, box) in enumerate(zip(runs, boxes.of, strict=True)):
        place = places[box.element]
        if place.inside:
            region.span.add(number)
            if place.why:
                region.aside[number] = place.why
            elif boxes.prose[number]:
                region.body.add(number)
            elif run.tag in HEADINGS | PARAGRAPHS and run.linked * 2 <= len(run.text):
                region.rest.add(number)
        elif place.card:
            region.cards.add(number)
        elif boxes.prose[number] and not place.why and place.near:
            region.outside.add(number)
    _add_lead(runs, region, next((number for number, run in enumerate(runs) if run is headline), len(runs)))
    if not any(box.tag in _ARTICLES for box in top.climb()):
        region.outside.clear()  # nothing says what else belongs to the article
    return region


class _Whereabouts(NamedTuple):
    """Where an element stands: inside the region, or near it: in its `<article>` or `<main>`, if it is in one.

    `why` is the reason why what it holds is not of the article, and `card` whether that leads elsewhere.
    """

    inside: bool = False
    near: bool = True
    card: bool = False
    why: str = ""


def _find_whereabouts(boxes: Boxes, roots: set[Any], top: Box) -> dict[Any, _Whereabouts]:
    """Return the place of each element; those around it come before it."""
    path = list(top.climb())[::-1]
    shared = not any(box.tag in _ARTICLES for box in path)
    around: dict[Any, _Whereabouts] = {}
    for box in path:
        shared = shared or box.tag in _ARTICLES
        around[box.element] = _Whereabouts(near=shared)
    places: dict[Any, _Whereabouts] = {}
    for box in boxes:
        above = places[box.parent.element] if box.parent is not None else _Whereabouts()
        if box.element in roots:
            places[box.element] = _Whereabouts(inside=True)
        elif box.element in around:
            places[box.element] = around[box.element]
        else:
            why = box.why if box.why and (not above.why or above.why.startswith(_DOUBTFUL)) else above.why
            near = above.near and not (box.heads or box.tag == "article")
            card = above.card or boxes.is_card(box)
            same = near == above.near and card == above.card and why == above.why
            places[box.element] = above if same else _Whereabouts(above.inside, near, card, why)
    return places


def _add_lead(runs: Sequence[TextRun], region: Region, headline: int) -> None:
    """Add the summary that stands between headline and text in a box of its own."""
    lead = {
        number
        for number in region.outside
        if headline < number < min(region.body, default=0)
        and len(runs[number].text) >= 60
        and not runs[number].linked
        and ends_sentence(runs[number].text)
    }
    region.body |= lead
    region.span |= lead
    region.outside -= lead


def correct_choice(runs: Sequence[TextRun], chosen: set[int], region: Region, headline: int) -> set[int]:
    """Return what was chosen of the page, corrected by the region; `headline` is the headline's number, or -1.

    Where both stand in the same place, the region adds prose that was not chosen, and takes away boxes inside it and
    what was chosen above the headline or below its end. Where they do not, the one with far more prose counts.
    """

    def measure(numbers: Iterable[int]) -> int:
        return sum(len(runs[number].text) for number in region.prose.intersection(numbers))

    ours, theirs, both = measure(region.body), measure(chosen - region.cards), measure(region.body & chosen)
    if not region.body:
        return chosen
    if both * 2 < theirs:
        # it is another place: far more prose, and no farther from the headline
        nearest = min((number for number in chosen if number > headline), default=len(runs))
        wins = ours >= 2 * theirs and headline < min(region.body) <= nearest
        return region.body | region.rest if wins or not theirs else chosen
    first, last = min(region.body), max(region.body)
    start = min(first, headline) if headline >= 0 else first
    around = {number for number in chosen - region.span if not start <= number <= last}
    boxed = {number for number in chosen & region.aside.keys() if region.aside[number].startswith(_CALLED)}
    kept = (chosen | region.body) - (around & region.cards)
    for doubtful in (around - region.cards, boxed):
        if measure(doubtful) * 5 < ours:
            kept -= doubtful
    return kept


def list_omitted(
    runs: Sequence[TextRun], kept: set[int], chosen: set[int], region: Region
) -> tuple[tuple[str, str], ...]:
    """Return the prose that may be of the main part and was not kept, each with the reason why not.

    What is plainly not of it is not named: comments, lists of links, teasers, boxes by their names, captions. Nor is
    what the text says anyway, such as a pulled-out quotation, nor a little beside a long text.
    """
    reasons = {number: why for number, why in region.aside.items() if why.startswith(_DOUBTFUL)}
    beside = dict.fromkeys((chosen | region.body) - region.cards - region.aside.keys(), "beside the main part")
    beside |= dict.fromkeys(region.outside, "outside the main part")
    missing = [
        number
        for number in sorted(reasons | beside)
        if number not in kept and number in region.prose and len(runs[number].text) >= 60
    ]
    if not missing:
        return ()
    text = " ".join(fold(runs[number].text) for number in sorted(kept))
    missing = [number for number in missing if fold(runs[number].text) not in text]
    if sum(len(runs[number].text) for number in missing if number in beside) * _SMALL >= len(text):
        reasons |= beside
    return tuple((runs[number].text, reasons[number]) for number in missing if number in reasons)


def list_hidden_prose(hidden: Iterable[Any], region: Region) -> tuple[tuple[str, str], ...]:
    """Return the paragraphs inside the region that the page hides from its readers, each with that as the reason."""
    found = []
    for element in hidden:
        if element.tag in _NEVER_PROSE or not any(each in region.roots for each in element.iterancestors()):
            continue
        if is_named_aside(element) or next(element.iter("input", "button", "form"), None) is not None:
            continue
        texts = [fold("".join(paragraph.itertext())) for paragraph in element.iter("p")]
        prose = [text for text in texts if len(text) >= _PROSE and ends_sentence(text)]
        if sum(map(len, prose)) >= _HIDDEN:
            found += [(text, "hidden by the page") for text in prose]
    return tuple(found)
