"""From a text to an article: sentences, numbers, errors, and what is promised for any text at all."""

import contextlib
import hashlib
import json
from datetime import datetime
from itertools import groupby
from operator import attrgetter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.errors import EmptyArticle, SourceTooLarge, UnsupportedLanguage
from index.language.terms import analyse
from index.model import Article, Kind, Metadata, Status
from index.reading.article import MAX_CHARACTERS, build_article
from index.reading.document import Block
from tests.support.paths import EVAL, SEED, need_shared

STORY = (
    "(LEAD) Harbor reopens after storm\r\n\r\n"
    "All News 10:00 March 06, 2024\r\n\r\n"
    "MOKPO, March 6 (Harbor News) -- The harbor reopened on Wednesday. Ferries left at 9 a.m.\r\n\r\n"
    '"No boat was lost," Mayor Han Do-yun said.\r\n\r\n'
    "(END)\r\n"
)


def holds_its_promises(article: Article) -> None:
    """Fail unless the sentences are ordered, disjoint and verbatim and cover all words of the body."""
    text, last = article.text, 0
    for number, sentence in enumerate(article.sentences, 1):
        assert sentence.number == number
        assert last <= sentence.start < sentence.end <= len(text)
        assert article.quote(sentence) == text[sentence.start : sentence.end]
        assert article.quote(sentence).strip() == article.quote(sentence)
        last = sentence.end
    body = [paragraph for paragraph in article.paragraphs if paragraph.kind is Kind.BODY]
    assert [paragraph.number for paragraph in body] == list(range(1, len(body) + 1))
    grouped = {number: list(group) for number, group in groupby(article.sentences, attrgetter("paragraph"))}
    for paragraph in body:
        inside = grouped[paragraph.number or 0]
        assert "".join("".join(map(article.quote, inside)).split()) == "".join(article.quote(paragraph).split())
        assert all(paragraph.start <= sentence.start and sentence.end <= paragraph.end for sentence in inside)


class TestArticle:
    def test_text_and_identity(self) -> None:
        article = Article.from_text(STORY, source="story.txt")
        assert article.text == STORY
        assert article.sha256 == hashlib.sha256(STORY.encode()).hexdigest()
        assert article.id == article.sha256[:20]
        assert article.source == "story.txt"

    def test_the_card_tells_what_was_found(self) -> None:
        card = Article.from_text(STORY).card
        assert (card.title, card.agency, card.cities) == ("Harbor reopens after storm", "Harbor News", ("MOKPO",))
        assert (card.lead, card.length, card.language) == (1, 3, "en")
        assert card.published == datetime(2024, 3, 6, 10)
        assert card.story

    def test_sentences_are_numbered_through_and_know_their_paragraph(self) -> None:
        article = Article.from_text(STORY)
        assert [(each.number, each.paragraph) for each in article.sentences] == [(1, 1), (2, 1), (3, 2)]
        assert article.quote(article.sentences[1]) == "Ferries left at 9 a.m."

    def test_the_dateline_is_part_of_its_sentence(self) -> None:
        article = Article.from_text(STORY)
        assert article.quote(article.sentences[0]).startswith("MOKPO, March 6 (Harbor News) -- The harbor")

    def test_terms_are_those_of_the_sentence(self) -> None:
        article = Article.from_text(STORY)
        assert all(each.terms == analyse(article.quote(each)) for each in article.sentences)
        assert article.sentences[0].terms

    def test_known_facts_win(self) -> None:
        known = Metadata(title="Stated", status=Status.CORRECTED, url="https://example.org/a")
        article = build_article(STORY, known)
        assert (article.title, article.status, article.url) == ("Stated", Status.CORRECTED, "https://example.org/a")
        assert article.agency == "Harbor News"

    def test_a_wrapped_sentence_is_one_sentence_with_its_breaks(self) -> None:
        text = (
            "Mayor Han Do-yun said that the damage was small. He thanked the crews of\n"
            "Mokpo, who had worked through the night, and the teachers of the island's\r\n"
            "only school, which had stayed open.\n"
        )
        article = Article.from_text(text)
        assert [each.paragraph for each in article.sentences] == [1, 1]
        assert article.quote(article.sentences[1]) == text[49:].rstrip()
        holds_its_promises(article)

    def test_line_breaks_inside_a_block_end_no_sentence(self) -> None:
        text = "He said\nno. She\n> agreed."
        article = build_article(text, blocks=(Block(0, len(text)),))
        assert [article.quote(each) for each in article.sentences] == ["He said\nno.", "She\n> agreed."]

    def test_pages_are_kept(self) -> None:
        article = build_article("One.\nTwo.", blocks=(Block(0, 4, None, 1), Block(5, 9, None, 2)))
        assert [each.page for each in article.paragraphs] == [1, 2]

    def test_the_seed_story(self) -> None:
        text = min(need_shared(SEED).glob("*.txt")).read_text(encoding="utf-8")
        article = Article.from_text(text)
        holds_its_promises(article)
        assert article.text == text
        assert article.sentences[-1].paragraph == 13
        assert any("stands for" in article.quote(each) for each in article.sentences)


class TestErrors:
    @pytest.mark.parametrize(
        "text",
        ["", " \n\t\r\n ", "\ufeff\n", "* * *\n", "🙂 🙂\n", "Go to Contents\n\n(END)\n", "(LEAD) Only a headline"],
    )
    def test_nothing_to_cite(self, text: str) -> None:
        with pytest.raises(EmptyArticle) as caught:
            Article.from_text(text, source="a.txt")
        assert caught.value.source == "a.txt"
        assert "give" in caught.value.message

    def test_the_longest_text_is_read_and_one_character_more_is_not(self) -> None:
        with pytest.raises(SourceTooLarge, match="5,000,000") as caught:
            Article.from_text("x" * (MAX_CHARACTERS + 1))
        assert caught.value.limit == MAX_CHARACTERS == 5_000_000
        assert Article.from_text("x" * MAX_CHARACTERS).length == 1000  # cut every 5,000 characters

    def test_another_language_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[str] = []
        monkeypatch.setattr("index.reading.mixed.detect_by_words", lambda text: asked.append(text) or "nl")
        with pytest.raises(UnsupportedLanguage, match="Dutch") as caught:
            Article.from_text("Copyright 2024 X\n\nHij zei nee. Hij ging weg.")
        assert caught.value.language == "nl"
        assert asked == ["Hij zei nee. Hij ging weg."]

    def test_a_language_without_a_name_here_is_told_by_its_code(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("index.reading.mixed.detect_by_words", lambda *_: "xx")
        with pytest.raises(UnsupportedLanguage, match="'xx'"):
            Article.from_text("Words. And more.\n" * 3000)


class TestAnyText:
    @given(st.text())
    @example("\ud800 lone")
    @example("a\x00b. \x1b[31mRed")
    @example("A\u2028B\x85C\x0bD\x0cE")
    @example("'\n(\n:\r\r\n")
    def test_unicode(self, text: str) -> None:
        try:
            article = Article.from_text(text)
        except (EmptyArticle, UnsupportedLanguage):
            return
        assert article.text == text
        holds_its_promises(article)

    @given(st.text(st.characters(categories=["Cs", "Cc", "Cf", "Zs", "Po", "Lo"])))
    def test_surrogates_and_controls(self, text: str) -> None:
        with contextlib.suppress(EmptyArticle, UnsupportedLanguage):
            holds_its_promises(Article.from_text(text))

    @given(
        st.lists(
            st.sampled_from([" ", "\n", "a", "He", "said", ".", '"', "?", "(", ")", "No", "1", "-", "U.S.", ">"]),
            max_size=80,
        ).map("".join)
    )
    def test_broken_prose(self, text: str) -> None:
        with contextlib.suppress(EmptyArticle, UnsupportedLanguage):
            holds_its_promises(Article.from_text(text))

    @pytest.mark.parametrize("name", ["quail-a", "qamr-wikinews-dev", "xquad-en-even"])
    def test_real_texts_are_body_from_end_to_end(self, name: str) -> None:
        path = need_shared(EVAL / name / "articles.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            article = build_article(record["text"], Metadata(title=record["title"]))
            holds_its_promises(article)
            assert all(paragraph.kind is Kind.BODY for paragraph in article.paragraphs)

    @pytest.mark.parametrize(
        "piece",
        [
            "word ",
            "He said no. ",
            " .",
            "(",
            "A-",
            "a\n",
            "- x\n",
            "(ATTN: \n",
            '"',
            "SEOUL/",
            "By A",
            "1",
            "\t",
            "x@",
            "(END)\n",
        ],
    )
    def test_long_texts_of_one_shape_are_read(self, piece: str) -> None:
        # No clock here: a rule that takes squared time needs minutes for this, and is noticed.
        text = (piece * 100_000)[:100_000]
        with contextlib.suppress(EmptyArticle, UnsupportedLanguage):
            holds_its_promises(Article.from_text(text))

    def test_a_single_line_of_five_million_characters_is_read(self) -> None:
        piece = 'The minister denied the report on Monday. "No," he said, and left the room at 9 a.m. '
        text = (piece * 60_000)[:MAX_CHARACTERS].rstrip()
        article = Article.from_text(text)
        assert len(text) > 4_999_000
        assert article.length >= 2 * 58_000
        assert article.sentences[-1].end == len(text)
