"""Our own sets: questions to train on, conversations and requests to measure by. All stories in them are invented.

`tests/train/own` is a question set: questions as people type them, a third of them tempting and not answered.
`own/conversations.jsonl` has conversations over the same stories: each turn with its kind, the question that is meant,
and the sentences that answer it (of a turn with two questions, a list for each). `own/requests.jsonl` has what people
ask for instead of asking a question, by kind, and questions that only look like it, of kind null. `own-ko` is a
question set over Korean wire stories, made of its `stories.txt` by `tests/train/make_own_ko.py`.
"""

import json
from pathlib import Path

from index.evaluate.question_sets import read_set
from tests.support.paths import ROOT
from tests.train import make_own_ko

QUESTIONS = ROOT / "tests" / "train" / "own"
OWN = Path(__file__).with_name("own")


def read_lines(name):
    return [json.loads(line) for line in (OWN / name).read_text("utf-8").splitlines()]


def test_the_questions_can_be_read_and_a_third_is_not_answered():
    read = read_set(QUESTIONS)
    assert len(read.articles) == 247
    assert len(read.questions) == 4608
    assert sum(not question.answerable for question in read.questions) == 1613
    assert all(bool(question.gold) is question.answerable for question in read.questions)


def test_each_gold_span_holds_whole_sentences_or_words_of_one():
    read = read_set(QUESTIONS)
    spans = [(read.articles[each.article], start, end) for each in read.questions for start, end in each.gold]
    fits = [
        any(s.start == start or (s.start < start and end <= s.end) for s in article.sentences)
        for article, start, end in spans
    ]
    assert sum(fits) / len(fits) > 0.97, "our own splitting may differ here and there"


def test_no_question_is_asked_twice_of_a_story():
    asked = [(question.article, question.text.lower()) for question in read_set(QUESTIONS).questions]
    assert len(asked) == len(set(asked))


def test_what_answers_a_turn_stands_in_its_story():
    articles = read_set(QUESTIONS).articles
    turns = [(talk["article_id"], turn) for talk in read_lines("conversations.jsonl") for turn in talk["turns"]]
    assert len(turns) == 666
    for key, turn in turns:
        golds = turn["gold"] if turn["kind"] == "two" else [turn["gold"]]
        assert all(sentence in articles[key].text for gold in golds for sentence in gold), turn["text"]
        assert any(golds) is turn["answerable"], turn["text"]


def test_no_request_stands_there_twice():
    texts = [line["text"].lower() for line in read_lines("requests.jsonl")]
    assert len(texts) == len(set(texts)) == 580


def test_the_korean_set_is_what_its_stories_say():
    made = make_own_ko.build((make_own_ko.FOLDER / "stories.txt").read_text("utf-8"))
    for name, lines in zip(("articles", "questions"), made, strict=True):
        written = (make_own_ko.FOLDER / f"{name}.jsonl").read_text("utf-8")
        assert [json.loads(line) for line in written.splitlines()] == lines, "run python -m tests.train.make_own_ko"


def test_the_korean_set_has_forty_stories_and_fifty_questions_that_are_not_answered():
    articles, questions = make_own_ko.build((make_own_ko.FOLDER / "stories.txt").read_text("utf-8"))
    assert (len(articles), len(questions)) == (40, 266)
    assert sum(not question["answerable"] for question in questions) == 50
    texts = {article["article_id"]: article["text"] for article in articles}
    golds = [(texts[each["article_id"]], gold) for each in questions for gold in each["gold"]]
    assert all(text[gold["start"] : gold["end"]].endswith((".", "!")) for text, gold in golds)
