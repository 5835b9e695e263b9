"""What people do with a version: each a single transaction, with its line in the history."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format

from findings.models import FindingVersion
from nplv_portal.lib.versions import PREPARED, MoveRefusedError, ReleaseRefusedError, Stage, StaleError, Version
from nplv_portal.workplace.content import content_of
from nplv_portal.workplace.forms import Editor, new_key, save_record
from nplv_portal.workplace.kinds import Kind
from nplv_portal.workplace.models import Remark, WorkEvent
from nplv_portal.workplace.parts import LONG

logger = logging.getLogger(__name__)
What = WorkEvent.What
BROKEN = "Deze tekst houdt zich niet aan een regel van het portaal. Geef haar terug, en laat haar opnieuw nakijken."
FURTHEST = timedelta(days=730)
NOT_COPIED = {
    "id",
    "number",
    "stage",
    "public_during",
    "erratum",
    "withdrawal_reason",
    "written_at",
    "written_by",
    "writers",
    "edition",
    "approved_by",
    "published_by",
    "closed_by",
}


def words(typed: str) -> str:
    """What someone typed beside a step, without the space around it. Raises MoveRefusedError."""
    try:
        return str(forms.CharField(required=False, validators=[LONG]).clean(typed))
    except ValidationError as error:
        raise MoveRefusedError(" ".join(error.messages)) from error


def log(kind: Kind, version: Version, what: str, *, by: Any, note: str = "") -> None:
    WorkEvent.objects.create(
        kind=kind.slug,
        version_id=version.pk,
        what=what,
        by=by,
        edition=version.edition,
        content=content_of(kind, version),
        note=words(note),
    )


@transaction.atomic
def start_next(kind: Kind, current: Version, *, by: Any) -> Version:
    """A draft of the next version, that says what the current one says. Where there is one already: that one."""
    *_, latest = current.siblings.select_for_update().order_by("number")  # who begins one at the same time, waits
    draft: Version | None = current.siblings.prepared().first()
    if draft:
        return draft
    version = kind.model(number=latest.number + 1, written_by=by, writers=[by.pk])
    for field in kind.model._meta.concrete_fields:
        if field.name not in NOT_COPIED:
            setattr(version, field.attname, getattr(current, field.attname))
    version.save()
    for name in (f.name for f in kind.model._meta.many_to_many if f.name in kind.fields):
        getattr(version, name).set(getattr(current, name).all())
    for part in kind.parts:
        part.write(version, part.read(current))
    log(kind, version, What.STARTED, by=by)
    return version


@transaction.atomic
def start_new(editor: Editor, *, by: Any, record: Any = None, identity: Any = None) -> Version:
    """The first version of a record: one that is there, one that the form `identity` makes, or one named by its key."""
    kind, version = editor.kind, editor.version
    title = kind.title(version)
    if record is not None:
        type(record)._default_manager.select_for_update().get(pk=record.pk)  # who begins it at the same time, waits
        if kind.versions.filter(record=record).exists():
            raise StaleError("Een collega begon deze tekst intussen.")
    else:
        record = save_record(kind, identity, title) if identity else new_key(kind.versions, "record", title, 85)
    version.record = record  # type: ignore[attr-defined]
    version.written_by, version.writers = by, [by.pk]
    editor.write()
    log(kind, version, What.STARTED, by=by)
    return version


@transaction.atomic
def save(editor: Editor, *, edition: int, by: Any) -> None:
    """Keep what was typed. Raises StaleError where someone else saved since this person opened the page.

    A text that was given for review or approved becomes a draft again: what is approved is what was read.
    """
    kind, version = editor.kind, editor.version
    now = kind.versions.select_for_update(of=("self",)).get(pk=version.pk)
    if now.edition != edition or now.stage not in PREPARED:
        raise StaleError("Iemand anders heeft deze tekst intussen opgeslagen.")
    version.stage, version.edition, version.approved_by = Stage.DRAFT, now.edition + 1, None
    version.writers = sorted({*now.writers, by.pk})
    version.written_by_id = now.written_by_id or by.pk
    editor.write()
    log(kind, version, What.SAVED, by=by)


def missing(kind: Kind, version: Version) -> list[tuple[str, str]]:
    """What a draft still needs before a colleague reviews it: (id of the field, in words)."""
    found = []
    if isinstance(version, FindingVersion) and not version.absence:
        if not version.headline:
            found.append(("id_headline", "Schrijf de kernzin, of kies waarom de cel leeg blijft."))
        if not version.text:
            found.append(("id_text", "Schrijf de tekst, of kies waarom de cel leeg blijft."))
    if version.number > 1 and not version.erratum:
        found.append(("id_erratum", "Vul eerst in wat er verbeterd is (erratum). Lezers zien die zin bij de tekst."))
    for part in kind.parts:
        if part.name == "uitspraken" and len(part.read(version)) < 2:
            what = "Noem minstens twee uitspraken, anders is er geen verschil tussen bronnen."
            found.append(("id_uitspraken-0-text", what))
        if part.name == "bronnen" and not part.read(version) and not getattr(version, "absence", ""):
            found.append(("id_bronnen-0-document", "Noem minstens één vindplaats."))
    return found


def changes_since_remark(kind: Kind, version: Version) -> tuple[dict[str, str], datetime | None]:
    """What this version said when the last remark was made, and when that was. Empty: no remark, or nothing since."""
    events = WorkEvent.objects.filter(kind=kind.slug, version_id=version.pk)
    remarked = events.filter(what=What.REMARKED).first()
    if remarked is None or version.stage not in PREPARED:
        return {}, None
    return dict(remarked.content), remarked.at


@transaction.atomic
def submit(kind: Kind, version: Version, *, by: Any, note: str = "") -> None:
    if lacking := missing(kind, version):
        raise MoveRefusedError(" ".join(what for _, what in lacking))
    version.submit(by=by)
    log(kind, version, What.SUBMITTED, by=by, note=note)


@transaction.atomic
def send_back(kind: Kind, version: Version, *, by: Any, note: str = "") -> None:
    if words(note):
        remark(kind, version, by=by, note=note)
    version.send_back(by=by)
    log(kind, version, What.SENT_BACK, by=by, note=note)


@transaction.atomic
def approve(kind: Kind, version: Version, *, by: Any, note: str = "") -> None:
    version.hold(Stage.IN_REVIEW)  # a remark that is being placed comes first
    if open_remarks(kind, version).exists():
        raise MoveRefusedError("Er staat nog een opmerking open. Laat haar eerst beantwoorden.")
    version.approve(by=by)
    log(kind, version, What.APPROVED, by=by, note=note)


def check_moment(at: datetime) -> None:
    if at < timezone.now().replace(second=0, microsecond=0):
        raise MoveRefusedError("Dat moment is voorbij. Kies nu, of een later moment.")
    if at > timezone.now() + FURTHEST:
        raise MoveRefusedError("Dat moment ligt meer dan twee jaar vooruit. Kijk het jaar na.")


@transaction.atomic
def release(chosen: Sequence[tuple[Kind, Version]], *, at: datetime, by: Any) -> datetime:
    """All of these open to the public at one moment, which it gives; or none of them does.

    Raises ReleaseRefusedError with every text that stops it.
    """
    check_moment(at)
    at = max(at, timezone.now())  # what readers saw a minute ago stays what they saw
    opens = date_format(timezone.localtime(at), "j F Y, H:i")
    refused: list[tuple[Any, str]] = []
    for kind, version in chosen:
        try:
            with transaction.atomic():
                version.release(at=at, by=by)
                log(kind, version, What.RELEASED, by=by, note=f"openbaar vanaf {opens}")
        except MoveRefusedError as refusal:
            refused.append(((kind, version.pk), str(refusal)))
        except IntegrityError:  # the database keeps a promise that nothing above asked about
            logger.exception("the database refuses to publish %s %s", kind.slug, version.pk)
            refused.append(((kind, version.pk), BROKEN))
    if refused:
        raise ReleaseRefusedError(refused)
    return at


@transaction.atomic
def cancel(kind: Kind, version: Version, *, by: Any, note: str = "") -> None:
    version.cancel_release(by=by)
    log(kind, version, What.CANCELLED, by=by, note=note)


@transaction.atomic
def withdraw(kind: Kind, version: Version, *, by: Any, note: str) -> None:
    if not (reason := words(note)):
        raise MoveRefusedError("Zeg waarom u deze tekst intrekt. Lezers zien die reden.")
    version.hold(Stage.PUBLISHED)
    if version.closed_at is not None:
        raise MoveRefusedError("Na deze tekst staat er een klaar, of zij is al vervangen. Blaas de volgende eerst af.")
    if version.published_at and version.published_at > timezone.now():
        raise MoveRefusedError("Deze tekst is nog niet openbaar. Blaas de publicatie af.")
    version.withdraw(at=timezone.now(), reason=reason, by=by)
    log(kind, version, What.WITHDRAWN, by=by, note=note)


@transaction.atomic
def remark(kind: Kind, version: Version, *, by: Any, note: str) -> Remark:
    if not (text := words(note)):
        raise MoveRefusedError("Schrijf wat u wilt opmerken.")
    now = kind.versions.select_for_update(of=("self",)).get(pk=version.pk)
    if now.stage not in PREPARED:
        raise MoveRefusedError(f"Dit kan niet, want deze tekst is nu {now.get_stage_display()}.")
    made = Remark.objects.create(kind=kind.slug, version_id=version.pk, text=text, by=by)
    log(kind, version, What.REMARKED, by=by, note=note)
    return made


@transaction.atomic
def answer(kind: Kind, version: Version, made: Remark, *, by: Any, note: str) -> None:
    if not (text := words(note)):
        raise MoveRefusedError("Schrijf wat u met de opmerking deed.")
    if Remark.objects.select_for_update().get(pk=made.pk).answer:
        raise MoveRefusedError("Een collega beantwoordde deze opmerking intussen.")
    made.answer, made.answered_by, made.answered_at = text, by, timezone.now()
    made.save()
    log(kind, version, What.ANSWERED, by=by, note=note)


def remarks(kind: Kind, version: Version) -> Any:
    return Remark.objects.filter(kind=kind.slug, version_id=version.pk).select_related("by", "answered_by")


def open_remarks(kind: Kind, version: Version) -> Any:
    return remarks(kind, version).filter(answer="")


def history(kind: Kind, version: Version) -> list[tuple[int, WorkEvent]]:
    """What was done with each version of the record, the latest first: (number of the version, event)."""
    numbers = dict(version.siblings.values_list("pk", "number"))
    events = WorkEvent.objects.filter(kind=kind.slug, version_id__in=numbers).select_related("by")
    return [(numbers[event.version_id], event) for event in events]
