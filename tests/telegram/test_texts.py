"""The words that can reach a chat: none of them is for a command line."""

import ast
import re

import pytest

from bot.telegram.screens.screens import explain_error
from bot.telegram.screens.wording import wording
from index.errors import CorruptIndex, ModelError, OutputError, SourceError, UnknownArticle, UnsupportedFormat
from tests.support.paths import ROOT

COMMAND_LINE = re.compile(
    r"\bpullquote [a-z]|(?<![\w-])--[a-z]{2}|exit code|PULLQUOTE_|\bTELEGRAM_|~/|/home/|\.sqlite|\.env\b"
)

SHOWN = (
    "bot/conversation",
    "bot/pages",
    "bot/telegram/actions",
    "bot/telegram/screens",
    "index/asking",
    "index/digest",
    "index/reading",
    "index/sources",
    "index/stories",
    "index/verdicts.py",
)
"""Where the texts are that a chat may show; those of other modules reach a terminal or a log alone."""

ELSEWHERE = frozenset((" left out (show --report)",))
"""Texts of those modules that a verb alone prints: `Fidelity` as a string."""

LOGGED = frozenset(("debug", "info", "warning", "error", "exception", "warn"))


def list_texts(path):
    """Yield each string of a module with its line, but docstrings and what is logged."""
    tree = ast.parse(path.read_text())
    left_out = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            left_out.add(id(node.value))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LOGGED:
            left_out |= {id(each) for each in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in left_out:
            yield node.lineno, node.value


def modules():
    found = [ROOT / each for each in SHOWN]
    return [path for each in found for path in (sorted(each.rglob("*.py")) if each.is_dir() else [each])]


def test_no_text_that_a_chat_may_show_is_for_a_command_line():
    looked = 0
    for path in modules():
        for line, text in list_texts(path):
            if text in ELSEWHERE:
                continue
            looked += 1
            words = text.partition("; `pullquote ")[0] if "index/sources" in path.as_posix() else text  # see `fact`
            assert not COMMAND_LINE.search(words), f"{path}:{line} {text!r}"
    assert looked > 1000


@pytest.mark.parametrize(
    "text", ["`pullquote list` shows", "name it with --from", "see PULLQUOTE_STATE", "exit code 3"]
)
def test_the_guard_knows_what_it_looks_for(text):
    assert COMMAND_LINE.search(text)


def test_an_error_is_told_without_commands_and_without_folders():
    many = UnsupportedFormat("/srv/desk/mail.mbox", "holds 12 articles; `pullquote add` reads them all")
    assert str(many).endswith("reads them all")
    assert explain_error(many) == "mail.mbox: holds 12 articles"
    assert explain_error(SourceError("https://n.example/a", "is gone")) == "https://n.example/a: is gone"
    assert explain_error(SourceError("", "is empty")) == "is empty"
    assert explain_error(UnknownArticle("97ca")) == wording.NOT_HERE
    operators = (
        CorruptIndex("disk:/srv/library", "is damaged; `pullquote rebuild` mends it"),
        OutputError("/srv/x", "is full"),
        ModelError("judge.npz", "is damaged"),
    )
    assert {explain_error(each) for each in operators} == {wording.UNAVAILABLE}


def test_no_text_has_the_name_of_another():
    path = ROOT / "bot" / "telegram" / "screens" / "wording.py"
    targets = [
        target for each in ast.parse(path.read_text()).body if isinstance(each, ast.Assign) for target in each.targets
    ]
    names = [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]
    assert len(names) == len(set(names))
