"""Digests: every line is a slice of the article, with what it is asked for."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from statistics import mean

import pytest
from click.testing import CliRunner
from rouge_score.rouge_scorer import RougeScorer

from bot.pages.digest import explain_nothing, render_digest
from bot.pages.lines import render_plain
from bot.verbs.digest import digest as verb
from index import Article, open_index
from index.digest import Digest, DigestKind, digest_to_dict
from index.digest.gist import choose_central
from index.digest.making import ARTICLE_KINDS, find_person, make_digest
from index.digest.people import find_named, find_people
from index.errors import UnknownArticle
from index.evaluate.question_sets import read_set
from index.model import Metadata, Status
from tests.support.paths import ROOT

STORY = """\
Ferry sinks near Calder, two drowned

By Ann Marlow

CALDER, March 3 (Harbour News) -- A ferry with 38 passengers sank near Calder on Sunday, killing two people.

Captain Ada Kessler, 52, said the pump had failed in February 2021. "I called for help at noon," she said.

Prosecutor Tom Reeves told reporters that he would question Kessler. Reeves has been in office since 2019.

The company paid 300,000 pounds to the Coastal Rescue Society last year. It declined to comment.
"""


@cache
def read_stories():
    return tuple(read_set(ROOT / "tests" / "train" / "own").articles.values())


@pytest.fixture
def article():
    return Article.from_text(STORY, Metadata(published=datetime(2024, 3, 4, tzinfo=UTC), byline="Ann Marlow"))


def words(digest):
    return [(entry.label, entry.citation.text) for entry in digest.entries]


@pytest.mark.parametrize("kind", ARTICLE_KINDS)
def test_every_line_is_a_slice_of_the_article(kind):
    for story in read_stories()[::10]:
        made = make_digest(story, kind, "the mayor" if kind is DigestKind.PERSON else "")
        for entry in made.entries:
            assert story.text[entry.citation.start : entry.citation.end] == entry.citation.text
        for fact in made.facts:
            assert fact.span is None or story.text[fact.span.start : fact.span.end] == fact.span.text


def test_who_says_what_direct_and_reported_apart(article):
    made = make_digest(article, DigestKind.QUOTES)
    said = [(entry.label, entry.reported) for entry in made.entries]
    assert said == [("Ada Kessler", False), ("Ada Kessler", True), ("Tom Reeves", True)]
    only = make_digest(article, DigestKind.QUOTES, "reeves")
    assert [entry.label for entry in only.entries] == ["Tom Reeves"]
    assert (
        explain_nothing(make_digest(article, DigestKind.QUOTES, "Marlow"))
        == "The article attributes no words to Marlow."
    )


def test_people_and_institutions_with_what_introduces_them(article):
    assert [(one.name, one.person) for one in find_named(article)] == [
        ("Ada Kessler", True),
        ("Tom Reeves", True),
        ("Coastal Rescue Society", False),
    ]
    assert {one.name: one.gender for one in find_people(article)} == {"Ada Kessler": "she", "Tom Reeves": "he"}
    made = dict(words(make_digest(article, DigestKind.PEOPLE)))
    assert made["Ada Kessler"].startswith("Captain Ada Kessler, 52")


def test_initials_belong_to_the_name():
    told = Article.from_text("Cocoa\n\nBrandt Foods N.V. grew. The U.S. Senate met. A.B. Holm, 52, said so.\n")
    assert {one.name for one in find_named(told)} == {"Brandt Foods N.V.", "U.S. Senate", "A.B. Holm"}


def test_who_somebody_is(article):
    assert words(make_digest(article, DigestKind.PERSON, "Kessler"))[0][1].startswith("Captain Ada Kessler")
    assert find_person(article, "mr reeves").name == "Tom Reeves"
    assert find_person(article, "nobody") is None
    assert make_digest(article, DigestKind.PERSON, "Petra").empty


def test_dates_are_in_order(article):
    assert [label for label, _ in words(make_digest(article, DigestKind.TIMELINE))] == [
        "2019",
        "2021-02",
        "2023",
        "2024-03-03",
    ]


def test_figures_with_what_they_count(article):
    labels = [label for label, _ in words(make_digest(article, DigestKind.NUMBERS))]
    assert labels == ["38 passengers; two people", "52", "300,000 pounds"]


def test_facts_and_where_they_stand(article):
    facts = {kind: make_digest(article, kind).facts for kind in ARTICLE_KINDS}
    assert facts[DigestKind.AUTHOR][0].span.text == "Ann Marlow"
    assert facts[DigestKind.HEADLINE][0].value == "Ferry sinks near Calder, two drowned"
    assert facts[DigestKind.PUBLISHED][0].value == "4 March 2024"
    assert [fact.name for fact in facts[DigestKind.LENGTH]] == ["words", "sentences", "reading time"]
    assert facts[DigestKind.SOURCE][0].value == "Harbour News"


def test_a_digest_of_a_library_kind_is_refused(article):
    with pytest.raises(ValueError, match="library"):
        make_digest(article, DigestKind.LATEST)


def test_what_it_is_about_beats_the_lead():
    """ROUGE-1 recall of the headline (rouge-score, with its stems), the gist chosen without sight of it."""
    recall = RougeScorer(["rouge1"], use_stemmer=True)
    stories = [story for story in read_stories() if story.title]
    blind = [replace(story, title="") for story in stories]

    def measure(choose):
        chosen = [(story, choose(other)) for story, other in zip(stories, blind, strict=True)]
        return mean(recall.score(story.title, _join(story, numbers))["rouge1"].recall for story, numbers in chosen)

    lead = measure(lambda _: (1, 2, 3))
    figures = {count: measure(lambda story, count=count: choose_central(story, count)) for count in (3, 5)}
    print(f"digest: ROUGE-1 recall of the headline: lead-3 {lead:.3f}, ours {figures}, {len(stories)} stories")
    assert figures[3] > lead
    assert figures[5] > lead


def _join(story, numbers):
    return " ".join(story.quote(one) for one in story.sentences if one.number in numbers)


def test_the_gist_says_nothing_twice_and_keeps_the_order():
    story = Article.from_text("The ferry sank near Calder today. " * 8 + "Nobody aboard the ferry could swim that far.")
    chosen = choose_central(story)
    assert chosen[0] == 1
    assert len(chosen) == 2


def test_an_index_tells_and_a_withdrawn_article_does_not():
    with open_index("memory:") as index:
        index.add(Article.from_text(STORY))
        (card,) = index.articles()
        assert index.digest("about").entries
        assert index.digest("latest", of="the pump").entries[0].article.id == card.id
        assert index.digest("latest", of="penguins").empty
        assert index.digest("latest", of="of the").empty
        with pytest.raises(ValueError, match="poem"):
            index.digest("poem")
        with pytest.raises(UnknownArticle):
            index.digest("about", "zzz")
        index.add(Article.from_text("The harbour was closed.", Metadata(status=Status.WITHDRAWN, title="Gone")))
        gone = next(each for each in index.articles() if each.title == "Gone")
        assert index.digest("about", gone.id).empty
        with pytest.raises(UnknownArticle):
            index.digest("about")


def test_newest_first():
    with open_index("memory:") as index:
        for day, place in ((3, "Calder"), (9, "Pellan"), (5, "Sall")):
            known = Metadata(title=f"Ferry sinks in {place}", published=datetime(2024, 3, day, tzinfo=UTC))
            index.add(Article.from_text(f"A ferry sank in {place} on the way to the island.", known))
        labels = [entry.label for entry in index.digest("latest", of="ferry").entries]
    assert labels == [
        "Ferry sinks in Pellan (9 March 2024)",
        "Ferry sinks in Sall (5 March 2024)",
        "Ferry sinks in Calder (3 March 2024)",
    ]


def test_the_place_of_a_line_leads_to_the_sentence_on_its_page():
    known = Metadata(url="https://news.example/ferry")
    digest = make_digest(Article.from_text(STORY, known), DigestKind.QUOTES)
    linked = {piece.link for line in render_digest(digest) for piece in line.pieces if piece.link}
    assert linked == {entry.citation.url for entry in digest.entries}
    assert all(link.startswith("https://news.example/ferry#:~:text=") for link in linked)
    assert "https://" not in render_plain(render_digest(digest))
    written = render_plain(render_digest(digest, links=True)).split("\n")
    assert [row.strip() for row in written if "https://" in row] == [entry.citation.url for entry in digest.entries]


def test_json_and_page_and_verb(article, tmp_path):
    form = digest_to_dict(make_digest(article, DigestKind.QUOTES))
    assert json.loads(json.dumps(form)) == form
    assert form["entries"][0]["citation"]["text"] in STORY
    page = render_plain(render_digest(make_digest(article, DigestKind.QUOTES)))
    assert "Who says what:" in page
    assert "in the article's words:" in page
    assert "There is nothing" in explain_nothing(Digest(DigestKind.LIST, None))
    path = tmp_path / "ferry.txt"
    path.write_text(STORY, "utf-8")
    told = CliRunner().invoke(verb, ["people", str(path)], standalone_mode=False)
    assert "Ada Kessler\n[1] Captain Ada Kessler, 52" in told.output
    assert told.return_value == 0
    as_json = CliRunner().invoke(verb, ["about", "--json", str(path)], standalone_mode=False)
    assert json.loads(as_json.output)["digest"] == "about"
    nobody = CliRunner().invoke(verb, ["person", "--of", "Petra", str(path)], standalone_mode=False)
    assert nobody.return_value == 1
