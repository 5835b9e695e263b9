"""HTML to an accessible PDF (PDF/UA-1), made in a process of its own (press.py) and kept by its content (store.py)."""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import json
import os
import queue
import shutil
import signal
import socket
import subprocess  # nosec B404: starts our own module
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urljoin

from django.conf import settings

from nplv_portal.lib.store import Store

SECONDS_TO_START = 30
SECONDS_OF_GRACE = 1  # beyond PDF_SECONDS, before the press itself is given up
ENVIRONMENT = ("PATH", "HOME", "LANG", "XDG_CACHE_HOME")  # all that the press may know of ours: no keys, no passwords


class PdfFailed(Exception):
    """`reason` is "timeout", "memory", "busy" (no press free in time) or "error" (the log says what)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def render(html: str, *, seconds: int | None = None) -> bytes:
    """Addresses are relative to PORTAL_URL; only static files and data:image/ are read. Raises PdfFailed.

    `seconds` at most; PDF_SECONDS where that is not said.
    """
    with free_press() as press:
        return press.print(html, seconds or settings.PDF_SECONDS)


def stored(html: str) -> BinaryIO:
    """The PDF of this HTML, open for reading; rendered only if it is not in the store yet. Raises PdfFailed."""
    store = Store(settings.PDF_STORE, settings.PDF_STORE_MB, patience=2 * settings.PDF_SECONDS)
    try:
        return store.get(key(html), lambda: render(html))
    except TimeoutError as error:
        raise PdfFailed("busy") from error


def key(html: str) -> str:
    return hashlib.sha256(edition() + html.encode(errors="replace")).hexdigest() + ".pdf"


@cache
def edition() -> bytes:
    """What a PDF depends on besides its HTML: our static files, the press, WeasyPrint."""
    digest = hashlib.sha256(f"{settings.PORTAL_URL} {version('weasyprint')} {version('pydyf')}".encode())
    files = [file for folder in static_folders() for file in sorted(folder.rglob("*")) if file.is_file()]
    for file in [Path(__file__).with_name("press.py"), *files]:
        digest.update(file.name.encode() + file.read_bytes())
    return digest.digest()


def static_folders() -> list[Path]:
    return [Path(folder) for folder in [*settings.STATICFILES_DIRS, settings.STATIC_ROOT]]


class Press:
    """Our end of press.py: a warm process that prints one document at a time."""

    def __init__(self) -> None:
        options = {
            "portal_url": f"{settings.PORTAL_URL}/",
            "static_url": urljoin(f"{settings.PORTAL_URL}/", settings.STATIC_URL),
            "folders": [str(folder) for folder in static_folders()],
        }
        self.owner = os.getpid()
        self.temporary = ""
        self.socket, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603  # nosec B603: no input of users
                [sys.executable, "-m", "nplv_portal.lib.press", json.dumps(options)],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                cwd=settings.BASE_DIR,
                env={name: os.environ[name] for name in ENVIRONMENT if name in os.environ} | {"PYTHONHASHSEED": "0"},
                process_group=0,  # not a new session: Linux would weigh its niceness within that session only
            )
        self.stream = self.socket.makefile("rwb")
        with self.closed_on_failure(SECONDS_TO_START):
            self.temporary = self.answer()["temporary"]

    def print(self, html: str, seconds: int) -> bytes:
        text = html.encode(errors="replace")
        order = {"length": len(text), "seconds": seconds, "memory_mb": settings.PDF_MEMORY_MB}
        with self.closed_on_failure(seconds + SECONDS_OF_GRACE):
            self.stream.write(json.dumps(order).encode() + b"\n" + text)
            self.stream.flush()
            answer = self.answer()
            pdf = self.stream.read(answer["length"])
            if len(pdf) < answer["length"]:
                raise EOFError
        if answer["failed"]:
            raise PdfFailed(answer["failed"])
        return pdf

    def answer(self) -> Any:
        if line := self.stream.readline():
            return json.loads(line)
        raise EOFError

    @contextlib.contextmanager
    def closed_on_failure(self, seconds: float) -> Iterator[None]:
        self.socket.settimeout(seconds)
        try:
            yield
        except BaseException as error:
            self.close()
            if isinstance(error, OSError | EOFError):
                raise PdfFailed("timeout" if isinstance(error, TimeoutError) else "error") from error
            raise

    @property
    def is_alive(self) -> bool:
        if self.owner != os.getpid() or self.process.returncode is not None:
            return False
        return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None

    def close(self) -> None:
        """End the process, with all that it began and left behind."""
        with contextlib.suppress(OSError):
            self.stream.close()
        self.socket.close()
        if self.owner == os.getpid() and self.process.returncode is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            shutil.rmtree(self.temporary, ignore_errors=True)


# One place for each PDF that may be made at once, with a press in it once that was needed.
places: queue.LifoQueue[Press | None] = queue.LifoQueue()
for _ in range(settings.PDF_AT_ONCE):
    places.put(None)


@contextlib.contextmanager
def free_press() -> Iterator[Press]:
    try:
        press = places.get(timeout=settings.PDF_SECONDS)
    except queue.Empty as error:
        raise PdfFailed("busy") from error
    try:
        if press and not press.is_alive:
            press.close()
            press = None
        press = press or Press()
        yield press
    finally:
        places.put(press)


@atexit.register
def close_presses() -> None:
    """The next PDF starts a new one."""
    for _ in range(places.qsize()):
        if press := places.get():
            press.close()
        places.put(None)
