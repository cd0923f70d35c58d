"""Pages to read: complete in themselves, accessible, and deaf to whatever an article holds; transcripts; why."""

import base64
import hashlib
import io
import json
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from bot.cli import run
from bot.pages.why import explain_reply
from bot.verbs.transcripts import keep_transcript
from index import Article, Verdict, open_index
from index.citations import conversation_page, reading_page, transcript
from index.forms.serial import reply_from_dict
from index.model import Citation, Metadata, Reply, ShownPassage, Span, Status
from index.stories import Silence, Standing
from index.verdicts import Reason
from tests.support.injections import INJECTIONS, hostile_article, hostile_reply

STORY = """(2nd LD) Port of Eastmoor closes after crane falls

(ATTN: UPDATES with harbour master's words)

EASTMOOR, March 14 (Tern Agency) -- The port of Eastmoor closed on Thursday after a crane fell on a quay.

Nobody was hurt, said Lena Brandt, the harbour master. She blamed a worn cable that inspectors had noticed in January.

The port handles 40 ships a week.
"""


@pytest.fixture(scope="module")
def story():
    return Article.from_text(STORY, Metadata(url="https://news.example/port?a=1&b=2"), source="port.txt")


@pytest.fixture(scope="module")
def answered(story):
    with open_index("memory:") as index:
        index.add(story)
        return index.ask("Who said that nobody was hurt?", explain=True)


@pytest.fixture
def page(story, answered):
    return html.fromstring(reading_page(story, answered))


def body(story):
    return [story.quote(paragraph) for paragraph in story.paragraphs if paragraph.number is not None]


def test_the_paragraphs_stand_in_order_with_their_numbers(story, page):
    shown = page.xpath("//article//div[@class='paragraph']")
    assert [item.get("id") for item in shown] == [f"p{number}" for number in range(1, len(body(story)) + 1)]
    assert [item.xpath("string(a)") for item in shown] == [str(number) for number in range(1, len(shown) + 1)]
    for item in shown:
        for mark in item.xpath(".//sup"):
            mark.drop_tree()
    assert [item.xpath("string(span)") for item in shown] == body(story)


def test_cited_sentences_are_marked_and_linked_both_ways(answered, page):
    cited = {f"c{number}": citation.text for number, citation in enumerate(answered.citations, 1)}
    assert cited
    assert {mark.get("id"): mark.text for mark in page.iter("mark")} == cited
    for number, citation in enumerate(answered.citations, 1):
        assert page.xpath(f"//mark[@id='c{number}']//a/@href") == [f"#a{number}"]
        (item,) = page.xpath(f"//aside//li[@id='a{number}']")
        assert item.xpath("a/@href") == [f"#c{number}"]
        assert item.xpath("string(.//blockquote)") == citation.text
    assert page.xpath("//nav[@class='strip']//a/@href") == [f"#{name}" for name in cited]


def test_every_link_inside_the_page_leads_somewhere(page):
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    inside = [target[1:] for target in page.xpath("//@href") if target.startswith("#")]
    assert inside
    assert set(inside) <= set(ids)


def test_the_strip_is_in_proportion(story):
    text = [story.sentences[0], story.sentences[-1]]
    cited = [Citation(story.id, story.sha256, s.paragraph, s.number, s.start, s.end, story.quote(s), 0.9) for s in text]
    passage = ShownPassage(story.card, (1,), 0, 1, "", 0.9, tuple(cited))
    page = html.fromstring(reading_page(story, Reply("?", None, Verdict.ANSWERED, 0.9, Reason("So."), (passage,))))
    first, last = page.xpath("//nav//a/rect")
    assert float(first.get("y")) == pytest.approx(
        1000 * (text[0].start - body_start(story)) / body_length(story), abs=0.1
    )
    assert float(last.get("y")) + float(last.get("height")) == pytest.approx(1000, abs=0.2)


def body_start(story):
    return next(p.start for p in story.paragraphs if p.number is not None)


def body_length(story):
    return max(p.end for p in story.paragraphs if p.number is not None) - body_start(story)


def test_the_policy_lets_nothing_in_but_the_style_sheet(story, answered):
    text = reading_page(story, answered)
    page = html.fromstring(text)
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    (style,) = page.xpath("//style/text()")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert text.index("Content-Security-Policy") < text.index("<title>") < text.index("<style>")
    assert not page.xpath("//script | //img | //link | //iframe | //object | //form | //@style | //@src")
    assert "url(" not in style
    assert "@import" not in style


def test_landmarks_names_and_language(page):
    assert page.get("lang") == "en"
    assert page.xpath("//header//h1/text()") == ["Port of Eastmoor closes after crane falls"]
    assert page.xpath("//aside[not(ancestor::main)]/@aria-label") == ["Answer"]
    assert page.xpath("//main/article/@aria-label") == ["Article"]
    assert page.xpath("//nav/@aria-label") == ["Where in the article the evidence lies"]
    assert page.xpath("//body/a[1][@class='skip']/@href") == ["#article"]
    assert page.xpath("//meta[@name='viewport']")
    assert all(link.xpath("string(.)").strip() or link.get("aria-label") for link in page.iter("a"))
    assert all(row.xpath("th[@scope='row']") for row in page.iter("tr"))
    css = page.xpath("string(//style)")
    assert all(rule in css for rule in ("prefers-color-scheme: dark", "@media print", "max-width: 56rem"))


def test_notes_are_shown_and_the_headline_once(page):
    assert page.xpath("//p[@class='kind']/text()") == ["(ATTN: UPDATES with harbour master's words)"]


def test_the_parts_of_the_explanation_add_up_on_the_page(answered, page):
    *parts, total = page.xpath("//table[2]//td[@class='figure']/text()")
    explained = answered.explain
    assert explained["bias"] + sum(item["part"] for item in explained["features"]) == pytest.approx(explained["score"])
    assert float(total) == pytest.approx(explained["score"], abs=0.005)
    assert sum(map(float, parts)) == pytest.approx(float(total), abs=0.01 * (len(explained["features"]) + 1))
    words = page.xpath("//table[1]//tr")
    assert [row.xpath("string(th)") for row in words] == [word["word"] for word in explained["words"]]


def explained(verdict, **changed):
    form = {
        "words": [
            {"word": "hurt", "term": "hurt", "weight": 2.0, "where": "sentence"},
            {"word": "kimchi", "term": "kimchi", "weight": 4.0, "where": "nowhere"},
            {"word": "port", "term": "port", "weight": 0.5, "where": "window"},
        ],
        "features": [{"name": f"f{n}", "value": 1.0, "weight": 1.0, "part": float(n)} for n in range(1, 6)],
        "bias": -1.0,
        "score": 14.0,
    } | changed
    return Reply("Who?", None, verdict, 0.93, Reason("The article never mentions “kimchi”."), explain=form)


def test_bars_have_the_length_of_their_figures(story):
    page = html.fromstring(reading_page(story, explained(Verdict.REFUSED)))
    bars = page.xpath("//table[1]//rect")
    assert [(bar.get("class"), bar.get("width")) for bar in bars] == [
        ("more", "50.0"),
        ("less", "100.0"),
        ("more", "12.5"),
    ]
    assert page.xpath("//table[1]//tr[2]/td[1]/text()") == ["missing"]
    parts = page.xpath("//table[2]//rect[@class!='axis']")
    assert [bar.get("width") for bar in parts] == ["10.0", "20.0", "30.0", "40.0", "50.0", "10.0"]
    assert parts[-1].get("x") == "40.0"
    assert not page.xpath("//nav | //mark")


def test_weights_of_nothing_draw_no_bar(story):
    flat = explained(
        Verdict.REFUSED,
        words=[{"word": "port", "term": "port", "weight": 0.0, "where": "article"}],
        features=[{"name": "f", "value": 0.0, "weight": 1.0, "part": 0.0}],
        bias=0.0,
        score=0.0,
    )
    assert html.fromstring(reading_page(story, flat)).xpath("//table[1]//rect/@width") == ["0.0"]


def test_why_in_a_few_lines():
    assert explain_reply(explained(Verdict.REFUSED)) == (
        "The article never mentions “kimchi”.\n"
        "About the closest sentence, which is not shown:\n"
        "It says “hurt”, beside “port”.\n"
        "Nothing in the article has “kimchi”.\n"
        "Confidence that it answers: 93%."
    )
    bare = replace(explained(Verdict.REFUSED), explain=None)
    assert explain_reply(bare) == bare.reason


def test_why_of_a_real_answer_fits_a_telegram_message(answered):
    text = explain_reply(answered)
    assert text.startswith("It ")
    assert len(text) < 1000


def test_why_tells_names_from_other_words_and_gives_no_sums():
    def word(text, where):
        return {"word": text, "term": text.lower(), "weight": 1.25, "where": where}

    words = [word("Biden", "sentence"), word("no", "sentence"), word("asked", "window"), word("talks", "article")]
    words += [word("Eun-hye", "heading"), word("Eun", "sentence"), word("denied", "nowhere")]
    alike = [{"word": "denied", "other": "refused"}, {"word": "no", "other": "not"}]
    found = explained(Verdict.ANSWERED, words=words, alike=alike)
    stated = replace(found, reason=Reason("A sentence holds “Biden”.", "stated"))
    assert explain_reply(stated).split("\n") == [
        "It names “Biden” and says “no”, beside “asked”.",
        "Elsewhere the article has “talks”.",
        "Only a heading has “Eun-hye”.",
        "Nothing in the article has “denied”.",
        "Nearest in meaning to “denied”: “refused”.",
        "Confidence that it answers: 93%.",
    ]
    assert "refused" not in explain_reply(replace(stated, verdict=Verdict.RELATED))
    lacks = replace(found, reason=Reason("The article never mentions “denied”.", "x", {"missing": ("denied",)}))
    assert explain_reply(lacks).count("denied”") == 2


def test_a_superseded_or_withdrawn_version_says_so(story):
    newer = replace(story.card, id="f" * 20, title="Port <reopens>")
    page = html.fromstring(reading_page(story, None, Standing(Silence.SUPERSEDED, newer)))
    assert page.xpath("string(//p[@role='note'])") == (
        f"This version has been superseded. The newest is “Port <reopens>” ({'f' * 20})."
    )
    assert not page.xpath("//aside")
    killed = Standing(Silence.WITHDRAWN, replace(newer, status=Status.WITHDRAWN))
    for shown in (reading_page(replace(story, status=Status.WITHDRAWN)), reading_page(story, None, killed)):
        assert "has been withdrawn" in html.fromstring(shown).xpath("string(//p[@role='note'])")
    held = replace(story, embargo=datetime(2999, 9, 11, 23))
    page = html.fromstring(reading_page(held, None, Standing(Silence.EMBARGOED)))
    assert page.xpath("string(//p[@role='note'])").strip() == "This version is under embargo until 2999-09-11 23:00."
    assert not html.fromstring(reading_page(story)).xpath("//p[@role='note']")


def test_citations_of_other_articles_are_named_and_not_linked(story):
    other = Article.from_text(
        "Frost ruins vines\n\nCALDER, April 2 (Tern Agency) -- Frost ruined the vines on Monday.\n"
    )
    sentence = other.sentences[0]
    cited = Citation(other.id, other.sha256, 1, 1, sentence.start, sentence.end, other.quote(sentence), 0.9)
    cited = replace(cited, speaker=Span(0, 5, "Frost"), url="https://news.example/frost#:~:text=x")
    saved = Reply(
        "?", "Who?", Verdict.RELATED, 0.5, Reason("So."), (ShownPassage(other.card, (1,), 0, 1, "", 0.9, (cited,)),)
    )
    page = html.fromstring(reading_page(story, saved))
    assert not page.xpath("//mark")
    assert not page.xpath("//li/a")
    place = page.xpath("string(//li//span[@class='place'])")
    assert (
        place == "said by Frost · Frost ruins vines · paragraph 1, sentence 1 · this sentence on the publisher's page"
    )
    assert page.xpath("//li//a/@href") == ["https://news.example/frost#:~:text=x"]
    assert "Understood as: Who?" in page.xpath("string(//aside)")


def test_only_the_first_passage_looks_like_the_answer(story):
    first, second = (
        ShownPassage(
            story.card,
            (s.paragraph,),
            s.start,
            s.end,
            story.quote(s),
            0.9,
            (Citation(story.id, story.sha256, s.paragraph, s.number, s.start, s.end, story.quote(s), 0.9),),
        )
        for s in (story.sentences[1], story.sentences[3])
    )
    saved = Reply("?", None, Verdict.ANSWERED, 0.9, Reason("So."), (first, second))
    page = html.fromstring(reading_page(story, saved))
    assert [mark.get("class") for mark in page.iter("mark")] == [None, "further"]
    assert [block.get("class") for block in page.xpath("//nav//a/rect")] == [None, "further"]
    assert [[item.get("id") for item in found] for found in page.xpath("//aside/ol")] == [["a1"], ["a2"]]
    assert page.xpath("//aside/h3/text()") == ["Further passages"]
    assert "\nFurther passages:\n" in transcript([("?", saved)], "md")
    closest = html.fromstring(reading_page(story, replace(saved, verdict=Verdict.RELATED)))
    assert [mark.get("class") for mark in closest.iter("mark")] == ["further", "further"]
    assert not closest.xpath("//aside/h3")


def test_a_sentence_cited_twice_is_marked_once(story, answered):
    doubled = replace(answered, passages=answered.passages + answered.passages)
    page = html.fromstring(reading_page(story, doubled))
    assert len(list(page.iter("mark"))) == len(answered.citations)
    assert len(page.xpath("//aside//li")) == 2 * len(answered.citations)


# --- hostile text -----------------------------------------------------------------------

TAGS = frozenset(
    {"html", "head", "meta", "title", "style", "body", "a", "div", "header", "h1", "h2", "h3", "p", "main", "aside"}
    | {"article", "section", "nav", "footer", "span", "mark", "sup", "ol", "li", "blockquote", "br", "code"}
    | {"bdi", "details", "summary", "table", "caption", "tbody", "tr", "th", "td", "svg", "rect"}
)
"""All elements that a page is made of."""

UNSHOWN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")


def tags(text):
    return {element.tag for element in html.fromstring(text).iter() if isinstance(element.tag, str)}


@pytest.mark.parametrize("text", INJECTIONS)
def test_hostile_text_stays_text(text):
    story = hostile_article(text)
    saved = hostile_reply(story, text)
    alone = reading_page(story, saved, Standing(Silence.SUPERSEDED, story.card))
    for page in (alone, conversation_page([(text, saved)])):
        assert tags(page) <= TAGS
        assert not [
            name for element in html.fromstring(page).iter() for name in element.attrib if name.startswith("on")
        ]
        targets = html.fromstring(page).xpath("//@href")
        assert all(re.match("#|https?://", target) for target in targets)
        page.encode()
        assert not UNSHOWN.search(page)


@given(st.text(max_size=100))
def test_any_text_stays_text(text):
    story = hostile_article(text)
    page = reading_page(story, hostile_reply(story, text))
    assert tags(page) <= TAGS
    assert not UNSHOWN.search(page)
    page.encode()


def test_what_would_hide_or_reorder_is_marked_and_the_stored_text_stays():
    text = "Paid \u202e000,1\u202c euros\U000e0068\U000e0069 to \u2067him\u2069"
    story = hostile_article(text)
    page = html.fromstring(reading_page(story, hostile_reply(story, text)))
    shown = "Paid <U+202E>000,1<U+202C> euros<U+E0068><U+E0069> to <U+2067>him<U+2069>"
    assert shown in page.xpath("string(//mark)")
    assert shown in page.xpath("string(//aside//blockquote)")
    assert shown in page.xpath("string(//aside//h2)")
    assert story.text.count(text) == 4
    assert all(element.get("dir") == "auto" for element in page.xpath("//h1 | //h2"))
    # What stands beside other words is kept apart, so that letters written from right to left do not move them.
    assert page.xpath("//p[@class='facts']/bdi/text()")
    assert page.xpath("//li//bdi/text()")


# --- transcripts ------------------------------------------------------------------------


def test_a_page_of_a_conversation(story, answered):
    page = html.fromstring(conversation_page([("Who <b>said</b> it?", answered), ("And?", explained(Verdict.REFUSED))]))
    assert page.xpath("//section/h2/text()") == ["Who <b>said</b> it?", "And?"]
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert page.xpath("string(//header/p)") == "2 questions"
    assert "1 question" in conversation_page([("Q", answered)])
    assert html.fromstring(conversation_page([])).xpath("string(//header/p)") == "0 questions"


def test_markdown_and_json_lines(answered):
    turns = [("Who *said* it?", answered), ("And?", replace(explained(Verdict.REFUSED), understood="And who?"))]
    text = transcript(turns, "md")
    assert "## Who \\*said\\* it?\n" in text
    assert f"> {answered.citations[0].text}" in text
    assert "**No answer in what was searched.** The article never mentions “kimchi”." in text
    assert "Understood as: And who?" in text
    rows = transcript(turns, "jsonl").splitlines()
    assert [reply_from_dict(json.loads(row)) for row in rows] == [reply for _, reply in turns]
    assert transcript(turns, "html") == conversation_page(turns)
    assert transcript([], "jsonl") == ""
    with pytest.raises(ValueError, match="html, md, jsonl"):
        transcript(turns, "pdf")


# --- the command line -------------------------------------------------------------------


@pytest.fixture
def folder(library):
    (library / "port.txt").write_text(STORY)
    return library


def test_read_writes_a_page(folder, story, capsys):
    assert run(["read", "--from", "port.txt", "--question", "Who said that nobody was hurt?"]) == 0
    name = capsys.readouterr().out.strip()
    assert name == f"{story.id}.html"
    page = html.fromstring(Path(name).read_text())
    assert page.xpath("//mark")
    assert run(["read", "--from", "port.txt", "-o", "-"]) == 0
    assert html.fromstring(capsys.readouterr().out).xpath("//article")
    assert run(["read", "--from", "port.txt", "-o", "-", "--question", "What is the recipe for kimchi?"]) == 1
    assert "never mentions" in capsys.readouterr().out


def test_read_finds_the_article(folder, story, capsys):
    newer = Article.from_text(STORY.replace("40", "41"), Metadata(story="port", lead=3))
    other = Article.from_text(
        "Frost ruins vines\n\nCALDER, April 2 (Tern Agency) -- Frost ruined the vines on Monday.\n"
    )
    with open_index(f"disk:{folder / 'library'}") as index:
        index.add([replace(story, story="port"), newer, other])
    assert run(["read", story.id[:8], "-o", "-", "--question", "How many ships are handled?"]) == 0
    assert "has been superseded" in capsys.readouterr().out
    assert run(["read", "-o", "-", "--question", "What ruined the vines?"]) == 0
    assert "Frost ruins vines" in capsys.readouterr().out
    assert run(["read"]) == 2
    assert run(["read", "--question", "What is the recipe for kimchi?"]) == 2
    assert run(["read", "zzz"]) == 3
    assert run(["read", story.id, "-o", str(folder / "no" / "x.html")]) == 3


@pytest.mark.parametrize("opens", [True, False])
def test_read_opens_the_browser(folder, capsys, monkeypatch, opens):
    asked = []
    monkeypatch.setattr("webbrowser.open", lambda address: asked.append(address) or opens)
    assert run(["read", "--from", "port.txt", "--open", "-o", "x.html"]) == 0
    assert asked == [(folder / "x.html").as_uri()]
    assert ("no browser" in capsys.readouterr().err) is not opens


@pytest.mark.parametrize("ending", [".html", ".md", ".jsonl", ".HTML"])
def test_chat_keeps_a_transcript(folder, capsys, monkeypatch, ending):
    name = f"talk{ending}"
    talk = b"Who said that nobody was hurt?\n/cite 1\nWhat is the recipe for kimchi?\n/quit\nWho?\n"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(talk)))
    assert run(["chat", "--from", "port.txt", "--transcript", name]) == 0
    assert "Nobody was hurt" in capsys.readouterr().out
    text = (folder / name).read_text()
    if ending == ".jsonl":
        asked = [json.loads(row)["question"] for row in text.splitlines()]
        assert asked == ["Who said that nobody was hurt?", "What is the recipe for kimchi?"]
        assert run(["verify", str(folder / name)]) == 0
    else:
        assert text.count("recipe for kimchi") == 1
        assert "Nobody was hurt" in text


@pytest.mark.parametrize("name", ["talk.pdf", "talk", "no/talk.html", "."])
def test_a_transcript_that_cannot_be_is_refused_before_the_first_question(folder, capsys, name):
    assert run(["chat", "--from", "port.txt", "--transcript", name]) == 2
    assert "--transcript" in capsys.readouterr().err


def test_a_transcript_is_kept_however_the_conversation_ends(tmp_path, answered):
    def talk():
        with keep_transcript(tmp_path / "talk.jsonl") as turns:
            turns.append(("Who?", answered))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        talk()
    assert len((tmp_path / "talk.jsonl").read_text().splitlines()) == 1
    with keep_transcript(None) as turns:
        assert turns == []
