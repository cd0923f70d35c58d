"""Render how a reply was weighed, in figures, for the console (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from index import Reply, Verdict

from .lines import Line, Look, Page, Piece, clean_line, make_line


def render_explanation(reply: Reply) -> Page:
    """Return why the reply is as it is: the words of the question, where they were found, and the evidence."""
    explained = reply.explain or {}
    words = explained.get("words", ())
    head = make_line(reply.reason)
    if not words:
        return (head,)
    places = {"sentence": "in the sentence", "window": "beside it", "article": "elsewhere in it", "nowhere": "nowhere"}
    rows = [(word["word"], f"{word['weight']:.2f}", places.get(word["where"], word["where"])) for word in words]
    told = [item for item in explained["features"] if abs(item["part"]) >= 0.005]  # less would be printed as 0.00
    parts = [(item["name"], f"{item['part']:+.2f}", f"value {item['value']:.2f}") for item in told]
    about = "Words, their weight in the article, and where they stand for [1]:"
    if reply.verdict is Verdict.REFUSED:
        about = "Words, their weight in the article, and where they stand for the closest sentence:"
    return (
        head,
        *[make_line(f"Means nearly the same: {told}", Look.FACT) for told in list_alike(explained)],
        make_line(about, Look.FACT),
        *render_table(rows, {"nowhere": Look.REFUSED, "in the sentence": Look.CITED}),
        make_line(f"Evidence, {explained['score']:.2f} in all; confidence {reply.confidence:.2f}:", Look.FACT),
        *render_table([*parts, *([("bias", f"{explained['bias']:+.2f}", "")] if explained["bias"] else [])]),
    )


def list_alike(explained: Mapping[str, Any]) -> list[str]:
    """Return the words of question and sentence that mean nearly the same, on one line; none if there are none."""
    pairs = [f"{clean_line(each['word'])} ~ {clean_line(each['other'])}" for each in explained.get("alike") or ()]
    return [", ".join(pairs)] if pairs else []


def render_table(rows: Iterable[tuple[str, str, str]], looks: Mapping[str, Look] | None = None) -> Page:
    """Return rows of a name, a figure and words; `looks` may give words a look."""
    cleaned = [(clean_line(first), figure, clean_line(last)) for first, figure, last in rows]
    width = max((min(len(first), 16) for first, _, _ in cleaned), default=0)
    return tuple(
        Line((Piece(f"{figure:>6}  "), Piece(last, (looks or {}).get(last, Look.TEXT))), Piece(f"  {first:<{width}} "))
        for first, figure, last in cleaned
    )
