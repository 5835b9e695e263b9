from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from email.policy import default as modern
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core.cache import cache
from pytest_django import Settings

from nplv_portal.settings import mail_server
from tests.conftest import free_port


@pytest.fixture(autouse=True)
def quick_hashes(settings: Settings) -> None:
    """A real hash takes half a second on purpose."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def fresh_counts(request: pytest.FixtureRequest) -> None:
    """The tests in the browser leave real attempts behind, and all tests come from one machine."""
    if request.node.get_closest_marker("django_db") and "browser" not in request.fixturenames:
        request.getfixturevalue("db")
        cache.clear()


class Mailbox:
    """A mail server that keeps what it gets."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content, policy=modern)
        message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        self.messages.append(message)
        return "250 OK"


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    """Real mail over SMTP."""
    box = Mailbox()
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_URL = f"smtp://127.0.0.1:{port}"
    settings.DEFAULT_FROM_EMAIL = "portaal@example.nl"
    for name, value in mail_server(settings.EMAIL_URL).items():
        setattr(settings, name, value)
    yield box
    controller.stop()
