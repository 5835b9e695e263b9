"""What the portal survives while people write: killed workers, impatient people, cut lines, sessions that ended."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from random import Random
from signal import SIGKILL
from threading import Barrier
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from findings.models import AuditRound, FindingVersion, RoundAspect
from focusareas.models import AuditOffice, FocusArea, Municipality
from nplv_portal.lib.versions import Stage
from nplv_portal.sources.copies import issue
from nplv_portal.sources.models import Document, IssuedCopy, IssuedFile
from nplv_portal.workplace import work
from nplv_portal.workplace.content import content_of
from nplv_portal.workplace.kinds import BY_SLUG
from nplv_portal.workplace.models import Hearing, Remark, WorkEvent
from recommendations.models import Reply
from tests import conftest
from tests.bad_input import Page
from tests.conftest import connected_to, copied, disconnect, forget_pages, free_port, running_portal
from tests.sources.test_copies import a_copy
from tests.workplace.people import person, signed_in
from tests.workplace.steps import page_of
from tests.workplace.test_import import emptied, rehearse
from tests.workplace.test_life import current
from tests.workplace.test_rounds import typed
from tests.workplace.victim import places

pytestmark = pytest.mark.django_db
KILLS = int(os.environ.get("KILLS", "20"))  # 200 by hand
KIND = BY_SLUG["bevindingen"]


class Victims:
    """Workers to kill, one after another."""

    def __init__(self, task: str, *keys: int) -> None:
        command = [sys.executable, "-m", "tests.workplace.victim", task, *map(str, keys)]
        environment = os.environ | {"DATABASE_URL": conftest.portal_database_url()}
        self.process = subprocess.Popen(
            command, env=environment, cwd=settings.BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def next_one_said(self, kill_after: float | None) -> list[str]:
        """What it finished before it was killed. Without a moment to kill it: all that it had to do."""
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin
        assert stdout
        stdin.write("next\n")
        stdin.flush()
        begun, pid = stdout.readline().split()
        assert begun == "begun"
        if kill_after is not None:
            time.sleep(kill_after)
            with suppress(ProcessLookupError):
                os.kill(int(pid), SIGKILL)
        return [line.strip() for line in iter(stdout.readline, "gone\n")]


@contextmanager
def victims(task: str, *keys: int) -> Iterator[Victims]:
    found = Victims(task, *keys)
    try:
        yield found
    finally:
        found.process.kill()
        found.process.communicate()


# --- 1. A worker is killed while it saves ---


@pytest.mark.usefixtures("own_database")
def test_a_worker_killed_while_saving_leaves_a_whole_text_and_loses_none_that_it_answered_for() -> None:
    writer, chance, answered = person("ans", "researcher"), Random(1), [1]
    pk = work.start_next(KIND, current(), by=writer).pk
    with victims("save", writer.pk, pk) as workers:
        for _ in range(KILLS):
            said = workers.next_one_said(kill_after=chance.uniform(0.01, 0.12))
            answered += [int(line.removeprefix("saved ")) for line in said]
            started = time.monotonic()
            version = KIND.versions.get(pk=pk)
            assert answered[-1] <= version.edition <= answered[-1] + 1
            assert_is_whole(version)
            assert time.monotonic() - started < 2
    editions = WorkEvent.objects.filter(what="saved").order_by("pk").values_list("edition", flat=True)
    assert set(answered) - {1} <= set(editions)
    assert list(editions) == list(range(2, KIND.versions.get(pk=pk).edition + 1))


def assert_is_whole(version: Any) -> None:
    if version.edition > 1:
        assert version.text == f"Stand {version.edition}."
        assert version.citations.count() == places(version.edition)
    event = WorkEvent.objects.latest("pk")
    assert (event.edition, event.content) == (version.edition, content_of(KIND, version))


# --- 2. A worker is killed while it publishes fifty findings ---


def approved_corrections(number: int) -> list[int]:
    """Of findings of every municipality, each with a headline that says so."""
    writer, reviewer = person("ans", "researcher"), person("bob", "researcher")
    found = []
    for old in FindingVersion.objects.as_of(timezone.now()).order_by("pk")[:number]:
        draft = work.start_next(KIND, old, by=writer)
        FindingVersion.objects.filter(pk=draft.pk, absence="").update(headline="Nieuw gezegd")
        FindingVersion.objects.filter(pk=draft.pk).update(erratum="Opnieuw gezegd.")
        draft.refresh_from_db()
        work.submit(KIND, draft, by=writer)
        work.approve(KIND, draft, by=reviewer)
        found.append(draft.pk)
    assert len(found) == number
    return found


def test_a_worker_killed_while_publishing_fifty_findings_publishes_all_or_none(own_database: str) -> None:
    secretary, pks, chance = person("cis", "secretary"), approved_corrections(50), Random(2)
    before, again = Client().get("/vergelijking.json").content, f"{own_database}_again"
    disconnect()
    outcomes, longest = [], 0.0
    with connected_to(again), victims("publish", secretary.pk, *pks) as workers:
        for number in range(KILLS + 1):
            with copied(own_database, again):
                started = time.monotonic()
                said = workers.next_one_said(kill_after=chance.uniform(0, longest) if number else None)
                longest = longest or time.monotonic() - started
                outcomes.append(all_of_them_are_public(pks, before))
                assert outcomes[-1] or not said
                disconnect()
    assert outcomes[0]
    assert not all(outcomes)


def all_of_them_are_public(pks: list[int], before: bytes) -> bool:
    """All are, or none is; and so say the history and the page that readers get."""
    public = FindingVersion.objects.as_of(timezone.now()).filter(pk__in=pks).count()
    assert public in {0, 50}
    assert FindingVersion.objects.filter(pk__in=pks, stage=Stage.PUBLISHED if public else Stage.APPROVED).count() == 50
    assert WorkEvent.objects.filter(what="released").count() == public
    forget_pages()
    assert (Client().get("/vergelijking.json").content != before) == bool(public)
    return bool(public)


# --- 15. Eight editors of one finding, thirty times at once ---


def write(client: Client, page: str, shown: dict[str, Any], mine: str) -> Any:
    try:
        return client.post(page, shown | {"text": mine})
    finally:
        connection.close()


@pytest.mark.usefixtures("own_database")
def test_of_240_saves_at_once_none_is_lost_and_who_is_late_sees_both_texts() -> None:
    clients = [signed_in(person(f"schrijver{number}", "researcher")) for number in range(8)]
    version: Any = work.start_next(KIND, current(), by=person("ans", "researcher"))
    page = f"/werkplek/gegevens/bevindingen/{version.pk}/schrijf/"
    with ThreadPoolExecutor(8) as threads:
        for turn in range(30):
            shown = page_of(KIND, KIND.versions.get(pk=version.pk))
            texts = [f"schrijver{number}beurt{turn}" for number in range(8)]
            answers = list(threads.map(write, clients, [page] * 8, [shown] * 8, texts))
            version.refresh_from_db()
            late = {text: answer for text, answer in zip(texts, answers, strict=True) if text != version.text}
            assert sorted(answer.status_code for answer in answers) == [302] + [409] * 7
            for mine, answer in late.items():
                assert Page(answer).form().values["text"] == mine
                assert f'<del><span class="visually-hidden">weg: </span>{version.text}</del>' in answer.content.decode()
    assert WorkEvent.objects.filter(what="saved").count() == 30


@pytest.mark.usefixtures("own_database")
def test_of_four_who_begin_the_same_at_once_one_does_and_the_others_see_it() -> None:
    clients = [signed_in(person(f"schrijver{number}", "researcher")) for number in range(4)]
    old = FindingVersion.objects.as_of(timezone.now()).filter(record__focus_area__slug="heerlen-noord")
    gap = {"subject": "Het gebiedsplan", "text": "Wij hebben het niet."}
    for version in old.order_by("pk")[:5]:
        answers = together(clients, f"/werkplek/gegevens/bevindingen/{version.pk}/verbeter/", [{}] * 4)
        draft = version.siblings.prepared().get()
        assert set(answers) == {(302, f"/werkplek/gegevens/bevindingen/{draft.pk}/schrijf/")}
    for version in old.order_by("-pk")[:5]:
        aspect = version.record.round_aspect.aspect.slug
        with transaction.atomic():
            emptied(aspect)
        address, shown = form_at(clients[0], f"/werkplek/ronde/start-2023-2025/heerlen-noord/{aspect}/")
        texts = [
            shown | {"headline": "Kern", "text": f"Van {number}.", "csrfmiddlewaretoken": number} for number in range(4)
        ]
        assert sorted(status for status, _ in together(clients, address, texts)) == [302, 409, 409, 409]
    for _ in range(5):
        answers = together(clients, "/werkplek/gegevens/ontbreekt/nieuw/", [gap] * 4)
        assert {status for status, _ in answers} == {302}
        assert len(set(answers)) == 4


def together(clients: list[Client], address: str, data: list[dict[str, Any]]) -> list[tuple[int, str]]:
    with ThreadPoolExecutor(len(clients)) as threads:
        return list(threads.map(click, clients, [address] * len(clients), data))


# --- 16. A double click, an answer that got lost, the back button ---

PASSING = {"django_session", "accounts_attempt", "workplace_sent", "sources_scheduledchange"}  # not what people wrote


def form_at(client: Client, page: str, action: str = "") -> tuple[str, dict[str, Any]]:
    """Where a form of a page is sent to, and what it says when nobody types."""
    forms = Page(client.get(page)).forms
    form = next(f for f in forms if f.action.endswith(action) and "csrfmiddlewaretoken" in f.values)
    return form.action or page, form.values


def rows() -> dict[str, int]:
    """Table → how many rows it has."""
    tables = sorted(set(connection.introspection.table_names()) - PASSING)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in tables))
        return dict(cursor.fetchall())


def click(client: Client, address: str, data: dict[str, Any]) -> tuple[int, str]:
    """As one of several that are on their way at once."""
    alike = Client()
    alike.cookies.load({name: cookie.value for name, cookie in client.cookies.items()})
    try:
        response = alike.post(address, data)
    finally:
        connection.close()
    return response.status_code, response.get("Location", "")


def impatient(client: Client, page: str, action: str = "", button: str = "", **more: Any) -> dict[str, int]:
    """Three clicks at once and two more after that, on a button that may send the form elsewhere. Gives what came of
    it: table → rows that it got."""
    address, shown = form_at(client, page, action)
    address = button or address
    before, data = rows(), shown | more
    answers = together([client] * 3, address, [data] * 3) + [click(client, address, data) for _ in range(2)]
    assert {status for status, _ in answers} == {302}, (address, answers)
    assert len(set(answers)) == 1, (address, answers)
    return {table: number - before[table] for table, number in rows().items() if number != before[table]}


@pytest.mark.usefixtures("own_database")
def test_each_step_of_a_text_that_is_sent_five_times_is_taken_once() -> None:
    ans, bob = signed_in(person("ans", "researcher")), signed_in(person("bob", "researcher"))
    cis, old, event = signed_in(person("cis", "secretary")), current(), {"workplace_workevent": 1}
    root, publishing = f"/werkplek/gegevens/bevindingen/{old.pk}/", "/werkplek/publiceren/"
    citations = {"findings_findingcitation": old.citations.count()}
    assert impatient(ans, root, "verbeter/") == event | citations | {"findings_findingversion": 1}
    draft = old.siblings.prepared().get()
    root, tomorrow = f"/werkplek/gegevens/bevindingen/{draft.pk}/", timezone.localtime() + timedelta(days=1)
    assert impatient(ans, f"{root}schrijf/", text="Anders.", erratum="Verbeterd.") == event
    assert impatient(ans, root, "ter-beoordeling/") == event
    assert impatient(bob, root, "opmerking/", note="Waar staat dit?") == event | {"workplace_remark": 1}
    remark = Remark.objects.get()
    assert impatient(ans, root, f"opmerking/{remark.pk}/", note="In hoofdstuk 3.") == event
    assert impatient(bob, root, "goedkeuren/") == event
    assert impatient(bob, root, "teruggeven/", note="Toch niet.") == {"workplace_workevent": 2, "workplace_remark": 1}
    work.answer(KIND, draft, Remark.objects.latest("pk"), by=person("dre", "researcher"), note="Toch wel.")
    assert impatient(ans, root, "ter-beoordeling/") == event
    assert impatient(bob, root, "goedkeuren/") == event
    assert impatient(cis, f"{publishing}?kies=alles", wanneer=f"{tomorrow:%Y-%m-%dT%H:%M}") == event
    assert impatient(cis, root, "afblazen/", note="Nog niet.") == event
    assert impatient(cis, f"{publishing}?kies=alles") == event
    assert impatient(cis, root, "intrekken/", note="De bron klopt niet.") == event


@pytest.mark.usefixtures("own_database")
def test_what_is_begun_five_times_is_there_once() -> None:
    ans, cis, event = (
        signed_in(person("ans", "researcher")),
        signed_in(person("cis", "secretary")),
        {"workplace_workevent": 1},
    )
    gap = {"subject": "Het gebiedsplan", "text": "Wij hebben het niet."}
    assert impatient(ans, "/werkplek/gegevens/ontbreekt/nieuw/", **gap) == event | {"findings_gap": 1}
    with transaction.atomic():
        emptied("kaders")
    cell = {"findings_finding": 1, "findings_findingversion": 1}
    made = impatient(ans, "/werkplek/ronde/start-2023-2025/heerlen-noord/kaders/", headline="Kern", text="Tekst.")
    assert made == event | cell
    sheet = rehearse(ans, {"gebiedsplan": {"Kernzin": "Uit het blad", "Erratum": "Kernzin verbeterd."}})
    seen = [row.mark for row in sheet.context["rehearsal"].rows]
    made = impatient(ans, sheet.request["PATH_INFO"], gezien=seen)
    assert made.pop("findings_findingcitation")
    assert made == {"workplace_workevent": 2, "findings_findingversion": 1}
    aspects = {"findings_roundaspect": RoundAspect.objects.count()}
    assert impatient(cis, "/werkplek/ronden/nieuw/", **typed(cis)) == event | aspects
    round_ = AuditRound.objects.latest("number")
    area, office = FocusArea.objects.get(slug="heerlen-noord"), AuditOffice.objects.get(slug="rekenkamer-heerlen")
    part: dict[str, Any] = {
        "area": area.pk,
        "office": office.pk,
        "document": Document.objects.earliest("pk").pk,
        "place": "Blz. 1",
    }
    made = impatient(cis, f"/werkplek/ronden/{round_.slug}/deelnemers/", **part)
    assert made.pop("findings_participation") == made.pop("workplace_workevent") == 1
    assert impatient(cis, f"/werkplek/ronden/{round_.slug}/verder/") == event


@pytest.mark.usefixtures("own_database")
def test_a_right_of_reply_that_is_sent_five_times_is_held_once() -> None:
    ans, official = signed_in(person("ans", "researcher")), signed_in(person("ofa", "official"))
    draft = work.start_next(KIND, current(), by=person("bob", "researcher"))
    today, heerlen = timezone.localdate().isoformat(), Municipality.objects.get(slug="heerlen").pk
    chosen: dict[str, Any] = {
        "municipality": heerlen,
        "kind": "official",
        "deadline": today,
        "tekst": [f"bevindingen-{draft.pk}"],
        "ongezien": "1",
    }
    made = impatient(ans, "/werkplek/wederhoor/nieuw/", **chosen)
    assert made == {"workplace_hearing": 1, "workplace_hearingitem": 1}
    hearing = Hearing.objects.get()
    page = f"/werkplek/wederhoor/{hearing.pk}/"
    field = f"text-{hearing.items.get().pk}"
    sent: dict[str, Any] = {field: "Klopt niet.", "verstuur": "alle"}
    assert impatient(official, page, "reageer/", **sent) == {"workplace_reaction": 1}
    assert impatient(ans, page, "nawoord/", **{field: "Wij verbeteren het."}) == {}
    made = impatient(ans, page, "nawoord/", f"{page}{hearing.items.get().pk}/neem-op/")
    assert made == {"workplace_workevent": 1, "recommendations_reply": 1}
    assert Reply.objects.get(reaction="Klopt niet.").afterword == "Wij verbeteren het."


@pytest.mark.usefixtures("own_database")
def test_who_goes_back_and_types_something_else_has_said_two_things() -> None:
    bob, draft = (
        signed_in(person("bob", "researcher")),
        work.start_next(KIND, current(), by=person("ans", "researcher")),
    )
    work.submit(KIND, with_erratum(draft), by=person("dre", "researcher"))
    address, shown = form_at(bob, f"/werkplek/gegevens/bevindingen/{draft.pk}/", "opmerking/")
    for note in ("Waar staat dit?", "En wat betekent het?", "Waar staat dit?"):
        assert bob.post(address, shown | {"note": note}).status_code == 302
    assert [remark.text for remark in Remark.objects.all()] == ["Waar staat dit?", "En wat betekent het?"]


def with_erratum(draft: Any) -> Any:
    draft.erratum = "Verbeterd."
    draft.save()
    return draft


# --- 17. A line that is cut halfway ---


class Line:
    """A form on its way to the portal, byte by byte."""

    def __init__(self, portal: str, client: Client, address: str, data: dict[str, Any]) -> None:
        self.place = urlsplit(portal)
        token = data["csrfmiddlewaretoken"]
        cookies = "; ".join(f"{name}={cookie.value}" for name, cookie in client.cookies.items())
        self.body = urlencode(data, doseq=True).encode()
        self.head = (
            f"POST {address} HTTP/1.1\r\nHost: {self.place.netloc}\r\nCookie: {cookies}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(self.body)}\r\n\r\n"
        ).encode()
        assert token

    def send(self, part: float = 1, *, listens: bool = True) -> bytes:
        """That part of the body. Gives the head of the answer, for who listens."""
        with socket.create_connection((self.place.hostname or "", self.place.port or 0), timeout=20) as line:
            line.sendall(self.head + self.body[: int(len(self.body) * part)])
            if not listens:
                return b""
            if part < 1:
                line.shutdown(socket.SHUT_WR)
            return line.recv(4096)


@pytest.fixture
def own_portal(own_database: str, tmp_path: Path) -> Iterator[str]:
    with running_portal(free_port(), tmp_path) as address:
        yield address


def everything() -> Any:
    texts = list(FindingVersion.objects.order_by("pk").values())
    return rows(), texts, list(Remark.objects.values())


def test_what_is_cut_off_halfway_is_stored_whole_or_not_at_all_and_may_be_sent_again(own_portal: str) -> None:
    ans, bob = signed_in(person("ans", "researcher")), signed_in(person("bob", "researcher"))
    draft: Any = work.start_next(KIND, current(), by=person("dre", "researcher"))
    root, note = f"/werkplek/gegevens/bevindingen/{draft.pk}/", "Woord voor woord. " * 40
    work.submit(KIND, with_erratum(draft), by=person("eef", "researcher"))
    forms = [(bob, root, "opmerking/", {"note": note}), (ans, f"{root}schrijf/", "", {"text": note, "erratum": note})]
    for client, page, action, words in forms:
        address, shown = form_at(client, page, action)
        line, before = Line(own_portal, client, address, shown | words), everything()
        for part in (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.99):
            assert b" 302 " not in line.send(part)
            line.send(part, listens=False)
        assert everything() == before
        line.send(listens=False)
        wait_until(lambda before=before: everything() != before)
        after = everything()
        assert b" 302 " in line.send()
        assert everything() == after
    assert [remark.text for remark in Remark.objects.all()] == [note.strip()]
    draft.refresh_from_db()
    assert draft.text == note.strip()


def wait_until(is_so: Any) -> None:
    for _ in range(100):
        if is_so():
            return
        time.sleep(0.1)
    raise AssertionError("it never came")


# --- 18. A session that ends while someone types ---


def test_who_is_no_longer_signed_in_changes_nothing_and_comes_back_to_the_page_of_the_form() -> None:
    ans = signed_in(person("ans", "researcher"))
    bob = person("bob", "researcher")
    draft = work.start_next(KIND, current(), by=bob)
    address, shown = form_at(ans, f"/werkplek/gegevens/bevindingen/{draft.pk}/schrijf/")
    Session.objects.all().delete()
    before = everything()
    for where in (address, "/werkplek/gegevens/ontbreekt/nieuw/", "/werkplek/publiceren/"):
        assert ans.post(where, shown | {"text": "Een uur getypt."})["Location"] == f"/inloggen/?next={where}"
    assert everything() == before
    ans.force_login(bob)
    assert ans.post(address, shown | {"text": "Een uur getypt."}).status_code == 302


# Copies


@pytest.mark.usefixtures("own_database")
def test_of_eight_who_issue_the_same_copy_at_once_one_row_stands() -> None:
    together, copy = Barrier(8), a_copy()

    def work(_: int) -> None:
        together.wait(20)
        try:
            issue(copy, b"%PDF-1.7 pakket")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    assert IssuedCopy.objects.filter(pk=copy.code).count() == 1
    assert IssuedFile.objects.filter(copy=copy.code).count() == 1
