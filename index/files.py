"""Files for their owner's eyes only; those for a reader are written whole or not at all, and never through a link."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from types import TracebackType
from typing import BinaryIO

from .errors import OutputError

_STREAMS = (Path("/dev"), Path("/dev/fd"), Path("/proc/self/fd"))  # here a link leads to a stream of our own process
_CLOSED, _UNFOLLOWED = getattr(os, "O_CLOEXEC", 0), getattr(os, "O_NOFOLLOW", 0)  # Windows has neither
_LONGEST = 200  # bytes of a name that fit beside what marks a part, in the 255 that file systems allow


def write_whole(path: Path, data: bytes) -> None:
    """Write a file as `WholeFile` does.

    Raises:
        OutputError: it cannot be written; what stood there is untouched.
    """
    with WholeFile(path) as file:
        file.write(data)


class WholeFile:
    """A file that takes its place at `path` when the block ends, and leaves no trace if the block fails.

    Until then whatever stands at `path` is untouched: an error, Ctrl-C, a full disk, a kill or a power cut leaves it as
    it was. The new file is made beside it, so it needs room for both, and only its owner can read it. What a killed
    process left is deleted by the next that writes to the same name. Pipes, terminals and devices are written to as
    they are.

    Raises:
        OutputError: the file cannot be written, or a symbolic link stands there, which could lead anywhere.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part: Path | None = None  # None for a stream
        self._file: BinaryIO

    def __enter__(self) -> WholeFile:
        try:
            if _is_stream(self._path):
                self._file = self._path.open("wb")
            else:
                self._part, handle = _make_part(self._path)
                self._file = os.fdopen(handle, "wb")
        except OSError as exc:
            raise self._explain(exc) from exc
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._settle()
        except OSError as exc:
            raise self._explain(exc) from exc
        finally:
            with suppress(OSError):  # what is still in memory is not wanted after an error
                self._file.close()
            if self._part is not None:
                self._part.unlink(missing_ok=True)

    def _settle(self) -> None:
        self._file.flush()
        if self._part is None:
            return
        os.fsync(self._file.fileno())
        self._part.replace(self._path)
        self._part = None
        try:
            sync_folder(self._path.parent)
        except OSError as exc:
            raise OutputError(str(self._path), f"is written, but the disk failed ({exc.strerror}); check it") from exc

    def write(self, data: bytes) -> None:
        """Append to the file.

        Raises:
            OutputError: it cannot be written.
        """
        try:
            self._file.write(data)
        except OSError as exc:
            raise self._explain(exc) from exc

    def stand_beside(self, path: Path) -> None:
        """Take the place of `path`, in the same folder, instead of the one named first; a stream goes on as it is."""
        if self._part is not None:
            self._path = path

    def _explain(self, error: OSError) -> OutputError:
        if isinstance(error, BrokenPipeError):  # the reader of a stream has seen enough
            raise error
        told = "what stood there before is untouched; " if self._path.is_file() else ""
        advice = "make room" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "choose another place"
        return OutputError(str(self._path), f"cannot be written ({error.strerror or error}); {told}{advice}")


def make_private_folder(folder: Path) -> None:
    """Make a folder that only its owner can enter, with those above it that are missing; one that is there stays.

    The folders that hold the new names are synced to disk.

    Raises:
        OSError: it cannot be made.
    """
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    for place in reversed(missing):
        with suppress(FileExistsError):  # another process made it just now
            place.mkdir(mode=0o700)
            place.chmod(0o700)  # whatever the umask is
        sync_folder(place.parent)


def make_private_file(path: Path) -> None:
    """Make an empty file that only its owner can read, for a library that would let others; one that is there stays.

    SQLite gives the files beside its own the same rights.

    Raises:
        OSError: it cannot be made.
    """
    with suppress(FileExistsError):
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _CLOSED, 0o600)
        try:
            if hasattr(os, "fchmod"):
                os.fchmod(handle, 0o600)  # whatever the umask is
        finally:
            os.close(handle)


def close_to_others(paths: Iterable[Path]) -> list[Path]:
    """Take the rights of other users off files and folders of ours, and return those that had some.

    What is not there, not ours or on a disk that cannot be written stays as it is.
    """
    closed = []
    for path in paths:
        with suppress(OSError):
            found = path.stat()
            usual = S_ISREG(found.st_mode) or S_ISDIR(found.st_mode)
            if usual and found.st_mode & 0o077 and hasattr(os, "geteuid") and found.st_uid == os.geteuid():
                path.chmod(found.st_mode & 0o700)
                closed.append(path)
    return closed


def sync_folder(folder: Path) -> None:
    """Make the names in a folder safe against a power cut, where the file system can.

    Raises:
        OSError: the disk failed.
    """
    if sys.platform == "win32":  # it opens no folder
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as exc:
        if exc.errno != errno.EINVAL:  # some network file systems cannot fsync a folder
            raise
    finally:
        os.close(handle)


def _is_stream(path: Path) -> bool:
    """Tell whether the name is that of a pipe, a terminal or a device.

    Raises:
        OSError: it is a folder, or a symbolic link that is not one of our own streams.
    """
    if path.is_symlink():
        if path.absolute().parent in _STREAMS:
            return True
        raise OSError(errno.ELOOP, "it is a symbolic link, which could lead anywhere")
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    return path.exists() and not path.is_file()


def _make_part(path: Path) -> tuple[Path, int]:
    """Make the file that is to stand at `path`, and delete what killed processes left of earlier ones.

    A lock, which the kernel releases when its owner dies, tells the parts of living processes from those of dead ones.
    """
    start = f".{os.fsdecode(os.fsencode(path.name)[:_LONGEST])}."
    for left in path.parent.iterdir():
        if left.name.startswith(start) and left.suffix == ".part":
            with suppress(OSError):
                old = os.open(left, os.O_RDONLY | _UNFOLLOWED | getattr(os, "O_NONBLOCK", 0))
                try:
                    _lock(old, wait=False)
                    left.unlink()
                finally:
                    os.close(old)
    while True:
        part = path.with_name(f"{start}{os.urandom(4).hex()}.part")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _UNFOLLOWED | _CLOSED, 0o600)
        with suppress(OSError):  # some network file systems know no locks; there nothing is deleted either
            _lock(handle, wait=True)
        if part.exists():
            return part, handle
        os.close(handle)  # another process took it for a dead one's before it was locked


def _lock(handle: int, *, wait: bool) -> None:
    """Lock a file for this process alone.

    Raises:
        OSError: another process has it, or the system knows no such locks.
    """
    try:
        import fcntl
    except ImportError:  # Windows, which deletes no file that is open either
        raise OSError(errno.ENOLCK, "no locks") from None
    fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
