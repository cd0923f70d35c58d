"""What a typing error costs: the question sets as they are, and with one slip in a name or content word of each.

python -m tests.bench.bench_typos [SET ...]        folders of ../shared/eval
"""

import random
import sys
from dataclasses import replace

from index.evaluate import outcomes, read_set, summary
from tests.support.misspell import misspelled
from tests.support.paths import EVAL


def main(names):
    """Print hit@1 of each set, clean and mistyped (to lose: 0.03 at most)."""
    for name in names:
        asked = read_set(EVAL / name)
        chance = random.Random(7)
        questions = tuple(question for question in asked.questions if question.answerable)
        typed = tuple(replace(question, text=misspelled(question.text, chance)) for question in questions)
        clean, slipped = (
            summary(name, outcomes(replace(asked, questions=some)))["sentence"]["hit@1"] for some in (questions, typed)
        )
        changed = sum(one.text != other.text for one, other in zip(typed, questions, strict=True))
        print(
            f"{name:18s} clean {clean:.3f}, {changed} of {len(questions)} mistyped {slipped:.3f}, "
            f"lost {clean - slipped:+.3f}"
        )


if __name__ == "__main__":
    main(sys.argv[1:] or ["xquad-en-even", "squad2-even", "wikiqa-dev", "selqa-dev", "qamr-wikinews-dev"])
