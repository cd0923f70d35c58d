"""How fast 1,000 web pages of 20 kB become articles of a library, against trafilatura alone on the same pages.

`python -m tests.bench_sources [PAGES]` prints one JSON line; `share` is our speed by trafilatura's (to reach: 0.6).
"""

import json
import multiprocessing
import sys
import tempfile
import time
from pathlib import Path

from index import open_index
from index.errors import SourceError
from index.sources import load_all, worker
from index.sources.loading import load_bytes
from tests.layouts import large_page

PROCESSES = 2


def extract(path):
    """Read one page as a program would that uses trafilatura and nothing else."""
    import trafilatura

    return len(trafilatura.extract(Path(path).read_bytes()) or "")


def alone(paths):
    """Return the seconds that trafilatura takes in two processes, once they are warm."""
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        pool.map(extract, paths[:20])
        began = time.perf_counter()
        pool.map(extract, paths, chunksize=10)
        return time.perf_counter() - began


def added(folder, library):
    """Return the seconds that reading and storing takes, once the workers are warm, and how many articles came."""
    load_bytes(large_page(10**6), "warm.html")
    with open_index(f"disk:{library}") as index:
        began = time.perf_counter()
        count = 0
        batch = []
        for item in load_all(folder):
            assert not isinstance(item, SourceError), item
            batch.append(item.article)
            if len(batch) == 400:
                count += index.add(batch)
                batch = []
        count += index.add(batch)
        return time.perf_counter() - began, count


def one_warm():
    """Return the milliseconds for one page in a warm worker, the median of 50."""
    page = large_page(10**6)
    times = []
    for _ in range(50):
        began = time.perf_counter()
        load_bytes(page, "warm.html")
        times.append(time.perf_counter() - began)
    return 1000 * sorted(times)[25]


def main():
    """Print the figures."""
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number in range(pages):
            path = Path(folder, f"{number:04}.html")
            path.write_bytes(large_page(number))
            paths.append(str(path))
        size = sum(Path(path).stat().st_size for path in paths) / pages
        theirs = alone(paths)
        with tempfile.TemporaryDirectory() as library:
            ours, count = added(folder, Path(library, "library"))
        figures = {"pages": pages, "bytes": round(size), "added": count, "trafilatura_per_s": pages / theirs}
        figures |= {"ours_per_s": pages / ours, "share": theirs / ours, "one_warm_ms": one_warm()}
        print(json.dumps({name: round(value, 2) for name, value in figures.items()}))
    worker.close()


if __name__ == "__main__":
    main()
