"""What an earlier process left in a library's folder: a killed rebuild, or the traces of a library that is gone.

A rebuild of a damaged file makes `library.sqlite.new`, renames it to `library.sqlite.saved` once it is whole, and then
puts it in the place of the damaged one. At no point is there no library; whoever opens it next finishes what is whole.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from ...errors import CorruptIndex, EngineUnavailable
from ...files import make_private_folder, sync_folder

FILE = "library.sqlite"
NEW, SAVED = f"{FILE}.new", f"{FILE}.saved"
_BESIDE = ("-wal", "-shm")


def is_unfinished(folder: Path) -> bool:
    """Tell whether a rebuild was killed after it had saved everything: `finish` does the rest."""
    return (folder / SAVED).exists()


def finish(folder: Path) -> Path | None:
    """Put what a rebuild saved in the place of the damaged file, under the writer's lock; any step may be the last.

    Returns where the damaged file is kept, None if nothing was saved.
    """
    file, saved = folder / FILE, folder / SAVED
    if not saved.exists():
        return None
    aside = _keep_aside(folder) if file.exists() else None
    for suffix in _BESIDE:  # else SQLite would apply the old file's write-ahead log to the new one
        Path(f"{file}{suffix}").unlink(missing_ok=True)
    sync_folder(folder)
    saved.replace(file)
    sync_folder(folder)
    return aside


def take_back(folder: Path) -> None:
    """Name the damaged file again as it was: an earlier version put it aside before the new one took its place."""
    aside = _list_asides(folder)[-1]
    for suffix in (*_BESIDE, ""):
        with suppress(FileNotFoundError):
            Path(f"{aside}{suffix}").rename(f"{folder / FILE}{suffix}")
    sync_folder(folder)


def was_taken_away(folder: Path) -> bool:
    """Tell whether `take_back` is what helps."""
    return not (folder / FILE).exists() and (folder / NEW).exists() and bool(_list_asides(folder))


def find_traces(folder: Path) -> str:
    """Return the name of what says, in a folder without a library, that there was one; "" if nothing does."""
    left = [place.name for pattern in ("passages-*", "damaged-*.sqlite") for place in sorted(folder.glob(pattern))]
    return left[-1] if left else ""


def explain_loss(folder: Path, address: str) -> CorruptIndex:
    """Return the error for a folder without a library, or with an empty file for one, that has traces of one."""
    if was_taken_away(folder):
        return CorruptIndex(address, "a rebuild of it was killed; `pullquote rebuild` goes on with what it put aside")
    what = f"{FILE} is empty" if (folder / FILE).exists() else f"{FILE} is missing"
    way = f"restore it from a copy, or delete {folder} to begin a new library"
    return CorruptIndex(address, f"{what}, but {find_traces(folder)} beside it says that there was a library; {way}")


def make_folder(folder: Path, address: str) -> None:
    """Make the library's folder, safe against a power cut.

    Raises:
        EngineUnavailable: it cannot be made.
    """
    try:
        make_private_folder(folder)
        if not folder.is_dir():
            raise NotADirectoryError(f"{folder} is a file")
    except OSError as exc:
        raise EngineUnavailable(address, f"the folder cannot be made ({exc})") from exc


def delete(file: Path) -> None:
    """Delete a SQLite file and what stands beside it."""
    for suffix in ("", *_BESIDE):
        Path(f"{file}{suffix}").unlink(missing_ok=True)


def _keep_aside(folder: Path) -> Path:
    """Give the damaged file and its write-ahead log a second name, and return it; it may have one already."""
    file = folder / FILE
    for known in _list_asides(folder):
        if known.samefile(file):
            return known
    aside = next(name for n in range(1, 1000) if not (name := folder / f"damaged-{n}.sqlite").exists())
    for suffix in ("-wal", ""):  # the file last: its name says that both are kept
        source, target = Path(f"{file}{suffix}"), Path(f"{aside}{suffix}")
        if source.exists():
            target.unlink(missing_ok=True)
            try:
                target.hardlink_to(source)
            except OSError:  # the file system knows no second names
                from shutil import copyfile  # late: it loads three compressors

                copyfile(source, target)
    sync_folder(folder)
    return aside


def _list_asides(folder: Path) -> list[Path]:
    return sorted(folder.glob("damaged-*.sqlite"), key=lambda place: (len(place.name), place.name))
