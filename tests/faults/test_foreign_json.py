"""JSON from outside, wherever it is read: too deep, too long, half, of other types. No process or request fails."""

import json
from contextlib import suppress

import httpx
import pytest

from bot.cli import run
from index.errors import SourceError
from index.evaluate import read_set
from index.forms.node import parse_json
from index.sources.records import read_json
from tests.faults.test_telegram_faults import ASKED, HEADER, SECRET, listening, trial
from tests.support.hostile_json import NO_JSON, NO_UPDATE, ODD_UPDATES


@pytest.mark.parametrize("name", NO_JSON)
def test_what_is_no_json_within_bounds_is_refused(name):
    with pytest.raises(ValueError, match=r"."):
        parse_json(NO_JSON[name])


def test_what_is_within_bounds_is_read():
    nested = "[" * 100 + "]" * 100
    assert json.dumps(parse_json(nested)) == nested
    with pytest.raises(ValueError, match="nested too deeply"):
        parse_json(f"[{nested}]")
    assert parse_json(b'{"a": [1, {"b": null}]}') == {"a": [1, {"b": None}]}


@trial
async def test_the_webhook_refuses_each_and_goes_on(api, tmp_path):
    async with listening(api, tmp_path) as (url, bot, _), httpx.AsyncClient() as client:
        known = {HEADER: SECRET}
        for name, body in (NO_JSON | NO_UPDATE).items():
            told = await client.post(f"{url}/hook", content=body, headers=known)
            assert (told.status_code, name) == (400, name)
        for name, body in ODD_UPDATES.items():
            told = await client.post(f"{url}/hook", content=body, headers=known)
            assert (told.status_code, name) == (200, name)  # it is on disk, and may be looked at
        api.says(ASKED)
        assert (await client.post(f"{url}/hook", json=api.queue.pop(), headers=known)).status_code == 200
        await api.until(api.answers)
        assert not bot.done()
    assert len(api.answers()) == 1


HOSTILE = [*NO_JSON.values(), *NO_UPDATE.values(), *ODD_UPDATES.values()]


@pytest.mark.parametrize("verb", ["verify", "cite"])
def test_saved_replies_are_refused_one_by_one(tmp_path, monkeypatch, capsys, verb):
    monkeypatch.setenv("PULLQUOTE_INDEX", f"disk:{tmp_path / 'library'}")
    for number, data in enumerate(HOSTILE):
        file = tmp_path / f"{number}.json"
        file.write_bytes(data)
        assert run([verb, str(file)]) in (1, 3), data[:60]
        assert "should not happen" not in capsys.readouterr().err


def test_lines_to_import_are_left_out_one_by_one(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PULLQUOTE_INDEX", f"disk:{tmp_path / 'library'}")
    (tmp_path / "lines.jsonl").write_bytes(b"\n".join(data for data in HOSTILE if data))
    assert run(["import", str(tmp_path / "lines.jsonl")]) == 3
    told = capsys.readouterr()
    assert f"{len(HOSTILE) - 1} left out" in told.out
    assert "should not happen" not in told.err


def test_items_of_agencies_are_refused():
    for data in HOSTILE:
        with pytest.raises(SourceError):
            read_json(data, "x.json")
        deep = b'{"headline": "H", "body_text": "Some words.", "more": ' + (data or b"?") + b"}"
        with suppress(SourceError):
            assert "Some words." in read_json(deep, "x.json").text


def test_question_sets_are_refused(tmp_path):
    (tmp_path / "articles.jsonl").write_text("")
    for data in HOSTILE:
        (tmp_path / "questions.jsonl").write_bytes(data or b"[")
        with pytest.raises(SourceError):
            read_set(tmp_path)
