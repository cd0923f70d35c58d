"""What stands in one place only: names of classes and files, words of the calendar, BM25, what an engine is."""

import ast
import re
from collections import defaultdict
from itertools import combinations
from pathlib import PurePosixPath

import pytest

from tests.support.source import read_modules

CALENDAR = re.compile(
    r"\b(?:january|february|april|june|july|august|september|october|november|december"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b",
    re.IGNORECASE,
)
"""Months and weekdays that are no other word."""

CALENDAR_HOMES = {
    "index/language/calendar.py",
    "index/sources/worker/preload.py",  # a page with a date, for the parsers to warm up on
}

SHARED_CLASSES = {"Outcome"}  # a public name of `index.citations` and of `index.evaluate`


def constants(module):
    """Yield the strings of a module that are no docstrings and no comments, with their lines."""
    spoken = {id(node.value) for node in ast.walk(module.tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes) and id(node) not in spoken:
            yield node.value if isinstance(node.value, str) else node.value.decode("latin-1"), node.lineno


def holds(node, value):
    return any(isinstance(part, ast.Constant) and part.value == value for part in ast.walk(node))


def last_name(node):
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def test_no_two_classes_share_a_name():
    homes = defaultdict(list)
    for module in read_modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef):
                homes[node.name].append(module.path)
    assert len(homes) > 150, "the rule looks at next to nothing"
    shared = {name: places for name, places in homes.items() if len(places) > 1}
    assert set(shared) == SHARED_CLASSES, shared


def is_slip(one, other):
    """Tell whether one word becomes the other by one letter changed, put in or left out."""
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) == 1
    short, long = sorted((one, other), key=len)
    return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


@pytest.mark.parametrize(
    ("one", "other", "slip"),
    [
        ("link", "links", True),
        ("score", "store", True),
        ("core", "score", True),
        ("words", "wording", False),
        ("a", "a", False),
    ],
)
def test_a_slip_is_one_letter(one, other, slip):
    assert is_slip(one, other) is slip


def test_no_two_file_names_are_taken_for_each_other():
    """Nowhere do two names differ by an ending s, and in one folder by no single letter."""
    files = [PurePosixPath(module.path) for module in read_modules() if not module.path.endswith("__init__.py")]
    stems = sorted({file.stem for file in files})
    plurals = {(one, other) for one, other in combinations(stems, 2) if other == f"{one}s"}
    folders = defaultdict(set)
    for file in files:
        folders[file.parent].add(file.stem)
        folders[file.parent.parent].add(file.parent.name)
    slips = {pair for names in folders.values() for pair in combinations(sorted(names), 2) if is_slip(*pair)}
    assert not plurals | slips


def test_the_calendar_has_one_home():
    seen = {module.path for module in read_modules() for text, _ in constants(module) if CALENDAR.search(text)}
    assert seen == CALENDAR_HOMES


def test_bm25_has_one_home():
    formulas, parameters = set(), set()
    for module in read_modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and last_name(node.func) in ("log", "log1p", "log2") and holds(node, 0.5):
                formulas.add(module.path)
            named = (
                [(node.arg, node.value)]
                if isinstance(node, ast.keyword)
                else [(last_name(target), node.value) for target in node.targets]
                if isinstance(node, ast.Assign)
                else []
            )
            if any(name in ("k1", "K1", "b", "B") and isinstance(value, ast.Constant) for name, value in named):
                parameters.add(module.path)
    assert formulas == {"index/language/bm25.py"}
    assert parameters == {"index/language/bm25.py"}


def test_only_the_engines_know_which_engine_it_is():
    """What engines differ in belongs to their protocol: elsewhere no code asks for the class, nor imports one."""
    known = {
        node.name
        for module in read_modules("index")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and node.name.endswith("Engine")
    }
    assert len(known) >= 4, known
    strangers = {
        f"{module.path}:{node.lineno} {last_name(node)}"
        for module in read_modules()
        if not module.path.startswith("index/engines/")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Name | ast.Attribute) and last_name(node) in known - {"Engine"}
    }
    assert strangers == set()


WRITERS = {
    "index/files.py": "every file for a reader, and empty ones for SQLite and the history",
    "index/engines/disk/lock.py": "a note beside the lock, lost without harm",
    "index/engines/disk/traces.py": "a copy of a damaged file, where that cannot have two names",
    "index/engines/disk/room.py": "the reserve, which holds nothing",
    "bot/cli.py": "nothing, to nowhere",
}
"""The modules that open files for writing, and what they write; SQLite and tantivy write their own."""


def writes(node):
    """Tell whether a call opens a file for writing, or makes one."""
    name = last_name(node.func)
    if name in {"write_text", "write_bytes", "savefig", "mkstemp", "NamedTemporaryFile", "copyfile"}:
        return name != "savefig" or last_name(node.args[0]) != "drawn"  # that is in memory
    texts = [part.value for part in (*node.args, *(word.value for word in node.keywords)) if is_text(part)]
    flags = {last_name(part) for part in ast.walk(node)}
    opens = name in {"open", "fdopen", "File"} and any(re.fullmatch(r"[rwxabt+]*[wxa+][bt+]*", text) for text in texts)
    return opens or (name == "open" and bool(flags & {"O_CREAT", "O_WRONLY", "O_RDWR"}))


def is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('Path("x").write_text("y")', True),
        ('path.open("wb")', True),
        ('open(path, mode="w")', True),
        ('click.File("w", atomic=True)', True),
        ("os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)", True),
        ("figure.savefig(path)", True),
        ('path.open("rb")', False),
        ("os.open(folder, os.O_RDONLY)", False),
        ("figure.savefig(drawn)", False),
        ('open_index("a")', False),
    ],
)
def test_a_call_that_writes_is_recognised(code, found):
    assert writes(ast.parse(code, mode="eval").body) is found


def test_files_are_written_in_one_place():
    found = {
        module.path
        for module in read_modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and writes(node)
    }
    assert found == set(WRITERS)
