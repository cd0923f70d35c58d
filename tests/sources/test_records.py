"""JSON and tables: many articles under names, and what is JSON or text but no article."""

import csv
import io
import json
from datetime import UTC, date, datetime

import pytest

from bot.cli import run
from index import article_from, open_index
from index.errors import EmptyArticle, SourceError, UnsupportedFormat
from index.sources import Columns, list_unread, load_all, load_article
from index.sources.readers import detect_format

FERRY = "The ferry will stop in June, the harbour office said on Monday."
QUAY = "The old quay opens on Friday, and the mayor will be there at noon."
ROWS = [
    {
        "headline": "Ferry stops",
        "published": "2024-03-05",
        "body": FERRY,
        "author": "By Anna Reiss",
        "link": "https://courier.example/1",
    },
    {"headline": "Quay opens", "published": "2024-03-06", "body": QUAY, "author": "Jonas Kell", "link": "no address"},
]


def table(rows, separator=","):
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]), delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


FORMS = {
    "rows.csv": table(ROWS),
    "rows.tsv": table(ROWS, "\t"),
    "semicolons.csv": "\ufeff" + table(ROWS, ";"),
    "rows.jsonl": "".join(json.dumps(row) + "\n" for row in ROWS),
    "rows.json": json.dumps(ROWS),
    "response.json": json.dumps({"status": "ok", "articles": ROWS}),
}


@pytest.mark.parametrize("name", FORMS)
def test_records_are_articles(name, tmp_path):
    (tmp_path / name).write_text(FORMS[name], encoding="utf-8")
    one, two = (item.article for item in load_all(tmp_path / name))
    assert (one.title, one.byline, one.text, one.url) == (
        "Ferry stops",
        "Anna Reiss",
        FERRY,
        "https://courier.example/1",
    )
    assert (two.title, two.published, two.url) == ("Quay opens", datetime(2024, 3, 6), "")
    assert [one.source, one.file] == [f"{tmp_path / name}#1.json", ""]
    with pytest.raises(UnsupportedFormat, match=r"holds 2 .*; `pullquote add` reads them all"):
        load_article(tmp_path / name)


@pytest.mark.parametrize("name", ["rows.csv", "rows.jsonl", "rows.json", "one.json"])
def test_columns_that_are_named_win(name, tmp_path):
    rows = [{"text": "A teaser of it stands here.", "kopf": "Ferry stops", "tag": "2024-03-05", "lauftext": FERRY}]
    forms = {
        "rows.csv": table(rows),
        "rows.jsonl": "".join(json.dumps(row) + "\n" for row in rows * 2),
        "rows.json": json.dumps(rows),
        "one.json": json.dumps(rows[0]),
    }
    (tmp_path / name).write_text(forms[name], encoding="utf-8")
    first, *_ = load_all(tmp_path / name, Columns("lauftext", "Kopf", "tag"))
    assert (first.article.text, first.article.title, first.article.published) == (
        FERRY,
        "Ferry stops",
        datetime(2024, 3, 5),
    )
    (error,) = load_all(tmp_path / name, Columns("words"))
    assert "has no column 'words'; its columns are text, kopf, tag, lauftext" in str(error)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("5.3.2024", datetime(2024, 3, 5)), ("05.03.2024 08:30", datetime(2024, 3, 5, 8, 30)), ("31.31.2024", None)],
)
def test_a_date_with_full_stops_begins_with_its_day(written, meant, tmp_path):
    (tmp_path / "a.csv").write_text(f'\ufeffHeadline;Text;Date\r\n"Ferry; stops";"{FERRY}";{written}\r\n')
    (item,) = load_all(tmp_path / "a.csv")
    assert (item.article.title, item.article.published) == ("Ferry; stops", meant)


def test_add_takes_the_names_of_columns(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PULLQUOTE_INDEX", f"disk:{tmp_path / 'library'}")
    rows, out, reply = (str(tmp_path / name) for name in ("rows.csv", "out.jsonl", "reply.json"))
    (tmp_path / "rows.csv").write_text(table([{"a": FERRY, "b": "Ferry stops", "c": "2024-03-05"}]), encoding="utf-8")
    assert run(["add", rows]) == 3
    assert "`pullquote add --text NAME` says which" in capsys.readouterr().err
    assert run(["add", rows, "--text", "a", "--title", "b", "--date", "c"]) == 0
    assert "Ferry stops" in capsys.readouterr().out
    assert run(["export", out]) == 0
    assert run(["add", out]) == 3
    assert "is an export of Pullquote; `pullquote import` reads it" in capsys.readouterr().err
    run(["ask", "--json", "When does the ferry stop?"])
    (tmp_path / "reply.json").write_text(capsys.readouterr().out, encoding="utf-8")
    assert run(["add", reply]) == 3
    assert "is a reply of Pullquote, no article" in capsys.readouterr().err


def test_a_damaged_line_takes_no_other_with_it(tmp_path):
    (tmp_path / "rows.jsonl").write_text(f"{json.dumps(ROWS[0])}\n{{\n\n{json.dumps(ROWS[1])}\n", encoding="utf-8")
    one, error, two = load_all(tmp_path / "rows.jsonl")
    assert (one.article.text, two.article.text) == (FERRY, QUAY)
    assert isinstance(error, SourceError)
    assert error.source.endswith("rows.jsonl#2.json")


def test_tables_in_folders_are_passed_over_and_named(tmp_path):
    for name in ("rows.csv", "rows.jsonl", "story.txt"):
        (tmp_path / name).write_text(FORMS.get(name, FERRY), encoding="utf-8")
    assert [item.article.text for item in load_all(tmp_path)] == [FERRY]
    assert [file.name for file in list_unread(tmp_path)] == ["rows.csv", "rows.jsonl"]


@pytest.mark.parametrize(
    ("record", "told"),
    [
        ({"text": f"<p>{FERRY}</p><p>Fish &amp; chips stay.</p>"}, f"{FERRY}\n\nFish & chips stay."),
        ({"content": FERRY, "date": 1709625600}, FERRY),
        ({"content": FERRY, "date": 1709625600000, "headline": "Ferry"}, FERRY),
    ],
)
def test_what_a_record_states(record, told, tmp_path):
    (tmp_path / "one.json").write_text(json.dumps(record), encoding="utf-8")
    article = load_article(tmp_path / "one.json")
    assert article.text == told
    assert article.published == (datetime(2024, 3, 5, 8, tzinfo=UTC) if "date" in record else None)


@pytest.mark.parametrize("value", [{"id": 1, "name": "Ferry"}, ["a"], {}, [], {"text": 5}, {"rows": [{"a": 1}]}])
def test_json_without_an_article_says_so(value, tmp_path):
    (tmp_path / "x.json").write_text(json.dumps(value), encoding="utf-8")
    found = list(load_all(tmp_path / "x.json"))
    assert found
    assert all(isinstance(error, (UnsupportedFormat, EmptyArticle)) for error in found)


# Telegram's own export


def chat(**more):
    messages = [
        {"id": 1, "type": "service", "action": "create_channel", "text": ""},
        {
            "id": 2,
            "type": "message",
            "date": "2024-03-05T09:00:00",
            "date_unixtime": "1709625600",
            "from": "Courier",
            "text": FERRY,
        },
        {
            "id": 3,
            "type": "message",
            "date": "2024-03-05T10:00:00",
            "from": "Courier",
            "text": [
                "The quay opens on ",
                {"type": "strikethrough", "text": "Thursday "},
                {"type": "bold", "text": "Friday"},
                ".",
            ],
        },
        {
            "id": 4,
            "type": "message",
            "date": "2024-03-05T11:00:00",
            "from": "Courier",
            "forwarded_from": "Harbour Office",
            "text": QUAY,
        },
        {"id": 5, "type": "message", "photo": "photo.jpg", "text": ""},
    ]
    return {"name": "Courier Flash", "type": "public_channel", "id": 77, "messages": messages} | more


def test_an_exported_chat_is_its_messages(tmp_path):
    (tmp_path / "result.json").write_text(json.dumps(chat()), encoding="utf-8")
    articles = [item.article for item in load_all(tmp_path)]
    assert [article.text for article in articles] == [FERRY, "The quay opens on Friday.", QUAY]
    assert [article.byline for article in articles] == ["Courier", "Courier", "Harbour Office"]
    assert [article.source.rpartition("#")[2] for article in articles] == ["2.json", "3.json", "4.json"]
    assert (articles[0].published, articles[0].agency) == (datetime(2024, 3, 5, 8, tzinfo=UTC), "Courier Flash")


def test_an_exported_account_is_the_messages_of_its_chats(tmp_path):
    (tmp_path / "result.json").write_text(
        json.dumps({"about": "x", "chats": {"about": "y", "list": [chat(), chat(id=78)]}}), encoding="utf-8"
    )
    assert [item.article.source.rpartition("#")[2] for item in load_all(tmp_path)][2:4] == ["77-4.json", "78-2.json"]


# What is text, and no article


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("x.ics", "BEGIN:VCALENDAR\nSUMMARY:Vote\nEND:VCALENDAR", "a calendar"),
        ("x.txt", "\ufeffBEGIN:VCALENDAR\r\nSUMMARY:Vote", "a calendar"),
        ("x.vcf", "BEGIN:VCARD\nFN:Anna", "contacts"),
        ("x.url", "[InternetShortcut]\nURL=https://courier.example/1", "add the address in it"),
        ("x.tex", "\\section{Ferry} It stops.", "LaTeX"),
        ("x", "\\documentclass{article}\\begin{document}It stops.", "LaTeX"),
        ("x.yaml", f"title: Ferry\nbody: {FERRY}", "settings or data"),
        ("x.toml", 'title = "Ferry"', "settings or data"),
        ("x.rst", "Ferry\n=====\n\n.. note:: It stops.", "text with marks"),
        ("x.xml", f"<story><p>{FERRY}</p></story>", "XML"),
        ("x.txt", f'<story xmlns="urn:x"><p>{FERRY}</p></story>', "XML"),
        ("x.opml", '<?xml version="1.0"?><opml/>', "XML"),
        ("x.ass", "[Script Info]\nTitle: Ferry", r"subtitles of a kind .*\.srt or \.vtt"),
        ("x.py", "print('It stops.')", "a program"),
        ("x.mp4", "\0\0\0 ftypisom", r"a recording; add its subtitles"),
        ("x.heic", "\0\0\0 ftypheic", "a picture"),
        ("x.xlsx", "words", "a spreadsheet; save it as .csv"),
    ],
)
def test_other_formats_are_refused_by_name(name, text, told):
    with pytest.raises(UnsupportedFormat, match=told):
        detect_format(text.encode(), name)


def test_front_matter_in_toml_is_no_text(tmp_path):
    (tmp_path / "x.md").write_text(f'+++\ntitle = "Ferry stops"\ndate = 2024-03-05\n+++\n\n{FERRY}\n', encoding="utf-8")
    article = load_article(tmp_path / "x.md")
    assert (article.title, article.published) == ("Ferry stops", datetime(2024, 3, 5))
    assert [article.quote(each) for each in article.sentences] == [FERRY]


# A text that the caller has


@pytest.mark.parametrize("published", [datetime(2024, 3, 5), date(2024, 3, 5), "2024-03-05", "2024-03-05T00:00"])
def test_an_article_of_a_text(published):
    article = article_from(
        FERRY, title="Ferry stops", published=published, source="Courier", url="https://courier.example/1"
    )
    assert (article.title, article.published, article.source, article.url) == (
        "Ferry stops",
        datetime(2024, 3, 5),
        "Courier",
        "https://courier.example/1",
    )
    assert article.text == FERRY
    with open_index("memory:") as index:
        index.add(article)
        assert index.ask("When does the ferry stop?").citations[0].text == FERRY


def test_an_article_of_a_text_alone():
    assert article_from(f"Ferry stops\n\n{FERRY}").title == "Ferry stops"
    with pytest.raises(ValueError, match="yesterday"):
        article_from(FERRY, published="yesterday")
    with pytest.raises(EmptyArticle):
        article_from(" ")
