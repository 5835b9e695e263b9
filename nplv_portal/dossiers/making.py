"""How an edition is made: the facts, then each of its forms, and all files at once or none."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import slugify

from nplv_portal.dossiers import handover, meeting, whole, yearly
from nplv_portal.dossiers.content import Content, document_of, path_of
from nplv_portal.dossiers.kinds import recipe_of
from nplv_portal.dossiers.models import DossierFile, Edition, FileContent, Kind, Stage
from nplv_portal.lib import documents, pdf, tables
from nplv_portal.lib.archive import Attachment, archived
from nplv_portal.lib.moments import Moment
from nplv_portal.sources.copies import Copy, changed_since, issue
from nplv_portal.sources.downloads import SORRY, TYPES

logger = logging.getLogger(__name__)

CONTENTS: dict[str, Callable[[Edition, Moment], Content]] = {
    Kind.MEETING: meeting.content_of,
    Kind.HANDOVER: handover.content_of,
    Kind.YEARLY: yearly.content_of,
    Kind.REPORT: whole.report_content,
    Kind.COMPARISON: whole.matrix_content,
}
WHAT_TO_DO = {
    "timeout": "Kies minder onderdelen, of probeer het op een rustiger moment opnieuw.",
    "memory": "Kies minder onderdelen, en maak er zo nodig twee dossiers van.",
    "busy": "Probeer het over een paar minuten opnieuw.",
    "error": "Probeer het opnieuw. Lukt het dan weer niet, meld het dan aan de beheerder.",
}


class Stopped(Exception):
    """Cancelled, or taken over by a later attempt."""


def make(edition_id: int, job: int) -> None:
    """Harmless when done twice: what is made, cancelled or asked again since is left as it is."""
    edition = taken_up(edition_id, job)
    if edition is None:
        return
    try:
        keep(edition, job, *files_of(edition, job))
    except Stopped:
        logger.info("Dossier %s: gestopt.", edition_id)
    except pdf.PdfFailed as failure:
        logger.warning("Dossier %s: %s.", edition_id, failure.reason)
        fail(edition, job, f"{SORRY[failure.reason]} {WHAT_TO_DO[failure.reason]}")
    except (OperationalError, InterfaceError):  # the database is away for a moment: the job is done again (tasks.py)
        raise
    except Exception:
        fail(edition, job, f"Het maken van het dossier is niet gelukt. {WHAT_TO_DO['error']}")
        raise


@transaction.atomic
def taken_up(edition_id: int, job: int) -> Edition | None:
    """Also what a worker that was killed had begun: that begins again."""
    edition: Edition | None = (
        Edition.objects.unfinished().select_for_update(of=("self",)).filter(pk=edition_id, job=job).first()
    )
    if edition is not None:
        edition.stage, edition.part = Stage.MAKING, 0
        edition.save(update_fields=["stage", "part"])
    return edition


def ready(edition: Edition, job: int, part: int) -> None:
    """So many parts are ready. Raises Stopped where nobody waits for the rest."""
    mine = Edition.objects.filter(pk=edition.pk, job=job, stage=Stage.MAKING)
    if not mine.update(part=part):
        raise Stopped


def moment_of(edition: Edition) -> Moment:
    return Moment.on(edition.day) if edition.day else Moment.then(edition.asked_at)


def content_of(edition: Edition, moment: Moment) -> Content:
    return CONTENTS[edition.dossier.kind](edition, moment)


def copy_of(edition: Edition, moment: Moment, content: Content) -> Copy:
    """For /controle/: who finds the paper may know what it is, and no more."""
    return Copy(
        kind=str(edition.dossier.get_kind_display()).lower(),
        title=f"{edition.title} (versie {edition.number})",
        address=path_of(edition),
        content=content.said,
        moment=moment,
        is_public=False,
    )


def copy_at(moment: Moment, params: QueryDict, pk: int) -> Copy:
    """What the same choice would say at another moment."""
    edition = edition_at(params, pk)
    return copy_of(edition, moment, content_of(edition, moment))


def edition_at(params: QueryDict, pk: int) -> Edition:
    """Of the address of a version (path_of)."""
    number = params.get("versie", "")
    found: Edition = Edition.objects.select_related("dossier__municipality", "round").get(
        dossier=pk, number=int(number) if number.isdecimal() else 0
    )
    return found


def changes_since(edition: Edition) -> list[str]:
    """The headings under which a version that is made would say something else now."""
    if edition.moment is None:
        return []
    return changed_since(lambda at: copy_of(edition, at, content_of(edition, at)), edition.checksum, edition.moment)[1]


def files_of(edition: Edition, job: int) -> tuple[Copy, dict[str, bytes]]:
    moment = moment_of(edition)
    content = content_of(edition, moment)
    copy = copy_of(edition, moment, content)
    html = pages_of(edition, moment, content, copy)
    ready(edition, job, 1)
    data = {
        "json": json.dumps(content.data, ensure_ascii=False, indent=1).encode(),
        "xlsx": tables.write(content.sheet, "xlsx"),
    }
    made: dict[str, bytes] = {}
    for part, format_ in enumerate(recipe_of(edition.dossier).formats, start=2):
        if format_ in data:
            made[format_] = data[format_]
        elif format_ == "pdf":
            made[format_] = paper(edition, moment, html, data)
        else:
            document = document_of(edition, moment, html)
            made[format_] = documents.write(document, cast(documents.Format, format_))
        ready(edition, job, part)
    return copy, made


def pages_of(edition: Edition, moment: Moment, content: Content, copy: Copy) -> str:
    """As HTML: of the paper, and of what a griffie edits further."""
    recipe = recipe_of(edition.dossier)
    context: dict[str, Any] = content.context | {
        "edition": edition,
        "kind": recipe,
        "names": dict(recipe.sections),
        "place": edition.dossier.municipality,
        "chosen": set(edition.sections),
        "moment": moment,
        "copy": copy,
        "is_fictional": settings.FICTIONAL_DATA,
    }
    return render_to_string(content.template, context)


def paper(edition: Edition, moment: Moment, html: str, data: dict[str, bytes]) -> bytes:
    printed = pdf.render(html, seconds=settings.DOSSIER_SECONDS)
    attachments = [
        Attachment(file_name(edition, format_), TYPES[format_].partition(";")[0], DESCRIBED[format_], file)
        for format_, file in data.items()
    ]
    return archived(printed, attachments, moment.at)


DESCRIBED = {"json": "De gegevens van dit dossier, als JSON", "xlsx": "De gegevens van dit dossier, als rekenblad"}


@transaction.atomic
def keep(edition: Edition, job: int, copy: Copy, made: dict[str, bytes]) -> None:
    """All files, and that they are there. Raises Stopped where it was cancelled or made in the meantime."""
    now = Edition.objects.select_for_update(of=("self",)).get(pk=edition.pk)
    if now.stage != Stage.MAKING or now.job != job:
        raise Stopped
    for format_, content in made.items():
        file = DossierFile.objects.create(
            edition=edition,
            format=format_,
            name=file_name(edition, format_),
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
        )
        FileContent.objects.create(file=file, content=content)
        issue(copy, content)
    now.moment, now.checksum = copy.moment.at, copy.checksum
    now.stage, now.ended_at = Stage.MADE, timezone.now()
    now.save(update_fields=["moment", "checksum", "stage", "ended_at"])


def fail(edition: Edition, job: int, reason: str) -> None:
    Edition.objects.filter(pk=edition.pk, job=job, stage=Stage.MAKING).update(
        stage=Stage.FAILED, reason=reason, ended_at=timezone.now()
    )


def file_name(edition: Edition, format_: str) -> str:
    """ "jaaroverzicht-opvolging-heerlen-2-stand-2026-02-01.pdf", the 2 being the version"""
    at: datetime = moment_of(edition).at
    day = timezone.localdate(at).isoformat()
    return f"{slugify(edition.title)[:90] or edition.dossier.kind}-versie-{edition.number}-stand-{day}.{format_}"
