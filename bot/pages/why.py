"""Explain a reply in a few plain sentences for a chat (pure); figures are for the console and JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from index import Reply, Verdict
from index.verdicts import ReasonCode, translatable

from ..translation import gettext, write_percent
from .lines import clean_line
from .reasons import explain_reason

CLOSEST = translatable("About the closest sentence, which is not shown:")
ELSEWHERE = translatable("Elsewhere the article has {words}.")
HEADING = translatable("Only a heading has {words}.")
NOWHERE = translatable("Nothing in the article has {words}.")
NEAREST = translatable("Nearest in meaning to {word}: {other}.")
CONFIDENCE = translatable("Confidence that it answers: {confidence}.")
_FOUND = {
    (True, True, True): translatable("It names {names} and says {said}, beside {beside}."),
    (True, True, False): translatable("It names {names} and says {said}."),
    (True, False, True): translatable("It names {names}, beside {beside}."),
    (True, False, False): translatable("It names {names}."),
    (False, True, True): translatable("It says {said}, beside {beside}."),
    (False, True, False): translatable("It says {said}."),
    (False, False, True): translatable("The sentences beside it have {beside}."),
}
"""What the sentence has of the question: names, other words, and words in the sentences beside it."""


def explain_reply(reply: Reply) -> str:
    """Return why a reply is as it is: its reason, and where each word of the question was found, one sentence a line.

    The last line has no line feed. Without `Reply.explain` it is the reason alone.
    """
    explained = reply.explain or {}
    words = _leave_out_parts(explained.get("words") or ())
    if not words:
        return clean_line(explain_reason(reply))
    lines = [] if reply.reason.code == ReasonCode.STATED else [clean_line(explain_reason(reply))]
    lines += [gettext(CLOSEST)] if reply.verdict is Verdict.REFUSED else []
    lines += _tell_found(words)
    told = [] if "missing" in reply.reason.values else [("nowhere", NOWHERE)]  # then the reason has said it
    lines += [
        gettext(text).format(words=_quote(found))
        for where, text in (("article", ELSEWHERE), ("heading", HEADING), *told)
        if (found := _list_words(words, where))
    ]
    if reply.verdict is Verdict.ANSWERED:  # beside no answer, the nearest word may be far off
        far = {*_list_words(words, "article"), *_list_words(words, "nowhere")}
        pairs = [each for each in explained.get("alike") or () if each["word"] in far]
        lines += [gettext(NEAREST).format(word=_quote([each["word"]]), other=_quote([each["other"]])) for each in pairs]
    return "\n".join([*lines, gettext(CONFIDENCE).format(confidence=write_percent(reply.confidence))])


def _tell_found(words: Sequence[Mapping[str, Any]]) -> list[str]:
    inside, beside = _list_words(words, "sentence"), _list_words(words, "window")
    names = [word for word in inside if word[:1].isupper()]
    said = [word for word in inside if word not in names]
    found = _FOUND.get((bool(names), bool(said), bool(beside)))
    return [gettext(found).format(names=_quote(names), said=_quote(said), beside=_quote(beside))] if found else []


def _leave_out_parts(words: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the words without those that are parts of another: "Eun" and "hye" beside "Eun-hye"."""
    parts = {part for each in words if "-" in each["word"] for part in each["word"].split("-")}
    return [each for each in words if each["word"] not in parts]


def _list_words(words: Iterable[Mapping[str, Any]], where: str) -> list[str]:
    return [each["word"] for each in words if each["where"] == where]


def _quote(words: Iterable[str]) -> str:
    return ", ".join(f"“{clean_line(word)}”" for word in words)
