"""The stories of seeds/ and their questions: the first texts that a user meets, and the quality floor's ground."""

import json
import re
from collections import Counter
from datetime import UTC, datetime

import pytest

from index.evaluate import read_set
from index.model import Article, Kind, Status
from index.reading.article import build_article
from index.sources import load_articles
from tests.support.paths import SEEDS

STORIES = sorted(path.stem for path in SEEDS.glob("*.txt"))
QUESTIONS = [json.loads(line) for line in (SEEDS / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
ANSWERABLE = [row for row in QUESTIONS if row["answerable"]]

# The first lead of the exercises story is there for the second one to be compared with.
MAIN_STORIES = [story for story in STORIES if story != "exercises-1"]
TYPES = {"who", "what", "when", "where", "why", "which", "how", "how many", "how much", "yes-no", "did say", "keywords"}
UNANSWERED = {"not stated", "other fact", "off topic"}


def text(story: str) -> str:
    return (SEEDS / f"{story}.txt").read_bytes().decode("utf-8")


@pytest.fixture(scope="module")
def articles() -> dict[str, Article]:
    return {story: build_article(text(story), source=f"{story}.txt") for story in STORIES}


def words(sentence: str) -> list[str]:
    return re.findall(r"\w+(?:['’-]\w+)*", sentence.casefold())


def of_kind(article: Article, kind: Kind) -> list[str]:
    return [article.quote(paragraph) for paragraph in article.paragraphs if paragraph.kind is kind]


def test_there_are_enough_stories():
    assert len(MAIN_STORIES) >= 5


@pytest.mark.parametrize("story", STORIES)
def test_a_story_is_plain_utf8_with_unix_line_ends(story):
    assert "\r" not in text(story)
    assert "\ufeff" not in text(story)
    assert text(story).endswith("\n")


@pytest.mark.parametrize("story", STORIES)
def test_a_story_has_10_to_25_sentences_amid_furniture(story, articles):
    article = articles[story]
    assert 10 <= len(article.sentences) <= 25
    assert article.title
    assert len(of_kind(article, Kind.HEADLINE)) == 1
    assert len(of_kind(article, Kind.FURNITURE)) >= 3


@pytest.mark.parametrize("story", STORIES)
def test_what_the_furniture_says_becomes_metadata(story, articles):
    article = articles[story]
    assert article.agency in {"Halyard News", "Coastline Press", "Pinecoast Wire"}
    assert article.cities
    assert article.published is not None
    assert article.published.tzinfo is None


@pytest.mark.parametrize(
    ("story", "begins"),
    [
        ("exercises-1", "(ATTN: ADDS"),
        ("exercises-2", "(ATTN: RECASTS"),
        ("brennick-results", "(ATTN: CORRECTS"),
        ("storm-tamsin", "(ATTN: UPDATES"),
        ("bridge-tolls", "Notes to editors:"),
        ("filter-trial", "Note to Editors:"),
        ("filter-trial", "EMBARGOED until"),
    ],
)
def test_notes_to_editors_are_notes(story, begins, articles):
    assert [note for note in of_kind(articles[story], Kind.NOTE) if note.startswith(begins)]


def test_corrections_and_embargoes_are_understood(articles):
    corrected = [story for story in STORIES if articles[story].status is Status.CORRECTED]
    embargoed = {story: articles[story].embargo for story in STORIES if articles[story].embargo}
    assert corrected == ["brennick-results"]
    assert embargoed == {"filter-trial": datetime(2024, 9, 11, 23, tzinfo=UTC)}


def test_no_furniture_is_citable(articles):
    """Each line that is not of the story itself, by a mark that only such lines carry."""
    marks = re.compile(
        r"skip to|copyright|all news|^home >|^by \w+ |\bATTN\b|^\(?END|^###|^-30-|facebook|newsletter|sign in|^related"
        r"|notes? to editors|reporting by|^more from|@|embargoed|^published:|^updated|page useful|feedback|^listen"
        r"|send a tip|cocoa slides|blue chips|FOOTBALL|docket|on request|Live$|^Halyard News",
        re.IGNORECASE,
    )
    body = [(story, line) for story in STORIES for line in of_kind(articles[story], Kind.BODY)]
    assert body
    assert [pair for pair in body if marks.search(pair[1])] == []


def test_the_folder_is_a_question_set_and_a_library():
    asked = read_set(SEEDS)
    assert (asked.name, sorted(asked.articles), len(asked.questions)) == ("seeds", STORIES, len(QUESTIONS))
    assert [article.text for article in load_articles(SEEDS)] == [text(story) for story in STORIES]


def test_the_two_leads_are_versions_of_one_story(articles):
    first, second = articles["exercises-1"], articles["exercises-2"]
    assert (first.lead, second.lead) == (1, 2)
    assert first.story == second.story
    assert first.published < second.published
    others = [articles[story].story for story in STORIES if not story.startswith("exercises")]
    assert len({first.story, *others}) == 1 + len(others)


def test_the_second_lead_adds_keeps_and_drops_sentences(articles):
    first, second = (
        {articles[story].quote(sentence) for sentence in articles[story].sentences}
        for story in ("exercises-1", "exercises-2")
    )
    assert len(second - first) >= 3
    assert len(first - second) >= 3
    assert first & second


@pytest.mark.parametrize("story", ["exercises-1", "exercises-2"])
def test_the_exercises_story_has_no_direct_quotation(story):
    assert not re.search('["“”«»]', text(story))


def test_the_fields_are_those_of_the_evaluation_format():
    needed = {"set", "id", "article_id", "question", "answerable", "gold", "gold_kind", "tags"}
    for row in QUESTIONS:
        assert needed <= row.keys() <= needed | {"answers"}, row["id"]
        assert (row["set"], row["gold_kind"]) == ("seeds", "span")
        assert row["article_id"] in STORIES
        assert bool(row["gold"]) is row["answerable"]
        assert len(row["gold"]) == len(row.get("answers", ()))
    assert len({row["id"] for row in QUESTIONS}) == len(QUESTIONS)
    assert len({(row["article_id"], row["question"]) for row in QUESTIONS}) == len(QUESTIONS)


@pytest.mark.parametrize("story", MAIN_STORIES)
def test_a_story_has_25_questions_and_a_third_are_not_answered(story):
    rows = [row for row in QUESTIONS if row["article_id"] == story]
    unanswered = [row["tags"]["why"] for row in rows if not row["answerable"]]
    assert len(rows) >= 25
    assert 0.3 <= len(unanswered) / len(rows) <= 0.37
    assert set(unanswered) == UNANSWERED
    assert Counter(unanswered).most_common(1)[0][0] == "not stated"


def test_the_first_lead_has_questions_of_its_own():
    assert 5 <= sum(row["article_id"] == "exercises-1" for row in QUESTIONS) <= 10


def test_all_types_of_question_are_asked():
    types = Counter(row["tags"]["type"] for row in ANSWERABLE)
    assert set(types) == TYPES
    assert min(types.values()) >= 4


def test_gold_spans_quote_the_answers():
    for row in ANSWERABLE:
        story = text(row["article_id"])
        assert [story[span["start"] : span["end"]] for span in row["gold"]] == row["answers"], row["id"]


def test_a_gold_span_lies_inside_one_sentence(articles):
    assert ANSWERABLE
    for row in ANSWERABLE:
        for span in row["gold"]:
            holders = [
                sentence
                for sentence in articles[row["article_id"]].sentences
                if sentence.start <= span["start"] and span["end"] <= sentence.end
            ]
            assert len(holders) == 1, row["id"]


def test_a_question_is_no_copy_of_its_story():
    """In the asker's own words: never five words running of the story."""
    for row in ANSWERABLE:
        told = " ".join(words(text(row["article_id"])))
        asked = words(row["question"])
        copies = [run for i in range(len(asked) - 4) if (run := " ".join(asked[i : i + 5])) in told]
        assert not copies, row["id"]
