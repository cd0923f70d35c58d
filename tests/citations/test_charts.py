"""What a page draws: lines and bars that stand where their figures say."""

import re
from dataclasses import replace

from lxml import html

from index import Article, Citation
from index.citations.charts import draw_explanation, draw_strip
from tests.support.replies import HARBOUR, reply


def cite(article, number):
    sentence = next(each for each in article.sentences if each.paragraph == number)
    return Citation(
        article.id, article.sha256, number, sentence.number, sentence.start, sentence.end, article.quote(sentence), 0.9
    )


def test_the_strip_marks_each_paragraph_and_citation_in_order_and_within_its_height():
    article = Article.from_text(HARBOUR)
    cited = [(1, cite(article, 1), True), (2, cite(article, 3), False)]
    drawn = html.fromstring(draw_strip(article, cited))
    body = [paragraph for paragraph in article.paragraphs if paragraph.number is not None]
    assert len(drawn.xpath("//rect[@class='rule']")) == len(body) - 1
    tops = [float(y) for y in drawn.xpath("//a/rect/@y")]
    assert tops == sorted(tops)
    assert tops[0] == 0
    assert all(0 <= y <= 1000 for y in tops)
    assert drawn.xpath("//a/@href") == ["#c1", "#c2"]
    assert drawn.xpath("//a[2]/rect/@class") == ["further"]
    assert not drawn.xpath("//a[1]/rect/@class")


def test_nothing_cited_draws_nothing():
    assert draw_strip(Article.from_text(HARBOUR), []) == ""
    assert draw_explanation(reply()) == ""
    assert draw_explanation(replace(reply(), explain={"words": [], "features": []})) == ""


def test_bars_are_shares_of_the_longest_and_parts_too_small_to_print_are_left_out():
    explain = {
        "words": [
            {"word": "cable", "weight": 4.0, "where": "sentence"},
            {"word": "<b>", "weight": 1.0, "where": "nowhere"},
        ],
        "features": [
            {"name": "names_share", "value": 1.0, "part": 2.0},
            {"name": "length", "value": 1.0, "part": -1.0},
            {"name": "quoted", "value": 0.0, "part": 0.004},
        ],
        "bias": -0.5,
        "score": 0.5,
    }
    drawn = html.fromstring(draw_explanation(replace(reply(), explain=explain)))
    words, parts = drawn.xpath("//table")
    assert words.xpath(".//rect[not(@class='axis')]/@width") == ["100.0", "25.0"]
    assert words.xpath(".//th/text()") == ["cable", "<b>"], "what an article or a question holds is never markup"
    assert parts.xpath(".//th/text()") == ["names share", "length", "bias", "score"]
    assert parts.xpath(".//rect[not(@class='axis')]/@class") == ["more", "less", "less"]
    assert [float(x) for x in parts.xpath(".//rect[not(@class='axis')]/@x")] == [50.0, 25.0, 37.5]
    assert re.search(r"\+0\.50", html.tostring(parts).decode())


def test_words_without_weight_draw_no_bar():
    explain = {"words": [{"word": "the", "weight": 0.0, "where": "article"}], "features": [], "bias": 0, "score": 0}
    assert html.fromstring(draw_explanation(replace(reply(), explain=explain))).xpath("//rect/@width") == ["0.0"]
