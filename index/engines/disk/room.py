"""Room on the disk: no article is begun that does not fit, and a reserve lets articles be removed from a full disk."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from ...errors import EngineUnavailable
from ...files import make_private_file
from ...model import Article
from .sqlite import count_free_bytes

_RESERVE = 1 << 20  # bytes of a file that is deleted when the disk is full: even removing an article needs room


def take_room(room: int, article: Article, address: str) -> int:
    """Return how many of `room` free bytes an article leaves: three times its text, index included, and its vectors.

    Raises:
        EngineUnavailable: it does not fit.
    """
    needed = 3 * len(article.text) + sum(len(sentence.vector) for sentence in article.sentences)
    if room < needed:
        raise EngineUnavailable(address, "there is too little room on the disk; nothing was added")
    return room - needed


def make_reserve(folder: Path) -> None:
    """Make the reserve if it is not there and there is plenty of room."""
    reserve = folder / "reserve"
    if not reserve.exists() and count_free_bytes(folder) > 16 * _RESERVE:
        with suppress(OSError):
            make_private_file(reserve)
            reserve.write_bytes(bytes(_RESERVE))


def release_reserve(folder: Path) -> bool:
    """Delete the reserve if the disk is full, and tell whether that made room."""
    try:
        if count_free_bytes(folder) > _RESERVE:
            return False
        (folder / "reserve").unlink()
    except OSError:
        return False
    return True
