"""Processes that change and read libraries until something befalls them: for tests of faults.

    python -m tests.faults.disk_faults

forks one for each line of JSON on standard input, and answers with what became of it.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

HERE = ("default", "other")


def story(number: int) -> Any:
    """Return the article of a number; each has the term `everywhere` in each of its passages."""
    from tests.support.make_library import made
    from tests.support.vectors import encoded

    chance = random.Random(number)
    words = [f"w{n}" for n in range(50)]
    sentences = [
        ["everywhere", f"unique{number}", *chance.choices(words, k=chance.randint(3, 20))]
        for _ in range(2 + number % 9)
    ]
    return encoded(made(sentences, title=f"Story {number}"))


def open_library(folder: str) -> Any:
    """Return the engine of a library that is whole only with the vectors of all its articles."""
    from index.engines.disk import DiskEngine
    from tests.support.vectors import ENCODER

    return DiskEngine(folder, ENCODER)


def rebuild_library(folder: str) -> Any:
    """Rebuild a library, and say what that left."""
    from index.engines.disk.rebuild import rebuild
    from index.engines.vectors import VectorMaker
    from tests.support.vectors import ENCODER, encode

    return rebuild(folder, maker=VectorMaker(encode, ENCODER))


def act(folder: str, order: dict[str, Any]) -> Any:
    """Carry out one operation on a library."""
    match order["do"]:
        case "restore":
            return rebuild_library(folder).articles
        case "look":
            return look(folder)
        case "churn":
            churn(folder, order["seed"], order["pipe"])
        case "work":
            work(folder, order["control"])
        case "guarded":
            return guarded(folder, order["numbers"])
        case "flipped":
            return flipped(folder, order["numbers"])
    engine = open_library(folder)
    try:
        match order["do"]:
            case "add":
                return engine.add(map(story, order["numbers"]), order.get("collection", "default"))
            case "remove":
                return engine.remove(story(order["numbers"][0]).id, "default")
            case "rebuild":
                engine._folder.rebuild_search_index()
    finally:
        engine.close()


def look(folder: str) -> dict[str, Any]:
    """Return what a library holds, after checking it against itself; `wrong` lists what does not fit."""
    from index.model import Filter
    from index.reading.passages import split
    from tests.support.vectors import ENCODER

    start = time.monotonic()
    engine = open_library(folder)
    names = tuple(engine.collections())
    everything = Filter(collections=names)
    numbers = {story(number).id: number for number in range(120)}
    cards = list(engine.articles(everything)) if names else []
    hits = engine.search(["everywhere"], 100_000, everything) if names else ()
    seconds = time.monotonic() - start
    articles = {card.id: engine.article(card.id, HERE) for card in cards}
    wrong = [f"article {numbers[key]}" for key, article in articles.items() if article != story(numbers[key])]
    passages = {(part.article_id, part.number) for article in articles.values() for part in split(article)}
    if {(hit.passage.article_id, hit.passage.number) for hit in hits} != passages:
        wrong.append(f"{len(hits)} hits for {len(passages)} passages")
    if len(engine) != len(cards) or engine.statistics(["everywhere"]).frequency.get("everywhere", 0) != len(passages):
        wrong.append("the counts")
    if engine.encoder != ENCODER:
        wrong.append("the encoder")
    members = {name: [numbers[card.id] for card in engine.articles(Filter(collections=(name,)))] for name in names}
    engine.close()
    return {"members": members, "wrong": wrong, "seconds": seconds}


def churn(folder: str, seed: int, pipe: int) -> None:
    """Change a library at random until killed; say what is begun and what is acknowledged."""
    from index.errors import UnknownArticle

    chance = random.Random(seed)
    engine = open_library(folder)

    def say(*words: object) -> None:
        os.write(pipe, (json.dumps(words) + "\n").encode())

    while True:
        draw = chance.random()
        numbers = chance.sample(range(60), chance.randint(1, 4))
        name = chance.choice(("default", "default", "other"))
        if draw < 0.6:
            say("begin", "add", name, numbers)
            engine.add(map(story, numbers), name)
            say("done", "add", name, numbers)
        elif draw < 0.93:
            say("begin", "remove", name, numbers[:1])
            with suppress(UnknownArticle):
                engine.remove(story(numbers[0]).id, name)
            say("done", "remove", name, numbers[:1])
        else:
            engine._folder.rebuild_search_index()


def work(folder: str, control: str) -> None:
    """Do a fixed day's work on a library, telling the file system of each acknowledgement."""

    engine = open_library(folder)
    for number, order in enumerate(WORK):
        match order:
            case ("add", name, numbers):
                engine.add(map(story, numbers), name)
            case ("remove", name, numbers):
                engine.remove(story(numbers[0]).id, name)
            case _:
                engine._folder.rebuild_search_index()
        Path(control).write_text(f"mark {number}", encoding="ascii")
    engine.close()


WORK = (
    ("add", "default", [1, 2, 3]),
    ("add", "default", [4]),
    ("add", "other", [2, 5]),
    ("remove", "default", [3]),
    ("add", "default", [6, 7, 8, 9]),
    ("rebuild",),
    ("remove", "default", [2]),
    ("add", "default", [3]),
    ("remove", "other", [2]),
    ("add", "default", [10]),
    ("add", "default", [11]),
)


def guarded(folder: str, numbers: list[int]) -> dict[str, Any]:
    """Try to add under a fault; return the error's name and whether earlier articles can still be read."""
    from index.errors import PullquoteError
    from index.model import Filter

    engine = open_library(folder)
    before = {card.id for card in engine.articles(Filter(collections=("default",)))}
    hits = engine.search(["everywhere"], 1000, Filter(collections=("default",)))
    error = ""
    try:
        engine.add(map(story, numbers), "default")
    except PullquoteError as exc:
        error = type(exc).__name__
    readable = all(engine.article(key, HERE).id == key for key in before)
    found = {hit.passage.article_id for hit in engine.search(["everywhere"], 1000, Filter(collections=("default",)))}
    engine.close()
    return {"error": error, "readable": readable and len(hits) > 0 and found >= before}


def flipped(folder: str, numbers: list[int]) -> dict[str, Any]:
    """Read a damaged library; return the `wrong` words, which never may be, and the errors that named the damage."""
    from index.errors import PullquoteError
    from index.model import Filter
    from index.reading.passages import split

    known = {story(number).id: story(number) for number in numbers}
    parts = {(part.article_id, part.number): part for article in known.values() for part in split(article)}
    told: list[str] = []
    wrong: list[str] = []
    found: set[str] = set()
    missing = 0
    try:
        engine = open_library(folder)
    except PullquoteError as exc:
        return {"wrong": wrong, "told": [type(exc).__name__], "missing": len(known), "hits": 0}
    within = Filter(collections=("default",))
    for article_id, article in known.items():
        try:
            if engine.article(article_id, HERE) != article:
                wrong.append(article_id)
            found.add(article_id)
        except PullquoteError as exc:
            told.append(type(exc).__name__)
            missing += 1
    hits = 0
    try:
        for terms in (["everywhere"], ["w1", "w2"], ["w7"]):
            for hit in engine.search(terms, 1000, within):
                hits += terms == ["everywhere"]
                if parts.get((hit.passage.article_id, hit.passage.number)) != hit.passage:
                    wrong.append(f"hit {hit.passage.article_id}")
    except PullquoteError as exc:
        told.append(type(exc).__name__)
    expected = sum((key in found) for key, _ in parts)
    engine.close()
    return {"wrong": wrong, "told": told, "missing": missing, "hits": hits, "expected": expected}


def zygote() -> None:
    """Fork a process for each order; answer with its result, its error, or the signal that ended it."""
    import logging

    import apsw  # noqa: F401 - loaded once, for all that are forked
    import filelock  # noqa: F401
    import tantivy  # noqa: F401

    import index.engines.disk.rebuild  # noqa: F401
    import tests.support.make_library  # noqa: F401

    logging.disable(logging.CRITICAL)
    for line in sys.stdin:
        order = json.loads(line)
        read_end, write_end = os.pipe()
        pid = os.fork()
        if not pid:
            os.close(read_end)
            _child(order, write_end)
        os.close(write_end)
        if "kill_after" in order:
            time.sleep(order["kill_after"])
            os.kill(pid, signal.SIGKILL)
        with os.fdopen(read_end, "rb") as pipe:
            output = pipe.read().decode()
        status = os.waitpid(pid, 0)[1]
        ended = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        print(json.dumps({"signal": ended, "output": output}), flush=True)


def _child(order: dict[str, Any], pipe: int) -> None:
    """Carry out an order, write its result and end without tidying up, as a killed process does."""
    import resource

    for name, limit in order.get("limits", {}).items():
        resource.setrlimit(getattr(resource, name), (limit, limit))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # a panic's backtrace is no failure of ours
    try:
        result = {"result": act(order["folder"], order | {"pipe": pipe})}
    except BaseException as exc:  # noqa: BLE001 - whatever it is, the test is told
        result = {
            "error": type(exc).__name__,
            "message": str(exc),
            "known": hasattr(exc, "engine") or hasattr(exc, "article_id"),
        }
    if order["do"] != "churn":
        os.write(pipe, json.dumps(result).encode())
    os._exit(0)


if __name__ == "__main__":
    zygote()
