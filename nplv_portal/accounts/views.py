"""One's own account, accepting an invitation, and the people of an organisation."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

import pghistory
from allauth.account.utils import perform_login
from allauth.core import ratelimit
from allauth.mfa.base.views import IndexView
from allauth.mfa.webauthn.views import remove_webauthn
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from requests import RequestException

from nplv_portal.accounts.forms import HandOverForm, InvitationForm, NewPersonForm
from nplv_portal.accounts.history import NEWEST, access_history
from nplv_portal.accounts.models import Invitation, Membership, User
from nplv_portal.accounts.people import Team

logger = logging.getLogger(__name__)


class SignedInRequest(HttpRequest):
    """What a closed view gets."""

    user: User


View = Callable[..., HttpResponse]


def ends_other_sessions(view: View) -> View:
    """Around a view of allauth that changes how someone signs in: elsewhere that person is signed out."""

    @never_cache
    @wraps(view)
    def change(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if request.method == "POST" and response.status_code == 302:
            request.user.end_sessions()
            update_session_auth_hash(request, request.user)
        return response

    return change


def for_administrators(view: View) -> View:
    """Of the people of an organisation. Others do not learn that the page exists."""

    @never_cache
    @wraps(view)
    def answer(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.administers_people:
            raise Http404("Deze pagina is voor beheerders van een organisatie.")
        return view(request, *args, **kwargs)

    return answer


@require_GET
def onward(request: SignedInRequest) -> HttpResponse:
    """Where someone begins after signing in."""
    rights = request.user.rights
    if rights.is_of_office:
        return redirect("work")
    if request.user.administers_people:
        return redirect("people")
    if rights.records or rights.replies:
        return redirect("clerks")
    return redirect("work_early" if rights.reads_early else "mfa_index")


@never_cache
@require_GET
def account(request: SignedInRequest) -> HttpResponse:
    context = {
        "must_set_up": request.user.lacks_second_factor(),
        "memberships": request.user.memberships.current().with_organisation(),
        "sends_mail": bool(settings.EMAIL_URL),
    }
    return IndexView.as_view(extra_context=context)(request)  # type: ignore[no-any-return]


@require_POST
def reminders(request: SignedInRequest) -> HttpResponse:
    """On or off, as the button said."""
    request.user.is_reminded = request.POST.get("aan") == "1"
    request.user.save(update_fields=["is_reminded"])
    messages.success(request, f"U krijgt {'weer' if request.user.is_reminded else 'geen'} herinneringen.")
    return redirect("mfa_index")


@ends_other_sessions
def remove_key(request: SignedInRequest, pk: int) -> HttpResponse:
    """allauth does not ask whether this is the last one of someone who must have one."""
    if request.user.needs_second_factor and request.user.second_factors().count() == 1:
        messages.error(
            request, "Dit is uw enige tweede stap, en voor uw rol is die verplicht. Koppel eerst een andere."
        )
        return redirect("mfa_list_webauthn")
    return remove_webauthn(request, pk=pk)  # type: ignore[no-any-return]


@login_not_required
@never_cache
@require_POST
def city_login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the identity provider of a city. Nothing is sent there but where to come back."""
    try:
        return openid_connect.login(request, provider_id)  # type: ignore[no-any-return]
    except RequestException:
        logger.exception("the identity provider %s does not answer", provider_id)
        return redirect("city_login_failed")


@login_not_required
@never_cache
@require_GET
def city_login_failed(request: HttpRequest) -> HttpResponse:
    return render(request, "account/city_login_failed.html", status=403)


@login_not_required
@never_cache
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The link of an invitation. Who has no access yet sets a name and a password; who has, signs in first."""
    found = Invitation.objects.of_token(token).with_organisation().select_related("invited_by").first()
    if found is None:
        raise Http404("Deze uitnodiging bestaat niet.")
    known = User.objects.filter(email=found.email).first()
    if not found.is_open or (known and not known.is_active):
        return render(request, "people/invitation_closed.html", {"invitation": found}, status=410)
    if known and known.may_enter():
        return another_role(request, found, known)
    return first_role(request, found, known)


def another_role(request: HttpRequest, found: Invitation, known: User) -> HttpResponse:
    if request.method == "POST" and request.user == known:
        found.accept(by=known)
        messages.success(request, f"U bent nu ook {found.get_role_display()} voor {found.organisation}.")
        return redirect("onward")
    return render(request, "people/another_role.html", {"invitation": found, "is_known": request.user == known})


def first_role(request: HttpRequest, found: Invitation, known: User | None) -> HttpResponse:
    if request.method == "POST" and (refusal := ratelimit.consume_or_429(request, action="signup")):
        return refusal  # type: ignore[no-any-return]
    names = {"first_name": known.first_name, "last_name": known.last_name} if known else None
    form = NewPersonForm(found.email, request.POST or None, initial=names)
    if request.method == "POST" and form.is_valid():
        pghistory.context(with_invitation=found.pk)
        user = found.accept_as_new(
            password=form.cleaned_data["password1"],
            first_name=form.cleaned_data["first_name"],
            last_name=form.cleaned_data["last_name"],
        )
        return perform_login(request, user, redirect_url=reverse("onward"))  # type: ignore[no-any-return]
    return render(request, "people/first_role.html", {"invitation": found, "form": form})


@require_GET
@for_administrators
def people(request: SignedInRequest) -> HttpResponse:
    return render(request, "people/people.html", {"teams": Team.all_of(request.user)})


@require_http_methods(["GET", "POST"])
@for_administrators
def invite(request: SignedInRequest) -> HttpResponse:
    form = InvitationForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        is_mailed = bool(settings.EMAIL_URL)
        link = form.invitation.issue(by=request.user, is_mailed=is_mailed)
        context = {"invitation": form.invitation, "link": link, "is_mailed": is_mailed}
        return render(request, "people/invited.html", context)
    return render(request, "people/invite.html", {"form": form})


@require_POST
@for_administrators
def revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Invitation.objects.administered_by(request.user).open(), pk=pk)
    found.revoke(by=request.user)
    messages.success(request, f"De uitnodiging van {found.email} is ingetrokken.")
    return redirect("people")


@require_http_methods(["GET", "POST"])
@for_administrators
def end_membership(request: SignedInRequest, pk: int) -> HttpResponse:
    mine = Membership.objects.administered_by(request.user).current()
    found = get_object_or_404(mine.with_organisation().select_related("user"), pk=pk)
    form = HandOverForm(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            found.end(by=request.user, successor=form.cleaned_data["successor"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request, f"{found.user} werkt niet meer als {found.get_role_display()} voor {found.organisation}."
            )
            return redirect("onward" if found.user == request.user else "people")
    return render(request, "people/end.html", {"membership": found, "form": form})


@require_GET
@for_administrators
def people_history(request: SignedInRequest) -> HttpResponse:
    changes = access_history(request.user)
    return render(
        request, "people/history.html", {"changes": changes, "is_cut": len(changes) == NEWEST, "most": NEWEST}
    )
