"""Lines of an import that somebody else wrote: each broken one is refused by its number, and the rest is stored.

What is stored must serve: whatever a line holds, no later listing, search, question, citation or export may stumble.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import Article, Filter, Index, open_index
from index.citations import STYLES, cite
from index.engines.contract import Entry
from index.engines.disk.writer import StoreWriter
from index.errors import ArticlesRefused
from index.forms.serial import article_to_dict, reply_from_dict, reply_to_dict
from index.maintenance.library import BrokenLine, export_articles, import_articles
from tests.support.paths import ROOT
from tests.support.replies import HARBOUR, VINEYARD, article

Form = dict[str, Any]

STORY = (
    "(2nd LD) Ferry sinks\n\nBRANNOCK, March 6 (Coast Wire) -- The ferry to Larn sank on Saturday. Nobody was hurt."
    "\n\nIts owners had bought it last year.\n\n(END)\n"
)


def _form(text: str = STORY) -> Form:
    return deepcopy(_read(text)) | {"collections": ["default", "other"], "raw": "aGVsbG8="}


@cache
def _read(text: str) -> Form:
    return article_to_dict(article(text))


GOOD = (_form(HARBOUR), _form(VINEYARD))


def _import(index: Index, *forms: Form | ValueError) -> list[BrokenLine]:
    """Import good lines around these, check that the good ones are there, and return what was refused."""
    found = list(import_articles(index, [GOOD[0], *forms, GOOD[1]]))
    held = {card.id for card in index.articles()}
    assert held >= {form["id"] for form in GOOD}
    broken = [each for each in found if isinstance(each, BrokenLine)]
    assert sum(each for each in found if isinstance(each, int)) == 2 + len(forms) - len(broken)
    return broken


def _use(index: Index) -> None:
    """Do with every article what can be done with it."""
    everything = Filter(collections=tuple(index.engine.collections()))
    for card in list(index.articles(everything)):
        whole = index.article(card.id, everything)
        assert [whole.quote(each) for each in whole.sentences]
        reply = index.ask("Who sank on Saturday and what was bought?", filter=everything)
        form = json.loads(json.dumps(reply_to_dict(reply)))
        assert reply_to_dict(reply_from_dict(form)) == form
        for citation in reply.citations:
            for style in STYLES:
                cite(index.article(citation.article_id, everything), citation, style)
    index.search("ferry harbour vines", 10, everything)
    with open_index("memory:") as copy:
        assert not [each for each in import_articles(copy, export_articles(index)) if isinstance(each, BrokenLine)]


def _set(*path: str | int, to: object) -> Callable[[Form], Form]:
    def change(form: Form) -> Form:
        place: Any = form
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = to
        return form

    return change


def _swap(key: str) -> Callable[[Form], Form]:
    return lambda form: form | {key: form[key][::-1]}


def _twice(key: str) -> Callable[[Form], Form]:
    return lambda form: form | {key: form[key][:1] + form[key]}


HUGE = (-1, 1 << 31, 1 << 32, 1 << 33, 1 << 70, 10**4000, -(1 << 63))
BROKEN: dict[str, list[Callable[[Form], Form]]] = {
    "sentences[0].number": [_set("sentences", 0, "number", to=each) for each in (*HUGE, 0, 2)],
    "sentences[1].paragraph": [_set("sentences", 1, "paragraph", to=each) for each in (*HUGE, 0, 9)],
    "sentences[1].start": [_set("sentences", 1, "start", to=each) for each in (0, 25)],
    "sentences[1].end": [_set("sentences", 1, "end", to=each) for each in (-1, 0, 10_000, 1 << 33)],
    "sentences[0].end": [_set("sentences", 0, "end", to=1)],
    "sentences[0].start": [_set("sentences", 0, "start", to=0)],
    "paragraphs[1].number": [_set("paragraphs", 1, "number", to=each) for each in (*HUGE, 0, 2, None)],
    "paragraphs[0].number": [_set("paragraphs", 0, "number", to=1), _swap("paragraphs"), _twice("paragraphs")],
    "paragraphs[1].page": [_set("paragraphs", 1, "page", to=each) for each in (-1, 0, 1 << 32, 1 << 70)],
    "paragraphs[1].start": [_set("paragraphs", 0, "end", to=40)],
    "lead": [_set("lead", to=each) for each in HUGE],
    "length": [_set("length", to=each) for each in (*HUGE, 0)],
    "sentences": [_set("sentences", to=[])],
    "text": [_set("text", to="a" * 5_000_001)],
    "published": [_set("published", to=each) for each in ("10000-01-01", "0000-01-01", "2016-12-31T23:59:60", "soon")],
    "collections": [_set("collections", to=each) for each in ([], "default", [1], None, {"default": 1})],
}


def test_made_forms_are_broken_where_they_say() -> None:
    """A line that is broken in any of the ways above is refused with its number, and named by the key."""
    cases = [(key, change(_form())) for key, changes in BROKEN.items() for change in changes]
    with open_index("memory:") as index:
        refused = _import(index, *(form for _, form in cases))
    assert [each.number for each in refused] == list(range(2, len(cases) + 2))
    for (key, _), each in zip(cases, refused, strict=True):
        assert key.partition("[")[0] in str(each), (key, str(each))


@pytest.mark.parametrize("key", ["sentences", "paragraphs"])
def test_spans_in_another_order_or_twice_are_refused(key: str) -> None:
    for change in (_swap(key), _twice(key)):
        with open_index("memory:") as index:
            assert len(_import(index, change(_form()))) == 1


def _paths(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _paths(item, (*path, key))


numbers = st.sampled_from([0, 1, 2, *HUGE, 0.5, 1e300, float("nan"), float("inf"), True, False])
dates = st.sampled_from(["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "9999-12-31", "0001-01-01"])
words = st.text(st.characters(), max_size=8) | st.sampled_from(["\ud800", "\x00", "a" * 40_000, "body", "note"])
values = st.recursive(
    st.none() | numbers | dates | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@st.composite
def lines(draw: st.DrawFn) -> Form:
    """A good line with a few keys changed, taken out, added or given twice."""
    form = _form()
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(sorted(_paths(form), key=str)))
        place: Any = form
        for key in path[:-1]:
            place = place[key]
        match draw(st.sampled_from(["value", "value", "date", "drop", "add", "twice"])):
            case "value":
                place[path[-1]] = draw(values)
            case "date":
                form[draw(st.sampled_from(["published", "embargo"]))] = draw(dates)
            case "drop":
                del place[path[-1]]
            case "add" if isinstance(place, dict):
                place[draw(st.text(max_size=8))] = draw(values)
            case "twice" if isinstance(place, list):
                place.insert(0, deepcopy(place[path[-1]]))  # type: ignore[call-overload]
            case _:
                pass
    return form


@settings(max_examples=40)
@given(lines())
def test_whatever_a_line_holds_the_rest_is_stored_and_everything_serves(form: Form) -> None:
    with open_index("memory:") as index:
        _import(index, form)
        _use(index)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines())
def test_a_library_on_disk_serves_after_it_was_opened_again(tmp_path: Path, form: Form) -> None:
    place = f"disk:{tmp_path / str(len(list(tmp_path.iterdir())))}"
    with open_index(place) as index:
        _import(index, form)
    with open_index(place) as index:
        _use(index)


@pytest.mark.check
@settings(max_examples=3000)
@given(lines())
def test_many_lines_of_any_kind(form: Form) -> None:
    with open_index("memory:") as index:
        _import(index, form)
        _use(index)


def test_what_our_own_readers_make_is_sound() -> None:
    texts = [file.read_text(encoding="utf-8") for file in sorted((ROOT / "seeds").glob("*.txt"))]
    forms = [_form(text) for text in (*texts, STORY, HARBOUR, VINEYARD)]
    with open_index("memory:") as index:
        assert list(import_articles(index, forms)) == [len(forms)]


def test_a_line_of_many_collections_is_one_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    whole = StoreWriter.transaction

    def counted(self: StoreWriter) -> AbstractContextManager[None]:
        seen.append("")
        return whole(self)

    monkeypatch.setattr(StoreWriter, "transaction", counted)
    counts = []
    for many in (2, 300):
        names = [f"chat:{number}" for number in range(many)]
        with open_index(f"disk:{tmp_path / str(many)}") as index:
            assert list(import_articles(index, [_form() | {"collections": names * 2}])) == [1]
            assert index.engine.collections() == dict.fromkeys(names, 1)
        counts.append(len(seen))
        seen.clear()
    assert counts[0] == counts[1] < 5


def test_what_the_engine_refuses_is_told_by_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    with open_index("memory:") as index:
        refused = {_form()["id"]: "the story's key is too long"}

        def refusing(entries: Iterable[Entry]) -> int:
            whole([entry for entry in entries if entry[1].id not in refused])
            raise ArticlesRefused("memory:", refused)

        whole = index.engine.restore
        monkeypatch.setattr(index.engine, "restore", refusing)
        (told,) = _import(index, _form())
        assert str(told) == "line 2: the story's key is too long"


def test_an_article_without_text_to_cite_is_not_imported() -> None:
    bare = Article(id="", sha256="", text="")
    with open_index("memory:") as index:
        assert len(_import(index, article_to_dict(bare) | {"collections": ["default"]})) == 1
