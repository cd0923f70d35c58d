"""What verification makes of honest, changed, forged and broken records; by value and by the command line."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli import run
from bot.conversation.originals import Originals
from index import Article, Filter, Verdict, open_index
from index.citations import Outcome, cite, verify
from index.citations.links import deep_link, note_page_only
from index.citations.statements import compare_card
from index.forms.serial import reply_to_dict
from index.model import Citation, Metadata, Reply, ShownPassage, Span, Status, hash_text, make_article_id
from index.stories import Standing
from index.verdicts import Reason

STORY = """Port of Eastmoor closes after crane falls

EASTMOOR, March 14 (Tern Agency) -- The port of Eastmoor closed on Thursday after a crane fell on a quay.

Nobody was hurt, said Lena Brandt, the harbour master. She blamed a worn cable that inspectors had noticed in January.

The port handles 40 ships a week.
"""
QUESTION = "Who said that nobody was hurt?"


def article(text=STORY, **known):
    return Article.from_text(text, Metadata(**known), source="port.txt")


def reply(story, *numbers, verdict=Verdict.ANSWERED, **changed):
    """A reply that cites these sentences of the story, all in one passage."""
    cited = [story.sentences[number - 1] for number in numbers]
    citations = tuple(
        replace(Citation(story.id, story.sha256, s.paragraph, s.number, s.start, s.end, story.quote(s), 0.9), **changed)
        for s in cited
    )
    start, end = min(s.start for s in cited), max(s.end for s in cited)
    inside = [s.paragraph for s in story.sentences if start <= s.start and s.end <= end]
    paragraphs = tuple(dict.fromkeys(inside))
    passage = ShownPassage(story.card, paragraphs, start, end, story.text[start:end], 0.9, citations)
    return Reply(QUESTION, None, verdict, 0.9, Reason("It says so."), (passage,))


def among(*stories):
    """A `find` and a `stand` over these articles, as the shelf of an index has them."""
    index = open_index("memory:")
    index.add(stories)
    shelf = Originals(index)
    return shelf.find, shelf.stand


def outcomes(record, *stories):
    return [finding.outcome for finding in verify(record, *among(*stories))]


def test_an_honest_reply_is_verified_as_value_and_as_json():
    story = article()
    saved = reply(story, 2, 3)
    assert outcomes(saved, story) == [Outcome.VERIFIED] * 2
    assert outcomes(json.loads(json.dumps(reply_to_dict(saved))), story) == [Outcome.VERIFIED] * 2
    assert [finding.number for finding in verify(saved, *among(story))] == [1, 2]


def test_what_the_index_answers_is_verified(fresh_index):
    fresh_index.add(article())
    asked = fresh_index.ask(QUESTION)
    shelf = Originals(fresh_index)
    assert asked.citations
    assert {finding.outcome for finding in verify(asked, shelf.find, shelf.stand)} == {Outcome.VERIFIED}


@pytest.mark.parametrize(
    "changed",
    [
        {"text": "Nobody was hurt, said Lena Brundt, the harbour master."},
        {"text": ""},
        {"start": 0},
        {"start": -5},
        {"end": 10**9},
        {"start": 150, "end": 150, "text": ""},
        {"speaker": Span(0, 4, "Lena")},
        {"url": "javascript:alert(1)"},
        {"url": "https://elsewhere.example/#:~:text=x"},
    ],
)
def test_a_changed_citation_is_forged(changed):
    story = article(url="https://news.example/port")
    assert outcomes(reply(story, 2, **changed), story) == [Outcome.FORGED]


def test_the_forged_are_told_where_the_words_really_stand():
    story = article()
    (finding,) = verify(reply(story, 2, start=3, end=57), *among(story))
    assert finding.outcome is Outcome.FORGED
    assert f"they are at {story.sentences[1].start}" in finding.detail
    assert finding.offered is None


def test_words_that_overlap_themselves_stand_more_than_once():
    story = article(STORY.replace("fell on a quay.", "fell on a quay: bzzzt."))
    (finding,) = verify(reply(story, 2, text="zz"), *among(story))
    assert (
        finding.detail == f"the words are not at {story.sentences[1].start}; nor exactly once elsewhere in the article"
    )


def test_a_changed_passage_around_an_honest_citation_is_forged():
    story = article()
    saved = reply(story, 2)
    passage = replace(saved.passages[0], text=saved.passages[0].text.replace("Nobody", "Somebody"))
    found = verify(replace(saved, passages=(passage,)), *among(story))
    assert [(finding.outcome, finding.number) for finding in found] == [(Outcome.VERIFIED, 1), (Outcome.FORGED, None)]


def test_an_id_that_does_not_go_with_the_hash_is_forged():
    story = article()
    saved = reply(story, 2)
    for card in (replace(story.card, id="0" * 20), replace(story.card, sha256="x"), replace(story.card, sha256="")):
        passage = replace(saved.passages[0], article=card)
        assert set(outcomes(replace(saved, passages=(passage,)), story)) == {Outcome.FORGED}


def test_a_hash_that_is_none_is_forged_even_where_the_id_goes_with_it():
    for sha256 in ("x" * 64, "A" * 64, "b" * 63, "b" * 65):
        card = replace(article().card, sha256=sha256, id=make_article_id(sha256))
        passage = replace(reply(article(), 2).passages[0], article=card)
        assert set(outcomes(replace(reply(article(), 2), passages=(passage,)), article())) == {Outcome.FORGED}


def test_a_link_of_an_article_without_a_page_is_misstated():
    assert outcomes(reply(article(), 2, url="https://news.example/port"), article()) == [Outcome.MISSTATED]


def test_what_is_said_of_an_article_is_told_beside_what_it_says():
    story = article()
    saved = reply(story, 2)
    for byline, told in (("Ida Fenn", "Ida Fenn"), ("x" * 80, "x" * 80), ("x" * 81, f"{'x' * 77}...")):
        passage = replace(saved.passages[0], article=replace(story.card, byline=byline))
        (finding,) = verify(replace(saved, passages=(passage,)), *among(story))
        assert finding.outcome is Outcome.MISSTATED
        assert finding.detail == f"the words are there, but it gives {told} as the byline; the article has none"
    passage = replace(saved.passages[0], paragraphs=())
    (_, finding) = verify(replace(saved, passages=(passage,)), *among(story))
    assert finding.detail == "the words are there, but it counts the paragraphs as none, the article as 2"


def test_an_empty_source_states_nothing():
    story = article()
    passage = replace(reply(story, 2).passages[0], article=replace(story.card, source=""))
    assert outcomes(replace(reply(story, 2), passages=(passage,)), story) == [Outcome.VERIFIED]


def test_a_reason_without_values_states_nothing():
    form = reply_to_dict(reply(article(), 2)) | {"reason_values": None}
    assert outcomes(form, article()) == [Outcome.VERIFIED]


def test_only_a_link_that_opens_no_more_than_the_page_has_a_note_that_says_so():
    story = article(url="https://news.example/port")
    (citation,) = reply(story, 2).citations
    note, deep = note_page_only(citation), deep_link(story, citation)
    assert ":~:" in deep
    for url, expected in ((story.url, Outcome.VERIFIED), (deep, Outcome.MISSTATED), (None, Outcome.MISSTATED)):
        assert outcomes(reply(story, 2, url=url, notes=(note,)), story) == [expected]
    in_another_order = dict(reversed(note.items()))
    assert outcomes(reply(story, 2, url=story.url, notes=(in_another_order,)), story) == [Outcome.VERIFIED]


def test_words_at_the_very_beginning_are_offered():
    old, new = (Article.from_text(f"Frost ruined the vines. {end}", source="frost.txt") for end in ("Rain.", "Snow."))
    (finding, *_) = verify(reply(old, 1), *among(new))
    assert (finding.outcome, finding.offered.start, finding.offered_in) == (Outcome.ORPHANED, 0, new.id)


def test_an_answer_without_a_citation_is_forged_and_a_refusal_is_nothing_to_check():
    assert outcomes(Reply(QUESTION, None, Verdict.ANSWERED, 0.9, Reason("So.")), article()) == [Outcome.FORGED]
    assert outcomes(Reply(QUESTION, None, Verdict.REFUSED, 0.1, Reason("No.")), article()) == []


def test_a_changed_text_orphans_and_offers_where_the_words_stand_once():
    old = article()
    new = article(STORY.replace("on Thursday", "on Thursday morning"))
    kept, changed = verify(reply(old, 2, 1), *among(new))
    assert (kept.outcome, changed.outcome) == (Outcome.ORPHANED, Outcome.ORPHANED)
    assert kept.offered_in == new.id
    assert new.quote(kept.offered) == kept.words == old.quote(old.sentences[1])
    assert kept.offered.start == old.sentences[1].start + len(" morning")
    assert changed.offered is None
    assert changed.offered_in == ""


def test_words_that_stand_twice_are_not_offered():
    old = article()
    new = article(STORY + "\nThe port handles 40 ships a week.\n")
    (finding,) = verify(reply(old, 4), *among(new))
    assert finding.outcome is Outcome.ORPHANED
    assert finding.offered is None


def test_stored_text_that_fails_its_hash_orphans():
    story = article()
    damaged = replace(story, text=story.text.replace("40", "41"))
    assert [f.outcome for f in verify(reply(story, 2), lambda _: damaged)] == [Outcome.ORPHANED]


def test_sentences_that_are_counted_otherwise_now_are_orphaned_in_place():
    story = article()
    (finding,) = verify(reply(story, 2, sentence=7), *among(story))
    assert finding.outcome is Outcome.ORPHANED
    assert finding.offered.start == story.sentences[1].start
    assert "paragraph 2, sentence 2" in finding.detail
    (finding,) = verify(reply(story, 2, start=0, end=4, text="Port", paragraph=1, sentence=1), *among(story))
    assert (finding.outcome, "not a sentence" in finding.detail) == (Outcome.ORPHANED, True)


def test_versions():
    old = article(story="port", lead=1)
    new = article(STORY.replace("on Thursday", "on Thursday morning"), story="port", lead=2)
    (finding,) = verify(reply(old, 2), *among(old, new))
    assert finding.outcome is Outcome.SUPERSEDED
    assert (finding.offered_in, new.quote(finding.offered)) == (new.id, finding.words)
    assert finding.detail == f"the words are there, but version {new.id} is newer"
    assert outcomes(reply(new, 2), old, new) == [Outcome.VERIFIED]
    withdrawn = replace(new, status=Status.WITHDRAWN)
    for cited, told in ((old, "a newer version withdraws the story"), (withdrawn, "the article has been withdrawn")):
        (finding,) = verify(reply(cited, 2), *among(old, withdrawn))
        assert (finding.outcome, finding.detail) == (Outcome.WITHDRAWN, f"the words are there, but {told}")


def test_words_under_embargo_are_no_longer_verified_and_without_a_clock_they_are():
    held = article(embargo=datetime(2999, 9, 11, 23))
    (finding,) = verify(reply(held, 2), *among(held))
    assert finding.outcome is Outcome.EMBARGOED
    assert finding.detail == "the words are there, but the article is under embargo until 2999-09-11 23:00"
    assert [finding.outcome for finding in verify(reply(held, 2), lambda _: held)] == [Outcome.VERIFIED]
    over = article(embargo=datetime(2019, 9, 11, 23))
    assert outcomes(reply(over, 2), over) == [Outcome.VERIFIED]


def test_what_stands_at_an_address_under_embargo_is_not_named():
    url = "https://news.example/port"
    old, held = (
        article(text, url=url, **known)
        for text, known in ((STORY, {}), (STORY.replace("on Thursday", "on Friday"), {"embargo": datetime(2999, 1, 1)}))
    )
    (finding,) = verify(reply(old, 2), *among(held))
    assert (finding.outcome, finding.offered_in) == (Outcome.UNKNOWN, "")
    assert held.id not in finding.detail


def test_an_article_that_is_not_here_is_unknown():
    other = Article.from_text("Frost ruined the vines in the valley.", source="frost.txt")
    assert outcomes(reply(article(), 2), other) == [Outcome.UNKNOWN]
    assert [f.outcome for f in verify(reply(article(), 2), Originals(None).find)] == [Outcome.UNKNOWN]


@pytest.mark.parametrize("source", ["a\0b", "x" * 10_000, "/dev/zero", "/", "https://news.example/port"])
def test_a_source_that_is_no_file_is_not_opened(source):
    story = replace(article(), source=source)
    shelf = Originals(None, files=True)
    assert [f.outcome for f in verify(reply(story, 2), shelf.find, shelf.stand)] == [Outcome.UNKNOWN]
    assert shelf.stand(replace(story, story="port")) == Standing()


def test_a_filter_hides_articles_from_verification(fresh_index):
    story = article()
    fresh_index.add(story, "secret")
    assert [f.outcome for f in verify(reply(story, 2), Originals(fresh_index).find)] == [Outcome.UNKNOWN]
    open_to = Originals(fresh_index, Filter(collections=("secret",)))
    assert [f.outcome for f in verify(reply(story, 2), open_to.find)] == [Outcome.VERIFIED]


# --- annotations ------------------------------------------------------------------------


def annotated(story, number=2, **changed):
    (citation,) = reply(story, number, **changed).citations
    return json.loads(cite(story, citation, "annotation"))


@pytest.mark.parametrize("url", ["", "https://news.example/port"])
def test_annotations(url):
    story = article(url=url)
    assert outcomes(annotated(story), story) == [Outcome.VERIFIED]
    assert outcomes(annotated(story, text="Nobody was harmed."), story) == [Outcome.FORGED]
    new = article(STORY.replace("on Thursday", "on Friday"), url=url)
    (finding,) = verify(annotated(story), *among(new))
    assert finding.outcome is (Outcome.ORPHANED if url else Outcome.UNKNOWN)
    assert outcomes(annotated(story)) == [Outcome.UNKNOWN]


@pytest.mark.parametrize(
    "target",
    [
        None,
        "https://elsewhere.example/page",
        [],
        7,
        {"source": "https://elsewhere.example/page", "selector": {"type": "TextQuoteSelector", "exact": "Nobody"}},
        {"source": "ni:///sha-256;short", "selector": []},
        {"source": {"id": ["x"]}, "selector": "x"},
        {"source": f"ni:///sha-256;{'A' * 43}"},
        {"source": f"ni:///sha-256;{'A' * 43}", "selector": [{"type": ["x"]}, None, {"exact": "y"}]},
        {
            "source": f"ni:///sha-256;{'A' * 43}",
            "selector": [
                {"type": "TextQuoteSelector", "exact": "y"},
                {"type": "TextPositionSelector", "start": "0", "end": True},
            ],
        },
    ],
)
def test_an_annotation_of_another_page_is_unknown(target):
    assert outcomes({"type": "Annotation", "target": target}, article()) == [Outcome.UNKNOWN]


def test_an_annotation_that_cannot_be_read_says_what_it_lacks():
    whole = annotated(article())
    position, words = whole["target"]["selector"]
    for changed, told in (
        ({"target": whole["target"] | {"source": "https://news.example/"}}, "it does not name its text by a hash"),
        ({"target": whole["target"] | {"selector": [position]}}, "it does not say which words are where"),
        ({"target": whole["target"] | {"selector": [words]}}, "it does not say which words are where"),
        ({"passages": []}, "it has both passages and a target"),
    ):
        (finding,) = verify(whole | changed, *among(article()))
        assert finding.outcome is Outcome.UNKNOWN
        assert finding.detail == f"not a Pullquote reply or annotation: {told}"


def test_an_annotation_may_say_one_thing_as_a_list_of_one():
    record, paged = annotated(article()), article(url="https://news.example/port")
    assert outcomes(record | {"type": ["Annotation"], "target": [record["target"]]}, article()) == [Outcome.VERIFIED]
    assert outcomes(annotated(paged) | {"target": annotated(paged)["target"][0]}, paged) == [Outcome.VERIFIED]


@pytest.mark.parametrize(
    ("path", "new", "told"),
    [
        (("motivation",), "bookmarking", "motivation"),
        (("type",), {"": "Annotation"}, "type"),
        (("type",), [["Annotation"]], "type[0]"),
        (("target", "source", "format"), "text/html", "target.source.format"),
        (("target", "selector", 1, "prefix"), "The mayor took the money. ", "target.selector[1]"),
    ],
)
def test_where_an_annotation_says_something_else_is_told(path, new, told):
    (finding,) = verify(put(annotated(article()), path, new), *among(article()))
    assert finding.outcome is Outcome.MISSTATED
    assert finding.detail == f"the words are there, but what it says at “{told}” does not hold"


def test_a_place_is_a_whole_number_wherever_an_annotation_says_it():
    record = annotated(article())
    position, words = record["target"]["selector"]
    twice = [position | {"start": float(position["start"])}, position, words]
    assert outcomes(put(record, ("target", "selector"), twice), article()) == [Outcome.MISSTATED]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
STORIES = among(article())
HONEST = reply_to_dict(reply(article(), 2, 3))


def paths(value, path=()):
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from paths(item, (*path, key))


def put(value, path, new):
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = put(value[path[0]], path[1:], new)
    return copy


@given(st.sampled_from([path for path in paths(HONEST) if path]), JSON)
def test_no_record_crashes_and_no_other_words_are_verified(path, new):
    record = put(HONEST, path, new)
    for finding in verify(record, *STORIES):
        if finding.outcome is Outcome.VERIFIED:
            assert finding.words in STORY
    if path[-1] == "text" and new not in STORY.splitlines():
        assert any(finding.outcome is not Outcome.VERIFIED for finding in verify(record, *STORIES))


@given(st.dictionaries(st.sampled_from(["target", "format", "passages", "type", "items"]), JSON))
def test_no_object_crashes(record):
    assert Outcome.VERIFIED not in {finding.outcome for finding in verify(record, *STORIES)}


def test_every_changed_character_of_the_text_is_found():
    story = article()
    saved = reply(story, 1, 2, 3, 4)
    for at in range(len(story.text)):
        text = f"{story.text[:at]}{chr(ord(story.text[at]) ^ 1)}{story.text[at + 1 :]}"
        changed = replace(story, text=text)
        assert Outcome.VERIFIED not in {finding.outcome for finding in verify(saved, lambda _, now=changed: now)}


# --- the command line -------------------------------------------------------------------


@pytest.fixture
def folder(library):
    (library / "port.txt").write_text(STORY)
    return library


def asked(folder):
    command = [sys.executable, "-m", "bot", "ask", "--from", "port.txt", "--json", QUESTION]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, env={"PYTHONPATH": ":".join(sys.path)})
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def checked(capsys, *arguments):
    code = run(["verify", *arguments])
    out, err = capsys.readouterr()
    return code, [row.split()[0] for row in out.splitlines()], err


@pytest.fixture
def saved(folder):
    (folder / "replies.json").write_bytes(asked(folder))
    return folder / "replies.json"


def test_a_reply_is_verified_from_the_file_that_it_names(saved, capsys):
    assert checked(capsys, "replies.json")[:2] == (0, ["verified"])


def test_one_changed_character_is_forged(saved, capsys):
    form = json.loads(saved.read_text())
    form["passages"][0]["citations"][0]["text"] = form["passages"][0]["citations"][0]["text"].replace("h", "H", 1)
    saved.write_text(json.dumps(form))
    code, found, err = checked(capsys, "replies.json")
    assert code == 1
    assert found[0] == "forged"
    assert "1 forged" in err


def test_a_changed_article_orphans(saved, folder, capsys):
    (folder / "port.txt").write_text(STORY.replace("40", "41"))
    code, found, _ = checked(capsys, "replies.json")
    assert (code, found) == (1, ["orphaned"])
    assert checked(capsys, "replies.json", "--from", "port.txt")[:2] == (1, ["orphaned"])


def test_a_reply_whose_file_is_gone_is_unknown(saved, folder, capsys):
    (folder / "port.txt").unlink()
    assert checked(capsys, "replies.json")[:2] == (1, ["unknown"])
    form = json.loads(saved.read_text())
    form["passages"][0]["article"]["source"] = "/dev/zero"
    saved.write_text(json.dumps(form))
    assert checked(capsys, "replies.json")[:2] == (1, ["unknown"])


def test_a_broken_line_is_named_and_the_rest_goes_on(saved, capsys):
    whole = saved.read_text().strip()
    saved.write_text("\n".join([whole, whole[:200], "[]", "7", f"{'[' * 100_000}", "1" * 5000, "", whole]))
    assert run(["verify", "replies.json", "--json"]) == 1
    out, err = capsys.readouterr()
    rows = [json.loads(row) for row in out.splitlines()]
    assert [(row["record"], row["outcome"]) for row in rows] == [
        (1, "verified"),
        (2, "unknown"),
        (3, "unknown"),
        (4, "unknown"),
        (5, "unknown"),
        (6, "unknown"),
        (8, "verified"),
    ]
    assert "line 1, column" in rows[1]["detail"]
    assert "7 records: 2 verified, 5 unknown" in err


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_list_in_any_encoding_of_json(saved, capsys, encoding):
    form = json.loads(saved.read_text())
    saved.write_bytes(json.dumps([form, form], indent=2).encode(encoding))
    assert checked(capsys, "replies.json")[:2] == (0, ["verified", "verified"])


def test_half_an_object_over_several_lines_is_one_record(saved, capsys):
    form = json.dumps(json.loads(saved.read_text()), indent=2)
    saved.write_text(form[: len(form) // 2])
    assert checked(capsys, "replies.json")[:2] == (1, ["unknown"])


@pytest.mark.parametrize(
    ("data", "words"), [(b"", "holds no reply"), (b" \n", "holds no reply"), (b"\xff\xfa\x80", "not UTF-8 text")]
)
def test_what_cannot_be_read_is_an_error(folder, capsys, data, words):
    (folder / "x").write_bytes(data)
    code, found, err = checked(capsys, "x")
    assert (code, found) == (3, [])
    assert words in err


def test_usage(folder, capsys):
    assert checked(capsys)[0] == 2
    assert checked(capsys, "gone.json")[0] == 3
    assert checked(capsys, str(folder))[0] == 3


def test_an_index_of_no_known_kind_is_wrong_usage(saved, monkeypatch, capsys):
    monkeypatch.setenv("PULLQUOTE_INDEX", "tape:3")
    assert checked(capsys, "replies.json")[0] == 2
    assert run(["cite", "replies.json"]) == 2
    assert "PULLQUOTE_INDEX" in capsys.readouterr().err


def test_a_refusal_holds_nothing_to_check(folder, capsys):
    (folder / "r.json").write_text(json.dumps(reply_to_dict(Reply("?", None, Verdict.REFUSED, 0.0, Reason("No.")))))
    code, found, err = checked(capsys, "r.json")
    assert (code, found) == (0, [])
    assert "nothing is cited" in err


def test_ask_piped_into_verify_says_verified(folder):
    line = f'"{sys.executable}" -m bot ask --from port.txt --json "{QUESTION}" | "{sys.executable}" -m bot verify -'
    environment = {"PYTHONPATH": ":".join(sys.path), "PULLQUOTE_INDEX": "memory:"}
    done = subprocess.run(line, shell=True, cwd=folder, capture_output=True, check=False, env=environment)
    assert (done.returncode, done.stdout.split()[:1]) == (0, [b"verified"]), done.stderr


def test_cite_writes_what_verifies_and_leaves_out_the_rest(saved, capsys):
    assert run(["cite", "--style", "bibtex", "replies.json"]) == 0
    assert capsys.readouterr().out.startswith("@misc{")
    form = json.loads(saved.read_text())
    saved.write_text(f"{json.dumps(form)}\n{json.dumps(form).replace('hurt', 'lost')}\n{{")
    assert run(["cite", "--style", "csl", "replies.json"]) == 1
    out, err = capsys.readouterr()
    assert len(json.loads(out)) == 1
    assert "forged" in err
    assert "not complete JSON" in err
    saved.write_text(f"{json.dumps(form)}\n{json.dumps(form)}")
    assert run(["cite", "--style", "annotation", "replies.json"]) == 0
    assert len([json.loads(row) for row in capsys.readouterr().out.splitlines()]) == 2
    assert run(["cite", "--number", "9", "replies.json"]) == 1
    assert "no such citation" in capsys.readouterr().err
    assert run(["cite", "--style", "apa", "replies.json"]) == 2


def test_cite_says_that_a_citation_is_superseded(folder, capsys):
    old = article(story="port", lead=1)
    new = article(STORY.replace("40", "41"), story="port", lead=2)
    with open_index(f"disk:{folder / 'library'}") as index:
        index.add([old, new])
    (folder / "r.json").write_text(json.dumps(reply_to_dict(reply(old, 2))))
    assert run(["cite", "r.json"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("“Nobody was hurt")
    assert "superseded" in err
    assert make_article_id(hash_text(old.text)) == old.id


def test_the_date_of_a_change_may_stand_for_that_of_publication_alone():
    changed = datetime(2024, 3, 15, tzinfo=UTC)
    known = replace(Article.from_text("The ferry\n\nThe ferry sank on Monday.\n"), changed=changed)
    assert compare_card(replace(known.card, published=changed), known) == ""
    assert "as the embargo" in compare_card(replace(known.card, embargo=changed), known)
