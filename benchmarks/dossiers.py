"""What readers notice of dossiers: python -m benchmarks.dossiers

Sixty-four readers each open a page a second, first while nothing else happens, then while the worker makes twenty
dossiers. Server, worker and press share one core; the readers have the other.
"""

import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median, quantiles

import django
import psycopg

from benchmarks.measure import Line, portal, require, say
from benchmarks.servers import ROOT, SERVER_CORE, Portal, fetch

READERS, DOSSIERS = 64, 20
IDLE_SECONDS, MOST_SECONDS = 40, 600
PAGES = ["/", "/vergelijking/", "/aanbevelingen/", "/gemeenten/", "/programma/", "/onderzoek/"]


def main() -> None:
    if sys.argv[1:] == ["ask"]:
        ask()
        return
    require(["taskset", "nice"])
    busy = os.getloadavg()[0]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nplv-benchmark-")))
        example = portal("example", folder, stack, "load_example")
        example.manage("collectstatic", "--no-input", "-v0")
        address = stack.enter_context(example.running(page_cache_mb=32))
        for page in PAGES:
            fetch(address + page)
        say("Readers, and nothing else")
        idle = read(address, until(time.monotonic() + IDLE_SECONDS))
        say("Readers, and dossiers")
        with working(example):
            run(example, "ask")
            began = time.monotonic()
            during = read(address, lambda: ready(example) == DOSSIERS or time.monotonic() > began + MOST_SECONDS)
            seconds = time.monotonic() - began
    print(f"\nLoad of the machine before the start: {busy:.1f}. Above 0.5 the figures say little.\n")
    print(Line(f"p99 of {len(during)} pages during {DOSSIERS} dossiers", p99(during) / p99(idle), "× idle", 1.2))
    print(Line("median of them", median(during) / median(idle), "× idle"))
    print(Line(f"p99 of {len(idle)} pages, idle", p99(idle), "ms"))
    print(Line("a dossier", seconds / DOSSIERS, "s"))


def run(example: Portal, *arguments: str) -> None:
    command = [sys.executable, "-m", "benchmarks.dossiers", *arguments]
    subprocess.run(command, cwd=ROOT, env=os.environ | example.environment, check=True)


@contextmanager
def working(example: Portal) -> Iterator[None]:
    """The worker, as script/server starts it."""
    command = ["taskset", "-c", SERVER_CORE, "nice", "-n", "10", sys.executable, "manage.py", "procrastinate", "worker"]
    worker = subprocess.Popen(command, cwd=ROOT, env=os.environ | example.environment, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(30)


def ask() -> None:
    """Twenty dossiers of all kinds, of five clerks."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nplv_portal.settings")
    django.setup()
    from focusareas.models import Municipality
    from nplv_portal.accounts.models import User
    from nplv_portal.dossiers.composing import queue
    from nplv_portal.dossiers.kinds import RECIPES
    from nplv_portal.dossiers.models import Dossier, Edition

    clerks = [User.objects.create_user(email=f"clerk{number}@example.nl") for number in range(5)]
    places = list(Municipality.objects.filter(areas__participations__isnull=False).distinct()[:4])
    for number in range(DOSSIERS):
        recipe, clerk = RECIPES[number % len(RECIPES)], clerks[number % len(clerks)]
        place = places[number % len(places)]
        dossier = Dossier.objects.create(municipality=place, kind=recipe.slug, started_by=clerk)
        edition = Edition.objects.create(
            dossier=dossier,
            number=1,
            title=f"Dossier {number}",
            year=2025 if recipe.has_year else None,
            sections=[slug for slug, _ in recipe.sections],
            items=["aanbeveling-rol"] if recipe.has_items else [],
            asked_by=clerk,
        )
        queue(edition)


def ready(example: Portal) -> int:
    with psycopg.connect(example.environment["DATABASE_URL"]) as connection:
        row = connection.execute("SELECT count(*) FROM dossiers_edition WHERE stage IN ('made', 'failed')").fetchone()
    return int(row[0]) if row else 0


def until(end: float) -> Callable[[], bool]:
    return lambda: time.monotonic() > end


def read(address: str, is_done: Callable[[], bool]) -> list[float]:
    """Milliseconds of every page that the readers opened, until it is done."""
    times: list[float] = []
    stopped = threading.Event()

    def reader(number: int) -> None:
        dice = random.Random(number)  # the same pages each time
        stopped.wait(dice.random())
        while not stopped.is_set():
            began = time.perf_counter()
            fetch(address + dice.choice(PAGES), Accept_Encoding="gzip")
            times.append((time.perf_counter() - began) * 1000)
            stopped.wait(max(0, 1 - (time.perf_counter() - began)))

    readers = [threading.Thread(target=reader, args=(number,)) for number in range(READERS)]
    for thread in readers:
        thread.start()
    while not is_done():
        time.sleep(1)
    stopped.set()
    for thread in readers:
        thread.join()
    return times


def p99(times: list[float]) -> float:
    return quantiles(times, n=100)[98]


if __name__ == "__main__":
    main()
