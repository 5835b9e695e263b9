"""Dossiers and the real worker: killed in the middle, with mail beside it, and with the database cut off."""

import signal
import subprocess
import time
from pathlib import Path

from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from nplv_portal.dossiers.models import DossierFile, Edition, FileContent, Stage
from nplv_portal.sources.models import IssuedFile
from nplv_portal.tasks import clear_jobs, resume_jobs
from tests.conftest import END_CONNECTIONS, beside, running_worker
from tests.dossiers.asking import asked
from tests.test_worker import eventually
from tests.workplace.people import person, signed_in

FORMATS = ["pdf", "docx", "odt", "xlsx", "json"]


def stage(edition: Edition) -> str:
    return str(Edition.objects.get(pk=edition.pk).stage)


def presses_of(worker: subprocess.Popen[bytes]) -> list[int]:
    listed = subprocess.run(["pgrep", "-P", str(worker.pid)], capture_output=True, check=False).stdout.decode()
    return [int(pid) for pid in listed.split()]


def test_a_dossier_of_a_worker_that_was_killed_is_made_again_once(own_database: str, tmp_path: Path) -> None:
    gea = signed_in(person("gea", "clerk"))
    first, second = asked(gea, "overdrachtsdossier"), asked(gea, "jaaroverzicht")
    with running_worker(tmp_path) as worker:
        assert eventually(lambda: bool(presses_of(worker)), 60)  # the paper of the first is being made
        assert stage(first) == Stage.MAKING
        presses = presses_of(worker)
        worker.send_signal(signal.SIGKILL)
        worker.wait(10)
    assert (stage(first), stage(second)) == (Stage.MAKING, Stage.WAITING)
    assert not DossierFile.objects.exists()
    assert eventually(lambda: not any(Path(f"/proc/{press}").exists() for press in presses))
    take_over()
    with running_worker(tmp_path):
        assert eventually(lambda: stage(first) == stage(second) == Stage.MADE, 120), (
            tmp_path / "worker.log"
        ).read_text()
        assert eventually(lambda: not ProcrastinateJob.objects.filter(queue_name="dossiers").exists())
    for edition in (first, second):
        kept = list(DossierFile.objects.filter(edition=edition))
        assert [file.format for file in kept] == FORMATS
        assert FileContent.objects.filter(file__edition=edition).count() == len(FORMATS)
        assert all(IssuedFile.objects.filter(pk=file.sha256).exists() for file in kept)
        assert all(len(file.kept.content) == file.size for file in kept)


def test_other_work_does_not_wait_for_a_dossier_and_dossiers_wait_for_each_other(
    own_database: str, tmp_path: Path
) -> None:
    gea = signed_in(person("gea", "clerk"))
    editions = [asked(gea, "overdrachtsdossier", title=f"Nummer {number}") for number in range(2)]
    with running_worker(tmp_path):
        assert eventually(lambda: stage(editions[0]) == Stage.MAKING, 60)
        clear_jobs.configure().defer(timestamp=0)
        done = eventually(lambda: not ProcrastinateJob.objects.filter(task_name__endswith="clear_jobs").exists(), 60)
        assert done
        at_once = 0
        while not all(stage(edition) == Stage.MADE for edition in editions):
            busy = ProcrastinateJob.objects.filter(queue_name="dossiers", status="doing").count()
            at_once = max(at_once, busy)
            time.sleep(0.05)
    assert at_once == 1


def test_a_dossier_survives_that_the_database_goes_away(own_database: str, tmp_path: Path) -> None:
    edition = asked(signed_in(person("gea", "clerk")), "overdrachtsdossier")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (own,) = cursor.fetchone()
    with running_worker(tmp_path) as worker:
        assert eventually(lambda: bool(presses_of(worker)), 60)
        beside(f"{END_CONNECTIONS.format(own_database)} AND pid <> {own}")
        eventually(lambda: worker.poll() is not None or stage(edition) != Stage.MAKING, 120)
        has_ended = worker.poll() is not None
    if has_ended:  # script/server starts another one
        take_over()
        with running_worker(tmp_path):
            assert eventually(lambda: stage(edition) == Stage.MADE, 120)
    assert stage(edition) == Stage.MADE, (tmp_path / "worker.log").read_text()[-3000:]
    assert [file.format for file in DossierFile.objects.filter(edition=edition)] == FORMATS


def take_over() -> None:
    """As if half a minute had passed since the last sign of life."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
    resume_jobs.configure().defer(timestamp=0)
