"""Forged replies and annotations: whatever is changed in a true record, verification sees it or names it as unchecked.

The records are of every shape that the program writes: answers, close passages and refusals, with and without link,
speaker, dates, versions, explanation and follow-up; annotations; and replies that earlier releases saved.
"""

import json
from copy import deepcopy
from datetime import datetime
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from bot.cli import run
from bot.conversation.originals import Originals
from index import Article, Verdict, load_article, open_index
from index.citations import Outcome, cite, list_unchecked, verify
from index.forms.serial import reply_to_dict
from index.model import Metadata, Status
from tests.support.paths import SEEDS
from tests.support.replies import HARBOUR, VINEYARD

FILES = {path.name for path in SEEDS.glob("*.txt")} | {"vineyard.txt"}
EARLIER = Path(__file__).with_name("earlier_replies.jsonl")
QUESTIONS = (
    "Who said that nobody was hurt?",
    "How many people were taken to safety?",
    "How old is Kim Eun-hye?",
    "What is the recipe for kimchi?",
    "Who asked the province for help?",
)


@cache
def archive():
    """The seeds and two stories with pages of their own, one of them corrected."""
    index = open_index("memory:")
    index.add([load_article(str(path)) for path in sorted(SEEDS.glob("*.txt"))])
    page = {
        "url": "https://news.example/harbour?id=7#story",
        "byline": "Ida Fenn",
        "published": datetime(2024, 3, 14, 9),
    }
    index.add(Article.from_text(HARBOUR, Metadata(**page), source="https://news.example/harbour?id=7"))
    corrected = Metadata(status=Status.CORRECTED, note="corrects the name of the union", url="https://vine.example/")
    index.add(Article.from_text(VINEYARD, corrected, source="folder/vineyard.txt"))
    return index


@cache
def shelf():
    return Originals(archive())


def check(record):
    return verify(record, shelf().find, shelf().stand)


def holds(record):
    """Tell whether `pullquote verify` would end with exit code 0."""
    return {finding.outcome for finding in check(record)} <= {Outcome.VERIFIED}


@cache
def replies():
    found = [reply_to_dict(archive().ask(question, explain=at == 2)) for at, question in enumerate(QUESTIONS)]
    found.append(reply_to_dict(archive().ask("What did she blame?", QUESTIONS[:1])))
    return [json.loads(json.dumps(form)) for form in found]


@cache
def annotations():
    asked = archive().ask(QUESTIONS[0]), archive().ask(QUESTIONS[1])
    pairs = [(archive().article(reply.citations[0].article_id), reply.citations[0]) for reply in asked]
    cards = [(article.card, citation) for article, citation in pairs]  # without the words around
    return [json.loads(cite(article, citation, "annotation")) for article, citation in (*pairs, *cards)]


@cache
def earlier():
    return [json.loads(line) for line in EARLIER.read_text().splitlines()]


def test_every_true_record_holds_and_the_shapes_are_all_there():
    asked = replies()
    assert {form["verdict"] for form in asked} == set(Verdict)
    cited = [citation for form in asked for passage in form["passages"] for citation in passage["citations"]]
    assert any(":~:" in (each["url"] or "") for each in cited)
    assert any(each["speaker"] for each in cited)
    assert any(each["notes"] for each in cited)
    assert any(form["understood"] for form in asked)
    assert any("explain" in form for form in asked)
    assert any(len(form["passages"]) > 1 for form in asked)
    for record in (*asked, *annotations()):
        assert holds(record), check(record)


def test_what_earlier_releases_saved_still_holds():
    records = earlier()
    assert {record["verdict"] for record in records} == set(Verdict)
    assert any(passage["article"]["lead"] for record in records for passage in record["passages"])
    assert [check(record) for record in records if not holds(record)] == []


# --- every field of every record, changed ------------------------------------------------


def paths(value, path=()):
    """Yield the path of each value; what is inside of what is unchecked as a whole is passed over."""
    yield path
    if path in (("explain",), ("reason_values",)):
        return
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from paths(item, (*path, key))


def at(record, path):
    for key in path:
        record = record[key]
    return record


def put(record, path, value):
    copy = deepcopy(record)
    at(copy, path[:-1])[path[-1]] = value
    return copy


def drop(record, path):
    copy = deepcopy(record)
    del at(copy, path[:-1])[path[-1]]
    return copy


def change(value):
    """Other values that could stand in its place, none of which says less."""
    match value:
        case bool():
            return [not value]
        case str() if value.isascii() and value.strip():
            return [
                f"{value} Reuters",
                value[:-1],
                value[1:],
                f"x{value[1:]}",
                *([] if value[0].isdigit() else [value.swapcase()]),
            ]
        case str():
            return [f"{value}Reuters"]
        case int():
            return [value + 1, value - 1, value + 1_000_000, -value - 1, float(value), str(value)]
        case float():
            return [value / 2 + 0.01, 7.5]
        case None:
            return ["Reuters", 7, {"text": "Reuters", "start": 0, "end": 7}]
        case list():
            return [[*value, "Reuters"], [*value, 7], [*value, {"start": 0, "end": 1, "date": "1999"}]]
    return [{**value, "claim": "The mayor took the money."}]


def forge(record):
    """Yield the path and the record for each change of each field."""
    for path in paths(record):
        if not path:
            yield ("claim",), {**record, "claim": "The mayor took the money."}
            continue
        value = at(record, path)
        yield from (
            (path, put(record, path, other))
            for other in change(value)
            if other != value or type(other) is not type(value)
        )


def swap(record):
    """Yield the records in which two citations, two passages or two articles have changed one value with each other."""
    found = {}
    for path in paths(record):
        named = tuple("*" if isinstance(key, int) else key for key in path)
        if path and named[0] in ("passages", "target"):
            found.setdefault(named, []).append(path)
    for same in found.values():
        for first, second in pairwise(same):
            one, other = at(record, first), at(record, second)
            if one != other and isinstance(second[-1], str):
                yield second, put(put(record, first, other), second, one)


def is_named(record, path):
    """Tell whether the record's outcome names the field as unchecked."""
    named = list_unchecked(record)
    if path[-1] == "source" and "folder of source" in named:
        return at(record, path).rpartition("/")[2] in FILES
    return any(key in named for key in path)


def find_believed(records, forgers):
    """Return the forged fields that verification believed, and how many forgeries were tried."""
    tried, believed = 0, []
    for record in records:
        for forger in forgers:
            for path, forged in forger(record):
                tried += 1
                if not is_named(forged, path) and holds(forged):
                    believed.append((path, at(forged, path[:-1])))
    return tried, believed


@pytest.mark.parametrize("kind", [replies, annotations, earlier], ids=lambda kind: kind.__name__)
def test_whatever_is_changed_in_a_true_record_is_seen_or_named(kind):
    tried, believed = find_believed(kind(), (forge, swap))
    assert believed == []
    assert tried > 300
    print(f"abuse: {tried} changed fields of {kind.__name__}, 0 believed")


@pytest.mark.parametrize("kind", [replies, annotations], ids=lambda kind: kind.__name__)
def test_what_is_left_out_is_missed_or_says_nothing(kind):
    """A record may say less, but no key that says something by its absence may be missing."""
    told = {"lead", "status", "text", "start", "end", "exact", "sha256", "id"}
    for record in kind():
        for path in paths(record):
            if path and path[-1] in told and path != ("id",) and path[:2] != ("target", 1):
                assert not holds(drop(record, path)), path


# --- the forgeries by name ----------------------------------------------------------------


def harbour():
    return deepcopy(replies()[0])


def edit(function):
    record = harbour()
    function(record, record["passages"][0], record["passages"][0]["article"], record["passages"][0]["citations"][0])
    return record


def invent_passage(record, passage, card, citation):
    made = deepcopy(passage) | {"text": "The mayor took the money.", "start": 10, "end": 35, "citations": []}
    made["article"] |= {"sha256": "b" * 64, "id": "b" * 20}
    record["passages"].append(made)


def cut_passage(record, passage, card, citation):
    passage["end"] -= 9
    passage["text"] = passage["text"][:-9]


def move_everywhere(record, passage, card, citation):
    card["url"] = card["url"].replace("news.example", "evil.example")
    citation["url"] = citation["url"].replace("news.example", "evil.example")


def show_headline(record, passage, card, citation):
    title = card["title"]
    start = HARBOUR.index(title)
    passage |= {"text": title, "start": start, "end": start + len(title), "citations": []}


NAMED = {
    "another title": lambda r, p, a, c: a.update(title="Mayor takes the money"),
    "another agency": lambda r, p, a, c: a.update(agency="Reuters"),
    "another date": lambda r, p, a, c: a.update(published="1999-01-01T00:00:00"),
    "another author": lambda r, p, a, c: a.update(byline="Robert Capa"),
    "another source": lambda r, p, a, c: a.update(source="https://reuters.example/leak"),
    "another file": lambda r, p, a, c: a.update(source="leak.txt"),
    "another page": lambda r, p, a, c: a.update(url="https://reuters.example/"),
    "another page and link": move_everywhere,
    "a link to other words": lambda r, p, a, c: c.update(url=c["url"].partition(":~:")[0] + ":~:text=The%20port%20of"),
    "another speaker": lambda r, p, a, c: c.update(
        speaker={"text": "Holm Lifting", "start": HARBOUR.index("Holm"), "end": HARBOUR.index("Holm") + 12}
    ),
    "a date that was not meant": lambda r, p, a, c: c["notes"].append(
        {"start": c["start"], "end": c["start"] + 6, "date": "1999"}
    ),
    "a note of one's own": lambda r, p, a, c: c["notes"].append({"note": "He was later arrested."}),
    "corrected, though it is not": lambda r, p, a, c: a.update(status="corrected"),
    "another version": lambda r, p, a, c: a.update(lead=3),
    "more sentences": lambda r, p, a, c: a.update(length=99),
    "other paragraphs": lambda r, p, a, c: p.update(paragraphs=[7]),
    "invented words in a passage of an unknown article": invent_passage,
    "a passage cut in mid-sentence": cut_passage,
    "a headline as a passage": show_headline,
    "another key": lambda r, p, a, c: c.update(context="He lied."),
    "a target beside the passages": lambda r, p, a, c: r.update(target=annotations()[0]["target"]),
    "a refusal that shows passages": lambda r, p, a, c: r.update(verdict="refused"),
    "an answer that shows none": lambda r, p, a, c: r.update(passages=[]),
    "a citation outside its passage": lambda r, p, a, c: (
        r["passages"][-1]["citations"].append(deepcopy(c))
        if len(r["passages"]) > 1
        else p.update(start=p["start"], citations=[{**c, "start": 0}])
    ),
}


@pytest.mark.parametrize("name", NAMED)
def test_a_forged_reply_does_not_hold(name):
    assert holds(harbour())
    assert not holds(edit(NAMED[name])), name


def annotate(start, end, **changed):
    """An annotation of any span of the harbour story, as `cite` would write it."""
    record = deepcopy(annotations()[0])
    targets = record["target"]
    targets[0]["selector"][0] |= {"start": start, "end": end}
    for target in targets:
        target["selector"][-1] |= {"exact": HARBOUR[start:end]}
        target["selector"][-1].pop("prefix", None)
        target["selector"][-1].pop("suffix", None)
    record.pop("id")
    return record | changed


def span(words):
    return HARBOUR.index(words), HARBOUR.index(words) + len(words)


def test_an_annotation_quotes_a_whole_sentence_of_the_body_and_says_nothing_else():
    whole = span("The port handles 40 ships a week.")
    assert holds(annotate(*whole))
    assert not holds(annotate(*span("handles 40 ships")))  # half a sentence
    assert not holds(annotate(*span("Nobody was hurt, said Lena Brandt, the harbour master. She blamed")))
    first, last = span("Nobody was hurt, said Lena Brandt"), span("inspectors had noticed in January.")
    assert not holds(annotate(first[0], last[1]))  # two of them
    assert not holds(annotate(*span("Port of Eastmoor closes after crane falls")))  # the headline
    assert not holds(annotate(*span("(END)")))  # furniture
    assert not holds(annotate(*whole, body={"type": "TextualBody", "value": "This was a lie."}))
    two = annotate(*whole)
    two["target"].append(deepcopy(two["target"][0]))
    assert holds(two)  # the same said twice
    two["target"][2]["selector"][1]["exact"] = "The port took the money."
    assert not holds(two)
    elsewhere = annotate(*whole)
    elsewhere["target"][1]["source"]["id"] = "https://reuters.example/"
    assert not holds(elsewhere)


def test_a_file_that_was_moved_is_the_same_source_and_an_address_is_not():
    record = reply_to_dict(archive().ask(QUESTIONS[4]))
    for source, same in (("vineyard.txt", True), ("C:\\old\\vineyard.txt", True), ("-", True), ("wine.txt", False)):
        record["passages"][0]["article"]["source"] = source
        assert holds(record) is same, source
    at_home = harbour()
    at_home["passages"][0]["article"]["source"] = "https://mirror.example/harbour?id=7"
    assert not holds(at_home)


def test_the_words_around_are_reported_once():
    record = edit(cut_passage)
    assert [(finding.outcome, finding.number) for finding in check(record)][-1] == (Outcome.ORPHANED, None)
    (first, *_) = check(edit(NAMED["another title"]))
    assert first.outcome is Outcome.MISSTATED
    assert "it gives Mayor takes the money as the title; the article has Port of Eastmoor" in first.detail


def test_a_passage_without_citations_is_reported_by_itself():
    def add_passage(record, passage, card, citation):
        record["passages"].append(deepcopy(passage) | {"citations": []})

    record = edit(add_passage)
    assert [(finding.outcome, finding.number) for finding in check(record)][-1] == (Outcome.VERIFIED, None)
    record["passages"][-1]["article"]["title"] = "Mayor takes the money"
    assert [(finding.outcome, finding.number) for finding in check(record)][-1] == (Outcome.MISSTATED, None)


def test_what_is_wrong_is_said_plainly():
    (finding,) = check(annotations()[0])
    assert finding.number == 1
    (first, *_) = check(edit(NAMED["a refusal that shows passages"]))
    assert first.detail == "its verdict is “refused”, but it shows passages"
    (first, *_) = check(edit(lambda r, p, a, c: r.update(passages=[], verdict="related")))
    assert first.detail == "its verdict is “related”, but it shows none"
    (first, *_) = check(edit(NAMED["an answer that shows none"]))
    assert first.detail == "it claims an answer but cites nothing"
    for name, words in (
        (
            "another source",
            "it names https://reuters.example/leak as the source; the article comes from https://news.ex",
        ),
        ("another version", "it gives version 3; the article is version 1"),
        ("another speaker", "it names “Holm Lifting” as the speaker, the article names “Lena Brandt"),
        ("a note of one's own", "its notes say more than the words and the date of the article do"),
        ("a link to other words", "its link does not lead to these words of the article"),
        ("other paragraphs", "it counts the paragraphs as 7, the article as "),
        ("another key", "it also says “passages[0].citations[0].context”, which cannot be checked here"),
    ):
        found = check(edit(NAMED[name]))
        assert any(words in finding.detail for finding in found), (name, found)


def test_a_finding_is_short_however_much_the_record_says():
    for name in ("title", "byline", "source"):
        (first, *_) = check(edit(lambda r, p, a, c, name=name: a.update({name: "x" * 100_000})))
        assert first.outcome is Outcome.MISSTATED
        assert len(first.detail) < 300


# --- the command line ---------------------------------------------------------------------


def test_the_outcome_names_what_was_not_checked(library_of_harbour, capsys):
    assert run(["verify", "r.json"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("verified")
    assert "1 record: 1 verified; not checked: question, verdict, confidence, reason, reason_code" in err
    assert run(["verify", "r.json", "--json"]) == 0
    row = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (row["outcome"], "confidence" in row["unchecked"]) == ("verified", True)


def test_a_key_that_stands_twice_is_not_read(library_of_harbour, capsys):
    file = library_of_harbour / "r.json"
    file.write_text(file.read_text().replace('"text":', '"text": "The mayor took the money.", "text":', 1))
    assert run(["verify", "r.json"]) == 1
    assert "the key “text” stands twice in one object" in capsys.readouterr().out
    assert run(["cite", "r.json"]) == 1


def test_cite_writes_no_citation_that_is_misstated(library_of_harbour, capsys):
    file = library_of_harbour / "r.json"
    record = json.loads(file.read_text())
    for passage in record["passages"]:
        passage["article"]["agency"] = "Reuters"
    file.write_text(json.dumps(record))
    assert run(["cite", "r.json"]) == 1
    out, err = capsys.readouterr()
    assert (out, "misstated" in err) == ("", True)


@pytest.fixture
def library_of_harbour(library, capsys):
    (library / "port.txt").write_text(HARBOUR)
    assert run(["ask", "--from", "port.txt", "--json", "How many ships does the port handle a week?"]) == 0
    (library / "r.json").write_text(capsys.readouterr().out)
    return library
