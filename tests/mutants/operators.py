"""The mutants of a module: small changes to its source, each of which some test must notice."""

import ast
import hashlib
from collections.abc import Iterator
from typing import NamedTuple

COMPARISONS = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.Is: "is not",
    ast.IsNot: "is",
}
SUMS = {ast.Add: "-", ast.Sub: "+", ast.Mult: "+", ast.FloorDiv: "*", ast.Div: "*", ast.BitOr: "&", ast.BitAnd: "|"}
QUIET = ("_log.", "lazy_log.", "warn(", "assert ", "raise AssertionError", "assert_never")
"""How statements begin whose loss is no fault: what is logged, and what tells the type checker something."""


class Mutant(NamedTuple):
    """A change: in which file and function, at which line (from 1), what stood there and what stands there now.

    `first` is the line at which its statement begins, `start` and `end` are offsets into the source's UTF-8. `key`
    stays the same when lines are added above.
    """

    path: str
    where: str
    first: int
    line: int
    start: int
    end: int
    old: str
    new: str
    key: str

    def apply(self, source: bytes) -> bytes:
        """Return the source with the change."""
        return source[: self.start] + self.new.encode() + source[self.end :]

    def describe(self) -> str:
        """Return the mutant on one line."""
        old, new = (" ".join(text.split())[:70] for text in (self.old, self.new))
        return f"{self.path}:{self.line} {self.where}: {old}  ->  {new}"


def make_mutants(path: str, source: str, *, compiled: bool = True) -> list[Mutant]:
    """Return every mutant of a module, in order of their lines; if they are `compiled`, only those that compile."""
    tree = ast.parse(source)
    starts = [0]
    for row in source.encode().split(b"\n"):
        starts.append(starts[-1] + len(row) + 1)
    firsts = dict(_list_firsts(tree, 1))
    seen: dict[str, int] = {}
    found = []
    for where, node, new in sorted(_list_changes(tree, "", source), key=lambda each: each[1].lineno):
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[node.end_lineno - 1] + node.end_col_offset
        old = source.encode()[start:end].decode()
        if old == new:
            continue
        name = f"{path}\0{where}\0{old}\0{new}"
        seen[name] = seen.get(name, 0) + 1
        key = hashlib.sha256(f"{name}\0{seen[name]}".encode()).hexdigest()[:10]
        mutant = Mutant(path, where, firsts[id(node)], node.lineno, start, end, old, new, key)
        try:
            if compiled:
                compile(mutant.apply(source.encode()), path, "exec")
        except SyntaxError:
            continue
        found.append(mutant)
    return found


def _list_firsts(node: ast.AST, first: int) -> Iterator[tuple[int, int]]:
    """Yield for each node the line at which the innermost statement around it begins."""
    for child in ast.iter_child_nodes(node):
        here = child.lineno if isinstance(child, ast.stmt) else first
        yield id(child), here
        yield from _list_firsts(child, here)


def _list_changes(node: ast.AST, where: str, source: str) -> Iterator[tuple[str, ast.expr | ast.stmt, str]]:
    """Yield the name of the function, a node, and the source to put in its place."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = f"{where}.{child.name}".lstrip(".")
            for statement in child.body:
                yield from _change(statement, inner, source)
            if isinstance(child, ast.ClassDef):
                continue
            for default in (*child.args.defaults, *child.args.kw_defaults):
                if default is not None:
                    yield from _change(default, inner, source)
        else:
            yield from _change(child, where, source)


def _change(node: ast.AST, where: str, source: str) -> Iterator[tuple[str, ast.expr | ast.stmt, str]]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield from _list_changes(ast.Module([node], []), where, source)
        return
    if isinstance(node, ast.Import | ast.ImportFrom | ast.Assert | ast.arguments) or _is_quiet(node, source):
        return
    if isinstance(node, ast.AnnAssign):  # the annotation stays
        if node.value is not None:
            yield from _change(node.value, where, source)
        return
    yield from ((where, node, new) for new in _replace(node, source))
    for test in _list_tests(node):
        yield where, test, f"(not ({ast.get_source_segment(source, test)}))"
    for child in ast.iter_child_nodes(node):
        yield from _change(child, where, source)


def _list_tests(node: ast.AST) -> list[ast.expr]:
    """Return the conditions of a node that no other change turns round."""
    tests = [node.test] if isinstance(node, ast.If | ast.While | ast.IfExp) else []
    tests += node.ifs if isinstance(node, ast.comprehension) else []
    return [
        test
        for test in tests
        if not isinstance(test, ast.Compare | ast.BoolOp | ast.Constant)
        and not (isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not))
    ]


def _is_quiet(node: ast.AST, source: str) -> bool:
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True  # a docstring
    return isinstance(node, ast.stmt) and ast.unparse(node).startswith(QUIET)


def _replace(node: ast.AST, source: str) -> Iterator[str]:
    """Yield what may stand in place of a node."""

    def text(part: ast.AST) -> str:
        return ast.get_source_segment(source, part) or ""

    match node:
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in COMPARISONS:
            yield f"{text(left)} {COMPARISONS[type(op)]} {text(right)}"
        case ast.Compare(left=left, ops=[first, second], comparators=[middle, right]):
            for ops in ((COMPARISONS.get(type(first)), None), (None, COMPARISONS.get(type(second)))):
                names = [new or _name_operator(old) for new, old in zip(ops, (first, second), strict=True)]
                if any(ops):
                    yield f"{text(left)} {names[0]} {text(middle)} {names[1]} {text(right)}"
        case ast.BoolOp(op=op, values=values):
            other = " or " if isinstance(op, ast.And) else " and "
            yield f"({other.join(f'({text(value)})' for value in values)})"
            for at in range(len(values)):
                rest = [value for number, value in enumerate(values) if number != at]
                same = " and " if isinstance(op, ast.And) else " or "
                yield f"({same.join(f'({text(value)})' for value in rest)})"
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield f"({text(operand)})"
        case ast.BinOp(left=left, op=op, right=right) if type(op) in SUMS and not _is_text(left, right):
            yield f"({text(left)} {SUMS[type(op)]} {text(right)})"
        case ast.Constant(value=bool() as value):
            yield str(not value)
        case ast.Constant(value=int() as value):
            yield str(value + 1)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield f"({text(orelse)} if {text(test)} else {text(body)})"
        case ast.Return(value=value) if value is not None and text(value) != "None":
            yield "return None"
        case ast.Raise() | ast.Continue() | ast.Break() | ast.Expr(value=ast.Call() | ast.Await() | ast.Yield()):
            yield "pass"
        case ast.Assign() | ast.AugAssign() if "." in text(node).partition("=")[0]:
            yield "pass"


def _name_operator(operator: ast.cmpop) -> str:
    for kind, other in COMPARISONS.items():
        if isinstance(operator, kind):
            return {"<=": "<", "<": "<=", ">=": ">", ">": ">=", "!=": "==", "==": "!="}.get(
                other, {"not in": "in", "in": "not in", "is not": "is", "is": "is not"}.get(other, other)
            )
    raise TypeError(type(operator).__name__)


def _is_text(*parts: ast.AST) -> bool:
    """Tell whether a sum is one of texts: its mutant fails at once, and teaches nothing."""
    return any(
        isinstance(part, ast.JoinedStr) or (isinstance(part, ast.Constant) and isinstance(part.value, str))
        for part in parts
    )
