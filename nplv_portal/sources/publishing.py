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
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from nplv_portal.sources.models import PublicRevision

View = Callable[..., HttpResponseBase]


def current_revision() -> int:
    return PublicRevision.objects.values_list("number", flat=True).get(pk=1)


@cache
def release() -> str:
    """A short hash of the code and the templates: a new release never answers with an old page."""
    digest = hashlib.sha256(settings.SECRET_KEY.encode())
    folders = ["nplv_portal", "focusareas", "findings", "recommendations", "templates", "static/css", "static/js"]
    for folder in folders:
        for path in sorted((settings.BASE_DIR / folder).rglob("*.*")):
            if path.suffix in {".py", ".html", ".css", ".js", ".txt"}:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


class PageCache:
    """Answers of this process, bounded by their bytes. A key holds the revision, so nothing here ever needs clearing."""

    def __init__(self) -> None:
        self._pages: OrderedDict[str, tuple[dict[str, str], bytes, bytes]] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def get(self, key: str) -> tuple[dict[str, str], bytes, bytes] | None:
        with self._lock:
            if key in self._pages:
                self._pages.move_to_end(key)
            return self._pages.get(key)

    def add(self, key: str, headers: dict[str, str], body: bytes, zipped: bytes) -> None:
        with self._lock:
            if key not in self._pages:
                self._pages[key] = headers, body, zipped
                self._size += len(body) + len(zipped)
            while self._size > settings.PAGE_CACHE_MB * 1_000_000:
                _, (_, old, old_zipped) = self._pages.popitem(last=False)
                self._size -= len(old) + len(old_zipped)

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
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.revision = current_revision()  # type: ignore[attr-defined]
        kind = "fragment" if wants_fragment(request) else "page"
        known_by = f"{release()} {request.revision} {timezone.localdate()} {kind} {request.get_full_path()}"  # type: ignore[attr-defined]
        etag = f'W/"{hashlib.sha256(known_by.encode()).hexdigest()[:24]}"'
        if etag in request.headers.get("If-None-Match", ""):
            return finish(HttpResponse(status=304), etag)
        page = PAGES.get(etag)
        if page is None:
            response = view(request, *args, **kwargs)
            if response.status_code != 200 or response.streaming or "Cache-Control" in response:
                return response
            page = dict(response.items()), response.content, compressed(response)  # type: ignore[attr-defined]
            PAGES.add(etag, *page)
        headers, body, zipped = page
        if zipped and "gzip" in request.headers.get("Accept-Encoding", ""):
            headers = headers | {"Content-Encoding": "gzip"}
            body = zipped
        return finish(HttpResponse(body, headers=headers | {"Content-Length": str(len(body))}), etag)

    return login_not_required(require_safe(answer))


def finish(response: HttpResponse, etag: str) -> HttpResponse:
    response["ETag"] = etag
    response["Cache-Control"] = "public, no-cache"
    patch_vary_headers(response, ["Accept-Encoding", "HX-Request"])
    return response


def compressed(response: HttpResponseBase) -> bytes:
    """Public pages hold no secret, so compressing them gives nothing away. Empty where it does not pay."""
    is_text = response["Content-Type"].startswith(("text/", "application/json", "image/svg"))
    return gzip.compress(response.content, compresslevel=6, mtime=0) if is_text else b""  # type: ignore[attr-defined]


def wants_fragment(request: HttpRequest) -> bool:
    """Asked by htmx for a part of the page; a restored history entry wants the whole."""
    return bool(request.htmx) and not request.htmx.history_restore_request  # type: ignore[attr-defined]
