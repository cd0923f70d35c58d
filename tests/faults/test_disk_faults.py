"""Promises P1 to P5 of libraries on disk, by real faults: kills, crash points, power cuts, full disks, flipped bits.

Each test prints one line of counts. A test whose tool is missing is skipped by name, and fails in `make check`.
"""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any

import apsw
import pytest

from tests.faults.disk_faults import WORK
from tests.support.counts import draw_from, how_often, lack_tool
from tests.support.paths import ROOT

Run = Callable[..., dict[str, Any]]
ERRNOS = ("ENOSPC", "EDQUOT", "EFBIG", "EIO", "EMFILE", "EROFS")


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Run an order in a process of its own: returns its answer."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.disk_faults"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def call(do: str, folder: Path, **more: Any) -> dict[str, Any]:
            process.stdin.write(json.dumps({"do": do, "folder": str(folder), **more}) + "\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            if answer["signal"] or "kill_after" in more:
                return answer
            return answer | json.loads(answer["output"])

        yield call
        process.stdin.close()


@pytest.fixture
def quick() -> Iterator[Path]:
    """A folder in memory: a kill is the same there as on a disk."""
    place = Path("/dev/shm")
    if not place.is_dir():
        lack_tool("no /dev/shm")
    folder = place / f"pullquote-{os.getpid()}-{time.monotonic_ns()}"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def mount(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The file system of `faulty_disk.py`."""
    try:
        import_module("fuse")  # the file system's process needs it
    except (ImportError, OSError) as error:
        lack_tool(f"fusepy or libfuse2 is not installed ({error})")
    if not Path("/dev/fuse").exists():
        lack_tool("no /dev/fuse")
    place = tmp_path_factory.mktemp("mount")
    log = place.with_name("faulty_disk.log")  # a pipe that nobody reads fills up and stops the server
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            [sys.executable, "-m", "tests.support.faulty_disk", str(place)], cwd=ROOT, stderr=errors
        ) as process,
    ):
        for _ in range(200):
            if (place / ".control").exists() or process.poll() is not None:
                break
            time.sleep(0.05)
        if process.poll() is not None:
            lack_tool(f"FUSE does not mount here: {log.read_text(errors='replace')[-200:]}")
        yield place
        subprocess.run(["umount", "-l", str(place)], check=True)
    assert "Traceback" not in log.read_text(errors="replace")


def control(mount: Path, command: str) -> None:
    (mount / ".control").write_text(command, encoding="utf-8")


def status(mount: Path) -> dict[str, Any]:
    with (mount / ".control").open("rb", buffering=0) as file:
        found: dict[str, Any] = json.loads(file.read(1 << 20))
    return found


Members = dict[str, set[int]]


def looked(run: Run, folder: Path) -> tuple[Members, float]:
    """Return what is in the library, which must be whole, and how long opening and searching took."""
    answer = run("look", folder)
    assert "result" in answer, answer
    result = answer["result"]
    assert result["wrong"] == [], result
    return {name: set(numbers) for name, numbers in result["members"].items()}, result["seconds"]


def after(members: Members, verb: str, name: str, numbers: list[int]) -> Members:
    """Return the memberships after an operation."""
    changed = {key: set(value) for key, value in members.items()}
    if verb == "add":
        changed.setdefault(name, set()).update(numbers)
    else:
        changed.get(name, set()).difference_update(numbers)
    return {key: value for key, value in changed.items() if value}


# P1


def kill(run: Run, folder: Path, count: int) -> str:
    chance = random.Random(draw_from("kills"))
    members: Members = {}
    slowest, acknowledged, open_ends = 0.0, 0, 0
    for number in range(count):
        answer = run(
            "churn",
            folder,
            seed=chance.getrandbits(30),
            kill_after=chance.uniform(0.0, chance.choice((0.15, 0.15, 0.6))),
        )
        begun = None
        for line in answer["output"].splitlines():
            what, *operation = json.loads(line)
            begun = operation if what == "begin" else None
            if what == "done":
                members = after(members, *operation)
                acknowledged += 1
        found, seconds = looked(run, folder)
        slowest = max(slowest, seconds)
        allowed = [members, *([after(members, *begun)] if begun else [])]
        open_ends += begun is not None
        assert found in allowed, (number, begun, found, members)
        members = found
    return (
        f"P1: {count} kills, {open_ends} in the middle of an operation, {acknowledged} operations acknowledged, "
        f"0 lost, 0 half; slowest opening and first search {slowest:.2f} s"
    )


@how_often(8, 300)
def test_p1_kills_lose_nothing_that_was_acknowledged(run: Run, quick: Path, count: int) -> None:
    print(kill(run, quick / "library", count))


# P2


OPERATIONS: dict[str, tuple[dict[str, Any], Members]] = {
    "create": ({"do": "add", "numbers": [1, 2]}, {"default": {1, 2}}),
    "add": ({"do": "add", "numbers": [4, 5, 6]}, {"default": {1, 2, 3, 4, 5, 6}}),
    "join": ({"do": "add", "numbers": [1, 2], "collection": "other"}, {"default": {1, 2, 3}, "other": {1, 2}}),
    "remove": ({"do": "remove", "numbers": [2]}, {"default": {1, 3}}),
    "rebuild": ({"do": "rebuild"}, {"default": {1, 2, 3}}),
    "restore": ({"do": "restore"}, {"default": {1, 2, 3}}),
}


@pytest.mark.parametrize(
    ("name", "stride"),
    [
        pytest.param("add", 29, id="quick"),
        *(pytest.param(name, 1, id=name, marks=pytest.mark.check) for name in OPERATIONS),
    ],
)
def test_p2_at_every_crash_point_the_state_is_old_or_new(run: Run, mount: Path, name: str, stride: int) -> None:
    order, new = OPERATIONS[name]
    folder = mount / f"p2-{name}-{stride}"
    if name != "create":
        assert run("add", folder, numbers=[1, 2, 3])["result"] == 3
    control(mount, "save")
    old, _ = looked(run, folder)
    states: Counter[str] = Counter()
    for point in range(1, 2000, stride):
        control(mount, "restore")
        control(mount, f"die {point}")
        answer = run(**order | {"folder": folder})
        control(mount, "heal")
        found, _ = looked(run, folder)
        assert found in (old, new), (name, point, found)
        states["new" if found == new else "old"] += 1
        if not answer["signal"]:
            assert found == new
            assert "result" in answer
            break
    else:
        pytest.fail("the operation never came to its end")
    assert point > 5, "nothing was struck"
    tried = states.total() - 1
    print(f"P2: {tried} crash points of {name}: {states['old']} left the old state, {states['new'] - 1} the new")


@pytest.mark.parametrize("stride", [pytest.param(61, id="quick"), pytest.param(1, id="all", marks=pytest.mark.check)])
def test_p2_a_killed_rebuild_of_a_damaged_library_leaves_it_damaged_or_whole(
    run: Run, mount: Path, stride: int
) -> None:
    """Here each change of the search index counts, too, and the disk knows no second names for a file."""
    folder, whole = mount / f"p2-damaged-{stride}", {"default": set(range(1, 13))}
    assert run("add", folder, numbers=list(range(1, 13)))["result"] == 12
    file = folder / "library.sqlite"
    data = bytearray(file.read_bytes())
    inner = next(at for at in range(4096, len(data), 4096) if data[at] == 5)  # a page that leads to others
    data[inner : inner + 4096] = bytes(4096)
    file.write_bytes(data)
    control(mount, "save")
    states: Counter[str] = Counter()
    for point in range(1, 2000, stride):
        control(mount, "restore")
        control(mount, f"die {point}")
        answer = run("restore", folder)
        control(mount, "heal")
        read = run("look", folder)
        if "result" in read:
            assert looked(run, folder)[0] == whole, point
        else:
            assert read["error"] == "CorruptIndex", (point, read)
        states["whole" if "result" in read else "damaged"] += 1
        if not answer["signal"]:
            assert answer["result"] == 12, answer
            break
        assert run("restore", folder)["result"] == 12, point
        assert looked(run, folder)[0] == whole, point
    else:
        pytest.fail("the rebuild never came to its end")
    assert states["damaged"] > 0
    print(
        f"P2: {states.total() - 1} crash points of a rebuild that saves: {states['damaged']} left it damaged, 0 empty"
    )


# P3


def cut(run: Run, mount: Path, target: Path, count: int) -> str:
    folder = mount / f"p3-{count}"
    control(mount, "forget")
    answer = run("work", folder, control=str(mount / ".control"))
    assert "result" in answer, answer
    whole = status(mount)
    marks = whole["marks"]
    assert [number for number, _ in marks] == list(range(len(WORK)))
    chance = random.Random(draw_from("cuts"))
    kept = 0
    for number in range(count):
        at = chance.randrange(whole["changes"] + 1)
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        control(mount, f"cut {at} {number} {target}")
        done = [step for step, place in marks if place <= at]
        members: Members = {}
        for step in done:
            members = after(members, *WORK[step]) if WORK[step][0] != "rebuild" else members
        following = WORK[len(done)] if len(done) < len(WORK) else ("rebuild",)
        found, _ = looked(run, target / folder.name)
        allowed = [members, *([after(members, *following)] if following[0] != "rebuild" else [])]
        assert found in allowed, (number, at, len(done), found, members)
        kept += len(done)
    return f"P3: {count} power cuts among {whole['changes']} changes, {kept} acknowledgements before them, 0 lost"


@how_often(3, 40)
def test_p3_power_cuts_lose_nothing_that_was_acknowledged(run: Run, mount: Path, tmp_path: Path, count: int) -> None:
    print(cut(run, mount, tmp_path / "left", count))


# P4


@how_often(2, 4)
def test_p4_each_errno_at_each_kind_of_call(run: Run, mount: Path, count: int) -> None:
    """The first call of each kind fails, or the 2nd, the 4th, ...: `count` of them."""
    names = ERRNOS if count > 2 else ("ENOSPC", "EIO")
    folder = mount / "p4"
    assert run("add", folder, numbers=[1, 2, 3])["result"] == 3
    control(mount, "save")
    errors: Counter[str] = Counter()
    for name in names:
        for kind in ("write", "fsync", "create", "rename", "truncate", "any"):
            for first in [2**place for place in range(count)]:
                control(mount, "restore")
                control(mount, f"fail {kind} {first} {getattr(errno, name)}")
                answer = run("guarded", folder, numbers=[4, 5])
                assert "result" in answer, (name, kind, first, answer)
                assert answer["result"]["readable"], (name, kind, first)
                error = answer["result"]["error"]
                control(mount, "heal")
                found, _ = looked(run, folder)
                old = {"default": {1, 2, 3}}
                new = {"default": {1, 2, 3, 4, 5}}
                assert found in ([old, new] if error else [new]), (name, kind, first, error, found)
                assert run("add", folder, numbers=[4, 5])["result"] == 5 - len(found["default"])
                assert looked(run, folder)[0] == new
                errors[error or "not struck"] += 1
    assert errors["EngineUnavailable"] + errors["DiskFailed"] > 2 * len(names)
    assert set(errors) <= {"EngineUnavailable", "DiskFailed", "not struck"}
    told = ", ".join(f"{number} {name}" for name, number in errors.most_common())
    print(f"P4: {errors.total()} faults, {len(names)} errnos: {told}; all read on, all work again afterwards")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 6 MB."""
    if os.geteuid():
        lack_tool("mounting a small disk needs root")
    place = tmp_path / "small"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(place)], check=True)
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.check
def test_p4_a_full_disk(run: Run, small_disk: Path) -> None:
    folder = small_disk / "library"
    assert run("add", folder, numbers=[1, 2, 3])["result"] == 3
    filler = small_disk / "filler"
    refused = 0
    for left in (200_000, 60_000, 20_000, 4096, 0):
        free = os.statvfs(small_disk)
        filler.write_bytes(bytes(max(0, free.f_bavail * free.f_frsize - left)))
        answer = run("guarded", folder, numbers=list(range(10, 60)))
        assert answer["result"]["readable"], left
        refused += answer["result"]["error"] == "EngineUnavailable"
        assert looked(run, folder)[0]["default"] >= {1, 2, 3}
        filler.unlink()
    assert refused >= 3
    assert run("remove", folder, numbers=[1])["result"] is None
    assert run("add", folder, numbers=[70])["result"] == 1
    found = looked(run, folder)[0]["default"]
    assert 70 in found
    assert 1 not in found
    print(f"P4: 5 levels of a full disk, {refused} additions refused, all read on, all work again afterwards")


@pytest.mark.check
def test_p4_a_read_only_disk(run: Run, small_disk: Path) -> None:
    folder = small_disk / "library"
    assert run("add", folder, numbers=[1, 2, 3])["result"] == 3
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    answer = run("guarded", folder, numbers=[4])
    assert answer["result"] == {"error": "EngineUnavailable", "readable": True}
    assert looked(run, folder)[0] == {"default": {1, 2, 3}}
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    assert run("add", folder, numbers=[4])["result"] == 1
    shutil.rmtree(next(folder.glob("passages-*")))
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert looked(run, folder)[0] == {"default": {1, 2, 3, 4}}
    print("P4: 1 read-only disk: reading works, with an index in memory where its own is gone; writing is refused")


@pytest.mark.parametrize(
    "limits",
    [{"RLIMIT_NOFILE": limit} for limit in (12, 16, 20, 26)] + [{"RLIMIT_FSIZE": limit} for limit in (2000, 40_000)],
)
def test_p4_limits_of_the_process(run: Run, quick: Path, limits: dict[str, int]) -> None:
    folder = quick / "library"
    assert run("add", folder, numbers=[1, 2, 3])["result"] == 3
    answer = run("add", folder, numbers=list(range(10, 40)), limits=limits)
    assert not answer["signal"]
    assert "result" in answer or answer["error"] == "EngineUnavailable", answer
    found = looked(run, folder)[0]["default"]
    assert found in ({1, 2, 3}, {1, 2, 3, *range(10, 40)})
    if "result" in answer:
        assert len(found) == 33
    assert run("add", folder, numbers=[50])["result"] == 1


# P5


def texts(folder: Path) -> list[tuple[Any, ...]]:
    """Return the texts of a library as SQLite gives them; () where it gives none."""
    try:
        with closing(apsw.Connection(str(folder / "library.sqlite"))) as connection:
            return list(connection.execute("SELECT seq, text FROM body ORDER BY seq"))
    except apsw.Error:
        return []


def flip(run: Run, folder: Path, work: Path, count: int) -> str:
    numbers = list(range(1, 41))
    assert run("add", folder, numbers=numbers)["result"] == 40
    assert run("add", folder, numbers=[50])["result"] == 1
    assert run("remove", folder, numbers=[50])["result"] is None
    files = sorted(
        path for path in folder.rglob("*") if path.is_file() and path.stat().st_size and path.name != "reserve"
    )
    whole = run("flipped", folder, numbers=numbers)["result"]
    assert (whole["wrong"], whole["told"], whole["missing"]) == ([], [], 0)
    chance = random.Random(draw_from("flips"))
    outcomes: Counter[str] = Counter()
    words, text_flips = texts(folder), 0
    for number in range(count):
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(folder, work)
        in_store = number % 2 == 0
        choices = [file for file in files if (file.name == "library.sqlite") is in_store]
        file = work / chance.choices(choices, [path.stat().st_size for path in choices])[0].relative_to(folder)
        data = bytearray(file.read_bytes())
        at = chance.randrange(len(data))
        data[at] ^= 1 << chance.randrange(8)
        file.write_bytes(data)
        answer = run("flipped", work, numbers=numbers)
        assert not answer["signal"], (number, file.name, at, answer)
        assert "result" in answer, (number, file.name, at, answer)
        result = answer["result"]
        assert result["wrong"] == [], (number, file.name, at, result)
        if in_store and texts(work) != words:
            text_flips += 1
            assert result["told"], (number, at, result)
        where = "store" if in_store else "index"
        named = (
            "named"
            if result["told"] or result["missing"]
            else "hits missing"
            if result["hits"] < result["expected"]
            else "no harm"
        )
        outcomes[f"{where} {named}"] += 1
        if not in_store:
            assert (result["missing"], result["hits"]) == (0, result["expected"]), (number, file.name, at, result)
    told = ", ".join(f"{n} {name}" for name, n in sorted(outcomes.items()))
    return f"P5: {count} flipped bits, 0 wrong words, 0 crashes: {told}; {text_flips} were in article text, all named"


@how_often(6, 200)
def test_p5_a_flipped_bit_never_gives_wrong_words(run: Run, quick: Path, count: int) -> None:
    print(flip(run, quick / "library", quick / "work", count))
