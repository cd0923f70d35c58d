"""What changed from one version of a story to the next, sentence by sentence. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ..model import Article, Sentence

_ALIKE = 0.5
"""Share of a sentence's words from which a dropped and an added one count as one that changed."""

_PAIRS = 10_000
"""Sentence pairs that are compared in one changed stretch; beyond, the stretch counts as dropped and added."""

_MATCHES = 1_000_000
"""Equal pairs of sentences, one of each version, up to which all are compared; a novel has some thousands."""


_WORDS = 1000
"""Words of two sentences up to which they are compared word by word; a longer one counts as another."""


class Edit(StrEnum):
    """What happened to a sentence, or to words of it, from one version to the next."""

    ADDED = "added"
    DROPPED = "dropped"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One changed sentence; `old` is None where it was added, `new` where it was dropped."""

    edit: Edit
    old: Sentence | None
    new: Sentence | None


def diff(old: Article, new: Article) -> tuple[Change, ...]:
    """Return the sentences that were added, dropped or changed, in the order of the new version.

    White space does not count, nor does a sentence that only moved.
    """
    from difflib import SequenceMatcher  # 10 ms, and asking needs none

    before, after = _list_words(old), _list_words(new)
    counts, later = Counter(before), Counter(after)
    changes: list[Change] = []
    # A text of one sentence repeated would take the square of its length: the matcher then leaves out frequent ones.
    many = sum(count * later[words] for words, count in counts.items()) > _MATCHES
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=many).get_opcodes():
        if tag != "equal":
            dropped = [old.sentences[at] for at in range(i, j) if counts[before[at]] > later[before[at]]]
            added = [new.sentences[at] for at in range(k, m) if later[after[at]] > counts[after[at]]]
            changes += _pair_alike(old, new, dropped, added)
    return tuple(changes)


def diff_words(old: str, new: str) -> Iterator[tuple[Edit | None, str]]:
    """Yield the words of two versions of a sentence in order: those that were dropped, were added, or stayed (None).

    What stands side by side and has the same fate is one piece, its words joined by single spaces.
    """
    from difflib import SequenceMatcher

    before, after = old.split(), new.split()
    if len(before) + len(after) > _WORDS:
        yield from ((Edit.DROPPED, " ".join(before)), (Edit.ADDED, " ".join(after)))
        return
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield None, " ".join(before[i:j])
            continue
        if i < j:
            yield Edit.DROPPED, " ".join(before[i:j])
        if k < m:
            yield Edit.ADDED, " ".join(after[k:m])


def _pair_alike(old: Article, new: Article, dropped: list[Sentence], added: list[Sentence]) -> list[Change]:
    """Pair the sentences of one stretch that are alike, in order; the rest were dropped and added."""
    changes: list[Change] = []
    at = 0
    compare = len(dropped) * len(added) <= _PAIRS
    for sentence in added:
        partner = _find_partner(old, dropped, at, new.quote(sentence)) if compare else None
        if partner is None:
            changes.append(Change(Edit.ADDED, None, sentence))
            continue
        changes += [Change(Edit.DROPPED, gone, None) for gone in dropped[at:partner]]
        changes.append(Change(Edit.CHANGED, dropped[partner], sentence))
        at = partner + 1
    return changes + [Change(Edit.DROPPED, gone, None) for gone in dropped[at:]]


def _find_partner(old: Article, dropped: list[Sentence], first: int, text: str) -> int | None:
    """Return the place of the first dropped sentence, from `first` on, that shares half its words with the text."""
    words = set(text.casefold().split())
    for number in range(first, len(dropped)):
        others = set(old.quote(dropped[number]).casefold().split())
        if len(words & others) >= _ALIKE * max(len(words), len(others)):
            return number
    return None


def _list_words(article: Article) -> list[str]:
    return [" ".join(article.quote(sentence).split()) for sentence in article.sentences]
