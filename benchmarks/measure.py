"""Measures the portal and prints the figures beside the goals: python -m benchmarks.measure"""

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psycopg

from benchmarks.servers import LOAD_CORE, ROOT, SERVER_CORE, Portal, database, fetch, wrk

ROUNDS = 7
MATRIX = "/vergelijking/"
SWAP = "/vergelijking/?rol=controlerend&vorm=start-2023-2025,start-2023-2025"  # as htmx asks it
AREAS, AUDIT_ROUNDS = 20, 8
SMALL_MATRIX, LARGE_MATRIX = (
    "matrix 13 × 4, page cache off",
    f"matrix {AREAS} areas × {AUDIT_ROUNDS} rounds, page cache off",
)
LONGEST = 900  # seconds, after which it gives up
NEEDED = ["taskset", "wrk", "chromium", "pdfinfo"]


@dataclass(frozen=True)
class Line:
    """One figure of the table. A goal is the most that it may be."""

    what: str
    figure: float
    unit: str
    goal: float | None = None

    def __str__(self) -> str:
        goal = f"≤ {self.goal:g}" if self.goal else "–"
        verdict = "" if not self.goal else "met" if self.figure <= self.goal else "NOT MET"
        return f"{self.what:<58} {self.figure:>8.2f} {self.unit:<22} {goal:>7}  {verdict}".rstrip()


@dataclass(frozen=True)
class Candidate:
    """`twin` names the static file of the same bytes that it is compared with."""

    name: str
    measure: Callable[[], float]
    twin: str = ""
    goal: float | None = None


def main() -> None:
    require()
    busy = os.getloadavg()[0]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nplv-benchmark-")))
        real = portal("real", folder, stack, "load_portal")
        example = portal("example", folder, stack, "load_example", f"--areas={AREAS}", f"--rounds={AUDIT_ROUNDS}")
        real.manage("collectstatic", "--no-input", "-v0")
        make_twins(real, example, folder / "static")
        lines = [*web(real, example, stack)]
        lines += pdf(real)
    print(f"\nLoad of the machine before the start: {busy:.1f}. Above 0.5 the figures say little.\n")
    print("\n".join(map(str, lines)))


def require(needed: Sequence[str] = NEEDED) -> None:
    missing = [tool for tool in needed if not shutil.which(tool)]
    if missing:
        raise SystemExit(f"Not on this machine: {', '.join(missing)}. See benchmarks/README.md.")
    if (os.cpu_count() or 1) < 2:
        raise SystemExit("Two cores are needed: one for the server, one for the load.")
    if not {"DATABASE_URL", "SECRET_KEY"} <= os.environ.keys():
        raise SystemExit("Set DATABASE_URL and SECRET_KEY. See benchmarks/README.md.")
    os.sched_setaffinity(0, {int(LOAD_CORE)})
    signal.signal(signal.SIGALRM, stop)
    signal.signal(signal.SIGTERM, stop)
    signal.alarm(LONGEST)


def stop(*_: object) -> None:
    """Leave in a way that ends the servers and drops the databases."""
    raise SystemExit("Stopped before the end.")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def portal(name: str, folder: Path, stack: ExitStack, *load: str) -> Portal:
    say(f"Loading the {name} data")
    url = stack.enter_context(database(f"nplv_benchmark_{name}_{os.getpid()}"))
    found = Portal(
        {
            "DATABASE_URL": url,
            "STATIC_ROOT": str(folder / "static"),
            "VAR_DIR": str(folder / "var"),
            "PORTAL_URL": "http://127.0.0.1:8000",
            "FICTIONAL_DATA": "1" if name == "example" else "0",
        }
    )
    found.manage("migrate", "-v0")
    found.manage(*load)
    return found


def make_twins(real: Portal, example: Portal, static: Path) -> None:
    """Static files of the very bytes of a page; whitenoise finds them when it starts."""
    with real.running(page_cache_mb=0) as address:
        (static / "real.html").write_bytes(fetch(address + MATRIX)[0])
        (static / "real.html.gz").write_bytes(gzip.compress(fetch(address + MATRIX)[0], mtime=0))
        (static / "real.pdf").write_bytes(fetch(address + "/vergelijking.pdf")[0])
    with example.running(page_cache_mb=0) as address:
        (static / "example.html").write_bytes(fetch(address + MATRIX)[0])


def web(real: Portal, example: Portal, stack: ExitStack) -> Iterator[Line]:
    say("Starting three servers")
    fresh, kept = (stack.enter_context(real.running(page_cache_mb=size)) for size in (0, 32))
    large = stack.enter_context(example.running(page_cache_mb=0))
    assert fetch(fresh + MATRIX)[0] == fetch(f"{fresh}/static/real.html")[0]
    times = taken_in_turns(candidates(real, fresh, kept, large))
    by_name = {candidate.name: found for candidate, found in times.items()}
    for candidate, found in times.items():
        if candidate.twin:
            yield Line(candidate.name, found / by_name[candidate.twin], f"× static ({found:.2f} ms)", candidate.goal)
        else:
            yield Line(candidate.name, found, "ms")
    yield from cells(fresh, large, by_name)
    yield from transfer(fresh)
    crowd = wrk(fresh + MATRIX, connections=64, seconds=5)
    yield Line(f"64 connections at once: errors in {crowd.answers} answers", crowd.errors, "errors")


def candidates(real: Portal, fresh: str, kept: str, large: str) -> list[Candidate]:
    zipped = "Accept-Encoding: gzip"
    etag = fetch(kept + MATRIX)[1]

    def loaded(address: str, *headers: str) -> Callable[[], float]:
        return lambda: wrk(address, *headers).p50

    return [
        Candidate("static file 13 × 4", loaded(f"{fresh}/static/real.html")),
        Candidate(SMALL_MATRIX, loaded(fresh + MATRIX), "static file 13 × 4", 5),
        Candidate(
            "matrix 13 × 4, right after a change of the data", lambda: changed(real, fresh), "static file 13 × 4"
        ),
        Candidate("unchanged page, 200", loaded(kept + MATRIX), "static file 13 × 4", 2.5),
        Candidate("unchanged page, 304", loaded(kept + MATRIX, f"If-None-Match: {etag}"), "static file 13 × 4", 2),
        Candidate("static file 13 × 4, gzip", loaded(f"{fresh}/static/real.html", zipped)),
        Candidate(f"{SMALL_MATRIX}, gzip", loaded(fresh + MATRIX, zipped), "static file 13 × 4, gzip"),
        Candidate("unchanged page, 200, gzip", loaded(kept + MATRIX, zipped), "static file 13 × 4, gzip"),
        Candidate("static file PDF", loaded(f"{kept}/static/real.pdf")),
        Candidate("unchanged PDF", loaded(kept + "/vergelijking.pdf"), "static file PDF", 1.1),
        Candidate(f"static file {AREAS} × {AUDIT_ROUNDS}", loaded(f"{large}/static/example.html")),
        Candidate(LARGE_MATRIX, loaded(large + MATRIX), f"static file {AREAS} × {AUDIT_ROUNDS}"),
    ]


def taken_in_turns(all_: list[Candidate]) -> dict[Candidate, float]:
    """The median of each, without the first round."""
    found: dict[Candidate, list[float]] = {candidate: [] for candidate in all_}
    for number in range(1, ROUNDS + 1):
        say(f"Round {number} of {ROUNDS}")
        for candidate, times in found.items():
            times.append(candidate.measure())
    return {candidate: median(times[1:]) for candidate, times in found.items()}


def changed(real: Portal, address: str) -> float:
    """Milliseconds for a page of which nothing is remembered, because the published data has just changed."""
    times = []
    with psycopg.connect(real.environment["DATABASE_URL"], autocommit=True) as connection:
        for _ in range(20):
            connection.execute("UPDATE sources_publicrevision SET number = number + 1")
            began = time.perf_counter()
            fetch(address + MATRIX)
            times.append((time.perf_counter() - began) * 1000)
    return median(times)


def cells(fresh: str, large: str, times: dict[str, float]) -> Iterator[Line]:
    few, many = (count_cells(fetch(address + "/vergelijking.json")[0]) for address in (fresh, large))
    extra = (times[LARGE_MATRIX] - times[SMALL_MATRIX]) * 1000 / (many - few)
    yield Line(f"each cell more, from {few} to {many} cells", extra, "µs", 5)


def count_cells(content: bytes) -> int:
    return len(json.loads(content)["bevindingen"])


def transfer(address: str) -> Iterator[Line]:
    page = len(fetch(address + MATRIX, Accept_Encoding="gzip")[0])
    swap, whole = (
        len(fetch(address + place, Accept_Encoding="gzip", HX_Request="true")[0]) for place in (SWAP, MATRIX)
    )
    yield Line("matrix 13 × 4, compressed", page / 1000, "kB", 15)
    yield Line("filter swap to one role, of the page", 100 * swap / page, "%", 25)
    yield Line("filter swap back to everything, of the page", 100 * whole / page, "%")


def pdf(real: Portal) -> Iterator[Line]:
    say("PDFs")
    command = ["taskset", "-c", SERVER_CORE, sys.executable, "-m", "benchmarks.pdf"]
    environment = os.environ | real.environment
    text = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, timeout=600).stdout
    for found in json.loads(text):
        name, pages = f"fresh {found['address']} of {found['pages']} pages", found["pages"]
        yield Line(name, found["press"] / found["plain"], "× plain WeasyPrint", 0.95)
        yield Line(name, found["press"] / found["chromium"], "× cold Chromium", 0.5)
        yield Line(name, found["press"] / pages, "ms a page", 60)
        yield Line(name, found["bytes"] / pages / 1_000_000, "MB a page", 1.5)


if __name__ == "__main__":
    main()
