"""Conversations over stories of our own: what hangs on an earlier turn, and what must not."""

from __future__ import annotations

from itertools import islice

import pytest

from index import Article, Verdict, open_index
from index.asking.understand import is_small_talk
from index.evaluate.question_sets import read_set
from tests.support.paths import ROOT

CASUAL = (
    "thanks",
    "ok",
    "Hi there!",
    "lol nice",
    "What is the capital of France?",
    "can you speak spanish",
    "Who won the 1954 World Cup?",
    "why?",
)
WORSE_AT_MOST = 0.01

STORY = """\
Court frees ferry captain after 11 years

The appeal court freed ferry captain Ada Kessler on Monday after 11 years in prison.

Kessler, 52, was wrongly convicted of sinking the Calder ferry in 2012. Two people drowned that night.

"I never touched the valve," Kessler told reporters outside the court. "My brother believed me when nobody did."

Prosecutor Tom Reeves said that he would not appeal. He apologised to the family in a letter.

The owner of the ferry, Marsh Lines, will pay her 300,000 pounds. The Lions won the regatta in Pellan on Sunday.
"""


def count_worse():
    """Ask 20 questions after each of 20 earlier turns; return how many a right answer alone was lost by, and of all."""
    asked = read_set(ROOT / "tests" / "train" / "own")
    worse = total = 0
    for key in islice(asked.articles, 4, None):
        mine = [question for question in asked.questions if question.article == key]
        with open_index("memory:") as index:
            index.add(asked.articles[key])
            good = next((one for one in mine if one.answerable and _is_right(index.ask(one.text), one.gold)), None)
            if good is None:
                continue
            earlier = (*CASUAL, *[one.text for one in mine if one is not good][: 20 - len(CASUAL)])
            for turn in earlier:
                worse += not _is_right(index.ask(good.text, (turn,)), good.gold)
                total += 1
        if total >= 400:
            break
    return worse, total


def _is_right(reply, gold):
    first = reply.citations[0] if reply.citations else None
    return (
        reply.verdict is Verdict.ANSWERED
        and first is not None
        and any(start < first.end and first.start < end for start, end in gold)
    )


def test_a_plain_question_is_not_made_worse_by_any_earlier_turn():
    worse, total = count_worse()
    assert total >= 390
    assert worse <= WORSE_AT_MOST * total


@pytest.fixture
def index():
    with open_index("memory:") as opened:
        opened.add(Article.from_text(STORY))
        yield opened


def ask(index, *turns):
    return index.ask(turns[-1], turns[:-1])


@pytest.mark.parametrize(
    "earlier", ["Who is the prosecutor?", "What will Marsh Lines pay?", "thanks", "ok", "Who is Petra?"]
)
def test_a_question_that_stands_alone_is_never_rewritten(index, earlier):
    for question in ("Who drowned?", "How many people drowned?", "What did Tom Reeves say?"):
        after, alone = ask(index, earlier, question), index.ask(question)
        assert after.understood is None
        assert (after.verdict, after.citations[:1]) == (alone.verdict, alone.citations[:1])


@pytest.mark.parametrize(
    ("turns", "words"),
    [
        (("Who was wrongly convicted?", "How old is she?"), "Kessler, 52"),
        (("Who is the prosecutor?", "What did he say?"), "would not appeal"),
        (("Who is the prosecutor?", "thanks", "What did he say?"), "would not appeal"),
        (("Who is the prosecutor?", "What is the capital of France?", "What did he say?"), "would not appeal"),
        (("What did Ada Kessler say about the valve?", "what else did she say?"), "My brother believed me"),
        (("What did she say about the valve?", "who said that?"), "outside the court"),
        (("Who believed her?", "who said that?"), "Kessler told reporters"),
        (("Who was freed?", "when was that?"), "on Monday after 11 years"),
    ],
)
def test_what_was_asked_about_or_answered_is_borrowed(index, turns, words):
    reply = ask(index, *turns)
    assert words in reply.citations[0].text


@pytest.mark.parametrize("question", ["anyone hurt?", "was anyone killed", "how much damage", "any arrests"])
def test_what_helps_no_more_than_the_question_alone_is_not_borrowed(index, question):
    after, alone = ask(index, "Who is the prosecutor?", question), index.ask(question)
    assert alone.verdict is Verdict.REFUSED
    assert (after.understood, after.verdict) == (None, Verdict.REFUSED)


@pytest.mark.parametrize("more", ["anything else?", "what else", "And more?", "is there anything else about that?"])
def test_a_bare_else_asks_the_last_question_again_for_another_sentence(index, more):
    first = ask(index, "What did Ada Kessler say?")
    other = ask(index, "What did Ada Kessler say?", more)
    assert other.understood == "What did Ada Kessler say (what else)?"
    assert other.citations[0].text != first.citations[0].text
    assert other.citations[0].speaker.text == "Kessler"


def test_it_is_not_told_that_the_article_lacks_the_word_else(index):
    assert "else" not in str(index.ask("Who else drowned in the canal of Zembla?").reason)


def test_who_said_that_names_the_words_and_the_speaker(index):
    reply = ask(index, "What did Kessler say about the valve?", "who said that?")
    assert reply.understood.startswith("Who said “I never touched the valve,")
    assert reply.verdict is Verdict.ANSWERED
    assert reply.citations[0].speaker.text == "Kessler"


def test_an_article_that_is_gone_is_not_pointed_at(index):
    (card,) = index.articles()
    index.remove(card.id)
    index.add(Article.from_text("The harbour of Sall has a pier. It was built in 1911."))
    assert ask(index, "Who was wrongly convicted?", "what did she say?").citations == ()


@pytest.mark.parametrize("text", ["thanks!", "lol ok", "Good morning", "wow, poor guy", "hm ok cheers", "i see"])
def test_small_talk_is_known(text):
    assert is_small_talk(text)


@pytest.mark.parametrize("text", ["", "?!", "ok, who died", "nice", "what happened", "great barrier reef", "x " * 100])
def test_a_question_is_no_small_talk(text):
    assert is_small_talk(text) is (text == "nice")


def test_the_other_one_is_whom_the_last_turns_name_besides():
    with open_index("memory:") as index:
        index.add(
            Article.from_text("The vote\n\nMayor Ida Marsh backed the pier.\n\nTom Reeves voted against the pier.\n")
        )
        said = ("Did Ida Marsh back the pier?",)
        assert index.ask("and the other one?", (*said, "Did Tom Reeves vote against it?")).understood is not None
        found = index.ask("no, the other one", ("Who is Tom Reeves?", "Did Ida Marsh vote against the pier?"))
        assert found.understood == "Did Tom Reeves vote against the pier?"
        assert "Tom Reeves voted" in found.passages[0].text
        assert index.ask("the other one", ("Who is Tom Reeves?",)).verdict is not Verdict.ANSWERED


def test_a_refused_question_is_not_asked_again_of_something_else():
    with open_index("memory:", meaning=False) as index:
        index.add(Article.from_text(f"{STORY}\nThe ferry's cat, Biscuit, was rescued by a diver on Tuesday.\n"))
        asked = ("What will Marsh Lines pay?", "What is the recipe for kimchi?", "and the cat?")
        reply = ask(index, *asked)
        assert reply.understood is None
        assert "Biscuit" in reply.passages[0].text
        assert ask(index, "When was Tom Reeves freed?", "and Ada Kessler?").understood == "When was Ada Kessler freed?"


FERRY = """\
Ferry hits a reef in fog

A ferry hit the Munken reef in thick fog on Tuesday, and three people died when a lorry broke loose, police said.

Captain Ida Solheim, 44, called for help. Seventeen people were taken to hospital in Leirvik.

A 19-year-old deckhand, Emil Strand, was among the dead, inspector Marit Dahl said. The other two were drivers.

More than 800 people signed a petition by Nora Whit, a 12-year-old from Leirvik.
"""


@pytest.fixture
def by_words():
    with open_index("memory:", meaning=False) as opened:
        opened.add(Article.from_text(FERRY))
        yield opened


@pytest.mark.parametrize("question", ["was anyone killed", "So did anyone die?", "has anybody been killed?"])
def test_whether_anybody_suffered_it_is_answered_in_other_words(by_words, question):
    reply = by_words.ask(question)
    assert reply.verdict is Verdict.ANSWERED
    assert "three people died" in reply.citations[0].text
    assert by_words.ask("was anyone arrested").verdict is Verdict.REFUSED


@pytest.mark.parametrize(("who", "age"), [("nora whit", "12"), ("Emil Strand", "19"), ("Ida Solheim", "44")])
def test_an_age_beside_the_name_answers(by_words, who, age):
    reply = by_words.ask(f"how old is {who}")
    assert reply.verdict is Verdict.ANSWERED
    assert age in reply.citations[0].text


def test_the_age_of_whom_a_comma_parts_from_it_is_nobody_elses(by_words):
    assert by_words.ask("how old is Marit Dahl").verdict is not Verdict.ANSWERED


def test_no_reason_names_a_short_spelling_or_a_word_of_asking(by_words):
    assert (
        by_words.ask("how many ppl were taken to hospital").reason
        == "A sentence holds “people”, “taken” and “hospital”."
    )
    assert "got" not in str(by_words.ask("how many ppl got a refund").reason)
