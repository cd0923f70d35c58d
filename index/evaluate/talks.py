"""Measure conversations: is the right sentence first at each turn, by kind of turn?

A file of conversations has one a line: `id`, the `article_id` that it is about, and `turns`. Each turn has its `text`,
its `kind`, whether it `stands_alone`, the question that is `meant`, and `gold`, the sentences that answer it; of a turn
with two questions, a list of them for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..asking.reply import Ranking
from ..asking.several import split_questions
from ..core import Index, open_index
from ..errors import UnsupportedFormat
from ..forms.node import Node
from ..model import Article
from ..verdicts import Verdict
from .measures import mean
from .question_sets import read_lines

REMEMBERED = 10
"""Earlier questions that a follow-up may borrow from, as the faces keep them."""


@dataclass(frozen=True, slots=True)
class GoldTurn:
    """What is said in one turn; `gold` holds, for each question in it, the sentences that answer, () if none does."""

    text: str
    kind: str
    stands_alone: bool
    meant: str
    gold: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation about the article with the set's id `article`."""

    id: str
    article: str
    turns: tuple[GoldTurn, ...]


@dataclass(frozen=True, slots=True)
class TurnOutcome:
    """What became of a turn.

    `first`: a right sentence came first, whatever the verdict; `meant_first`: one does if the question that is meant is
    asked alone. `understood` is None if nothing changed.
    """

    talk: str
    turn: GoldTurn
    first: bool
    meant_first: bool
    answered: bool
    understood: str | None


def read_conversations(path: Path) -> tuple[Talk, ...]:
    """Read a file of conversations, one a line.

    Raises:
        SourceUnavailable: it cannot be read.
        UnsupportedFormat: a line is malformed; the message has its number.
    """
    found = []
    for line in read_lines(path):
        with line:
            node = line.node
            turns = tuple(_read_turn(turn) for turn in node.items("turns"))
            found.append(Talk(node.text("id"), node.text("article_id"), turns))
    return tuple(found)


def _read_turn(node: Node) -> GoldTurn:
    several = node.text("kind") == "two"
    texts = node.texts("gold") if not several else ()
    gold = tuple(node.lists("gold")) if several else (texts,)
    meant = node.optional("meant", node.text)
    return GoldTurn(node.text("text"), node.text("kind"), node.truth("stands_alone"), meant or "", gold)


def hold_conversations(
    talks: Iterable[Talk], articles: Mapping[str, Article], *, meaning: bool = True
) -> Iterator[TurnOutcome]:
    """Hold each conversation with its article alone, and yield what became of its turns.

    Without `meaning`, or where the extra is not installed, words alone answer.

    Raises:
        UnsupportedFormat: a conversation is about an article that the set lacks.
    """
    for talk in talks:
        if talk.article not in articles:
            raise UnsupportedFormat(talk.id, f"there is no article {talk.article!r}")
        with open_index("memory:", meaning=meaning) as index:
            index.add(articles[talk.article])
            yield from _hold(index, talk, articles[talk.article])


def _hold(index: Index, talk: Talk, article: Article) -> Iterator[TurnOutcome]:
    history: tuple[str, ...] = ()
    for turn in talk.turns:
        parts = split_questions(turn.text).asked
        whole = len(parts) != len(turn.gold)
        hits, answered, understood = [], [], None
        for text, gold in zip((turn.text,) * len(turn.gold) if whole else parts, turn.gold, strict=True):
            hits.append(_is_first(index.rank(text, history), article, gold))
            reply = index.ask(text, history)
            answered.append(reply.verdict is Verdict.ANSWERED)
            understood = reply.understood
            history = (*history, text)[-REMEMBERED:]
        alone = index.rank(turn.meant) if turn.meant else None
        yield TurnOutcome(
            talk=talk.id,
            turn=turn,
            first=all(hits),
            meant_first=alone is not None and _is_first(alone, article, sum(turn.gold, ())),
            answered=all(answered),
            understood=understood,
        )


def _is_first(ranking: Ranking, article: Article, gold: tuple[str, ...]) -> bool:
    """Tell whether the sentence ranked first overlaps one of the gold sentences."""
    if not ranking.sentences:
        return False
    _, number, _ = ranking.sentences[0]
    first = article.sentences[number - 1]
    spans = [(article.text.find(words), words) for words in gold]
    return any(start >= 0 and first.start < start + len(words) and start < first.end for start, words in spans)


def summarize(name: str, measured: Iterable[TurnOutcome]) -> dict[str, Any]:
    """Return the figures of plain turns, of follow-ups and of each kind.

    `first`: at what share a right sentence came first; `answered_first`: and was told as an answer; `meant_first`: it
    comes first if the question that is meant is asked alone.

    A turn is plain if it stands alone. Of turns without an answer (small talk, refusals), it counts the `answered`.
    """
    every = list(measured)
    good = [one for one in every if any(one.turn.gold)]
    groups = {"plain": [one for one in good if one.turn.stands_alone]}
    groups["follow-ups"] = [one for one in good if not one.turn.stands_alone]
    for kind in sorted({one.turn.kind for one in good}):
        groups[f"kind {kind}"] = [one for one in good if one.turn.kind == kind]
    silent = [one for one in every if not any(one.turn.gold)]
    return {
        "set": name,
        "groups": {
            key: {
                "turns": len(some),
                "first": _round(mean([one.first for one in some])),
                "answered_first": _round(mean([one.first and one.answered for one in some])),
                "meant_first": _round(mean([one.meant_first for one in some])),
            }
            for key, some in groups.items()
        },
        "no_answer": {"turns": len(silent), "answered": _round(mean([one.answered for one in silent]))},
    }


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
