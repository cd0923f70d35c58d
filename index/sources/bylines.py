"""Find who wrote a page, where it shows that: `rel=author`, `itemprop=author`, a box named "byline". Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .. import patterns

_NAMES = patterns.compile(
    r"(?:^|[-_ ])(?:by-?lines?|authors?|byl|writers?|reporters?|contributors?|journalists?)(?:$|[-_ ]|name)"
)
_ABOUT = patterns.compile(
    r"bio|about|avatar|image|photo|social|follow|description|job|role|comment|related|more|count|archive"
)
_APART = frozenset(("aside", "footer", "nav", "figure", "figcaption", "time", "form", "button"))
_FAR = patterns.compile(r"comment|sidebar|related|recommend|popular|footer|widget|teaser|card|promo")
_BY = patterns.compile(
    r"\W{0,3}(?:(?:written|reported|posted|published|compiled|story|words|text|report|analysis|opinion|review|interview)\s)?"
    r"(?:by|from)\b[\s:]{0,3}|\W{0,3}(?:authors?|writers?|reporters?)\s?:\s{0,3}",
    re.IGNORECASE,
)
_END = patterns.compile(
    r"\s[|•·–—]\s|[|•·\n]|\s-\s|\s[@(<]|\d|\b(?:updated|published|posted|last|on)\b"
    r"|\b(?:for|in|at)\s(?=[A-Z])",
    re.IGNORECASE,
)
_PARTS = patterns.compile(r"[,;&]|\b(?:and|with)\b", re.IGNORECASE)  # the spaces around them are stripped
_ROLE = patterns.compile(
    r"\b(?:staff|writer|reporter|editor|correspondent|contributor|columnist|journalist|bureau|desk|producer|author|chief"
    r"|critic|blogger|anchor|photographer|professor|lecturer|director|share|follow|comments?|subscribe|read|view|bio|more"
    r"|facebook|twitter|email|e-mail|admin|administrator|minutes?|ago|gmt|am|pm|all|posts?|articles?|see|about)\b",
    re.IGNORECASE,
)
_WORD = patterns.compile(r"[^\W\d_][\w.'’-]{0,30}\Z")
_PARTICLES = frozenset(
    ("de", "da", "del", "della", "di", "van", "von", "der", "den", "la", "le", "el", "al", "bin", "of", "the")
)
_LONGEST = 200


def clean_byline(text: str) -> str:
    """Return the names in a byline, without "By", roles, places and dates; as it is if it looks like no names."""
    text = " ".join(text.split())[:_LONGEST]
    names = [name for name in _split_names(text) if is_name(name, fewest=1)]
    if names:
        return ", ".join(dict.fromkeys(names))
    return "" if "@" in text or _ROLE.fullmatch(text) else _BY.sub("", text, count=1) if _BY.match(text) else text


def find_byline(tree: Any, site: str) -> str:
    """Return the names in the first byline that the page shows above or beside its text, "" if there is none."""
    ranked: list[tuple[int, Any, list[str]]] = []
    for number, element in enumerate(_list_marked(tree)):
        if number == _MOST or (ranked and ranked[0][0] == 0 and number > 20):
            break
        rank, said = _rank(element), _read_pieces(element)
        names = [name for name in said if name.casefold() != site.casefold()]
        if names:
            ranked.append((rank, element, names))
    ranked.sort(key=lambda row: row[0])
    if not ranked:
        return ""
    rank, first, names = ranked[0]
    if rank == 0:
        line = _find_line(first)
        names = [
            name for also, element, said in ranked if not also and line in element.iterancestors() for name in said
        ]
    return ", ".join(dict.fromkeys(names or ranked[0][2]))


def _find_line(link: Any) -> Any:
    """Return the element around a link to an author that holds the byline: its list, or the short line it stands in."""
    around = link.getparent()
    while around is not None and len(around) == 1 and around.getparent() is not None:
        around = around.getparent()
    return around if around is not None and len("".join(around.itertext()).strip()) <= _LONGEST else link


_MOST = 200  # marked elements that are looked at: a page of comments has thousands


def _list_marked(tree: Any) -> Iterator[Any]:
    """Yield the elements that the page marks as those of an author, in its order."""
    for element in tree.iter():  # three times as fast as an XPath
        if (
            element.tag in _NAMING
            and _LIKELY.search(" ".join(element.values()))
            and _rank(element) < _NONE
            and not _is_apart(element)
        ):
            yield element


_LIKELY = patterns.compile("uthor|y-?line|byl|riter|eporter|ontributor|ournalist")
_NAMING = frozenset(
    (
        "a",
        "address",
        "b",
        "cite",
        "div",
        "em",
        "h3",
        "h4",
        "header",
        "li",
        "link",
        "p",
        "section",
        "span",
        "strong",
        "ul",
    )
)


_NONE = 3


def _rank(element: Any) -> int:
    """Return how surely an element names the author: 0 for one that says so, `_NONE` for one that does not."""
    if (
        "author" in (element.get("rel") or "").lower().split()
        or "author" in (element.get("itemprop") or "").lower().split()
    ):
        return 0
    marks = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('data-testid') or ''}"[:300]
    marks = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", marks).lower()
    if not _NAMES.search(marks) or _ABOUT.search(marks):
        return _NONE
    return 1 if "by" in marks else 2


def _is_apart(element: Any) -> bool:
    """Tell whether an element belongs to something beside the article: a comment, a list of other stories, the foot."""
    for count, other in enumerate(element.iterancestors()):
        if other.tag in _APART or (
            count < 6 and _FAR.search(f"{other.get('class') or ''} {other.get('id') or ''}".lower())
        ):
            return other.tag not in ("html", "body", "article", "main")
    return False


def _read_pieces(element: Any) -> list[str]:
    """Return the names that an element opens with: its text, piece by piece, down to what is none."""
    found: list[str] = []
    length = 0
    for piece in element.itertext():
        text = " ".join(piece.split())
        length += len(text)
        if length > _LONGEST:
            return found
        opens = _BY.match(text)
        names = [name for name in _split_names(text) if is_name(name, fewest=1 if opens or element.get("rel") else 2)]
        if names:
            found += names
        elif found and text and not re.fullmatch(r"(?:\W|and|with|by){1,9}", text, re.IGNORECASE):
            break
    return found


def _split_names(text: str) -> list[str]:
    """Return the parts of a byline that may be names."""
    opens = _BY.match(text)
    rest = text[opens.end() :] if opens else text
    end = _END.search(rest)
    return [part.strip(" .,:") for part in _PARTS.split(rest[: end.start()] if end else rest) if part.strip(" .,:")]


def is_name(text: str, *, fewest: int) -> bool:
    """Tell whether the text is the name of somebody: a few words with capitals, none of which is a role."""
    words = text.split(" ")
    capital = [word for word in words if word[:1].isupper()]
    return (
        fewest <= len(words) <= 5
        and bool(capital)
        and all(_WORD.match(word) and (word[0].isupper() or word.lower() in _PARTICLES) for word in words)
        and not _ROLE.search(text)
    )
