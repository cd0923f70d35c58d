"""Questions that only what somebody says may answer."""

import pytest

from index import Filter, Verdict, article_from
from index.verdicts import ReasonCode

CRANE = """The harbour of Eastmoor closed on Thursday after a crane fell on a quay.

Lena Brandt, the port head, said the cable had cost 4,000 crowns. "The quay wall will be shut for nine days," she said.

Martin Oduya, who owns the crane, said the cable had cost 9,000 crowns. Oduya said the quay wall was safe.

The cable was made in Calder.
"""
COST = "How much had the cable cost?"


@pytest.fixture
def index(fresh_index):
    fresh_index.add(article_from(CRANE, title="Crane falls"))
    return fresh_index


def say(index, question, *speakers, history=()):
    return index.ask(question, history, Filter(speakers=speakers))


def test_the_words_of_each_speaker_answer_for_themselves(index):
    for speaker, sum_ in (("Brandt", "4,000"), ("lena brandt", "4,000"), ("Oduya", "9,000"), ("Martin Oduya", "9,000")):
        reply = say(index, COST, speaker)
        assert reply.verdict is Verdict.ANSWERED
        assert sum_ in reply.citations[0].text
        assert all(citation.speaker is not None for citation in reply.citations)


def test_several_speakers_may_be_named(index):
    assert say(index, COST, "Kim", "Oduya").citations == say(index, COST, "Oduya").citations
    assert say(index, COST, "Kim", "Park").reason.endswith("attributed to “Kim” or “Park”.")


def test_what_others_say_is_no_answer(index):
    reply = say(index, "Where was the cable made?", "Brandt")
    assert reply.verdict is not Verdict.ANSWERED
    assert "Calder" not in str([citation.text for citation in reply.citations])
    for nobody in ("Kim", "the", "Lena Oduya"):
        reply = say(index, COST, nobody)
        assert (reply.verdict, reply.reason.code) == (Verdict.REFUSED, ReasonCode.NOT_SAID_BY)
        assert reply.reason == f"Nothing that was found on it is attributed to “{nobody}”."


def test_a_follow_up_stays_with_the_speaker(index):
    reply = say(index, "And how long will it be shut?", "Brandt", history=("Is the quay wall safe?",))
    assert "nine days" in reply.citations[0].text
    assert "nine days" not in str(say(index, "And how long will it be shut?", "Oduya").citations)


def test_a_question_without_a_speaker_is_not_mixed_up_with_one_that_has(index):
    assert say(index, COST, "Oduya").citations[0].text != say(index, COST, "Brandt").citations[0].text
    assert say(index, COST).verdict is Verdict.ANSWERED
    follow_up = "And the quay wall?"
    replies = [say(index, follow_up, *speaker, history=(COST,)).citations for speaker in ((), ("Oduya",), ("Brandt",))]
    assert replies[1][0].text.startswith("Oduya")
    assert replies[2][0].text.startswith('"The quay wall')


@pytest.mark.parametrize("question", ["what did he say", "What did they say?", "what does he own"])
def test_he_is_the_speaker(index, question):
    reply = say(index, question, "Oduya")
    assert reply.verdict is Verdict.ANSWERED
    assert "Oduya" in reply.understood
    assert reply.citations[0].speaker.text.endswith("Oduya")


def test_he_is_nobody_where_two_speakers_may_be_meant(index):
    assert say(index, "what did he say", "Oduya", "Brandt").understood is None
