from dataclasses import replace
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import Article
from index.citations import deep_link, linked, safe_address
from index.citations.links import _fold, find_directive
from index.model import Citation, Metadata

TEXT = (
    "Frost hits the valley\n\n"
    "CALDER, April 2 (Tern Agency) -- Frost destroyed a third of the vines in the Calder valley on Monday.\n\n"
    "The growers asked for help. The province said it would decide next week after it had seen the figures.\n\n"
    "The growers asked for help. The province said it would decide next week after it had seen the damage.\n"
)


def article(url="https://news.example/frost", text=TEXT):
    return Article.from_text(text, Metadata(url=url))


def citation(article, words, nth=0):
    start = -1
    for _ in range(nth + 1):
        start = article.text.index(words, start + 1)
    return Citation(article.id, article.sha256, 1, 1, start, start + len(words), words, 0.9)


def link(words, nth=0, page_text=None, **changed):
    story = article(**changed)
    return deep_link(story, citation(story, words, nth), page_text)


def directive(text, words, nth=0):
    start = -1
    for _ in range(nth + 1):
        start = text.index(words, start + 1)
    return find_directive(text, start, start + len(words), text)


def test_start_and_end_are_the_shortest_that_single_the_sentence_out():
    words = "CALDER, April 2 (Tern Agency) -- Frost destroyed a third of the vines in the Calder valley on Monday."
    assert link(words, page_text=TEXT).endswith("#:~:text=CALDER%2C%20April%202,valley%20on%20Monday.")


def test_without_the_page_a_sentence_of_usual_length_is_written_whole():
    words = "Frost destroyed a third of the vines in the Calder valley on Monday."
    assert unquote(link(words)).endswith(f"#:~:text={words}")


def test_a_repeated_sentence_takes_context():
    assert directive("One day. All join in.\n\nTwo days. All join in.", "All join in.", 1) == "days.-,All%20join%20in."
    assert directive("All join in. So it was.\n\nAll join in. So it is.", "All join in.") == (
        "All%20join%20in.,-So%20it%20was."
    )


def test_what_nothing_singles_out_gets_the_plain_address_and_a_note():
    story = article(text="All join in. " * 90 + "The growers asked the province for help.")
    cited = citation(story, "All join in.", 40)
    assert deep_link(story, cited) == story.url
    got = linked(story, cited)
    assert got.url == story.url
    assert "not the sentence" in got.notes[-1]["link"]
    assert got.text == cited.text


def test_a_linked_citation_keeps_all_else():
    story = article()
    cited = citation(story, "The growers asked for help.", 1)
    got = linked(story, cited)
    assert got == replace(cited, url=got.url)
    assert got.url.endswith("#:~:text=figures.-,The%20growers%20asked%20for%20help.")
    assert linked(article(url=""), cited).url is None
    assert linked(article(url="javascript:alert(1)"), replace(cited, url="javascript:alert(1)")).url is None


def test_context_is_whole_words_of_the_nearest_block():
    before, after = "x" * 1500 + " last words of it. ", " next words" + " y" * 800
    text = f"All join in.\n\n{before}All join in.{after}"
    start = text.rindex("All join in.")
    assert find_directive(text, start, start + 12, text) == "it.-,All%20join%20in."
    text = f"All join in.\n\n{'x' * 1600} All join in. {'y' * 1600}\n\nAll join in."
    start = text.index("All join in.", 5)
    assert find_directive(text, start, start + 12, text) == ""  # no word beside it is whole within reach


def test_an_accent_written_apart_belongs_to_its_letter():
    assert find_directive("Cafe\u0301 bar.", 0, 4) == ""
    assert find_directive("Cafe\u0301 bar.", 0, 5) == "Cafe%CC%81"


def test_marks_of_the_grammar_are_encoded():
    text = "It was said. A so-called half-price, all-in & more deal. It ended."
    assert directive(text, "A so-called half-price, all-in & more deal.") == (
        "A%20so%2Dcalled%20half%2Dprice%2C%20all%2Din%20%26%20more%20deal."
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("He said no.The rest left.", "The rest left."),  # for the browser one word goes through the border
        ("It is the 3rd one", "rd one"),
        ("They can't go", "t go"),
        ("Pay 1,000 now", "000 now"),
        ("", ""),
        ("Two.  ", "  "),
        ("A \ud800 half of a pair.", "A \ud800 half of a pair."),
    ],
)
def test_no_directive_where_a_browser_could_not_match(text, words):
    start = text.index(words)
    assert find_directive(text, start, start + len(words)) == ""


def test_terms_stay_inside_blocks():
    text = "The charter says that all of them have\none vote each.\n\nIt says no more."
    words = text[: text.index("\n\n")]
    assert directive(text, words) == "The%20charter%20says,one%20vote%20each."
    assert directive("Head\tThe cell is\tfull.\nThe cell.", "The cell is\tfull.") == "The%20cell%20is,full."


@pytest.mark.parametrize(
    "page",
    [
        "May will come. MAY WILL COME.",
        "May will come. Máy will come.",
        "May\u00adbe may\u200b will  come. May will come.",
    ],
)
def test_whatever_a_browser_may_match_counts(page):
    assert find_directive("May will come.", 0, 14, page) == ""


def test_words_that_the_page_does_not_show_are_not_linked_to():
    assert find_directive("May will come.", 0, 14, "June will come.") == ""
    long = "One two three four five six seven eight nine ten eleven twelve."
    assert find_directive(long, 0, len(long), long.replace("six", "6")) == ""


def test_a_long_sentence_that_repeats_itself_ends_soon():
    text = "no " * 100_000 + "end. no " + "no " * 1000 + "stop."
    assert find_directive(text, 0, 300_004) == ""


@pytest.mark.parametrize(
    ("url", "want"),
    [
        ("https://a.example/x?y=1&z=2", "https://a.example/x?y=1&z=2#:~:text="),
        ("https://a.example/x#part", "https://a.example/x#part:~:text="),
        ("https://a.example/x#part:~:text=old", "https://a.example/x#part:~:text="),
        ("https://a.example/x#:~:text=old", "https://a.example/x#:~:text="),
        ("  http://a.example  ", "http://a.example#:~:text="),
        ("HTTPS://a.example/", "HTTPS://a.example/#:~:text="),
    ],
)
def test_the_fragment_joins_what_the_address_has(url, want):
    got = link(
        "The growers asked for help. The province said it would decide next week after it had seen the damage.", url=url
    )
    assert got.startswith(want)
    assert got.count(":~:") == 1


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://a.example/",
        "//a.example/x",
        "https://",
        "https:///x",
        "https://user:secret@a.example/",
        "https://a.example/<script>",
        'https://a.example/"onclick=',
        "https://a.example/a b",
        "https://a.example/\u202egnp.exe",
        "https://[::1",
        "https://a.example/\ud800",
    ],
)
def test_no_link_to_anything_but_a_page(url):
    assert safe_address(url) == ""
    assert link("The growers asked for help.", url=url) == ""


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_a_directive_is_given_only_when_its_words_stand_once(before, words, after):
    text = before + words + after
    found = find_directive(text, len(before), len(before) + len(words), text)
    if not found:
        return
    assert found.isascii()
    assert not set(found) - set("%.,_~-") - set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    terms = [unquote(term.strip("-")) for term in found.split(",")]
    page = _fold(text)
    assert all(_fold(term) in page for term in terms)
    if len(terms) == 1:
        assert page.count(_fold(terms[0])) == 1
        assert _fold(terms[0]) == _fold(words)


def test_each_citation_of_a_reply_has_its_link(fresh_index):
    fresh_index.add(article())
    cited = fresh_index.ask("Who destroyed a third of the vines in the Calder valley?").citations
    assert cited
    assert all(item.url == deep_link(article(), item) and ":~:text=" in item.url for item in cited)
    fresh_index.remove(article().id)
    fresh_index.add(article(url=""))
    assert {item.url for item in fresh_index.ask("Who destroyed a third of the vines?").citations} == {None}
