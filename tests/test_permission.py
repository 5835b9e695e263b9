"""Who may open what: every closed address for every role, in one's own city and elsewhere, for texts in every stage.

The addresses and the roles stand in tests/addresses.py; a new address fails the build until it stands there. Every
draft here says CANARY, and nobody who may not read it may ever meet that word.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.test import Client
from django.utils import timezone

from findings.models import FindingVersion
from focusareas.models import Municipality
from nplv_portal.accounts.models import User
from nplv_portal.clerks import reusing
from nplv_portal.clerks.recording import StepForm, record
from nplv_portal.clerks.reusing import Offer, ReuseForm
from nplv_portal.lib.versions import Stage, Version
from nplv_portal.workplace import work
from nplv_portal.workplace.desk import Item
from nplv_portal.workplace.hearings import HearingForm, react, start, take_up
from nplv_portal.workplace.kinds import BY_SLUG, KINDS, Kind
from nplv_portal.workplace.models import Hearing
from recommendations.models import FollowUpEvent, Recommendation, Reuse, Step
from tests.addresses import PAGES, PUBLIC, SIGNED_IN
from tests.conftest import forget_pages
from tests.workplace.people import person, signed_in

pytestmark = pytest.mark.django_db
CANARY = "CANARY dit concept is niet openbaar"
ROLES = ("councillor", "researcher", "secretary", "clerk", "official", "administrator")
STAGES = ("draft", "in_review", "approved", "later", "published", "withdrawn")
SEES_TEXTS = {("researcher", "heerlen"), ("secretary", "heerlen")}


@pytest.fixture
def authors() -> tuple[User, User, User]:
    return person("schrijver", "researcher"), person("lezer", "researcher"), person("baas", "secretary")


def clients() -> Iterator[tuple[str, str, Client]]:
    yield "visitor", "", Client()
    for place in ("heerlen", "arnhem"):
        for role in ROLES:
            yield role, place, signed_in(person(f"{role}-{place}", role, place))


def whisper(kind: Kind, version: Version) -> None:
    """The canary in every free text of a draft."""
    for name in kind.fields:
        field = version._meta.get_field(name)
        is_text = type(field) in {models.TextField, models.CharField} and not field.choices  # type: ignore[union-attr]
        if is_text and name != "answer":
            setattr(version, name, CANARY[: field.max_length])  # type: ignore[union-attr]
    if kind.slug == "bevindingen":
        version.absence, version.state, version.state_reason = "", "", ""  # type: ignore[attr-defined]
    if kind.slug == "bedragen":
        version.kind, version.kind_basis = "extra", CANARY  # type: ignore[attr-defined]
    version.erratum = CANARY
    version.save()


def reply_draft(author: User) -> Version:
    """What is to be published of a reaction."""
    hearing = hearing_of(text_in("draft", (author, author, author)), author)
    react(hearing.items.get(), text=CANARY, send=True, edition=0, by=person("zegt-iets", "official"))
    reply: Version = take_up(hearing.items.get(), by=author)
    return reply


def draft_of(kind: Kind, author: User) -> Version:
    if kind.slug == "reacties":
        return reply_draft(author)
    public, path = kind.versions.as_of(timezone.now()), kind.model.municipality_path
    here = public.filter(**{f"{path}__slug": "heerlen"}) if path else public
    version = work.start_next(kind, here.order_by("pk")[0], by=author)
    whisper(kind, version)
    return version


def text_in(stage: str, authors: tuple[User, User, User]) -> Version:
    """A finding of Heerlen that says CANARY, brought to a stage by the people who may."""
    kind, (writer, reviewer, secretary) = BY_SLUG["bevindingen"], authors
    version = draft_of(kind, writer)
    if stage == "draft":
        return version
    work.submit(kind, version, by=writer)
    if stage == "in_review":
        return version
    work.approve(kind, version, by=reviewer)
    if stage == "approved":
        return version
    at = timezone.now() + timedelta(days=3 if stage == "later" else 0)
    work.release([(kind, version)], at=at, by=secretary)
    if stage == "withdrawn":
        work.withdraw(kind, version, by=secretary, note="Klopte niet.")
    return version


def hearing_of(version: Version, author: User) -> Hearing:
    place = version.record.focus_area.municipality  # type: ignore[attr-defined]
    data = {"municipality": place.pk, "kind": "official", "deadline": timezone.localdate().isoformat()}
    form = HearingForm(data, places=author.rights.writes)
    assert form.is_valid(), form.errors
    return start(form=form, chosen=[Item(BY_SLUG["bevindingen"], version)], by=author)


def recorded_step() -> FollowUpEvent:
    """A decision of the council of Heerlen, with a file as its proof."""
    clerk, advice = person("legt-vast", "clerk"), Recommendation.objects.get(slug="heerlen-2-inzicht-financien")
    proof = SimpleUploadedFile("lijst.pdf", b"%PDF-1.7")
    data = {"key": uuid4(), "outcome": "adopted", "happened": "2025-06-01", "text": "Zie de lijst."}
    form = StepForm(data, {"file": proof}, by=clerk, step=Step.DECISION)
    assert form.is_valid(), form.errors
    assert advice.municipality is not None
    return record(form, municipality=advice.municipality, recommendation=advice, by=clerk)


def recorded_reuse() -> Reuse:
    """Heerlen took an example of Arnhem over."""
    clerk, heerlen = person("neemt-over", "clerk"), Municipality.objects.get(slug="heerlen")
    data = {"key": uuid4(), "practice": "van-wijken-weten", "since": "2025", "text": "Wij ook.", "link": "example.nl/1"}
    form = ReuseForm(data, by=clerk, offer=Offer.of(heerlen))
    assert form.is_valid(), form.errors
    return reusing.record(form, municipality=heerlen, by=clerk)


def is_ours(name: str) -> bool:
    """Other folders test the others; a rehearsal is of one person (workplace/test_import.py)."""
    is_here = (
        name.startswith("work")
        or name in {"clerks", "followed", "step", "evidence", "rules_of_order", "reuses", "reuse"}
        or name.endswith(("_step", "_closing", "_reuse"))
    )
    return is_here and name != "work_rehearsal"


def speaks(response: Any) -> bool:
    return "CANARY" in response.content.decode("utf-8", "replace")


def opened(status: int, location: str) -> bool:
    return status not in {401, 403, 404} and not location.startswith("/inloggen/")


def test_every_closed_address_answers_the_roles_on_the_list_and_no_others(authors: tuple[User, User, User]) -> None:
    version = text_in("draft", authors)
    public = version.siblings.as_of(timezone.now()).get()
    hearing = hearing_of(version, authors[0])
    step = recorded_step()
    remark = work.remark(BY_SLUG["bevindingen"], version, by=authors[1], note="Waar staat dit?")
    numbers = {
        "/werkplek/gegevens/bevindingen/1/": f"/werkplek/gegevens/bevindingen/{version.pk}/",
        "/werkplek/wederhoor/1/1/": f"/werkplek/wederhoor/{hearing.pk}/{hearing.items.get().pk}/",
        "/werkplek/wederhoor/1/": f"/werkplek/wederhoor/{hearing.pk}/",
        "opmerking/1/": f"opmerking/{remark.pk}/",
        "stap/1/": f"stap/{step.pk}/",
        "overgenomen/1/": f"overgenomen/{recorded_reuse().pk}/",
        "bewijs/1/": f"bewijs/{step.evidence_id}/",
    }
    wrong = []
    for role, place, client in clients():
        for name, closed in SIGNED_IN.items():
            if not is_ours(name):
                continue  # tests/accounts has those; a rehearsal is of one person (tests/workplace/test_import.py)
            address = closed.address
            for old, new in numbers.items():
                address = address.replace(old, new)
            if name == "work_next":
                address = f"/werkplek/gegevens/bevindingen/{public.pk}/verbeter/"
            response = client.post(address) if closed.posts else client.get(address)
            is_of_heerlen = re.search(r"(bevindingen|wederhoor|stap|bewijs|overgenomen)/\d|heerlen", address)
            may = role in closed.roles and (place == "heerlen" or not is_of_heerlen)
            if opened(response.status_code, response.get("Location", "")) != may:
                wrong.append((role, place, name, address, response.status_code, may))
    assert not wrong


@pytest.mark.parametrize("stage", STAGES)
def test_a_text_shows_in_each_stage_to_its_own_office_and_to_readers_once_public(
    stage: str, authors: tuple[User, User, User]
) -> None:
    version = text_in(stage, authors)
    root = f"/werkplek/gegevens/bevindingen/{version.pk}/"
    for role, place, client in clients():
        sees = (role, place) in SEES_TEXTS
        shown = client.get(root)
        assert (CANARY in shown.content.decode()) == sees, (role, place, shown.status_code)
        may_edit = sees and stage in {"draft", "in_review", "approved"}
        assert (client.get(f"{root}schrijf/").status_code == 200) == may_edit, (role, place)
        early = client.get("/werkplek/onder-embargo/").content.decode()
        reads_early = sees or (role, place) in {("councillor", "heerlen"), ("clerk", "heerlen")}
        assert (CANARY in early) == (stage == "later" and reads_early), (role, place)
    forget_pages()
    page = Client().get(f"/bevindingen/{version.record.slug}/").content.decode()  # type: ignore[attr-defined]
    # what was withdrawn stays readable as a version, with the reason
    assert (CANARY in page) == (stage in {"published", "withdrawn"})


@pytest.mark.parametrize("stage", ["draft", "in_review", "approved"])
@pytest.mark.parametrize("what", ["ter-beoordeling", "teruggeven", "goedkeuren", "opmerking", "intrekken", "afblazen"])
def test_nobody_outside_the_office_moves_a_text(what: str, stage: str, authors: tuple[User, User, User]) -> None:
    version = text_in(stage, authors)
    for role, place, client in clients():
        if (role, place) not in SEES_TEXTS:
            client.post(f"/werkplek/gegevens/bevindingen/{version.pk}/{what}/", {"note": "x"})
    assert FindingVersion.objects.get(pk=version.pk).stage == Stage(stage)


def test_a_researcher_publishes_nothing(authors: tuple[User, User, User]) -> None:
    version = text_in("approved", authors)
    researcher = signed_in(person("res", "researcher"))
    picked = {"tekst": [f"bevindingen-{version.pk}-{version.edition}"]}
    assert researcher.post("/werkplek/publiceren/", picked).status_code == 403
    assert FindingVersion.objects.get(pk=version.pk).stage == Stage.APPROVED


def test_no_draft_of_any_kind_is_heard_outside_its_office(authors: tuple[User, User, User]) -> None:
    for kind in KINDS:
        draft_of(kind, authors[0])
    forget_pages()
    files = [name for name in PUBLIC if name.endswith(("json", "csv")) or name.startswith(("feed_", "calendar"))]
    public = [
        *PAGES,
        *(address for name in files for address in PUBLIC[name]),
        "/volgen/zoeken.atom?q=concept+openbaar",
    ]
    heard: list[Any] = [("visitor", address) for address in public if speaks(Client().get(address))]
    # what is kept by all offices together is open to each of them; the rest is not
    joint = {kind.slug for kind in KINDS if not kind.model.municipality_path}
    closed = ["/werkplek/onder-embargo/", "/werkplek/wederhoor/", "/werkplek/publiceren/", "/werkplek/ronden/"]
    closed += [f"/werkplek/gegevens/{kind.slug}/" for kind in KINDS if kind.slug not in joint]
    for role, place, client in clients():
        if (role, place) in SEES_TEXTS:
            continue
        heard += [(role, place, a) for a in closed if "CANARY" in client.get(a).content.decode("utf-8", "replace")]
    assert not heard
