"""The form of any kind of version: its own fields, its vindplaats, and the rows that belong to it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.http import QueryDict
from django.utils.text import slugify

from nplv_portal.lib.versions import Version
from nplv_portal.sources.models import Document
from nplv_portal.workplace.kinds import Kind
from nplv_portal.workplace.parts import Part, place

SMALL_ROWS, BIG_ROWS = 3, 8


class LinesField(forms.CharField):
    """A list of texts, one a line."""

    widget = forms.Textarea(attrs={"rows": SMALL_ROWS})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in (value or "").splitlines() if line.strip()]

    def validate(self, value: Any) -> None:
        forms.Field.validate(self, value)

    def run_validators(self, value: Any) -> None:
        """Each line is checked by the model."""


class RelationsField(LinesField):
    """Lines of a chart: the key of the other body, a colon, and what the line means."""

    def prepare_value(self, value: Any) -> Any:
        is_list = isinstance(value, list)
        return "\n".join(f"{line['to']}: {line['words']}" for line in value) if is_list else value

    def to_python(self, value: Any) -> Any:
        lines: list[str] = super().to_python(value)
        if wrong := next((line for line in lines if ":" not in line), None):
            raise ValidationError(
                f"Zet op elke regel een dubbele punt tussen het andere orgaan en de lijn, ook in “{wrong}”."
            )
        pairs = [line.partition(":") for line in lines]
        return [{"to": to.strip(), "words": words.strip()} for to, _, words in pairs]


def field_for(field: models.Field, **kwargs: Any) -> Any:  # type: ignore[type-arg]
    """The form field of a model field: long texts get room, lists one item a line."""
    if field.name == "relations":
        return RelationsField(
            label=field.verbose_name.capitalize(),
            required=False,
            help_text="Sleutel van het andere orgaan: wat de lijn betekent.",
        )
    if isinstance(field, ArrayField) or field.name == "see":
        return LinesField(label=str(field.verbose_name).capitalize(), required=False, help_text="Eén per regel.")
    made = field.formfield(**kwargs)
    if isinstance(field, models.TextField) and made is not None:
        is_big = field.name in {"text", "conclusion_text", "answer"}
        made.widget = forms.Textarea(attrs={"rows": BIG_ROWS if is_big else SMALL_ROWS})
    return made


class VersionForm(forms.ModelForm):  # type: ignore[type-arg]
    """Adds the vindplaats where the version itself has one, and the erratum from the second version on."""

    edition = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, kind: Kind, municipalities: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.use_required_attribute = False
        self.fields["edition"].initial = self.instance.edition
        if kind.has_own_source:
            self._add_source()
        if self.instance.number > 1:
            self.fields["erratum"] = forms.CharField(
                label="Wat er verbeterd is (erratum)",
                help_text="Lezers zien deze zin bij de tekst.",
                initial=self.instance.erratum,
                required=False,
                widget=forms.Textarea(attrs={"rows": SMALL_ROWS}),
            )
        if municipalities is not None:
            self._keep_to(municipalities)

    def _add_source(self) -> None:
        source = getattr(self.instance, "source", None) if getattr(self.instance, "source_id", None) else None
        is_needed = not self.instance._meta.get_field("source").blank
        self.fields["document_of_source"] = forms.ModelChoiceField(
            Document.objects.order_by("title"),
            label="Vindplaats: document",
            initial=source and source.document_id,
            required=is_needed,
        )
        self.fields["place_of_source"] = forms.CharField(
            label="Vindplaats: plaats in het document",
            initial=source.place if source else "",
            max_length=300,
            required=is_needed,
        )

    def _keep_to(self, municipalities: Any) -> None:
        """Only areas and municipalities that the writer's office looks after."""
        for name, lookup in (
            ("focus_area", "municipality__in"),
            ("municipality", "pk__in"),
            ("table", "focus_area__municipality__in"),
            ("theme", "focus_area__municipality__in"),
        ):
            field = self.fields.get(name)
            queryset = getattr(field, "queryset", None)
            if queryset is not None and (name != "theme" or hasattr(queryset.model, "focus_area")):
                field.queryset = queryset.filter(**{lookup: municipalities})  # type: ignore[union-attr]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        document, where = cleaned.get("document_of_source"), cleaned.get("place_of_source")
        if bool(document) != bool(where) and "document_of_source" in self.fields:
            self.add_error("place_of_source", "Noem document én plaats, of laat beide leeg.")
        if self.instance.number > 1 and "erratum" in cleaned:
            self.instance.erratum = cleaned["erratum"]
        return cleaned

    def apply_source(self) -> None:
        """Sets the vindplaats; called inside the transaction that saves."""
        if self.kind.has_own_source:
            document = self.cleaned_data.get("document_of_source")
            row = {"document": document, "place": self.cleaned_data.get("place_of_source", "")}
            self.instance.source = place(row) if document else None

    def _get_validation_exclusions(self) -> set[str]:
        found: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return found | {"source", "record"}


def form_class(kind: Kind) -> type[VersionForm]:
    made: Any = forms.modelform_factory(kind.model, form=VersionForm, fields=kind.fields, formfield_callback=field_for)
    found: type[VersionForm] = made
    return found


class Editor:
    """A version as someone edits it: the form and the rows that belong to it, as one thing to check and save."""

    def __init__(self, kind: Kind, version: Version, data: QueryDict | None = None, municipalities: Any = None) -> None:
        self.kind, self.version = kind, version
        self.form = form_class(kind)(data, instance=version, kind=kind, municipalities=municipalities)
        self.rows: list[tuple[Part, Any]] = []
        for part in kind.parts:
            initial = part.read(version) if version.pk else []
            self.rows.append((part, part.formset(data, initial=initial, prefix=part.name)))

    @property
    def is_valid(self) -> bool:
        return all([self.form.is_valid(), *(formset.is_valid() for _, formset in self.rows)])

    @property
    def errors(self) -> list[tuple[str, str]]:
        """(id of the field, message) of all that is wrong."""
        found = []
        for form in [self.form, *(row for _, formset in self.rows for row in formset)]:
            for name, messages in form.errors.items():
                field = form[name].id_for_label if name in form.fields else ""
                found += [(field, str(message)) for message in messages]
        for _, formset in self.rows:
            found += [("", str(message)) for message in formset.non_form_errors()]
        return found

    def filled(self, formset: Any) -> list[dict[str, Any]]:
        return [
            {name: value for name, value in row.cleaned_data.items() if name != "DELETE"}
            for row in formset
            if row.cleaned_data and not row.cleaned_data.get("DELETE")
        ]

    def write(self) -> None:
        """The version with all that belongs to it. The caller holds the transaction."""
        self.form.apply_source()
        self.form.save()
        for part, formset in self.rows:
            part.write(self.version, self.filled(formset))


def new_key(kind: Kind, title: str) -> str:
    """A lasting name for a record that nobody points at yet."""
    base = slugify(title)[:80].strip("-") or kind.slug
    taken = set(kind.versions.filter(record__startswith=base).values_list("record", flat=True))
    return next(key for key in (base, *(f"{base}-{n}" for n in range(2, 10_000))) if key not in taken)
