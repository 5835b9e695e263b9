"""Each promise that the database keeps outside the versions, shown by breaking it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import Error, IntegrityError, connection, transaction
from django.utils import timezone

from findings.models import (
    AuditRound,
    Claim,
    Contradiction,
    Finding,
    Participation,
    ResearchNote,
    ResearchQuestion,
    RoundAspect,
)
from focusareas.models import (
    Amount,
    AreaFact,
    AuditOffice,
    Body,
    BudgetLine,
    CouncilTerm,
    Event,
    Figure,
    FigureTable,
    FocusArea,
    Goal,
    Indicator,
    KeyIndicator,
    Municipality,
    NationalElement,
    ProgrammeTheme,
    Region,
    Seat,
)
from nplv_portal.lib.versions import Stage
from nplv_portal.sources.models import Document, PublicRevision, Source
from recommendations.models import (
    FollowUpEvent,
    Recommendation,
    RecommendationPoint,
    RecommendationVersion,
    ResearchSuggestion,
)
from tests.conftest import as_owner

pytestmark = pytest.mark.django_db


def broken_by(constraint: str, queryset: object, **values: object) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        queryset.update(**values)  # type: ignore[attr-defined]


def an_event(**values: object) -> FollowUpEvent:
    first = FollowUpEvent.objects.get(slug="groningen-paragraaf")
    fields = {
        "slug": "nieuw",
        "municipality": first.municipality,
        "actor": "council",
        "modality": "decided",
        "text": "Besloten.",
        "source": first.source,
        "entered_at": timezone.now(),
    }
    return FollowUpEvent.objects.create(**(fields | values))


def a_draft(model: Any, **where: object) -> Any:
    """The first published version once more, as a draft of a record of its own, without its parts."""
    draft = model.objects.filter(**where).order_by("pk")[0]
    draft.pk, draft.record, draft.stage, draft.public_during = None, "nieuw", Stage.DRAFT, None
    draft.save()
    return draft


def the_draft(model: Any, **where: object) -> Any:
    return model.objects.filter(pk=a_draft(model, **where).pk)


def test_a_vindplaats_names_a_place() -> None:
    broken_by("sources_source_place", Source.objects.filter(pk=Source.objects.all()[0].pk), place="")


def test_a_vindplaats_exists_once() -> None:
    first, second = Source.objects.filter(document__slug="S0")[:2]
    broken_by("sources_source_unique", Source.objects.filter(pk=second.pk), place=first.place)


def test_a_document_that_is_cited_cannot_go() -> None:
    Document.objects.filter(slug="S0")._raw_delete("default")
    with pytest.raises(IntegrityError, match="sources_source"):
        connection.check_constraints()


def test_there_is_one_revision() -> None:
    with pytest.raises(IntegrityError, match="sources_one_revision"), transaction.atomic():
        PublicRevision.objects.create(pk=2)


def test_a_cbs_code_is_gm_and_four_digits() -> None:
    broken_by("focusareas_cbs_code", Municipality.objects.filter(slug="heerlen"), cbs_code="GM91")


def test_two_municipalities_never_share_a_tile() -> None:
    other = Municipality.objects.get(slug="arnhem")
    broken_by("focusareas_tile", Municipality.objects.filter(slug="heerlen"), tile_x=other.tile_x, tile_y=other.tile_y)


def test_a_council_term_ends_after_it_begins() -> None:
    broken_by("focusareas_term_years", CouncilTerm.objects.filter(slug="2022-2026"), last_year=2022)


def test_a_round_does_not_end_before_it_begins() -> None:
    broken_by("findings_round_years", AuditRound.objects.filter(number=1), last_year=2020)


def test_an_aspect_stands_once_in_a_round_and_in_one_place() -> None:
    first, second = RoundAspect.objects.all()[:2]
    one = RoundAspect.objects.filter(pk=second.pk)
    broken_by("findings_aspect_once_a_round", one, aspect=first.aspect)
    broken_by("findings_aspect_order", one, order=first.order)


def test_not_comparable_says_why() -> None:
    broken_by("findings_not_comparable_why", RoundAspect.objects.all(), comparable="no")


def test_an_area_takes_part_once_in_a_round() -> None:
    first, second = Participation.objects.all()[:2]
    broken_by("findings_area_once_a_round", Participation.objects.filter(pk=second.pk), focus_area=first.focus_area)


def test_a_cell_has_one_finding() -> None:
    first, second = Finding.objects.filter(focus_area__slug="heerlen-noord")[:2]
    one = Finding.objects.filter(pk=second.pk)
    broken_by("findings_one_finding_a_cell", one, round_aspect=first.round_aspect)


def test_a_local_recommendation_belongs_to_a_municipality_and_an_umbrella_to_none() -> None:
    heerlen = Municipality.objects.get(slug="heerlen")
    broken_by("local_has_municipality", Recommendation.objects.filter(slug="rol"), municipality=heerlen)
    broken_by("local_has_municipality", Recommendation.objects.filter(municipality=heerlen), municipality=None)


def test_a_report_uses_a_number_once() -> None:
    broken_by("number_once_a_report", Recommendation.objects.filter(slug="inzicht"), number=1)


def test_the_points_of_a_published_recommendation_stand() -> None:
    version = RecommendationVersion.objects.get(record__slug="rol")
    with pytest.raises(Error, match="immutable"), transaction.atomic():
        RecommendationPoint.objects.filter(version=version).update(text="anders")
    with pytest.raises(Error, match="immutable"), transaction.atomic():
        RecommendationPoint.objects.create(version=version, kind="check", order=99, text="erbij")


def test_a_partial_date_is_a_date() -> None:
    for wrong in ("2025-13", "2025-00-10", "25", "2025-1-1", "voorjaar"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE sources_document SET published = %s WHERE slug = 'S0'", [wrong])


def test_what_happened_is_never_rewritten_or_removed() -> None:
    event = FollowUpEvent.objects.filter(slug="groningen-paragraaf")
    with as_owner():
        with pytest.raises(Error, match="Cannot update or delete"), transaction.atomic():
            event.update(text="anders")
        with pytest.raises(Error, match="Cannot update or delete"), transaction.atomic():
            event._raw_delete("default")


def test_a_correcting_event_replaces_the_mistake_from_then_on() -> None:
    mistake = FollowUpEvent.objects.get(slug="groningen-paragraaf")
    correction = an_event(corrects=mistake, municipality=mistake.municipality)
    known = FollowUpEvent.objects.filter(municipality=mistake.municipality)
    assert set(known.known_by(correction.entered_at)) >= {correction}
    assert mistake not in known.known_by(correction.entered_at)
    assert mistake in known.known_by(correction.entered_at - timedelta(seconds=1))


def test_an_event_is_corrected_once() -> None:
    mistake = FollowUpEvent.objects.get(slug="groningen-paragraaf")
    an_event(corrects=mistake)
    with pytest.raises(IntegrityError), transaction.atomic():
        an_event(slug="nog-een", corrects=mistake)


def test_an_office_may_serve_several_municipalities() -> None:
    office = AuditOffice.objects.get(slug="rekenkamer-arnhem")
    office.municipalities.add(Municipality.objects.get(slug="nieuwegein"))
    assert office.municipalities.count() == 2


def test_an_indicator_has_one_figure_a_region() -> None:
    draft, region = a_draft(Indicator), Region.objects.all()[0]
    Figure.objects.create(version=draft, region=region, value=1, printed="1%")
    with pytest.raises(IntegrityError, match="focusareas_figure_once_a_region"), transaction.atomic():
        Figure.objects.create(version=draft, region=region, value=2, printed="2%")


def test_a_value_stands_with_how_the_source_prints_it() -> None:
    draft, (first, second) = a_draft(Indicator), Region.objects.all()[:2]
    with pytest.raises(IntegrityError, match="focusareas_figure_as_printed"), transaction.atomic():
        Figure.objects.create(version=draft, region=first, value=1)
    Figure.objects.create(version=draft, region=first)
    Figure.objects.create(version=draft, region=second, printed="onbekend")
    assert draft.figures.count() == 2


def test_the_figures_of_a_published_indicator_stand() -> None:
    figure = Figure.objects.filter(version__record="heerlen-fig2-woz").order_by("pk")[0]
    with pytest.raises(Error, match="immutable"), transaction.atomic():
        Figure.objects.filter(pk=figure.pk).update(printed="anders")
    with pytest.raises(Error, match="immutable"), transaction.atomic():
        Figure.objects.filter(pk=figure.pk)._raw_delete("default")
    with pytest.raises(Error, match="immutable"), transaction.atomic():
        Figure.objects.create(version=figure.version, region=Region.objects.get(slug="heerlen-noord"))


def test_a_figure_of_a_draft_does_not_move_to_a_published_indicator() -> None:
    figure = Figure.objects.create(version=a_draft(Indicator), region=Region.objects.get(slug="heerlen-noord"))
    published = Indicator.objects.get(record="heerlen-fig2-woz")
    with pytest.raises(Error, match="immutable"), transaction.atomic():
        Figure.objects.filter(pk=figure.pk).update(version=published)


def test_the_claims_of_a_published_contradiction_stand() -> None:
    claim = Claim.objects.filter(version__record="looptijd-heerlen").order_by("pk")[0]
    with pytest.raises(Error, match="immutable"), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(text="anders")
    with pytest.raises(Error, match="immutable"), transaction.atomic():
        Claim.objects.filter(pk=claim.pk)._raw_delete("default")
    with pytest.raises(Error, match="immutable"), transaction.atomic():
        Claim.objects.create(version=claim.version, source=Source.objects.all()[0], text="erbij")


def test_a_contradiction_names_a_place_once() -> None:
    draft, source = a_draft(Contradiction), Source.objects.all()[0]
    Claim.objects.create(version=draft, source=source, text="Twintig jaar.")
    with pytest.raises(IntegrityError, match="findings_claim_unique"), transaction.atomic():
        Claim.objects.create(version=draft, source=source, text="Vijftien jaar.")


def test_an_amount_is_not_negative() -> None:
    draft = the_draft(Amount)
    broken_by("focusareas_amount_positive", draft, euros=Decimal("-0.01"))
    assert draft.update(euros=0) == 1


def test_an_amount_does_not_end_before_it_begins() -> None:
    draft = the_draft(Amount)
    broken_by("focusareas_amount_years", draft, first_year=2027, last_year=2026)
    for first, last in ((2026, 2026), (2027, None), (None, 2026)):
        assert draft.update(first_year=first, last_year=last) == 1


def test_a_kind_of_money_rests_on_a_source_and_nothing_rests_on_no_kind() -> None:
    draft = the_draft(Amount)
    broken_by("focusareas_amount_kind_basis", draft, kind="extra", kind_basis="")
    broken_by("focusareas_amount_kind_basis", draft, kind="", kind_basis="§6.3")
    assert draft.update(kind="", kind_basis="") == 1


def test_an_amount_is_not_a_part_of_itself() -> None:
    draft = the_draft(Amount)
    broken_by("focusareas_amount_not_its_own_part", draft, part_of="nieuw")
    assert draft.update(part_of="heerlen-regiodeal-tweede-tranche") == 1


def test_two_tables_or_themes_of_an_area_never_share_a_place() -> None:
    broken_by("focusareas_table_order", FigureTable.objects.filter(slug="bijlage-5-1"), order=1)
    broken_by("focusareas_theme_order", ProgrammeTheme.objects.filter(slug="talentontwikkeling"), order=2)


def test_an_answer_names_its_source_and_a_source_has_an_answer() -> None:
    draft = the_draft(ResearchQuestion, answer="")
    source = Source.objects.all()[0]
    broken_by("findings_answer_has_source", draft, answer="Ja.")
    broken_by("findings_answer_has_source", draft, answer_source=source)
    assert draft.update(answer="Ja.", answer_source=source) == 1


@pytest.mark.parametrize(
    "model",
    [
        Amount,
        AreaFact,
        Body,
        BudgetLine,
        Contradiction,
        Event,
        Goal,
        Indicator,
        KeyIndicator,
        NationalElement,
        ResearchNote,
        ResearchQuestion,
        ResearchSuggestion,
        Seat,
    ],
)
def test_what_was_published_keeps_its_text_and_stays(model: Any) -> None:
    published = model.objects.filter(pk=model.objects.filter(stage=Stage.PUBLISHED)[0].pk)
    with pytest.raises(Error, match="immutable"), transaction.atomic():
        published.update(record="anders")
    with pytest.raises(Error, match="never deleted"), transaction.atomic():
        published._raw_delete("default")


@pytest.mark.parametrize(
    "model",
    [
        Municipality,
        FocusArea,
        AuditOffice,
        RoundAspect,
        Document,
        Region,
        FigureTable,
        ProgrammeTheme,
    ],
)
def test_every_change_that_readers_see_raises_the_revision(model: type) -> None:
    before = PublicRevision.objects.get().number
    row = model.objects.all()[0]  # type: ignore[attr-defined]
    row.save()
    assert PublicRevision.objects.get().number > before
