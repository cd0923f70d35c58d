"""The reading room in a real Chromium: accessible, usable by keyboard and without a script, handier with it."""

import json

import pytest

from tests.support.chromium import browser, program, served
from tests.support.counts import lack_tool
from tests.support.room import find_violations, open_room_index, serving_room
from tests.web.conftest import DESK, TOKENS

pytestmark = pytest.mark.check

ADDED = "The museum bought a clock on Monday, its director said."


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    if not program():
        lack_tool("Chromium is not installed")
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture
def index():
    with open_room_index() as opened:
        yield opened


@pytest.fixture
def room(index, tab):
    tab.size(1280, 900)
    tab.emulate()
    with serving_room(index) as address:
        yield address


def addresses(index):
    """Return the path of every kind of page."""
    first, lead, frost = (card.id for card in index.articles())
    sentence = index.article(first).sentences[1]
    return {
        "list": "/",
        "answer": "/?q=Who+heads+the+growers%27+union%3F",
        "follow-up": "/?h=Who+is+Martin+Oduya%3F&q=What+did+he+ask+for%3F",
        "refusal": "/?q=What+did+the+bishop+sing%3F",
        "fault": "/?q=since%3Ayesterdayish+Who%3F",
        "article": f"/articles/{frost}",
        "article with answer": f"/articles/{lead}?q=What+did+she+blame%3F",
        "article with refusal": f"/articles/{lead}?q=What+did+the+bishop+sing%3F",
        "older version": f"/articles/{first}",
        "linked sentence": f"/articles/{first}?at={sentence.start}-{sentence.end}#c1",
        "changes": f"/articles/{first}/changes",
        "no changes": f"/articles/{frost}/changes",
        "not here": "/articles/zembla",
        "add": "/add",
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_on_any_page_and_each_fits_its_window(tab, room, index, scheme, width):
    tab.emulate(prefers_color_scheme=scheme)
    tab.size(width, 900, mobile=width < 500)
    found = {}
    for name, path in addresses(index).items():
        tab.open(f"{room}{path}")
        tab.run("document.querySelectorAll('details').forEach(each => { each.open = true })")
        found[name] = find_violations(tab)
        assert tab.run("document.documentElement.scrollWidth <= innerWidth"), (name, width)
        told = [event["entry"]["text"] for event in tab.named("Log.entryAdded")]
        assert [text for text in told if "responded with a status of" not in text] == [], name
    print(f"house: axe {scheme} at {width}: {len(found)} pages, {sum(map(len, found.values()))} violations")
    assert len(found) >= 14
    assert {name: rows for name, rows in found.items() if rows} == {}


def test_axe_does_find_what_is_wrong(tab):
    with served({"/": "<!doctype html><title>x</title><img src=x><p style='color:#ccc'>pale</p>"}) as (server, _):
        tab.open(f"{server}/")
        assert {"image-alt", "color-contrast", "html-has-lang"} <= {rule for rule, _, _ in find_violations(tab)}


# --- without a script -------------------------------------------------------------------


@pytest.fixture
def scriptless(tab, room):
    tab.call("Network.setBlockedURLs", urls=["*/room.js*"])
    yield room
    tab.call("Network.setBlockedURLs", urls=[])


def test_without_a_script_a_text_is_added_and_asked(tab, scriptless, index):
    tab.open(f"{scriptless}/add")
    tab.run(f"document.querySelector('textarea').value = {json.dumps(ADDED)}")
    tab.follow("document.querySelector('.add button').click()")
    assert "/articles/" in tab.run("location.pathname")
    assert ADDED in tab.run("document.querySelector('article').innerText")
    tab.run("document.querySelector('input[name=q]').value = 'What did the museum buy?'")
    tab.follow("document.querySelector('.ask button').click()")
    assert tab.run("document.querySelector('mark').innerText").startswith(ADDED)
    tab.follow("document.querySelector('a.share').click()")
    assert tab.run("document.querySelector('a.share').innerText") == "link to this sentence"
    assert tab.run("new URLSearchParams(location.search).get('at')") == f"0-{len(ADDED)}"
    assert tab.run("document.querySelector('mark:target').innerText").startswith(ADDED)


def test_without_a_script_a_follow_up_goes_on_and_the_question_before_is_asked_again(tab, scriptless):
    tab.open(f"{scriptless}/?q=Who+is+the+harbour+master%3F")
    tab.run("document.querySelector('input[name=q]').value = 'What did she blame?'")
    tab.follow("document.querySelector('.ask button').click()")
    assert "worn cable" in tab.run("document.querySelector('blockquote').innerText")
    tab.follow("document.querySelector('.earlier li a').click()")
    assert "Lena Brandt" in tab.run("document.querySelector('blockquote').innerText")


def test_no_page_of_another_site_adds_anything(tab, room, index):
    form = (
        f'<form method="post" action="{room}/add" enctype="multipart/form-data">'
        f'<textarea name="text">{ADDED}</textarea></form>'
    )
    with served({"/": form}) as (server, _):
        for foreign in (server, server.replace("127.0.0.1", "localhost")):
            tab.open(f"{foreign}/?{foreign[7]}")
            tab.follow("document.forms[0].submit()")
            assert "a page of another site may not do this" in tab.run("document.body.innerText")
    assert len(list(index.articles())) == 3


# --- with the script --------------------------------------------------------------------


def test_slash_goes_to_the_question_but_writes_where_somebody_writes(tab, room):
    tab.open(f"{room}/")
    tab.press("/", "/")
    assert tab.run("document.activeElement.name") == "q"
    assert tab.run("document.activeElement.value") == ""
    tab.press("/", "/")
    assert tab.run("document.activeElement.value") == "/"


def test_a_link_to_a_sentence_is_copied(tab, room):
    tab.call("Emulation.setFocusEmulationEnabled", enabled=True)
    tab.call("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
    tab.open(f"{room}/?q=Who+heads+the+growers%27+union%3F")
    assert tab.run("document.querySelector('a.share').innerText") == "copy link to this sentence"
    tab.run("document.querySelector('a.share').click()")
    tab.wait("document.querySelector('[role=status]').innerText === 'The link is copied.'")
    copied = tab.run("navigator.clipboard.readText()")
    assert copied.startswith(f"{room}/articles/")
    tab.open(copied)
    assert "growers" in tab.run("document.querySelector('mark:target').innerText")


DROP = """(() => {
  const transfer = new DataTransfer();
  for (const [name, words] of %s) transfer.items.add(new File([words], name));
  if (%s) transfer.setData("text/uri-list", %s);
  const event = new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true });
  document.querySelector("main").dispatchEvent(event);
})()"""


def drop(tab, files=(), link=""):
    tab.run(DROP % (json.dumps(files), json.dumps(bool(link)), json.dumps(link)))
    tab.wait("document.querySelector('.progress') && !document.querySelector('.progress[aria-busy]')")
    return tab.run("document.querySelector('.progress').innerText").split("\n")


def test_files_dropped_on_any_page_are_added_and_progress_is_told(tab, room, index):
    for number, path in enumerate(("/", "/add", f"/articles/{next(index.articles()).id}")):
        tab.open(f"{room}{path}")
        told = drop(tab, [[f"{number}.txt", f"{ADDED} It took {number} days."], ["empty.pdf", "%PDF-1.4"]])
        assert told[0] == "Added 1, failed 1"
        assert any(row.startswith("Not added. empty.pdf: ") for row in told)
        assert tab.run("document.querySelectorAll('.progress a').length") == 1
        assert find_violations(tab) == []
    assert len(list(index.articles())) == 6


def test_a_link_that_is_dropped_or_pasted_is_fetched(tab, room, index):
    tab.open(f"{room}/")
    told = drop(tab, link="http://127.0.0.1/private")
    assert told[0] == "Added 0, failed 1"
    assert "127.0.0.1" in told[1]
    tab.run(
        "(() => { const data = new DataTransfer(); data.setData('text/plain', 'http://127.0.0.1/pasted'); "
        "document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true })) })()"
    )
    tab.wait("document.querySelector('.progress').innerText.includes('pasted')")


def test_a_browser_that_has_logged_in_adds_what_is_dropped(tab, index):
    with serving_room(index, api_tokens=TOKENS) as address:
        tab.open(address.replace("://", f"://desk:{DESK}@"))
        tab.open(f"{address}/?in")
        assert drop(tab, [["a.txt", ADDED]])[0] == "Added 1, failed 0"
        tab.follow("document.querySelector('.progress a').click()")
        assert ADDED in tab.run("document.querySelector('article').innerText")


# --- looks ------------------------------------------------------------------------------


def test_the_tab_key_walks_through_all_in_order_and_shows_where_it_is(tab, room):
    tab.open(f"{room}/add")
    walked = []
    for _ in range(7):
        tab.press("Tab")
        walked.append(tab.run("document.activeElement.innerText || document.activeElement.name"))
        width = tab.run("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
        left = tab.run("document.activeElement.getBoundingClientRect().left")
        assert left >= 0
        assert width >= 2 or walked[-1] == "Skip to the text", walked[-1]
    assert walked[:6] == ["Skip to the text", "Pullquote", "Add articles", "text", "file", "Add"]


def test_print_shows_the_answer_and_its_article_and_no_controls(tab, room, index):
    lead = list(index.articles())[1].id
    tab.emulate(media="print")
    for path in (
        "/?q=What+did+she+blame%3F&h=Who+is+the+harbour+master%3F",
        f"/articles/{lead}?q=Who+blamed+a+cable%3F",
    ):
        tab.open(f"{room}{path}")
        shown = "[...document.querySelectorAll('%s')].filter(each => each.checkVisibility()).length"
        assert tab.run(shown % "form, .masthead, .skip, .strip, .share, .earlier, .why") == 0
        assert tab.run(shown % "blockquote, h2, .place") >= 3


def test_nothing_moves_for_those_who_do_not_want_it(tab, room):
    for wish, behaviour in (("no-preference", "smooth"), ("reduce", "auto")):
        tab.emulate(prefers_reduced_motion=wish)
        tab.open(f"{room}/?{wish}")
        assert tab.run("getComputedStyle(document.documentElement).scrollBehavior") == behaviour
