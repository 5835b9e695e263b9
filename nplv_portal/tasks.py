"""What the worker does of itself: jobs that a killed worker left are done again, and old ones are cleared away."""

from __future__ import annotations

import logging

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Job, Status

from nplv_portal.lib.mail import ONCE
from recommendations.models import HeldFile

logger = logging.getLogger(__name__)

ATTEMPTS = 3  # a job that ended three workers is not given to a fourth
DAYS_KEPT = 30


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="resume_jobs", pass_context=True)
async def resume_jobs(context: JobContext, timestamp: int) -> None:
    """Jobs of a worker that gave no sign of life for half a minute."""
    for job in await context.app.job_manager.get_stalled_jobs():
        await resume(context, job)


async def resume(context: JobContext, job: Job) -> None:
    if job.queue == ONCE:
        logger.error("Mail %s (%s) is misschien verstuurd, en wordt niet nog eens verstuurd.", job.id, job.task_name)
    elif job.attempts + 1 < ATTEMPTS:
        await context.app.job_manager.retry_job(job)
        return
    else:
        logger.error("Taak %s (%s) eindigde %s keer met de werker en is opgegeven.", job.id, job.task_name, ATTEMPTS)
    await context.app.job_manager.finish_job(job, Status.FAILED, delete_job=False)


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="clear_jobs", pass_context=True)
async def clear_jobs(context: JobContext, timestamp: int) -> None:
    """What failed stays a month, to be looked at."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=24 * DAYS_KEPT, include_failed=True, include_cancelled=True, include_aborted=True
    )


@app.periodic(cron="37 3 * * *")
@app.task(queueing_lock="clear_held_files")
def clear_held_files(timestamp: int) -> None:
    HeldFile.objects.expired().delete()
