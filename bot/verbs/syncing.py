"""`add` and the folders that it was given: what they have no longer, and what was passed over in them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from index import Filter, Index
from index.errors import SourceError, UnknownArticle
from index.model import Card
from index.sources import is_address, list_unread, walk

from ..pages.lines import clean_line, name_article
from . import warn
from .progress import show_progress

_NAMED = 20  # files up to which each that was passed over is named


@dataclass(frozen=True, slots=True)
class Taken:
    """The files that were gone, as lines that name their articles, and how many were `spared` although they were."""

    names: tuple[str, ...]
    spared: int


@show_progress("looking for what is gone")
def take_out(index: Index, collection: str, folders: Iterable[str], *, force: bool) -> Taken:
    """Take the articles of files that these folders have no longer out of a collection, with their earlier texts.

    A file counts as gone only if the system says that there is none of that name. Those below a folder that is empty,
    is not there or holds no article at all are spared unless `force`: most likely its disk is not mounted.
    """
    known = [card for card in index.articles(Filter(collections=(collection,))) if card.file]
    names: list[str] = []
    spared: set[str] = set()
    for folder in dict.fromkeys(map(os.path.realpath, folders)):
        below = folder.rstrip(os.sep) + os.sep
        gone = [card for card in known if card.file.startswith(below) and _is_gone(card.file)]
        doubtful = {} if force else _find_doubtful(folder, {card.file for card in gone})
        for place, count in Counter(doubtful.values()).items():
            warn(
                f"{clean_line(place)} is empty or not there: {_format_files(count)} in it would lose their articles; if"
                " its disk is not mounted, mount it; if they are gone for good, repeat with --force"
            )
        spared |= doubtful.keys()
        taken = {card.id: card for card in gone if card.file not in doubtful}
        for key in taken:
            with suppress(UnknownArticle):  # removed by another program just now
                index.remove(key, collection)
        names += [_name_gone(card) for card in taken.values() if not card.replaced]
        known = [card for card in known if card.id not in taken]
    return Taken(tuple(names), len(spared))


def is_without_articles(folder: str) -> bool:
    """Tell whether a folder holds no file that could be an article, or is not there."""
    return all(isinstance(item, SourceError) for item in walk(Path(folder)))


@show_progress("looking for what was passed over")
def report_unread(sources: Iterable[str]) -> None:
    """Say which files of folders were passed over because of their endings."""
    folders = [Path(source) for source in sources if source != "-" and not is_address(source) and Path(source).is_dir()]
    found = [file for folder in folders for file in list_unread(folder)]
    if not found:
        return
    endings = Counter(file.suffix.lower() or "no ending" for file in found)
    counts = ", ".join(f"{count:,} {ending}" for ending, count in endings.most_common(_NAMED))
    named = ", ".join(clean_line(str(file)) for file in found[:_NAMED])
    more = f" and {len(found) - _NAMED:,} more" if len(found) > _NAMED else ""
    files = _format_files(len(found))
    warn(f"passed over {files} because of endings that are not read ({clean_line(counts)}): {named}{more}")


def _is_gone(file: str) -> bool:
    """Tell whether there is no such file; one that cannot be looked up, such as on a failing disk, is not gone."""
    try:
        os.lstat(file)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _find_doubtful(folder: str, files: set[str]) -> dict[str, str]:
    """Return those of the missing files that may only be out of reach, each with the folder that makes us doubt."""
    if files and is_without_articles(folder):
        return dict.fromkeys(files, folder)
    # the folder itself is there, so each has a parent that is
    nearest = {file: next(place for place in Path(file).parents if place.exists()) for file in files}
    return {file: str(place) for file, place in nearest.items() if not any(place.iterdir())}


def _format_files(count: int) -> str:
    return f"{count:,} {'file' if count == 1 else 'files'}"


def _name_gone(card: Card) -> str:
    return clean_line(f"{card.id[:8]} {name_article(card)}: {card.source} is gone")
