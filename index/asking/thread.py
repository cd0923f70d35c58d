"""The thread of a conversation: its earlier questions with what answered each, and which sentences are near it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..digest.people import Named, find_people
from ..model import Article
from ..verdicts import Verdict
from .retrieve import Scope
from .understand import is_small_talk, tell_language

SPOKEN_OF = 0.6
"""The share of a refused question's words that the sentences around the best one must hold for it to be a topic."""

QUOTED = 12
"""Words of the last answer that are repeated where somebody asks who said it."""

NEAR = {-1: 0.5, 0: 1.5, 1: 2.1, 2: 1.2, 3: 0.6, 4: 0.3}
"""What a sentence gains in a follow-up by its distance, in sentences, from the one that answered last (log odds)."""

NEAR_BY_MEANING = 0.4
"""How much of that counts where meaning is compared, too: the judge has read what the words do not tell."""


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question as `asked` and as `understood`, the verdict on it, and the sentence that came first.

    `held` is the share of its words in and around that sentence. `article` is None, and `sentence` 0, where nothing was
    found or nobody looked. `verdict` is None if nobody looked.
    """

    asked: str
    understood: str
    verdict: Verdict | None = None
    article: Article | None = None
    sentence: int = 0
    held: float = 0.0

    @property
    def is_topic(self) -> bool:
        """Whether a later question may go on from it: the article speaks of it, even if it has no answer."""
        spoken_of = self.verdict is not Verdict.REFUSED or self.held >= SPOKEN_OF
        return spoken_of and not is_small_talk(self.asked)

    @property
    def people(self) -> tuple[Named, ...]:
        """The people whom its first sentence names, in the order of their full names in the article; () for none."""
        if self.article is None:
            return ()
        return tuple(one for one in find_people(self.article) if self.sentence in one.numbers)


def shorten(words: str) -> str:
    """Return the first words of an answer, as they are repeated where somebody asks who said it."""
    few = words.split()
    return words if len(few) <= QUOTED else " ".join(few[:QUOTED]) + " …"


def weigh_distance(distance: int, *, by_meaning: bool) -> float:
    """Return what a sentence gains, in log odds, so many sentences behind the last answer; 0 if far away."""
    return NEAR.get(distance, 0.0) * (NEAR_BY_MEANING if by_meaning else 1.0)


def was_refused(thread: Sequence[Turn]) -> bool:
    """Tell whether the last question had no answer: then nobody wants it asked again."""
    said = [turn for turn in thread if not is_small_talk(turn.asked)]
    return bool(said) and said[-1].verdict is Verdict.REFUSED


def tell_spoken(turn: Turn, scope: Scope) -> str:
    """Return the code of the language in which a turn was held: of what answered it, else of its words."""
    return turn.article.language if turn.article else tell_language(turn.asked, scope).code
