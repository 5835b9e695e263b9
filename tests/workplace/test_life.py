"""The life of a text: entered, reviewed, approved, published, corrected, withdrawn, looked back at."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from findings.models import FindingVersion
from focusareas.models import Amount
from nplv_portal.lib.versions import Stage
from nplv_portal.workplace.content import content_of
from nplv_portal.workplace.kinds import BY_SLUG
from nplv_portal.workplace.models import Remark, WorkEvent
from recommendations.models import GoodPracticeVersion
from tests.workplace.people import person, signed_in

pytestmark = pytest.mark.django_db
FINDING = "bewonersparticipatie-heerlen-noord-start-2023-2025"


def current(slug: str = "") -> FindingVersion:
    found = FindingVersion.objects.as_of(timezone.now()).filter(record__focus_area__slug="heerlen-noord")
    version: FindingVersion = found.get(record__slug=slug) if slug else found.order_by("pk")[0]
    return version


def form_of(client: Client, kind: str, pk: int) -> dict[str, Any]:
    """What a browser would send back from the form, unchanged."""
    editor = client.get(f"/werkplek/gegevens/{kind}/{pk}/schrijf/").context["editor"]
    data: dict[str, Any] = {}
    for form in [editor.form, *(row for _, formset in editor.rows for row in formset)]:
        for field in form:
            value = field.value()
            if isinstance(value, list):
                data[field.html_name] = [getattr(item, "pk", item) for item in value]
            elif value is not None and value is not False:
                data[field.html_name] = "on" if value is True else getattr(value, "pk", value)
    for _, formset in editor.rows:
        for field in formset.management_form:
            data[field.html_name] = field.value()
    return data


def draft_of(client: Client, version: Any, kind: str = "bevindingen") -> Any:
    response = client.post(f"/werkplek/gegevens/{kind}/{version.pk}/verbeter/")
    return BY_SLUG[kind].versions.get(pk=int(response["Location"].split("/")[-3]))


def save(client: Client, version: Any, kind: str = "bevindingen", **typed: str) -> Any:
    data = form_of(client, kind, version.pk) | typed
    return client.post(f"/werkplek/gegevens/{kind}/{version.pk}/schrijf/", data)


def move(client: Client, version: Any, what: str, note: str = "", kind: str = "bevindingen") -> Any:
    return client.post(f"/werkplek/gegevens/{kind}/{version.pk}/{what}/", {"note": note}, follow=True)


def publish(client: Client, *versions: Any, kind: str = "bevindingen", at: str = "") -> Any:
    picked = [f"{kind}-{v.pk}-{type(v).objects.get(pk=v.pk).edition}" for v in versions]
    return client.post("/werkplek/publiceren/", {"tekst": picked, "wanneer": at}, follow=True)


def test_a_correction_goes_from_writer_to_reader_through_three_pairs_of_hands() -> None:
    writer, reviewer = signed_in(person("ans", "researcher")), signed_in(person("bob", "researcher"))
    secretary, reader = signed_in(person("cis", "secretary")), Client()
    old = current()
    draft = draft_of(writer, old)
    assert save(writer, draft, headline="Een nieuwe kernzin", erratum="Kernzin verbeterd.").status_code == 302
    assert "Een nieuwe kernzin" not in reader.get(f"/bevindingen/{old.record.slug}/").content.decode()
    move(writer, draft, "ter-beoordeling")
    move(reviewer, draft, "goedkeuren")
    assert f"Gepubliceerd: {BY_SLUG['bevindingen'].title(draft)}." in publish(secretary, draft).content.decode()
    page = reader.get(f"/bevindingen/{old.record.slug}/").content.decode()
    assert "Een nieuwe kernzin" in page
    assert "Kernzin verbeterd." in page
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    assert old.headline in reader.get(f"/bevindingen/{old.record.slug}/?op={yesterday}").content.decode()


def test_who_wrote_a_text_neither_approves_nor_publishes_it() -> None:
    secretary = signed_in(person("cis", "secretary"))
    draft = draft_of(secretary, current())
    save(secretary, draft, erratum="Iets verbeterd.")
    move(secretary, draft, "ter-beoordeling")
    assert "U schreef mee" in move(secretary, draft, "goedkeuren").content.decode()
    move(signed_in(person("bob", "researcher")), draft, "goedkeuren")
    assert "U schreef mee" in publish(secretary, draft).content.decode()
    draft.refresh_from_db()
    assert draft.stage == Stage.APPROVED


def test_who_changes_a_word_during_review_becomes_a_writer_and_the_review_starts_again() -> None:
    writer, reviewer = signed_in(person("ans", "researcher")), signed_in(person("bob", "researcher"))
    draft = draft_of(writer, current())
    save(writer, draft, erratum="Iets verbeterd.")
    move(writer, draft, "ter-beoordeling")
    save(reviewer, draft, text="Een heel andere tekst.")
    draft.refresh_from_db()
    assert draft.stage == Stage.DRAFT
    move(writer, draft, "ter-beoordeling")
    assert "U schreef mee" in move(reviewer, draft, "goedkeuren").content.decode()


def test_a_remark_is_answered_before_the_text_is_approved() -> None:
    writer, reviewer = signed_in(person("ans", "researcher")), signed_in(person("bob", "researcher"))
    draft = draft_of(writer, current())
    save(writer, draft, erratum="Iets verbeterd.")
    move(writer, draft, "ter-beoordeling")
    move(reviewer, draft, "opmerking", "Waar staat dit?")
    assert "nog een opmerking open" in move(reviewer, draft, "goedkeuren").content.decode()
    remark = Remark.objects.get()
    writer.post(
        f"/werkplek/gegevens/bevindingen/{draft.pk}/opmerking/{remark.pk}/", {"note": "In hoofdstuk 3, nu genoemd."}
    )
    assert "Goedgekeurd." in move(reviewer, draft, "goedkeuren").content.decode()


def test_two_people_who_save_at_once_both_see_both_texts_and_retype_nothing() -> None:
    first, second = signed_in(person("ans", "researcher")), signed_in(person("bob", "researcher"))
    draft = draft_of(first, current())
    opened = form_of(second, "bevindingen", draft.pk)
    save(first, draft, text="De tekst van Ans.")
    response = second.post(
        f"/werkplek/gegevens/bevindingen/{draft.pk}/schrijf/", opened | {"text": "De tekst van Bob."}
    )
    page = response.content.decode()
    assert response.status_code == 409
    assert "Iemand anders heeft deze tekst intussen opgeslagen" in page
    assert ">De tekst van Bob.</textarea>" in page.replace("\n", "")
    assert "Ans" in page
    fresh = response.context["editor"].form["edition"].value()
    again = opened | {"text": "De tekst van Bob en Ans.", "edition": fresh}
    assert second.post(f"/werkplek/gegevens/bevindingen/{draft.pk}/schrijf/", again).status_code == 302
    draft.refresh_from_db()
    assert draft.text == "De tekst van Bob en Ans."
    assert any("De tekst van Ans." in event.content.get("Tekst", "") for event in WorkEvent.objects.all())


def test_the_same_text_sent_twice_is_saved_once() -> None:
    writer = signed_in(person("ans", "researcher"))
    draft = draft_of(writer, current())
    sent = form_of(writer, "bevindingen", draft.pk) | {"text": "Dubbel geklikt."}
    for _ in range(3):
        assert writer.post(f"/werkplek/gegevens/bevindingen/{draft.pk}/schrijf/", sent).status_code == 302
    assert WorkEvent.objects.filter(what="saved").count() == 1


def test_a_report_opens_at_its_set_moment_and_can_be_taken_back_before() -> None:
    writer, reviewer = signed_in(person("ans", "researcher")), signed_in(person("bob", "researcher"))
    secretary, councillor = signed_in(person("cis", "secretary")), signed_in(person("dre", "councillor"))
    elsewhere, reader, old = signed_in(person("eva", "councillor", "arnhem")), Client(), current()
    draft = draft_of(writer, old)
    save(writer, draft, headline="Onder embargo gezegd", erratum="Kernzin verbeterd.")
    move(writer, draft, "ter-beoordeling")
    move(reviewer, draft, "goedkeuren")
    publish(secretary, draft, at=(timezone.localtime() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"))
    assert "Onder embargo gezegd" in councillor.get("/werkplek/onder-embargo/").content.decode()
    assert "Onder embargo gezegd" not in elsewhere.get("/werkplek/onder-embargo/").content.decode()
    assert "Onder embargo gezegd" not in reader.get(f"/bevindingen/{old.record.slug}/").content.decode()
    move(secretary, draft, "afblazen", "Nog niet.")
    draft.refresh_from_db()
    old.refresh_from_db()
    assert (draft.stage, draft.public_during, old.closed_at) == (Stage.APPROVED, None, None)


def test_a_withdrawn_text_says_that_it_stood_there_and_why_it_went() -> None:
    secretary, old = signed_in(person("cis", "secretary")), current()
    assert "Zeg waarom" in move(secretary, old, "intrekken").content.decode()
    move(secretary, old, "intrekken", "De bron ging over een andere wijk.")
    page = Client().get(f"/bevindingen/{old.record.slug}/").content.decode()
    assert "De bron ging over een andere wijk." in page


def test_an_amount_goes_the_same_way_as_a_finding() -> None:
    writer, reviewer = signed_in(person("ans", "researcher")), signed_in(person("bob", "researcher"))
    secretary = signed_in(person("cis", "secretary"))
    amount = Amount.objects.as_of(timezone.now()).get(name="Preventie met gezag")
    draft = draft_of(writer, amount, "bedragen")
    save(writer, draft, "bedragen", council_say="De raad mag alles.", erratum="Bevoegdheid verbeterd.")
    move(writer, draft, "ter-beoordeling", kind="bedragen")
    move(reviewer, draft, "goedkeuren", kind="bedragen")
    publish(secretary, draft, kind="bedragen")
    assert "De raad mag alles." in Client().get("/gemeenten/heerlen/geld/").content.decode()


@pytest.mark.parametrize("slug", [slug for slug in BY_SLUG if slug != "reacties"])  # that begins at a hearing
def test_every_kind_of_record_opens_in_its_form_and_comes_back_unchanged(slug: str) -> None:
    kind, writer = BY_SLUG[slug], signed_in(person("ans", "researcher"))
    mine = kind.versions.as_of(timezone.now())
    own = mine.filter(**{f"{kind.model.municipality_path}__slug": "heerlen"}) if kind.model.municipality_path else mine
    draft = draft_of(writer, own.order_by("pk")[0], slug)
    before = content_of(kind, draft)
    response = save(writer, draft, slug, erratum="Niets veranderd.")
    assert response.status_code == 302, response.context["editor"].errors
    assert content_of(kind, kind.versions.get(pk=draft.pk)) == before | {"Erratum": "Niets veranderd."}


def test_what_is_wrong_is_said_in_dutch_and_what_was_typed_stays() -> None:
    writer = signed_in(person("ans", "researcher"))
    draft = draft_of(writer, current())
    response = save(writer, draft, headline="k" * 71, text="Deze tekst blijft staan.")
    page = response.content.decode()
    assert response.status_code == 422
    assert "Dit klopt nog niet" in page
    assert "Deze tekst blijft staan." in page
    draft.refresh_from_db()
    assert draft.text != "Deze tekst blijft staan."


def test_what_is_wrong_is_said_with_the_name_of_its_field() -> None:
    response = signed_in(person("ans", "researcher")).post("/werkplek/gegevens/ontbreekt/nieuw/", {"edition": "0"})
    assert '<a href="#id_subject">Wat ontbreekt: Dit veld is verplicht.</a>' in response.content.decode()


def test_a_form_calls_aspects_and_recommendations_by_their_names() -> None:
    writer = signed_in(person("ans", "researcher"))
    practice = GoodPracticeVersion.objects.as_of(timezone.now()).get(title="Klankbordgroep")
    draft = draft_of(writer, practice, "voorbeelden")
    form = writer.get(f"/werkplek/gegevens/voorbeelden/{draft.pk}/schrijf/").content.decode()
    assert "<span>Mondelinge informatie</span>" in form
    assert "<span>Rol (alle gemeenten)</span>" in form
    assert "Mondelinge informatie" in content_of(BY_SLUG["voorbeelden"], draft)["Aspecten"]


def test_an_office_leaves_a_cell_empty_only_for_a_reason_of_its_own() -> None:
    writer = signed_in(person("ans", "researcher"))
    draft = draft_of(writer, current())
    page = writer.get(f"/werkplek/gegevens/bevindingen/{draft.pk}/schrijf/").content.decode()
    assert "geen informatie" in page
    assert "doet niet mee" not in page


def test_an_office_starts_a_record_of_its_own() -> None:
    writer = signed_in(person("ans", "researcher"))
    data = {
        "subject": "Het gebiedsplan",
        "text": "Wij hebben het gebiedsplan niet.",
        "edition": "1",
    }
    response = writer.post("/werkplek/gegevens/ontbreekt/nieuw/", data)
    assert response.status_code == 302
    assert "Het gebiedsplan" in writer.get("/werkplek/").content.decode()
    assert "Wij hebben het gebiedsplan niet." not in Client().get("/onderzoek/wat-ontbreekt/").content.decode()
