"""Every regular expression of the package, and how the time that each takes grows with the text it meets.

`python -m tests.support.patterns` measures them all, which takes minutes; with `quick` a part of the texts, and shorter
ones; with `known` the patterns that are known to be bad.
"""

from __future__ import annotations

import ast
import json
import math
import random
import re
import re._constants as op  # the parsed form of a pattern is nowhere public
import re._parser as parser
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import FrameType
from typing import Any

from index.language.language import get_language
from tests.support.source import Module, imports, read_modules

SECRET = 'a "b\\\t&%"'
CALLS = {"match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
LOCAL: dict[tuple[str, str], Callable[[Any], list[str]]] = {
    ("bot/serving/logs.py", "__init__"): lambda home: [home._spell(SECRET), *home._pack(SECRET)],
    ("bot/serving/logs.py", "mask"): lambda home: [
        f"{home._ANY_PACKED}?{each}{home._ANY_PACKED}?" for each in home._pack(SECRET)
    ],
    ("index/asking/followup.py", "_ask_about_another"): lambda _: [r"\bin\s+South\ Korea"],
    ("index/asking/typos.py", "_compile_words"): lambda home: [home._compile_words("ab").pattern],
    ("index/asking/follow_by_language.py", "_compile"): lambda _: [
        text for code in ("es", "ko") for name, text in get_language(code).follow.items() if name != "who_said"
    ],
    ("index/citations/dates_by_language.py", "_read_words"): lambda home: [
        f"(?x:{one.pattern})" if one.flags & re.VERBOSE else one.pattern
        for words in map(home._read_words, ("es", "ko"))
        for one in (words.pattern, words.ahead, words.past)
        if one is not None
    ],
    ("index/citations/dates.py", "_compile_pattern"): lambda home: [home._compile_pattern().pattern],
    ("index/citations/links.py", "_stands_once"): lambda _: ["said\\ Kim ?the\\ talks\\ ended ?on\\ Monday"],
    ("index/evidence/speakers.py", "_compile"): lambda home: [text for _, text in home._build_patterns()],
    ("index/evidence/speakers_by_language.py", "_read_speech"): lambda home: [
        one.pattern
        for speech in map(home._read_speech, ("es", "ko"))
        for one in (speech.cue, *speech.patterns, speech.subject, speech.not_who)
    ],
    ("index/reading/conventions.py", "_compile"): lambda home: [
        text
        for wire in home.list_wires()
        for text in (*wire.patterns.values(), rf"(?:{wire.patterns['end']}|{wire.patterns['credit']})\Z")
    ],
    ("index/reading/conventions.py", "split_names"): lambda home: [
        wire.patterns["parting"] for wire in home.list_wires() if "parting" in wire.patterns
    ],
    ("index/language/analyser.py", "compile_words"): lambda _: [
        one.pattern
        for language in map(get_language, ("de", "es", "hi", "ko", "zh"))
        for one in (*language.asks.values(), *language.holds.values())
    ],
    ("index/language/analyser.py", "_unit"): lambda home: [
        home.Analyser()._unit.pattern,
        home.Analyser(joins="'")._unit.pattern,
    ],
    ("index/language/analyser.py", "_asking"): lambda home: [
        home.Analyser(asking=("wer", "was"), by_character=whole)._asking.pattern for whole in (False, True)
    ],
    ("index/language/splitter.py", "_mark"): lambda home: [home.Splitter(ends=";")._mark.pattern],
    ("index/asking/understand.py", "understand"): lambda _: [get_language(code).courtesy for code in ("es", "ko")],
    ("index/evidence/other_languages.py", "_find_counted"): lambda _: [get_language("ko").counted],
    ("index/digest/requests.py", "_compile"): lambda home: [text for _, text in home.list_phrasings()],
    ("index/evidence/answer_types.py", "_asked"): lambda home: [
        home.patterns.fold(row.asked) for row in home.TYPES if row.asked
    ],
    ("index/evidence/answer_types.py", "_held"): lambda home: [
        row.held if row.cased else home.patterns.fold(row.held) for row in home.TYPES if row.held
    ],
    ("index/evidence/offices.py", "find_bearers"): lambda home: [
        r"\bKorea(?:['’]s?|n)? (?:\w+ ){0,2}chief\b|\bchief (?:of|for) (?:the )?Korea\b",
        rf"\b(?i:chief) {home._NAME}",
    ],
    ("index/evidence/question.py", "defined"): lambda home: [home.read_question("What is ROK?").defined.pattern],
    ("index/reading/furniture.py", "_compile"): lambda home: [
        *(one for each in home._index_by_first_word().values() for one in each),
        *home._BY_SIGN.values(),
        "|".join(home._EDGE),
    ],
}
"""Patterns that are made when they are needed, by file and function: such as are made there."""

USED = {
    "index/asking/typos.py": ("findall",),
    "index/citations/dates.py": ("finditer",),
    "index/digest/requests.py": ("fullmatch",),
    "index/evidence/answer_types.py": ("search",),
    "index/evidence/question.py": ("search",),
    "index/language/analyser.py": ("search", "findall", "finditer"),
    "index/language/splitter.py": ("finditer",),
    "index/reading/furniture.py": ("fullmatch",),
    "bot/serving/logs.py": ("search", "sub"),
}
"""The calls that those patterns are used in, by file."""


@dataclass(frozen=True)
class Pattern:
    """A pattern, where it stands, and the calls that it is used in."""

    place: str
    text: str | bytes
    flags: int
    calls: tuple[str, ...]


@dataclass(frozen=True)
class Growth:
    """How the time of the worst text grows: `exponent` is 1 for linear, and `seconds` are for `size` characters."""

    exponent: float
    size: int
    seconds: float
    call: str
    shape: str
    pattern: Pattern


def collect() -> tuple[list[Pattern], list[str]]:
    """Return all patterns of `index` and `bot`, and the places of those that could not be told."""
    found, lost = [], []
    for module in read_modules():
        # The first hands on what others give it; those of plugs have none, and need what only their test installs.
        if module.name == "index.patterns" or module.name.startswith("index.plugs."):
            continue
        home = import_module(module.name)
        named = _list_uses(module)
        for node in ast.walk(module.tree):
            if _is_loose(node):
                lost.append(f"{module.path}:{node.lineno} {ast.unparse(node)}")  # type: ignore[attr-defined]
            made = LOCAL.get((module.path, node.targets[0].id)) if _hands_on(node) else None  # type: ignore[attr-defined]
            if made:
                calls = USED.get(module.path, ("finditer",))
                found += [Pattern(f"{module.path}:{node.lineno}", text, 0, calls) for text in made(home)]  # type: ignore[attr-defined]
            elif _hands_on(node):
                lost.append(f"{module.path}:{node.lineno} {ast.unparse(node)}")  # type: ignore[attr-defined]
            if not (isinstance(node, ast.Call) and _is_call(node.func)):
                continue
            place, call = f"{module.path}:{node.lineno}", node.func.attr  # type: ignore[attr-defined]
            calls = (call,) if call in CALLS else named.get(id(node), ("search", "finditer", "fullmatch"))
            flags = _find_flags(node, home, call)
            texts = _find_texts(node, module, home)
            if call not in CALLS and module.path in USED:
                calls = named.get(id(node), USED[module.path])
            found += [Pattern(place, text, flags, calls) for text in texts]
            if not texts:
                lost.append(f"{place} {ast.unparse(node.args[0])}")
    return found, lost


def _is_call(node: ast.expr) -> bool:
    known = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in ("re", "patterns")
    return known and node.attr in CALLS | {"compile"}  # type: ignore[attr-defined]


def _hands_on(node: ast.AST) -> bool:
    """Tell whether the function that compiles is itself passed on, as in `NAME = cache(re.compile)`."""
    return (
        isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and not _is_call(node.value.func)
        and any(isinstance(each, ast.Attribute) and _is_call(each) for each in node.value.args)
    )


def _is_loose(node: ast.AST) -> bool:
    """Tell whether a pattern could come from here unseen: `from re import ...`, `import regex`."""
    if isinstance(node, ast.ImportFrom):
        return node.module in ("re", "regex")
    return isinstance(node, ast.Import) and any(each.name == "regex" or each.asname == "re" for each in node.names)


def _find_texts(node: ast.Call, module: Module, home: Any) -> list[Any]:
    try:
        return [eval(compile(ast.Expression(node.args[0]), module.path, "eval"), vars(home))]
    except NameError:
        around = [
            each for each in ast.walk(module.tree) if isinstance(each, ast.FunctionDef) and node in ast.walk(each)
        ]
        return [text for each in around for text in LOCAL.get((module.path, each.name), lambda _: [])(home)]


def _find_flags(node: ast.Call, home: Any, call: str) -> int:
    given = [each.value for each in node.keywords if each.arg == "flags"]
    at = {"compile": 1, "sub": 4, "subn": 4, "split": 3}.get(call, 2)
    given += node.args[at : at + 1]
    try:
        return int(eval(compile(ast.Expression(given[0]), "flags", "eval"), vars(home))) if given else 0
    except NameError:
        return int(re.IGNORECASE)


def _list_uses(module: Module) -> dict[int, tuple[str, ...]]:
    """Return, for each `NAME = re.compile(...)` of the module, the methods that are called on that name.

    A name that goes elsewhere, into a table or a call, has none: any may be called on it there.
    """
    homes = {
        node.targets[0].id: id(node.value)
        for node in module.tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    methods: dict[str, set[str]] = {}
    seen: dict[str, int] = {}
    for each in read_modules():
        if each is module:
            _count_uses(each.tree, None, methods, seen)
        elif names := {one for source, one in imports(each) if source == module.name and one in homes}:
            _count_uses(each.tree, names, methods, seen)
    return {
        key: tuple(sorted(methods[name] & CALLS))
        for name, key in homes.items()
        if methods.get(name, set()) & CALLS and seen[name] == 0  # it goes nowhere else
    }


def _count_uses(tree: ast.AST, names: Any, methods: dict[str, set[str]], seen: dict[str, int]) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in CALLS | {"pattern"}:
            if names is None or node.value.id in names:
                methods.setdefault(node.value.id, set()).add(node.attr)
                seen[node.value.id] = seen.get(node.value.id, 0) - 1
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Is):
            other = node.comparators[0]
            if isinstance(other, ast.Name) and (names is None or other.id in names):
                seen[other.id] = seen.get(other.id, 0) - 1
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and (names is None or node.id in names):
            seen[node.id] = seen.get(node.id, 0) + 1


# Texts that are hostile to a pattern ---------------------------------------------------------------------------

_PLAIN = (
    " ",
    "a",
    "A",
    "1",
    '"',
    "a ",
    "Aa ",
    ", ",
    ". ",
    "\n",
    "<",
    "-",
    "(",
    "said A, ",
    "the a ",
    "é",
    "“",
    "_",
    "[",
)
_TAILS = ("", "\0!")


def list_shapes(pattern: Pattern, most: int) -> list[tuple[str, str, str]]:
    """Return triples for this pattern: what a text begins with, what it repeats, what it ends with.

    They are made of the pattern's own parts: what a repetition repeats behind what leads there, the alternatives of a
    choice one after another, every beginning of the pattern without its end, and characters that are everywhere.
    """
    text = pattern.text if isinstance(pattern.text, str) else pattern.text.decode("latin-1")
    flags = pattern.flags if isinstance(pattern.text, str) else pattern.flags | re.ASCII
    tree = parser.parse(text, flags)
    found: dict[tuple[str, str], None] = {}
    beginnings: list[str] = []
    _walk(list(tree), "", found, beginnings)
    pieces = list(dict.fromkeys(each for each in beginnings if each))
    whole = _give(list(tree))
    for one in pieces:
        found.setdefault(("", one))
    for one in [*found][:12]:
        for other in (" ", "a", '"', ","):
            found.setdefault((one[0], one[1] + other))
    plain = {}
    for char in _PLAIN:
        plain |= dict.fromkeys((("", char), (whole, char), (whole[: len(whole) // 2], char)))
    tails = (*_TAILS, *dict.fromkeys(_list_excluded(list(tree))))[:5]
    own, others = (
        [(lead, body, tail) for lead, body in each if body for tail in tails] for each in (found, plain.keys() - found)
    )
    chance = random.Random(repr(text))
    kept = chance.sample(own, min(len(own), max(most - len(others), most * 3 // 4)))
    return kept + chance.sample(sorted(others), min(len(others), max(0, most - len(kept))))


def _walk(nodes: list[Any], lead: str, found: dict[tuple[str, str], None], beginnings: list[str]) -> None:
    for at, (kind, value) in enumerate(nodes):
        before = lead + _give(nodes[:at])
        beginnings.append(before)
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            body = _give(list(value[2]))
            found.setdefault((before, body))
            found.setdefault((before, body + _give(nodes[at + 1 :])))
            _walk(list(value[2]), before, found, beginnings)
        elif kind is op.SUBPATTERN:
            _walk(list(value[3]), before, found, beginnings)
        elif kind is op.ATOMIC_GROUP:
            _walk(list(value), before, found, beginnings)
        elif kind in (op.ASSERT, op.ASSERT_NOT):
            _walk(list(value[1]), before, found, beginnings)
        elif kind is op.BRANCH:
            given = [_give(list(each)) for each in value[1]]
            found.setdefault((before, "".join(given)[:400]))
            for each, one in zip(value[1], given, strict=True):
                found.setdefault((before, one))
                _walk(list(each), before, found, beginnings)
        elif kind in (op.IN, op.ANY, op.NOT_LITERAL):
            found.setdefault((before, _give([(kind, value)])))
    beginnings.append(lead + _give(nodes))


def _list_excluded(nodes: Any) -> Iterator[str]:
    """Yield a character that each negated class of the pattern leaves out: it ends a run that the class takes."""
    if isinstance(nodes, tuple) and len(nodes) == 2 and nodes[0] is op.CATEGORY and nodes[1] in _OUTSIDE:
        yield _OUTSIDE[nodes[1]]
    if isinstance(nodes, tuple) and len(nodes) == 2 and nodes[0] is op.IN and nodes[1][0][0] is op.NEGATE:
        yield from (chr(value) for kind, value in nodes[1] if kind is op.LITERAL)
    elif isinstance(nodes, tuple) and len(nodes) == 2 and nodes[0] is op.NOT_LITERAL:
        yield chr(nodes[1])
    elif isinstance(nodes, tuple | list | parser.SubPattern):
        for each in nodes:
            yield from _list_excluded(each)


def _give(nodes: Sequence[Any]) -> str:
    """Return a text that the nodes match, or nearly: what looks ahead or behind counts for nothing."""
    out = ""
    for kind, value in nodes:
        if kind is op.LITERAL:
            out += chr(value)
        elif kind is op.NOT_LITERAL:
            out += "a" if value != ord("a") else "b"
        elif kind is op.ANY:
            out += "x"
        elif kind is op.IN:
            out += _choose(value)
        elif kind is op.BRANCH:
            out += _give(list(max(value[1], key=len)))
        elif kind is op.SUBPATTERN:
            out += _give(list(value[3]))
        elif kind is op.ATOMIC_GROUP:
            out += _give(list(value))
        elif kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            out += _give(list(value[2])) * min(max(value[0], 1), 40)
    return out


_OUTSIDE = {op.CATEGORY_NOT_WORD: "a", op.CATEGORY_NOT_DIGIT: "1", op.CATEGORY_NOT_SPACE: " "}
"""What those classes leave out that are made of all but one kind."""

_CATEGORIES = {
    op.CATEGORY_DIGIT: "1",
    op.CATEGORY_SPACE: " ",
    op.CATEGORY_WORD: "a",
    op.CATEGORY_NOT_DIGIT: "a",
    op.CATEGORY_NOT_SPACE: "a",
    op.CATEGORY_NOT_WORD: " ",
}


def _choose(items: Sequence[Any]) -> str:
    """Return a character of the class."""
    if items[0][0] is op.NEGATE:
        inside = re.compile("[" + "".join(_write(each) for each in items[1:]) + "]")
        return next((each for each in "aA1 ,\n" if not inside.match(each)), "\u2603")
    kind, value = items[0]
    return chr(value) if kind is op.LITERAL else chr(value[0]) if kind is op.RANGE else _CATEGORIES[value]


def _write(item: Any) -> str:
    kind, value = item
    if kind is op.LITERAL:
        return re.escape(chr(value))
    if kind is op.RANGE:
        return f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
    return {
        op.CATEGORY_DIGIT: r"\d",
        op.CATEGORY_SPACE: r"\s",
        op.CATEGORY_WORD: r"\w",
        op.CATEGORY_NOT_DIGIT: r"\D",
        op.CATEGORY_NOT_SPACE: r"\S",
        op.CATEGORY_NOT_WORD: r"\W",
    }[value]


# Measuring -----------------------------------------------------------------------------------------------------

BOUND = 1.5
"""The exponent that no pattern may exceed; a quadratic one reaches 1.9 on a noisy machine."""

LIMIT = 1.0
"""Seconds of CPU that one text may take where no smaller one tells what it may."""

NOISE = 0.02
"""Seconds of CPU below which a figure says nothing about growth."""


class _TooLong(Exception):
    pass


def _give_up(_number: int, _frame: FrameType | None) -> None:
    raise _TooLong


def time_once(pattern: Pattern, call: str, shape: tuple[str, str, str], size: int, limit: float = LIMIT) -> float:
    """Return the seconds of CPU that the call takes on a text of this shape and size; `inf` beyond the limit."""
    lead, body, tail = shape
    text = lead + body * (max(0, size - len(lead) - len(tail)) // len(body) + 1) + tail
    subject: Any = text if isinstance(pattern.text, str) else text.encode("latin-1", "replace")
    compiled: Any = re.compile(pattern.text, pattern.flags)
    run = getattr(compiled, call if call in ("match", "search", "fullmatch") else "finditer")
    signal.setitimer(signal.ITIMER_PROF, limit)
    try:
        began = time.process_time()
        found = run(subject)
        if call not in ("match", "search", "fullmatch"):
            for _ in found:
                pass
        return time.process_time() - began
    except _TooLong:
        return math.inf
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def measure(pattern: Pattern, *, most: int, sieve: int, sizes: Sequence[int], worst: int) -> Growth:
    """Return the growth of the worst text: all shapes are tried with `sieve` characters, the slowest with `sizes`."""
    tried = []
    for shape in list_shapes(pattern, most):
        for call in pattern.calls:
            seconds = time_once(pattern, call, shape, sieve)
            tried.append((seconds, call, shape))
            if seconds > LIMIT / 100:  # thirty times what a slow pattern takes
                found = _grow(pattern, call, shape, (sieve // 2, 8 * sieve))
                if found.exponent > BOUND:
                    return found
    tried.sort(key=lambda each: -each[0])
    return max((_grow(pattern, call, shape, sizes) for _, call, shape in tried[:worst]), key=lambda one: one.exponent)


def _grow(pattern: Pattern, call: str, shape: tuple[str, str, str], sizes: Sequence[int]) -> Growth:
    """Compare the largest size with one that is at least sixteen times smaller: noise then counts for little.

    A text may take as long as the bound allows; one that takes longer is given up, and has shown that it is steeper.
    """
    growth, known = 0.0, {}
    size, seconds = sizes[0], 0.0
    for size in sizes:
        smaller = max((each for each in known if each * 16 <= size), default=None)
        ratio = size / smaller if smaller else 1.0
        before = max(known[smaller], NOISE / ratio) if smaller else 0.0
        limit = max(LIMIT, 1.2 * before * ratio**BOUND)
        seconds = min(time_once(pattern, call, shape, size, limit) for _ in range(2))
        if math.isinf(seconds) and not smaller:
            return Growth(math.inf, size, seconds, call, repr(shape)[:90], pattern)
        if smaller and seconds > NOISE:
            growth = math.log(min(seconds, limit) / before) / math.log(ratio)
        if math.isinf(seconds):
            break
        known[size] = seconds
    return Growth(growth, size, seconds, call, repr(shape)[:90], pattern)


SIZES = (1_024, 4_096, 16_384, 65_536, 262_144)


KNOWN = (
    (r"[^.;]+, which refers to\b", "search"),
    (r"(?:<!--[\s\S]{0,400}?-->|\s){0,20}<(?:html|body)", "match"),
    (r"[ \t]+#+$", "search"),
    (r"\bwill\b[^.;]*\Z", "search"),
    (r"\?\W*\Z", "search"),
)
"""Patterns that take more than linear time, each with a call that shows it: they were ours once."""


def measure_all(patterns: Sequence[Pattern], *, quick: bool) -> Iterator[Growth]:
    """Yield the growth of each pattern."""
    signal.signal(signal.SIGPROF, _give_up)
    for pattern in dict.fromkeys(patterns):
        if quick:
            yield measure(pattern, most=32, sieve=1_024, sizes=(2_048, 32_768), worst=2)
        else:
            yield measure(pattern, most=120, sieve=4_096, sizes=SIZES, worst=2)


def main() -> None:
    """Print the growth of all patterns as JSON, the largest first, and what could not be told."""
    found, lost = collect() if "known" not in sys.argv[1:] else ([], [])
    found = found or [Pattern("known", text, 0, (call,)) for text, call in KNOWN]
    grown = sorted(measure_all(found, quick="quick" in sys.argv[1:]), key=lambda one: -one.exponent)
    rows = [
        {
            "exponent": round(min(one.exponent, 99.0), 2),
            "characters": one.size,
            "seconds": round(min(one.seconds, 99.0), 4),
            "call": one.call,
            "place": one.pattern.place,
            "text": one.shape,
            "pattern": str(one.pattern.text),
        }
        for one in grown
    ]
    print(json.dumps({"rows": rows, "lost": lost}))


if __name__ == "__main__":
    main()
