"""Explain a reply in a few plain lines for a chat (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from index import Reply, Verdict

from .lines import clean_line, list_alike

_PLACES = {
    "sentence": "In the sentence",
    "window": "Beside it",
    "article": "Elsewhere in the article",
    "heading": "Only in a heading",
    "nowhere": "Nowhere in the article",
}
PARTS = 4
"""Parts of the evidence that are named; the others are added up, so that the line stays readable on a phone."""


def explain_reply(reply: Reply) -> str:
    """Return the reason, where each word of the question was found and its weight, and the parts of the score.

    The last line has no line feed. Without `Reply.explain` it is the reason alone.
    """
    explained = reply.explain or {}
    lines = [clean_line(reply.reason)]
    words = explained.get("words") or ()
    for where, name in _PLACES.items():
        if found := [word for word in words if word["where"] == where]:
            lines.append(f"{name}: {_list_weights(found)}")
    lines += [f"Means nearly the same: {told}" for told in list_alike(explained)]
    if explained.get("features"):
        lines.append(_explain_evidence(explained, reply))
    return "\n".join(lines)


def _list_weights(words: Iterable[Mapping[str, Any]]) -> str:
    heaviest = sorted(words, key=lambda word: -word["weight"])
    return ", ".join(f"{clean_line(word['word'])} ({word['weight']:.1f})" for word in heaviest)


def _explain_evidence(explained: Mapping[str, Any], reply: Reply) -> str:
    parts = [(clean_line(item["name"].replace("_", " ")), item["part"]) for item in explained["features"]]
    parts = sorted([*parts, ("bias", explained["bias"])], key=lambda part: -abs(part[1]))
    named, others = parts[:PARTS], sum(part for _, part in parts[PARTS:])
    shown = [f"{name} {part:+.2f}" for name, part in named] + ([f"others {others:+.2f}"] if parts[PARTS:] else [])
    about = "closest sentence" if reply.verdict is Verdict.REFUSED else "first sentence"
    return f"Evidence of the {about}: {', '.join(shown)} = {explained['score']:.2f}; confidence {reply.confidence:.0%}"
