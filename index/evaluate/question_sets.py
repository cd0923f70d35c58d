"""Read question sets: articles with questions whose answers people have marked.

A set is a folder with `questions.jsonl` and either `articles.jsonl` or one `.txt` file per article,
named by the article's id. Spans are in code points of the article's text, with the end excluded.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from ..errors import SourceUnavailable, UnsupportedFormat
from ..forms.node import Node, parse_json
from ..language.language import get_language
from ..model import Article, Kind, Metadata, Paragraph, Sentence, hash_text, make_article_id
from ..reading.article import build_article
from ..sources import load_article

Bounds = tuple[int, int]
"""A span as (start, end)."""


class GoldKind(StrEnum):
    """What the gold spans of a question are: short answers, sentences or passages; or none are marked."""

    SPAN = "span"
    SENTENCE = "sentence"
    SENTENCE_SET = "sentence_set"
    PASSAGE = "passage"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """One question of a set; `article` is its key in `QuestionSet.articles`, `history` the user's earlier turns."""

    id: str
    article: str
    text: str
    answerable: bool
    gold: tuple[Bounds, ...]
    kind: GoldKind
    history: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A named set: `articles` by the set's own ids, in its order; `passages` if the set divides its articles."""

    name: str
    articles: Mapping[str, Article]
    passages: Mapping[str, tuple[Bounds, ...]]
    questions: tuple[GoldQuestion, ...]


def read_set(folder: str | Path) -> QuestionSet:
    """Read a question set from its folder.

    If the set gives an article's sentences, they are used instead of ours.

    Raises:
        SourceUnavailable: the folder, its questions or its articles cannot be read.
        UnsupportedFormat: a line is malformed; the message has its number.
        SourceError: an article cannot be read.
    """
    folder = Path(folder)
    lines = list(read_lines(folder / "questions.jsonl"))
    articles: dict[str, Article] = {}
    passages: dict[str, tuple[Bounds, ...]] = {}
    if (folder / "articles.jsonl").exists():
        for line in read_lines(folder / "articles.jsonl"):
            with line:
                key = line.node.text("article_id")
                articles[key], passages[key] = _read_article(line.node, f"{folder.name}/{key}")
    else:
        articles = {path.stem: load_article(path) for path in sorted(folder.glob("*.txt"))}
    if not articles:
        raise SourceUnavailable(
            str(folder), "holds neither articles.jsonl nor a .txt file; name a question set's folder"
        )
    questions = []
    for line in lines:
        with line:
            questions.append(_read_question(line.node, articles))
    if not questions:
        raise UnsupportedFormat(str(folder / "questions.jsonl"), "holds no question")
    return QuestionSet(folder.resolve().name, articles, passages, tuple(questions))


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a file; as a context manager it adds the line's number to errors."""

    path: Path
    number: int
    node: Node

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ValueError):
            raise UnsupportedFormat(str(self.path), f"line {self.number}: {error}") from None


def read_lines(path: Path) -> Iterator[_Line]:
    """Yield the lines of a file that has one JSON object a line, without the empty ones.

    Raises:
        SourceUnavailable: it cannot be read.
        UnsupportedFormat: a line is malformed; the message has its number.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise SourceUnavailable(str(path), f"{reason}; name a question set's folder") from error
    except UnicodeDecodeError as error:
        raise UnsupportedFormat(str(path), f"is not UTF-8 at byte {error.start}") from error
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield _Line(path, number, Node(_parse_line(path, number, line), ""))


def _parse_line(path: Path, number: int, line: str) -> Mapping[str, Any]:
    try:
        value = parse_json(line)
    except ValueError as error:
        raise UnsupportedFormat(str(path), f"line {number}: is not JSON ({error})") from None
    if not isinstance(value, dict):
        raise UnsupportedFormat(str(path), f"line {number}: is not a JSON object")
    return value


def _read_question(node: Node, articles: Mapping[str, Article]) -> GoldQuestion:
    article = node.text("article_id")
    if article not in articles:
        raise ValueError(f"article_id: there is no article {article!r}")
    length = len(articles[article].text)
    spans = [item.span(length) for item in node.items("gold")]
    turns = node.items("history") if "history" in node.value else []
    asked = GoldQuestion(
        id=node.text("id"),
        article=article,
        text=node.text("question"),
        answerable=node.truth("answerable"),
        gold=tuple((span["start"], span["end"]) for span in spans),
        kind=node.member("gold_kind", GoldKind),
        history=tuple(turn.text("text") for turn in turns if turn.text("role") == "user"),
    )
    if asked.answerable and not asked.gold and asked.kind is not GoldKind.NONE:
        raise ValueError("gold: an answerable question needs a span")
    return asked


def _read_article(node: Node, source: str) -> tuple[Article, tuple[Bounds, ...]]:
    text = node.text("text")
    title = node.text("title") if "title" in node.value else ""
    given = {key: _read_bounds(node, key, len(text)) for key in ("sentences", "passages") if key in node.value}
    language = node.text("language") if "language" in node.value else "en"
    known = Metadata(title=title, language=language)
    if "sentences" in given:
        return _build_from_sentences(text, given["sentences"], known, source), given.get("passages", ())
    return build_article(text, known, source=source), given.get("passages", ())


def _read_bounds(node: Node, key: str, length: int) -> tuple[Bounds, ...]:
    pairs = node.pairs(key)
    for number, (start, end) in enumerate(pairs):
        if not 0 <= start < end <= length:
            raise ValueError(f"{key}[{number}]: {start} to {end} is no span of the text")
    return tuple(sorted(pairs))


def _build_from_sentences(text: str, bounds: tuple[Bounds, ...], known: Metadata, source: str) -> Article:
    """Make an article of the given sentences; each line is a paragraph.

    If no line has two sentences, the lines say nothing about paragraphs, and there is only one.
    """
    paragraphs: list[Paragraph] = []
    place = 0
    for line in text.splitlines(keepends=True):
        if line.strip():
            paragraphs.append(Paragraph(len(paragraphs) + 1, Kind.BODY, place, place + len(line.rstrip())))
        place += len(line)
    starts = [paragraph.start for paragraph in paragraphs]
    if len({bisect_right(starts, start) for start, _ in bounds}) == len(bounds):
        paragraphs = [Paragraph(1, Kind.BODY, paragraphs[0].start, paragraphs[-1].end)] if paragraphs else []
        starts = starts[:1]
    language = get_language(known.language)
    sentences = tuple(
        Sentence(number, max(1, bisect_right(starts, start)), start, end, language.analyse(text[start:end]))
        for number, (start, end) in enumerate(bounds, 1)
    )
    sha256 = hash_text(text)
    return Article(
        id=make_article_id(sha256),
        sha256=sha256,
        title=known.title,
        language=language.code,
        source=source,
        length=len(sentences),
        text=text,
        paragraphs=tuple(paragraphs),
        sentences=sentences,
    )
