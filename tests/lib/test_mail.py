"""What becomes of one mail, at a mail server that takes it, says no, or breaks off."""

from typing import Any

import pytest
from procrastinate.jobs import Job
from pytest_django import Settings

from nplv_portal.lib.mail import MINUTES, Postponed, Refused, TryAgain, Unsure, send, wrapped
from tests.conftest import Mailbox

HERE = "https://raadsportaal.example.nl/volgen/per-mail/bevestig/" + "0" * 64 + "/"


def job(attempts: int) -> Job:
    return Job(id=1, lock=None, queueing_lock=None, task_name="x", queue="mail", attempts=attempts)


def test_lines_are_short_and_addresses_whole() -> None:
    text = wrapped(f"{'Een lange zin van woorden. ' * 9}\n\n  {'inspringen ' * 12}\n{HERE}\n")
    assert HERE in text.splitlines()
    assert max(len(line) for line in text.splitlines() if line != HERE) <= 76
    assert sum(line.startswith("  inspringen") for line in text.splitlines()) == 2
    assert "\n\n" in text


def test_a_subject_is_one_line(mailbox: Mailbox) -> None:
    send("rosa@example.nl", "Twee\r\nBcc: eve@example.nl", "x")
    assert mailbox.messages[0]["Subject"] == "Twee Bcc: eve@example.nl"
    assert mailbox.messages[0]["Bcc"] is None


@pytest.mark.parametrize(
    ("to_address", "to_message", "kind", "is_address"),
    [
        ("550 5.1.1 no such user", "", Refused, True),
        ("554 5.7.1 your network is blocked", "", Refused, False),
        ("", "552 5.3.4 too big", Refused, False),
        ("450 4.2.1 busy", "", Postponed, None),
        ("", "451 4.3.0 later", Postponed, None),
        ("421 4.7.0 too many", "", Postponed, None),
    ],
)
def test_what_a_mail_server_says_is_understood(
    mailbox: Mailbox, to_address: str, to_message: str, kind: type[Exception], is_address: Any
) -> None:
    mailbox.to_address, mailbox.to_message = to_address, to_message
    with pytest.raises(kind) as said:
        send("rosa@example.nl", "x", "x")
    assert getattr(said.value, "is_address", None) is is_address
    assert not mailbox.messages


def test_an_address_that_cannot_be_written_in_a_mail_is_refused(mailbox: Mailbox) -> None:
    with pytest.raises(Refused):
        send(f"rosa@{'é' * 63}.nl", "x", "x")  # which looks like an address


def test_a_mail_server_that_is_away_has_sent_nothing(mailbox: Mailbox, settings: Settings) -> None:
    settings.EMAIL_PORT = 9
    with pytest.raises(Postponed):
        send("rosa@example.nl", "x", "x")


def test_a_mail_server_that_breaks_off_may_have_sent_it(mailbox: Mailbox) -> None:
    mailbox.breaks_off = True
    with pytest.raises(Unsure):
        send("rosa@example.nl", "x", "x")
    assert len(mailbox.messages) == 1


def test_what_may_go_out_once_is_not_tried_again_where_it_may_have_arrived() -> None:
    often, once = TryAgain(), TryAgain(once=True)
    for error in (Postponed(), Unsure(), Refused("550", is_address=True), ValueError()):
        is_again = often.get_retry_decision(exception=error, job=job(0)) is not None
        assert is_again is isinstance(error, Postponed | Unsure)
        assert (once.get_retry_decision(exception=error, job=job(0)) is not None) is isinstance(error, Postponed)


def test_after_the_last_attempt_it_is_given_up_and_said(caplog: pytest.LogCaptureFixture) -> None:
    last = len(MINUTES) - 1
    assert TryAgain().get_retry_decision(exception=Postponed(), job=job(last))
    assert not caplog.records
    assert TryAgain().get_retry_decision(exception=Postponed(), job=job(last + 1)) is None
    assert "is opgegeven" in caplog.text
