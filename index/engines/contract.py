"""The contract of all engines, and the values that pass through it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import NamedTuple, Protocol

from ..model import DEFAULT_LANGUAGE, Article, Card, Filter, Hit, Metadata

Entry = tuple[str, Article, bytes | None]
"""A collection, an article as it states it, and the source's own bytes if it keeps them."""

Progress = Callable[[int, int], None]
"""Called with how many articles are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Login:
    """Who we are for a cluster, told over TLS only: a user name and password, an API key, or an account of AWS.

    `ca_file` is the certificate of the authority that signed the cluster's own; "" if the system trusts it already.
    With a `region`, requests to Amazon OpenSearch Service are signed (AWS Signature Version 4), with the credentials
    that the environment, the files of the command `aws` or the machine give.

    Raises:
        ValueError: it is none of the three, or several.
    """

    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    api_key: str = field(default="", repr=False)
    region: str = ""

    def __post_init__(self) -> None:
        """Check that it is one of the three."""
        if sum(map(bool, (self.user, self.api_key, self.region))) != 1:
            raise ValueError("a login is a user with a password, an API key, or a region of AWS")


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine, the only one to which anything is sent in clear text."""
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:  # a name
        return host.casefold() == "localhost"


class StorageSize(NamedTuple):
    """Bytes that a library takes on this machine: its texts, and all its files; None where it has no files here."""

    text: int | None = None
    disk: int | None = None


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild left: how many articles, and the ids of those that were damaged and had to be dropped.

    An id that was damaged too is "?". `aside` is the path of the damaged file, which is kept; "" if there was none.
    `names` has the headline and source of lost articles by id. `recovered` articles were saved without what their
    collection stated of them, and are in the collection `recovered`, where no question looks unless it is named.
    """

    articles: int
    lost: tuple[str, ...] = ()
    aside: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    recovered: int = 0


class HealthIndicator(NamedTuple):
    """One thing that was checked, and how it is; `advice` says what to do about it, "" if it is well.

    With advice, `is_broken` tells something that does not work from something to know of.
    """

    name: str
    text: str
    advice: str = ""
    is_broken: bool = True


def format_size(count: int) -> str:
    """Return a number of bytes as people write it."""
    return f"{count / 1e9:,.1f} GB" if count >= 1e9 else f"{count / 1e6:,.1f} MB"


class Statistics(NamedTuple):
    """How common terms of a language are: how many `passages` it has, and for each known term how many contain it."""

    passages: int
    frequency: Mapping[str, int]


class Engine(Protocol):
    """Stores articles and retrieves passages; `tests/engines/test_engine_contract.py` tests every engine for this.

    * A hit shares at least one term with the query. Hits come best first; ties stand in passage
      order (article in order of addition, then passage number). `limit` and `filter` are obeyed.
    * An empty index, an empty query and unknown terms give `()`.
    * Scores are BM25 with k1 = 1.2, b = 0.75 and idf = ln(1 + (N - n + 0.5) / (n + 0.5)), as in
      Lucene. An engine may round lengths, so compare scores within one search only.
    * Text, offsets and metadata come back unchanged. A reopened index answers the same.
    * Searching from several threads is safe.
    * Membership is (collection, article id). What a source states of a text (its card) and the source's own bytes
      belong to it; collections share the text alone. Removing deletes the membership; the text goes with the last.
    * Of a text that several collections of a filter hold, the membership in the first of them counts, and no other:
      its card is the one that is filtered by and shown. A membership outside the filter changes nothing that is seen.
    * A text has one language, that of its terms, whatever a collection states. A search finds passages of one language
      (`Filter.language`, English if it names none), and what is counted for its scores is counted in that one alone:
      articles in other languages change neither scores nor order.
    * "Order of addition" is that of the memberships that count; adding again keeps the place.
    * An index of another format, or of another analyser of one of its languages, raises `IncompatibleIndex` when it is
      opened, and is left untouched.
    * Vectors of sentences are kept if all English articles have those of one encoder (`encoder`); articles in other
      languages have none. An engine is opened with the encoder that made the vectors of what is added; an empty library
      takes it. Where the library's is another or none, vectors are dropped, and an English article that is stored
      without them makes the library one of no encoder, before anyone can see it. `rebuild` alone gives such a library
      vectors.
    """

    address: str

    @property
    def encoder(self) -> str:
        """The encoder that made the vectors of all articles, "" if there is no such one: then no vector counts.

        An empty library has the one that it takes; on a cluster that is the one that it was made with.
        """

    def add(self, articles: Iterable[Article], collection: str) -> int:
        """Add articles to a collection as one batch and return how many were new to it.

        Each article is stored whole or not at all; all are on disk and can be found when the call returns.
        For an article that is in the collection already only its metadata (title, dates, status) is replaced by the
        newer. Of a text that another collection holds, its words and marks are used as they are stored, and nothing
        else: whoever adds to one collection changes, or silences, nothing that the readers of another see.

        Raises:
            EngineUnavailable: another writer holds the index, or there is no room.
        """

    def restore(self, entries: Iterable[Entry]) -> int:
        """Add articles to the collections named with them as one batch, for whole copies; return what `add` does.

        However many collections an article has, it is one change.

        Raises:
            EngineUnavailable: as `add`.
        """

    def remove(self, article_id: str, collection: str) -> None:
        """Take an article out of a collection.

        Raises:
            UnknownArticle: it is not a member.
        """

    def article(self, article_id: str, collections: tuple[str, ...]) -> Article:
        """Return the article with its text, and with the card of the first of these collections that holds it.

        Raises:
            UnknownArticle: it is in none of them.
            CorruptIndex: its stored text fails its hash.
        """

    def articles(self, filter: Filter) -> Iterator[Card]:
        """Yield the cards of the articles that pass the filter, in order of addition."""

    def memberships(self) -> Iterator[tuple[str, Card]]:
        """Yield every collection's cards, each with the collection's name, in order of addition: for whole copies."""

    def last_place(self) -> int:
        """Return the place of the newest membership in the order of addition, 0 for none. A rebuild may set it back."""

    def revision(self) -> str | None:
        """Return a mark of what is stored: another one after each change, by whatever process.

        None where only a request across a network could tell.
        """

    def added_since(self, place: int) -> Iterator[tuple[int, str, Card]]:
        """Yield the memberships from this place on, each with its place and collection, in order of addition.

        Those that are being added are left out, and so are those whose card is damaged. Machines that add at the same
        time may take places in any order: one may appear below others that were seen already.
        """

    def count(self, filter: Filter) -> int:
        """Return how many articles pass the filter."""

    def search(self, terms: Sequence[str], limit: int, filter: Filter) -> tuple[Hit, ...]:
        """Return at most `limit` passages that hold any of the terms, best first."""

    def search_current(self, terms: Sequence[str], limit: int, filter: Filter) -> tuple[tuple[Hit, ...], bool]:
        """Return the same without passages of superseded versions, and whether any of these was left out.

        Those are left out of which `find_superseded` tells that they may not be cited, whatever the time. An engine may
        leave out none. It spares whoever wants passages that may be cited a second search for more of them.
        """

    def unread(self, terms: Sequence[str], filter: Filter) -> tuple[str, ...]:
        """Return the ids of articles that the last search for these terms came upon and could not read.

        Those of which it cannot tell whether they hold the terms count, too; () where none is damaged, or none is known
        to be.
        """

    def expect(self, terms: Sequence[str], limit: int, filter: Filter) -> None:
        """Announce that this thread will next ask for `statistics` and `search` of these terms.

        It changes no answer; an engine across a network fetches both in one request.
        """

    def statistics(self, terms: Sequence[str], language: str = DEFAULT_LANGUAGE) -> Statistics:
        """Return how many passages a language has and how many of these hold each of the terms, exactly."""

    def languages(self, filter: Filter) -> dict[str, int]:
        """Return how many articles that pass the filter each language has, by code; those without any are left out."""

    def collections(self) -> dict[str, int]:
        """Return how many articles each collection has, by name; empty ones may be left out."""

    def keep(self, article_id: str, raw: bytes, collection: str) -> bool:
        """Keep the source's own bytes beside an article of a collection, in place of any that are there.

        Returns False, and keeps nothing, if it is not in the collection or the engine does not keep such bytes.

        Raises:
            EngineUnavailable: as `add`.
        """

    def raw(self, article_id: str, collections: tuple[str, ...]) -> bytes | None:
        """Return the source's own bytes that the first of these collections with the article has; None for none.

        Raises:
            CorruptIndex: they are damaged.
        """

    def sizes(self) -> StorageSize:
        """Return how many bytes the library takes on this machine."""

    def __len__(self) -> int:
        """Return the number of distinct articles."""

    def close(self) -> None:
        """Release files, locks and connections; a second call does nothing."""


def renew_card(stored: Card, new: Card) -> Card:
    """Return the card of a text as it is stored, with what another reading of the same text states of it.

    The language stays: it is that of the terms.
    """
    stated = {field.name: getattr(new, field.name) for field in fields(Metadata)}
    stated |= {"source": new.source, "file": new.file, "replaced": new.replaced, "language": stored.language}
    return Card(id=stored.id, sha256=stored.sha256, length=stored.length, **stated)


def name_analyser(language: str) -> str:
    """Return the version of the analyser that makes the terms of articles in a language."""
    if language == DEFAULT_LANGUAGE:
        from ..language.terms import ANALYSER

        return ANALYSER
    from ..language.language import get_language  # late: a library of English articles needs none

    return get_language(language).version


def analyse_article(article: Article) -> Article:
    """Return the article with its sentences' terms, and those of its headings, computed by the present analyser."""
    from ..headings import add_headings
    from ..language.language import get_language

    analyse = get_language(article.language).analyse
    sentences = [replace(each, terms=analyse(article.quote(each))) for each in article.sentences]
    return add_headings(replace(article, sentences=tuple(sentences)))
