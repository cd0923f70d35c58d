"""Conversations: the file is read strictly, and the figures are those counted by hand."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from bot.verbs.evaluation import evaluate
from index.errors import UnsupportedFormat
from index.evaluate.question_sets import read_set
from index.evaluate.talks import hold_conversations, read_conversations, summarize

STORY = "Ada Kessler runs the ferry.\n\nThe ferry sank on Monday near Calder.\n\nTom Reeves sold the lighthouse.\n"
TURNS = [
    ("Who runs the ferry?", "plain", True, ["Ada Kessler runs the ferry."]),
    ("thanks", "smalltalk", False, []),
    ("Who sold the lighthouse? When did the ferry sink?", "two", True, [["Tom Reeves sold the lighthouse."], []]),
]


def write(folder, turns=TURNS, article="ferry"):
    (folder / "ferry.txt").write_text(STORY, "utf-8")
    span = {"start": 0, "end": 27}
    asked = {"id": "q", "article_id": "ferry", "question": "Who runs the ferry?", "answerable": True, "gold": [span]}
    (folder / "questions.jsonl").write_text(json.dumps({**asked, "gold_kind": "sentence"}), "utf-8")
    keys = ("text", "kind", "stands_alone", "gold")
    talk = {"id": "one", "article_id": article}
    talk["turns"] = [dict(zip(keys, turn, strict=True)) | {"meant": turn[0]} for turn in turns]
    (folder / "talks.jsonl").write_text(json.dumps(talk) + "\n", "utf-8")
    return folder / "talks.jsonl"


def test_each_kind_of_turn_is_counted(tmp_path):
    talks = read_conversations(write(tmp_path, [*TURNS[:2], ("Who sank the lighthouse?", "plain", True, [STORY[:27]])]))
    figures = summarize("own", hold_conversations(talks, read_set(tmp_path).articles))
    assert figures["groups"]["plain"]["turns"] == 2
    assert figures["groups"]["plain"]["first"] == 0.5
    assert figures["groups"]["follow-ups"]["first"] is None
    assert figures["no_answer"] == {"turns": 1, "answered": 0}


def test_a_turn_with_two_questions_has_gold_for_each(tmp_path):
    (talk,) = read_conversations(write(tmp_path))
    assert talk.turns[2].gold == (("Tom Reeves sold the lighthouse.",), ())
    assert talk.turns[1].gold == ((),)


def test_a_malformed_line_is_told_by_its_number(tmp_path):
    path = write(tmp_path)
    path.write_text(path.read_text("utf-8").replace('"kind"', '"sort"'), "utf-8")
    with pytest.raises(UnsupportedFormat, match=r"line 1.*kind"):
        read_conversations(path)


def test_a_conversation_about_an_unknown_article_is_told(tmp_path):
    talks = read_conversations(write(tmp_path, article="train"))
    with pytest.raises(UnsupportedFormat, match="train"):
        list(hold_conversations(talks, read_set(tmp_path).articles))


def test_the_verb_prints_a_row_a_kind_or_json(tmp_path):
    path = write(tmp_path)
    table = CliRunner().invoke(evaluate, ["--conversations", str(path), str(tmp_path)])
    assert [row.split()[0] for row in table.output.splitlines()] == [
        "turns",
        "plain",
        "follow-ups",
        "kind",
        "kind",
        "Of",
    ]
    found = CliRunner().invoke(evaluate, ["--json", "--conversations", str(path), str(tmp_path)])
    assert json.loads(found.output)["groups"]["plain"]["turns"] == 2
    wrong = CliRunner().invoke(evaluate, ["--library", "--conversations", str(path), str(tmp_path)])
    assert wrong.exit_code == 2
