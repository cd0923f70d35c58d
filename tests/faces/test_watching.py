"""`pullquote add --watch`: what is new is added, an error is told once, Ctrl-C ends it."""

import pytest

from bot import cli
from bot.verbs import watching
from index import Filter, open_index
from index.errors import EngineUnavailable
from index.sources import feed, fetch
from tests.support import made
from tests.support.layouts import story
from tests.support.loopback import response, serving


@pytest.fixture
def site(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PULLQUOTE_INDEX", "disk:library")
    monkeypatch.setattr(fetch, "DOOR", fetch.Door(loopback=True, seconds=5))
    monkeypatch.setattr(feed, "PAUSE", 0)
    routes = {"/1": response(made.page(story(1))), "/2": response(made.page(story(2)))}
    with serving(routes) as server:
        routes["/feed"] = response(made.feed([server.url("/1"), server.url("/gone")]))
        yield server


def after(monkeypatch, *steps):
    """Take the steps in the place of the waits, then Ctrl-C."""
    waits = []

    def wait(seconds):
        if not seconds:  # the pause between the entries of a feed
            return
        waits.append(seconds)
        if len(waits) > len(steps):
            raise KeyboardInterrupt
        steps[len(waits) - 1]()

    monkeypatch.setattr(watching.time, "sleep", wait)
    return waits


def test_what_is_new_is_added_and_an_error_told_once(site, monkeypatch, capsys):
    def new():
        site.routes["/feed"] = response(made.feed([site.url("/1"), site.url("/2"), site.url("/gone")]))

    waits = after(monkeypatch, new)
    assert cli.run(("add", site.url("/feed"), "--watch", "15", "--collection", "april")) == 130
    out, err = capsys.readouterr()
    assert waits == [900, 900]
    assert [line.partition(" ")[2].rpartition(": ")[0] for line in out.splitlines()] == [
        story(1).headline,
        story(2).headline,
    ]
    assert out.count("sentences found in the source") == 2
    assert err.count("/gone") == 1
    with open_index("disk:library") as index:
        assert [card.title for card in index.articles(Filter(collections=("april",)))] == [
            story(1).headline,
            story(2).headline,
        ]


def test_a_library_in_use_is_tried_again(site, monkeypatch, capsys):
    opened = watching.open_library
    refused = []

    def busy(ctx):
        if not refused:
            refused.append(1)
            raise EngineUnavailable("disk:library", "is in use by process 7")
        return opened(ctx)

    monkeypatch.setattr(watching, "open_library", busy)
    after(monkeypatch, lambda: None)
    assert cli.run(("add", site.url("/1"), "--watch", "1")) == 130
    out, err = capsys.readouterr()
    assert "in use by process 7" in err
    assert story(1).headline in out


@pytest.mark.parametrize("arguments", [("story.txt", "--watch", "5"), ("https://c.example/feed", "--watch", "0.1")])
def test_only_addresses_are_watched_and_not_too_often(site, arguments, capsys):
    assert cli.run(("add", *arguments)) == 2
    assert "--watch" in capsys.readouterr().err
