"""The tests run on real Postgres that holds the shipped data, loaded once. Each test's own changes are rolled back.

On several cores each process has a database, a portal and a browser of its own; a module stays in one process.

They run as the portal does: with a role that owns nothing. DATABASE_URL names the role that makes the database and owns
the tables.
"""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from email.policy import default as modern
from io import StringIO
from pathlib import Path
from threading import Event
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import psycopg
import pytest
from aiosmtpd.controller import Controller
from django.conf import settings
from django.core.management import call_command
from django.db import Error, connection, connections, transaction
from django.http import QueryDict
from django.test import Client
from playwright.sync_api import Browser, expect, sync_playwright
from procrastinate.contrib.django import app as jobs
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings
from whitenoise.middleware import WhiteNoiseMiddleware

from findings.matrix import areas_of, published_cells, rounds_of
from nplv_portal.lib.moments import Moment
from nplv_portal.loading import Loader
from nplv_portal.settings import mail_server
from nplv_portal.sources.models import IssuedCopy
from nplv_portal.sources.publishing import PAGES
from recommendations.exchange import copy_at

PORTAL_ROLE = "nplv_portal"
PATIENCE = 120  # seconds for a PDF: on a machine that tests on every core, the press comes last
TEMPLATE = os.environ.get("TEST_TEMPLATE")  # a database with the shipped data, if script/test made one
LONGEST = (
    "workplace/test_state_machine.py",
    "workplace/test_browser.py",
    "workplace/test_faults.py",
    "test_browser.py",
    "lib/test_pdf.py",
    "workplace/test_bad_input.py",
    "test_pages.py",
    "test_pdfs.py",
    "test_bad_input.py",
    "accounts/test_bad_input.py",
    "accounts/test_browser.py",
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The modules that take longest go first: of several processes, none has to wait long for the last one."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0].removeprefix("tests/"), len(LONGEST)))


@pytest.fixture(scope="session", autouse=True)
def static_files(tmp_path_factory: pytest.TempPathFactory) -> None:
    settings.STATIC_ROOT, settings.PDF_SECONDS = tmp_path_factory.mktemp("static"), PATIENCE
    call_command("collectstatic", interactive=False, verbosity=0)
    read_static_files_once()


def read_static_files_once() -> None:
    """Each client of a test starts the portal anew; to read every static file again takes longer than most pages."""
    read: Any = WhiteNoiseMiddleware.update_files_dictionary
    known: dict[str, dict[str, Any]] = {}

    def update(whitenoise: Any, root: str, prefix: str) -> None:
        if root not in known:
            read(whitenoise, root, prefix)
            known[root] = dict(whitenoise.files)
        whitenoise.files |= known[root]

    WhiteNoiseMiddleware.update_files_dictionary = update


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    connection.settings_dict["TEST"]["TEMPLATE"] = TEMPLATE


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    assert connection.settings_dict["NAME"].startswith("test_"), "mark these tests with django_db"
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        make_portal_role()
        call_command("grant_portal_role", PORTAL_ROLE, stdout=StringIO())
        with connected_as_portal():
            if not TEMPLATE:
                Loader(settings.BASE_DIR / "fixtures").run()
            issue_a_copy()
            with django_db_blocker.block():  # type: ignore[attr-defined]
                yield
    # a connection of the portal under test that Postgres has not yet seen closed would keep the database
    beside_the_database(END_CONNECTIONS.format(connection.settings_dict["NAME"]))


def issue_a_copy() -> None:
    """Of all recommendations, with a code that the tests know (tests/addresses.py)."""
    copy = copy_at(Moment.of(""), QueryDict())
    IssuedCopy.objects.create(
        code="7K3M9QXA2RVC",
        address=copy.address,
        checksum=copy.checksum,
        kind=copy.kind,
        title=copy.title,
        as_of=copy.moment.at,
        is_public=True,
    )


# Not those of Postgres itself (autovacuum), which are not ours to end and give way.
END_CONNECTIONS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}' AND backend_type = 'client backend'"
)


def beside_the_database(*statements: str) -> None:
    """What Postgres does only while we are not connected to the database itself."""
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    with psycopg.connect(test_database_url(), dbname="postgres", autocommit=True) as server:
        for statement in statements:
            server.execute(statement.encode())


def make_portal_role() -> None:
    """script/test did; on a Postgres of one's own a superuser is needed for it, once."""
    password = connection.settings_dict["PASSWORD"] or None
    with connection.cursor() as cursor:
        try:
            cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [PORTAL_ROLE])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE ROLE {PORTAL_ROLE} LOGIN PASSWORD %s", [password])
            cursor.execute(f"SET ROLE {PORTAL_ROLE}")
            cursor.execute("RESET ROLE")
        except Error as error:
            pytest.exit(f"Needed: CREATE ROLE {PORTAL_ROLE} LOGIN; GRANT {PORTAL_ROLE} TO your role ({error})", 2)


@contextmanager
def connected_as_portal() -> Iterator[None]:
    given = connection.settings_dict["OPTIONS"]
    patient = "-c idle_in_transaction_session_timeout=0"  # a test waits in one while a browser looks at every page
    pool = given["pool"] | {"timeout": 30}  # other processes test too
    connect_with(given | {"options": f"{given['options']} -c role={PORTAL_ROLE} {patient}", "pool": pool})
    try:
        yield
    finally:
        connect_with(given)


def connect_with(options: dict[str, Any]) -> None:
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    connection.settings_dict["OPTIONS"] = options


@contextmanager
def as_owner() -> Iterator[None]:
    """What only the owner of the tables can do, in the transaction of the test."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")
        yield
        cursor.execute(f"SET LOCAL ROLE {PORTAL_ROLE}")


@contextmanager
def without_triggers(*tables: str) -> Iterator[None]:
    """For what otherwise takes time. Only the owner can."""
    with transaction.atomic(), as_owner():
        alter(tables, "DISABLE TRIGGER USER")
        yield
        alter(tables, "ENABLE TRIGGER USER")


def alter(tables: Iterable[str], how: str) -> None:
    connection.check_constraints()  # Postgres does not change a table that has checks to do at commit
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} {how}")


def forget_pages() -> None:
    for remembered in (rounds_of, areas_of, published_cells):
        remembered.cache_clear()
    PAGES.clear()


@pytest.fixture(autouse=True)
def fresh_memory() -> None:
    """A test that is rolled back takes its revision with it, and the next one would find what it left behind."""
    forget_pages()


@pytest.fixture
def visitor(db: None) -> Client:
    return Client()


@pytest.fixture(scope="session")
def portal(django_db_setup: None, static_files: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the portal as its users have it: gunicorn, on the database with the shipped data."""
    with running_portal(free_port(), tmp_path_factory.mktemp("server")) as address:
        yield address


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def running_portal(port: int, folder: Path, **extra: str) -> Iterator[str]:
    address = f"http://127.0.0.1:{port}"
    environment = os.environ | {
        "DATABASE_URL": portal_database_url(),
        "PORTAL_URL": address,
        "VAR_DIR": str(folder),
        "STATIC_ROOT": str(settings.STATIC_ROOT),
        "PDF_SECONDS": str(PATIENCE),
    }
    command = [sys.executable, "-m", "gunicorn", "nplv_portal.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "4"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, env=environment | extra, cwd=settings.BASE_DIR, stderr=log)
    try:
        wait_for(f"{address}/gezond/klaar", server, folder / "log")
        yield address
    finally:
        server.terminate()
        server.wait(20)


def portal_database_url() -> str:
    """Signed on with the role of the portal, without a way back to that of the owner."""
    return test_database_url(user=PORTAL_ROLE)


def test_database_url(**other: str) -> str:
    parts = connection.settings_dict
    pairs = {
        "dbname": parts["NAME"],
        "user": parts["USER"],
        "password": parts["PASSWORD"],
        "host": parts["HOST"],
        "port": parts["PORT"],
    } | other
    return " ".join(f"{name}={value}" for name, value in pairs.items() if value)


@contextmanager
def copied_database() -> Iterator[None]:
    """For tests that save for good: until they are done, Django works in a copy of the database."""
    shared = connection.settings_dict["NAME"]
    copy = f"{shared}_copy"
    drop = f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)'
    # the portal under test, if it runs, connects again once it is asked something
    beside_the_database(drop, END_CONNECTIONS.format(shared), f'CREATE DATABASE "{copy}" TEMPLATE "{shared}"')
    connection.settings_dict["NAME"] = copy
    yield
    beside_the_database(drop)
    connection.settings_dict["NAME"] = shared


# --- A database of its own for a test that commits: a copy, in a quarter of a second, of the shipped data ---


@contextmanager
def copied(source: str, name: str) -> Iterator[str]:
    """The portal under test, if it runs on the source, connects again once it is asked something."""
    drop = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
    beside(drop, END_CONNECTIONS.format(source), f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    try:
        yield name
    finally:
        beside(drop)


def beside(*statements: str) -> None:
    with psycopg.connect(test_database_url(), dbname="postgres", autocommit=True) as server:
        for statement in statements:
            server.execute(statement)


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    """This thread and the ones that start in here. The transaction that pytest-django rolls back waits outside."""
    outside: Any = connections["default"]
    settings, before = outside.settings_dict, outside.settings_dict["NAME"]
    outside.close_pool()
    settings["NAME"] = name
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        disconnect()
        settings["NAME"] = before
        connections["default"] = outside


def disconnect() -> None:
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def quiet_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The shipped data, with nobody connected."""
    name = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        disconnect()
        with copied(name, f"{name}_quiet") as quiet:
            yield quiet


@pytest.fixture
def own_database(quiet_database: str, db: None) -> Iterator[str]:
    with copied(quiet_database, quiet_database.replace("_quiet", "_own")) as name, connected_to(name):
        yield name


@contextmanager
def running_worker(folder: Path, **extra: str) -> Iterator[subprocess.Popen[bytes]]:
    """The worker beside the web server, on the database that this thread is connected to."""
    environment = os.environ | {"DATABASE_URL": portal_database_url(), "VAR_DIR": str(folder)}
    command = [sys.executable, "manage.py", "procrastinate", "worker"]
    with (folder / "worker.log").open("ab") as log:
        worker = subprocess.Popen(command, env=environment | extra, cwd=settings.BASE_DIR, stderr=log)
    try:
        yield worker
    finally:
        worker.terminate()
        worker.wait(20)


# --- Mail ---


class Mailbox:
    """A mail server that keeps what it gets, or says what it was told to."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.to_address = self.to_message = ""  # what it answers instead, such as "451 not now"
        self.breaks_off = False  # it takes a message in and hangs up
        self.holds = Event()  # set: it takes a message in and does not say so
        self.let_go = Event()

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.to_address:
            return self.to_address
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.to_message:
            return self.to_message
        message = message_from_bytes(envelope.content, policy=modern)
        message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        self.messages.append(message)
        if self.breaks_off:
            server.transport.close()
        while self.holds.is_set() and not self.let_go.is_set():
            await asyncio.sleep(0.05)
        return "250 OK"


def body_of(mail: Message) -> str:
    return str(mail.get_content())  # type: ignore[attr-defined]


@contextmanager
def running_mailbox(port: int) -> Iterator[Mailbox]:
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box
    finally:
        box.let_go.set()
        controller.stop()


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    """Real mail over SMTP, sent by `work_through` in the transaction of the test."""
    port = free_port()
    with running_mailbox(port) as box:
        settings.EMAIL_URL = f"smtp://127.0.0.1:{port}"
        settings.DEFAULT_FROM_EMAIL = "portaal@example.nl"
        for name, value in mail_server(settings.EMAIL_URL).items():
            setattr(settings, name, value)
        yield box


def work_through() -> int:
    """What the worker does with what waits: each job once, and gone if that works. How many there were."""
    waiting = list(ProcrastinateJob.objects.filter(status="todo").order_by("pk"))
    for job in waiting:
        jobs.tasks[job.task_name](**job.args)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job.pk])
    return len(waiting)


def wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if server.poll() is not None:
            break
        try:
            urlopen(address, timeout=2).close()
            return
        except (URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"the server did not start: {log.read_text()}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # playwright keeps an event loop running in this thread; Django refuses the database there unless told
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        expect.set_options(timeout=30_000)  # other processes test too
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield browser
        browser.close()
