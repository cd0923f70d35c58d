"""Measures against ir_measures and cases made by hand; sets read from folders; the verb `eval`."""

from __future__ import annotations

import json
import random
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import ir_measures
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.verbs.evaluation import evaluate
from index.asking.reply import Ranking
from index.errors import EmptyArticle, SourceUnavailable, UnsupportedFormat
from index.evaluate import outcomes, read_set, summary
from index.evaluate.measures import auroc, average_precision, fpr_at_tpr, hit_at, mean, reciprocal_rank, risk_coverage
from index.model import Citation, Kind, ShownPassage
from index.verdicts import Verdict
from tests.support.paths import EVAL, need_shared

# --- measures


@settings(deadline=None)  # the first call imports the other's tools
@given(st.randoms(use_true_random=False), st.integers(1, 30))
def test_ranking_measures_agree_with_ir_measures(source, size):
    """Some questions are given no ranking at all: they count zero."""
    qrels, run, ours = [], [], {"RR": [], "AP": [], "Success@1": [], "Success@3": []}
    for number in range(8):
        question = f"q{number}"
        places = list(range(1, size + 1))
        relevant = source.sample(places, source.randint(1, size))
        retrieved = places[: source.choice([0, size // 2, size, size])]
        qrels += [ir_measures.Qrel(question, f"d{place}", 1) for place in relevant]
        run += [ir_measures.ScoredDoc(question, f"d{place}", 1000.0 - place) for place in retrieved]
        ranks = sorted(set(relevant) & set(retrieved))
        ours["RR"].append(reciprocal_rank(ranks))
        ours["AP"].append(average_precision(ranks, len(relevant)))
        ours["Success@1"].append(hit_at(ranks, 1))
        ours["Success@3"].append(hit_at(ranks, 3))
    measures = [ir_measures.parse_measure(name) for name in ours]
    theirs = ir_measures.calc_aggregate(measures, qrels, run)
    for measure in measures:
        assert mean(ours[str(measure)]) == pytest.approx(theirs[measure]), str(measure)


def test_measures_of_nothing():
    assert mean([]) is None
    assert hit_at([], 3) == reciprocal_rank([]) == average_precision([], 2) == average_precision([], 0) == 0
    assert auroc([], [1.0]) is None
    assert fpr_at_tpr([1.0], []) is None
    assert risk_coverage([], []) == ()


def test_average_precision_by_hand():
    assert average_precision([1, 3], 2) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision([3, 1], 4) == pytest.approx((1 + 2 / 3) / 4)


@pytest.mark.parametrize(
    ("positive", "negative", "expected"),
    [([3, 2], [1, 0], 1), ([0, 1], [2, 3], 0), ([1, 1], [1], 0.5), ([2, 0], [1], 0.5), ([2, 1], [1], 0.75)],
)
def test_auroc_by_hand(positive, negative, expected):
    assert auroc(positive, negative) == expected


@given(st.lists(st.integers(0, 5), min_size=1, max_size=20), st.lists(st.integers(0, 5), min_size=1, max_size=20))
def test_auroc_counts_pairs(positive, negative):
    pairs = [(p > n) + (p == n) / 2 for p in positive for n in negative]
    assert auroc(positive, negative) == pytest.approx(sum(pairs) / len(pairs))


def test_fpr_by_hand():
    positive = [float(score) for score in range(1, 21)]  # 95 % of 20 are 19: the threshold is 2
    assert fpr_at_tpr(positive, [0.0, 1.0, 1.9, 2.0]) == 0.25
    assert fpr_at_tpr(positive, [0.0, 1.0], tpr=1.0) == 0.5
    assert fpr_at_tpr([1.0, 1.0], [1.0, 0.0]) == 0.5


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30), st.lists(st.integers(0, 5), min_size=1, max_size=20))
def test_fpr_is_the_best_that_a_threshold_gives(positive, negative):
    rates = [
        sum(n >= threshold for n in negative) / len(negative)
        for threshold in positive
        if sum(p >= threshold for p in positive) >= 0.95 * len(positive)
    ]
    assert fpr_at_tpr(positive, negative) == min(rates)


def test_risk_coverage_by_hand():
    curve = risk_coverage([0.9, 0.5, 0.5, 0.1], [True, False, True, False])
    assert curve == ((0.25, 0.0), (0.75, 1 / 3), (1.0, 0.5))


# --- sets on disk


TEXT = "A ferry sank on Monday.\nNobody was hurt. The crew swam ashore.\nDivers search the wreck."
SENTENCES = [(0, 23), (24, 40), (41, 62), (63, 87)]


def write_set(folder: Path, articles: list[dict], questions: list[dict]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, rows in (("articles", articles), ("questions", questions)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


def an_article(key="a", text=TEXT, **more) -> dict:
    return {"article_id": key, "set": "tiny", "title": "Ferry", "text": text, "sentences": SENTENCES} | more


def a_question(number=1, key="a", gold=(), kind="sentence", **more) -> dict:
    return {
        "set": "tiny",
        "id": f"q{number}",
        "article_id": key,
        "question": "What sank?",
        "answerable": bool(gold),
        "gold": [{"start": start, "end": end} for start, end in gold],
        "gold_kind": kind,
    } | more


def test_given_sentences_replace_our_splitting(tmp_path):
    asked = read_set(write_set(tmp_path / "tiny", [an_article()], [a_question(gold=[(0, 23)])]))
    article = asked.articles["a"]
    assert asked.name == "tiny"
    assert [article.quote(sentence) for sentence in article.sentences] == [TEXT[start:end] for start, end in SENTENCES]
    assert [sentence.paragraph for sentence in article.sentences] == [1, 2, 2, 3]
    assert [article.quote(paragraph) for paragraph in article.paragraphs] == TEXT.split("\n")
    assert all(paragraph.kind is Kind.BODY for paragraph in article.paragraphs)
    assert "ferri" in article.sentences[0].terms
    assert (article.title, article.length) == ("Ferry", 4)


def test_empty_lines_are_no_paragraphs(tmp_path):
    row = an_article(text="One. Both.\n\n \nTwo.", sentences=[[0, 4], [5, 10], [14, 18]])
    article = read_set(write_set(tmp_path / "tiny", [row], [a_question(gold=[(0, 4)])])).articles["a"]
    assert [article.quote(paragraph) for paragraph in article.paragraphs] == ["One. Both.", "Two."]
    assert [sentence.paragraph for sentence in article.sentences] == [1, 1, 2]


def test_lines_that_only_part_sentences_are_no_paragraphs(tmp_path):
    row = an_article(text="One.\nTwo.", sentences=[[0, 4], [5, 9]])
    article = read_set(write_set(tmp_path / "tiny", [row], [a_question(gold=[(0, 4)])])).articles["a"]
    assert [article.quote(paragraph) for paragraph in article.paragraphs] == ["One.\nTwo."]
    assert [sentence.paragraph for sentence in article.sentences] == [1, 1]


def test_without_given_sentences_we_split(tmp_path):
    row = an_article()
    del row["sentences"], row["title"]
    asked = read_set(write_set(tmp_path / "tiny", [row], [a_question(gold=[(0, 7)], kind="span")]))
    assert len(asked.articles["a"].sentences) == 4


def test_a_folder_of_texts(tmp_path):
    (tmp_path / "ferry.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "questions.jsonl").write_text(json.dumps(a_question(key="ferry", gold=[(0, 7)], kind="span")) + "\n\n")
    asked = read_set(tmp_path)
    assert asked.articles["ferry"].text == TEXT
    assert asked.questions[0].gold == ((0, 7),)


def test_history_keeps_what_the_user_said(tmp_path):
    turns = [{"role": "user", "text": "Which ferry?"}, {"role": "bot", "text": "The old one."}]
    asked = read_set(write_set(tmp_path / "tiny", [an_article()], [a_question(gold=[(0, 7)], history=turns)]))
    assert asked.questions[0].history == ("Which ferry?",)


GOOD = a_question(gold=[(0, 23)])


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("{", "line 2: is not JSON"),
        ("[" * 100_000, "line 2: is not JSON"),
        ("[]", "line 2: is not a JSON object"),
        (GOOD | {"article_id": "b"}, "line 2: article_id: there is no article 'b'"),
        (GOOD | {"question": None}, "line 2: question: expected a string, got None"),
        (GOOD | {"answerable": 1}, "line 2: answerable: expected true or false, got 1"),
        (GOOD | {"gold": []}, "line 2: gold: an answerable question needs a span"),
        (GOOD | {"gold": [{"start": 5}]}, "line 2: gold[0].end: missing"),
        (GOOD | {"gold": [{"start": 5, "end": 500}]}, "line 2: gold[0].end: 5 to 500 is no span of the text"),
        (GOOD | {"gold_kind": "guess"}, "line 2: gold_kind: expected one of span,"),
        (GOOD | {"history": [{"role": "user"}]}, "line 2: history[0].text: missing"),
    ],
)
def test_a_malformed_question_is_told_with_its_line(tmp_path, row, message):
    folder = write_set(tmp_path / "tiny", [an_article()], [GOOD])
    with (folder / "questions.jsonl").open("a") as file:
        file.write(row if isinstance(row, str) else json.dumps(row))
    with pytest.raises(UnsupportedFormat) as caught:
        read_set(folder)
    assert f"questions.jsonl: {message}" in str(caught.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"text": 5}, "line 1: text: expected a string"),
        ({"sentences": [[0]]}, "line 1: sentences[0]: expected a pair of numbers, got [0]"),
        ({"sentences": [[0, "x"]]}, "line 1: sentences[0]: expected a whole number, got 'x'"),
        ({"sentences": [[0, 5], 7]}, "line 1: sentences[1]: expected a pair of numbers, got 7"),
        ({"sentences": [[5, 500]]}, "line 1: sentences[0]: 5 to 500 is no span of the text"),
    ],
)
def test_a_malformed_article_is_told_with_its_line(tmp_path, change, message):
    folder = write_set(tmp_path / "tiny", [an_article(**change)], [GOOD])
    with pytest.raises(UnsupportedFormat) as caught:
        read_set(folder)
    assert f"articles.jsonl: {message}" in str(caught.value)


def test_folders_that_are_no_set(tmp_path):
    with pytest.raises(SourceUnavailable, match="No such file or directory; name a question set's folder"):
        read_set(tmp_path)
    (tmp_path / "questions.jsonl").write_text("")
    with pytest.raises(SourceUnavailable, match=r"holds neither articles.jsonl nor a \.txt file"):
        read_set(tmp_path)
    (tmp_path / "a.txt").write_text(TEXT)
    with pytest.raises(UnsupportedFormat, match="holds no question"):
        read_set(tmp_path)
    (tmp_path / "questions.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(UnsupportedFormat, match="is not UTF-8 at byte 0"):
        read_set(tmp_path)
    (tmp_path / "questions.jsonl").unlink()
    (tmp_path / "questions.jsonl").mkdir()
    with pytest.raises(SourceUnavailable, match="Is a directory"):
        read_set(tmp_path)


def test_an_article_without_a_sentence_is_named(tmp_path):
    row = an_article("empty", text="   ")
    del row["sentences"]
    with pytest.raises(EmptyArticle, match="tiny/empty"):
        read_set(write_set(tmp_path / "tiny", [row], [GOOD]))


# --- what came of asking


class Script:
    """Ranks as told: for (question, text of the article or None) a list of sentence numbers, and a verdict."""

    def __init__(self, told):
        self.told = told
        self.asked = []

    @contextmanager
    def __call__(self, articles):
        self.articles = {article.id: article for article in articles}
        yield self

    def rank(self, question, history=(), filter=None):
        scope = [self.articles[key] for key in filter.articles] if filter else list(self.articles.values())
        self.asked.append((question, history, [article.title for article in scope]))
        sentences, verdict, confidence = self.told(question, scope)
        shown = [self._shown(self.articles[key], number) for key, number in sentences[:3]]
        return Ranking(tuple((*pair, 0.0) for pair in sentences), tuple(shown), confidence, verdict, "")

    @staticmethod
    def _shown(article, number):
        sentence = article.sentences[number - 1]
        text = article.quote(sentence)
        cited = Citation(article.id, article.sha256, 1, number, sentence.start, sentence.end, text, 0.0)
        return ShownPassage(article.card, (1,), sentence.start, sentence.end, text, 0.0, (cited,))


def always(numbers, verdict=Verdict.ANSWERED, confidence=0.5):
    return Script(lambda _, scope: ([(scope[0].id, number) for number in numbers], verdict, confidence))


def a_set(tmp_path, *questions, articles=1):
    rows = [an_article("abcdef"[n], text=TEXT + "!" * n, title=f"Ferry {n}") for n in range(articles)]
    return read_set(write_set(tmp_path / "tiny", rows, list(questions)))


def only(asked, script, **options):
    (outcome,) = outcomes(asked, opened=script, **options)
    return outcome


def test_a_sentence_hits_if_it_overlaps_and_a_passage_if_it_contains(tmp_path):
    asked = a_set(tmp_path, a_question(gold=[(30, 50)], kind="span"))
    outcome = only(asked, always([2, 1, 3]))
    assert (outcome.ranks, outcome.relevant) == ((1, 3), 2)
    assert outcome.passages == (False, False, False)
    assert outcome.cited is True
    inside = a_set(tmp_path, a_question(gold=[(30, 40)], kind="span"))
    assert only(inside, always([1, 2])).passages == (False, True)
    assert only(inside, always([1, 2])).cited is False


def test_sentences_that_touch_the_gold_do_not_hit(tmp_path):
    asked = a_set(tmp_path, a_question(gold=[(40, 41)], kind="span"))
    outcome = only(asked, always([2, 3]))
    assert (outcome.ranks, outcome.relevant, outcome.cited) == ((), 0, False)
    assert summary("tiny", [outcome])["sentence"]["map"] == 0


def test_sentences_that_are_no_candidates_stand_behind_in_text_order(tmp_path):
    asked = a_set(tmp_path, a_question(gold=[(63, 87), (0, 5)]))
    assert only(asked, always([3])).ranks == (2, 4)
    assert only(asked, always([2, 3, 1])).ranks == (3, 4)


def test_a_question_without_candidates_counts_zero(tmp_path):
    asked = a_set(tmp_path, a_question(gold=[(0, 23)]))
    outcome = only(asked, always([], Verdict.REFUSED))
    figures = summary("tiny", [outcome])
    assert (outcome.ranks, outcome.relevant, outcome.cited) == ((), 1, False)
    assert figures["sentence"] == {"hit@1": 0, "hit@3": 0, "mrr": 0, "map": 0}
    assert figures["passage"] == {"hit@1": 0, "hit@3": 0}


def test_ranking_is_before_the_verdict(tmp_path):
    asked = a_set(tmp_path, a_question(gold=[(0, 23)]))
    figures = summary("tiny", outcomes(asked, opened=always([1], Verdict.REFUSED)))
    assert figures["sentence"]["hit@1"] == figures["passage"]["hit@1"] == 1
    assert figures["verdict"]["answered_right"] == figures["verdict"]["coverage"] == 0
    assert figures["verdict"]["answered_precision"] is None


def test_given_passages_are_the_units_where_they_are_the_gold(tmp_path):
    row = an_article(passages=[[0, 23], [24, 62], [63, 87]])
    folder = write_set(tmp_path / "tiny", [row], [a_question(gold=[(24, 62)], kind="passage")])
    outcome = only(read_set(folder), always([1, 3, 2, 4]))
    assert (outcome.ranks, outcome.relevant) == ((2,), 1)
    assert outcome.passages == (False, True, True)
    ignored = write_set(tmp_path / "tiny", [row], [a_question(gold=[(24, 62)], kind="sentence")])
    assert only(read_set(ignored), always([1, 3, 2, 4])).ranks == (2, 3)


def test_a_sentence_outside_every_given_passage_has_no_rank(tmp_path):
    row = an_article(passages=[[24, 62]])
    folder = write_set(tmp_path / "tiny", [row], [a_question(gold=[(24, 62)], kind="passage")])
    assert only(read_set(folder), always([1, 4, 2])).ranks == (1,)


def test_in_a_library_a_hit_must_be_in_the_right_article(tmp_path):
    asked = a_set(tmp_path, a_question(key="b", gold=[(0, 23)]), articles=2)
    first, second = (article.id for article in asked.articles.values())
    script = Script(lambda *_: ([(first, 1), (second, 1)], Verdict.ANSWERED, 0.9))
    outcome = only(asked, script, library=True)
    assert (outcome.ranks, outcome.passages, outcome.cited) == ((2,), (False, True), False)
    behind = Script(lambda *_: ([(first, 1)], Verdict.ANSWERED, 0.9))
    assert only(asked, behind, library=True).ranks == (5,)
    assert script.asked == [("What sank?", (), ["Ferry 0", "Ferry 1"])]


@pytest.mark.parametrize("library", [False, True])
def test_the_wrong_article_is_the_following_one(tmp_path, library):
    questions = [a_question(n, key="abc"[n], gold=[(0, 23)], question=f"{n}?") for n in range(3)]
    asked = a_set(tmp_path, *questions, articles=3)
    script = always([1])
    measured = list(outcomes(asked, opened=script, wrong_article=True, library=library))
    wrong = {outcome.question.id for outcome in measured if outcome.wrong}
    assert len(measured) == 6
    assert wrong == {"q0", "q1", "q2"}
    assert {(question, scope[0]) for question, _, scope in script.asked if len(scope) == 1} >= {
        ("0?", "Ferry 1"),
        ("1?", "Ferry 2"),
        ("2?", "Ferry 0"),
    }
    assert not any(outcome.cited or any(outcome.passages) for outcome in measured if outcome.wrong)


def test_the_wrong_article_has_another_text(tmp_path):
    rows = [an_article("a"), an_article("b"), an_article("c", text=TEXT + "!", title="Other")]
    folder = write_set(tmp_path / "tiny", rows, [a_question(gold=[(0, 23)])])
    script = always([1])
    list(outcomes(read_set(folder), opened=script, wrong_article=True))
    assert [scope for *_, scope in script.asked] == [["Ferry"], ["Other"]]
    alone = read_set(write_set(tmp_path / "tiny", rows[:2], [a_question(gold=[(0, 23)])]))
    with pytest.raises(ValueError, match="needs two articles"):
        list(outcomes(alone, opened=script, wrong_article=True))


def test_history_reaches_the_ranker(tmp_path):
    turns = [{"role": "user", "text": "Which ferry?"}]
    script = always([1])
    list(outcomes(a_set(tmp_path, a_question(gold=[(0, 23)], history=turns)), opened=script))
    assert script.asked == [("What sank?", ("Which ferry?",), ["Ferry 0"])]


# --- the figures


def some_outcomes(tmp_path, *rows):
    """One outcome for each (answerable, verdict, confidence, cited)."""
    asked = a_set(tmp_path, a_question(gold=[(0, 23)]))
    base = only(asked, always([1]))
    return [
        replace(
            base,
            question=replace(base.question, id=str(number), answerable=answerable),
            verdict=verdict,
            confidence=confidence,
            cited=cited,
            cpu=0.002,
        )
        for number, (answerable, verdict, confidence, cited) in enumerate(rows)
    ]


def test_the_figures_by_hand(tmp_path):
    measured = some_outcomes(
        tmp_path,
        (True, Verdict.ANSWERED, 0.9, True),
        (True, Verdict.ANSWERED, 0.8, False),
        (True, Verdict.RELATED, 0.3, True),
        (False, Verdict.ANSWERED, 0.85, False),
        (False, Verdict.REFUSED, 0.1, False),
    )
    assert summary("tiny", measured) == {
        "set": "tiny",
        "questions": 5,
        "sentence": {"hit@1": 1, "hit@3": 1, "mrr": 1, "map": 1},
        "passage": {"hit@1": 1, "hit@3": 1},
        "verdict": {
            "auroc": 0.6667,
            "fpr95": 0.5,
            "answered_precision": 0.3333,
            "coverage": 0.6,
            "answered_right": 0.6667,
            "answered_wrong": 0.5,
            "refused_wrong": 0.5,
        },
        "cpu_ms": 2.0,
    }


def test_questions_to_the_wrong_article_take_the_place_of_the_unanswerable(tmp_path):
    right, unanswerable = some_outcomes(
        tmp_path, (True, Verdict.ANSWERED, 0.9, True), (False, Verdict.ANSWERED, 0.95, False)
    )
    wrong = replace(right, wrong=True, confidence=0.1, verdict=Verdict.REFUSED, cited=False)
    verdict = summary("tiny", [right, unanswerable, wrong])["verdict"]
    assert (verdict["auroc"], verdict["answered_wrong"], verdict["refused_wrong"]) == (1, 0, 1)
    assert (verdict["coverage"], verdict["answered_precision"]) == (0.5, 1)


def test_without_marked_gold_there_are_verdict_figures_only(tmp_path):
    questions = [a_question(1, kind="none", answerable=True), a_question(2, kind="none")]
    figures = summary("tiny", outcomes(a_set(tmp_path, *questions), opened=always([1])))
    assert figures["sentence"] is None
    assert figures["passage"] is None
    assert figures["verdict"]["answered_precision"] is None
    assert (figures["verdict"]["auroc"], figures["verdict"]["coverage"]) == (0.5, 1)


def test_without_wrong_questions_the_comparison_is_none(tmp_path):
    figures = summary("tiny", outcomes(a_set(tmp_path, a_question(gold=[(0, 23)])), opened=always([1])))
    assert [figures["verdict"][key] for key in ("auroc", "fpr95", "answered_wrong", "refused_wrong")] == [None] * 4


# --- the verb


def run(*arguments):
    return CliRunner().invoke(evaluate, [str(argument) for argument in arguments])


@pytest.fixture
def tiny(tmp_path):
    questions = [a_question(1, gold=[(0, 23)]), a_question(2, key="b", question="Who bought a bakery in Lisbon?")]
    other = "The bakery opened.\nBread sold well in the morning. Cakes did not so. The owner smiled."
    bounds = [(0, 18), (19, 50), (51, 68), (69, 86)]
    return write_set(
        tmp_path / "tiny", [an_article(), an_article("b", text=other, title="Bakery", sentences=bounds)], questions
    )


def test_the_verb_prints_aligned_columns_when_piped(tiny):
    result = run(tiny, tiny)
    lines = result.stdout.splitlines()
    assert result.exit_code == 0, result.output
    assert [line.split()[:2] for line in lines] == [["set", "questions"], ["tiny", "2"], ["tiny", "2"]]
    assert len({len(line) for line in lines}) == 1
    assert "\x1b" not in result.output
    assert result.stderr == ""


def test_the_verb_writes_json_lines(tiny):
    result = run("--json", "--wrong-article", "--library", tiny, tiny)
    figures = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(figures) == 2
    assert list(figures[0]) == ["set", "questions", "sentence", "passage", "verdict", "cpu_ms"]
    assert list(figures[0]["sentence"]) == ["hit@1", "hit@3", "mrr", "map"]
    assert list(figures[0]["passage"]) == ["hit@1", "hit@3"]
    assert figures[0]["sentence"]["hit@1"] == 1
    assert figures[0]["cpu_ms"] > 0


def test_the_verb_asks_the_first_n(tiny):
    assert json.loads(run("--json", "--limit", 1, tiny).stdout)["questions"] == 1


def test_on_a_terminal_it_is_a_table(tiny, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "160")
    result = run(tiny)
    assert result.exit_code == 0, result.output
    assert "\x1b[1m" in result.stdout
    assert "AUROC" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [([], "Missing argument"), (["nowhere"], "does not exist"), (["--limit", "0", "."], "not in the range")],
)
def test_wrong_usage_ends_2(arguments, message):
    result = run(*arguments)
    assert (result.exit_code, message in result.output) == (2, True)


def test_the_wrong_article_needs_two(tmp_path):
    result = run("--wrong-article", write_set(tmp_path / "one", [an_article()], [GOOD]))
    assert (result.exit_code, "two articles or more" in result.output) == (2, True)


def test_a_folder_that_is_no_set_is_a_source_error(tmp_path):
    assert isinstance(run(tmp_path).exception, SourceUnavailable)


# --- the shared sets


@pytest.mark.parametrize("name", ["clapnq-a", "qamr-wikinews-dev", "selqa-dev", "wikiqa-dev"])
def test_shared_sets_can_be_read_and_their_gold_found(name):
    asked = read_set(need_shared(EVAL / name))
    for question in random.Random(1).sample(asked.questions, 50):
        sentences = asked.articles[question.article].sentences
        for start, end in question.gold:
            assert any(sentence.start < end and start < sentence.end for sentence in sentences)
