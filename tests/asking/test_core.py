"""The core decides what may be seen and cited: collections, versions, embargoes, withdrawals."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from index import Article, Filter, Index, Verdict, open_index
from index.asking import reply
from index.asking.understand import LONGEST_QUESTION
from index.citations.citation import make_citation
from index.errors import UnknownArticle
from index.model import Citation, Metadata, Sentence, Status

BODY = "The harbour board of Pellan will build a second pier for 40 million crowns. Work starts in May."
LATER = "The harbour board of Pellan will build a second pier for 55 million crowns. Work starts in June."
QUESTION = "What will the second pier of Pellan cost?"
KNOWN = Metadata(
    title="Second pier", agency="Tern", cities=("PELLAN",), published=datetime(2024, 3, 1, 9), story="pier"
)


@pytest.fixture
def index():
    with open_index("memory:") as opened:
        yield opened


def article(text: str = BODY, **known: object) -> Article:
    return Article.from_text(text, replace(KNOWN, **known), source="pier.txt")  # type: ignore[arg-type]


def words(index: Index, filter: Filter | None = None) -> list[str]:
    return [citation.text for citation in index.ask(QUESTION, filter=filter).citations[:1]]


def test_every_citation_is_a_slice_of_the_stored_text(index: Index) -> None:
    index.add(article())
    reply = index.ask(QUESTION)
    assert reply.verdict is Verdict.ANSWERED
    for passage in reply.passages:
        stored = index.article(passage.article.id)
        assert stored.text[passage.start : passage.end] == passage.text
        for citation in passage.citations:
            assert stored.text[citation.start : citation.end] == citation.text
            assert citation.sha256 == stored.sha256


def test_the_newest_lead_answers_and_an_older_one_when_asked_for(index: Index) -> None:
    index.add([article(LATER, lead=2), article(lead=1)])
    assert "55 million" in words(index)[0]
    assert "40 million" in words(index, Filter(lead=1))[0]


def test_leads_that_came_one_by_one_are_joined_by_their_desk(index: Index) -> None:
    index.add(article(story="a"))
    index.add(article(LATER, lead=1, story="b", title="Second pier costs more"))
    assert [card.story for card in index.articles()] == ["a", "a"]
    assert "55 million" in words(index)[0]


def test_a_withdrawn_story_is_not_cited_and_the_reply_says_why(index: Index) -> None:
    index.add(article(status=Status.WITHDRAWN))
    reply = index.ask(QUESTION)
    assert (reply.verdict, reply.passages) == (Verdict.REFUSED, ())
    assert "withdrawn" in reply.reason


@pytest.mark.parametrize(("hours", "answered"), [(-1, False), (1, True)])
def test_an_embargo_ends_at_its_time(index: Index, hours: int, answered: bool) -> None:
    end = datetime(2024, 3, 1, 12, tzinfo=UTC)
    index.add(article(embargo=end))
    reply = index.ask(QUESTION, filter=Filter(now=end + timedelta(hours=hours)))
    assert (reply.verdict is Verdict.ANSWERED) is answered
    assert answered or "embargo" in reply.reason


def test_an_embargo_of_the_past_is_over_without_naming_a_time(index: Index) -> None:
    index.add(article(embargo=datetime(2024, 3, 1, 12, tzinfo=UTC)))
    assert words(index)


def test_a_search_finds_nothing_that_may_not_be_cited(index: Index) -> None:
    index.add([article(), article(LATER, lead=1)])
    assert {hit.passage.text for hit in index.search("second pier")} == {LATER}


def test_many_superseded_versions_do_not_crowd_out_the_newest(index: Index) -> None:
    index.add([article(f"{BODY} Version {number} of it.", lead=number) for number in range(1, 50)])
    assert index.ask(QUESTION).passages[0].article.lead == 49


def test_collections_do_not_see_each_other(index: Index) -> None:
    mine, other = article(), article(LATER, story="other", title="Other pier")
    index.add(mine, "mine")
    index.add(other, "other")
    assert index.ask(QUESTION).verdict is Verdict.REFUSED
    assert "40 million" in words(index, Filter(collections=("mine",)))[0]
    with pytest.raises(UnknownArticle):
        index.article(other.id, Filter(collections=("mine",)))


def test_an_article_is_found_by_the_beginning_of_its_id(index: Index) -> None:
    index.add(article())
    assert index.article(article().id[:6]).id == article().id
    for unknown in ("", "zz"):
        with pytest.raises(UnknownArticle):
            index.article(unknown)


def test_an_article_elsewhere_never_changes_which_sentence_answers(index: Index) -> None:
    index.add(article())
    alone = words(index)
    index.add(Article.from_text("Piers rot. The cost of a pier is its salt. Pellan knows. " * 5))
    assert words(index, Filter(articles=(article().id,))) == alone


@pytest.mark.parametrize(
    "question", ["", "   ", "?!", "🙂🙂", "the of and", "x" * (LONGEST_QUESTION + 1), "Wie zei nee tegen de pers?"]
)
def test_what_cannot_be_asked_is_refused_in_one_line(index: Index, question: str) -> None:
    index.add(article())
    reply = index.ask(question)
    assert (reply.verdict, reply.passages, reply.confidence) == (Verdict.REFUSED, (), 0.0)
    assert reply.reason
    assert "\n" not in reply.reason


def test_the_explanation_adds_up(index: Index) -> None:
    index.add([article(), Article.from_text("The pier of Sall costs nothing. It stands in the second harbour.")])
    explained = index.ask(QUESTION, explain=True).explain
    assert explained is not None
    total = explained["bias"] + sum(part["part"] for part in explained["features"])
    assert total == pytest.approx(explained["score"])
    assert {word["where"] for word in explained["words"]} <= {"sentence", "window", "article", "nowhere"}


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("How much kimchi was sold?", "The article never mentions “kimchi” or “sold”."),
        ("Which blackout?", "Only the headline mentions “blackout”."),
        ("Which blackout hit Fife?", "The article never mentions “hit” or “Fife”."),
        ("How much?", "The article never mentions “much”."),
    ],
)
def test_a_refusal_says_only_what_a_reader_can_see_to_be_true(index: Index, question: str, told: str) -> None:
    story = "Blackout in Pellan\n\nPELLAN, May 3 (Wire) -- The pier of Pellan stands in the dark. It will be mended."
    index.add(Article.from_text(story))
    assert index.ask(question).reason == told


def test_a_follow_up_says_what_it_understood(index: Index) -> None:
    index.add(article())
    reply = index.ask("And when does it start?", history=(QUESTION,))
    assert reply.understood == "And when does the second pier of Pellan start?"


def test_names_typed_small_are_known_where_one_article_answered(index: Index) -> None:
    index.add(Article.from_text("The mayor, Ada Kessler, said no. Her clerk warned Oduya-Brandt of the cost."))
    asked = ("what did kessler say",)
    assert index.ask("and oduya-brandt?", asked).understood == "what did oduya-brandt say?"
    assert index.ask("and Oduya-Brandt?", asked).understood == "what did kessler say (about Oduya-Brandt)?"
    index.add(Article.from_text("The pier of Sall costs nothing. It stands in the second harbour."))
    assert index.ask("and oduya-brandt?", asked).understood == "what did oduya-brandt say?", "the article that answered"


def test_a_refusal_without_any_passage_says_which_words_are_nowhere(index: Index) -> None:
    index.add(article())
    explained = index.ask("Which recipe needs kimchi?", explain=True).explain
    assert explained is not None
    assert [(word["word"], word["where"]) for word in explained["words"]] == [
        ("recipe", "nowhere"),
        ("needs", "nowhere"),
        ("kimchi", "nowhere"),
    ]


def test_a_withdrawn_story_that_holds_more_of_the_question_is_named_beside_others(index: Index) -> None:
    other = Article.from_text("The board of the museum in Sall met on Monday. It will cost nothing to come in.")
    index.add([article(), article(LATER, lead=1, status=Status.WITHDRAWN), other])
    reply = index.ask(QUESTION)
    assert reply.verdict is not Verdict.ANSWERED
    assert reply.reason == "“Second pier” was withdrawn by Tern, so nothing of it is cited."
    assert "withdrawn" not in index.ask("What does the museum cost?").reason


def test_nothing_is_said_of_a_newer_lead_under_embargo_unless_it_is_asked_for(index: Index) -> None:
    held = article(LATER, lead=1, embargo=datetime(2999, 1, 1))
    index.add([article(), held])
    asked = "Does work start in June?"
    assert "embargo" not in index.ask(asked).reason
    assert (
        index.ask("Who won in June?").reason == "The article never mentions “won” or “June”."
    )  # it counts as not there
    assert index.ask("When was June second?").reason == "The article never mentions “June”."
    assert "40 million" in words(index)[0]
    for named in (Filter(articles=(held.id,)), Filter(lead=1)):
        assert "is under embargo until 2999-01-01" in index.ask(asked, filter=named).reason


def test_of_equal_versions_the_one_added_last_speaks_whichever_the_question_hits(index: Index) -> None:
    index.add([article("The board met in Sall. It elected Ida Holm."), article()])
    assert "40 million" in words(index)[0]
    assert index.ask("Who was elected by the board?").verdict is not Verdict.ANSWERED


def test_where_nothing_passes_the_filter_the_reply_says_what_limits_it(index: Index) -> None:
    assert index.ask(QUESTION).reason == "There is no article here to look through."
    index.add(article())
    assert index.ask(QUESTION, filter=Filter(collections=("other",))).reason.startswith("There is no article here")
    limits = Filter(sources=("kite",), since=datetime(2024, 3, 2), lead=3)
    assert index.ask(QUESTION, filter=limits).reason == "No article here passes source:kite since:2024-03-02 lead:3."


def test_an_answer_stands_beside_other_articles_only_where_they_may_answer_too(index: Index) -> None:
    passing = "A second crane arrived in the town. The board of the museum met twice."
    index.add([article(), article(LATER, story="other"), article(passing, story="third", title="Crane")])
    shown = index.ask(QUESTION)
    assert shown.verdict is Verdict.ANSWERED
    assert {"40 million" in passage.text or "55 million" in passage.text for passage in shown.passages} == {True}
    assert len({passage.article.id for passage in shown.passages}) == 2
    assert len(index.rank(QUESTION).passages) == 3


@pytest.mark.parametrize(
    "text", ["Hello there!", "hi", "Thanks a lot.", "Thank you very much", "OK", "Good morning, bot"]
)
def test_a_greeting_is_no_question_nor_a_follow_up(text, fresh_index):
    fresh_index.add(Article.from_text("The Aurora sank near Larn. Ida Holm said hello to thanks of all."))
    reply = fresh_index.ask(text, history=("Where did the Aurora sink?",))
    assert reply.verdict is Verdict.REFUSED
    assert reply.understood is None
    assert reply.reason.code == "small_talk"


@pytest.mark.parametrize("text", ["Hi-tech exports?", "Who said hello?", "What is the OK Corral?"])
def test_a_question_with_a_greeting_in_it_is_a_question(text, fresh_index):
    fresh_index.add(Article.from_text("Ida Holm said hello near the OK Corral, a place for hi-tech exports."))
    assert fresh_index.ask(text).reason.code != "small_talk"


def test_what_is_taken_out_is_gone_from_that_collection_alone(index: Index) -> None:
    one = article()
    assert (index.add(one), index.add(one, "other"), len(index)) == (1, 1, 1)
    index.remove(one.id, "other")
    assert [card.id for card in index.articles()] == [one.id]
    assert list(index.articles(Filter(collections=("other",)))) == []
    with pytest.raises(UnknownArticle):
        index.remove(one.id, "other")
    index.remove(one.id)
    assert len(index) == 0
    with pytest.raises(UnknownArticle):
        index.article(one.id)


def test_the_end_of_a_block_closes_the_engine_and_so_does_close() -> None:
    with open_index("memory:") as opened:
        closed: list[bool] = []
        opened.engine.close = lambda: closed.append(True)  # type: ignore[method-assign]
    assert closed == [True]
    opened.close()
    assert closed == [True, True]


def test_nothing_is_shown_of_what_the_filter_hides(index: Index) -> None:
    mine, theirs = article(), article(LATER, story="other")
    index.add(mine)
    index.add(theirs, "theirs")
    here = Filter(collections=("default",))
    assert [card.id for card in index.articles(here)] == [card.id for card in index.articles()] == [mine.id]
    for name in (theirs.id, theirs.id[:8]):
        with pytest.raises(UnknownArticle):
            index.article(name)
        with pytest.raises(UnknownArticle):
            index.suggestions(name, filter=here)
    assert {hit.passage.article_id for hit in index.search("second pier")} == {mine.id}
    assert {hit.passage.article_id for hit in index.search("second pier", filter=Filter(collections=("theirs",)))} == {
        theirs.id
    }
    assert {place[0] for place in index.rank(QUESTION).sentences} == {mine.id}
    assert index.rank("Was?").sentences == index.rank("Was?").passages == ()
    assert index.rank("Was?").verdict is Verdict.REFUSED


def test_no_more_passages_are_shown_than_asked_for(index: Index) -> None:
    for number in range(6):
        index.add(article(f"{BODY} The plan has number {number}.", story=f"pier {number}"))
    assert [len(index.search("second pier", limit=limit)) for limit in (1, 2, 4)] == [1, 2, 4]
    assert [len(index.ask(QUESTION, limit=limit).passages) <= limit for limit in (1, 2)] == [True, True]
    assert len(index.ask(QUESTION, limit=2).passages) == 2
    assert len(index.suggestions(next(iter(index.articles())).id, 1)) == 1
    assert index.ask(QUESTION).explain is None
    assert index.ask(QUESTION, explain=True).explain


def test_three_questions_are_suggested_and_thirty_tried(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.asking.suggest.propose_questions", lambda _: iter([QUESTION] * 99))
    index.add(article())
    (card,) = index.articles()
    assert index.suggestions(card.id) == (QUESTION,) * 3
    assert len(list(index.propose(card.id))) == 30


def test_a_lead_without_a_day_joins_the_story_of_its_own_collection(index: Index) -> None:
    first = article(story="tern|second pier|2024-03-01|pellan")
    later = article(LATER, published=None, lead=1, story="tern|second pier||pellan")
    index.add(first, "theirs")
    index.add(later)
    assert [card.story for card in index.articles()] == [later.story]
    index.add([first])
    index.remove(later.id)
    index.add(later)
    assert {card.story for card in index.articles()} == {first.story}


def test_how_much_is_shown_unless_somebody_says(index: Index) -> None:
    for number in range(12):
        index.add(article(f"{BODY} The plan has number {number}.", story=f"pier {number}"))
    assert len(index.search("second pier")) == 10
    assert len(index.ask(QUESTION).passages) == len(index.rank(QUESTION).passages) == 3
    assert index.rank(QUESTION).confidence == round(index.rank(QUESTION).confidence, 4)


def test_an_answer_is_looked_for_first_where_the_reader_points() -> None:
    words = "Ada Kessler said the first pier would open in May."
    text = (
        f"The first pier was closed on Monday.\n\n{words}\n\nAda Kessler said that the first pier had cost 4 million."
    )
    with open_index("memory:") as index:
        index.add(Article.from_text(text))
        asked = "What did Ada Kessler say about the first pier?"
        for number in (1, 2):
            (card,) = index.articles()
            sentence = index.article(card.id).sentences[-number]
            reply = index.ask(asked, focus=(sentence.start + 3, sentence.start + 9))
            assert [each.start for each in reply.citations] == [sentence.start]
        assert index.ask(asked, focus=(len(text), len(text))) == index.ask(asked)
        assert index.ask(asked, focus=(0, 3)).passages


def test_a_speaker_is_looked_for_only_where_a_citation_is_shown(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []

    def count(article: Article, sentence: Sentence, confidence: float) -> Citation:
        made.append(sentence.number)
        return make_citation(article, sentence, confidence)

    monkeypatch.setattr(reply, "make_citation", count)
    index.add(article())
    answered = index.ask(QUESTION)
    assert len(made) == len(answered.citations) > 0
    made.clear()
    assert index.ask("Which pier of Oslo did the queen of Denmark open?").verdict is Verdict.REFUSED
    assert made == []
