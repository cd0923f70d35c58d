"""What can be saved of a damaged library: each text that its SHA-256 vouches for, whatever else of the file is lost.

The records are told apart by their shape alone, for the pages that lead to them may be gone. Format 1 is read, too.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from ...errors import IncompatibleIndex, PullquoteError
from ...model import DEFAULT_LANGUAGE, Article, Card, make_article_id
from .. import rows
from ..contract import Progress, renew_card
from .member import decode_card
from .records import Record, RecordFile, Value
from .sqlite import WITH_LANGUAGES
from .writer import StoreWriter

RECOVERED = "recovered"
"""The collection of saved texts of which the collection or the card is lost, and with it whose they are, or an embargo.

No reader sees them before someone has looked.
"""

_BATCH = 200  # memberships stored in one commit
_ID = 20  # characters

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What was saved of a file: how many texts, and how many of them into `RECOVERED`; and what was lost.

    `lost` has the headline and source of each lost text by its id, "" where they are lost too; `unknown` counts the
    texts that were there, and of which not even the id can be read. `analysers` made the terms, by language; those that
    are lost are left out.
    """

    saved: int
    recovered: int
    lost: dict[str, str]
    unknown: int
    analysers: Mapping[str, str]


@dataclass(slots=True)
class _Membership:
    """A collection's share in a text: where its card and the source's bytes are recorded, None if that is lost."""

    number: int
    card: Place | None = None
    raw: Place | None = None


@dataclass(slots=True)
class _Remains:
    """What the records of a file say of one text; `card` is the one that its members share in format 1."""

    ids: list[str] = field(default_factory=list)
    bodies: list[Place] = field(default_factory=list)
    card: Place | None = None
    members: dict[bytes, _Membership] = field(default_factory=dict)


@dataclass(slots=True)
class _RecordSorter:
    """Sorts records by what they say, and of which text; `expected` is how many texts the file counted."""

    texts: dict[int, _Remains] = field(default_factory=dict)
    stories: dict[int, bytes] = field(default_factory=dict)  # of format 1
    entries: list[tuple[bytes, int, int | None]] = field(default_factory=list)  # may tell a collection
    expected: int = 0
    analysers: dict[str, str] = field(default_factory=dict)  # by language
    encoder: str = ""

    def take_row(self, record: Record) -> None:
        """Take a row of a table: `body`, `article` or `member`, `article` of format 1, or `total`."""
        match (record.rowid, *record.values):
            case (int(seq), None, bytes(), bytes(), bytes(), int(), *rest) if len(rest) < 2:
                self._note(seq).bodies.append(record.place)
            case (int(seq), None, str(key), int(), int()) if len(key) == _ID:  # else it names a language
                self._note(seq).ids.append(key)
            case (int(number), None, bytes(name), int(seq), bytes(), int(), _, bytes(), int(), bytes(), bytes(), *_):
                self._note(seq).members[name] = _Membership(number, record.place, record.place)
            case (int(seq), None, str(key), bytes(), int(), _, bytes(story), int(), bytes(), int(), int(), str()):
                self._note(seq).ids.append(key)
                self._note(seq).card, self.stories[seq] = record.place, story
            case (1, int(articles), int(), int()):
                self.expected = articles

    def take_entry(self, values: tuple[Value, ...]) -> None:
        """Take an entry of an index, or of a table that is kept as one."""
        match values:
            case (str(key), int(seq)) if len(key) == _ID:
                self._note(seq).ids.append(key)
            case (bytes(name), int(seq), int(number)):
                self.entries.append((name, seq, number))
            case (bytes(name), int(seq)) | (int(seq), bytes(name)):
                self.entries.append((name, seq, None))
            case ("analyser", str(value)):
                self.analysers[DEFAULT_LANGUAGE] = value
            case (str(code), str(value), int(), int(), int()):
                self.analysers[code] = value
            case ("encoder", str(value)):
                self.encoder = value

    def add_members(self) -> None:
        """Add memberships of which only an entry is left; those of format 1 have no other record."""
        for name, seq, number in self.entries:
            if (remains := self.texts.get(seq)) is None:
                continue
            if number is not None:
                remains.members.setdefault(name, _Membership(number))
            elif self.stories.get(seq, name) != name:  # an index of stories has entries of the same shape
                body = next(iter(remains.bodies), None)
                remains.members.setdefault(name, _Membership(seq, remains.card, body))

    def _note(self, seq: int) -> _Remains:
        return self.texts.setdefault(seq, _Remains())


def salvage(file: Path, writer: StoreWriter, progress: Progress | None) -> Salvaged:
    """Store what is intact in a damaged file, in its order; progress counts memberships.

    Raises:
        IncompatibleIndex: a newer version wrote it.
    """
    with RecordFile(file) as records:
        if WITH_LANGUAGES < records.version < 1000:  # more is damage
            raise IncompatibleIndex(
                writer.address, f"format {records.version}", f"format {WITH_LANGUAGES}", "use a newer version"
            )
        sorter = _RecordSorter()
        for record in records:
            if record.rowid is None:
                sorter.take_entry(record.values)
            else:
                sorter.take_row(record)
        sorter.add_members()
        writer.encoder = sorter.encoder
        found = sorter.texts
        for remains in found.values():
            if not remains.members:
                remains.members[RECOVERED.encode()] = _Membership(1 << 62)
        todo = sorted(
            (member.number, seq, name) for seq, remains in found.items() for name, member in remains.members.items()
        )
        saved: dict[int, set[str]] = {}
        for start in range(0, len(todo), _BATCH):
            with writer.transaction():
                for _, seq, name in todo[start : start + _BATCH]:
                    if collection := _put(records, found[seq], name, writer):
                        saved.setdefault(seq, set()).add(collection)
            if progress is not None:
                progress(min(start + _BATCH, len(todo)), len(todo))
        gone = [remains for seq, remains in found.items() if seq not in saved]
        lost = {
            key: next(map(describe_card, _list_cards(records, remains)), "")
            for remains in gone
            for key in _list_ids(records, remains)[:1]
        }
    unknown = max(len(gone) - len(lost), sorter.expected - len(saved) - len(lost))
    recovered = sum(RECOVERED in names for names in saved.values())
    return Salvaged(len(saved), recovered, lost, unknown, sorter.analysers)


def read_again(key: str, text: bytes) -> Article | None:
    """Return a stored text with new marks, in place of damaged ones; None unless it is the text of this id."""
    from ...reading.article import build_article  # late: it loads the rules of English

    if make_article_id(sha256(text).hexdigest()) == key:
        with suppress(PullquoteError):
            return build_article(text.decode("utf-8", "surrogatepass"))
    return None


def describe_card(card: Card) -> str:
    """Return the headline of a text and where it came from, so that it can be added again."""
    return f"{card.name} ({card.source})" if card.source else card.name


def restate(article: Article) -> Article:
    """Return a text with the card that the text alone gets, because the stored one is lost."""
    again = read_again(article.id, rows.encode_text(article.text))
    return article if again is None else article.with_card(renew_card(article, again.card))


def _put(records: RecordFile, remains: _Remains, name: bytes, writer: StoreWriter) -> str:
    """Store a text and return the collection that has it now; "" if no record of it is the text of its id."""
    if (article := _read_text(records, remains)) is None:
        return ""
    member = remains.members[name]
    if (card := _read_card(records, member.card)) is None:
        writer.put(restate(article), RECOVERED)
        return RECOVERED
    collection = name.decode("utf-8", "surrogatepass")
    writer.put(article.with_card(renew_card(article, card)), collection)
    raw = record.values[-1] if member.raw and (record := records.read(member.raw)) and len(record.values) > 5 else None
    if isinstance(raw, bytes):
        with suppress(zlib.error):  # damaged ones are not kept
            writer.keep(article.id, zlib.decompress(raw), collection)
    return collection


def _read_text(records: RecordFile, remains: _Remains) -> Article | None:
    """Return the text with its marks, under no card."""
    for place in remains.bodies:
        if (record := records.read(place)) is None:
            continue
        values: tuple[Any, ...] = record.values
        text, spans, terms, checksum, *rest = values[1:]
        # format 1 has the source's bytes, or None, where format 3 has the vectors, and format 2 nothing
        bodies = [
            rows.EncodedBody(text, spans, terms, vectors) for vectors in [*rest, b""] if isinstance(vectors, bytes)
        ]
        for key in _list_ids(records, remains):
            for body in bodies:
                with suppress(ValueError, IndexError):
                    found = rows.decode_text(key, body, checksum)
                    return found.build_article(found.bare)
            if (article := read_again(key, text)) is not None:
                return article
    return None


def _read_card(records: RecordFile, place: Place | None) -> Card | None:
    """Return the card in a record of an article of format 1 or a member of format 2; None if it is damaged."""
    if place is None or (record := records.read(place)) is None:
        return None
    values: tuple[Any, ...] = record.values
    form, checksum = values[2:4] if isinstance(values[1], str) else values[3:5]
    with suppress(ValueError, TypeError, UnicodeDecodeError):
        return decode_card(form, checksum)
    return None


def _list_ids(records: RecordFile, remains: _Remains) -> list[str]:
    """Return the ids that the text may have: those of its records, else of its cards."""
    return list(dict.fromkeys([*remains.ids, *(card.id for card in _list_cards(records, remains))]))


def _list_cards(records: RecordFile, remains: _Remains) -> list[Card]:
    places = (remains.card, *(member.card for member in remains.members.values()))
    return [card for place in places if (card := _read_card(records, place))]
