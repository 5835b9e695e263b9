"""A file that was chosen in a form with something else wrong in it: it waits for this person and this form."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from nplv_portal.tasks import clear_held_files
from recommendations.models import Evidence, FollowUpEvent, HeldFile, Reuse
from tests.clerks.test_recording import PDF, ROOT, clerk, typed
from tests.workplace.people import person, signed_in

pytestmark = pytest.mark.django_db
DECISION = f"{ROOT}decision/"
NO_PROOF = "Geef het adres van het stuk"


def pdf(name: str = "besluit.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def refused(client: Client, address: str = DECISION, **values: Any) -> dict[str, Any]:
    """Sent with a file and a wrong day; what a browser sends when only the day is put right."""
    sent = typed(outcome="adopted", link="", happened="31-02-2025") | values
    response = client.post(address, sent | {"file": pdf()})
    page = response.content.decode()
    assert response.status_code == 422
    assert "U koos: besluit.pdf (" in page
    assert NO_PROOF not in page
    return sent | {"happened": "2025-06-01"}


def test_a_file_stays_when_something_else_in_the_form_is_wrong() -> None:
    gea = clerk()
    mended = refused(gea)
    assert not Evidence.objects.exists()
    for _ in range(2):  # also where the button is pressed twice
        assert gea.post(DECISION, mended).status_code == 302
    assert FollowUpEvent.objects.get(entered_by__isnull=False).evidence == Evidence.objects.get()
    kept = Evidence.objects.get()
    assert (kept.name, kept.sha256, bytes(kept.content)) == ("besluit.pdf", sha256(PDF).hexdigest(), PDF)


def test_it_stays_through_a_second_mistake_and_another_one_takes_its_place() -> None:
    gea = clerk()
    mended = refused(gea)
    assert "U koos: besluit.pdf (" in gea.post(DECISION, mended | {"happened": ""}).content.decode()
    page = gea.post(DECISION, mended | {"happened": "", "file": pdf("ander.pdf")}).content.decode()
    assert "U koos: ander.pdf (" in page
    assert HeldFile.objects.count() == 1
    gea.post(DECISION, mended)
    assert Evidence.objects.get().name == "ander.pdf"


def test_a_file_that_is_refused_does_not_take_its_place() -> None:
    gea = clerk()
    mended = refused(gea)
    page = gea.post(DECISION, mended | {"file": pdf("kwaad.html", b"<script>")}).content.decode()
    assert "Het portaal bewaart alleen" in page
    assert "U koos: besluit.pdf (" in page


def test_who_does_without_it_after_all_records_none() -> None:
    gea = clerk()
    mended = refused(gea) | {"without_file": "on"}
    page = gea.post(DECISION, mended).content.decode()
    assert NO_PROOF in page
    assert "U koos" not in page
    assert not HeldFile.objects.exists()
    assert gea.post(DECISION, mended | {"link": "https://example.nl/1"}).status_code == 302
    assert not Evidence.objects.exists()


def test_nobody_else_can_use_it() -> None:
    mended = refused(clerk())
    for other in (person("hub", "clerk"), person("wim", "clerk", "arnhem")):
        place = DECISION if other.first_name == "Hub" else "/griffie/arnhem/rol/decision/"
        page = signed_in(other).post(place, mended)
        assert page.status_code == 422
        assert NO_PROOF in page.content.decode()
        assert "besluit.pdf" not in page.content.decode()
    assert not Evidence.objects.exists()


def test_it_belongs_to_one_form() -> None:
    gea = clerk()
    refused(gea)
    again = typed(outcome="adopted", link="")
    assert NO_PROOF in gea.post(DECISION, again).content.decode()


def test_a_form_holds_one_file() -> None:
    refused(clerk())
    held = HeldFile.objects.get()
    held.pk = None
    with pytest.raises(IntegrityError, match="heldfile_one"), transaction.atomic():
        held.save(force_insert=True)


def test_it_waits_a_day_and_is_then_cleared_away() -> None:
    gea = clerk()
    mended = refused(gea)
    HeldFile.objects.update(held_at=timezone.now() - timedelta(hours=23))
    clear_held_files(timestamp=0)
    assert HeldFile.objects.exists()
    HeldFile.objects.update(held_at=timezone.now() - timedelta(days=1, seconds=1))
    assert NO_PROOF in gea.post(DECISION, mended).content.decode()
    clear_held_files(timestamp=0)
    assert not HeldFile.objects.exists()


def test_a_correction_with_another_file_keeps_that_one() -> None:
    gea = clerk()
    gea.post(DECISION, typed(outcome="adopted", link="", file=pdf("oud.pdf")))
    address = f"/griffie/stap/{FollowUpEvent.objects.latest('pk').pk}/verbeter/"
    assert "oud.pdf" in gea.get(address).content.decode()
    gea.post(address, refused(gea, address))
    assert str(FollowUpEvent.objects.latest("pk").evidence) == "besluit.pdf"


def test_it_goes_the_same_for_an_example_that_was_taken_over() -> None:
    gea, address = clerk(), "/griffie/overgenomen/heerlen/noteer/"
    mended = refused(gea, address, practice="van-wijken-weten", since="") | {"since": "2025"}
    assert gea.post(address, mended).status_code == 302
    assert str(Reuse.objects.get(entered_by__isnull=False).evidence) == "besluit.pdf"
