"""The work on dossiers, one at a time: readers, mail and each other's dossiers go on meanwhile."""

from __future__ import annotations

import logging

from django.db import InterfaceError, OperationalError
from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from nplv_portal.dossiers.making import WHAT_TO_DO, make
from nplv_portal.dossiers.models import Edition, Stage
from nplv_portal.tasks import ATTEMPTS

logger = logging.getLogger(__name__)

LOCK = "dossiers"
AGAIN = RetryStrategy(max_attempts=ATTEMPTS, wait=10, retry_exceptions={OperationalError, InterfaceError})


@app.task(lock=LOCK, queue="dossiers", pass_context=True, retry=AGAIN)
def make_dossier(context: JobContext, edition: int) -> None:
    if context.job.id is not None:
        make(edition, context.job.id)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="given_up_dossiers")
def given_up_dossiers(timestamp: int) -> None:
    """Of a dossier whose job is no more, nobody should wait: it ended three workers, or someone removed it."""
    alive = ProcrastinateJob.objects.filter(status__in=["todo", "doing"]).values("id")
    reason = f"Het maken van het dossier is een paar keer afgebroken. {WHAT_TO_DO['error']}"
    lost = Edition.objects.unfinished().exclude(job__in=alive)
    if count := lost.update(stage=Stage.FAILED, reason=reason, ended_at=timezone.now()):
        logger.error("Van %s dossiers is de taak opgegeven.", count)
