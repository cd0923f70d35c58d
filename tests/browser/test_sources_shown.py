"""All formats as a person uses them: a page, a PDF, a book, a mail, a wire item, a feed, added and asked."""

import json
from dataclasses import replace

import pytest

from bot import cli
from index.sources import feed, fetch
from tests.support import made
from tests.support.layouts import story
from tests.support.loopback import response, serving

pytestmark = pytest.mark.check

OPENED = {
    "story.pdf": ("lighthouse", "Ottoline Berg"),
    "story.docx": ("cable car", "Casimir Roth"),
    "story.epub": ("fish market", "Leonie Hartwig"),
    "story.eml": ("observatory", "Benedict Faulk"),
    "story.json": ("ice rink", "Odile Marchetti"),
    "story.txt": ("botanical garden", "Severin Kock"),
}
ON_THE_WEB = {
    "/page": ("aquarium", "Philippa Straub"),
    "/1": ("velodrome", "Anselm Vogt"),
    "/2": ("planetarium", "Hedda Lind"),
}


def opening(number, what, who):
    s = story(number)
    return replace(
        s, paragraphs=(*s.paragraphs, f"The new {what} was opened on Friday by {who}, who cut a blue ribbon.")
    )


@pytest.fixture
def site(monkeypatch):
    monkeypatch.setattr(fetch, "DOOR", fetch.Door(loopback=True, seconds=5))
    monkeypatch.setattr(feed, "PAUSE", 0)
    stories = {path: opening(20 + number, *told) for number, (path, told) in enumerate(ON_THE_WEB.items())}
    routes = {path: response(made.page(s), "Content-Type: text/html; charset=utf-8") for path, s in stories.items()}
    with serving(routes) as server:
        routes["/feed"] = response(made.feed([server.url("/1"), server.url("/2")]), "Content-Type: application/rss+xml")
        yield server


def test_every_format_is_added_and_asked(site, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PULLQUOTE_INDEX", "disk:library")
    folder = tmp_path / "in"
    folder.mkdir()
    for number, (name, told) in enumerate(OPENED.items()):
        (folder / name).write_bytes(made.ALL[name](opening(number, *told)))
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and no more")
    code = cli.run(("add", str(folder), site.url("/page"), site.url("/feed"), site.url("/gone")))
    out, err = capfd.readouterr()
    with capfd.disabled():
        print(f"\n{out}{err}")  # the fidelity line of each
    assert code == 3
    assert out.count(" sentences found in the source") == len(OPENED) + len(ON_THE_WEB)
    assert "broken.pdf" in err
    assert "/gone" in err
    for what, who in (OPENED | ON_THE_WEB).values():
        cli.run(("ask", "--json", f"Who opened the {what}?"))
        reply = json.loads(capfd.readouterr().out)
        assert who in reply["passages"][0]["citations"][0]["text"]
    cli.run(("ask", "--json", "--from", site.url("/page"), "Who opened the aquarium?"))
    assert "Philippa Straub" in capfd.readouterr().out
