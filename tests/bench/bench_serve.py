"""What a question costs over HTTP: beside the same question in a process, beside a bare application, and in memory.

`python -m tests.bench.bench_serve [PASSAGES] [REQUESTS]` prints one JSON line for each measurement. PASSAGES (0: those
of the one article `seeds/storm-tamsin.txt`) is how many the library holds at least, REQUESTS how many the memory is
watched over. Server and clients share the machine, so only ratios count; words alone decide, for they cost least.

* `paired`: the same questions in turns, in process and over HTTP; milliseconds of wall time (p50) and of CPU, here of
  the server and its askers, without what the client spends. No question is asked twice, so that no reply is kept.
* `crowd`: 200 clients at once, each asks its next question when the last is answered.
* `saturation`: requests a second of one question, over HTTP and from a bare Starlette application that returns its
  stored reply.
* `memory`: megabytes of the server after each tenth of the requests, most of them new questions.
"""

import asyncio
import json
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from bot.settings import Settings
from index import Article, load_article, open_index

QUESTIONS = (
    "How many people were taken to safety?",
    "Who is the chief fire officer?",
    "How many homes lost power?",
    "When will the schools open again?",
    "What did the minister say?",
)
ROUNDS, CLIENTS, EACH = 100, 200, 5


def fill(place, passages):
    """Make a library of the seed, and of made articles until it has so many passages."""
    rng = random.Random(20)
    words = [f"{start}{middle}{end}" for start in "bdfgklmnprst" for middle in "aeiou" for end in ("lin", "rek", "mos")]
    with open_index(f"disk:{place}", meaning=False) as index:
        index.add(load_article("seeds/storm-tamsin.txt"))
        sentences = 20
        for _ in range(0, passages, 2000):
            index.add(
                Article.from_text(
                    "\n\n".join(
                        f"The {' '.join(rng.choices(words, k=10))} of the town was seen by the people on Monday."
                        for _ in range(sentences)
                    )
                )
                for _ in range(2000 // (sentences // 2))
            )


@contextmanager
def serving(place):
    """Run the server in a process; yields it with its address."""
    env = os.environ | {"PULLQUOTE_INDEX": f"disk:{place}", "PULLQUOTE_MEANING": "off", "PULLQUOTE_LOG_LEVEL": "error"}
    yield from _start([sys.executable, "-m", "bot", "serve", "--listen", "127.0.0.1:0"], env)


@contextmanager
def serving_bare(reply):
    """Run a bare application that answers any question with this reply."""
    yield from _start([sys.executable, "-m", "tests.bench.bench_serve", "--bare", reply], os.environ)


def _start(command, env):
    process = subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True)
    try:
        yield process.pid, re.search(r"http://[\d.:]+", process.stderr.readline())[0]
    finally:
        process.terminate()
        process.wait()
        process.stderr.close()


def run_bare(reply):
    async def answer(request):
        return Response(reply, media_type="application/json")

    app = Starlette(routes=[Route("/v1/ask", answer, methods=["POST"])])
    opened = socket.create_server(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{opened.getsockname()[1]}/", file=sys.stderr, flush=True)
    uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, ws="none")).run([opened])


def cpu(pid):
    """Return the seconds of CPU of a process and its children (Linux)."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    rows = [Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split() for each in (pid, *children)]
    return sum(int(row[11]) + int(row[12]) for row in rows) / os.sysconf("SC_CLK_TCK")


def megabytes(pid):
    """Return the memory that a process and its children hold (Linux)."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    lines = "\n".join(Path(f"/proc/{each}/status").read_text() for each in (pid, *children)).splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1000


def measure_pairs(place):
    with (
        serving(place) as (process, address),
        open_index(f"disk:{place}", meaning=False) as index,
        httpx.Client(base_url=address) as client,
    ):
        taken, spent, before = {"process": [], "http": []}, 0.0, 0.0
        for number in range(-20, ROUNDS):
            if number == 0:  # the first ones warm up
                taken, spent, before = {"process": [], "http": []}, 0.0, cpu(process)
            question = f"{QUESTIONS[number % len(QUESTIONS)]} {number}"
            for way in ("process", "http") if number % 2 else ("http", "process"):
                start, used = time.perf_counter(), time.process_time()
                if way == "process":
                    index.ask(question)
                    spent += time.process_time() - used
                else:
                    assert client.post("/v1/ask", json={"question": question}).status_code == 200
                taken[way].append(time.perf_counter() - start)
        cpu_ms = {"process": 1000 * spent / ROUNDS, "http": 1000 * (cpu(process) - before) / ROUNDS}
    p50 = {way: 1000 * statistics.median(each) for way, each in taken.items()}
    return {
        "p50_ms": {way: round(each, 2) for way, each in p50.items()},
        "cpu_ms": {way: round(each, 2) for way, each in cpu_ms.items()},
        "p50_ratio": round(p50["http"] / p50["process"], 2),
        "cpu_ratio": round(cpu_ms["http"] / cpu_ms["process"], 2),
    }


async def crowd(address, clients, each, make):
    """Return the seconds of each request, and how many failed."""
    limits = httpx.Limits(max_connections=clients)
    taken, failed = [], 0

    async def ask(client, who):
        nonlocal failed
        for number in range(each):
            start = time.perf_counter()
            try:
                failed += (await client.post("/v1/ask", json={"question": make(who, number)})).status_code != 200
            except httpx.HTTPError:
                failed += 1
            taken.append(time.perf_counter() - start)

    async with httpx.AsyncClient(base_url=address, limits=limits, timeout=120) as client:
        await asyncio.gather(*(ask(client, who) for who in range(clients)))
    return sorted(taken), failed


def measure_crowd(place):
    with serving(place) as (_, address):
        make = lambda who, number: f"{QUESTIONS[who % len(QUESTIONS)]} {who} {number}"  # noqa: E731
        asyncio.run(crowd(address, 2, 5, make))
        taken, failed = asyncio.run(crowd(address, CLIENTS, EACH, make))
    p50, p99 = (taken[int(len(taken) * part)] for part in (0.5, 0.99))
    return {
        "requests": len(taken),
        "failed": failed,
        "p50_ms": round(1000 * p50),
        "p99_ms": round(1000 * p99),
        "p99_by_p50": round(p99 / p50, 2),
    }


def measure_saturation(place):
    """Return the requests a second that each server takes with a CPU of its own, by its own time of CPU."""
    with open_index(f"disk:{place}", meaning=False) as index:
        from index.forms.serial import reply_to_dict

        reply = json.dumps(reply_to_dict(index.ask(QUESTIONS[0])))
    wall, served = {"ours": [], "bare": []}, {"ours": [], "bare": []}
    with serving(place) as ours, serving_bare(reply) as bare:
        for number in range(5):
            for name, (process, address) in (("ours", ours), ("bare", bare)):
                before, start = cpu(process), time.perf_counter()
                taken, failed = asyncio.run(crowd(address, 16, 40, lambda *_: QUESTIONS[0]))
                assert not failed
                if number:
                    wall[name].append(len(taken) / (time.perf_counter() - start))
                    served[name].append(len(taken) / (cpu(process) - before))
    ways = (("wall", wall), ("cpu", served))
    found = {name: {way: round(statistics.median(rates[name])) for way, rates in ways} for name in wall}
    return found | {f"{way}_ratio": round(found["ours"][way] / found["bare"][way], 2) for way in ("wall", "cpu")}


def measure_memory(place, requests):
    seen = []
    with serving(place) as (process, address):
        for tenth in range(10):
            make = lambda who, number, tenth=tenth: f"{QUESTIONS[who % len(QUESTIONS)]} {tenth} {who} {number}"  # noqa: E731
            _, failed = asyncio.run(crowd(address, 10, requests // 100, make))
            assert not failed
            seen.append(round(megabytes(process), 1))
    return {"requests": requests, "megabytes": seen}


def main():
    if sys.argv[1:2] == ["--bare"]:
        run_bare(sys.argv[2])
        return
    passages, requests = (int(word) for word in (*sys.argv[1:], "0", "1000")[:2])
    assert Settings().requests_per_minute
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "library")
        fill(place, passages)
        for name, made in (
            ("paired", lambda: measure_pairs(place)),
            ("crowd", lambda: measure_crowd(place)),
            ("saturation", lambda: measure_saturation(place)),
            ("memory", lambda: measure_memory(place, requests)),
        ):
            print(json.dumps({"bench": "serve", "passages": passages, "measure": name, **made()}), flush=True)


if __name__ == "__main__":
    main()
