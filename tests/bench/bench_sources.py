"""How fast 1,000 web pages of 20 kB become articles of a library, against trafilatura alone on the same pages.

`python -m tests.bench.bench_sources [PAGES]` prints one JSON line; `share` is our speed by trafilatura's.
"""

import json
import multiprocessing
import sys
import tempfile
import time
from pathlib import Path

from index import open_index
from index.errors import SourceError
from index.sources import load_all
from index.sources.loading import load_bytes
from index.sources.worker import pool
from tests.support.layouts import large_page

PROCESSES = 2
TURNS = 10


def extract(path):
    """Read one page as a program would that uses trafilatura and nothing else."""
    import trafilatura

    return len(trafilatura.extract(Path(path).read_bytes()) or "")


def articles(folder):
    for item in load_all(folder):
        assert not isinstance(item, SourceError), item
        yield item.article


def measured(pages):
    """Return the seconds that trafilatura alone and that we take; in turns, so that both see the same machine."""
    theirs = ours = count = 0
    with (
        tempfile.TemporaryDirectory() as folder,
        multiprocessing.get_context("spawn").Pool(PROCESSES) as pool,
        open_index(f"disk:{folder}/library") as index,
    ):
        for turn in range(TURNS):
            part = Path(folder, str(turn))
            part.mkdir()
            for number in range(turn, pages, TURNS):
                (part / f"{number:04}.html").write_bytes(large_page(number))
            paths = sorted(part.iterdir())
            if not turn:  # both start warm
                pool.map(extract, paths[:20])
                load_bytes(large_page(10**6), "warm.html")
            began = time.perf_counter()
            pool.map(extract, paths, chunksize=5)
            halfway = time.perf_counter()
            count += index.add(articles(part))  # stored while others are read
            theirs += halfway - began
            ours += time.perf_counter() - halfway
    assert count == pages
    return theirs, ours


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
    theirs, ours = measured(pages)
    figures = {"pages": pages, "bytes": len(large_page(0)), "trafilatura_per_s": pages / theirs}
    figures |= {"ours_per_s": pages / ours, "share": theirs / ours, "one_warm_ms": one_warm()}
    print(json.dumps({name: round(value, 2) for name, value in figures.items()}))
    pool.close()


if __name__ == "__main__":
    main()
