"""What changed between two versions; banners that lead there; links to a sentence, whatever became of it."""

import re
from html import unescape

import pytest
from lxml import html

from tests.support.replies import HARBOUR, article
from tests.support.room import open_room_index
from tests.web.conftest import READER, TOKENS, bear, serving


@pytest.fixture
def index():
    with open_room_index() as opened:
        yield opened


@pytest.fixture
def versions(index):
    return [card.id for card in index.articles()][:2]


def read(client, path):
    page = client.get(path)
    assert page.status_code == 200
    return html.fromstring(page.text)


def test_the_changes_stand_in_order_with_their_words(client, versions):
    first, lead = versions
    for key in versions:
        page = read(client, f"/articles/{key}/changes")
        assert page.xpath("//dl//a/@href") == [f"/articles/{first}", f"/articles/{lead}"]
        assert page.xpath("string(//main/p)") == "Sentences: 1 added, 1 dropped, 1 changed."
        changed, *others = page.xpath("//ol[@class='changes']/li")
        assert changed.xpath(".//del/text()") == ["Two people were"]
        assert changed.xpath(".//ins/text()") == ["Nobody was"]
        assert "hurt, said Lena Brandt" in changed.xpath("string(p[@class='words'])")
        assert sorted((each.xpath("string(p//b)"), each.xpath("string(p[2])")) for each in others) == [
            ("Added", "The crane's owner, Holm Lifting, declined to comment."),
            ("Dropped", "Police closed the road to the port."),
        ]
        for link in page.xpath("//li//a/@href"):
            assert client.get(link).text.count("<mark ") == 1


def test_banners_lead_to_the_newest_version_and_to_what_changed(client, versions):
    first, lead = versions
    old = read(client, f"/articles/{first}")
    assert "has been superseded" in old.xpath("string(//p[@role='note'])")
    assert old.xpath("//p[@role='note']//a/@href") == [f"/articles/{lead}"]
    assert old.xpath("//header//a[text()='What the newest version changed']/@href") == [f"/articles/{first}/changes"]
    new = read(client, f"/articles/{lead}")
    assert not new.xpath("//p[@role='note']")
    assert new.xpath("//header//a[text()='What changed since the version before']/@href")
    listed = read(client, "/")
    (row,) = listed.xpath("//li[span[@class='silent']]")
    assert row.xpath("a/@href") == [f"/articles/{first}"]
    assert row.xpath("string(span[@class='silent'])") == "superseded"


def test_a_story_of_one_version_has_nothing_to_compare(client, index):
    alone = list(index.articles())[2].id
    assert "changes" not in client.get(f"/articles/{alone}").text
    for key in (alone, "zembla"):
        page = client.get(f"/articles/{key}/changes")
        assert page.status_code == 404
        assert "no other version of it" in page.text


def test_what_another_collection_holds_is_not_compared(index, versions):
    with serving(index, api_tokens=TOKENS) as guarded:
        assert guarded.get(f"/articles/{versions[0]}/changes", headers=bear(READER)).status_code == 404


HELD = HARBOUR.replace("(LEAD)", "(2nd LD)").replace(
    "All News", "EMBARGOED until 2300 GMT on Sept. 11, 2999\n\nAll News"
)


def test_a_version_under_embargo_is_named_nowhere(client, index, versions):
    held = article(HELD.replace("Nobody", "Forty people"), "held.txt")
    assert held.embargo is not None
    index.add(held)
    for path in (
        "/",
        f"/articles/{versions[0]}",
        f"/articles/{versions[0]}/changes",
        f"/articles/{versions[1]}/changes",
    ):
        assert held.id not in client.get(path).text
        assert "Forty" not in client.get(path).text
    assert "3 articles" in client.get("/").text
    for path in (f"/articles/{held.id}", f"/articles/{held.id}/changes", f"/articles/{held.id}?at=0-1"):
        assert client.get(path).status_code == 404


# --- links to a sentence ----------------------------------------------------------------


def marked(page):
    return [unescape(each) for each in re.findall(r'<mark id="c1">(.*?)<sup>', page)]


def test_each_answer_has_a_link_that_marks_its_sentence(client, index):
    reply = index.ask("Who heads the growers' union?")
    page = client.get("/", params={"q": reply.question}).text
    link = unescape(re.search(r'<a class="share" href="([^"]+)"', page)[1])
    cited = reply.citations[0]
    assert link == f"/articles/{cited.article_id}?at={cited.start}-{cited.end}#c1"
    shown = client.get(link).text
    assert marked(shown) == [cited.text]
    assert "The linked sentence" in shown
    asked = client.get(f"/articles/{cited.article_id}", params={"q": reply.question}).text
    assert link in unescape(asked)


@pytest.mark.parametrize("at", ["", "x", "0", "0-", "0-3", "5-2", "-1-4", "99999-100000", "9" * 30 + "-4", "0-1;2"])
def test_a_link_that_points_at_no_sentence_says_so(client, versions, at):
    page = client.get(f"/articles/{versions[1]}", params={"at": at})
    assert page.status_code == 200
    assert "No sentence stands where this link points" in page.text
    assert "<mark" not in page.text


def test_a_link_tells_what_became_of_its_sentence(client, index, versions):
    first, lead = map(index.article, versions)
    for sentence in first.sentences:
        words = first.quote(sentence)
        page = client.get(f"/articles/{first.id}?at={sentence.start}-{sentence.end}").text
        assert marked(page) == [words]
        if words in lead.text:
            (address,) = re.findall(r'<a href="([^"]+)">still stands in the newest version</a>', page)
            assert marked(client.get(address).text) == [words]
        else:
            assert "The newest version no longer has the linked sentence." in page
    gone = client.get(f"/articles/{'0' * 20}?at=0-10")
    assert gone.status_code == 404
    assert "The text that this link quotes is not here" in gone.text
