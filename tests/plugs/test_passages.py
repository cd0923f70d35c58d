"""The passages that retrievers of other frameworks give: their words, and what proves them."""

from dataclasses import replace

import pytest

from index.citations.citation import cite_sentences
from index.plugs.passages import find_passages
from tests.support.replies import HARBOUR, VINEYARD, article


@pytest.fixture
def harbour(fresh_index):
    """A story with a page of its own, beside another in a collection that is not asked."""
    story = replace(article(HARBOUR, "harbour.txt"), url="https://news.example/harbour")
    fresh_index.add([story])
    fresh_index.add([article(VINEYARD, "vineyard.txt")], "other")
    return story


def test_each_passage_has_its_place_hash_citation_and_link(fresh_index, harbour):
    found = list(find_passages(fresh_index, "divers quay", 10))
    assert len(found) > 1
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    for each in found:
        told = each.metadata
        assert harbour.text[told["start"] : told["end"]] == each.text
        assert (told["article"], told["sha256"], told["lead"]) == (harbour.id, harbour.sha256, 1)
        first, last = told["sentences"]
        assert harbour.sentences[first - 1].start == told["start"]
        assert harbour.sentences[last - 1].end == told["end"]
        assert told["paragraphs"][0] == harbour.sentences[first - 1].paragraph
        assert told["citation"].startswith("“")
        assert told["link"].startswith("https://news.example/harbour#:~:text=")
        assert each.id == f"{harbour.id}:{told['start']}-{told['end']}"


def test_only_the_collections_that_are_named_are_searched(fresh_index, harbour):
    assert not list(find_passages(fresh_index, "frost vines", 10))
    (other, *_) = find_passages(fresh_index, "frost vines", 10, ["other"])
    assert (other.metadata["source"], other.metadata["link"]) == ("vineyard.txt", "")


def test_no_more_passages_come_than_are_asked_for(fresh_index, harbour):
    assert len(list(find_passages(fresh_index, "divers quay", 1))) == 1


def test_one_sentence_is_cited_as_an_answer_cites_it_and_several_by_the_first():
    story = article(HARBOUR)
    one, several = cite_sentences(story, 2, 2, 0.5), cite_sentences(story, 2, 3)
    assert (one.speaker.text, one.score, one.sentence) == ("Lena Brandt", 0.5, 2)
    assert (several.speaker, several.start, several.end) == (None, one.start, story.sentences[2].end)
    assert several.text == story.text[several.start : several.end]


@pytest.mark.parametrize(("first", "last"), [(0, 1), (2, 1), (1, 99)])
def test_sentences_that_are_not_there_are_not_cited(first, last):
    with pytest.raises(ValueError, match="has no sentences"):
        cite_sentences(article(HARBOUR), first, last)
