"""What evidence costs: 30 sentences of one article weighed for a question, beside one BM25 scoring of the same article.

python -m tests.bench.bench_evidence        needs ../shared/eval
"""

from __future__ import annotations

import time
from statistics import mean, median

from rank_bm25 import BM25Okapi

from index.evaluate.question_sets import read_set
from index.evidence import weights
from index.evidence.question import read_question
from index.evidence.views import ArticleView
from tests.support.paths import EVAL

SENTENCES = 30
QUESTIONS = 400


def main() -> None:
    asked = read_set(EVAL / "xquad-en-even")
    model = weights.load_model()
    peers = {key: BM25Okapi([sentence.terms for sentence in each.sentences]) for key, each in asked.articles.items()}
    ours, peer = [], []
    for question in asked.questions[:QUESTIONS]:
        article = asked.articles[question.article]
        read = read_question(question.text)
        began = time.process_time()
        article_view = ArticleView(read, article)
        views = [article_view.sentence(number) for number in range(1, min(SENTENCES, len(article.sentences)) + 1)]
        best = max(views, key=model.score)
        model.estimate(best)
        ours.append(time.process_time() - began)
        began = time.process_time()
        peers[question.article].get_scores(read.terms)
        peer.append(time.process_time() - began)
    print(
        f"{SENTENCES} sentences of one article weighed and judged: mean {1e3 * mean(ours):.2f} ms CPU, "
        f"median {1e3 * median(ours):.2f} (to reach: 2), {mean(ours) / mean(peer):.0f}x of rank-bm25's scores"
    )


if __name__ == "__main__":
    main()
