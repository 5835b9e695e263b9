"""The form of any kind of version: its own fields, its vindplaats, and the rows that belong to it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import Max, Q
from django.http import QueryDict
from django.utils.text import slugify

from findings.models import Absence, FindingVersion
from focusareas.models import Body, Indicator
from nplv_portal.lib.versions import Stage, Version
from nplv_portal.sources.models import Document
from nplv_portal.workplace.kinds import Kind
from nplv_portal.workplace.parts import LONG, SOURCES, DutchNumber, Part, name_of, place
from recommendations.models import Recommendation, RecommendationVersion

SMALL_ROWS, BIG_ROWS = 3, 8
NEVER_SAID = {Absence.NOT_PUBLISHED, Absence.NOT_TAKING_PART, Absence.WITHDRAWN}  # it follows from round and versions


class LinesField(forms.CharField):
    """A list of texts, one a line."""

    widget = forms.Textarea(attrs={"rows": SMALL_ROWS})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        super().run_validators(text)
        return [line.strip() for line in text.splitlines() if line.strip()]

    def validate(self, value: Any) -> None:
        forms.Field.validate(self, value)

    def run_validators(self, value: Any) -> None:
        """The text has been checked as a whole; the model checks each line."""


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


class NamedChoicesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Boxes to tick: in a list, one click without a special key lets go of all that was chosen."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, record: Any) -> str:
        return name_of(record)


HELP = {
    "headline": "Eén zin: wat er is, niet wat u ervan vindt.",
    "recommendationversion.headline": "Eén zin: wat de raad of het college volgens u moet doen.",
    "recommendation.municipality": "Een overkoepelende heeft er geen.",
    "reply.reaction": (
        "Laat een alinea heel, of laat haar weg. Verander geen woord: het is de reactie van de gemeente."
    ),
    "state": (
        "Helpt lezers zoeken en is nooit een score.\n"
        "Geregeld: volgens de bron bestaat het, is het besloten of werkt het.\n"
        "In ontwikkeling: volgens de bron mist er nog iets, of wordt eraan gewerkt.\n"
        "Niet geregeld: volgens de bron is het er niet, of gebeurde het niet.\n"
        "Beschrijft de bron alleen? Kies dan geen stand."
    ),
    "state_reason": "De woorden van de bron waaruit die stand volgt.",
    "absence": "Kies alleen een reden als u kernzin en tekst leeg laat.",
    "remark": "Lezers zien dit bij de tekst, na ‘Let op’.",
    "order": "Waar het in de lijst staat: 1 komt eerst.",
    "serves_basis": "Lezers zien waarom de aanbevelingen bij elkaar horen.",
}


NOTHING = {"absence": "De cel is niet leeg", "state": "Geen stand"}  # what it means not to choose
TO_HAND_IN = {"headline", "text"}  # of a finding, while it is written
NEEDED = {  # when, of a field that may stay empty otherwise
    "state_reason": "Nodig als u een stand kiest.",
    "erratum": "Nodig om in te dienen.",
    "document_of_answer_source": "Nodig bij een antwoord.",
    "recommendation.municipality": "Nodig bij een lokale aanbeveling.",
    "place_of_source": "Nodig als u een document kiest.",
    "place_of_answer_source": "Nodig als u een document kiest.",
}


def field_for(field: models.Field, **kwargs: Any) -> Any:  # type: ignore[type-arg]
    """The form field of a model field: long texts get room, lists one item a line."""
    if field.name == "relations":
        return RelationsField(
            label=field.verbose_name.capitalize(),
            required=False,
            help_text="Sleutel van het andere orgaan: wat de lijn betekent.",
            validators=[LONG],
        )
    label = str(field.verbose_name).capitalize()
    if isinstance(field, ArrayField) or field.name == "see":
        return LinesField(label=label, required=False, help_text="Eén per regel.", validators=[LONG])
    if isinstance(field, models.DecimalField):
        kwargs |= {"form_class": DutchNumber}
    if isinstance(field, models.ManyToManyField):
        kwargs |= {"form_class": NamedChoicesField}
    made = field.formfield(**kwargs)
    if made is None:
        return None
    said = HELP.get(f"{field.model._meta.model_name}.{field.name}", HELP.get(field.name))
    made.help_text = " ".join(filter(None, [str(made.help_text), said, longest(field)]))
    if isinstance(made, forms.TypedChoiceField):
        choices = [choice for choice in field.choices or () if choice[0] not in NEVER_SAID]
        made.choices = [("", NOTHING.get(field.name, "Geen") if field.blank else "Kies"), *choices]
    elif isinstance(made, forms.ModelChoiceField) and not isinstance(made, forms.ModelMultipleChoiceField):
        made.empty_label = "Geen" if field.blank else "Kies"
    if isinstance(field, models.TextField):
        is_big = field.name in {"text", "conclusion_text", "answer"}
        made.widget = forms.Textarea(attrs={"rows": BIG_ROWS if is_big else SMALL_ROWS})
        made.validators.append(LONG)
    elif isinstance(made.widget, forms.NumberInput):  # a browser sends nothing of what it does not take for a number
        made.widget = forms.TextInput(attrs={"inputmode": "numeric"})
    return made


def longest(field: models.Field) -> str:  # type: ignore[type-arg]
    is_typed = type(field) is models.CharField and not field.choices
    return f"Hoogstens {field.max_length} tekens." if is_typed else ""


# Fields that hold the keys of records: of the same kind, or of the one named.
LINKS: dict[str, type[Version] | None] = {
    "part_of": None,
    "answers": None,
    "under": None,
    "corresponds_to": None,
    "see": None,
    "relations": None,
    "body": Body,
    "measured_by": Indicator,
}


def say_what_is_needed(form: Any) -> None:
    """Which fields one must fill in, in words; and what leaves no choice is chosen."""
    for name, field in form.fields.items():
        if isinstance(field.widget, forms.HiddenInput | forms.CheckboxInput):
            continue
        is_half = name in TO_HAND_IN and form._meta.model is FindingVersion
        when = NEEDED.get(f"{form._meta.model._meta.model_name}.{name}", NEEDED.get(name, "Mag leeg."))
        optional = "Nodig om in te dienen." if is_half else when
        word = "Verplicht." if field.required else optional
        field.help_text = f"{word} {field.help_text}".strip()
    preselect(form)


def preselect(form: Any) -> None:
    for name, field in form.fields.items():
        is_one_of = isinstance(field, forms.ModelChoiceField) and not isinstance(field, forms.ModelMultipleChoiceField)
        if is_one_of and field.required and form.initial.get(name) is None and field.initial is None:
            only = list(field.queryset[:2])
            if len(only) == 1:
                form.initial[name] = only[0].pk


class VersionForm(forms.ModelForm):  # type: ignore[type-arg]
    """Adds the vindplaats where the version itself has one, and the erratum from the second version on."""

    edition = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, kind: Kind, municipalities: Any = None, is_whole: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.is_whole = is_whole  # nothing that is half written
        self.municipalities = municipalities
        self.use_required_attribute = False
        self.fields["edition"].initial = self.instance.edition if self.instance.pk else 0
        self.sources = [f.name for f in self.instance._meta.concrete_fields if f.name in SOURCES]
        for name in self.sources:
            self._add_source(name)
        if self.instance.number > 1:
            self.fields["erratum"] = forms.CharField(
                label="Wat er verbeterd is (erratum)",
                help_text="Lezers zien deze zin bij de tekst.",
                initial=self.instance.erratum,
                required=False,
                widget=forms.Textarea(attrs={"rows": SMALL_ROWS}),
                validators=[LONG],
            )
        if municipalities is not None:
            self._keep_to(municipalities)
        say_what_is_needed(self)

    def _add_source(self, name: str) -> None:
        source = getattr(self.instance, name) if getattr(self.instance, f"{name}_id") else None
        is_needed = not self.instance._meta.get_field(name).blank
        self.fields[f"document_of_{name}"] = forms.ModelChoiceField(
            Document.objects.order_by("title"),
            label=f"{SOURCES[name]}: document",
            initial=source and source.document_id,
            required=is_needed,
            empty_label="Kies" if is_needed else "Geen",
        )
        self.fields[f"place_of_{name}"] = forms.CharField(
            label=f"{SOURCES[name]}: plaats in het document",
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
        if "recommendations" in self.fields:
            public = RecommendationVersion.objects.ever_public().values("record")
            known = Q(municipality__in=municipalities) | Q(municipality__isnull=True) | Q(pk__in=public)
            self.fields["recommendations"].queryset = Recommendation.objects.filter(known)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in self.sources:
            self._check_source(name, cleaned)
        for name in self.fields.keys() & LINKS.keys() & cleaned.keys():
            self._check_links(name, cleaned)
        for name, message in self.kind.check(self.instance, cleaned).items():
            self.add_error(name, message)
        for name in TO_HAND_IN & cleaned.keys() if self.is_whole else set():
            if not cleaned[name] and not cleaned.get("absence"):
                self.add_error(name, "Vul kernzin en tekst in, of noem een reden waarom de cel leeg is.")
        if self.instance.number > 1 and "erratum" in cleaned:
            self.instance.erratum = cleaned["erratum"]
        return cleaned

    def _post_clean(self) -> None:
        """Checks what it becomes: who saves makes it a draft, and a draft may be half written."""
        stage = self.instance.stage
        self.instance.stage = Stage.IN_REVIEW if self.is_whole else Stage.DRAFT
        super()._post_clean()  # type: ignore[misc]
        self.instance.stage = stage

    def _check_source(self, name: str, cleaned: dict[str, Any]) -> None:
        document, where = cleaned.get(f"document_of_{name}"), cleaned.get(f"place_of_{name}")
        if bool(document) != bool(where):
            self.add_error(f"place_of_{name}", "Noem document én plaats, of laat beide leeg.")
        text = name.removesuffix("_source")  # what stands or falls with its vindplaats
        if text in cleaned and bool(cleaned[text]) != bool(document):
            self.add_error(f"document_of_{name}", "Bij een antwoord hoort een vindplaats, en zonder antwoord geen.")

    def _check_links(self, name: str, cleaned: dict[str, Any]) -> None:
        """Only to records that the writer can know, of the same place, and never round in a circle."""
        model: Any = LINKS[name] or type(self.instance)
        value = cleaned[name]
        keys = [value] if isinstance(value, str) else [v["to"] if isinstance(v, dict) else v for v in value or []]
        found = model._default_manager.all()
        found = found.ever_public() | found.prepared().kept_for(self.municipalities or [], joint=True)
        for where in ("focus_area", "municipality"):
            if where in cleaned and hasattr(model, where):
                found = found.filter(**{where: cleaned[where]})
        known = set(found.filter(record__in=keys).values_list("record", flat=True))
        if unknown := [key for key in keys if key and key not in known]:
            self.add_error(name, f"Deze sleutel kent het portaal hier niet: {', '.join(unknown)[:200]}.")
        elif isinstance(value, str) and LINKS[name] is None and self._leads_back(name, value, found):
            self.add_error(name, "Zo verwijst dit naar zichzelf. Kies een ander record, of laat dit leeg.")

    def _leads_back(self, name: str, key: str, found: Any) -> bool:
        seen = {"", getattr(self.instance, "record", "")}
        while key not in seen:
            seen.add(key)
            key = found.filter(record=key).order_by("-number").values_list(name, flat=True).first() or ""
        return bool(key)

    def apply_source(self) -> None:
        """Sets the vindplaats; called inside the transaction that saves."""
        for name in self.sources:
            document = self.cleaned_data.get(f"document_of_{name}")
            row = {"document": document, "place": self.cleaned_data.get(f"place_of_{name}", "")}
            setattr(self.instance, name, place(row) if document else None)

    def _get_validation_exclusions(self) -> set[str]:
        found: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return found | {*SOURCES, "record"}


def form_class(kind: Kind) -> type[VersionForm]:
    made: Any = forms.modelform_factory(kind.model, form=VersionForm, fields=kind.fields, formfield_callback=field_for)
    found: type[VersionForm] = made
    return found


def identity_form(kind: Kind, municipalities: Any, data: QueryDict | None) -> Any:
    """What a new record says about itself. None where the key says it all."""
    if not kind.identity:
        return None
    form_of = forms.modelform_factory(kind.record_model, fields=kind.identity, formfield_callback=field_for)
    form = form_of(data, prefix="record")
    form.use_required_attribute = False
    form.fields["municipality"].queryset = municipalities  # type: ignore[attr-defined]
    say_what_is_needed(form)
    if "serves" in form.fields:
        form.fields["serves"].queryset = Recommendation.objects.filter(kind=Recommendation.Kind.UMBRELLA)  # type: ignore[attr-defined]
    if taken := numbers_taken(municipalities) if "number" in form.fields else "":
        form.fields["number"].help_text += f"\nAl in gebruik:\n{taken}"
    return form


def numbers_taken(municipalities: Any) -> str:
    """Report: numbers of its recommendations, of these municipalities and of all together."""
    known = Recommendation.objects.filter(Q(municipality__in=municipalities) | Q(municipality__isnull=True))
    found: dict[str, list[str]] = {}
    for row in known.select_related("report").order_by("report__title", "number"):
        found.setdefault(str(row.report), []).append(str(row.number))
    return "\n".join(f"{report}: {', '.join(numbers)}" for report, numbers in found.items())


def save_record(kind: Kind, form: Any, title: str) -> models.Model:
    """A new row, after the ones there are. The caller holds the transaction."""
    record: Any = form.save(commit=False)
    record.slug = new_key(type(record)._default_manager, "slug", title or kind.slug, 50)
    if kind.slug == "voorbeelden":
        record.order = (type(record)._default_manager.aggregate(last=Max("order"))["last"] or 0) + 1
    record.save()
    form.save_m2m()
    return record  # type: ignore[no-any-return]


class Editor:
    """A version as someone edits it: the form and the rows that belong to it, as one thing to check and save."""

    def __init__(
        self,
        kind: Kind,
        version: Version,
        data: QueryDict | None = None,
        municipalities: Any = None,
        *,
        document: Document | None = None,
        is_whole: bool = False,
    ) -> None:
        self.kind, self.version = kind, version
        made = form_class(kind)
        self.form = made(data, instance=version, kind=kind, municipalities=municipalities, is_whole=is_whole)
        self.rows: list[tuple[Part, Any]] = []
        for part in kind.parts:
            initial = part.read(version) if version.pk else []
            formset = part.formset(data, initial=initial, prefix=part.name)
            if document and "document" in part.form.base_fields:
                formset[len(initial)].initial = {"document": document}
            self.rows.append((part, formset))
        if document:
            for name in self.form.sources:
                self.form.initial.setdefault(f"document_of_{name}", document)

    @property
    def cites(self) -> bool:
        return bool(self.form.sources) or any("document" in part.form.base_fields for part, _ in self.rows)

    @property
    def is_valid(self) -> bool:
        return all([self.form.is_valid(), *(formset.is_valid() for _, formset in self.rows)])

    @property
    def errors(self) -> list[tuple[str, str]]:
        """(id of the field, message) of all that is wrong."""
        found = []
        for form in [self.form, *(row for _, formset in self.rows for row in formset)]:
            for name, messages in form.errors.items():
                field = form[name] if name in form.fields else None
                label = f"{field.label}: " if field else ""
                found += [(field.id_for_label or field.auto_id if field else "", f"{label}{m}") for m in messages]
        for _, formset in self.rows:
            found += [("", str(message)) for message in formset.non_form_errors()]
        return found

    def filled(self, formset: Any) -> list[dict[str, Any]]:
        return [
            {name: value for name, value in row.cleaned_data.items() if name != "DELETE"}
            for row in formset
            if row.cleaned_data and not row.cleaned_data.get("DELETE")
        ]

    @property
    def content(self) -> dict[str, str]:
        """Label → text of what the version itself does not hold before it is saved."""
        typed, found = self.form.cleaned_data, {}
        for name in self.form.sources:
            document = typed[f"document_of_{name}"]
            found[SOURCES[name]] = f"{document}, {typed[f'place_of_{name}']}" if document else ""
        for field in self.version._meta.many_to_many:
            if field.name in typed:
                found[str(field.verbose_name).capitalize()] = "\n".join(map(name_of, typed[field.name]))
        for part, formset in self.rows:
            found[part.title] = "\n".join(part.text(row) for row in self.filled(formset))
        return found

    def refuse(self, message: str) -> None:
        self.form.full_clean()
        self.form.add_error(None, message)

    def write(self) -> None:
        """The version with all that belongs to it. The caller holds the transaction."""
        self.form.apply_source()
        self.form.save()
        for part, formset in self.rows:
            part.write(self.version, self.filled(formset))


def new_key(rows: Any, name: str, title: str, longest: int) -> str:
    """A lasting name that no row has yet in the field `name`. The caller holds the transaction; others wait for it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [rows.model._meta.db_table])
    base = slugify(title)[: longest - 5].strip("-") or "nieuw"
    taken = set(rows.filter(**{f"{name}__startswith": base}).values_list(name, flat=True))
    return next(key for key in (base, *(f"{base}-{n}" for n in range(2, 10_000))) if key not in taken)
