"""What who runs the portal sees of its mail."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from nplv_portal.following.digests import make_digests
from tests.conftest import Mailbox, body_of
from tests.following.test_by_mail import followers, happened, morning

pytestmark = pytest.mark.django_db


def proved() -> str:
    out = StringIO()
    call_command("send_test_mail", "beheer@example.nl", stdout=out)
    return out.getvalue()


def test_a_test_mail_arrives_and_tells_what_waits(mailbox: Mailbox) -> None:
    followers(2)
    happened()
    make_digests(morning())
    said = proved()
    assert mailbox.messages[0]["To"] == "beheer@example.nl"
    assert "Mail versturen werkt." in body_of(mailbox.messages[0]).replace("\r\n", " ")
    assert "De werker draait niet" in said
    assert "Wacht op verzenden: 2." in said
    assert "Opgegeven in de laatste maand: 0." in said


@pytest.mark.parametrize(
    ("answer", "says"), [("550 5.7.1 not you", "weigert deze mail: 550"), ("451 later", "neemt nu geen mail aan: 451")]
)
def test_what_the_mail_server_says_is_shown(mailbox: Mailbox, answer: str, says: str) -> None:
    mailbox.to_message = answer
    with pytest.raises(CommandError, match=says):
        proved()


def test_a_mail_server_that_is_away_is_shown(mailbox: Mailbox, settings: Settings) -> None:
    settings.EMAIL_PORT = 9
    with pytest.raises(CommandError, match="neemt nu geen mail aan"):
        proved()


def test_without_a_mail_server_the_command_says_which_setting_is_missing() -> None:
    with pytest.raises(CommandError, match="EMAIL_URL is niet ingesteld"):
        proved()
