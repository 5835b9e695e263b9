"""Following by mail as readers have it: a browser, the portal, its worker and a mail server that fails now and then."""

import re
import signal
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from playwright.sync_api import Browser, expect
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from nplv_portal.following.digests import make_digests
from nplv_portal.following.models import Subscriber
from nplv_portal.following.subscribing import ask
from nplv_portal.tasks import resume_jobs
from tests.conftest import body_of, free_port, running_mailbox, running_portal, running_worker
from tests.following.test_by_mail import followers, happened, link, morning
from tests.test_browser import AXE, RULES
from tests.test_worker import eventually


@dataclass
class Post:
    """The address of a mail server, whether it runs or not."""

    settings: Settings
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self.settings.EMAIL_URL = self.environment["EMAIL_URL"]

    @property
    def environment(self) -> dict[str, str]:
        return {"EMAIL_URL": f"smtp://127.0.0.1:{self.port}", "EMAIL_FROM": "portaal@example.nl"}


@pytest.fixture
def post(settings: Settings, own_database: str) -> Post:
    cache.clear()
    return Post(settings)


def mails() -> list[str]:
    """In which state the jobs are that mail something."""
    return list(ProcrastinateJob.objects.filter(queue_name__startswith="mail").values_list("status", flat=True))


def hurry() -> None:
    """What waits for a next attempt may have it now."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE scheduled_at > now()")


def test_a_reader_asks_confirms_reads_and_stops_in_a_browser(
    browser: Browser, post: Post, static_files: None, tmp_path: Path
) -> None:
    with (
        running_mailbox(post.port) as mailbox,
        running_portal(free_port(), tmp_path, **post.environment) as address,
        running_worker(tmp_path, PORTAL_URL=address, **post.environment),
    ):
        context = browser.new_context(base_url=address, java_script_enabled=False)
        page = context.new_page()
        page.goto("/volgen/")
        page.get_by_role("link", name="Volg per e-mail", exact=True).click()
        page.get_by_label("Uw e-mailadres").fill("rosa@example.nl")
        page.get_by_role("button", name="Stuur mij een mail").click()
        expect(page.get_by_role("alert")).to_contain_text("Kies wat u wilt volgen.")
        page.get_by_label("Heerlen", exact=True).check()
        page.get_by_role("button", name="Stuur mij een mail").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Kijk in uw mail")
        assert eventually(lambda: len(mailbox.messages) == 1)
        page.goto(link(mailbox.messages[0], "bevestig"))
        page.get_by_role("button", name="Ja, ik wil dit volgen").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Bevestigd")
        happened(text="De raad kreeg een overzicht.")
        make_digests(morning())
        assert eventually(lambda: len(mailbox.messages) == 2)
        assert "De raad kreeg een overzicht." in body_of(mailbox.messages[1])
        page.goto(link(mailbox.messages[1], "beheer"))
        page.get_by_label("Arnhem", exact=True).check()
        page.get_by_role("button", name="Volg dit ook").click()
        expect(page.get_by_text("Gemeente Arnhem", exact=True)).to_be_visible()
        page.get_by_role("button", name=re.compile("Stop hiermee.*Heerlen")).click()
        expect(page.get_by_text("Gemeente Heerlen", exact=True)).to_have_count(0)
        page.get_by_role("button", name="Stop met alles").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("U krijgt geen mail meer")
        context.close()
    assert not Subscriber.objects.exists()


def test_axe_finds_nothing_on_the_pages_about_mail(
    browser: Browser, post: Post, static_files: None, tmp_path: Path
) -> None:
    followers(1)
    reader = Subscriber.objects.get()
    with running_portal(free_port(), tmp_path, **post.environment) as address:
        for width in (360, 1440):
            context = browser.new_context(base_url=address, viewport={"width": width, "height": 900}, bypass_csp=True)
            page = context.new_page()
            for what in ("", "gevraagd/", f"beheer/{reader.token}/", f"stop/{reader.token}/", "beheer/x/"):
                page.goto(f"/volgen/per-mail/{what}")
                page.add_script_tag(path=AXE)
                assert page.evaluate("rules => axe.run({runOnly: rules})", RULES)["violations"] == [], what
                assert page.evaluate("document.documentElement.scrollWidth") <= width
            page.goto("/volgen/per-mail/")
            page.get_by_role("button", name="Stuur mij een mail").click()
            page.add_script_tag(path=AXE)
            assert page.evaluate("rules => axe.run({runOnly: rules})", RULES)["violations"] == []
            context.close()


def test_mail_waits_for_a_mail_server_that_is_away_and_goes_out_once(post: Post, tmp_path: Path) -> None:
    followers(3)
    happened()
    make_digests(morning())
    with running_worker(tmp_path, **post.environment):
        waiting = ProcrastinateJob.objects.filter(queue_name="mail-once", status="todo", attempts__gt=0)
        assert eventually(lambda: waiting.count() == 3)
        with running_mailbox(post.port) as mailbox:
            mailbox.to_address = "451 4.3.0 not now"
            hurry()
            assert eventually(lambda: waiting.filter(attempts__gt=1).count() == 3)
            assert not mailbox.messages
            mailbox.to_address = ""
            hurry()
            assert eventually(lambda: not mails())
            assert len({mail["To"] for mail in mailbox.messages}) == len(mailbox.messages) == 3


def test_a_worker_that_is_killed_while_sending_sends_no_second_digest(post: Post, tmp_path: Path) -> None:
    followers(1)
    happened()
    make_digests(morning())
    with running_mailbox(post.port) as mailbox:
        mailbox.holds.set()
        with running_worker(tmp_path, **post.environment) as worker:
            assert eventually(lambda: len(mailbox.messages) == 1)
            worker.send_signal(signal.SIGKILL)
            worker.wait(20)
        mailbox.holds.clear()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
        resume_jobs.configure().defer(timestamp=0)
        with running_worker(tmp_path, **post.environment):
            assert eventually(lambda: mails() == ["failed"])
        assert len(mailbox.messages) == 1
    assert "wordt niet nog eens verstuurd" in (tmp_path / "worker.log").read_text()
    assert make_digests(morning(2)) == 0


def test_a_worker_that_is_killed_before_a_confirmation_is_out_sends_it_again(post: Post, tmp_path: Path) -> None:
    ask(email="rosa@example.nl", topics=[{}])
    with running_mailbox(post.port) as mailbox:
        mailbox.holds.set()
        with running_worker(tmp_path, **post.environment) as worker:
            assert eventually(lambda: len(mailbox.messages) == 1)
            worker.send_signal(signal.SIGKILL)
            worker.wait(20)
        mailbox.holds.clear()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
        resume_jobs.configure().defer(timestamp=0)
        with running_worker(tmp_path, **post.environment):
            assert eventually(lambda: not mails())
        assert len(mailbox.messages) == 2


def test_workers_that_make_mail_at_the_same_moment_make_it_once(post: Post) -> None:
    followers(20)
    happened()

    def make(now: object) -> int:
        try:
            return make_digests(morning())
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(make, range(8)))
    assert sum(made) == len(mails()) == 20


def test_mail_that_never_goes_out_is_given_up_loudly(post: Post, tmp_path: Path) -> None:
    followers(1)
    happened()
    make_digests(morning())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET attempts = 7 WHERE queue_name = 'mail-once'")
    with running_worker(tmp_path, **post.environment):
        assert eventually(lambda: mails() == ["failed"])
    said = (tmp_path / "worker.log").read_text()
    assert re.search(r"ERROR.*is niet verstuurd en is opgegeven", said)
    assert "lezer0" not in said
