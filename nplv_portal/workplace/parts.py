"""What belongs to a version and is written with it: sources, points, figures, claims."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.core.validators import MaxLengthValidator

from focusareas.models import Figure, Region
from nplv_portal.sources.models import Document, Source
from recommendations.models import RecommendationPoint

ROWS_TO_ADD, MOST_ROWS = 2, 100
SOURCES = {"source": "Vindplaats", "answer_source": "Vindplaats van het antwoord"}  # fields of a version
LONG = MaxLengthValidator(20_000)  # characters of a text: some ten pages, and still compared within seconds


class DutchNumber(forms.DecimalField):
    """As it is written here: a comma before the decimals, points between the thousands."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs | {"localize": True})

    def to_python(self, value: Any) -> Any:
        is_grouped = re.fullmatch(r"\s*-?[1-9]\d{0,2}(\.\d{3})+(,\d*)?\s*", str(value))
        return super().to_python(value.replace(".", "") if is_grouped else value)


class SourceForm(forms.Form):
    document = forms.ModelChoiceField(Document.objects.order_by("title"), label="Document", empty_label="Kies")
    place = forms.CharField(label="Plaats in het document", max_length=300)


class ClaimForm(SourceForm):
    text = forms.CharField(label="Wat de bron zegt", widget=forms.Textarea(attrs={"rows": 2}), validators=[LONG])
    field_order = ("text", "document", "place")


class PointForm(forms.Form):
    kind = forms.ChoiceField(
        label="Soort",
        choices=RecommendationPoint.Kind.choices,
        initial=RecommendationPoint.Kind.CHECK,  # what a browser sends of a row that stays empty
    )
    text = forms.CharField(label="Tekst", widget=forms.Textarea(attrs={"rows": 2}), validators=[LONG])


class FigureForm(forms.Form):
    region = forms.ModelChoiceField(Region.objects.all(), label="Gebied", empty_label="Kies")
    printed = forms.CharField(label="Zoals de bron het schrijft", max_length=40, required=False)
    value = DutchNumber(label="Getal", max_digits=14, decimal_places=4, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("value") is not None and not cleaned.get("printed"):
            self.add_error("printed", "Schrijf bij een getal ook hoe de bron het schrijft.")
        return cleaned


class Rows(forms.BaseFormSet):  # type: ignore[type-arg]
    once: ClassVar[tuple[str, ...]] = ()

    def clean(self) -> None:
        seen = set()
        for row in self.forms:
            key = tuple(row.cleaned_data.get(name) for name in self.once) if row.is_valid() else ()
            if not any(key) or self._should_delete_form(row):  # type: ignore[attr-defined]
                continue
            if key in seen:
                row.add_error(self.once[-1], "Dit staat al in een andere regel. Laat één regel over.")
            seen.add(key)


@dataclass(frozen=True)
class Part:
    """`read` gives the rows of a version as form data, `write` replaces them, `text` shows one row in words.

    No two rows have the same values in the fields `once`.
    """

    name: str
    title: str
    form: type[forms.Form]
    read: Callable[[Any], list[dict[str, Any]]]
    write: Callable[[Any, list[dict[str, Any]]], None]
    text: Callable[[dict[str, Any]], str]
    help: str = ""
    once: tuple[str, ...] = ()

    @property
    def formset(self) -> Any:
        made = forms.formset_factory(
            self.form,
            formset=Rows,
            extra=ROWS_TO_ADD,
            can_delete=True,
            max_num=MOST_ROWS,
            absolute_max=MOST_ROWS + ROWS_TO_ADD,
            validate_max=True,
        )
        made.once = self.once  # type: ignore[attr-defined]
        return made


def name_of(record: Any) -> str:
    """What people call a record that a version points at."""
    return str(getattr(record, "name", record))


def place(row: dict[str, Any]) -> Source:
    return Source.objects.get_or_create(document=row["document"], place=row["place"].strip())[0]


def read_citations(version: Any) -> list[dict[str, Any]]:
    return [
        {"document": cited.source.document, "place": cited.source.place}
        for cited in version.citations.select_related("source__document").order_by("pk")
    ]


def write_citations(version: Any, rows: list[dict[str, Any]]) -> None:
    version.citations.all().delete()
    for source in dict.fromkeys(place(row) for row in rows):
        version.citations.create(source=source)


def read_claims(version: Any) -> list[dict[str, Any]]:
    return [
        {"text": claim.text, "document": claim.source.document, "place": claim.source.place}
        for claim in version.claims.select_related("source__document").order_by("pk")
    ]


def write_claims(version: Any, rows: list[dict[str, Any]]) -> None:
    version.claims.all().delete()
    for row in rows:
        version.claims.create(source=place(row), text=row["text"])


def read_figures(version: Any) -> list[dict[str, Any]]:
    return [
        {"region": figure.region, "printed": figure.printed, "value": figure.value}
        for figure in version.figures.select_related("region").order_by("region__order")
    ]


def write_figures(version: Any, rows: list[dict[str, Any]]) -> None:
    version.figures.all().delete()
    for row in rows:
        Figure.objects.create(version=version, region=row["region"], printed=row["printed"], value=row["value"])


def read_points(version: Any) -> list[dict[str, Any]]:
    return [{"kind": point.kind, "text": point.text} for point in version.points.order_by("order")]


def write_points(version: Any, rows: list[dict[str, Any]]) -> None:
    """An elaboration hangs under the point before it."""
    version.points.all().delete()
    under = None
    for order, row in enumerate(rows, start=1):
        is_sub = row["kind"] == RecommendationPoint.Kind.SUB
        point = version.points.create(kind=row["kind"], text=row["text"], order=order, under=under if is_sub else None)
        under = under if is_sub else point


CITATIONS = Part(
    "bronnen",
    "Vindplaatsen",
    SourceForm,
    read_citations,
    write_citations,
    lambda row: f"{row['document']}, {row['place']}",
    "Nodig om in te dienen: minstens één document met een plaats erin, zoals een bladzijde.",
)
CLAIMS = Part(
    "uitspraken",
    "Wat de bronnen zeggen",
    ClaimForm,
    read_claims,
    write_claims,
    lambda row: f"{row['text']} ({row['document']}, {row['place']})",
    "Minstens twee, elk met een eigen plaats.",
    ("document", "place"),
)
FIGURES = Part(
    "waarden",
    "Waarden",
    FigureForm,
    read_figures,
    write_figures,
    lambda row: f"{row['region']}: {row['printed'] or 'leeg in de bron'}",
    "Laat beide leeg waar de bron de cel leeg laat.",
    ("region",),
)
POINTS = Part(
    "punten",
    "Punten",
    PointForm,
    read_points,
    write_points,
    lambda row: row["text"],
    "Een uitwerking hoort bij het punt erboven.",
)
