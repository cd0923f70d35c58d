"""Who is compared: Pullquote on disk and in memory, and peers that list passages. Each runs in a process of its own.

    python -m tests.bench.contestants NAME CORPUS HOME            does what the lines of its standard input say
    python -m tests.bench.contestants NAME CORPUS HOME QUESTION   opens what was built, asks, and ends

A peer gets the passages that Pullquote cuts and lists ten (bare tantivy thirty, as our own search asks of it), with
stems and without stop words wherever it can. Times are CPU of the whole process, all threads, in milliseconds.
"""

from __future__ import annotations

import gc
import json
import os
import re
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable, Iterable
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import Any, ClassVar

from tests.bench.corpora import Text, make_more, read_questions, read_texts

LISTED = 10
_STOP = frozenset(
    re.findall(
        r"\w+",
        """a an and are as at be but by did do does for how if in into is it no not of on or such that the their then
        there these they this to was what when where which who why will with""",
    )
)


class Contestant:
    """One library of one contestant: built from articles at `home`, or opened there if it was built before."""

    saved: ClassVar = True
    """Whether it keeps what it built in `home`."""

    asks: ClassVar = True
    """Whether it can be asked at all."""

    opens_alone: ClassVar = True
    """Whether a new process that opens it and asks runs nothing of ours."""

    most: ClassVar = 10**7
    """Passages beyond which it would take hours or all memory."""

    def __init__(self, home: Path, corpus: Path) -> None:
        self.home, self.corpus = home, corpus

    def read_passages(self) -> list[str]:
        """Return all passages of the corpus, for those that are built anew when something is added."""
        return [passage for text in read_texts(self.corpus) for passage in text.passages]

    def build(self, texts: Iterable[Text]) -> None:
        raise NotImplementedError

    def open(self) -> None:
        raise NotImplementedError

    def ask(self, question: str) -> object:
        raise NotImplementedError

    def add(self, text: Text) -> None:
        """Add one article so that the next question sees it."""
        raise NotImplementedError


class Pullquote(Contestant):
    opens_alone = False

    def address(self) -> str:
        return f"disk:{self.home}"

    def open(self) -> None:
        from index import open_index

        self.index = open_index(self.address(), meaning=False)

    def build(self, texts):
        from index import article_from

        self.open()
        self.index.add(article_from(text.text, title=text.title) for text in texts)

    def ask(self, question):
        return self.index.ask(question)

    def add(self, text):
        from index import article_from

        self.index.add(article_from(text.text, title=text.title))


class PullquoteInMemory(Pullquote):
    saved = False
    most = 100_000

    def address(self) -> str:
        return "memory:"


class Analysis(Contestant):
    """What building cannot do without: our articles, made and thrown away."""

    saved = asks = False

    def build(self, texts):
        from index import article_from

        for text in texts:
            article_from(text.text, title=text.title)


class RankBM25(Contestant):
    """Its scores of all passages, not even sorted, for our terms."""

    saved = False
    most = 100_000

    def build(self, texts):
        from index.language.terms import analyse

        self.terms = [list(analyse(passage)) or [""] for text in texts for passage in text.passages]
        self._score()

    def _score(self):
        self.scores = import_module("rank_bm25").BM25Okapi(self.terms)

    def ask(self, question):
        from index.language.terms import analyse

        return self.scores.get_scores(analyse(question))

    def add(self, text):
        from index.language.terms import analyse

        self.terms += [list(analyse(passage)) or [""] for passage in text.passages]
        self._score()


class BM25s(Contestant):
    backend: ClassVar = "numpy"

    def build(self, texts):
        self.passages = [passage for text in texts for passage in text.passages]
        self._index()
        self.found.save(str(self.home), show_progress=False)

    def _index(self):
        self.found = import_module("bm25s").BM25(backend=self.backend)
        self.found.index(self._cut(self.passages), show_progress=False)

    def _cut(self, texts):
        if not hasattr(self, "stemmer"):
            self.stemmer = import_module("Stemmer").Stemmer("english")
        return import_module("bm25s").tokenize(texts, stopwords="en", stemmer=self.stemmer, show_progress=False)

    def open(self):
        self.found = import_module("bm25s").BM25.load(str(self.home), mmap=True)
        if self.backend == "numba":
            self.found.backend = "numba"
            self.found.activate_numba_scorer()

    def ask(self, question):
        most = min(LISTED, int(self.found.scores["num_docs"]))
        return self.found.retrieve(self._cut([question]), k=most, show_progress=False)

    def add(self, text):
        if not hasattr(self, "passages"):
            self.passages = self.read_passages()
        self.passages += text.passages
        self._index()


class BM25sNumba(BM25s):
    backend = "numba"


class Tantivy(Contestant):
    """The engine that our library stands on, bare: our terms, the best thirty numbers."""

    opens_alone = False

    def _schema(self):
        import tantivy

        made = tantivy.SchemaBuilder()
        made.add_text_field("terms", stored=False, tokenizer_name="whitespace", index_option="freq")
        return made.build()

    def build(self, texts):
        import tantivy

        self.home.mkdir(parents=True)
        self.index = tantivy.Index(self._schema(), path=str(self.home))
        self._write(texts)

    def _write(self, texts):
        import tantivy

        from index.language.terms import analyse

        writer = self.index.writer(num_threads=1)
        for text in texts:
            for passage in text.passages:
                writer.add_document(tantivy.Document(terms=" ".join(analyse(passage))))
        writer.commit()
        self._search()

    def _search(self):
        self.index.reload()
        self.searcher, self.schema = self.index.searcher(), self.index.schema

    def open(self):
        import tantivy

        self.index = tantivy.Index.open(str(self.home))
        self._search()

    def ask(self, question):
        import tantivy

        from index.language.terms import analyse

        parts = [
            (tantivy.Occur.Should, tantivy.Query.term_query(self.schema, "terms", term, "freq"))
            for term in dict.fromkeys(analyse(question))
        ]
        return self.searcher.search(tantivy.Query.boolean_query(parts), 30, count=False).hits

    def add(self, text):
        self._write([text])


class FTS5(Contestant):
    def build(self, texts):
        self.home.mkdir(parents=True)
        self.open()
        self.rows.execute("CREATE VIRTUAL TABLE passage USING fts5(text, tokenize = 'porter unicode61')")
        for text in texts:
            self._insert(text)
        self.rows.commit()

    def _insert(self, text):
        self.rows.executemany("INSERT INTO passage VALUES (?)", [(passage,) for passage in text.passages])

    def open(self):
        self.rows = sqlite3.connect(self.home / "passages.db")

    def ask(self, question):
        words = re.findall(r"\w+", question.lower())
        words = [word for word in words if word not in _STOP] or words
        query = f"SELECT rowid FROM passage WHERE passage MATCH ? ORDER BY rank LIMIT {LISTED}"
        return self.rows.execute(query, [" OR ".join(f'"{word}"' for word in words)]).fetchall()

    def add(self, text):
        self._insert(text)
        self.rows.commit()


class Whoosh(Contestant):
    most = 30_000

    def build(self, texts):
        fields, analysis = import_module("whoosh.fields"), import_module("whoosh.analysis")
        self.home.mkdir(parents=True)
        schema = fields.Schema(text=fields.TEXT(analyzer=analysis.StemmingAnalyzer(), phrase=False))
        self.index = import_module("whoosh.index").create_in(str(self.home), schema)
        self._write(texts)

    def _write(self, texts):
        writer = self.index.writer(limitmb=256)
        for text in texts:
            for passage in text.passages:
                writer.add_document(text=passage)
        writer.commit()
        self._search()

    def _search(self):
        self.searcher = self.index.searcher()
        self.analyzer = self.index.schema["text"].analyzer

    def open(self):
        self.index = import_module("whoosh.index").open_dir(str(self.home))
        self._search()

    def ask(self, question):
        query = import_module("whoosh.query")
        terms = [query.Term("text", token.text) for token in self.analyzer(question, mode="query")]
        return self.searcher.search(query.Or(terms), limit=LISTED)

    def add(self, text):
        self._write([text])


class Haystack(Contestant):
    saved = False
    most = 30_000

    def build(self, texts):
        os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"
        store = import_module("haystack.document_stores.in_memory").InMemoryDocumentStore()
        retrievers = import_module("haystack.components.retrievers.in_memory")
        self.store, self.found = store, retrievers.InMemoryBM25Retriever(store, top_k=LISTED)
        self._write(texts)

    def _write(self, texts):
        document, policy = import_module("haystack").Document, import_module("haystack.document_stores.types")
        made = [document(content=passage) for text in texts for passage in text.passages]
        self.store.write_documents(made, policy=policy.DuplicatePolicy.SKIP)

    def ask(self, question):
        return self.found.run(query=question)["documents"]

    def add(self, text):
        self._write([text])


class LlamaIndex(Contestant):
    most = 100_000

    def build(self, texts):
        node = import_module("llama_index.core.schema").TextNode
        self.nodes = [node(text=passage) for text in texts for passage in text.passages]
        self._index()
        self.found.persist(str(self.home))

    def _index(self):
        retriever = import_module("llama_index.retrievers.bm25").BM25Retriever
        stemmer = import_module("Stemmer").Stemmer("english")
        most = min(LISTED, len(self.nodes))
        self.found = retriever.from_defaults(nodes=self.nodes, stemmer=stemmer, similarity_top_k=most)

    def open(self):
        self.found = import_module("llama_index.retrievers.bm25").BM25Retriever.from_persist_dir(str(self.home))

    def ask(self, question):
        return self.found.retrieve(question)

    def add(self, text):
        node = import_module("llama_index.core.schema").TextNode
        if not hasattr(self, "nodes"):
            self.nodes = [node(text=passage) for passage in self.read_passages()]
        self.nodes += [node(text=passage) for passage in text.passages]
        self._index()


CONTESTANTS: dict[str, type[Contestant]] = {
    "Pullquote, disk": Pullquote,
    "Pullquote, memory": PullquoteInMemory,
    "our analysis alone": Analysis,
    "rank-bm25": RankBM25,
    "bm25s, numpy": BM25s,
    "bm25s, numba": BM25sNumba,
    "tantivy, bare": Tantivy,
    "SQLite FTS5": FTS5,
    "Whoosh": Whoosh,
    "Haystack": Haystack,
    "LlamaIndex": LlamaIndex,
}


class Worker:
    """Does what the process that compares says: each command is a method's name, its arguments, and one line back."""

    def __init__(self, name: str, corpus: Path, home: Path) -> None:
        self.kind, self.corpus, self.home = CONTESTANTS[name], corpus, home
        self.questions = read_questions(corpus)
        self.libraries: dict[int, Contestant] = {}

    def open(self) -> dict[str, Any]:
        """Open each library, or build all of them if that was not finished before; return what building took."""
        note = self.home / "built.json"
        if note.exists():
            for place in self.home.iterdir():
                if place.is_dir():
                    self._give(int(place.name)).open()
            return json.loads(note.read_text("utf-8"))
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir(parents=True)
        wall, cpu = time.perf_counter(), time.process_time()
        for number, texts in groupby(read_texts(self.corpus), key=lambda text: text.library):
            self._give(number).build(texts)
        taken = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall, "memory": _read_memory("VmHWM")}
        if self.kind.saved:
            note.write_text(json.dumps(taken), encoding="utf-8")
        gc.collect()
        return taken

    def ask(self, start: int, end: int, seconds: float) -> list[list[float]]:
        """Ask questions for the first time, and the same again; return both costs, of fewer if the time is up."""
        asked = self.questions[start:end]
        first = _time(lambda question: self.libraries[question.library].ask(question.text), asked, seconds)
        again = _time(lambda question: self.libraries[question.library].ask(question.text), asked[: len(first)], 1e9)
        return [first, again]

    def warm(self) -> None:
        """Ask what no corpus is asked, until everything is loaded and compiled."""
        for library in self.libraries.values():
            library.ask("Which engines were heard by the visitors?")
            library.ask("Who saw the city?")

    def add(self, start: int, end: int, seconds: float) -> list[list[float]]:
        """Add made stories one at a time to a copy; return the costs, and those of the question after each."""
        if start == 0 and self.kind.saved:
            copy = self.home.with_suffix(".added")
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(self.home / "0", copy)
            self.libraries[0] = self.kind(copy, self.corpus)
            self.libraries[0].open()
        library, costs = self.libraries[0], []
        for text in make_more(start, end):
            added = _time(library.add, [text], 1e9)
            costs.append(added + _time(library.ask, [self.questions[len(costs) % len(self.questions)].text], 1e9))
            if sum(map(sum, costs)) > 1000 * seconds:
                break
        return [list(column) for column in zip(*costs, strict=True)]

    def measure(self) -> dict[str, float]:
        """Return the megabytes that the process holds and those on disk."""
        stored = sum(path.stat().st_size for path in self.home.rglob("*") if path.is_file()) / 1e6
        return {"memory": _read_memory("VmRSS"), "disk": stored if self.kind.saved else 0.0}

    def _give(self, number: int) -> Contestant:
        self.libraries[number] = self.kind(self.home / str(number), self.corpus)
        return self.libraries[number]


def _read_memory(name: str) -> float:
    """Return the megabytes that the process holds, or at most held (Linux tells both)."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name))


def _time(work: Callable[[Any], object], values: Iterable[Any], seconds: float) -> list[float]:
    """Return the milliseconds that each took; no more are done when so many seconds are used up."""
    costs, end = [], time.process_time() + seconds
    for value in values:
        began = time.process_time()
        work(value)
        done = time.process_time()
        costs.append(1000 * (done - began))
        if done > end:
            break
    return costs


def main(name: str, corpus: str, home: str, question: str = "") -> None:
    """Serve one contestant; what libraries print goes to the standard error."""
    if question:
        library = CONTESTANTS[name](Path(home), Path(corpus))
        library.open()
        library.ask(question)
        return
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    worker = Worker(name, Path(corpus), Path(home))
    for line in sys.stdin:
        command, *arguments = json.loads(line)
        print(json.dumps(getattr(worker, command)(*arguments)), file=replies, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
