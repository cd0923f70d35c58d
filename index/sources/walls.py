"""Tell an article from the wall in front of it: a request for consent, a login, a check for robots, a list of links.

A story may be about cookies, passwords or subscriptions, and any page has such words in its head and foot. So words
alone decide nothing. A wall speaks to its reader ("you", "please"), where a story tells of others; and it is told by
what stands beside it: a button to accept, a field for a password, a box that the page itself names "paywall".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from .. import patterns
from ..errors import state_fact
from .visible import TextRun
from .wall_kinds import CONSENT, LOGIN, ROBOT, WALLS, Wall

SHORT = 600
"""Characters below which little text may be all that a wall lets through."""

SENTENCE_END = patterns.compile(r"[.!?…][\"'”’)\]]{0,3}$")
"""What ends a paragraph of prose; a menu or a button ends in a letter."""


_WORDS = re.IGNORECASE | re.VERBOSE
# What stands under a teaser: not any offer, for a paper sells itself under each of its stories, but one to read on.
_READ_ON = patterns.compile(
    r"""\b(?:to\ (?:continue|keep|go\ on)\ reading|(?:continue|keep)\ reading\ (?:with|for|by|this)|read\ on\ with
    |(?:read|see|view|access|unlock|continue|finish)\ (?:the\ (?:rest|full|whole|complete|entire)|this)\b
    |(?:rest|remainder|article|story|content|page)\ is\ (?:only\ |exclusively\ |reserved\ )?(?:available\ )?(?:for|to)\b
    |(?:for|to)\ (?:our\ |paying\ |registered\ |digital\ )?(?:subscribers|members)(?:\ only)?
    |(?:reached|used)\ (?:\w+\ ){0,4}(?:limit|articles?))\b""",
    _WORDS,
)
_TEASER = state_fact("shows only a teaser, the rest is for subscribers; log in, save the page and add the file")
_LINKS = state_fact("is a list of links, not an article; name one of the pages it leads to")
_NOTHING = state_fact("shows no article; check the address, or save the article's text as a .txt file")

_READER = patterns.compile(
    r"""\b(?:you|your|you're|you’re|you've|you’ve|we|us|our|please)\b
    |\A\W{0,3}(?:accept|access|activate|allow|already|become|cancel|choose|click|complete|continue|create|enable|enjoy
    |enter|forgot|get|join|keep|log|manage|read|register|reject|sign|start|subscribe|support|this|try|turn|unlock|verify
    |want|to\ (?:continue|keep|read|go\ on))\b""",
    re.VERBOSE,
)
_QUOTED = patterns.compile(r"“[^“”]{0,1000}”|\"[^\"]{0,1000}\"")
_ACCEPT = patterns.compile(
    r"""\s{0,9}(?:i\ |yes,?\ )?(?:accept|agree|allow|reject|decline|refuse|consent|got\ it|only\ necessary
    |(?:manage|set|customi[sz]e|cookie|privacy|more)
    \ (?:my\ |your\ |all\ )?(?:cookies|options|settings|choices|preferences))\b.{0,40}""",
    _WORDS,
)
_FRAMES, _WHOLE = frozenset(("header", "nav", "footer")), frozenset(("html", "body"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_NEAR = 3  # elements around a paragraph in which a button or a field is beside it
_SUBJECT = ("tag-", "category-", "topic-", "section-")  # before what a story is about, in the classes of many pages


def explain_wall(chosen: Sequence[TextRun], shown: Sequence[TextRun], tree: Any) -> str:
    """Return what the page is instead of an article, and what to do about it; "" if it is an article.

    `chosen` are the runs that were taken for the article, `shown` all that the page shows.
    """
    bodies = [run for run in chosen if run.tag not in _HEADINGS]
    prose = _select_prose(bodies) or _select_prose(run for run in shown if not _FRAMES.intersection(_walk_up(run)))
    size = sum(len(run.text) for run in prose)
    walls = _find_walls(prose, size)
    behind = [run for run in prose if id(run) in walls]
    story = [run for run in prose if id(run) not in walls]
    if behind and _hides_story(behind, size, walls, tree):
        return max(walls.values(), key=list(walls.values()).count).message
    if story and sum(len(run.text) for run in story) < SHORT and _is_offered(story[0], shown):
        return _TEASER
    if sum(run.linked for run in bodies) * 2 > sum(len(run.text) for run in bodies):
        return _LINKS if bodies else _explain_nothing(shown, tree)
    return "" if any(SENTENCE_END.search(run.text) for run in bodies) else _explain_nothing(shown, tree)


def _find_walls(prose: Sequence[TextRun], size: int) -> dict[int, Wall]:
    """Return the walls that paragraphs may be part of, by their ids, as far as that matters.

    Where half of the text and more than a little is none, no wall hides it, and it is not asked further.
    """
    boxes, found, told = _list_boxes(prose), {}, 0
    for run in prose:
        if wall := _find_wall(run, boxes):
            found[id(run)] = wall
        elif (told := told + len(run.text)) >= max(SHORT, size / 2):
            break
    return found


def _hides_story(behind: Sequence[TextRun], size: int, walls: dict[int, Wall], tree: Any) -> bool:
    """Tell whether the paragraphs that may be a wall's are one; `size` counts the characters of all paragraphs.

    They are if they are most of the text and stand beside a control, or if most of it is phrases that no story has. A
    little text on a page that shows no sign of an article needs neither.
    """
    share = sum(len(run.text) for run in behind) / size
    told = [run for run in behind if walls[id(run)].phrases.search(_strip_quotes(run.text))]
    beside = any(_is_boxed(run, walls[id(run)]) for run in behind) or _is_controlled(behind, tree)
    if share > 0.5 and (beside or sum(len(run.text) for run in told) * 2 > size):
        return True
    if size >= SHORT:
        return False
    return (share > 0.8 and sum(len(run.text) for run in told) * 3 > size) or (
        share > (0.25 if beside else 0.5) and not _is_article(behind, tree)
    )


def _select_prose(runs: Iterable[TextRun]) -> list[TextRun]:
    """Return the runs that are sentences, and not links."""
    return [run for run in runs if SENTENCE_END.search(run.text) and run.linked * 2 <= len(run.text)]


def _find_wall(run: TextRun, boxes: Sequence[Wall]) -> Wall | None:
    """Return the kind of wall that a paragraph may be part of: it has its words, and speaks to its reader.

    In a box that the page names after such a wall, words are enough; `boxes` are the walls that have any on the page.
    """
    words = _strip_quotes(run.text)
    if not _READER.search(words.casefold()):
        return next((wall for wall in boxes if wall.words.search(words) and _is_boxed(run, wall)), None)
    if found := next((wall for wall in WALLS if wall.phrases.search(words)), None):
        return found
    return next((wall for wall in (CONSENT, LOGIN, ROBOT) if wall.words.search(words)), None)


def _strip_quotes(text: str) -> str:
    """Return the text without what stands in quotation marks: who is quoted speaks to others than the reader."""
    return _QUOTED.sub("“”", text)


def _walk_up(run: TextRun) -> Iterator[str]:
    """Yield the names of the elements that contain a run, from the inside out."""
    yield run.tag
    yield from (str(element.tag) for element in run.element.iterancestors())


def _is_boxed(run: TextRun, wall: Wall) -> bool:
    """Tell whether an element around the run has a name of such a wall; what holds a story is named for its subject."""
    for element in (run.element, *run.element.iterancestors()):
        if element.tag in _WHOLE or element.tag in ("article", "main"):
            return False
        if any(wall.boxes.search(name) for name in _list_names(element)):
            return True
    return False


def _list_boxes(runs: Sequence[TextRun]) -> list[Wall]:
    """Return the walls after which an element around a run may be named."""
    around = {other for run in runs for other in (run.element, *run.element.iterancestors())}
    names = " ".join(name for element in around for name in _list_names(element))
    return [wall for wall in (CONSENT, LOGIN, ROBOT) if wall.boxes.search(names)]


def _list_names(element: Any) -> list[str]:
    names = f"{element.get('class') or ''} {element.get('id') or ''}"[:500].lower().split()
    return [name for name in names if not name.startswith(_SUBJECT)]


def _is_controlled(behind: Sequence[TextRun], tree: Any) -> bool:
    """Tell whether a button to accept or a field for a password stands beside one of the paragraphs."""
    around = {element for run in behind for element in _list_near(run.element)}
    return any(not around.isdisjoint(_list_near(element)[1:]) for element in _find_controls(tree))


def _list_near(element: Any) -> list[Any]:
    """Return the element and the few around it; the whole page counts only for what stands in it directly."""
    found = [element]
    for other in element.iterancestors():
        if len(found) > _NEAR or (other.tag in _WHOLE and len(found) > 1):
            break
        found.append(other)
    return found


def _find_controls(tree: Any) -> Iterator[Any]:
    for element in tree.iter("button", "input", "a"):
        kind = (element.get("type") or "").lower()
        if element.tag == "input":
            words = element.get("value") or "" if kind in {"submit", "button"} else ""
            if kind == "password" or _ACCEPT.fullmatch(words[:80]):
                yield element
        elif "button" in (element.tag, element.get("role")) and _ACCEPT.fullmatch(_read_label(element)):
            yield element


def _read_label(element: Any) -> str:
    return "".join(element.itertext())[:80].strip()


def _is_article(runs: Sequence[TextRun], tree: Any) -> bool:
    """Tell whether the page says that it is an article, or marks these paragraphs as one."""
    kinds = [(each.get("content") or "").lower() for each in tree.iterfind(".//meta[@property='og:type']")]
    signed = any(each.get("rel") == "author" for each in tree.iter("a", "link"))
    return (
        "article" in kinds or signed or tree.find(".//time") is not None or any("article" in _walk_up(r) for r in runs)
    )


def _is_offered(first: TextRun, shown: Sequence[TextRun]) -> bool:
    """Tell whether the rest of a story is offered for money or a login below its first paragraph."""
    below = shown[next(at for at, run in enumerate(shown) if run is first) + 1 :]
    return any(_is_offer(run) for run in below if len(run.text) < 400 and not _FRAMES.intersection(_walk_up(run)))


def _is_offer(run: TextRun) -> bool:
    words = _strip_quotes(run.text)
    is_named = bool(_READ_ON.search(words)) or (bool(LOGIN.words.search(words)) and _is_boxed(run, LOGIN))
    return is_named and _READER.search(words.casefold()) is not None


def _explain_nothing(shown: Sequence[TextRun], tree: Any) -> str:
    """Return what a page without any prose is: a login, a check for robots, or nothing that we know."""
    text = " ".join(run.text for run in shown if not _FRAMES.intersection(_walk_up(run)))[:SHORT]
    if tree.find(".//input[@type='password']") is not None:
        return LOGIN.message
    found = next((wall for wall in WALLS if wall.phrases.search(text)), None)
    return found.message if found else _NOTHING
