"""Questions answered by meaning: the same in memory and on disk, off where it is off, and never with half a library."""

import json
import os
import subprocess
import sys

import pytest

from index import Article, Verdict, open_index
from index.forms.serial import reply_to_dict
from index.model import Metadata
from tests.support.paths import ROOT, SEEDS

OWN = ROOT / "tests" / "train" / "own"
STORY = (
    "Harbour master Ida Holm, 41, was dismissed on Friday after two ferries had collided in the fog. "
    "The attorney of the port, Olaf Brand, gave no other reason.\n\n"
    "Ferries to the islands run again from Monday. A ticket costs 9 crowns.\n"
)


def make_article(text=STORY, title="Port"):
    return Article.from_text(text, Metadata(title=title))


def read_own(count):
    """Return so many stories of ours, and their questions."""
    lines = (OWN / "articles.jsonl").read_text("utf-8").splitlines()[:count]
    articles = {form["article_id"]: make_article(form["text"], form["title"]) for form in map(json.loads, lines)}
    questions = [
        form
        for form in map(json.loads, (OWN / "questions.jsonl").read_text("utf-8").splitlines())
        if form["article_id"] in articles
    ]
    return list(articles.values()), [form["question"] for form in questions]


def test_a_question_in_other_words_finds_its_sentence(meaning):
    with open_index() as index:
        index.add(make_article())
        reply = index.ask("why did the boss of the port get the boot")
        assert reply.by_meaning
        assert reply_to_dict(reply)["by_meaning"] is True
        assert index.rank("why did the boss of the port get the boot").sentences[0][1] == 1


def test_without_the_models_words_alone_answer(fresh_index):
    fresh_index.add(make_article())
    reply = fresh_index.ask("What does a ticket cost?")
    assert not reply.by_meaning
    assert reply.verdict is Verdict.ANSWERED


def test_memory_and_disk_give_the_same_replies(meaning, tmp_path):
    articles, questions = read_own(6)
    found = []
    for address in ("memory:", f"disk:{tmp_path / 'library'}"):
        with open_index(address) as index:
            index.add(articles)
            found.append([reply_to_dict(index.ask(question, explain=True)) for question in questions[:60]])
    assert found[0] == found[1]
    assert all(reply["by_meaning"] for reply in found[0])


def test_a_library_that_was_filled_without_the_models_is_asked_by_words_until_it_is_rebuilt(
    meaning, tmp_path, monkeypatch
):
    from index.engines import rebuild
    from index.meaning import ENCODER

    address = f"disk:{tmp_path / 'library'}"
    with open_index(address, meaning=False) as index:
        index.add(make_article())
    with monkeypatch.context() as patch, open_index(address) as index:
        assert not index.ask("What does a ticket cost?").by_meaning
        patch.setattr(meaning.encoder, "encode_sentence", lambda _: pytest.fail("encoded for nothing"))
        assert index.add(make_article("The ferry of Larn sank on Monday.")) == 1
    rebuild(address, encode=meaning.encoder.encode_sentence, encoder=ENCODER)
    with open_index(address) as index:
        assert index.ask("What does a ticket cost?").by_meaning
    with open_index(address, meaning=False) as index:
        assert not index.compares_meanings
        assert not index.ask("What does a ticket cost?").by_meaning


def test_what_is_stored_is_not_encoded_again(meaning, monkeypatch):
    with open_index() as index:
        index.add(make_article())
        monkeypatch.setattr(meaning.encoder, "encode_sentence", lambda _: pytest.fail("encoded again"))
        assert index.add(make_article()) == 0


def test_what_comes_with_its_vectors_is_not_encoded_again(meaning, monkeypatch):
    with open_index() as one, open_index() as other:
        one.add(make_article())
        ready = one.article(make_article().id)
        monkeypatch.setattr(meaning.encoder, "encode_sentence", lambda _: pytest.fail("encoded again"))
        assert other.add(ready) == 1
        assert other.compares_meanings


def test_an_article_added_elsewhere_never_changes_which_sentence_answers(meaning):
    articles, questions = read_own(3)
    with open_index() as one, open_index() as many:
        one.add(articles[:1])
        many.add(articles)
        for question in questions[:20]:
            alone = one.rank(question).sentences
            best = next((row for row in many.rank(question).sentences if row[0] == articles[0].id), None)
            assert best is None or best[1] in {row[1] for row in alone[:4]}


@pytest.mark.parametrize(("switch", "expected"), [("on", True), ("off", False)])
def test_the_setting_decides_in_the_command(tmp_path, switch, expected):
    file = tmp_path / "port.txt"
    file.write_text(STORY)
    ran = subprocess.run(
        [sys.executable, "-m", "bot", "ask", "--json", "--from", str(file), "what does a ticket cost"],
        env=os.environ | {"PULLQUOTE_MEANING": switch},
        capture_output=True,
        cwd=ROOT,
        check=False,
    )
    assert json.loads(ran.stdout)["by_meaning"] is expected


def test_a_question_does_not_go_on_from_an_answer_in_another_language(meaning):
    spanish = (
        "El puerto cierra\n\nLa capitana del puerto, Lena Ibarra, dijo que un cable gastado causó el accidente.\n\n"
        "Otras siete personas resultaron heridas y fueron trasladadas al hospital de San Telmo.\n"
    )
    history = ("¿y heridos?", "¿quién lo dijo?")
    with open_index() as index:
        index.add(make_article(spanish, "El puerto cierra"))
        assert index.ask(history[1], history[:1]).citations
        assert index.ask("who died", history).verdict is Verdict.REFUSED
        index.add(make_article())
        assert "dismissed" in index.ask("who was dismissed", history).citations[0].text


def test_words_of_another_language_are_no_topic(meaning):
    korean = (
        "항만 크레인 붕괴\n\n14일 오전 부산 연합항에서 크레인이 무너져 하역 노동자 2명이 숨지고 7명이 다쳤다.\n\n"
        '항만소장 이영주 씨는 "낡은 케이블이 원인"이라고 말했다. 복구에는 32억 원이 들 것으로 보인다.\n'
    )
    questions = ("크레인 왜 무너졌어", "누가 그랬어?", "복구 비용 얼마", "이영주 나이", "who died")
    with open_index() as index:
        index.add(make_article(korean, "항만 크레인 붕괴"))
        replies = [index.ask(question, questions[:at]) for at, question in enumerate(questions)]
        assert "32억" in replies[2].citations[0].text
        assert not any(reply.by_meaning for reply in replies[:4])
        assert (replies[4].understood, replies[4].verdict) == (None, Verdict.REFUSED)


@pytest.mark.parametrize("by_meaning", [True, False])
def test_a_question_whose_own_words_say_little_stays_with_what_it_borrows(meaning, by_meaning):
    asked = "How many people were taken to safety?"
    with open_index(meaning=by_meaning) as index:
        index.add(Article.from_text(path.read_text("utf-8")) for path in sorted(SEEDS.glob("*.txt")))
        for history in ((asked,), (asked, "And when?")):
            reply = index.ask("How many of them?", history)
            assert reply.verdict is Verdict.ANSWERED
            assert "212 people" in reply.citations[0].text
