"""Choose which runs of a page are the article: trafilatura proposes, the density of prose corrects.

Each text node of a run gets the run's mark, a character that no English page contains; the runs whose marks
trafilatura returns are its choice. So its clean-up never changes a character that is quoted.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from .. import patterns
from ..language.sentences import split_sentences
from .density import is_prose
from .facts import read_stated_body
from .region import correct_choice, find_region, list_hidden_prose, list_omitted
from .visible import Shown, TextRun, fold

# Letters to every library, rare on any page: Yi syllables and, for pages of more runs, CJK Extension B, with which each
# string takes twice the room and trafilatura an eighth more time.
_FEW, _MANY = range(0xA000, 0xA48D), range(0x20000, 0x2A6D1)
_CLASS = "".join(f"{chr(each[0])}-{chr(each[-1])}" for each in (_FEW, _MANY))
_MARK = patterns.compile(f"[{_CLASS}]")
_MARKED = patterns.compile(f"[{_CLASS}][^{_CLASS}]*")
_NOT_XML = patterns.compile("[^\\t\\n\\r -\\ud7ff\\ue000-\\ufffd\U00010000-\U0010ffff]")  # lxml sets no such text


class Choice(NamedTuple):
    """The numbers of the runs that are the article, chosen text that is not shown, and what may be missing, and why."""

    body: set[int]
    left_out: tuple[str, ...] = ()
    omitted: tuple[tuple[str, str], ...] = ()


def choose_article(tree: Any, shown: Shown, headline: TextRun | None) -> Choice:
    """Choose the article's runs as trafilatura does, corrected by where the page's prose stands."""
    from trafilatura import bare_extraction

    runs = shown.runs
    marks = _FEW if len(runs) <= len(_FEW) else _MANY
    if len(runs) > len(marks):
        return Choice(set())
    region = find_region(runs, headline)
    top = next((number for number, run in enumerate(runs) if run is headline), -1)
    stated = read_stated_body(tree)
    hidden = list_hidden_prose(shown.hidden, region)
    for number, run in enumerate(runs):
        _mark(run, chr(marks[number]))
    shown.remove_hidden()
    found: Any = bare_extraction(tree, options=_make_options())
    lines = [] if found is None or found.body is None else [_read_text(each) for each in found.body]
    chosen = _read_marks("".join(lines), runs, marks)
    body = correct_choice(runs, chosen, region, top) | _find_stated(runs, stated)
    omitted = (*list_omitted(runs, body, chosen, region), *hidden, *_list_unshown(runs, body, stated))
    return Choice(body, _list_left_out(lines, shown, stated), omitted)


def _list_left_out(lines: list[str], shown: Shown, stated: str) -> tuple[str, ...]:
    """Return the lines of trafilatura's choice that stand nowhere on the page, nor in its own data, its last resort."""
    unmarked = [fold(line) for line in lines if len(line) > 20 and not _MARK.search(line)]
    if not unmarked:
        return ()
    page, known = shown.text, _squeeze(stated)
    return tuple(line for line in unmarked if line not in page and _squeeze(line) not in known)


def _read_text(element: Any) -> str:
    from lxml import etree

    return str(etree.tostring(element, method="text", encoding="unicode", with_tail=False))


@cache
def _make_options() -> Any:
    """Return trafilatura's settings: its choice alone, without comments; it would read them anew for each page."""
    from trafilatura.settings import Extractor

    return Extractor(output_format="txt", fast=True, comments=False)


def _squeeze(text: str) -> str:
    """Return the letters and digits of a text, to compare it with one that is spaced or pointed otherwise."""
    return "".join(filter(str.isalnum, text)).casefold()


def _find_stated(runs: list[TextRun], stated: str) -> set[int]:
    """Return the runs that the page's own data hold as the article's body."""
    letters = _squeeze(stated)
    return {number for number, run in enumerate(runs) if letters and is_prose(run) and _squeeze(run.text) in letters}


def _list_unshown(runs: list[TextRun], body: set[int], stated: str) -> Iterator[tuple[str, str]]:
    """Yield the sentences of the body in the page's own data that are not in ours, if they are more than a few."""
    if not stated:
        return
    kept = [runs[number] for number in sorted(body)]
    letters = _squeeze("".join(run.text for run in kept)), _squeeze("".join(run.text for run in kept if is_prose(run)))
    sentences = [stated[start:end] for start, end in split_sentences(stated)]
    missing = [each for each in sentences if len(each) >= 60 and not any(_squeeze(each) in text for text in letters)]
    if len(missing) >= 2 and len(missing) * 10 >= len(sentences):
        yield from ((each, "in the data of the page, but not shown by it") for each in missing)


def _mark(run: TextRun, mark: str) -> None:
    """Put the mark before each text node of the run: whichever of them trafilatura keeps, it names the run."""
    for element, tail in run.nodes:
        text = element.tail if tail else element.text
        words = (text if text.isascii() else _MARK.sub("", text)).lstrip()
        if not words:
            continue
        try:
            setattr(element, "tail" if tail else "text", mark + words)
        except ValueError:  # lxml reads a form feed, say, and does not write it
            if words := _NOT_XML.sub("", words).lstrip():
                setattr(element, "tail" if tail else "text", mark + words)


def _read_marks(chosen: str, runs: list[TextRun], marks: range) -> set[int]:
    """Return the numbers of the runs of which at least half was chosen."""
    sizes: dict[int, int] = {}
    for piece in _MARKED.findall(chosen):
        number = ord(piece[0]) - marks[0]
        sizes[number] = sizes.get(number, 0) + len(piece) - 1
    return {number for number, size in sizes.items() if 0 <= number < len(runs) and size * 2 >= len(runs[number].text)}
