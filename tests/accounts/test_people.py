"""Who looks after whose access, and what stays known of it."""

from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from nplv_portal.accounts.models import Membership, User
from tests.accounts.actors import SECRET, code, give, is_in, sign_in, signed_in, someone, text_of
from tests.accounts.test_invitations import NEW, invited
from tests.addresses import EVERYONE, SIGNED_IN, Closed
from tests.conftest import as_owner

pytestmark = pytest.mark.django_db


def end(client: Client, user: User, successor: User | None = None) -> Any:
    pk = user.memberships.current().get().pk
    return client.post(f"/werkplek/mensen/{pk}/beeindigen/", {"successor": successor.pk if successor else ""})


# --- The closed addresses ---


@pytest.mark.parametrize("name", SIGNED_IN)
def test_a_visitor_is_asked_to_sign_in(name: str) -> None:
    closed = SIGNED_IN[name]
    response = Client().post(closed.address) if closed.posts else Client().get(closed.address)
    assert (response.status_code, response["Location"]) == (302, f"/inloggen/?next={closed.address}")


@pytest.mark.parametrize(
    ("page", "back"),
    [
        ("http://testserver/werkplek/gegevens/feiten/1/?x=1#tekst", "/werkplek/gegevens/feiten/1/%3Fx%3D1"),
        ("https://elders.example/werkplek/", "/werkplek/gegevens/feiten/1/opmerking/"),
        ("//elders.example", "/werkplek/gegevens/feiten/1/opmerking/"),
        ("", "/werkplek/gegevens/feiten/1/opmerking/"),
    ],
)
def test_who_sent_a_form_after_the_session_ended_comes_back_to_its_page(page: str, back: str) -> None:
    response = Client().post("/werkplek/gegevens/feiten/1/opmerking/", {"note": "x"}, headers={"Referer": page})
    assert response["Location"] == f"/inloggen/?next={back}"


@pytest.mark.parametrize("role", sorted(EVERYONE))
def test_a_role_opens_what_the_list_says(role: str) -> None:
    client = sign_in(someone("ans", role))
    for name, closed in SIGNED_IN.items():
        status = status_of(client, closed)
        assert status in ({200, 302, 400, 404, 409} if role in closed.roles else {403, 404}), f"{name}: {status}"


def status_of(client: Client, closed: Closed) -> int:
    return (client.post(closed.address) if closed.posts else client.get(closed.address)).status_code


@pytest.mark.parametrize("page", ["", "geschiedenis/", "uitnodigen/"])
def test_an_administrator_opens_the_pages_about_people(page: str) -> None:
    for user in (someone("ad", "administrator"), someone("ge", "administrator", of_city=True)):
        assert signed_in(user).get(f"/werkplek/mensen/{page}").status_code == 200


# --- One organisation does not see the other ---


def test_an_administrator_sees_the_own_people_and_nobody_else() -> None:
    someone("ans", "researcher")
    someone("gijs", "researcher", "groningen")
    someone("klaas", "clerk")
    invited("uit@example.nl")
    page = text_of(signed_in(someone("ad", "administrator")).get("/werkplek/mensen/"))
    assert "ans@example.nl" in page
    assert "uit@example.nl" in page
    for other in ("gijs@example.nl", "klaas@example.nl", "Groningen"):
        assert other not in page


def test_an_administrator_of_the_municipality_sees_those_of_the_municipality() -> None:
    someone("ans", "researcher")
    someone("klaas", "clerk")
    page = text_of(signed_in(someone("ge", "administrator", of_city=True)).get("/werkplek/mensen/"))
    assert "klaas@example.nl" in page
    assert "ans@example.nl" not in page


def test_an_administrator_cannot_end_a_role_elsewhere() -> None:
    other = signed_in(someone("gr", "administrator", "groningen"))
    ans = someone("ans", "researcher")
    assert end(other, ans).status_code == 404
    assert other.get(f"/werkplek/mensen/{ans.memberships.get().pk}/beeindigen/").status_code == 404
    assert ans.memberships.current().exists()


def test_an_administrator_does_not_see_the_history_of_elsewhere() -> None:
    someone("gijs", "researcher", "groningen")
    page = text_of(signed_in(someone("ad", "administrator")).get("/werkplek/mensen/geschiedenis/"))
    assert "Gijs" not in page


def test_a_superuser_looks_after_everyone() -> None:
    someone("ans", "researcher")
    someone("gijs", "researcher", "groningen")
    boss = User.objects.create_superuser("baas@example.nl", "x")
    boss.second_factors().create(user=boss, type="totp", data={"secret": SECRET})
    page = text_of(signed_in(boss).get("/werkplek/mensen/"))
    assert "ans@example.nl" in page
    assert "gijs@example.nl" in page


def test_the_page_takes_the_same_queries_for_many_people() -> None:
    client = signed_in(someone("ad", "administrator"))
    counts = []
    for number in (1, 10):
        for one in range(number):
            someone(f"ans{number}{one}", "researcher")
        client.get("/werkplek/mensen/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/werkplek/mensen/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


# --- Ending and handing over ---


def test_an_ended_role_closes_the_door_at_once_and_stays_known() -> None:
    administrator, cor = signed_in(someone("ad", "administrator")), someone("cor", "researcher")
    ans = someone("ans", "researcher")
    client = sign_in(ans)
    assert client.get("/werkplek/").status_code == 200
    end(administrator, ans, successor=cor)
    assert client.get("/werkplek/")["Location"] == "/inloggen/?next=/werkplek/"
    membership = ans.memberships.get()
    assert (str(membership.ended_by), membership.successor) == ("Ad Test", cor)
    page = text_of(administrator.get("/werkplek/mensen/"))
    assert "Werkte hier eerder (1)" in page
    give(ans, "researcher")
    assert not is_in(client)


def test_who_keeps_another_role_stays_in_without_the_ended_one() -> None:
    ans = someone("ans", "researcher")
    give(ans, "clerk")
    client = signed_in(ans)
    ans.memberships.get(role="researcher").end(by=None)
    assert client.get("/werkplek/").status_code == 403
    assert is_in(client)


def test_the_successor_is_a_colleague() -> None:
    administrator, ans = signed_in(someone("ad", "administrator")), someone("ans", "researcher")
    gijs = someone("gijs", "researcher", "groningen")
    for other in (gijs, ans):
        assert "Selecteer een geldige keuze" in text_of(end(administrator, ans, successor=other))
    assert ans.memberships.current().exists()


def test_the_last_administrator_cannot_leave() -> None:
    ad = someone("ad", "administrator")
    assert "Dit is de enige beheerder" in text_of(end(signed_in(ad), ad))
    someone("bea", "administrator")
    assert end(signed_in(ad), ad).status_code == 302
    assert not ad.memberships.current().exists()


def test_a_role_that_has_ended_cannot_end_again() -> None:
    administrator, ans = signed_in(someone("ad", "administrator")), someone("ans", "researcher")
    pk = ans.memberships.get().pk
    end(administrator, ans)
    assert administrator.post(f"/werkplek/mensen/{pk}/beeindigen/").status_code == 404


# --- What stays known ---


def test_the_history_tells_who_did_what() -> None:
    administrator = sign_in(someone("ad", "administrator"))
    client = Client()
    client.post(invited("bob@example.nl", by=User.objects.get(email="ad@example.nl")), NEW)
    secret = client.get("/account/app/").context["form"].secret
    client.post("/account/app/", {"code": code(secret=secret)})
    end(administrator, User.objects.get(email="bob@example.nl"), User.objects.get(email="ad@example.nl"))
    page = text_of(administrator.get("/werkplek/mensen/geschiedenis/"))
    for line in (
        "bob@example.nl uitgenodigd: onderzoeker, Rekenkamer Heerlen",
        "Bob Bouman account gemaakt, met adres bob@example.nl Bob Bouman",
        "Bob Bouman kreeg de rol onderzoeker, Rekenkamer Heerlen Bob Bouman",
        "Bob Bouman tweede stap gekoppeld: app met codes Bob Bouman",
        "Bob Bouman rol beëindigd: onderzoeker, Rekenkamer Heerlen, overgedragen aan Ad Test Ad Test",
    ):
        assert line in page, line


def test_a_change_outside_the_pages_is_kept_too() -> None:
    ans = someone("ans", "researcher")
    administrator = signed_in(someone("ad", "administrator"))
    User.objects.filter(pk=ans.pk).update(is_active=False)
    page = text_of(administrator.get("/werkplek/mensen/geschiedenis/"))
    assert "Ans Test account uitgeschakeld technisch beheer" in page


@pytest.mark.parametrize("model", ["UserEvent", "MembershipEvent", "InvitationEvent", "SecondFactorEvent"])
def test_nobody_rewrites_the_history(model: str) -> None:
    someone("ans", "researcher")
    invited()
    events = apps.get_model("accounts", model).objects.all()
    assert events.exists()
    with as_owner():
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            events.update(pgh_context={"user": 1})
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            events.delete()


def test_the_history_holds_no_secret() -> None:
    someone("ans", "researcher")
    sign_in(User.objects.get(email="ans@example.nl"))
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith("accounts_") and table.endswith("event"):
                cursor.execute(f'SELECT string_agg(t::text, chr(10)) FROM "{table}" t')
                text = cursor.fetchone()[0] or ""
                assert SECRET not in text
                assert "md5$" not in text


def test_signing_in_alone_leaves_no_line_of_history() -> None:
    ans = someone("ans", "researcher")
    events = apps.get_model("accounts", "UserEvent").objects
    before = events.count()
    sign_in(ans)
    assert events.count() == before


@pytest.mark.parametrize("model", [User, Membership])
def test_a_person_and_a_role_are_never_deleted(model: Any) -> None:
    someone("ans", "researcher")
    with as_owner(), pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        model.objects.all()._raw_delete("default")


def test_nobody_takes_over_from_themselves() -> None:
    ans = someone("ans", "researcher")
    with pytest.raises(DatabaseError), transaction.atomic():
        ans.memberships.get().end(by=None, successor=ans)


def test_ending_the_last_administrator_by_hand_is_refused_too() -> None:
    ad = someone("ad", "administrator")
    with pytest.raises(ValidationError, match="enige beheerder"):
        ad.memberships.get().end(by=None)
