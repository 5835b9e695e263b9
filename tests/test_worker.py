"""The worker beside the web server: a real process, with the role in Postgres that the portal has."""

import signal
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from nplv_portal.tasks import ATTEMPTS, clear_jobs, resume_jobs
from tests.conftest import running_worker


def eventually(is_so: Callable[[], bool], seconds: float = 30) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if is_so():
            return True
        time.sleep(0.1)
    return False


def left_by_a_killed_worker(attempts: int = 0) -> int:
    """A job as it stands when its worker was killed a minute ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH worker AS (
                INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute') RETURNING id
            )
            INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts, worker_id)
            SELECT 'default', 'nplv_portal.tasks.clear_jobs', '{"timestamp": 0}', 'doing', %s, id FROM worker
            RETURNING id
            """,
            [attempts],
        )
        return int(cursor.fetchone()[0])


def failed(*, days_ago: int) -> int:
    job = left_by_a_killed_worker()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", [job])
        when = timezone.now() - timedelta(days=days_ago)
        cursor.execute("UPDATE procrastinate_events SET at = %s WHERE job_id = %s", [when, job])
    return job


def test_work_that_was_asked_for_in_a_transaction_that_failed_is_never_done(own_database: str) -> None:
    with transaction.atomic():
        clear_jobs.configure().defer(timestamp=0)
        assert ProcrastinateJob.objects.exists()
        transaction.set_rollback(True)
    assert not ProcrastinateJob.objects.exists()


def test_a_worker_takes_over_from_one_that_was_killed_clears_up_and_stops_when_asked(
    own_database: str, tmp_path: Path
) -> None:
    again, hopeless = left_by_a_killed_worker(), left_by_a_killed_worker(attempts=ATTEMPTS - 1)
    old, recent = failed(days_ago=31), failed(days_ago=29)
    resume_jobs.configure().defer(timestamp=0)
    clear_jobs.configure().defer(timestamp=0)
    jobs = ProcrastinateJob.objects.filter
    with running_worker(tmp_path) as worker:
        assert eventually(lambda: jobs(pk=hopeless, status="failed").exists())
        assert eventually(lambda: not jobs(pk__in=[again, old]).exists())
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20) == 0
    assert jobs(pk=recent).exists()
    assert f"Taak {hopeless}" in (tmp_path / "worker.log").read_text()
