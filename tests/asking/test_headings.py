"""Words of headings: searched, named in a refusal, never cited; a question in one is answered by what is under it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from index import Article, Filter, open_index
from index.engines import open_engine, rebuild
from index.engines.rows import decode_text, encode_article
from index.forms.serial import article_from_dict, article_to_dict, reply_to_dict
from index.headings import quote_headings
from index.model import Kind
from index.sources.job import read_as_dict, read_here
from index.sources.loading import check_reply
from index.verdicts import ReasonCode, Verdict

PAGE = b"""<html><body><article><h1>Mill of Ostrand burns down</h1>
<p>The old mill of Ostrand burned down on Sunday night, the fire service said on Monday.</p>
<h3>Who will pay for a new one?</h3><p>The council, I hope. We have asked for two million crowns.</p>
<h3>Why did nobody see the fire?</h3><p>Because the guard had gone home at six, as he does each Sunday.</p>
<p><strong>When will it open?</strong></p><p>In the spring of 2028, if the winter is mild.</p>
<h2>The long history of smugglers</h2><p>It was built in 1802 and had stood empty since the war.</p>
</article></body></html>"""
UNASKED = "Was Sunday's fire the fault of smugglers?"
ASKED = {
    "Who will pay for the mill?": "The council, I hope.",
    "who pays for a new mill": "The council, I hope.",
    "Why did nobody see the fire?": "Because the guard had gone home at six, as he does each Sunday.",
    "When will the mill open?": "In the spring of 2028, if the winter is mild.",
}


@pytest.fixture
def article() -> Article:
    return read_here(PAGE, "page.html").article


def test_the_sentence_under_a_heading_has_its_terms(article: Article) -> None:
    assert {number: article.quote(article.sentences[number - 1]) for number in quote_headings(article)} == {
        2: "The council, I hope.",
        4: "Because the guard had gone home at six, as he does each Sunday.",
        5: "In the spring of 2028, if the winter is mild.",
        6: "It was built in 1802 and had stood empty since the war.",
    }
    assert quote_headings(article)[5] == "When will it open?"
    assert [each.heading for each in article.sentences][:3] == [(), ("pay", "new", "1"), ()]
    assert not any("pay" in each.terms for each in article.sentences)


@pytest.mark.parametrize("place", ["memory:", "disk:{}"])
@pytest.mark.parametrize("question", ASKED)
def test_a_question_of_an_interview_is_answered_with_the_paragraph_under_it(
    place: str, question: str, article: Article, tmp_path: Path
) -> None:
    with open_index(place.format(tmp_path / "library"), meaning=False) as index:
        index.add([article])
        reply = index.ask(question)
    assert (reply.verdict, reply.citations[0].text) == (Verdict.ANSWERED, ASKED[question])
    assert reply.reason.code == ReasonCode.ASKED_ABOVE
    kinds = [each.kind for each in article.paragraphs if each.start <= reply.citations[0].start < each.end]
    assert kinds == [Kind.BODY]


@pytest.mark.parametrize(
    "question", ["When will the council pay?", "Who will not pay for a new one?", "Who will open it?"]
)
def test_another_question_is_not_answered_by_it(question: str, article: Article) -> None:
    with open_index("memory:", meaning=False) as index:
        index.add([article])
        assert index.ask(question).reason.code != ReasonCode.ASKED_ABOVE


def test_a_refusal_names_the_heading(article: Article) -> None:
    with open_index("memory:", meaning=False) as index:
        index.add([article])
        reply = index.ask("Who were the smugglers?")
    assert reply.verdict is not Verdict.ANSWERED
    assert reply.reason == "Only a heading mentions “smugglers”: “The long history of smugglers”"


def test_engines_agree_and_keep_the_terms(article: Article, tmp_path: Path) -> None:
    said = []
    for place in ("memory:", f"disk:{tmp_path / 'library'}"):
        with open_index(place, meaning=False) as index:
            index.add([article])
            assert index.article(article.id) == article
            assert index.engine.statistics(["smuggler", "pay"]).frequency == {"smuggler": 1, "pay": 1}
            replies = [reply_to_dict(index.ask(question, explain=True)) for question in (*ASKED, UNASKED)]
            said.append(json.dumps(replies, sort_keys=True))
    assert said[0] == said[1]


def test_the_terms_survive_every_form(article: Article) -> None:
    body = encode_article(article)
    assert decode_text(article.id, body, body.checksum).build_article(article.card) == article
    assert article_from_dict(article_to_dict(article, terms=True)) == article
    assert check_reply(read_as_dict(PAGE, "page.html"), "page.html").article == article


def test_a_library_of_before_gets_them_by_a_rebuild(article: Article, tmp_path: Path) -> None:
    place = f"disk:{tmp_path / 'library'}"
    before = replace(article, sentences=tuple(replace(each, heading=()) for each in article.sentences))
    engine = open_engine(place)
    engine.add([before], "default")
    assert engine.search(["smuggler"], 9, Filter(collections=("default",))) == ()
    engine.close()
    rebuild(place)
    engine = open_engine(place)
    assert len(engine.search(["smuggler"], 9, Filter(collections=("default",)))) == 1
    assert engine.article(article.id, ("default",)) == article
    engine.close()


def test_a_slip_is_read_as_a_word_of_a_heading(article: Article) -> None:
    with open_index("memory:", meaning=False) as index:
        index.add([article])
        assert index.ask("Were there smuglers in the mill?").understood == "Were there smugglers in the mill?"
