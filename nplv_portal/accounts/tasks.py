"""Mail to people with an account, or with an invitation to one: written and sent by the worker."""

from __future__ import annotations

import time

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django import app

from nplv_portal.accounts.models import Invitation, User
from nplv_portal.lib.keys import token_again
from nplv_portal.lib.mail import AWAITED, MAIL, Refused, TryAgain, send


@app.task(queue=MAIL, priority=AWAITED, retry=TryAgain())
def mail_password_reset(user: int, asked_at: int) -> None:
    """`user` 0: the address is not known, and the same happens up to here. The link is made now, and works an hour."""
    person = User.objects.filter(pk=user, is_active=True).first()
    if person is None or time.time() - asked_at > settings.PASSWORD_RESET_TIMEOUT:
        return
    key = [user_pk_to_url_str(person), default_token_generator.make_token(person)]
    link = settings.PORTAL_URL + reverse("account_reset_password_from_key", args=key)
    write_to(person, "account/email/password_reset_key", password_reset_url=link)


@app.task(queue=MAIL, priority=AWAITED, retry=TryAgain())
def mail_notification(user: int, what: str) -> None:
    """Tells people what changed in how they sign in."""
    write_to(User.objects.get(pk=user), "account/email/notification", what=what)


def write_to(person: User, template: str, **values: str) -> None:
    context = {"user": person, "PORTAL_URL": settings.PORTAL_URL} | values
    subject = render_to_string(f"{template}_subject.txt", context)
    send(person.email, subject, render_to_string(f"{template}_message.txt", context))


@app.task(queue=MAIL, priority=AWAITED, retry=TryAgain())
def mail_invitation(invitation: int, seed: str) -> None:
    """If the address does not exist, who invited sees so beside the invitation."""
    found = Invitation.objects.with_organisation().select_related("invited_by").get(pk=invitation)
    token = token_again(seed, found.token_hash)
    if not found.is_open or not token:
        return
    context = {"invitation": found, "link": settings.PORTAL_URL + reverse("invitation", args=[token])}
    subject = f"Uitnodiging voor het Raadsportaal NPLV: {found}"
    try:
        send(found.email, subject, render_to_string("people/invitation_mail.txt", context))
    except Refused:
        Invitation.objects.filter(pk=invitation).update(refused_at=timezone.now())
        raise
