"""The portal as its users have it, with the shipped data or the example set, in databases of our own."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

ROOT = Path(__file__).parent.parent
SERVER_CORE, LOAD_CORE = "0", "1"
UNITS = {"us": 0.001, "ms": 1, "s": 1000}


@contextmanager
def database(name: str) -> Iterator[str]:
    """A new database on the Postgres of DATABASE_URL, dropped afterwards."""
    here, identifier = os.environ["DATABASE_URL"], sql.Identifier(name)
    execute(here, sql.SQL("CREATE DATABASE {}").format(identifier))
    try:
        yield make_conninfo(here, dbname=name)
    finally:
        execute(here, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))


def execute(url: str, statement: sql.Composed) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


@dataclass(frozen=True)
class Portal:
    """`environment` is what its processes get on top of ours."""

    environment: dict[str, str]

    def manage(self, *command: str) -> None:
        subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=os.environ | self.environment, check=True, stdout=2
        )

    @contextmanager
    def running(self, page_cache_mb: int) -> Iterator[str]:
        """The address of one gunicorn worker with two threads, on a core of its own."""
        port = free_port()
        command = ["taskset", "-c", SERVER_CORE, sys.executable, "-m", "gunicorn", "nplv_portal.wsgi"]
        command += ["--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--workers", "1", "--threads", "2"]
        environment = os.environ | self.environment | {"PAGE_CACHE_MB": str(page_cache_mb)}
        server = subprocess.Popen([*command, "--log-level", "error", "--no-control-socket"], cwd=ROOT, env=environment)
        try:
            wait_for(f"http://127.0.0.1:{port}/gezond/klaar", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        try:
            urlopen(address, timeout=2).close()
            return
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.2)
    raise SystemExit("The portal did not start; its messages stand above.")


def fetch(address: str, **headers: str) -> tuple[bytes, str]:
    """Body, as sent, and ETag."""
    request = Request(address, headers={name.replace("_", "-"): value for name, value in headers.items()})
    with urlopen(request, timeout=30) as response:
        return response.read(), response.headers["ETag"] or ""


@dataclass(frozen=True)
class Load:
    """What wrk saw."""

    p50: float  # milliseconds
    answers: int
    errors: int


def wrk(address: str, *headers: str, connections: int = 1, seconds: int = 2) -> Load:
    command = ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    for header in headers:
        command += ["-H", header]
    text = subprocess.run([*command, address], check=True, capture_output=True, text=True, timeout=60).stdout
    number, unit = re.search(r"50%\s+([\d.]+)(us|ms|s)", text).groups()  # type: ignore[union-attr]
    answers = re.search(r"(\d+) requests in", text)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
    errors = sum(int(count) for found in (refused, broken) if found for count in found.groups())
    return Load(float(number) * UNITS[unit], int(answers[1]) if answers else 0, errors)
