"""What plain BM25 finds: every sentence of a set ranked by the terms of the question and nothing else.

python -m tests.bench.bench_baseline [SET ...]        folders of ../shared/eval
"""

import sys
from collections import Counter, defaultdict
from contextlib import contextmanager
from types import SimpleNamespace

from index.evaluate import outcomes, read_set, summary
from index.language import bm25
from index.language.terms import analyse
from index.verdicts import Verdict
from tests.support.paths import EVAL


class Plain:
    """Ranks all sentences of all articles by BM25; shows none, answers none."""

    def __init__(self, articles):
        self.sentences = [(article.id, each) for article in articles for each in article.sentences]
        self.average = sum(len(each.terms) for _, each in self.sentences) / len(self.sentences)
        self.postings = defaultdict(Counter)
        for at, (_, sentence) in enumerate(self.sentences):
            for term in sentence.terms:
                self.postings[term][at] += 1

    def rank(self, question, history=(), filter=None):
        scores = Counter()
        for term in dict.fromkeys(analyse(question)):
            found = self.postings[term]
            idf = bm25.idf(len(self.sentences), len(found))
            for at, count in found.items():
                norm = bm25.length_norm(len(self.sentences[at][1].terms), self.average)
                scores[at] += idf * count / (count + norm)
        best = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
        ranked = tuple((self.sentences[at][0], self.sentences[at][1].number, score) for at, score in best)
        return SimpleNamespace(sentences=ranked, passages=(), confidence=0.0, verdict=Verdict.REFUSED)


@contextmanager
def plain(articles):
    yield Plain(list(articles))


def main(names):
    """Print hit@1 and MRR of each set, all its articles at once."""
    for name in names:
        found = summary(name, outcomes(read_set(EVAL / name), library=True, opened=plain))["sentence"]
        print(f"{name:18s} hit@1 {found['hit@1']:.3f}, MRR {found['mrr']:.3f}")


if __name__ == "__main__":
    main(sys.argv[1:] or ["xquad-en-even", "selqa-dev", "qamr-wikinews-dev", "wikiqa-dev"])
