"""Compare what a record says beside its words with what the article gives. Pure.

What an honest reply would say of the same place is worked out anew, and everything that the record says must be
part of it. A record may say less: a key that is missing, and a value that is empty, state nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from ..forms.serial import card_to_dict, reply_to_dict
from ..model import Article, Card, Citation, Reply, ShownPassage, Status
from ..naming import name_source
from .citation import make_citation
from .links import fits_sentence, note_page_only
from .styles import cite

_UNCHECKED = (
    *(
        "question",
        "understood",
        "verdict",
        "confidence",
        "reason",
        "reason_code",
        "reason_values",
        "by_meaning",
        "explain",
        "unread",
    ),
    *("score", "story", "folder of source"),
)
"""What cannot be checked: that the words answer, how sure that is, which story has the article, where its file lay."""

_APART = frozenset({"id", "sha256", "source", "story", "status", "lead"})
"""Fields of a card that are not compared as the others are."""


def list_unchecked(form: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the keys of a saved reply that verification does not check; () for an annotation: it checks all of it."""
    passages = [item for item in _list(form.get("passages")) if isinstance(item, Mapping)]
    cards = [item["article"] for item in passages if isinstance(item.get("article"), Mapping)]
    said = {key for key, value in form.items() if value not in (None, {})}
    said |= {"score"} if passages else set()
    said |= {"story"} if any(card.get("story") for card in cards) else set()
    said |= {"folder of source"} if any(_has_folder(str(card.get("source"))) for card in cards) else set()
    return tuple(key for key in _UNCHECKED if key in said) if "passages" in form else ()


def _has_folder(source: str) -> bool:
    return source != name_source(source)


def list_unknown(form: Mapping[str, Any], reply: Reply) -> tuple[str, ...]:
    """Return the paths of the keys of a form that no reply has; `reply` is what was read of it."""
    known = reply_to_dict(reply)
    for item, passage in zip(known["passages"], reply.passages, strict=True):
        item["article"] = card_to_dict(passage.article)
    return tuple(_find_more(form, known | {"explain": form.get("explain")}, ""))


def _find_more(form: Any, known: Any, path: str) -> Iterator[str]:
    """Yield the paths of the keys that `known` lacks; what was read from an object or a list is one, as long as it."""
    if isinstance(form, Mapping):
        for key, value in form.items():
            below = f"{path}.{key}" if path else str(key)
            if key not in known:
                yield below
            else:
                yield from _find_more(value, known[key], below)
    elif isinstance(form, list):
        for at, (item, other) in enumerate(zip(form, known, strict=True)):
            yield from _find_more(item, other, f"{path}[{at}]")


def compare_card(given: Card, article: Article) -> str:
    """Return what the card says that the article does not, in one clause; "" if all that it says holds."""
    # files may have been moved to another folder, addresses may not
    if given.source not in ("", "-") and name_source(given.source) != name_source(article.source):
        whence = f"comes from {_shorten(article.source)} here" if article.source else "has no known source here"
        return f"it names {_shorten(given.source)} as the source; the article {whence}"
    if (given.lead, given.status) != (article.lead, article.status):
        return f"it gives {_name_version(given)}; the article is {_name_version(article)}"
    for field in fields(Card):
        said, known = getattr(given, field.name), getattr(article, field.name)
        if field.name == "published" and said == article.changed:
            continue  # earlier replies have the only date of a page there, were it that of a change
        if field.name not in _APART and said not in (field.default, known):
            return f"it gives {_shorten(said)} as the {field.name}; the article has {_shorten(known or 'none')}"
    return ""


def _name_version(card: Card) -> str:
    status = "" if card.status is Status.USABLE else f", {card.status.value}"
    return f"version {card.lead}{status}"


def compare_citation(given: Citation, passage: ShownPassage, article: Article) -> str:
    """Return what a citation of a whole sentence says that the article does not; "" if all that it says holds."""
    if not passage.start <= given.start < given.end <= passage.end:
        return "it is not among the words of the passage that it stands with"
    expected = _cite_again(article, given.start, given.end)
    speaker = expected.speaker
    if given.speaker and given.speaker != speaker:
        named = f"“{_shorten(speaker.text)}”" if speaker else "nobody"
        return f"it names “{_shorten(given.speaker.text)}” as the speaker, the article names {named}"
    if given.url and not fits_sentence(given.url, article, given):
        return "its link does not lead to these words of the article"
    notes = [*expected.notes, *([note_page_only(given)] if given.url and ":~:" not in given.url else [])]
    if any(_write(note) not in map(_write, notes) for note in given.notes):
        return "its notes say more than the words and the date of the article do"
    return ""


def compare_passage(given: ShownPassage, article: Article) -> str:
    """Return what a passage of whole sentences says that the article does not; "" if all that it says holds."""
    inside = [item for item in article.sentences if given.start <= item.start and item.end <= given.end]
    paragraphs = tuple(dict.fromkeys(item.paragraph for item in inside))
    if given.paragraphs != paragraphs:
        return f"it counts the paragraphs as {_join(given.paragraphs)}, the article as {_join(paragraphs)}"
    return ""


def compare_annotation(given: Mapping[str, Any], article: Article, start: int, end: int) -> str:
    """Return what an annotation of a whole sentence says that ours does not; "" if all that it says holds."""
    expected = json.loads(cite(article, _cite_again(article, start, end), "annotation"))
    wrong = next(_find_difference(given, expected, ""), None)
    return f"what it says at “{wrong}” does not hold" if wrong else ""


def _find_difference(given: Any, expected: Any, path: str) -> Iterator[str]:
    """Yield the paths at which `given` says something else or more; of lists, each item must be among the expected."""
    if isinstance(given, Mapping) and isinstance(expected, Mapping):
        for key, value in given.items():
            below = f"{path}.{key}" if path else str(key)
            if key in expected:
                yield from _find_difference(value, expected[key], below)
            else:
                yield below
    elif isinstance(given, list) or isinstance(expected, list):
        for at, item in enumerate(_list(given)):
            if isinstance(item, list) or all(any(_find_difference(item, other, path)) for other in _list(expected)):
                yield f"{path}[{at}]"
    elif type(given) is not type(expected) or given != expected:  # true is not 1
        yield path


def _cite_again(article: Article, start: int, end: int) -> Citation:
    """Return the citation of the sentence at this place, made anew."""
    sentence = next(item for item in article.sentences if (item.start, item.end) == (start, end))
    return make_citation(article, sentence, 0.0)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _write(value: Any) -> str:
    """Return the value as JSON, in which true is not 1."""
    return json.dumps(value, sort_keys=True, default=dict)


def _join(numbers: tuple[int, ...]) -> str:
    return _shorten(", ".join(map(str, numbers)) or "none")


def _shorten(value: object) -> str:
    """Return the value as a finding names it, at most 80 characters."""
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
