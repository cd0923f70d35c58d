"""Changes of a library on a cluster: each article whole or not at all, and nothing acknowledged before it is safe.

An article is stored in this order: note the intent; write passages of a new generation, which nobody takes for valid;
switch the article's document to that generation; delete passages of the old one; refresh; announce the change; forget
the intent. A killed writer leaves at most passages that do not count, and the intent that names them, for the next
writer to sweep.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from uuid import uuid4

from ...errors import ArticlesRefused, CorruptIndex, EngineUnavailable, UnknownArticle
from ...model import Article
from ...reading import passages
from .. import renewed
from . import documents
from .bulk import Action, Bulk, Failure
from .documents import Stored
from .intents import Generation, Intent, Intents
from .link import SEARCHING, WRITING, Link
from .place import Place
from .shelf import Shelf

_log = logging.getLogger(__name__)

_AT_ONCE = 1000  # articles in one change: what one intent names, and what is in memory as documents
_SWEEP = 30.0  # seconds between looks for what killed writers left
_ROUNDS = 50  # of meeting other writers at the same articles


@dataclass(frozen=True, slots=True)
class _Change:
    """From one state of an article to the next; None is not there."""

    key: str
    old: Stored | None
    new: Stored | None


class Writer:
    """Changes a library that is there; one thread at a time, any number of machines."""

    def __init__(self, link: Link, place: Place, shelf: Shelf) -> None:
        self._link = link
        self._place = place
        self._shelf = shelf
        self._bulk = Bulk(link)
        self._intents = Intents(link, place)
        self._swept = 0.0

    def close(self) -> None:
        """End the threads."""
        self._bulk.close()

    def add(self, batch: Sequence[Article], collection: str) -> int:
        """Store articles in a collection, and return how many were new to it.

        Raises:
            ArticlesRefused: the cluster will not take some of them; all others are stored.
        """
        self.sweep()
        wanted: dict[str, Article] = {}
        for article in batch:
            wanted[article.id] = renewed(wanted[article.id], article) if article.id in wanted else article
        joined: set[str] = set()
        refused: dict[str, str] = {}
        keys = list(wanted)
        for at in range(0, len(keys), _AT_ONCE):
            part = keys[at : at + _AT_ONCE]
            for failure in self._until_done(part, lambda ids: self._additions(ids, wanted, collection, joined)):
                refused[failure.owner] = failure.reason
        if refused:
            raise ArticlesRefused(self._link.address, refused, len(joined - refused.keys()))
        return len(joined)

    def remove(self, article_id: str, collection: str) -> None:
        """Take an article out of a collection.

        Raises:
            UnknownArticle: it is not in it.
        """
        self.sweep()

        def changes(ids: Sequence[str]) -> list[_Change]:
            old = self._shelf.now(ids, WRITING).get(article_id)
            if isinstance(old, CorruptIndex):
                self._erase(article_id)
                return []
            if old is None or collection not in old.collections:
                raise UnknownArticle(article_id)
            left = tuple(name for name in old.collections if name != collection)
            new = replace(old, collections=left, generation=uuid4().hex[:12]) if left else None
            return [_Change(article_id, old, new)]

        for failure in self._until_done([article_id], changes):
            raise ArticlesRefused(self._link.address, {failure.owner: failure.reason})

    def sweep(self) -> None:
        """Delete what killed writers left behind."""
        if time.monotonic() < self._swept:
            return
        self._swept = time.monotonic() + _SWEEP
        for intent in self._intents.abandoned():
            now = self._shelf.now([each.article_id for each in intent.generations], WRITING)
            gone = [
                each
                for each in intent.generations
                if not isinstance(held := now.get(each.article_id), CorruptIndex)
                and (held is None or held.generation != each.name)
            ]
            self._bulk.run(self._deletions(gone))
            self._refresh(self._place.articles, self._place.passages)
            self._announce()
            self._intents.end(intent)
            _log.warning("swept what a writer left behind: %d articles", len({each.article_id for each in gone}))

    def _additions(
        self, ids: Sequence[str], wanted: dict[str, Article], collection: str, joined: set[str]
    ) -> list[_Change]:
        now = self._shelf.now(ids, WRITING)
        generation = uuid4().hex[:12]
        sequence = -1
        found = []
        for key in ids:
            old = now.get(key)
            if isinstance(old, CorruptIndex):
                raise old
            if old is None:
                sequence = self._next_sequence() if sequence < 0 else sequence + 1
                found.append(_Change(key, None, Stored(wanted[key], (collection,), sequence, generation)))
                joined.add(key)
                continue
            article = renewed(old.article, wanted[key]) if {*old.collections} <= {collection} else old.article
            is_member = collection in old.collections
            if not is_member:
                joined.add(key)
            if not is_member or article != old.article:
                names = old.collections if is_member else (*old.collections, collection)
                found.append(_Change(key, old, Stored(article, names, old.sequence, generation)))
        return found

    def _until_done(self, ids: Sequence[str], changes: Callable[[Sequence[str]], list[_Change]]) -> list[Failure]:
        """Make the changes, those again that another writer was faster with; return what the cluster refused."""
        refused: list[Failure] = []
        left = list(ids)
        for _ in range(_ROUNDS):
            wanted = changes(left)
            if not wanted:
                return refused
            failures = self._make(wanted)
            refused += [failure for failure in failures if failure.status != 409]
            left = [failure.owner for failure in failures if failure.status == 409]
            if not left:
                return refused
        raise EngineUnavailable(self._link.address, "other writers keep changing the same articles; try again")

    def _make(self, changes: Sequence[_Change]) -> list[Failure]:
        intent = self._intents.begin(_generations(changes))
        failures = {failure.owner: failure for failure in self._bulk.run(self._passages(changes))}
        sound = [change for change in changes if change.key not in failures]
        self._refresh(self._place.passages)  # before the switch: what is valid must be found
        if not self._intents.holds(intent):  # it took minutes, or all is being rebuilt: begin anew
            self._bulk.run(self._deletions(_generation(change.new) for change in changes if change.new is not None))
            return [*failures.values(), *(Failure(change.key, 409, "was given up") for change in sound)]
        failures |= self._switched(sound)
        done = [change for change in sound if change.key not in failures]
        obsolete = [change.old for change in done] + [change.new for change in changes if change.key in failures]
        gone = [_generation(each) for each in obsolete if each is not None]
        self._bulk.run(self._deletions(gone))
        self._refresh(self._place.articles, *([self._place.passages] if gone else []))
        self._announce()
        self._close(intent, done)
        return list(failures.values())

    def _switched(self, changes: Sequence[_Change]) -> dict[str, Failure]:
        """Switch the articles' documents, and return those that could not be."""
        failures = {failure.owner: failure for failure in self._bulk.run(map(self._switch, changes))}
        beaten = [change for change in changes if change.key in failures and failures[change.key].status == 409]
        now = self._shelf.now([change.key for change in beaten], WRITING)
        for change in beaten:  # a request whose answer was lost is repeated, and then beaten by itself
            held = now.get(change.key)
            if change.new is None if held is None else isinstance(held, Stored) and _is(held, change.new):
                del failures[change.key]
        return failures

    def _close(self, intent: Intent, done: Sequence[_Change]) -> None:
        if self._intents.end(intent):
            return
        # swept while this writer slept, its passages perhaps taken for litter, or all was rebuilt in the meantime
        now = self._shelf.now([change.key for change in done], WRITING)
        ours = [each for each in done if isinstance(held := now.get(each.key), Stored) and _is(held, each.new)]
        self._bulk.run(self._passages(ours))
        self._refresh(self._place.passages)
        self._announce()

    def _announce(self) -> None:
        """Tell every reader that the library has changed."""
        self._link.must("PUT", f"/{self._place.writes}/_doc/state", {"version": uuid4().hex}, WRITING)

    def _passages(self, changes: Iterable[_Change]) -> Iterator[Action]:
        for change in changes:
            if change.new is not None:
                for key, body in documents.passage_documents(change.new):
                    yield Action(change.key, {"index": {"_index": self._place.passages, "_id": key}}, body)

    def _switch(self, change: _Change) -> Action:
        where: dict[str, object] = {"_index": self._place.articles, "_id": change.key}
        if change.old is None:
            assert change.new is not None, "a change has an end"
            return Action(change.key, {"create": where}, documents.article_document(change.new))
        where |= {"if_seq_no": change.old.seq_no, "if_primary_term": change.old.term}
        if change.new is None:
            return Action(change.key, {"delete": where}, None)
        return Action(change.key, {"index": where}, documents.article_document(change.new))

    def _deletions(self, generations: Iterable[Generation]) -> Iterator[Action]:
        for each in generations:
            for key in each.passage_ids():
                yield Action(each.article_id, {"delete": {"_index": self._place.passages, "_id": key}}, None)

    def _erase(self, article_id: str) -> None:
        """Delete a damaged article from all collections."""
        where = {"_index": self._place.articles, "_id": article_id}
        self._bulk.run([Action(article_id, {"delete": where}, None)])
        query = {"query": {"term": {"article": article_id}}}
        self._link.must("POST", f"/{self._place.passages}/_delete_by_query?conflicts=proceed", query, WRITING)
        self._refresh(self._place.articles, self._place.passages)
        self._announce()

    def _refresh(self, *indexes: str) -> None:
        self._link.must("POST", f"/{','.join(indexes)}/_refresh", None, WRITING)

    def _next_sequence(self) -> int:
        body = {"size": 0, "aggs": {"last": {"max": {"field": "sequence"}}}}
        answer = self._link.must("POST", f"/{self._place.articles}/_search?{SEARCHING}", body)
        last = answer["aggregations"]["last"]["value"]
        return 1 if last is None else int(last) + 1


def _is(held: Stored, new: Stored | None) -> bool:
    return new is not None and held.generation == new.generation


def _generation(stored: Stored) -> Generation:
    return Generation(stored.article.id, stored.generation, passages.count(stored.article))


def _generations(changes: Iterable[_Change]) -> Iterator[Generation]:
    both = chain.from_iterable((change.old, change.new) for change in changes)
    return (_generation(stored) for stored in both if stored is not None)
