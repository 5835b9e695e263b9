import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.backends.base import SessionBase
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseBase,
    HttpResponseRedirect,
    UnreadablePostError,
)
from django.shortcuts import redirect, render
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme
from pghistory.middleware import HistoryMiddleware

from nplv_portal.accounts.sealing import LostKeyError
from nplv_portal.accounts.signing_in import SEEN_AT, SIGNED_IN_AT

# What someone who must still set up a second factor may open: that, and nothing else.
WITHOUT_SECOND_FACTOR = {
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_view_recovery_codes",
    "account_reauthenticate",
    "account_change_password",
}


class WholeForms:
    """A form of which a part got lost on the way is refused: a text is stored whole, or not at all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.content_type == "application/x-www-form-urlencoded" and is_cut_off(request):
            return HttpResponseBadRequest()
        return self.get_response(request)


def is_cut_off(request: HttpRequest) -> bool:
    try:
        return len(request.body) < int(request.headers.get("Content-Length") or 0)
    except (UnreadablePostError, ValueError):
        return True


class ClosedByDefault(LoginRequiredMiddleware):
    """Django's own asks who the reader is before whether that matters, and so makes public pages read a session."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True):
            return None
        if request.user.is_authenticated and is_over(request.session):
            logout(request)
        if refusal := super().process_view(request, view_func, view_args, view_kwargs):
            return refusal
        page = request.resolver_match.url_name if request.resolver_match else None
        if page not in WITHOUT_SECOND_FACTOR and request.user.lacks_second_factor():  # type: ignore[union-attr]
            return redirect("mfa_index")
        return None

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponseRedirect:
        """After signing in one is back at the page of the form: where a form is sent to, there may be no page."""
        page = request.headers.get("Referer", "")
        if request.method == "POST" and url_has_allowed_host_and_scheme(page, request.get_host(), request.is_secure()):
            return redirect_to_login(iri_to_uri(urlsplit(page)._replace(scheme="", netloc="", fragment="").geturl()))
        return super().handle_no_permission(request, view_func)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Nobody's second factor can be read until whoever runs the server has seen to it."""
        return render(request, "mfa/lost_key.html", status=409) if isinstance(exception, LostKeyError) else None

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """What is not expressly public stays out of every cache."""
        response.headers.setdefault("Cache-Control", "no-store")
        return response


def is_over(session: SessionBase) -> bool:
    """Too old, or too long without a page being opened. Notes that one is being opened now, to the minute."""
    now = int(time.time())
    since, seen = session.setdefault(SIGNED_IN_AT, now), session.setdefault(SEEN_AT, now)
    if now - since > settings.SESSION_HOURS * 3600 or now - seen > settings.SESSION_IDLE_MINUTES * 60:
        return True
    if now - seen >= 60:
        session[SEEN_AT] = now
    return False


class WhoDidIt(HistoryMiddleware):
    """Puts who is signed in beside every change of access. Not the address: that of an invitation is a secret."""

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        return {"user": request.user.pk}
