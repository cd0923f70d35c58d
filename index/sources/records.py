"""Read JSON and tables: articles whose text, headline and date stand under names, one or many in a file.

ninjs, an export of a Telegram chat and an export of Pullquote are JSON, too, and are told from it by their names.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from .. import patterns
from ..errors import EmptyArticle, UnsupportedFormat
from ..forms.node import parse_json
from ..model import Metadata
from ..reading.article import MAX_CHARACTERS
from ..reading.document import Document
from .agency import name_author
from .facts import is_web_address, parse_moment
from .ninjs import is_item, read_item, read_words_or_page
from .parts import Columns, Part, check_count, list_as_dict
from .readers import detect_format
from .telegram_export import is_export, list_messages
from .text import decode

_NAMES = {
    "text": "text body content article body_text article_text full_text fulltext story articlebody content_text"
    " maintext plain_text body_html content_html html",
    "title": "title headline name subject heading",
    "date": "date published published_at publishedat pubdate pub_date date_published datepublished publish_date"
    " publication_date published_date created_at created timestamp datetime time",
    "byline": "byline author authors by creator writer",
    "agency": "agency source publisher outlet publication newspaper site",
    "url": "url link href web_url canonical_url permalink",
}
"""The usual names of what a record states, best first."""

_NO_ARTICLE = "is JSON without an article; give the text of one"

_WHOLE = patterns.compile(r"\d{9,13}(?:\.\d{1,9})?")


def read_json(data: bytes, source: str) -> Document:
    """Return the one article in a file of JSON.

    Raises:
        UnsupportedFormat: it is damaged, holds several articles or none, or is an export of Pullquote.
        EmptyArticle: it states no text.
    """
    values = _parse(data, source)
    if len(values) == 1 and isinstance(values[0], dict):
        _check_export(values[0], source)
        parts = list(list_messages(values[0]))
        values = [value for _, value in parts] or _find_list(values[0]) or values
    if len(values) > 1:
        raise UnsupportedFormat(source, f"holds {len(values):,} articles; `pullquote add` reads them all")
    if not values or not isinstance(values[0], dict):
        raise UnsupportedFormat(source, _NO_ARTICLE)
    return _read_value(values[0], source)


def split_json(data: bytes, source: str) -> list[Part]:
    """Return the articles of JSON Lines, of a list, or of a Telegram chat; [] for the one article of a file.

    Raises:
        UnsupportedFormat: as `read_json` does.
    """
    return _split(data, source, Columns())


def split_table(data: bytes, source: str) -> list[Part]:
    """Return the rows of a table whose first row names its columns.

    Raises:
        UnsupportedFormat: it names no column that holds text.
    """
    return _cut(_read_table(data, source), source, Columns())


def split_named_as_dict(data: bytes, source: str) -> dict[str, Any]:
    """Return the articles of JSON or a table; the first line of the bytes says which columns to read. Runs in a worker.

    Raises:
        SourceError: they cannot be cut, have too many parts, or no such column.
    """
    line, _, rest = data.partition(b"\n")
    columns = Columns(**json.loads(line))
    if detect_format(rest, source).name == "table":
        parts = _cut(_read_table(rest, source), source, columns)
    else:
        parts = _split(rest, source, columns)
    return list_as_dict(check_count(parts, source))


def _split(data: bytes, source: str, columns: Columns) -> list[Part]:
    values = _parse(data, source)
    for value in values[:1]:
        _check_export(value, source)
    if len(values) == 1 and isinstance(values[0], dict):
        if is_export(values[0]):
            return [_make_part(name, message) for name, message in list_messages(values[0])]
        inner = _find_list(values[0])
        if inner is None:
            return _cut(values, source, columns) if any((columns.text, columns.title, columns.date)) else []
        values = inner
    return _cut(values, source, columns)


def _parse(data: bytes, source: str) -> list[Any]:
    """Return the values of a file: one, those of its list, or those of its lines.

    Raises:
        UnsupportedFormat: it is damaged.
    """
    text = decode(data, source)
    try:
        value = parse_json(text)
    except ValueError as error:
        lines = [line for line in text.split("\n") if line.strip()]
        found = [_parse_line(line) for line in lines]
        if len(lines) < 2 or not isinstance(found[0], dict):
            raise UnsupportedFormat(source, "is damaged JSON; get another copy of it") from error
        return found
    return value if isinstance(value, list) else [value]


def _parse_line(line: str) -> Any:
    """Return the value in a line, None if it is damaged."""
    try:
        return parse_json(line)
    except ValueError:
        return None


def _check_export(value: Any, source: str) -> None:
    """Refuse what Pullquote itself has written.

    Raises:
        UnsupportedFormat: the value is an article that was exported, or a saved reply.
    """
    if not isinstance(value, dict) or "format" not in value:
        return
    article = value.get("article", value)
    if isinstance(article, dict) and {"sha256", "paragraphs", "sentences"} <= article.keys():
        raise UnsupportedFormat(source, "is an export of Pullquote; `pullquote import` reads it")
    if {"question", "verdict", "passages"} <= value.keys():
        raise UnsupportedFormat(source, "is a reply of Pullquote, no article; `pullquote verify` checks it")


def _find_list(value: dict[str, Any]) -> list[Any] | None:
    """Return the only list of objects in an object that is no article itself, None if it is one or has none."""
    if _is_ninjs(value) or _find_name(value, "text"):
        return None
    lists = [each for each in value.values() if isinstance(each, list) and each and isinstance(each[0], dict)]
    return lists[0] if len(lists) == 1 else None


def _read_table(data: bytes, source: str) -> list[Any]:
    """Return the rows of a table by the names of its columns; the rows may be separated by commas, semicolons or tabs.

    Raises:
        UnsupportedFormat: it cannot be read as a table.
    """
    text = decode(data, source)
    first = text.partition("\n")[0]
    separator = max(",;\t|", key=first.count)
    csv.field_size_limit(MAX_CHARACTERS)
    try:
        return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise UnsupportedFormat(source, f"is no table that can be read ({error}); save it as CSV anew") from error


def _cut(values: Iterable[Any], source: str, columns: Columns) -> list[Part]:
    """Return a part for each record, under the names that are read; a damaged line becomes a part that is refused.

    Raises:
        UnsupportedFormat: the first record has no such column, or none that holds text.
    """
    rows = list(values)
    first = next((row for row in rows if isinstance(row, dict)), None)
    if first is None:
        raise UnsupportedFormat(source, _NO_ARTICLE)
    if not _is_ninjs(first) or columns.text:
        names = _choose(first, columns, source)
        rows = [_rename(row, names) if isinstance(row, dict) else None for row in rows]
    return [_make_part(str(number), row) for number, row in enumerate(rows, 1)]


def _make_part(name: str, value: Any) -> Part:
    """Return a record as a file of its own; what is none is written as it was found, damaged."""
    return Part(f"{name}.json", (json.dumps(value) if isinstance(value, dict) else '{"').encode())


def _choose(record: dict[str, Any], columns: Columns, source: str) -> dict[str, str]:
    """Return the column of each thing that a record states, as it is named there.

    Raises:
        UnsupportedFormat: it has no such column, or none that holds text.
    """
    told = ", ".join(str(name) for name in list(record)[:12])[:300]
    chosen = {kind: _find_name(record, kind) for kind in _NAMES}
    for kind, wanted in (("text", columns.text), ("title", columns.title), ("date", columns.date)):
        if wanted:
            chosen[kind] = next((name for name in record if _fold(name) == _fold(wanted)), "")
            if not chosen[kind]:
                raise UnsupportedFormat(source, f"has no column {wanted!r}; its columns are {told}")
    if not chosen["text"]:
        raise UnsupportedFormat(
            source, f"has no column whose name says that it holds text ({told}); `pullquote add --text NAME` says which"
        )
    return chosen


def _rename(record: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {kind: record[name] for kind, name in names.items() if name and record.get(name) is not None}


def _find_name(record: dict[str, Any], kind: str) -> str:
    """Return the best of the usual names that a record has for a thing, "" if it has none."""
    folded = {_fold(name): name for name in reversed(list(record))}
    return next((folded[name] for name in _NAMES[kind].split() if name in folded), "")


def _fold(name: object) -> str:
    return "_".join(str(name).lower().replace("-", " ").split())


def _read_value(value: dict[str, Any], source: str) -> Document:
    """Return the text of one record, or of a ninjs item.

    Raises:
        UnsupportedFormat: it states no text under a name that is known.
    """
    if _is_ninjs(value):
        return read_item(value, source)
    record = _rename(value, _choose(value, Columns(), source))
    text = record.get("text")
    if not isinstance(text, str) or not text.strip():
        raise EmptyArticle(source, "states no text; give the text of an article")
    document = read_words_or_page(text, source)
    agency, url = _read_line(record, "agency"), _read_line(record, "url")
    known = Metadata(
        title=_read_line(record, "title")[:500],
        published=_read_moment(_read_line(record, "date")),
        byline=name_author(_read_line(record, "byline"))[:500],
        agency="" if "://" in agency else agency[:500],
        url=url if is_web_address(url) else "",
    )
    return replace(document, known=known)


def _is_ninjs(value: dict[str, Any]) -> bool:
    """Tell whether an object is a ninjs item; other JSON has some of its names, too."""
    names = {str(name).lower() for name in value}
    if names & {"bodies", "headlines", "pubstatus", "versioncreated"} or ("uri" in names and "body_html" in names):
        return True
    return is_item(value) and not _find_name(value, "text")


def _read_line(record: dict[str, Any], kind: str) -> str:
    """Return what a record states on one line, "" if that is nothing; names in a list or an object are joined."""
    value = record.get(kind, "")
    many = value if isinstance(value, list) else [value]
    found = [each.get("name", "") if isinstance(each, dict) else each for each in many]
    words = [str(each) for each in found if isinstance(each, str | int | float) and not isinstance(each, bool)]
    return " ".join(", ".join(words).split())


_DOTTED = patterns.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?:,?\s(\d{2}:\d{2}(?::\d{2})?))?")


def _read_moment(written: str) -> datetime | None:
    """Return the moment that a record states: in words, or as the seconds or milliseconds since 1970."""
    if _WHOLE.fullmatch(written):
        seconds = float(written)
        return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)
    if dotted := _DOTTED.fullmatch(written.strip()):  # as tables from the continent have it: the day comes first
        return parse_moment(f"{dotted[3]}-{dotted[2]:0>2}-{dotted[1]:0>2}{'T' if dotted[4] else ''}{dotted[4] or ''}")
    return parse_moment(written)
