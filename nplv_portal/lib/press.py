"""The press: a warm process with WeasyPrint loaded that forks for every document. pdf.py starts it; none imports it.

Over the socket it is given as standard input it gets orders, one after the other: a line of JSON and then the HTML. It
answers each with a line of JSON and then the PDF. It holds no secrets: its environment is almost empty.
"""

import contextlib
import gc
import json
import logging
import mimetypes
import os
import resource
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any, BinaryIO, NoReturn
from urllib.parse import unquote, urlsplit

from weasyprint import CSS, HTML  # type: ignore[import-untyped]
from weasyprint.css.counters import CounterStyle  # type: ignore[import-untyped]
from weasyprint.text.fonts import FontConfiguration  # type: ignore[import-untyped]
from weasyprint.urls import URLFetcher, URLFetcherResponse  # type: ignore[import-untyped]

from nplv_portal.lib.tagtree import tidy

STYLESHEET = "css/pdf.css"
LONGEST_DATA_URL = 2_000_000  # characters
OUT_OF_MEMORY = 3
WHY_ENDED = {
    0: "",
    OUT_OF_MEMORY: "memory",
    -signal.SIGTRAP: "memory",  # how GLib ends a process that gets no memory
    -signal.SIGXCPU: "timeout",
}
# Set once, so that every fork finds the fonts and the inner tables of WeasyPrint ready.
REHEARSAL = """<!doctype html><html lang="nl"><title>Proef</title><h1>Kop</h1><p class="lede">
<a href="#kop">Tekst</a>, <b>vet</b> en <i>schuin</i></p><h2 id="kop">Kop</h2><ul><li>Punt</li></ul>
<table><thead><tr><td></td><th scope="col">Kop</th></tr></thead>
<tbody><tr><th scope="row">Kop</th><td><p class="state state--in_place">Stand</p></td></tr></tbody></table>"""


class OwnFiles(URLFetcher):  # type: ignore[misc]
    """Our static files, read from disk, and images inside the document. All else is refused, unseen."""

    def __init__(self, static_url: str, folders: list[Path], *, fail_on_errors: bool) -> None:
        super().__init__(allowed_protocols={"data"}, allow_redirects=False, fail_on_errors=fail_on_errors)
        self.static_url = static_url
        self.folders = [folder.resolve() for folder in folders]

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
        if url[:11].lower() == "data:image/" and len(url) <= LONGEST_DATA_URL:
            return super().fetch(url, headers)
        if url.startswith(self.static_url):
            return self.from_disk(url)
        raise ValueError(f"not a file of ours: {url[:200]}")

    def from_disk(self, url: str) -> Any:
        name = unquote(urlsplit(url.removeprefix(self.static_url)).path)
        for folder in self.folders:
            path = (folder / name).resolve()
            if path.is_relative_to(folder) and path.is_file():
                kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
                return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})
        raise ValueError(f"no such static file: {name[:200]}")


class Press:
    def __init__(self, portal_url: str, static_url: str, folders: list[str]) -> None:
        self.portal_url = portal_url
        paths = [Path(folder) for folder in folders]
        self.fetcher = OwnFiles(static_url, paths, fail_on_errors=True)
        self.fonts = FontConfiguration()
        self.counters = CounterStyle()
        self.stylesheet = CSS(
            url=static_url + STYLESHEET,
            url_fetcher=OwnFiles(static_url, paths, fail_on_errors=False),
            font_config=self.fonts,
            counter_style=self.counters,
        )
        self.pdf(REHEARSAL)

    def pdf(self, html: str) -> bytes:
        document = HTML(string=html, base_url=self.portal_url, url_fetcher=self.fetcher)
        pdf: bytes = document.write_pdf(
            pdf_variant="pdf/ua-1",
            finisher=tidy,
            stylesheets=[self.stylesheet],
            font_config=self.fonts,
            counter_style=self.counters,
        )
        return pdf

    def print(self, html: bytes, seconds: float, memory_mb: int) -> tuple[str, bytes]:
        """(why it failed, "") or ("", the PDF), from a child that gets so much time and memory."""
        inward, outward = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(sys.stdin.fileno())  # or who waits for the answer of a killed press would not hear that it is gone
            os.close(inward)
            self.work(html, seconds, memory_mb, outward)
        os.close(outward)
        try:
            pdf = read_all(inward, seconds)
        except TimeoutError:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return "timeout", b""
        finally:
            os.close(inward)
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        failed = WHY_ENDED.get(ended, "error")
        return failed, b"" if failed else pdf

    def work(self, html: bytes, seconds: float, memory_mb: int, outward: int) -> NoReturn:
        """The life of a child. The limit of processor time is for when the press itself is killed."""
        gc.disable()  # a tenth faster, and a document leaves next to nothing to collect
        memory, cpu = memory_mb * 2**20, int(seconds) + 2
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        ending = 1
        try:
            pdf = self.pdf(html.decode())
            with open(outward, "wb") as out:
                out.write(pdf)
            ending = 0
        except (MemoryError, SystemError):  # the second comes from where the interpreter forgets to say the first
            ending = OUT_OF_MEMORY
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(ending)


def read_all(handle: int, seconds: float) -> bytes:
    deadline = time.monotonic() + seconds
    parts: list[bytes] = []
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([handle], [], [], left)[0]:
            raise TimeoutError
        if not (part := os.read(handle, 2**20)):
            return b"".join(parts)
        parts.append(part)


def send(stream: BinaryIO, line: dict[str, Any], body: bytes = b"") -> None:
    stream.write(json.dumps(line).encode() + b"\n" + body)
    stream.flush()


def serve(control: socket.socket, press: Press) -> None:
    stream: BinaryIO = control.makefile("rwb")  # type: ignore[assignment]
    send(stream, {"temporary": tempfile.gettempdir()})
    while line := stream.readline():
        order = json.loads(line)
        html = stream.read(order["length"])
        failed, pdf = press.print(html, order["seconds"], order["memory_mb"])
        send(stream, {"failed": failed, "length": len(pdf)}, pdf)


def main() -> None:
    os.nice(10)
    logging.basicConfig(format="pdf: %(message)s", level=logging.ERROR)
    # WeasyPrint lays the fonts down as files; in memory, so that a full disk does not stop the PDFs.
    shared_memory = "/dev/shm"  # noqa: S108  # nosec B108: made with mkdtemp
    tempfile.tempdir = tempfile.mkdtemp(prefix="pdf-", dir=shared_memory if os.access(shared_memory, os.W_OK) else None)
    try:
        press = Press(**json.loads(sys.argv[1]))
        gc.collect()
        gc.freeze()
        with contextlib.suppress(ConnectionError):
            serve(socket.socket(fileno=0), press)
    finally:
        shutil.rmtree(tempfile.tempdir, ignore_errors=True)


if __name__ == "__main__":
    main()
