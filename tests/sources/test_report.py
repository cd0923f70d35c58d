"""`show --report`: what is never cited, and how the article compares with its source."""

import pytest

from bot import cli
from index.sources import html
from tests.support import made
from tests.support.layouts import document, e, p, story


@pytest.fixture
def show(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PULLQUOTE_INDEX", "disk:library")
    (tmp_path / "page.html").write_bytes(made.page(story(1)))
    cli.run(("add", "page.html"))
    name = capsys.readouterr().out[:8]

    def call():
        assert cli.run(("show", name, "--report")) == 0
        return capsys.readouterr().out

    return call


def test_the_sentences_found_in_the_source_are_counted(show):
    out = show()
    assert "sentences found in the source" in out
    assert story(1).headline in out
    assert "not shown" not in out


def test_what_the_source_does_not_show_is_listed(show, monkeypatch):
    chosen = html.choose_article
    # plain words only: the pages of the report fold lines
    monkeypatch.setattr(
        html, "choose_article", lambda *args: chosen(*args)._replace(left_out=("Nowhere on the page.",))
    )
    monkeypatch.setattr("index.sources.worker.pool.run", lambda job, data, source: _here(data, source))
    out = show()
    assert "not shown  Nowhere on the page." in out


def _here(data, source):
    from index.sources.job import read_as_dict

    return read_as_dict(data, source)


def test_what_was_left_out_of_the_page_is_listed_with_the_reason(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PULLQUOTE_INDEX", "disk:library")
    s = story(3)
    aside = "The harbour office keeps the list in a drawer that nobody else may open, and it grows by a page a year."
    body = f"{p(s.paragraphs[:5])}<aside><p>{aside}</p></aside>{p(s.paragraphs[5:])}"
    markup = f"<article><h1>{e(s.headline)}</h1>{body}</article>"
    (tmp_path / "page.html").write_text(document(s.headline, markup), encoding="utf-8")
    cli.run(("add", "page.html"))
    out = capsys.readouterr().out
    assert "sentences of the page's main part; 1 left out (show --report)" in out
    assert cli.run(("show", out[:8], "--report")) == 0
    shown = capsys.readouterr().out
    assert "Left out, nothing but prose, but in an <aside>:" in shown
    assert f"left out  {aside}" in shown


def test_a_source_that_is_gone_or_changed_is_said_so(show, tmp_path):
    (tmp_path / "page.html").write_bytes(made.page(story(2)))
    assert "has a different text now" in show()
    (tmp_path / "page.html").unlink()
    assert "cannot be read again" in show()
