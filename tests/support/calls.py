"""Count the road of a question: which files of `index` and `bot` it enters, and which calls cross from file to file.

    python -m tests.support.calls [--list] [QUESTION [FILE]]

`sys.setprofile` sees every Python call of one question. A call counts when caller and callee stand in two different
files of `index` and `bot` and the caller is the very next frame: a call that passes through click or NLTK on its way
is theirs, and so is one through `index/once.py`, `index/patterns.py` or `index/collector.py`, which stand for
`functools.cached_property`, `re.Pattern` and a decorator of `contextlib`. Calls are told apart by (caller's file,
caller's name, callee's file, callee's name), whatever line they stand on and however often they run; comprehensions,
lambdas and generators are functions of their own. A file is entered when another of our files calls into it.

Two roads are counted: `pullquote ask --from FILE QUESTION`, which reads the file, asks and prints, and `Index.ask`
alone. "Cold" is the first question of a process, with the imports that it makes; "warm" is the same question again,
with modules imported and caches filled. The road is the warm one: a cold one also crosses into modules to import them.

Release 0.1.0 has 36 files and 195 calls, warm, for the command with the article of `../shared/seed` and the question
"Who denied the talks?", and 16 and 112 for `Index.ask` alone.
"""

from __future__ import annotations

import contextlib
import io
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

QUESTION = "Who denied the talks?"
FILE = "../shared/seed/000_94a7cd8d91a79f6f.txt"


class Call(NamedTuple):
    """A call from one file to another; files are named from the checkout on."""

    caller_file: str
    caller: str
    file: str
    function: str


class Road(NamedTuple):
    """The calls across files that something made."""

    calls: frozenset[Call]

    @property
    def files(self) -> frozenset[str]:
        return frozenset(call.file for call in self.calls)

    def __str__(self) -> str:
        return f"files {len(self.files)}, calls {len(self.calls)}"

    def by_room(self) -> Iterator[str]:
        """Yield one line a folder: how many of its files are entered, and how many calls enter them."""
        files = Counter(_room(file) for file in self.files)
        calls = Counter(_room(call.file) for call in self.calls)
        for room in sorted(files):
            yield f"  {room:20} files {files[room]:2}, calls {calls[room]:3}"


def _room(file: str) -> str:
    return file.rsplit("/", 1)[0]


def count_calls(work: Callable[[], Any]) -> Road:
    """Run the work once and return the calls across files of `index` and `bot` that it made in this thread."""
    import bot

    root = f"{Path(bot.__file__).parents[1]}/"
    ours, passed = (
        (f"{root}index/", f"{root}bot/"),
        {f"{root}index/{name}.py" for name in ("once", "patterns", "collector")},
    )
    seen: set[Call] = set()

    def watch(frame: FrameType, event: str, _argument: object) -> None:
        code, caller = frame.f_code, frame.f_back
        if event != "call" or caller is None or not code.co_filename.startswith(ours):
            return
        origin = caller.f_code
        if origin.co_filename in passed or code.co_filename in passed:
            return
        if origin.co_filename != code.co_filename and origin.co_filename.startswith(ours):
            near, far = origin.co_filename.removeprefix(root), code.co_filename.removeprefix(root)
            seen.add(Call(near, origin.co_name, far, code.co_name))

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        work()
    finally:
        sys.setprofile(before)
    return Road(frozenset(seen))


def count_command(file: str, question: str) -> tuple[Road, Road]:
    """Return the road of `pullquote ask --from FILE QUESTION`, cold and warm."""
    from bot.cli import run

    def ask() -> None:
        with contextlib.redirect_stdout(io.StringIO()):
            run(["ask", "--from", file, question])

    return count_calls(ask), count_calls(ask)


def count_ask(file: str, question: str) -> tuple[Road, Road]:
    """Return the road of `Index.ask` on the articles of a file or folder in memory, first question and second."""
    from index import open_index
    from index.sources import load_articles

    with open_index() as index:
        index.add(load_articles(file))
        return count_calls(lambda: index.ask(question)), count_calls(lambda: index.ask(question))


def main(question: str = QUESTION, file: str = FILE, *, listed: bool = False) -> None:
    """Print both roads of a question, with each folder's share; `listed` prints every call of them as well."""
    print(f"{question} ({file})")
    for name, (cold, warm) in (
        ("pullquote ask", count_command(file, question)),
        ("Index.ask", count_ask(file, question)),
    ):
        print(f"{name}: {warm} (cold: {cold})")
        print("\n".join(warm.by_room()))
        if listed:
            print(
                "\n".join(
                    f"    {one.caller_file}:{one.caller} -> {one.file}:{one.function}" for one in sorted(warm.calls)
                )
            )


if __name__ == "__main__":
    given = [word for word in sys.argv[1:] if word != "--list"]
    main(*given, listed="--list" in sys.argv)
