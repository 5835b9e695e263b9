"""Public pages: open to everyone, the same for everyone, and known by the revision of the published data."""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from functools import cache, wraps
from threading import Lock
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe
from django_htmx.middleware import HtmxDetails

REVISION = """
    SELECT number + (SELECT count(*) FROM sources_scheduledchange WHERE moment <= clock_timestamp())
    FROM sources_publicrevision
"""


class PublicRequest(HttpRequest):
    """What a published page gets."""

    htmx: HtmxDetails
    revision: int


View = Callable[..., HttpResponseBase]
Answer = tuple[dict[str, str], bytes]  # headers, body


def current_revision() -> int:
    """Rises with every change of what the public sees, also with one that was set for a moment which has now passed."""
    with connection.cursor() as cursor:
        cursor.execute(REVISION)
        return int(cursor.fetchone()[0])


@cache
def release() -> str:
    """A short hash of code, templates and settings that pages show: a new release never answers with an old page."""
    shown = settings.PORTAL_URL, settings.CONTACT_EMAIL, settings.FICTIONAL_DATA, bool(settings.EMAIL_URL)
    digest = hashlib.sha256(repr(shown).encode())
    folders = ["nplv_portal", "focusareas", "findings", "recommendations", "templates", "static/css", "static/js"]
    for folder in folders:
        for path in sorted((settings.BASE_DIR / folder).rglob("*.*")):
            if path.suffix in {".py", ".html", ".css", ".js", ".txt"}:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


class PageCache:
    """Answers of this process, bounded by their bytes. A key holds the revision, so nothing ever needs clearing."""

    def __init__(self) -> None:
        self._pages: OrderedDict[str, Answer] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def get(self, key: str) -> Answer | None:
        with self._lock:
            if key in self._pages:
                self._pages.move_to_end(key)
            return self._pages.get(key)

    def add(self, key: str, headers: dict[str, str], body: bytes) -> Answer:
        with self._lock:
            if key not in self._pages:
                self._pages[key] = headers, body
                self._size += len(body)
            while self._size > settings.PAGE_CACHE_MB * 1_000_000:
                _, (_, old) = self._pages.popitem(last=False)
                self._size -= len(old)
        return headers, body

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self._size = 0


PAGES = PageCache()


def published_page(view: View) -> View:
    """Marks a view as public: it reads no session and sets no cookie, and its answer follows from address and revision.

    The view finds the revision as `request.revision`. Unchanged pages cost one query, for that number.
    """

    @wraps(view)
    def answer(request: PublicRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.revision = current_revision()
        kind = "fragment" if wants_fragment(request) else "page"
        packs = "gzip" in request.headers.get("Accept-Encoding", "")
        known_by = f"{release()} {request.revision} {timezone.localdate()} {kind} {packs} {request.get_full_path()}"
        etag = f'W/"{hashlib.sha256(known_by.encode()).hexdigest()[:24]}"'
        if etag in request.headers.get("If-None-Match", ""):
            return finish(HttpResponse(status=304), etag)
        page = PAGES.get(etag)
        if page is None:
            response = view(request, *args, **kwargs)
            if response.status_code != 200 or response.streaming or "Cache-Control" in response:
                return response
            headers, body = dict(response.items()), response.content  # type: ignore[attr-defined]
            if packs and is_text(response):
                headers["Content-Encoding"] = "gzip"
                body = gzip.compress(body, compresslevel=6, mtime=0)
            page = PAGES.add(etag, headers | {"Content-Length": str(len(body))}, body)
        headers, body = page
        return finish(HttpResponse(body, headers=headers), etag)

    return login_not_required(require_safe(answer))


def finish(response: HttpResponse, etag: str) -> HttpResponse:
    response["ETag"] = etag
    response["Cache-Control"] = "public, no-cache"
    patch_vary_headers(response, ["Accept-Encoding", "HX-Request"])
    return response


def is_text(response: HttpResponseBase) -> bool:
    """Worth compressing. Public pages hold no secret, so that gives nothing away."""
    return response["Content-Type"].startswith(("text/", "application/json"))


def wants_fragment(request: PublicRequest) -> bool:
    """Asked by htmx for a part of the page; a restored history entry wants the whole."""
    return bool(request.htmx) and not request.htmx.history_restore_request
