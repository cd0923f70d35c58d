"""Changing a library on a cluster: each article whole or not at all, and nothing acknowledged before it is safe.

An article is stored in this order: log the intent; write passages of a new generation, which do not count yet; switch
the article's document to that generation; delete the passages of the old one; refresh; announce the change; delete the
intent. A killed writer leaves behind at most passages that do not count and the intent that names them; the next writer
cleans them up.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from uuid import uuid4

from ...errors import ArticlesRefused, CorruptIndex, EngineUnavailable, UnknownArticle
from ...model import DEFAULT_LANGUAGE, Article
from ...reading import passages
from ..contract import Entry, renew_card
from . import mapping, queries, setup
from .article_cache import ArticleCache
from .bulk import BulkAction, BulkFailure, BulkWriter
from .client import SEARCHING, WRITING, ClusterClient
from .encoder import LibraryEncoder
from .intents import Generation, Intent, IntentLog
from .location import ClusterLocation
from .mapping import ArticleState, Member

_log = logging.getLogger(__name__)

_AT_ONCE = 1000  # articles changed together: one intent names them, and their documents are in memory
_SWEEP = 30.0  # seconds between two checks for what killed writers left behind
_ROUNDS = 50  # tries, if other writers keep changing the same articles


@dataclass(frozen=True, slots=True)
class _Change:
    """A change from one state of an article to the next; None means that it is not there.

    `encoder` is the one that the library had when an addition was planned.
    """

    key: str
    old: ArticleState | None
    new: ArticleState | None
    encoder: str = ""


class ClusterWriter:
    """Changes a library that exists; one thread at a time, on any number of machines.

    `encoder` made the vectors of the articles that are added.
    """

    def __init__(
        self, client: ClusterClient, location: ClusterLocation, article_cache: ArticleCache, encoder: str = ""
    ) -> None:
        self._client = client
        self._location = location
        self._article_cache = article_cache
        self._encoder = LibraryEncoder(client, location, encoder)
        self._bulk = BulkWriter(client)
        self._intents = IntentLog(client, location)
        self._swept = 0.0

    def close(self) -> None:
        """End the threads."""
        self._bulk.close()

    def add(self, batch: Sequence[Entry]) -> int:
        """Store articles in collections, and return how many memberships were new.

        Raises:
            ArticlesRefused: the cluster will not take some of them; all others are stored.
        """
        self.sweep()
        wanted: dict[str, dict[str, Article]] = {}
        places: dict[tuple[str, str], int] = {}
        for at, (name, article, _) in enumerate(batch):
            places.setdefault((article.id, name), at)
            held = wanted.setdefault(article.id, {})
            first = held.get(name, article)
            held[name] = first.with_card(renew_card(first, article))
        joined: set[tuple[str, str]] = set()
        refused: dict[str, str] = {}
        keys = list(wanted)
        first_place = cache(self._find_next_place)  # before anything of the batch is there, and only if it is needed

        def plan(ids: Sequence[str]) -> list[_Change]:
            return self._plan_additions(ids, wanted, joined, lambda pair: first_place() + places[pair])

        for at in range(0, len(keys), _AT_ONCE):
            for failure in self._repeat_until_done(keys[at : at + _AT_ONCE], plan):
                refused[failure.owner] = failure.reason
        if refused:
            raise ArticlesRefused(self._client.address, refused, sum(key not in refused for key, _ in joined))
        return len(joined)

    def remove(self, article_id: str, collection: str) -> None:
        """Take an article out of a collection.

        Raises:
            UnknownArticle: it is not in it.
        """
        self.sweep()

        def plan(ids: Sequence[str]) -> list[_Change]:
            old = self._article_cache.fetch_now(ids, WRITING).get(article_id)
            if isinstance(old, CorruptIndex):
                self._erase(article_id)
                return []
            if old is None or collection not in old.members:
                raise UnknownArticle(article_id)
            left = {name: member for name, member in old.members.items() if name != collection}
            new = replace(old, members=left, generation=uuid4().hex[:12]) if left else None
            return [_Change(article_id, old, new)]

        for failure in self._repeat_until_done([article_id], plan):
            raise ArticlesRefused(self._client.address, {failure.owner: failure.reason})

    def sweep(self) -> None:
        """Delete what killed writers left behind."""
        if time.monotonic() < self._swept:
            return
        self._swept = time.monotonic() + _SWEEP
        for intent in self._intents.take_over_abandoned():
            now = self._article_cache.fetch_now([each.article_id for each in intent.generations], WRITING)
            gone = [
                each
                for each in intent.generations
                if not isinstance(held := now.get(each.article_id), CorruptIndex)
                and (held is None or held.generation != each.name)
            ]
            self._bulk.run(self._list_deletions(gone))
            self._refresh(self._location.articles, self._location.passages)
            self._announce()
            self._intents.end(intent)
            _log.warning("cleaned up after a writer that died: %d articles", len({each.article_id for each in gone}))

    def _plan_additions(
        self,
        ids: Sequence[str],
        wanted: dict[str, dict[str, Article]],
        joined: set[tuple[str, str]],
        find_place: Callable[[tuple[str, str]], int],
    ) -> list[_Change]:
        """Return what to change; `find_place` tells where an article comes in a collection that has it not yet."""
        now = self._article_cache.fetch_now(ids, WRITING)
        texts = {key: next(iter(wanted[key].values())).bare for key in ids if key not in now}
        self._make_room({text.language for text in texts.values()})
        encoder = self._encoder.fit(texts)
        generation = uuid4().hex[:12]
        found = []
        for key in ids:
            old = now.get(key)
            if isinstance(old, CorruptIndex):
                raise old
            text = texts[key] if old is None else old.article
            before = {} if old is None else old.members
            members = dict(before)
            for name, article in wanted[key].items():
                if name not in before:
                    joined.add((key, name))
                place = before[name].sequence if name in before else find_place((key, name))
                members[name] = Member(place, renew_card(text, article))
            if members == before:
                continue
            if old is None:
                new = ArticleState(text, members, min(member.sequence for member in members.values()), generation)
            else:
                new = replace(old, members=members, generation=generation)
            found.append(_Change(key, old, new, encoder))
        return found

    def _make_room(self, languages: set[str]) -> None:
        """Let the library take articles in these languages."""
        new = languages - {DEFAULT_LANGUAGE}
        if new and new - setup.fetch_analysers(self._client, self._location).keys():
            setup.add_languages(self._client, self._location, self._location.passages, sorted(new))

    def _repeat_until_done(
        self, ids: Sequence[str], plan: Callable[[Sequence[str]], list[_Change]]
    ) -> list[BulkFailure]:
        """Make the changes, again for articles that another writer changed first; return what the cluster refused."""
        refused: list[BulkFailure] = []
        left = list(ids)
        for _ in range(_ROUNDS):
            wanted = plan(left)
            if not wanted:
                return refused
            failures = self._carry_out(wanted)
            refused += [failure for failure in failures if failure.status != 409]
            left = [failure.owner for failure in failures if failure.status == 409]
            if not left:
                return refused
        raise EngineUnavailable(self._client.address, "other writers keep changing the same articles; try again")

    def _carry_out(self, changes: Sequence[_Change]) -> list[BulkFailure]:
        intent = self._intents.begin(_name_generations(changes))
        failures = {failure.owner: failure for failure in self._bulk.run(self._list_passages(changes))}
        sound = [change for change in changes if change.key not in failures]
        self._refresh(self._location.passages)  # before the switch: passages that count must be found
        if not self._intents.is_open(intent):  # this took minutes, or the library is being rebuilt: start again
            self._bulk.run(
                self._list_deletions(_name_generation(change.new) for change in changes if change.new is not None)
            )
            return [*failures.values(), *(BulkFailure(change.key, 409, "was given up") for change in sound)]
        failures |= self._switch_documents(sound)
        done = [change for change in sound if change.key not in failures]
        self._encoder.confirm({change.encoder for change in done if change.old is None})
        obsolete = [change.old for change in done] + [change.new for change in changes if change.key in failures]
        gone = [_name_generation(each) for each in obsolete if each is not None]
        self._bulk.run(self._list_deletions(gone))
        self._refresh(self._location.articles, *([self._location.passages] if gone else []))
        self._announce()
        self._close(intent, done)
        return list(failures.values())

    def _switch_documents(self, changes: Sequence[_Change]) -> dict[str, BulkFailure]:
        """Switch the articles' documents, and return the failures."""
        failures = {failure.owner: failure for failure in self._bulk.run(map(self._build_switch, changes))}
        beaten = [change for change in changes if change.key in failures and failures[change.key].status == 409]
        now = self._article_cache.fetch_now([change.key for change in beaten], WRITING)
        for change in beaten:  # a request whose answer was lost is repeated, and then conflicts with itself
            held = now.get(change.key)
            if change.new is None if held is None else isinstance(held, ArticleState) and _is_same(held, change.new):
                del failures[change.key]
        return failures

    def _close(self, intent: Intent, done: Sequence[_Change]) -> None:
        if self._intents.end(intent):
            return
        # the intent was cleaned up while this writer slept, perhaps with its passages, or the library was rebuilt
        now = self._article_cache.fetch_now([change.key for change in done], WRITING)
        ours = [
            each for each in done if isinstance(held := now.get(each.key), ArticleState) and _is_same(held, each.new)
        ]
        self._bulk.run(self._list_passages(ours))
        self._refresh(self._location.passages)
        self._announce()

    def _announce(self) -> None:
        """Tell every reader that the library has changed."""
        self._client.request("PUT", f"/{self._location.writes}/_doc/state", {"version": uuid4().hex}, WRITING)

    def _list_passages(self, changes: Iterable[_Change]) -> Iterator[BulkAction]:
        for change in changes:
            if change.new is not None:
                for key, body in mapping.build_passage_documents(change.new):
                    yield BulkAction(change.key, {"index": {"_index": self._location.passages, "_id": key}}, body)

    def _build_switch(self, change: _Change) -> BulkAction:
        where: dict[str, object] = {"_index": self._location.articles, "_id": change.key}
        if change.old is None:
            assert change.new is not None, "a change has an end"
            return BulkAction(change.key, {"create": where}, mapping.build_article_document(change.new))
        where |= {"if_seq_no": change.old.seq_no, "if_primary_term": change.old.term}
        if change.new is None:
            return BulkAction(change.key, {"delete": where}, None)
        return BulkAction(change.key, {"index": where}, mapping.build_article_document(change.new))

    def _list_deletions(self, generations: Iterable[Generation]) -> Iterator[BulkAction]:
        for each in generations:
            for key in each.list_passage_ids():
                yield BulkAction(each.article_id, {"delete": {"_index": self._location.passages, "_id": key}}, None)

    def _erase(self, article_id: str) -> None:
        """Delete a damaged article from all collections."""
        where = {"_index": self._location.articles, "_id": article_id}
        self._bulk.run([BulkAction(article_id, {"delete": where}, None)])
        query = {"query": {"term": {"article": article_id}}}
        self._client.request("POST", f"/{self._location.passages}/_delete_by_query?conflicts=proceed", query, WRITING)
        self._refresh(self._location.articles, self._location.passages)
        self._announce()

    def _refresh(self, *indexes: str) -> None:
        self._client.request("POST", f"/{','.join(indexes)}/_refresh", None, WRITING)

    def _find_next_place(self) -> int:
        """Return the place behind the last one in the order of addition."""
        path = f"/{self._location.articles}/_search?{SEARCHING}"
        return queries.read_last_place(self._client.request("POST", path, queries.LAST_PLACE)) + 1


def _is_same(held: ArticleState, new: ArticleState | None) -> bool:
    return new is not None and held.generation == new.generation


def _name_generation(stored: ArticleState) -> Generation:
    return Generation(stored.article.id, stored.generation, passages.count(stored.article))


def _name_generations(changes: Iterable[_Change]) -> Iterator[Generation]:
    both = chain.from_iterable((change.old, change.new) for change in changes)
    return (_name_generation(stored) for stored in both if stored is not None)
