"""The time that a PDF takes, as JSON: by our press, by WeasyPrint as it comes, and by a Chromium that starts for it."""

import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from statistics import median
from unittest.mock import patch
from urllib.parse import urljoin

import django

ROUNDS = 7
ADDRESSES = ["/vergelijking.pdf", "/gemeenten/heerlen.pdf"]
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync", "--disable-component-update"]
OFFLINE = ["--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND"]


def html_of(address: str) -> str:
    """What the page at this address gives to the press."""
    from django.test import Client

    found: list[str] = []

    def take(html: str) -> BytesIO:
        found.append(html)
        return BytesIO(b"%PDF")

    with patch("nplv_portal.lib.pdf.stored", take):
        Client().get(address, headers={"host": "127.0.0.1"})
    return found[0]


def plain(html: str) -> Callable[[], bytes]:
    from django.conf import settings
    from weasyprint import CSS, HTML  # type: ignore[import-untyped]

    from nplv_portal.lib import pdf
    from nplv_portal.lib.press import STYLESHEET, OwnFiles

    base = f"{settings.PORTAL_URL}/"
    static = urljoin(base, settings.STATIC_URL)
    fetcher = OwnFiles(static, pdf.static_folders(), fail_on_errors=False)

    def print_() -> bytes:
        sheet = CSS(url=static + STYLESHEET, url_fetcher=fetcher)
        document = HTML(string=html, base_url=base, url_fetcher=fetcher)
        return bytes(document.write_pdf(stylesheets=[sheet], pdf_variant="pdf/ua-1"))

    return print_


def chromium(html: str, folder: Path) -> Callable[[], bytes]:
    from django.conf import settings

    static = (settings.BASE_DIR / "static").as_uri()
    style = f'<link rel="stylesheet" href="{static}/css/pdf.css"></head>'
    page, target = folder / "page.html", folder / "page.pdf"
    page.write_text(html.replace("</head>", style).replace('"/static/', f'"{static}/'))

    def print_() -> bytes:
        profile = tempfile.mkdtemp(dir=folder)
        command = ["chromium", "--headless", *QUIET, *OFFLINE, f"--user-data-dir={profile}"]
        command += ["--no-pdf-header-footer", f"--print-to-pdf={target}", page.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        shutil.rmtree(profile, ignore_errors=True)
        return target.read_bytes()

    return print_


def measure(address: str, folder: Path) -> dict[str, object]:
    """Milliseconds of each, taken in turns; the first round does not count."""
    from nplv_portal.lib import pdf

    html = html_of(address)
    makers = {"press": lambda: pdf.render(html), "plain": plain(html), "chromium": chromium(html, folder)}
    times: dict[str, list[float]] = {name: [] for name in makers}
    content = b""
    for _ in range(ROUNDS):
        for name, make in makers.items():
            began = time.perf_counter()
            made = make()
            times[name].append((time.perf_counter() - began) * 1000)
            content = made if name == "press" else content
    return {
        "address": address,
        "pages": page_count(content),
        "bytes": len(content),
        **{name: median(found[1:]) for name, found in times.items()},
    }


def page_count(content: bytes) -> int:
    command = ["pdfinfo", "-"]
    text = subprocess.run(command, input=content, check=True, capture_output=True).stdout.decode()
    return int(next(line.split()[1] for line in text.splitlines() if line.startswith("Pages:")))


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nplv_portal.settings")
    django.setup()
    logging.getLogger("weasyprint").setLevel(logging.ERROR)  # our stylesheet is also for who knows more of CSS
    with tempfile.TemporaryDirectory() as folder:
        json.dump([measure(address, Path(folder)) for address in ADDRESSES], sys.stdout)


if __name__ == "__main__":
    main()
