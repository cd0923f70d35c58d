"""Mark what agencies that do not write English put around a story, by `conventions.py`. Pure."""

from __future__ import annotations

from .. import patterns
from ..language.calendar import MONTHS
from ..language.detect import detect_by_words
from ..model import Kind
from .conventions import Wire, list_wires, make_moment, read_wire
from .dateline import Dateline
from .draft import HEAD, LOOK, Draft

_SAMPLE = 3_000
"""Characters of a text that tell in whose manner it is written."""

_PLACES = patterns.compile(r"\s?[·/,]\s?")


def mark_by_wire(pieces: list[Draft], text: str) -> None:
    """Mark what the wire conventions of the text's language know; of English, `marking` knows more."""
    wire = _find_wire(pieces, text)
    if wire is None:
        return
    _split_off(pieces, wire)
    opened = False
    for number, piece in enumerate(pieces):
        if piece.kind in (None, Kind.BODY) and number < HEAD and not opened:
            opened = _open(piece, wire)
        if piece.kind is None and len(piece.text) < LOOK and piece.opening is None:
            _mark_line(piece, wire)
    _mark_behind_end(pieces, wire)


def _find_wire(pieces: list[Draft], text: str) -> Wire | None:
    """Return the conventions of the text's language; where its words do not show it, those of its dateline."""
    code = detect_by_words(text[:_SAMPLE])
    if code:
        return None if code == "en" else read_wire(code)
    looks = [piece.look for piece in pieces[:HEAD]]
    return next((wire for wire in list_wires() if any(wire.match("dateline", look) for look in looks)), None)


def _open(piece: Draft, wire: Wire) -> bool:
    """Tell whether the paragraph opens the story, and keep what its dateline says."""
    found = wire.match("dateline", piece.look)
    if found is None or not piece.text[found.end() :].strip():
        return False
    parts = found.groupdict()
    cities = tuple(filter(None, _PLACES.split((parts["place"] or "").strip(" ,"))))
    month = wire.read_month(parts.get("month"))
    day = f"{MONTHS[month - 1]} {parts['day']}" if month and parts.get("day") else ""
    moment = make_moment(parts.get("year"), month, parts.get("day"))
    piece.opening = Dateline(cities, parts["agency"].strip(), moment, day)
    piece.author = wire.split_names(parts.get("names"))
    return True


def _mark_line(piece: Draft, wire: Wire) -> None:
    """Mark a short paragraph that is furniture, and keep the date or the names that it states."""
    if day := wire.read_day(piece.text):
        piece.day = day
    elif found := wire.fullmatch("byline", piece.text):
        piece.author = wire.split_names(found["names"])
    elif not (wire.fullmatch("furniture", piece.text) or wire.fullmatch("end", piece.text)):
        return
    piece.kind = Kind.FURNITURE


def _split_off(pieces: list[Draft], wire: Wire) -> None:
    """Make the mark of the end, or the credit, that closes a paragraph a paragraph of its own."""
    for number in range(len(pieces) - 1, -1, -1):
        piece = pieces[number]
        tail = piece.text[-80:]
        found = wire.close(tail) if piece.kind in (None, Kind.BODY) else None
        if found and len(found) < len(piece.text):
            pieces.insert(number + 1, piece.cut_off(found))


def _mark_behind_end(pieces: list[Draft], wire: Wire) -> None:
    """Mark what stands behind the end of the story, unless it is longer than a quarter of it."""
    ends = (number for number, piece in enumerate(pieces) if wire.fullmatch("end", piece.text))
    end = next(ends, len(pieces))
    story = sum(len(piece.text) for piece in pieces[:end] if piece.kind in (None, Kind.BODY))
    rest = [piece for piece in pieces[end:] if piece.kind is None]
    if sum(len(piece.text) for piece in rest) * 4 <= story:
        for piece in rest:
            piece.kind = Kind.FURNITURE
