"""What Postgres itself promises about published text."""

import time
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.db import Error, IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from findings.models import Finding, FindingCitation, FindingVersion
from nplv_portal.accounts.models import User
from nplv_portal.lib.versions import MOVES, Stage
from nplv_portal.sources.models import PublicRevision, Source
from nplv_portal.sources.publishing import current_revision

pytestmark = pytest.mark.django_db


def a_finding() -> Finding:
    return Finding.objects.get(slug="kaders-heerlen-noord-start-2023-2025")


def a_draft(**fields: object) -> FindingVersion:
    values = {"headline": "Een kernzin", "text": "Een tekst.", "number": 2, "erratum": "Het jaartal klopte niet."}
    return FindingVersion.objects.create(record=a_finding(), **(values | fields))


def revision() -> int:
    return PublicRevision.objects.get().number


def test_a_published_text_cannot_be_changed() -> None:
    with pytest.raises(Error, match="immutable"), transaction.atomic():
        FindingVersion.objects.filter(record=a_finding()).update(text="iets anders")


def test_a_published_version_cannot_be_deleted() -> None:
    with pytest.raises(Error, match="never deleted"), transaction.atomic():
        FindingVersion.objects.filter(record=a_finding())._raw_delete("default")


def test_a_published_version_keeps_the_moment_it_became_public() -> None:
    version = FindingVersion.objects.get(record=a_finding())
    earlier = DateTimeTZRange(version.public_during.lower - timedelta(days=1), None)
    with pytest.raises(Error, match="immutable"), transaction.atomic():
        FindingVersion.objects.filter(pk=version.pk).update(public_during=earlier)


def test_a_closed_version_is_not_opened_again() -> None:
    a_draft().publish(at=timezone.now())
    first = FindingVersion.objects.get(record=a_finding(), number=1)
    with pytest.raises(Error, match="immutable"), transaction.atomic():
        FindingVersion.objects.filter(pk=first.pk).update(
            public_during=DateTimeTZRange(first.public_during.lower, None)
        )


def test_the_sources_of_a_published_version_stand_as_fast() -> None:
    version = FindingVersion.objects.get(record=a_finding())
    other = Source.objects.exclude(pk__in=version.sources.all())[0]
    with pytest.raises(Error, match="immutable"), transaction.atomic():
        FindingCitation.objects.create(version=version, source=other)
    with pytest.raises(Error, match="immutable"), transaction.atomic():
        version.citations.all()._raw_delete("default")


def test_two_versions_are_never_public_at_once() -> None:
    draft = a_draft()
    with pytest.raises(IntegrityError, match="findings_findingversion_one_public"), transaction.atomic():
        FindingVersion.objects.filter(pk=draft.pk).update(
            stage=Stage.PUBLISHED, public_during=DateTimeTZRange(timezone.now(), None)
        )


def test_a_draft_has_no_public_time_and_a_published_version_has() -> None:
    draft = a_draft()
    for stage, during in [(Stage.DRAFT, DateTimeTZRange(timezone.now(), None)), (Stage.PUBLISHED, None)]:
        with pytest.raises(IntegrityError, match="public_by_stage"), transaction.atomic():
            FindingVersion.objects.filter(pk=draft.pk).update(stage=stage, public_during=during)


def test_public_time_has_a_beginning() -> None:
    draft = a_draft()
    with pytest.raises(IntegrityError, match="_range"), transaction.atomic():
        FindingVersion.objects.filter(pk=draft.pk).update(
            stage=Stage.PUBLISHED, public_during=DateTimeTZRange(None, timezone.now() - timedelta(days=9999))
        )


def test_withdrawing_takes_a_reason() -> None:
    version = FindingVersion.objects.get(record=a_finding())
    with pytest.raises(IntegrityError, match="withdrawn_why"), transaction.atomic():
        version.withdraw(at=timezone.now(), reason="")


def test_a_correction_says_what_it_corrects() -> None:
    with pytest.raises(IntegrityError, match="correction_says_what"), transaction.atomic():
        a_draft(erratum="").publish(at=timezone.now())


def test_nobody_who_saved_a_version_publishes_it() -> None:
    writer, other = (User.objects.create_user(f"{name}@example.nl") for name in ("ans", "bob"))
    for values in ({"written_by": writer}, {"writers": [writer.pk]}):
        with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
            a_draft(approved_by=other, **values).publish(at=timezone.now(), by=writer)


def test_what_a_person_publishes_was_approved() -> None:
    with pytest.raises(IntegrityError, match="published_approved"), transaction.atomic():
        a_draft().publish(at=timezone.now(), by=User.objects.create_user("ans@example.nl"))


def test_a_number_is_used_once() -> None:
    with pytest.raises(IntegrityError, match="_number"), transaction.atomic():
        a_draft(number=1)


def test_a_version_has_a_text_or_says_why_it_is_empty() -> None:
    a_draft(text="", number=7)  # half is enough to go on later
    for fields in [
        {"text": "", "stage": "in_review"},
        {"headline": "", "stage": "approved"},
        {"text": "", "headline": ""},
        {"text": "", "absence": "no_information"},
        {"absence": "no_information"},
        {"headline": "", "text": "", "absence": "not_taking_part"},
    ]:
        with pytest.raises(IntegrityError, match="text_or_reason"), transaction.atomic():
            a_draft(**fields)


def test_a_state_says_on_which_words_it_rests() -> None:
    with pytest.raises(IntegrityError, match="state_says_why"), transaction.atomic():
        a_draft(state="in_place")


def test_a_correction_closes_the_version_before_it() -> None:
    moment = timezone.now()
    a_draft(text="Verbeterde tekst.").publish(at=moment)
    public = FindingVersion.objects.filter(record=a_finding())
    assert public.as_of(moment).get().text == "Verbeterde tekst."
    assert public.as_of(moment - timedelta(seconds=1)).get().number == 1


def test_a_withdrawn_version_is_gone_from_then_on_and_still_readable_before() -> None:
    moment = timezone.now()
    FindingVersion.objects.get(record=a_finding()).withdraw(at=moment, reason="De cel hoort bij een andere gemeente.")
    found = FindingVersion.objects.filter(record=a_finding())
    assert not found.as_of(moment).exists()
    assert found.as_of(moment - timedelta(seconds=1)).get().stage == Stage.WITHDRAWN


def test_a_draft_leaves_the_public_revision_alone_and_publishing_raises_it() -> None:
    before = revision()
    draft = a_draft()
    draft.text = "Nog een tekst."
    draft.save()
    assert revision() == before
    draft.publish(at=timezone.now())
    assert revision() > before


def test_nothing_was_public_before_the_note() -> None:
    the_day_before = datetime(2025, 1, 29, 23, 59, tzinfo=timezone.get_default_timezone())
    assert not FindingVersion.objects.as_of(the_day_before).exists()
    assert FindingVersion.objects.as_of(the_day_before + timedelta(minutes=1)).count() == 52


def test_a_moment_that_was_set_raises_the_revision_by_itself_when_it_passes() -> None:
    soon = timezone.now() + timedelta(seconds=1)
    a_draft().publish(at=soon)
    before = current_revision()
    assert FindingVersion.objects.filter(record=a_finding()).as_of(timezone.now()).get().number == 1
    time.sleep(1.1)
    assert current_revision() > before
    assert FindingVersion.objects.filter(record=a_finding()).as_of(timezone.now()).get().number == 2


def test_the_documentation_names_every_move_with_its_stages() -> None:
    text = (settings.BASE_DIR / "docs" / "model.md").read_text()
    for name, (start, end) in MOVES.items():
        assert f"| {name} | {', '.join(start)} | {end} |" in text
