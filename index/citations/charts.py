"""Draw the figures of a page: the strip that shows where the evidence lies, and the bars of `/why` (pure SVG)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from ..model import Article, Citation, Reply
from ..verdicts import translatable
from .wording import replace_controls

PLACES = {
    "sentence": "in the sentence",
    "window": "beside it",
    "article": "elsewhere",
    "heading": "in a heading",
    "nowhere": "missing",
}
"""Where a word of the question was found: as `Reply.explain` says it, and as readers see it."""

PALE = ' class="further"'


def draw_strip(
    article: Article, cited: Sequence[tuple[int, Citation, bool]], say: Callable[[str], str] = translatable
) -> str:
    """Return a strip as tall as the window: a line where each paragraph begins, a block for each cited sentence.

    `cited` holds the number of each citation, the citation, and whether it answers; those that do not are paler.
    `say` gives a text in the reader's language. Returns "" if nothing is cited.
    """
    body = [paragraph for paragraph in article.paragraphs if paragraph.number is not None]
    if not cited or not body:
        return ""
    first, whole = body[0].start, max(1, body[-1].end - body[0].start)

    def height(offset: int) -> float:
        return round(1000 * (offset - first) / whole, 1)

    rules = "".join(
        f'<rect class="rule" x="0" y="{height(paragraph.start)}" width="20" height="1"/>' for paragraph in body[1:]
    )
    label, title = (
        escape(say(text))
        for text in (translatable("Citation {number}, paragraph {paragraph}"), translatable("[{}] paragraph {}"))
    )
    blocks = "".join(
        f'<a href="#c{number}" aria-label="{label.format(number=number, paragraph=citation.paragraph)}"><rect x="3" '
        f'y="{height(citation.start)}" width="14" '
        f'height="{max(8, height(citation.end) - height(citation.start)):.1f}" rx="3"{"" if answers else PALE}>'
        f"<title>{title.format(number, citation.paragraph)}</title></rect></a>"
        for number, citation, answers in cited
    )
    where = escape(say(translatable("Where in the article the evidence lies")))
    return (
        f'<nav class="strip" aria-label="{where}">'
        f'<svg viewBox="0 0 20 1000" preserveAspectRatio="none">{rules}{blocks}</svg></nav>'
    )


def draw_explanation(reply: Reply, told: str = "") -> str:
    """Return why a reply is as it is, to be unfolded: what is `told` of it, a sentence a line, and two tables of bars.

    The tables are of the question's words and of the parts that add up to the score. Returns "" for a reply without an
    explanation.
    """
    explained = reply.explain or {}
    words, features = explained.get("words") or (), explained.get("features") or ()
    if not words and not features:
        return ""
    lines = "".join(f"<p>{escape(replace_controls(line))}</p>" for line in told.splitlines())
    top = max([word["weight"] for word in words], default=0) or 1.0
    rows = "".join(_draw_word(word, top) for word in words)
    table = f"<table><caption>Words of the question, and their weight</caption>{rows}</table>" if rows else ""
    parts = _draw_parts(reply, explained, features) if features else ""
    return f'<details class="why"><summary>Why</summary>{lines}{table}{parts}</details>'


def _draw_parts(reply: Reply, explained: Mapping[str, Any], features: Sequence[Mapping[str, Any]]) -> str:
    parts = [(item["name"].replace("_", " "), item["part"]) for item in features] + [("bias", explained["bias"])]
    top = max(abs(part) for _, part in parts) or 1.0
    rows = "".join(_draw_part(name, part, top) for name, part in parts if abs(part) >= 0.005)
    note = f"Evidence; the parts add up (confidence {reply.confidence:.0%})"
    return (
        f"<table><caption>{note}</caption>{rows}"
        f'<tr class="sum"><th scope="row">score</th><td class="figure">{explained["score"]:+.2f}</td><td></td></tr>'
        "</table>"
    )


def _draw_word(word: Mapping[str, Any], top: float) -> str:
    where = PLACES.get(word["where"], word["where"])
    look = "less" if word["where"] == "nowhere" else "more" if word["where"] in ("sentence", "window") else "axis"
    bar = f'<rect class="{look}" x="0" y="1" width="{100 * word["weight"] / top:.1f}" height="8"/>'
    return (
        f'<tr><th scope="row">{escape(replace_controls(word["word"]))}</th><td>{escape(replace_controls(where))}</td>'
        f'<td class="figure">{word["weight"]:.2f}</td><td class="bar">{_wrap_svg(bar)}</td></tr>'
    )


def _draw_part(name: str, part: float, top: float) -> str:
    width = 50 * abs(part) / top
    left = 50 if part >= 0 else 50 - width
    bar = (
        '<rect class="axis" x="49.7" y="0" width="0.6" height="10"/>'
        f'<rect class="{"more" if part >= 0 else "less"}" x="{left:.1f}" y="1" width="{width:.1f}" height="8"/>'
    )
    return (
        f'<tr><th scope="row">{escape(replace_controls(name))}</th><td class="figure">{part:+.2f}</td>'
        f'<td class="bar">{_wrap_svg(bar)}</td></tr>'
    )


def _wrap_svg(shapes: str) -> str:
    return f'<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">{shapes}</svg>'
