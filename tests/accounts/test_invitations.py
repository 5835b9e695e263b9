"""Coming in by invitation, and in no other way."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from focusareas.models import AuditOffice, Municipality
from nplv_portal.accounts.models import Invitation, Membership, User
from nplv_portal.lib.mail import Postponed, Refused
from tests.accounts.actors import PASSWORD, code, give_password, is_in, sign_in, signed_in, someone, text_of
from tests.conftest import Mailbox, as_owner, body_of, work_through

pytestmark = pytest.mark.django_db

NEW = {"first_name": "Bob", "last_name": "Bouman", "password1": PASSWORD, "password2": PASSWORD}
LINK = re.compile(r"https?://[^/\s]+(/uitnodiging/[\w-]+/)")


def invited(email: str = "bob@example.nl", role: str = "researcher", by: User | None = None, **place: Any) -> str:
    """The path of the link."""
    place = place or {"office": AuditOffice.objects.get(slug="rekenkamer-heerlen")}
    found = LINK.match(Invitation(email=email, role=role, **place).issue(by=by))
    assert found
    return found[1]


def the_invitation() -> Invitation:
    return Invitation.objects.get(email="bob@example.nl")


def test_an_administrator_invites_and_the_invited_gets_in_with_a_second_factor(mailbox: Mailbox) -> None:
    administrator = signed_in(someone("ad", "administrator"))
    office = "rekenkamer:rekenkamer-heerlen"
    form = {"email": "Bob@Example.nl", "place": office, "role": "researcher"}
    assert "Er is een mail onderweg" in text_of(administrator.post("/werkplek/mensen/uitnodigen/", form))
    assert not re.search(r"bob@|http|uitnodiging/", str(ProcrastinateJob.objects.get().args))
    work_through()
    (mail,) = mailbox.messages
    assert (mail["To"], mail["X-Envelope-To"]) == ("bob@example.nl", "bob@example.nl")
    body = mail.get_content()  # type: ignore[attr-defined]
    assert "Ad Test nodigt u uit" in body
    link = LINK.search(body)
    assert link
    client = Client()
    page = text_of(client.get(link[1]))
    assert "onderzoeker voor Rekenkamer Heerlen" in page
    assert client.post(link[1], NEW)["Location"] == "/account/verder/"
    assert client.get("/account/verder/")["Location"] == "/account/"
    secret = client.get("/account/app/").context["form"].secret
    client.post("/account/app/", {"code": code(secret=secret)})
    assert client.get("/werkplek/").status_code == 200
    bob = User.objects.get(email="bob@example.nl")
    assert (str(bob), bob.memberships.get().granted_by) == ("Bob Bouman", User.objects.get(email="ad@example.nl"))


def test_without_mail_the_inviter_gets_the_link_to_hand_over() -> None:
    form = {"email": "bob@example.nl", "place": "rekenkamer:rekenkamer-heerlen", "role": "secretary"}
    response = signed_in(someone("ad", "administrator")).post("/werkplek/mensen/uitnodigen/", form)
    link = LINK.search(response.content.decode())
    assert link
    assert "kon geen mail versturen" in text_of(response)
    assert Client().get(link[1]).status_code == 200


def test_an_invitation_waits_for_a_mail_server_that_does_not_answer(settings: Settings, mailbox: Mailbox) -> None:
    form = {"email": "bob@example.nl", "place": "rekenkamer:rekenkamer-heerlen", "role": "secretary"}
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    signed_in(someone("ad", "administrator")).post("/werkplek/mensen/uitnodigen/", form)
    with pytest.raises(Postponed):
        work_through()
    settings.EMAIL_PORT = port
    work_through()
    assert LINK.search(body_of(mailbox.messages[0]))


def test_who_invited_an_address_that_does_not_exist_sees_that(mailbox: Mailbox) -> None:
    administrator = signed_in(someone("ad", "administrator"))
    form = {"email": "bob@example.nl", "place": "rekenkamer:rekenkamer-heerlen", "role": "secretary"}
    administrator.post("/werkplek/mensen/uitnodigen/", form)
    mailbox.to_address = "550 5.1.1 no such user"
    with pytest.raises(Refused):
        work_through()
    assert "De mail kwam niet aan" in text_of(administrator.get("/werkplek/mensen/"))


def test_an_invitation_that_was_revoked_meanwhile_is_not_mailed(mailbox: Mailbox) -> None:
    form = {"email": "bob@example.nl", "place": "rekenkamer:rekenkamer-heerlen", "role": "secretary"}
    signed_in(someone("ad", "administrator")).post("/werkplek/mensen/uitnodigen/", form)
    the_invitation().revoke(by=None)
    assert work_through() == 1
    assert not mailbox.messages


def test_the_database_does_not_know_the_link() -> None:
    token = invited().split("/")[2]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', [f"%{token}%"])
            assert cursor.fetchone() == (0,), table


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"revoked_at": timezone.now()}, "De uitnodiging is ingetrokken"),
        ({"accepted": True}, "al aangenomen"),
        ({"is_late": True}, "De uitnodiging was geldig tot en met"),
    ],
)
def test_an_invitation_that_is_over_lets_nobody_in(
    monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], says: str
) -> None:
    path = invited()
    if "revoked_at" in change:
        the_invitation().revoke(by=None)
    elif "accepted" in change:
        the_invitation().accept(by=someone("eerder"))
    else:
        later = timezone.now() + timedelta(days=14)
        monkeypatch.setattr("nplv_portal.accounts.models.timezone.now", lambda: later)
    for response in (Client().get(path), Client().post(path, NEW)):
        assert response.status_code == 410
        assert says in text_of(response)
    assert not User.objects.filter(email="bob@example.nl").exists()


@pytest.mark.parametrize("token", ["x", "0" * 43, "a" * 2000, "%00", "..", "'--"])
def test_a_forged_link_does_not_exist(token: str) -> None:
    invited()
    assert Client().get(f"/uitnodiging/{token}/").status_code == 404


def test_an_invitation_works_for_thirteen_days(monkeypatch: pytest.MonkeyPatch) -> None:
    path = invited()
    later = timezone.now() + timedelta(days=13, hours=23)
    monkeypatch.setattr("nplv_portal.accounts.models.timezone.now", lambda: later)
    assert Client().get(path).status_code == 200


def test_a_new_invitation_for_the_same_replaces_the_one_before() -> None:
    first, second = invited(), invited()
    assert Client().get(first).status_code == 410
    assert Client().get(second).status_code == 200


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"first_name": ""}, "Dit veld is verplicht"),
        ({"password1": "kort", "password2": "kort"}, "Neem ten minste 12 tekens"),
        ({"password2": "een heel andere zin"}, "Dit is een ander wachtwoord"),
        ({"password1": "bob@example.nl", "password2": "bob@example.nl"}, "lijkt te veel op"),
        ({"first_name": "x" * 151}, "niet meer dan 150 tekens"),
        ({"first_name": "\x00"}, "Null-tekens zijn niet toegestaan"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(typed: dict[str, str], says: str) -> None:
    path = invited()
    response = Client().post(path, NEW | typed)
    assert says in text_of(response)
    assert not User.objects.filter(email="bob@example.nl").exists()
    assert Client().get(path).status_code == 200


def test_someone_with_an_account_signs_in_first_and_keeps_both_roles() -> None:
    bob = someone("bob", "clerk")
    path = invited("bob@example.nl")
    visitor = Client()
    page = visitor.get(path)
    assert "U hebt al een account" in text_of(page)
    assert f"/inloggen/?next={path}" in page.content.decode()
    visitor.post(path, NEW)
    assert not is_in(visitor)
    assert not bob.memberships.filter(role="researcher").exists()
    client = sign_in(bob)
    assert client.post(path)["Location"] == "/account/verder/"
    assert set(bob.memberships.current().values_list("role", flat=True)) == {"clerk", "researcher"}
    bob.refresh_from_db()
    assert bob.check_password(PASSWORD)


def test_nobody_takes_the_invitation_of_someone_else() -> None:
    someone("bob", "clerk")
    path = invited("bob@example.nl")
    eve = signed_in(someone("eve", "official"))
    assert "voor iemand anders" in text_of(eve.post(path))
    assert not Membership.objects.filter(
        role="researcher", user__email__in=["bob@example.nl", "eve@example.nl"]
    ).exists()


def test_who_comes_back_finds_the_same_account_and_the_same_second_factor() -> None:
    bob = someone("bob", "researcher")
    someone("col", "administrator")
    bob.memberships.get().end(by=None)
    client = Client()
    new = NEW | {"password1": "nog zo een lange zin", "password2": "nog zo een lange zin"}
    response = client.post(invited("bob@example.nl"), new)
    assert response["Location"] == "/inloggen/code/"
    assert not is_in(client)
    client.post("/inloggen/code/", {"code": code()})
    assert is_in(client)
    assert User.objects.filter(email="bob@example.nl").count() == 1


def test_an_invitation_opens_nothing_for_a_disabled_account() -> None:
    bob = someone("bob")
    bob.disable()
    response = Client().post(invited("bob@example.nl"), NEW)
    assert response.status_code == 410
    assert "uitgeschakeld" in text_of(response)


def test_a_link_that_is_used_twice_at_once_works_once() -> None:
    invited()
    first, second = the_invitation(), the_invitation()
    first.accept_as_new(password=PASSWORD, first_name="Bob", last_name="Bouman")
    with pytest.raises(ValidationError, match="al gebruikt"):
        second.accept_as_new(password="een heel andere zin", first_name="Eve", last_name="Elders")
    assert User.objects.get(email="bob@example.nl").check_password(PASSWORD)


# --- Who may invite whom ---


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"role": "clerk"}, "Selecteer een geldige keuze"),
        ({"role": "koning"}, "Selecteer een geldige keuze"),
        ({"place": "rekenkamer:rekenkamer-groningen"}, "Selecteer een geldige keuze"),
        ({"place": "gemeente:heerlen"}, "Selecteer een geldige keuze"),
        ({"email": "geen adres"}, "Voer een geldig e-mailadres in"),
        ({"email": "cor@example.nl"}, "Deze persoon heeft deze rol al"),
    ],
)
def test_an_administrator_invites_only_for_the_own_organisation(form: dict[str, str], says: str) -> None:
    someone("cor", "researcher")
    whole = {"email": "bob@example.nl", "place": "rekenkamer:rekenkamer-heerlen", "role": "researcher"} | form
    page = text_of(signed_in(someone("ad", "administrator")).post("/werkplek/mensen/uitnodigen/", whole))
    assert says in page
    assert not Invitation.objects.filter(email=whole["email"]).exists()


def test_an_administrator_of_both_cannot_give_a_role_of_the_one_at_the_other() -> None:
    ad = someone("ad", "administrator")
    Membership.objects.create(user=ad, role="administrator", municipality=Municipality.objects.get(slug="heerlen"))
    form = {"email": "bob@example.nl", "place": "rekenkamer:rekenkamer-heerlen", "role": "clerk"}
    page = text_of(signed_in(ad).post("/werkplek/mensen/uitnodigen/", form))
    assert "Deze rol hoort niet bij deze organisatie." in page


def test_an_invitation_is_revoked() -> None:
    path = invited()
    signed_in(someone("ad", "administrator")).post(f"/werkplek/mensen/uitnodiging/{the_invitation().pk}/intrekken/")
    assert Client().get(path).status_code == 410


def test_another_administrator_cannot_revoke_it() -> None:
    path = invited()
    other = signed_in(someone("gr", "administrator", "groningen"))
    response = other.post(f"/werkplek/mensen/uitnodiging/{the_invitation().pk}/intrekken/")
    assert response.status_code == 404
    assert Client().get(path).status_code == 200


# --- What the database guards ---


@pytest.mark.parametrize(
    "change",
    [
        {"email": "eve@example.nl"},
        {"role": "secretary"},
        {"token_hash": "0" * 64},
        {"expires_at": timezone.now() + timedelta(days=999)},
    ],
)
def test_an_invitation_keeps_saying_what_it_said(change: dict[str, Any]) -> None:
    invited()
    with pytest.raises(DatabaseError), transaction.atomic():
        Invitation.objects.update(**change)


def test_an_invitation_is_never_deleted() -> None:
    invited()
    with as_owner(), pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        Invitation.objects.all().delete()


@pytest.mark.parametrize(
    "change",
    [
        {"accepted_at": timezone.now()},
        {"accepted_at": timezone.now(), "revoked_at": timezone.now()},
    ],
)
def test_an_invitation_ends_in_one_way_by_someone(change: dict[str, Any]) -> None:
    invited()
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.update(**change)


def test_a_role_fits_its_organisation() -> None:
    with pytest.raises(ValidationError, match="Deze rol hoort niet bij deze organisatie"):
        invited(role="clerk")


def test_one_address_is_one_person_whatever_the_capitals() -> None:
    someone("bob")
    for email in ("bob@example.nl", "BOB@example.nl"):
        with pytest.raises(IntegrityError), transaction.atomic():
            User(email=email).save()


def test_a_wrong_password_elsewhere_does_not_use_up_an_invitation() -> None:
    bob = someone("bob", "clerk")
    path = invited("bob@example.nl")
    give_password(Client(), bob, "verkeerd wachtwoord")
    assert Client().get(path).status_code == 200
