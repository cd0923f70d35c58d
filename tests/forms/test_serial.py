"""The JSON form of replies and articles: as the design shows it, lossless, and strict when read."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.forms.serial import article_from_dict, article_to_dict, card_to_dict, reply_from_dict, reply_to_dict
from index.model import Article, Card, Citation, Kind, Paragraph, Reply, Sentence, ShownPassage, Span, Status
from index.verdicts import Reason, Verdict

# Python holds a lone high surrogate followed by a low one; JSON reads the pair as one character.
PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
words = st.text(st.characters(), max_size=12).filter(lambda text: not PAIR.search(text))
numbers = st.integers(0, 10**6)
scores = st.floats(0, 1)
zones = st.none() | st.sampled_from([UTC, timezone(timedelta(hours=9)), timezone(timedelta(hours=-3, minutes=-30))])
moments = st.datetimes(timezones=zones)
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
objects = st.dictionaries(words, plain, max_size=3)
cards = st.builds(
    Card,
    id=words,
    sha256=words,
    source=words,
    length=numbers,
    title=words,
    published=st.none() | moments,
    language=words,
    agency=words,
    cities=st.lists(words, max_size=3).map(tuple),
    byline=words,
    note=words,
    story=words,
    lead=numbers,
    status=st.sampled_from(Status),
    embargo=st.none() | moments,
    url=words,
)


@st.composite
def spans(draw: st.DrawFn, limit: int = 10**6) -> dict[str, int]:
    start = draw(st.integers(0, limit))
    return {"start": start, "end": draw(st.integers(start, limit))}


@st.composite
def passages(draw: st.DrawFn) -> ShownPassage:
    card = draw(cards)
    citation = st.builds(
        lambda span, **rest: Citation(article_id=card.id, sha256=card.sha256, **span, **rest),
        spans(),
        paragraph=numbers,
        sentence=numbers,
        text=words,
        score=scores,
        url=st.none() | words,
        speaker=st.none() | st.builds(lambda span, text: Span(text=text, **span), spans(), words),
        notes=st.lists(objects, max_size=2).map(tuple),
    )
    return ShownPassage(
        article=card,
        paragraphs=tuple(draw(st.lists(numbers, max_size=3))),
        text=draw(words),
        score=draw(scores),
        citations=tuple(draw(st.lists(citation, max_size=2))),
        **draw(spans()),
    )


replies = st.builds(
    Reply,
    question=words,
    understood=st.none() | words,
    verdict=st.sampled_from(Verdict),
    confidence=scores,
    reason=st.builds(Reason, words, words),
    passages=st.lists(passages(), max_size=2).map(tuple),
    explain=st.none() | objects,
)


@st.composite
def articles(draw: st.DrawFn) -> Article:
    text, card = draw(words), replace(draw(cards), file=draw(words), replaced=draw(st.booleans()))
    paragraph = st.builds(
        lambda span, **rest: Paragraph(**span, **rest),
        spans(len(text)),
        number=st.none() | numbers,
        kind=st.sampled_from(Kind),
        page=st.none() | numbers,
    )
    sentence = st.builds(
        lambda span, **rest: Sentence(**span, **rest),
        spans(len(text)),
        number=numbers,
        paragraph=numbers,
        terms=st.lists(words, max_size=3).map(tuple),
    )
    return Article(
        **{name: getattr(card, name) for name in Card.__dataclass_fields__},
        text=text,
        paragraphs=tuple(draw(st.lists(paragraph, max_size=3))),
        sentences=tuple(draw(st.lists(sentence, max_size=3))),
    )


def over_json(form: dict) -> dict:
    return json.loads(json.dumps(form, ensure_ascii=True, allow_nan=False))


CARD = Card(
    id="0123456789",
    sha256="0123456789abcdef",
    title="Port reopens",
    source="port.txt",
    published=datetime(2023, 1, 3, 14, 25),
    lead=2,
)
CITATION = Citation("0123456789", "0123456789abcdef", 4, 6, 812, 930, "It did.", 0.93)
REPLY = Reply(
    "Did it?",
    None,
    Verdict.ANSWERED,
    0.93,
    Reason("found", "stated", {"words": ("port",)}),
    (ShownPassage(CARD, (4, 5), 690, 1390, "So. It did.", 0.93, (CITATION,)),),
)


def test_a_reply_has_the_documented_form():
    assert reply_to_dict(REPLY) == {
        "format": 1,
        "question": "Did it?",
        "understood": None,
        "verdict": "answered",
        "confidence": 0.93,
        "reason": "found",
        "reason_code": "stated",
        "reason_values": {"words": ["port"]},
        "by_meaning": False,
        "passages": [
            {
                "article": {
                    "id": "0123456789",
                    "title": "Port reopens",
                    "source": "port.txt",
                    "published": "2023-01-03T14:25:00",
                    "sha256": "0123456789abcdef",
                    "lead": 2,
                    "agency": "",
                    "url": "",
                },
                "paragraphs": [4, 5],
                "start": 690,
                "end": 1390,
                "text": "So. It did.",
                "score": 0.93,
                "citations": [
                    {
                        "paragraph": 4,
                        "sentence": 6,
                        "start": 812,
                        "end": 930,
                        "text": "It did.",
                        "score": 0.93,
                        "url": None,
                        "speaker": None,
                        "notes": [],
                    }
                ],
            }
        ],
    }


@settings(max_examples=40)
@given(replies)
def test_a_reply_comes_back_unchanged(reply):
    assert reply_from_dict(over_json(reply_to_dict(reply))) == reply


@settings(max_examples=40)
@given(articles())
def test_an_article_comes_back_unchanged(article):
    assert article_from_dict(over_json(article_to_dict(article, terms=True))) == article


@settings(max_examples=40)
@given(articles())
def test_without_terms_only_the_terms_are_missing(article):
    bare = replace(article, sentences=tuple(replace(sentence, terms=()) for sentence in article.sentences))
    assert article_from_dict(over_json(article_to_dict(article))) == bare


def test_a_lone_surrogate_survives():
    reply = replace(REPLY, question="a\udc80b")
    assert reply_from_dict(json.loads(json.dumps(reply_to_dict(reply), ensure_ascii=True))) == reply


def test_the_explanation_appears_only_when_there_is_one():
    assert "explain" not in reply_to_dict(REPLY)
    assert reply_to_dict(replace(REPLY, explain={"words": ({"word": "did"},)}))["explain"] == {
        "words": [{"word": "did"}]
    }


def test_a_reply_does_not_say_where_an_article_lies_on_this_machine():
    card = replace(CARD, file="/home/ann/story.txt", replaced=True)
    form = reply_to_dict(replace(REPLY, passages=(replace(REPLY.passages[0], article=card),)))
    assert "/home/ann" not in json.dumps(form)
    assert form["passages"][0]["article"].keys().isdisjoint({"file", "replaced"})
    assert card_to_dict(card)["file"] == "/home/ann/story.txt"


def test_what_the_article_states_is_added_to_the_card():
    form = reply_to_dict(
        replace(REPLY, passages=(replace(REPLY.passages[0], article=replace(CARD, cities=("SEOUL",))),))
    )
    assert list(form["passages"][0]["article"])[-1] == "cities"
    assert card_to_dict(CARD)["cities"] == []


def test_a_reply_of_the_first_hour_is_read():
    form = reply_to_dict(REPLY)
    for key in ("agency", "url"):
        del form["passages"][0]["article"][key]
    assert reply_from_dict(form) == REPLY


def test_keys_of_a_later_version_are_passed_over():
    form = reply_to_dict(REPLY) | {"mood": "good"}
    form["passages"][0]["article"]["weather"] = {}
    assert reply_from_dict(form) == REPLY


def _changed(path, value):
    """Return the reply's form with one value replaced; the value `del` removes it."""
    form = reply_to_dict(replace(REPLY, explain={"bias": 0.5}))
    place = form
    for key in path[:-1]:
        place = place[key]
    if value is del_:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return form


del_ = object()


def _deep(levels):
    return {"inner": _deep(levels - 1)} if levels else {}


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (["format"], 2, "format: this version reads format 1, not 2"),
        (["format"], True, "format: expected a whole number"),
        (["format"], del_, "format: missing"),
        (["question"], None, "question: expected a string, got None"),
        (["understood"], 3, "understood: expected a string, got 3"),
        (["understood"], del_, "understood: missing"),
        (["verdict"], "maybe", "verdict: expected one of answered, related, refused, got 'maybe'"),
        (["confidence"], "0.5", "confidence: expected a number"),
        (["confidence"], math.nan, "confidence: expected a finite number, got nan"),
        (["confidence"], math.inf, "confidence: expected a finite number, got inf"),
        (["confidence"], True, "confidence: expected a finite number, got True"),
        (["confidence"], 10**400, "confidence: expected a finite number, got one too large"),
        (["reason"], b"x", "reason: expected a string"),
        (["passages"], {}, "passages: expected a list"),
        (["passages", 0], "x" * 99, "passages[0]: expected an object, got 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx..."),
        (["passages", 0, "paragraphs", 1], 5.0, "passages[0].paragraphs[1]: expected a whole number, got 5.0"),
        (["passages", 0, "paragraphs", 1], False, "passages[0].paragraphs[1]: expected a whole number, got False"),
        (["passages", 0, "start"], -1, "passages[0].end: -1 to 1390 is no span"),
        (["passages", 0, "end"], 3, "passages[0].end: 690 to 3 is no span"),
        (["passages", 0, "article"], [], "passages[0].article: expected an object"),
        (["passages", 0, "article", "published"], "soon", "passages[0].article.published: expected a date and time"),
        (["passages", 0, "article", "sha256"], del_, "passages[0].article.sha256: missing"),
        (["passages", 0, "article", "status"], "lost", "passages[0].article.status: expected one of usable"),
        (["passages", 0, "article", "cities"], ["A", 1], "passages[0].article.cities[1]: expected a string, got 1"),
        (["passages", 0, "citations", 0, "start"], "812", "passages[0].citations[0].start: expected a whole number"),
        (["passages", 0, "citations", 0, "speaker"], {"text": "X"}, "passages[0].citations[0].speaker.start: missing"),
        (
            ["passages", 0, "citations", 0, "notes"],
            [{"a": math.inf}],
            "passages[0].citations[0].notes[0].a: expected a finite",
        ),
        (
            ["passages", 0, "citations", 0, "notes"],
            [{1: 1}],
            "passages[0].citations[0].notes[0]: expected a string as key",
        ),
        (["explain"], {"a": [1, {1}]}, "explain.a[1]: expected a value of JSON"),
        (["explain"], {"a": True, "b": _deep(60)}, "explain.b.inner"),
    ],
)
def test_a_malformed_reply_is_refused_with_the_path(path, value, message):
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        reply_from_dict(_changed(path, value))


@pytest.mark.parametrize("form", [None, [], "x", 1])
def test_what_is_no_object_is_refused(form):
    with pytest.raises(ValueError, match=r"^expected an object"):
        reply_from_dict(form)


@pytest.mark.parametrize("score", [math.nan, math.inf, -math.inf])
def test_numbers_unknown_to_json_are_not_written(score):
    with pytest.raises(ValueError, match=r"^confidence: expected a finite number"):
        reply_to_dict(replace(REPLY, confidence=score))


def test_an_articles_spans_must_lie_in_its_text():
    article = Article(
        id="a", sha256="b", text="So.", paragraphs=(Paragraph(1, Kind.BODY, 0, 3),), sentences=(Sentence(1, 1, 0, 3),)
    )
    form = article_to_dict(article)
    assert article_from_dict(form) == article
    form["sentences"][0]["end"] = 4
    with pytest.raises(ValueError, match=r"^sentences\[0\]\.end: 0 to 4 is no span"):
        article_from_dict(form)


ADDED = {"file", "replaced", "changed"}


def test_an_article_must_be_whole():
    form = article_to_dict(Article(id="a", sha256="b", text="So."))
    assert article_from_dict({key: form[key] for key in form if key not in ADDED})  # as written by 0.2.0
    for key in form.keys() - ADDED:
        with pytest.raises(ValueError, match=f"^{key}: missing"):
            article_from_dict({name: value for name, value in form.items() if name != key})
