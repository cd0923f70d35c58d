"""Read subtitles, SubRip and WebVTT: what is said as paragraphs, each with the time at which it begins.

A sentence runs over as many cues as it takes. Its paragraph ends where the next sentence begins in another cue, so that
the time of a paragraph is that of each sentence in it. Who speaks stands above the words, as furniture.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from .. import patterns
from ..errors import EmptyArticle, state_fact
from ..language.sentences import split_sentences
from ..model import Kind, Metadata
from ..reading.document import MAX_TIME, Block, Document
from .text import decode

_TIMING = patterns.compile(
    r"(?:(\d{1,4}):)?(\d{1,2}):(\d\d)[.,]\d{1,3}[ \t]+-->[ \t]+(?:(\d{1,4}):)?(\d{1,2}):(\d\d)[.,]"
)
_VOICE = patterns.compile(r"<v(?:\.[^\s<>]*)?[ \t]([^<>]{1,200})>")
_TAG = patterns.compile(r"<[^<>]*>|\{\\[^{}]*\}")
_LABEL = patterns.compile(r"(?:>>+ ?)?(?P<name>[A-Z][A-Z.'’-]+(?: [A-Z][A-Z.'’-]+){0,4}): (?=\S)")
_TURN = patterns.compile(r"(?:>>+|[-–—]) ?(?=\S)")
_SOUND = patterns.compile(r"[\[(♪♫][^\])]*[\])♪♫]|[♪♫ ]+")
_PAUSE = 5
"""Seconds of silence after which a sentence does not go on."""

_ROLLING = 3
"""One cue in so many that begins with the last line of the cue before makes rolling captions: each line comes twice."""


@dataclass(slots=True)
class _Cue:
    """A cue while it is read: its times in seconds, the line that states them, and its lines as they are written."""

    start: int
    end: int
    timing: str
    lines: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Turn:
    """What one speaker says without a pause: the words, and at which of their characters each cue begins."""

    speaker: str
    timing: str
    last: int
    words: str = ""
    starts: list[tuple[int, int]] = field(default_factory=list)

    def add(self, words: str, cue: _Cue) -> None:
        """Add the words of a cue."""
        self.words = f"{self.words} {words}" if self.words else words
        self.starts.append((len(self.words) - len(words), cue.start))
        self.last = cue.end


def read_subtitles(data: bytes, source: str) -> Document:
    """Return what is said, sentence by sentence, with times and speakers.

    Raises:
        UnsupportedFormat: the bytes are not text.
        EmptyArticle: nobody says anything.
    """
    text = decode(data, source).replace("\r\n", "\n").replace("\r", "\n")
    turns = list(_list_turns(_read_cues(text)))
    if not turns:
        raise EmptyArticle(source, state_fact("is a file of subtitles without words; there is nothing to add"))
    parts: list[tuple[str, Kind, int | None]] = []
    speaker = ""
    for turn in turns:
        if turn.speaker != speaker:
            # Words that are nobody's are told from the last speaker's by their timing, as it stands in the file.
            time = turn.starts[0][1] if turn.speaker else None
            parts.append((turn.speaker or turn.timing, Kind.FURNITURE, time))
            speaker = turn.speaker
        parts += [(words, Kind.BODY, time) for words, time in _cut_turn(turn)]
    blocks, at = [], 0
    for words, kind, time in parts:
        blocks.append(Block(at, at + len(words), kind, time=time))
        at += len(words) + 2
    return Document("\n\n".join(words for words, _, _ in parts), Metadata(title=_find_title(text)), tuple(blocks))


def _find_title(text: str) -> str:
    """Return the title that a WebVTT file states behind its mark, "" if it states none."""
    first = text.partition("\n")[0]
    return first.removeprefix("WEBVTT").strip(" \t-–—")[:300] if first.startswith("WEBVTT") else ""


def _read_cues(text: str) -> list[_Cue]:
    """Return the cues in the order of the file; comments, styles, numbers and names of cues are left out."""
    is_vtt = text.startswith("WEBVTT")
    cues: list[_Cue] = []
    is_open = False
    lines = text.split("\n")
    for number, line in enumerate(lines):
        words = line.strip()
        if found := _TIMING.match(words):
            start, end = _read_time(found.groups()[:3]), _read_time(found.groups()[3:])
            cues.append(_Cue(start, end, words))
            is_open = True
        elif not words:
            is_open = is_open and not is_vtt
        elif is_open and not _names_cue(lines, number):
            cues[-1].lines.append(words)
    return _join_rolling(cues)


def _names_cue(lines: list[str], number: int) -> bool:
    """Tell whether a line is the number or the name of the cue whose timing stands in the next one."""
    return number + 1 < len(lines) and _TIMING.match(lines[number + 1].strip()) is not None


def _read_time(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds = (int(part or 0) for part in parts)
    return min(hours * 3600 + minutes * 60 + seconds, MAX_TIME)


def _join_rolling(cues: list[_Cue]) -> list[_Cue]:
    """Return the cues without the lines that the cue before shows already, if the captions roll."""
    pairs = [(before, cue) for before, cue in pairwise(cues) if before.lines and cue.lines]
    repeated = sum(cue.lines[0] == before.lines[-1] for before, cue in pairs)
    if repeated * _ROLLING < len(pairs) or repeated < 2:
        return cues
    shown: list[str] = []
    for cue in cues:
        now = list(cue.lines)
        cue.lines = [line for line in now if line not in shown]
        shown = now
    return cues


def _list_turns(cues: list[_Cue]) -> Iterator[_Turn]:
    """Yield what is said, a speaker's words without a pause together."""
    turn = None
    speaker = ""
    for cue in cues:
        voice = next(iter(_VOICE.findall("\n".join(cue.lines))), "").strip()
        has_voices = bool(voice)
        speaker = html.unescape(voice) if has_voices else (speaker if _is_labelled(speaker) else "")
        for line in cue.lines:
            bare = html.unescape(_TAG.sub("", line)).strip()
            label = _LABEL.match(bare)
            turns = label or _TURN.match(bare)
            if label:
                speaker = label["name"]
            elif turns and not has_voices:
                speaker = ""
            words = bare[turns.end() :] if turns else bare
            if not words or _SOUND.fullmatch(words):
                continue
            if turn is None or turns or turn.speaker != speaker or cue.start - turn.last > _PAUSE:
                if turn is not None:
                    yield turn
                turn = _Turn(speaker, cue.timing, cue.end)
            turn.add(words, cue)
    if turn is not None:
        yield turn


def _is_labelled(speaker: str) -> bool:
    """Tell whether a speaker is named by a label, which holds until the next one; a voice holds for its cue only."""
    return speaker.isupper()


def _cut_turn(turn: _Turn) -> Iterator[tuple[str, int]]:
    """Yield the paragraphs of a turn and their times: sentences that begin in one cue are together."""
    first, end, time = 0, 0, turn.starts[0][1]
    at = 0
    for start, stop in split_sentences(turn.words):
        while at + 1 < len(turn.starts) and turn.starts[at + 1][0] <= start:
            at += 1
        if end and turn.starts[at][1] != time:
            yield turn.words[first:end], time
            first, time = start, turn.starts[at][1]
        end = stop
    if end:
        yield turn.words[first:end], time
