"""Which version of a story may speak: four cases, told alike by command line, reading page, console and Telegram.

In each case a reply was saved while the first filing was alone; what verification makes of it afterwards is what a
question gets: refused as withdrawn, answered by a newer version, or answered as before.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from lxml import html

from bot.cli import run as run_cli
from bot.conversation.commands import read
from bot.conversation.dialogue import Changes, Details, Listing
from bot.conversation.openers import suggest_openers
from bot.conversation.perform import perform
from bot.conversation.state import State
from bot.pages.lines import render_plain
from bot.pages.render import render
from bot.telegram.screens.wording import wording
from index import Article, Filter, Index, open_index
from index.stories import Silence
from tests.support.telegram_chat import Bot, labels, texts

QUESTION = "How many ferries left at noon?"
ONLY_IN_THE_SECOND = "What did the mayor promise?"


def version(tag: str, clock: str, ferries: str, more: str = "", note: str = "") -> str:
    """Return a version of the story as a wire sends it; the number of ferries tells which one it is."""
    head = f"{tag} Port reopens after storm\n\nAll News {clock} May 3, 2023\n\n{f'{note}{chr(10) * 2}' if note else ''}"
    body = f"The harbour of Port Ada reopened on Wednesday. {ferries} ferries left at noon. {more}".strip()
    return f"{head.strip()}\n\nPORT ADA, May 3 (Tern Wire) -- {body}\n"


MAYOR = "Mayor Lena Brandt promised a higher wall."
FIRST = version("", "10:00", "Two")
KILL = version("(KILL)", "15:00", "No")
CORRECTED = version("(CORRECTED)", "15:00", "Three")
HELD = version("(LEAD)", "14:00", "Three", MAYOR, "EMBARGOED until 2300 GMT on Wednesday, Sept. 11, 2999")
SECOND = version("(LEAD)", "14:00", "Three", MAYOR)
THIRD = version("(2nd LD)", "16:00", "Four", MAYOR)


@dataclass(frozen=True)
class Case:
    """Versions in the order in which they come, which of them answers then, and what is told of the first."""

    later: tuple[str, ...]
    speaks: int | None
    outcome: str
    banner: str
    silent: tuple[str, ...]

    @property
    def ids(self) -> list[str]:
        """The ids of all versions, the first among them."""
        return [Article.from_text(text).id for text in (FIRST, *self.later)]


CASES = {
    "killed": Case((KILL,), None, "withdrawn", "This story has been withdrawn.", ("withdrawn", "withdrawn")),
    "corrected": Case((CORRECTED,), 1, "superseded", "This version has been superseded.", ("superseded", "")),
    "embargoed": Case((HELD,), 0, "verified", "", ("", "embargoed")),
    "three": Case(
        (SECOND, THIRD), 2, "superseded", "This version has been superseded.", ("superseded", "superseded", "")
    ),
}
CASE = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def compared(text: str) -> tuple[str, str]:
    """Return the numbers of ferries of the two versions that a comparison shows, the older first."""
    old, new = (word for word in text.split() if word in ("Two", "Three", "Four", "No"))
    return old, new


def silence_in(row: str) -> str:
    """Return what a line of a list says of why the article answers nothing."""
    return next((silence.value for silence in Silence if f" · {silence.value}" in row), "")


def names_nothing(case: Case, *told: str) -> bool:
    """Tell whether the held version is named nowhere: not by its id, its lead, its embargo, or its words."""
    held = case.ids[1]
    words = (held, held[:8], "LEAD", "14:00", "embargo", "2999", "Three ferries", "Brandt")
    return case is not CASES["embargoed"] or not any(word in text for word in words for text in told)


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command line in a folder of its own: exit code, and all that is printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PULLQUOTE_INDEX", f"disk:{tmp_path / 'library'}")

    def call(*arguments: str) -> tuple[int, str]:
        code = run_cli(list(arguments))
        out, err = capsys.readouterr()
        return code, out + err

    return call


def fill(run: Run, case: Case) -> None:
    """Save a reply that cites the first filing, then add the versions that come later."""
    Path("0.txt").write_text(FIRST, encoding="utf-8")
    run("add", "0.txt")
    Path("reply.json").write_text(run("ask", "--json", QUESTION)[1], encoding="utf-8")
    for number, text in enumerate(case.later, 1):
        Path(f"{number}.txt").write_text(text, encoding="utf-8")
        run("add", f"{number}.txt")


@CASE
def test_the_command_line(case: Case, run: Run) -> None:
    fill(run, case)
    code, verified = run("verify", "reply.json")
    assert verified.split()[0] == case.outcome
    assert code == (0 if case.outcome == "verified" else 1)
    asked = json.loads(run("ask", "--json", QUESTION)[1])
    cited = [passage["article"]["id"] for passage in asked["passages"]]
    assert cited[:1] == ([] if case.speaks is None else [case.ids[case.speaks]])
    if case.speaks is None:
        assert "was withdrawn by Tern Wire" in asked["reason"]
    elif case.speaks:
        assert f"version {case.ids[case.speaks]} is newer" in verified
    rows = run("list")[1].splitlines()
    assert tuple(map(silence_in, rows)) == case.silent
    assert names_nothing(case, verified, json.dumps(asked), rows[0], run("ask", ONLY_IN_THE_SECOND)[1])
    cite_code, cite = run("cite", "reply.json")
    assert "Two ferries left at noon" in cite
    assert cite_code == 0
    assert (case.outcome in cite) == (case.outcome != "verified")


@CASE
def test_the_comparison_of_the_command_line(case: Case, run: Run) -> None:
    fill(run, case)
    alone = run("diff", case.ids[0][:8])
    if case is CASES["embargoed"]:
        assert run("diff", "port reopens") == alone
        assert alone[0] == 2
        assert "There is one version of" in alone[1]
        assert names_nothing(case, alone[1])
        assert compared(run("diff", case.ids[1])[1]) == compared(run("diff", "port", "0", "1")[1]) == ("Two", "Three")
        assert run("diff", case.ids[0], "0", "7") == alone
    elif case is CASES["three"]:
        assert compared(alone[1]) == ("Two", "Four")
        for story in (case.ids[1], case.ids[2], "port reopens"):
            assert compared(run("diff", story)[1]) == ("Three", "Four")
    else:
        newest = "No" if case.speaks is None else "Three"
        for story in (case.ids[0], case.ids[1], "port reopens"):
            assert compared(run("diff", story)[1]) == ("Two", newest)


@CASE
def test_the_reading_page(case: Case, run: Run) -> None:
    fill(run, case)
    shown = run("read", case.ids[0], "-o", "-")[1]
    banner = html.fromstring(shown).xpath("string(//p[@role='note'])")
    assert banner.startswith(case.banner)
    assert bool(banner) == bool(case.banner)
    assert names_nothing(case, shown)
    if banner:
        assert case.ids[-1] in banner
    named = html.fromstring(run("read", case.ids[1], "-o", "-")[1]).xpath("string(//p[@role='note'])")
    assert (
        named.strip()
        == {
            "killed": "This story has been withdrawn.",
            "corrected": "",
            "embargoed": "This version is under embargo until 2999-09-11 23:00.",
            "three": f"This version has been superseded. The newest is “Port reopens after storm” ({case.ids[-1]}).",
        }[next(name for name, one in CASES.items() if one is case)]
    )


@pytest.fixture
def index() -> Iterator[Index]:
    with open_index("memory:") as index:
        index.add(Article.from_text(FIRST))
        yield index


def say(index: Index, *messages: str) -> object:
    state, output = State(), None
    for message in messages:
        state, output = perform(index, state, read(state, message))
    return output


def shown(output: object) -> str:
    return render_plain(render(output))


@CASE
def test_the_console(case: Case, index: Index) -> None:
    index.add([Article.from_text(text) for text in case.later])
    answer = shown(say(index, QUESTION))
    about = say(index, "/use 1", "/article")
    assert isinstance(about, Details)
    rows = shown(say(index, "/articles")).splitlines()[1::2]
    assert tuple(map(silence_in, rows)) == case.silent
    if case.speaks is None:
        assert "was withdrawn by Tern Wire" in answer
        assert "status     withdrawn, so nothing of it is cited" in shown(about)
    else:
        assert f"{('Two', 'Three', 'Four')[case.speaks]} ferries left at noon" in answer
    assert (about.newer.id if about.newer else None) == (case.ids[-1] if case.outcome != "verified" else None)
    diff_of_first = say(index, "/diff 1")
    assert names_nothing(case, answer, shown(about), shown(diff_of_first), shown(say(index, ONLY_IN_THE_SECOND)))
    if case is CASES["three"]:
        assert ferries(diff_of_first) == ("Two", "Four")
        for message in ("/diff 2", "/diff 3", "/diff Port reopens"):
            assert ferries(say(index, message)) == ("Three", "Four")
    if case is CASES["embargoed"]:
        assert "There is one version of" in shown(diff_of_first)
        assert shown(say(index, "/diff Port reopens")) == shown(diff_of_first)
        assert ferries(say(index, "/diff 2")) == ferries(say(index, "/use 2", "/diff")) == ("Two", "Three")
        assert "status     under embargo until 2999-09-11 23:00" in shown(say(index, "/use 2"))
        assert "under embargo" in shown(say(index, "/use 2", ONLY_IN_THE_SECOND))  # who names it is told why


def ferries(output: object) -> tuple[str, str]:
    assert isinstance(output, Changes)
    return compared(shown(output))


@CASE
def test_openers_are_of_the_version_that_speaks(case: Case, index: Index) -> None:
    index.add([Article.from_text(text) for text in case.later])
    questions = suggest_openers(index, Filter())
    assert bool(questions) == (case.speaks is not None)
    for question in questions:
        assert index.ask(question).citations[0].article_id == case.ids[case.speaks or 0]


@pytest.fixture
def bot() -> Iterator[Bot]:
    bot = Bot(articles=(FIRST,))
    yield bot
    bot.close()


@CASE
def test_telegram(case: Case, bot: Bot) -> None:
    (answer,) = bot.says(QUESTION)
    bot.index.add([Article.from_text(text) for text in case.later])
    verified = bot.presses(wording.VERIFY, answer)[-1].text
    if case.outcome == "verified":
        assert verified == wording.VERIFIED_ALL.format(count=1)
    else:
        assert verified.startswith(wording.VERIFIED_SOME.format(bad=1, count=1))
        assert wording.FOUND[case.outcome].partition("{title}")[2] in verified
    asked = "".join(texts(bot.says(QUESTION)))
    if case.speaks is None:
        assert "was withdrawn by Tern Wire" in asked
    else:
        assert f"{('Two', 'Three', 'Four')[case.speaks]} ferries left at noon" in asked
    (listing,) = bot.says("/articles")
    rows = listing.text.splitlines()[1::2]
    assert tuple(map(silence_in, rows)) == case.silent
    chosen = bot.presses("1", listing)[-1]
    assert (wording.NEWER in labels(chosen)) == (case is not CASES["embargoed"])
    assert ("newer" in chosen.text) == (case.outcome != "verified")
    assert bot.says("/article")[0].text == chosen.text
    told = texts(bot.says("/diff 1")) + texts(bot.says(ONLY_IN_THE_SECOND))
    assert names_nothing(case, asked, verified, chosen.text, rows[0], *told)


@pytest.mark.parametrize(
    ("name", "command", "pair"),
    [
        ("three", "/diff 1", ("Two", "Four")),
        ("three", "/diff 2", ("Three", "Four")),
        ("three", "/diff 3", ("Three", "Four")),
        ("three", "/diff Port reopens", ("Three", "Four")),
        ("corrected", "/diff 1", ("Two", "Three")),
        ("corrected", "/diff 2", ("Two", "Three")),
        ("killed", "/diff 1", ("Two", "No")),
        ("embargoed", "/diff 1", None),
        ("embargoed", "/diff Port reopens", None),
        ("embargoed", "/diff 2", ("Two", "Three")),
    ],
)
def test_telegram_compares_what_the_console_compares(
    bot: Bot, index: Index, name: str, command: str, pair: tuple[str, str] | None
) -> None:
    later = [Article.from_text(text) for text in CASES[name].later]
    index.add(later)
    bot.index.add(later)
    (call,) = bot.says(command)
    output = say(index, command)
    if pair is None:
        assert call.text == wording.DIFF_ONE.format(title="Port reopens after storm")
        assert not isinstance(output, Changes)
        return
    assert compared(call.text) == ferries(output) == pair
    number = command.removeprefix("/diff ")
    if number.isdigit():
        (listing,) = bot.says("/articles")
        card = bot.presses(number, listing)[-1]
        assert compared(bot.presses(wording.NEWER, card)[-1].text) == pair
        assert compared(bot.says("/diff")[0].text) == pair


def test_several_stories_are_listed_before_they_are_compared(bot: Bot) -> None:
    bot.index.add([Article.from_text(text) for text in (SECOND, version("", "10:00", "Two").replace("ADA", "IDO"))])
    (call,) = bot.says("/diff Port")
    assert call.text.startswith("Several match")


def test_an_older_version_that_is_added_later_is_not_called_newer(bot: Bot) -> None:
    bot.index.add(Article.from_text(THIRD))
    calls = bot.update(
        message=bot.message(SECOND, forward_origin={"type": "hidden_user", "date": 1, "sender_user_name": "x"})
    )
    assert wording.NEWER_OF not in calls[-1].text


def test_a_filter_narrows_the_list_but_a_withdrawal_outside_it_counts(index: Index) -> None:
    index.add(Article.from_text(KILL))
    within = Filter(until=Article.from_text(KILL).published)
    _, listing = perform(index, State(within), read(State(within), "/articles"))
    assert isinstance(listing, Listing)
    assert [card.lead for _, card in listing.entries] == [0]
    assert "withdrawn" in shown(listing)
