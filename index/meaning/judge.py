"""The judge: a cross-encoder that reads a question and a sentence together (Nogueira and Cho 2019, arXiv 1901.04085).

Its training is `tests/train/train_judge.py`.
"""

from __future__ import annotations

from .runtime import Session, split_pieces

LONGEST = 104
"""Word pieces of question, sentence and neighbours together; neighbours fill up what the others leave."""

QUESTION, SENTENCE, BEFORE, AFTER = 32, 72, 28, 20
"""Word pieces of each at most."""

WORDS_BEFORE, WORDS_AFTER = 24, 16
"""Words of the sentence before and of the one after that the judge sees, those next to the sentence."""

LARGEST = 8.0
"""What it is sure of beyond this is not more likely."""

_OPEN, _CLOSE = 101, 102  # [CLS] and [SEP]


class Judge:
    """Says how likely a sentence answers a question."""

    def __init__(self) -> None:
        self._session = Session("judge.onnx")

    def weigh(self, question: str, before: str, sentence: str, after: str) -> float:
        """Return the log odds that the sentence answers the question, -8 to 8; "" stands for no neighbour."""
        pieces, types = join_pieces(question, before, sentence, after)
        odds = float(self._session.run(pieces, types))
        return round(max(-LARGEST, min(LARGEST, odds)), 3)


def join_pieces(question: str, before: str, sentence: str, after: str) -> tuple[list[int], list[int]]:
    """Return the word pieces that the judge reads, and their types: 1 marks the sentence itself.

    Question, then the end of the sentence before, the sentence, and the beginning of the one after.
    """
    asked, stated = split_pieces(question, QUESTION), split_pieces(sentence, SENTENCE)
    earlier = split_pieces(" ".join(before.split()[-WORDS_BEFORE:]), LONGEST)[-BEFORE:]
    later = split_pieces(" ".join(after.split()[:WORDS_AFTER]), AFTER)
    room = max(0, LONGEST - 3 - len(asked) - len(stated))
    earlier = earlier[len(earlier) - min(len(earlier), room * 3 // 5) :]
    later = later[: room - len(earlier)]
    pieces = [_OPEN, *asked, _CLOSE, *earlier, *stated, *later, _CLOSE]
    types = [0] * (len(asked) + 2 + len(earlier)) + [1] * len(stated) + [0] * (len(later) + 1)
    return pieces, types
