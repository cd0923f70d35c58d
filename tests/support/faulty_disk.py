"""A file system that fails, dies and loses power on demand: in memory, by FUSE.

    python -m tests.support.faulty_disk MOUNT

It keeps every change since it was mounted. Its file `.control` takes one command a write: `save`, `restore`, `heal`,
`die N` (the caller is killed before its N-th change), `fail KIND N ERRNO` (that call and all later ones fail), `mark N`
(the test has been told so), `cut AT SEED FOLDER` (write to FOLDER what a power cut after AT changes may leave).
`forget` begins the record anew, for folders made after it. Reading it gives {"count", "changes", "marks"}.

What a cut leaves: of each file, what was there at its last fsync, and of the writes since, each with a chance of its
own and perhaps torn at a block of 512 bytes; of the names in each folder, those at its last fsync, and of the changes
since, each with a chance of its own. Renames are whole or not at all. A journalling file system is kinder.
"""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import stat
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CHANGES = ("write", "fsync", "truncate", "rename", "unlink", "create")
_BLOCK = 512


@dataclass
class Node:
    """A file or folder; `data` is empty for a folder."""

    number: int
    folder: bool = False
    data: bytearray = field(default_factory=bytearray)


class Disk:
    """The state of the file system: names, files, the changes so far, and the fault to come."""

    def __init__(self) -> None:
        self.names: dict[str, Node] = {"/": Node(1, folder=True)}
        self.changes: list[tuple[Any, ...]] = []
        self.marks: list[tuple[int, int]] = []
        self.numbers = 1
        self.count = 0
        self.heal()
        self.saved: dict[str, tuple[int, bool, bytes]] = {}

    def heal(self) -> None:
        """End all faults and count anew."""
        self.count, self.die_at, self.dead, self.caller = 0, 0, False, 0
        self.fail_kind, self.fail_at, self.fail_errno, self.struck = "", 0, 0, 0

    def strike(self, kind: str, caller: int) -> int:
        """Count a change before it is made; return the errno that it fails with, 0 for none."""
        if self.dead:
            return errno.EIO
        self.caller = caller or self.caller  # what the kernel writes back for a process comes from nobody, 0
        self.count += 1
        if self.count == self.die_at and self.caller > 1:
            self.dead = True
            os.kill(self.caller, signal.SIGKILL)
            return errno.EIO
        if self.fail_at and self.fail_kind in ("any", kind):
            self.struck += 1
            if self.struck >= self.fail_at:
                return self.fail_errno
        return 0

    def make(self, path: str, *, folder: bool) -> Node:
        """Make a file or folder."""
        self.numbers += 1
        node = self.names[path] = Node(self.numbers, folder)
        self.changes.append(("name", path, node.number, folder))
        return node

    def command(self, line: str) -> None:
        """Carry out a command of the control file."""
        word, *rest = line.split()
        match word:
            case "save":
                self.saved = {path: (n.number, n.folder, bytes(n.data)) for path, n in self.names.items()}
            case "restore":
                self.names = {path: Node(a, b, bytearray(c)) for path, (a, b, c) in self.saved.items()}
                self.heal()
            case "heal":
                self.heal()
            case "die":
                self.heal()
                self.die_at = int(rest[0])
            case "fail":
                self.heal()
                self.fail_kind, self.fail_at, self.fail_errno = rest[0], int(rest[1]), int(rest[2])
            case "forget":
                self.changes, self.marks = [], []
            case "mark":
                self.marks.append((int(rest[0]), len(self.changes)))
            case "cut":
                survive(self.changes[: int(rest[0])], random.Random(int(rest[1])), Path(rest[2]))

    def status(self) -> bytes:
        """Return what reading the control file gives."""
        return json.dumps({"count": self.count, "changes": len(self.changes), "marks": self.marks}).encode()


def survive(changes: list[tuple[Any, ...]], chance: random.Random, target: Path) -> None:
    """Write to a folder what may be left of a disk after these changes and a power cut."""
    synced = {change[1]: at for at, change in enumerate(changes) if change[0] == "sync"}
    likely = chance.choice((0.0, 0.5, 0.9, 1.0))  # nothing but the synced, or nearly all
    names: dict[str, int] = {"/": 1}
    folders = {1}
    files: dict[int, bytearray] = {}
    numbers = {"/": 1}  # the folders' own numbers at the time of the change, for their syncs
    for at, change in enumerate(changes):
        kind = change[0]
        if kind in ("write", "truncate"):
            kept = at < synced.get(change[1], -1) or chance.random() < likely
            if kept:
                _apply(
                    files.setdefault(change[1], bytearray()),
                    change,
                    torn=at >= synced.get(change[1], -1),
                    chance=chance,
                )
        elif kind in ("name", "gone"):
            parent = numbers.get(os.path.dirname(change[1]) or "/", 1)  # noqa: PTH120 - paths inside the file system
            if kind == "name" and change[3]:
                numbers[change[1]] = change[2]
                folders.add(change[2])
            if at < synced.get(parent, -1) or chance.random() < likely:
                if kind == "name":
                    names[change[1]] = change[2]
                    if change[4:]:
                        names.pop(change[4], None)
                else:
                    names.pop(change[1], None)
    for path, number in sorted(names.items()):
        place = target / path.lstrip("/")
        if not place.parent.is_dir():
            continue  # its folder was lost
        if number in folders:
            place.mkdir(exist_ok=True)
        else:
            place.write_bytes(files.get(number, b""))


def _apply(data: bytearray, change: tuple[Any, ...], *, torn: bool, chance: random.Random) -> None:
    if change[0] == "truncate":
        size = change[2]
        data[size:] = bytes(max(0, size - len(data)))
        return
    _, _, offset, new = change
    if torn and chance.random() < 0.2:
        new = new[: chance.randrange(len(new) // _BLOCK + 1) * _BLOCK]
    data.extend(bytes(max(0, offset - len(data))))
    data[offset : offset + len(new)] = new


def serve(mount: str) -> None:
    """Mount the file system and serve it until it is unmounted."""
    import fuse

    disk = Disk()
    control = "/.control"

    class Served(fuse.Operations):  # type: ignore[misc]
        """What the kernel asks; handles are numbers of open nodes."""

        def __init__(self) -> None:
            self.open_nodes: dict[int, Node] = {}
            self.handles = 0

        def _change(self, kind: str) -> None:
            if error := disk.strike(kind, fuse.fuse_get_context()[2]):
                raise fuse.FuseOSError(error)

        def _node(self, path: str, handle: int | None = None) -> Node:
            node = self.open_nodes.get(handle or 0) or disk.names.get(path)
            if node is None:
                raise fuse.FuseOSError(errno.ENOENT)
            return node

        def _opened(self, node: Node) -> int:
            self.handles += 1
            self.open_nodes[self.handles] = node
            return self.handles

        def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:
            if path == control:
                return {"st_mode": stat.S_IFREG | 0o600, "st_size": 1 << 20, "st_nlink": 1}
            node = self._node(path, fh)
            mode = stat.S_IFDIR | 0o755 if node.folder else stat.S_IFREG | 0o644
            return {"st_mode": mode, "st_size": len(node.data), "st_ino": node.number, "st_nlink": 1, "st_mtime": 0}

        def readdir(self, path: str, fh: int) -> list[str]:
            inside = path.rstrip("/") + "/"
            below = [name[len(inside) :] for name in disk.names if name.startswith(inside) and name != "/"]
            return [".", "..", *(name for name in below if name and "/" not in name)]

        def statfs(self, path: str) -> dict[str, int]:
            return {
                "f_bsize": 4096,
                "f_frsize": 4096,
                "f_blocks": 4000,
                "f_bavail": 3000,
                "f_bfree": 3000,
            }  # too few for a reserve

        def create(self, path: str, mode: int, fi: object = None) -> int:
            self._change("create")
            return self._opened(disk.make(path, folder=False))

        def open(self, path: str, flags: int) -> int:
            return 0 if path == control else self._opened(self._node(path))

        def release(self, path: str, fh: int) -> None:
            self.open_nodes.pop(fh, None)

        def mkdir(self, path: str, mode: int) -> None:
            self._change("create")
            disk.make(path, folder=True)

        def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
            data = disk.status() if path == control else self._node(path, fh).data
            return bytes(data[offset : offset + size])

        def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
            if path == control:
                disk.command(data.decode())
                return len(data)
            node = self._node(path, fh)
            if not path.endswith("-shm"):  # shared memory, not storage
                self._change("write")
                disk.changes.append(("write", node.number, offset, data))
            node.data.extend(bytes(max(0, offset - len(node.data))))
            node.data[offset : offset + len(data)] = data
            return len(data)

        def truncate(self, path: str, length: int, fh: int | None = None) -> None:
            if path == control:
                return
            node = self._node(path, fh)
            if not path.endswith("-shm"):
                self._change("truncate")
                disk.changes.append(("truncate", node.number, length))
            node.data[length:] = bytes(max(0, length - len(node.data)))

        def unlink(self, path: str) -> None:
            self._node(path)
            self._change("unlink")
            del disk.names[path]
            disk.changes.append(("gone", path))

        rmdir = unlink

        def rename(self, old: str, new: str) -> None:
            node = self._node(old)
            self._change("rename")
            inside = [name for name in disk.names if name.startswith(old + "/")]
            for name in inside:
                disk.names[new + name[len(old) :]] = disk.names.pop(name)
            disk.names[new] = disk.names.pop(old)
            disk.changes.append(("name", new, node.number, node.folder, old))

        def fsync(self, path: str, datasync: int, fh: int) -> None:
            node = self._node(path, fh)
            self._change("fsync")
            disk.changes.append(("sync", node.number))

        def fsyncdir(self, path: str, datasync: int, fh: int) -> None:
            self.fsync(path, datasync, 0)

        def utimens(self, path: str, *_: object) -> None:
            pass

        chmod = chown = utimens

    fuse.FUSE(
        Served(),
        mount,
        foreground=True,
        nothreads=True,
        big_writes=True,
        attr_timeout=0,
        entry_timeout=0,
        negative_timeout=0,
    )


if __name__ == "__main__":
    serve(sys.argv[1])
