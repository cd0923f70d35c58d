"""Write our Korean question set from `stories.txt`: `python -m tests.train.make_own_ko`.

A story begins with `== its name`. Then come `P` the day and time of publication, if it states them, `T` the headline
and `D` the dateline. Each line after these is a sentence and, unless it begins with `+`, a paragraph; `>` is a line
that is no part of the story. `? 3,5 when | ...` is a question that sentence 3 answers, and sentence 5, too. The story
does not answer `! who | ...`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.support.paths import ROOT

FOLDER = ROOT / "tests" / "evaluate" / "own-ko"


def build(source: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the articles and the questions, as the lines of a question set."""
    articles, questions = [], []
    for story in re.split(r"^== ", source, flags=re.MULTILINE)[1:]:
        name, *lines = story.strip().split("\n")
        text, spans = _write_text(lines)
        key = f"own-ko-{name}"
        articles.append({"article_id": key, "set": "own-ko", "title": _find(lines, "T"), "text": text})
        for number, (gold, kind, question) in enumerate(_read_questions(lines), 1):
            questions.append(
                {
                    "set": "own-ko",
                    "id": f"{key}-{number}",
                    "article_id": key,
                    "question": question,
                    "answerable": bool(gold),
                    "gold": [{"start": spans[each - 1][0], "end": spans[each - 1][1]} for each in gold],
                    "gold_kind": "sentence",
                    "tags": {"kind": kind},
                }
            )
    return articles, questions


def _find(lines: list[str], mark: str) -> str:
    return next((line[2:] for line in lines if line.startswith(f"{mark} ")), "")


def _write_text(lines: list[str]) -> tuple[str, list[tuple[int, int]]]:
    """Return the text of a story, and where in it each sentence stands, without the dateline."""
    text, spans = f"{_find(lines, 'T')}\n\n{_find(lines, 'D')} ", []
    for line in lines:
        if line[:2] not in {"P ", "T ", "D ", "? ", "! ", "> "}:
            sentence = line.removeprefix("+ ")
            if spans:
                text += " " if line.startswith("+ ") else "\n\n"
            spans.append((len(text), len(text) + len(sentence)))
            text += sentence
    foot = [line[2:] for line in lines if line.startswith("> ")]
    if day := _find(lines, "P"):
        foot.append(f"{day.replace('-', '/')} 송고")
    return "\n\n".join([text, *foot]), spans


def _read_questions(lines: list[str]) -> Iterator[tuple[list[int], str, str]]:
    for line in lines:
        if line[:2] in {"? ", "! "}:
            head, question = line[2:].split(" | ")
            *gold, kind = head.split()
            yield [int(each) for each in ",".join(gold).split(",") if each], kind, question


def _write(path: Path, lines: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")


if __name__ == "__main__":
    made = build((FOLDER / "stories.txt").read_text("utf-8"))
    for file, content in zip(("articles.jsonl", "questions.jsonl"), made, strict=True):
        _write(FOLDER / file, content)
