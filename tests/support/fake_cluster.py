"""A cluster that is none: servers on the loopback that answer what a test scripts, or read a few documents.

`Nodes` are the servers. `FakeLibrary` answers them what a cluster does to a reader of a library: queries of terms,
sums, and documents by their ids. It knows no scores but the number of words found.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from index.engines.cluster import mapping, setup
from index.engines.cluster.location import ClusterLocation
from index.engines.cluster.mapping import ArticleState, Member
from index.model import Article

GOOD = {"version": {"number": "2.19.6", "distribution": "opensearch"}}


class Nodes:
    """Loopback servers that answer what a test scripts; each request is kept."""

    def __init__(self, answer: Callable[[int, str, str], tuple[int, object] | None], count: int = 1) -> None:
        self.requests: list[tuple[int, str, str, dict[str, str]]] = []
        self.over = threading.Event()
        outer = self

        def handler(number: int) -> type[BaseHTTPRequestHandler]:
            class Handler(BaseHTTPRequestHandler):
                def do_GET(self) -> None:
                    size = int(self.headers.get("Content-Length") or 0)
                    body = self.rfile.read(size).decode()
                    headers = {name.lower(): value for name, value in self.headers.items()}
                    outer.requests.append((number, self.command, self.path, headers))
                    found = answer(number, f"{self.command} {self.path}", body)
                    if found is None:  # hangs
                        outer.over.wait()
                        return
                    data = found[1].encode() if isinstance(found[1], str) else json.dumps(found[1]).encode()
                    self.send_response(found[0])
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)

                do_POST = do_PUT = do_DELETE = do_GET

                def log_message(self, *_: object) -> None:
                    pass

            return Handler

        self.servers = [ThreadingHTTPServer(("127.0.0.1", 0), handler(number)) for number in range(count)]
        for server in self.servers:
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        self.address = f"opensearch://{','.join(f'127.0.0.1:{each.server_port}' for each in self.servers)}/lib"

    def close(self) -> None:
        self.over.set()
        for server in self.servers:
            server.shutdown()
            server.server_close()


class FakeLibrary:
    """The documents of a library named `lib`, and the answers to who reads it: `Nodes(library.answer)`."""

    def __init__(self, articles: Iterable[tuple[Article, tuple[str, ...]]]) -> None:
        self.version = 0
        self.articles: dict[str, dict[str, Any]] = {}
        self.passages: dict[str, dict[str, Any]] = {}
        for article, collections in articles:
            self.put(article, collections)

    def put(self, article: Article, collections: tuple[str, ...] = ("default",)) -> None:
        """Write an article's documents, in place of those that are there."""
        self.version += 1
        sequence = len(self.articles) + 1
        members = {name: Member(sequence, article.card) for name in collections}
        stored = ArticleState(article.bare, members, sequence, f"g{self.version}")
        self.articles[article.id] = mapping.build_article_document(stored)
        self.passages = {key: row for key, row in self.passages.items() if row["article"] != article.id}
        self.passages |= mapping.build_passage_documents(stored)

    def change(self, article: Article, **fields: Any) -> None:
        """Change what is stored of an article behind the library's back."""
        self.articles[article.id] |= fields

    def answer(self, _node: int, path: str, body: str) -> tuple[int, object]:
        """Return the status and the answer to a request."""
        where = path.partition(" ")[2].partition("?")[0]
        if where == "/":
            return 200, GOOD
        if where.endswith("/_mapping"):
            return 200, {"lib-articles": {"mappings": {"_meta": setup.build_mark(ClusterLocation((), "lib"), "")}}}
        if where.endswith("/_doc/state"):
            return 200, {"_source": {"version": str(self.version)}}
        if where.endswith("/_mget"):
            return 200, {"docs": [self._get(key) for key in json.loads(body)["ids"]]}
        if where == "/_msearch":
            lines = [json.loads(line) for line in body.splitlines()]
            asked = zip(lines[::2], lines[1::2], strict=True)
            return 200, {"responses": [self._search(head["index"], one) for head, one in asked]}
        return 200, self._search(where.split("/")[1], json.loads(body))

    def _get(self, key: str) -> dict[str, Any]:
        if key not in self.articles:
            return {"_id": key, "found": False}
        return {"_id": key, "found": True, "_source": self.articles[key], "_seq_no": 1, "_primary_term": 1}

    def _search(self, index: str, body: Mapping[str, Any]) -> dict[str, Any]:
        rows = self.articles if index == "lib-articles" else self.passages
        query = body.get("query", {"bool": {}})
        found = [(_count_words(row, query), key, row) for key, row in rows.items() if _matches(row, query)]
        found.sort(key=lambda each: (-each[0], each[2]["sequence"], each[1]))
        sums = {name: {"value": sum(row.get(name, 0) for _, _, row in found)} for name in ("passages",)}
        sums["terms"] = {"value": sum(row["terms"] for _, _, row in found if isinstance(row.get("terms"), int))}
        hits = [
            {"_id": key, "fields": _list_fields(row), "sort": [float(score), row["sequence"], row["article"]]}
            for score, key, row in found[: body.get("size", 10)]
        ]
        return {"hits": {"hits": hits, "total": {"value": len(found)}}, "aggregations": sums}


def _list_fields(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value if isinstance(value, list) else [value]
        for name, value in row.items()
        if name in ("stories", "cards", "checksum")
    }


def _matches(row: Mapping[str, Any], query: Mapping[str, Any]) -> bool:
    """Tell whether a document matches a query: those of `queries.py`, but for wildcards and ranges."""
    ((kind, body),) = query.items()
    if kind == "bool":
        needed, barred = [*_list(body.get("filter")), *_list(body.get("must"))], _list(body.get("must_not"))
        some = body.get("should")
        return (
            all(_matches(row, each) for each in needed)
            and not any(_matches(row, each) for each in barred)
            and (some is None or any(_matches(row, each) for each in some))
        )
    ((field, wanted),) = body.items()
    held = row.get(field, "").split(" ") if field.startswith("terms") else _list(row[field])
    if kind == "prefix":
        return any(each.startswith(wanted) for each in held)
    if kind == "term":
        return (wanted["value"] if isinstance(wanted, dict) else wanted) in held
    assert kind == "terms", kind
    return any(each in held for each in wanted)


def _count_words(row: Mapping[str, Any], query: Mapping[str, Any]) -> int:
    (words, *_) = [*_list(query.get("bool", {}).get("must")), None]
    return sum(_matches(row, each) for each in words["bool"]["should"]) if words else 0


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
