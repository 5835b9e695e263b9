"""What the worker does for those who follow: looks every ten minutes who is to be mailed today, and mails them."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import Error
from django.template.loader import render_to_string
from django.utils import timezone
from procrastinate.contrib.django import app

from nplv_portal.following.digests import deliver, make_digests, write_digest
from nplv_portal.following.models import Confirmation, Subscriber
from nplv_portal.following.reminders import make_reminders, remind, reminded_people
from nplv_portal.following.subscribing import forget
from nplv_portal.lib.mail import AWAITED, MAIL, ONCE, Postponed, Refused, TryAgain, send


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="tell_followers", lock="tell_followers")
def tell_followers(timestamp: int) -> None:
    """Also after a while in which the worker stood still. Who has been told today is not told again."""
    make_digests(timezone.now())
    make_reminders(timezone.now())


@app.periodic(cron="27 3 * * *")
@app.task(queueing_lock="forget_followers")
def forget_followers(timestamp: int) -> None:
    forget(timezone.now())


@app.task(queue=MAIL, priority=AWAITED, retry=TryAgain())
def mail_confirmation(confirmation: int) -> None:
    found = Confirmation.objects.filter(pk=confirmation).first()
    if found is None or found.is_late:
        return
    subscriptions = list(found.subscriptions.with_topic().select_related("subscriber"))
    if not subscriptions:
        return
    context = {"confirmation": found, "subscriptions": subscriptions, "PORTAL_URL": settings.PORTAL_URL}
    text = render_to_string("following/mail/confirmation.txt", context)
    headers = {"Auto-Submitted": "auto-generated"}
    try:
        send(subscriptions[0].subscriber.email, "Bevestig dat u het Raadsportaal NPLV wilt volgen", text, headers)
    except Refused as refusal:
        if not refusal.is_address:
            raise  # ours to mend; an address that does not exist is nobody's fault, and expires


@app.task(queue=ONCE, retry=TryAgain(once=True))
def mail_digest(subscriber: int, since: str, until: str) -> None:
    """Who stopped in the meantime gets nothing any more."""
    try:
        reader = Subscriber.objects.filter(pk=subscriber).first()
        mail = write_digest(reader, datetime.fromisoformat(since), datetime.fromisoformat(until)) if reader else None
    except Error as error:
        raise Postponed(str(error)) from error
    if reader and mail:
        deliver(reader, mail)


@app.task(queue=ONCE, retry=TryAgain(once=True))
def mail_reminder(user: int, made_on: str) -> None:
    """Nor does who left, or was told to do nothing any more."""
    person = reminded_people().filter(pk=user).first()
    if person:
        remind(person, date.fromisoformat(made_on), timezone.now())
