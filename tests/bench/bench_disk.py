"""What the library on disk costs: adding, size, memory, asking warm and cold. Prints figures beside their bounds.

python -m tests.bench.bench_disk [PASSAGES]        100,000 unless said otherwise
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.support.paths import ROOT

_SAMPLE = 1000


def main(passages: int) -> None:
    """Make a library in a temporary folder, measure it, and print what was found."""
    from tests.support.make_library import main as make

    with tempfile.TemporaryDirectory() as name:
        texts, library = Path(name, "texts"), Path(name, "library")
        make(str(texts), str(passages))
        before, _ = analysis(texts)
        quarter = sorted(texts.glob("*/*.txt"))[: passages // 40]
        _, _, small = add([str(path) for path in quarter], Path(name, "quarter"))
        wall, cpu, large = add([str(texts)], library)
        after, busy = analysis(texts)
        alone, count = (before + after) / 2, passages // 10
        print(f"analysis alone in one process: {before:,.0f} and {after:,.0f} articles/s, before and after adding")
        print(
            f"add: {count / wall:,.0f} articles/s, {count * 10 / wall:,.0f} passages/s, {count / wall / alone:.0%} of "
            f"analysis alone (>= 60 %); {cpu / wall:.1f} cores used; CPU {cpu / (count / busy):.2f} x analysis"
        )
        print(f"memory while adding: {small:,.0f} MB for a quarter, {large:,.0f} MB for all (flat)")
        sizes(library)
        questions = [json.loads(row)["question"] for row in (texts / "questions.jsonl").open(encoding="utf-8")]
        warm(library, random.Random(1).sample(questions, 200))
        cold(library, questions[0])


def analysis(texts: Path) -> tuple[float, float]:
    """Return the articles a second that one process reads, by the clock, as `add` is measured, and by its CPU time."""
    from index import Article

    found = [path.read_text(encoding="utf-8") for path in sorted(texts.glob("*/*.txt"))[:_SAMPLE]]
    Article.from_text(found[0])
    start, busy = time.perf_counter(), time.process_time()
    for text in found:
        Article.from_text(text)
    return len(found) / (time.perf_counter() - start), len(found) / (time.process_time() - busy)


def add(sources: Sequence[str], library: Path) -> tuple[float, float, float]:
    """Add files by the command line; return seconds, CPU seconds, and megabytes of the largest process."""
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    code = "import sys, resource; from bot.cli import run; c = run(['add', *sys.stdin.read().split('\\n')]);"
    code += "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr); sys.exit(c)"
    done = subprocess.run(
        [sys.executable, "-c", f"if __name__ == '__main__':\n  {code}"],
        input="\n".join(sources),
        text=True,
        cwd=ROOT,
        capture_output=True,
        check=True,
        env={**os.environ, "PULLQUOTE_INDEX": f"disk:{library}"},
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - start, cpu, int(done.stderr.split()[-1]) / 1024


def sizes(library: Path) -> None:
    """Print what the library takes on disk for each byte of text."""
    from index import open_index
    from index.maintenance.library import measure

    with open_index(f"disk:{library}") as index:
        found = measure(index)
    assert found.text_bytes is not None
    assert found.disk_bytes is not None
    share = found.disk_bytes / found.text_bytes
    print(f"size: {found.passages:,} passages, {found.text_bytes / 1e6:.1f} MB of text, {share:.1f} x on disk (<= 6)")


def warm(library: Path, questions: list[str]) -> None:
    """Print the CPU of asking, of searching, and of tantivy alone for the same terms."""
    import tantivy

    from index import open_index
    from index.language.terms import analyse

    with open_index(f"disk:{library}") as index:
        index.ask(questions[0])
        (folder,) = library.glob("passages-*")
        bare = tantivy.Index.open(str(folder))
        searcher, schema = bare.searcher(), bare.schema
        terms = [tuple(dict.fromkeys(analyse(question))) for question in questions]
        should = tantivy.Occur.Should

        def alone(words: tuple[str, ...]) -> object:
            parts = [(should, tantivy.Query.term_query(schema, "terms", word, "freq")) for word in words]
            return searcher.search(tantivy.Query.boolean_query(parts), 30, count=False).hits

        def cost(name: str, action: object, values: Sequence[object]) -> float:
            start = time.process_time()
            for value in values:
                action(value)  # type: ignore[operator]
            used = (time.process_time() - start) / len(values) * 1000
            print(f"  {name}: {used:.2f} ms")
            return used

        print(f"warm, CPU for each of {len(questions)} questions:")
        base = cost("tantivy alone", alone, terms)
        cost("Index.search, articles not read yet", lambda text: index.search(str(text), 30), questions)
        asked = cost("Index.ask, articles of other questions", index.ask, questions)
        few = questions[:50]
        for text in few:
            index.ask(text)
        cost("Index.search, articles read before", lambda text: index.search(str(text), 30), few)
        again = cost("Index.ask, articles read before", index.ask, few)
        print(f"  ask is {asked / base:.0f} x, and {again / base:.0f} x tantivy alone (<= 25, go for 8)")


def cold(library: Path, question: str) -> None:
    """Print the CPU of one question in a new process, against that of importing what it stands on."""

    def cpu(*arguments: str) -> float:
        used = []
        for _ in range(5):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            environment = {**os.environ, "PULLQUOTE_INDEX": f"disk:{library}"}
            environment.pop("PYTHONDONTWRITEBYTECODE", None)  # what is installed is compiled once, not at every start
            subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, check=False, env=environment)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            used.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        return min(used) * 1000

    base = cpu("-c", "import tantivy, click, apsw")
    asked = cpu("-m", "bot", "ask", question)
    print(f"cold: ask {asked:.0f} ms of CPU, the imports alone {base:.0f} ms: {asked / base:.1f} x (<= 3)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
