"""What makes people's codes stands sealed in the database; and what becomes of it when the server's key changes."""

from collections.abc import Iterator
from importlib import import_module
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.apps import apps
from django.conf import settings as of_the_portal
from django.contrib.sessions.models import Session
from django.core import signing
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from pytest_django import Settings

from nplv_portal.accounts.models import User
from nplv_portal.accounts.sealing import MARK, seal, seal_all, unseal
from nplv_portal.accounts.sessions import SessionStore
from tests.accounts.actors import SECRET, code, give_password, is_in, sign_in, signed_in, someone, text_of

pytestmark = pytest.mark.django_db
OLD, NEW = of_the_portal.SECRET_KEY, "een heel andere sleutel dan die van hiervoor, en lang genoeg"
LOST = "Uw tweede stap is niet te lezen"


class AsItIs:
    """A session as it stands in the database, without its signature."""

    def dumps(self, held: str) -> bytes:
        return held.encode()

    def loads(self, stored: bytes) -> str:
        return stored.decode()


def told_by_the_database() -> Iterator[str]:
    """All that stands in it, to who has a copy but not the key."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            yield from (row for (row,) in cursor.fetchall())
    for session in Session.objects.all():
        yield signing.loads(session.session_data, salt=SessionStore().key_salt, serializer=AsItIs)


def knows(text: str) -> bool:
    return any(text in told for told in told_by_the_database())


def factors(user: User) -> dict[str, str]:
    """The secret and the seed, as they are stored."""
    found = Authenticator.objects.filter(user_id=user.pk)
    return {name: text for factor in found for name, text in factor.data.items() if name in {"secret", "seed"}}


def gets_in(user: User, with_code: str) -> bool:
    client = Client()
    give_password(client, user)
    assert client.post("/inloggen/code/", {"code": with_code}).status_code in {200, 302}
    return is_in(client)


# --- Never readable ---


def test_no_secret_stands_readable_while_an_app_is_linked_nor_after() -> None:
    user = someone("ans", "researcher", factor=False)
    client = signed_in(user)
    secret = client.get("/account/app/").context["form"].secret
    assert client.session["mfa.totp.secret"] == secret
    assert not knows(secret)
    assert client.post("/account/app/", {"code": code(secret=secret)}).status_code == 302
    stored = factors(user)
    assert unseal(stored["secret"]) == secret
    assert not any(knows(text) for text in (secret, unseal(stored["seed"])))
    assert all(text.startswith(MARK) for text in stored.values())


def test_the_search_above_does_find_what_is_readable() -> None:
    someone("ans", "researcher")
    assert knows(SECRET)


def test_the_same_secret_is_never_sealed_the_same() -> None:
    assert seal(SECRET) != seal(SECRET)


# --- Of before there were seals ---


def test_a_secret_of_before_still_works_and_is_sealed_by_the_migration() -> None:
    user = someone("ans", "researcher")
    assert factors(user)["secret"] == SECRET
    assert gets_in(user, code())
    migration: Any = import_module("nplv_portal.accounts.migrations.0005_sealed_secrets")
    for _ in range(2):
        with connection.schema_editor() as editor:
            migration.seal_what_there_is(apps, editor)
        assert not knows(SECRET)
    assert gets_in(user, code(later=1))


# --- Another key ---


def test_who_replaces_the_key_and_keeps_the_old_one_beside_it_locks_nobody_out(settings: Settings) -> None:
    user = someone("ans", "researcher")
    Authenticator.objects.exclude(user=user).delete()  # of people whom tests in a browser left behind
    seal_all(Authenticator.objects)
    client = sign_in(user)
    recovery = RecoveryCodes(Authenticator.objects.get(user=user, type="recovery_codes")).generate_codes()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [OLD]
    assert is_in(client)
    assert gets_in(user, code(later=1))
    assert gets_in(user, recovery[0])
    call_command("reseal_secrets", stdout=(said := StringIO()))
    assert "Versleuteld met de sleutel van nu: 2." in said.getvalue()
    settings.SECRET_KEY_FALLBACKS = []
    assert gets_in(user, recovery[1])
    assert factors(user)["secret"] != SECRET
    assert unseal(factors(user)["secret"]) == SECRET


def test_who_lost_the_key_reads_so_in_dutch_and_what_to_do(settings: Settings) -> None:
    user = someone("ans", "researcher")
    Authenticator.objects.exclude(user=user).delete()  # of people whom tests in a browser left behind
    seal_all(Authenticator.objects)
    before = factors(user)
    settings.SECRET_KEY = NEW
    client = Client()
    give_password(client, user)
    refused = client.post("/inloggen/code/", {"code": code()})
    assert (refused.status_code, LOST in text_of(refused)) == (409, True)
    assert "Vraag wie het portaal beheert om uw tweede stap weg te halen." in text_of(refused)
    assert not is_in(client)
    inside = signed_in(user)  # with a security key, that has no secret here
    for page in ("/account/", "/account/herstelcodes/"):
        shown = inside.get(page)
        assert (shown.status_code, LOST in text_of(shown)) == (409, True), page
    with pytest.raises(CommandError, match=r"Niet te lezen: 2\. .*SECRET_KEY_FALLBACKS"):
        call_command("reseal_secrets", stdout=StringIO())
    assert factors(user) == before
    call_command("reset_access", user.email, "--second-factor", stdout=StringIO())
    again = Client()
    assert give_password(again, user)["Location"] != "/inloggen/code/"
    assert again.get("/account/app/").status_code == 200
