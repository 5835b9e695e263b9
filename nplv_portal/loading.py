"""Reads fixtures/ into the database: idempotent, all or nothing, and clear about what is wrong where.

A record that did not change in the files since the last load is left alone, so what people did in the portal stays.
A published text that did change becomes the next version, with an erratum.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from findings.models import (
    Aspect,
    AuditRound,
    Claim,
    Contradiction,
    CouncilRole,
    Finding,
    FindingVersion,
    Gap,
    GlossaryTerm,
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
    QuestionArticle,
    Region,
    Seat,
)
from nplv_portal.lib.versions import Version
from nplv_portal.sources.models import Document, LoadedFixture, Source
from recommendations.models import (
    FollowUpEvent,
    GoodPractice,
    GoodPracticeVersion,
    Recommendation,
    RecommendationPoint,
    RecommendationVersion,
    ResearchLine,
    ResearchSuggestion,
    Theme,
)

MECHANISM = {field_.name for field_ in Version._meta.fields}
CORRECTED = "De redactie van het portaal heeft deze tekst verbeterd."


class BrokenFixtureError(Exception):
    """Says file, record and field, and what to do."""


@dataclass
class Row:
    file: str
    table: str
    values: dict[str, Any]
    key: str = ""
    used: set[str] = field(default_factory=set)

    def fail(self, name: str, problem: str) -> BrokenFixtureError:
        return BrokenFixtureError(f"{self.file}, [[{self.table}]] {self.key}, veld {name}: {problem}")

    def take(self, name: str, default: Any = None) -> Any:
        self.used.add(name)
        value = self.values.get(name, default)
        return value.strip() if isinstance(value, str) else value

    def need(self, name: str) -> Any:
        value = self.take(name)
        if value in (None, "", []):
            raise self.fail(name, "ontbreekt. Vul dit veld in.")
        return value

    def moment(self, name: str) -> datetime:
        """The start, in Amsterdam, of the day that the field names."""
        value = self.need(name)
        try:
            day = value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError as error:
            raise self.fail(name, f"{value!r} is geen datum. Schrijf jjjj-mm-dd.") from error
        return timezone.make_aware(datetime.combine(day, time.min))

    def refuse_unknown(self) -> None:
        for name in self.values.keys() - self.used:
            raise self.fail(name, "dit veld bestaat niet. Haal het weg of verbeter de naam.")

    @property
    def digest(self) -> str:
        return hashlib.sha256(json.dumps(self.values, sort_keys=True, default=str).encode()).hexdigest()


@dataclass
class Tally:
    created: int = 0
    changed: int = 0
    same: int = 0
    left: list[str] = field(default_factory=list)


class Loader:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tally = Tally()
        self._found: dict[tuple[type[models.Model], str], models.Model] = {}
        self._digests = {(f.table, f.key): f.digest for f in LoadedFixture.objects.all()}

    @transaction.atomic
    def run(self) -> Tally:
        rows = [(subject, row) for subject in SUBJECTS for row in self.rows(subject)]
        for subject, row in rows:
            self.load(subject, row)
        self.check_links(rows)
        return self.tally

    def check_links(self, rows: list[tuple[Subject, Row]]) -> None:
        """A record that names another by its key names one that the files hold."""
        known = {(row.table, row.key) for _, row in rows}
        for subject, row in rows:
            for name, table in subject.links.items():
                for key in keys_in(row.values.get(name, [])):
                    if (table, key) not in known:
                        raise row.fail(name, f"{key!r} bestaat niet in [[{table}]]. Verbeter de naam.")

    def rows(self, subject: Subject) -> Iterator[Row]:
        path = self.folder / subject.file
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise BrokenFixtureError(f"{subject.file} ontbreekt in {self.folder}.") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BrokenFixtureError(f"{subject.file} is geen geldige TOML: {error}") from error
        shared = {name: value for name, value in content.items() if name in {"round", "published_on"}}
        seen: set[str] = set()
        for number, values in enumerate(content.get(subject.table, []), start=1):
            row = Row(subject.file, subject.table, subject.defaults(shared) | values, f"nummer {number}")
            row.key = "/".join(str(row.need(name)) for name in subject.key)
            if row.key in seen:
                raise row.fail(subject.key[-1], "komt twee keer voor. Laat één record staan.")
            seen.add(row.key)
            yield row

    def load(self, subject: Subject, row: Row) -> None:
        known = self._digests.get((subject.table, row.key))
        if known == row.digest:
            self.tally.same += 1
            return
        try:
            subject.save(self, row)
        except ValidationError as error:
            raise self.explain(subject, row, error) from error
        row.refuse_unknown()
        LoadedFixture.objects.update_or_create(table=subject.table, key=row.key, defaults={"digest": row.digest})
        if known:
            self.tally.changed += 1
        else:
            self.tally.created += 1

    def explain(self, subject: Subject, row: Row, error: ValidationError) -> BrokenFixtureError:
        names = {name: key for key, name in subject.rename.items()}
        problems = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        name, messages = next(iter(problems.items()))
        return row.fail(names.get(name, name.replace("__all__", "-")), " ".join(messages))

    def find(self, row: Row, name: str, model: type[Any], slug: Any) -> Any:
        """The record of a model that a field names by its slug."""
        if not isinstance(slug, str):
            raise row.fail(name, f"{slug!r} moet de naam van een record zijn.")
        if (model, slug) not in self._found:
            try:
                self._found[model, slug] = model.objects.get(slug=slug)
            except model.DoesNotExist as error:
                label = model._meta.model_name
                raise row.fail(
                    name, f"{slug!r} bestaat niet ({label}). Verbeter de naam of voeg het record toe."
                ) from error
        return self._found[model, slug]

    def source(self, row: Row, name: str, document: Any, place: Any) -> Source:
        if not place:
            raise row.fail("place", "ontbreekt. Noem de plaats in het document.")
        return Source.objects.get_or_create(document=self.find(row, name, Document, document), place=place)[0]

    def sources(self, row: Row) -> list[Source]:
        entries = row.need("sources")
        if not all(isinstance(entry, dict) and entry.keys() == {"document", "place"} for entry in entries):
            raise row.fail("sources", "elke vindplaats heeft precies document en place.")
        return [self.source(row, "sources", entry["document"], entry["place"]) for entry in entries]

    def fill(self, row: Row, instance: models.Model, names: Mapping[str, str]) -> dict[str, list[Any]]:
        """Give the fields of a model what the row says. Returns the many-to-many values, to be set after saving."""
        many = {}
        for field_ in [*instance._meta.concrete_fields, *instance._meta.many_to_many]:
            own = "" if field_.name in names else field_.name
            key = next((k for k, n in names.items() if n == field_.name), own)
            if field_.related_model is Source and isinstance(field_, models.ForeignKey):
                document, place = (field_.name.replace("source", part) for part in ("document", "place"))
                if document in row.values:
                    setattr(instance, field_.name, self.source(row, document, row.take(document), row.take(place)))
            elif key not in row.values or (isinstance(instance, Version) and field_.name in MECHANISM):
                continue
            elif isinstance(field_, models.ManyToManyField):
                if not field_.remote_field.through._meta.auto_created:  # type: ignore[union-attr]
                    continue  # vindplaatsen, added with the version
                many[field_.name] = [self.find(row, key, field_.related_model, slug) for slug in row.take(key)]
            elif isinstance(field_, models.ForeignKey):
                setattr(instance, field_.name, self.find(row, key, field_.related_model, row.need(key)))
            elif isinstance(field_, ArrayField | models.JSONField):
                setattr(instance, field_.name, texts_of(row, key))
            else:
                setattr(instance, field_.name, row.take(key))
        return many

    def save_reference(
        self, row: Row, model: type[Any], lookup: dict[str, Any], names: Mapping[str, str], **known: Any
    ) -> Any:
        """`known`: what follows from the row by more than its name."""
        instance = model.objects.filter(**lookup).first() or model(**lookup)
        for name, value in known.items():
            setattr(instance, name, value)
        many = self.fill(row, instance, names)
        instance.full_clean()
        instance.save()
        for name, values in many.items():
            getattr(instance, name).set(values)
        return instance

    def save_version(
        self,
        row: Row,
        version: Version,
        names: Mapping[str, str],
        *,
        add_parts: Callable[[Any], None] = lambda version: None,
    ) -> None:
        """Publish what the row says as the first version of its record, or as a correction of the present one."""
        latest = version.siblings.order_by("-number").first()
        erratum = row.take("erratum", "")
        published_at = row.moment("published_on")
        if latest and latest.written_by_id:
            self.tally.left.append(f"{row.table} {row.key}")
            row.used |= row.values.keys()
            return
        many = self.fill(row, version, names)
        version.erratum = ""
        if latest:
            version.number = latest.number + 1
            version.erratum = erratum or CORRECTED
            published_at = timezone.now()
        version.full_clean()
        version.save()
        for name, values in many.items():
            getattr(version, name).set(values)
        add_parts(version)
        version.publish(at=published_at)


@dataclass(frozen=True)
class Subject:
    """One table of one file. `key`: what tells its records apart; `rename`: names in the file → in the model; `links`:
    fields that name records of another table by their key.
    """

    file: str
    table: str
    save: Callable[[Loader, Row], object]
    key: tuple[str, ...] = ("slug",)
    rename: Mapping[str, str] = field(default_factory=dict)
    is_version: bool = False
    links: Mapping[str, str] = field(default_factory=dict)

    def defaults(self, shared: dict[str, Any]) -> dict[str, Any]:
        wanted = {"published_on"} if self.is_version else set()
        if self.table == "finding":
            wanted.add("round")
        return {name: value for name, value in shared.items() if name in wanted}


def reference(file: str, table: str, model: type[Any], **rename: str) -> Subject:
    key = next((name for name, to in rename.items() if to == "slug"), "slug")

    def save(loader: Loader, row: Row) -> object:
        return loader.save_reference(row, model, {"slug": row.need(key)}, rename)

    return Subject(file, table, save, (key,), rename)


def record(
    file: str,
    table: str,
    model: type[Any],
    key: str = "key",
    add_parts: Callable[[Loader, Row, Any], None] = lambda loader, row, version: None,
    links: Mapping[str, str] | None = None,
    **rename: str,
) -> Subject:
    """Published statements whose lasting name stands in the version itself."""

    def save(loader: Loader, row: Row) -> object:
        version = model(record=row.need(key))
        loader.save_version(row, version, rename, add_parts=lambda version: add_parts(loader, row, version))
        return None

    return Subject(file, table, save, (key,), rename, is_version=True, links=links or {})


def save_round(loader: Loader, row: Row) -> object:
    is_published = row.need("status") == AuditRound.Status.PUBLISHED
    published_at = row.moment("published_on") if is_published else None
    return loader.save_reference(row, AuditRound, {"slug": row.need("slug")}, {}, published_at=published_at)


def save_round_aspect(loader: Loader, row: Row) -> object:
    round_ = loader.find(row, "round", AuditRound, row.need("round"))
    aspect = loader.find(row, "aspect", Aspect, row.need("aspect"))
    return loader.save_reference(row, RoundAspect, {"round": round_, "aspect": aspect}, {})


def save_participation(loader: Loader, row: Row) -> object:
    round_ = loader.find(row, "round", AuditRound, row.need("round"))
    area = loader.find(row, "area", FocusArea, row.need("area"))
    lookup = {"round": round_, "focus_area": area}
    return loader.save_reference(row, Participation, lookup, {"area": "focus_area", "office": "audit_office"})


def save_finding(loader: Loader, row: Row) -> object:
    round_ = loader.find(row, "round", AuditRound, row.need("round"))
    aspect = loader.find(row, "aspect", Aspect, row.need("aspect"))
    area = loader.find(row, "area", FocusArea, row.need("area"))
    try:
        round_aspect = RoundAspect.objects.get(round=round_, aspect=aspect)
    except RoundAspect.DoesNotExist as error:
        raise row.fail("aspect", f"{aspect} hoort niet bij ronde {round_.slug}.") from error
    finding, _ = Finding.objects.get_or_create(
        round_aspect=round_aspect, focus_area=area, defaults={"slug": f"{aspect.slug}-{area.slug}-{round_.slug}"}
    )
    sources = loader.sources(row)
    loader.save_version(row, FindingVersion(record=finding), {}, add_parts=lambda version: cite(version, sources))
    return finding


def save_recommendation(loader: Loader, row: Row) -> object:
    lookup = {"slug": row.need("slug")}
    version_fields = {
        "title",
        "headline",
        "text",
        "addressee",
        "published_on",
        "erratum",
        "sources",
        "points",
        "conclusion",
        "issued",
    }
    identity = Row(row.file, row.table, {k: v for k, v in row.values.items() if k not in version_fields}, row.key)
    recommendation = loader.save_reference(identity, Recommendation, lookup, {})
    identity.refuse_unknown()
    row.used |= identity.used
    sources, points = loader.sources(row), row.take("points", [])
    conclusion = row.take("conclusion", {})
    version = RecommendationVersion(
        record=recommendation,
        conclusion_title=conclusion.get("title", ""),
        conclusion_text=conclusion.get("text", "").strip(),
    )

    def add_parts(version: RecommendationVersion) -> None:
        cite(version, sources)
        add_points(row, version, points)

    loader.save_version(row, version, {}, add_parts=add_parts)
    return recommendation


def add_points(row: Row, version: RecommendationVersion, points: list[dict[str, Any]]) -> None:
    checks: list[RecommendationPoint] = []
    for order, entry in enumerate(points, start=1):
        try:
            under = checks[entry["under"] - 1] if "under" in entry else None
        except (IndexError, TypeError) as error:
            raise row.fail("points", f"punt {order} verwijst onder een punt dat er niet is.") from error
        point = RecommendationPoint(
            version=version, kind=entry.get("kind", ""), text=entry.get("text", ""), order=order, under=under
        )
        point.full_clean()
        point.save()
        if point.kind == RecommendationPoint.Kind.CHECK:
            checks.append(point)


def save_practice(loader: Loader, row: Row) -> object:
    municipality = loader.find(row, "municipality", Municipality, row.need("municipality"))
    practice, _ = GoodPractice.objects.update_or_create(
        slug=row.need("slug"), defaults={"municipality": municipality, "order": row.need("order")}
    )
    sources = loader.sources(row)
    version = GoodPracticeVersion(record=practice)
    loader.save_version(row, version, {}, add_parts=lambda version: cite(version, sources))
    return practice


def appended(file: str, table: str, model: type[Any]) -> Subject:
    """Rows of a log, never changed: a changed row is refused, and a new one sets it right."""

    def save(loader: Loader, row: Row) -> object:
        slug = row.need("key")
        if model.objects.filter(slug=slug).exists():
            raise row.fail("key", f"dit staat al vast. {SET_RIGHT[table]}")
        entry = model(slug=slug, entered_at=row.moment("published_on"))
        loader.fill(row, entry, {"key": "slug"})
        entry.full_clean()
        entry.save()
        return entry

    return Subject(file, table, save, ("key",), is_version=True)


SET_RIGHT = {
    "action": "Zet er een nieuwe bij met corrects = de oude sleutel.",
    "question_article": "Zet er een nieuwe bij, met een latere published_on.",
}


def add_figures(loader: Loader, row: Row, indicator: Indicator) -> None:
    for entry in parts_of(row, "values", {"region"}, {"value", "printed"}):
        region = loader.find(row, "values", Region, entry["region"])
        figure = Figure(
            version=indicator, region=region, value=entry.get("value"), printed=entry.get("printed", "").strip()
        )
        figure.full_clean()
        figure.save()


def add_claims(loader: Loader, row: Row, contradiction: Contradiction) -> None:
    claims = parts_of(row, "claims", {"text", "document", "place"}, set())
    if len(claims) < 2:
        raise row.fail("claims", "noem er minstens twee, anders is er geen tegenspraak.")
    for entry in claims:
        source = loader.source(row, "claims", entry["document"], entry["place"])
        claim = Claim(version=contradiction, source=source, text=entry["text"].strip())
        claim.full_clean()
        claim.save()


def keys_in(value: Any) -> list[str]:
    """The keys of other records in a field: one, a list of them, or a list of {to = …}."""
    values = value if isinstance(value, list) else [value]
    return [entry.get("to", "") if isinstance(entry, dict) else entry for entry in values if entry]


def texts_of(row: Row, name: str) -> list[Any]:
    """A field that is a list: of texts, or of parts of which each value is a text."""
    found = row.take(name)
    entries: list[Any] = found if isinstance(found, list) else [None]
    texts = [text for entry in entries for text in (entry.values() if isinstance(entry, Mapping) else [entry])]
    if not all(isinstance(text, str) for text in texts):
        raise row.fail(name, "moet een lijst van teksten zijn. Zet ze tussen [ en ].")
    return entries


def parts_of(row: Row, name: str, needed: set[str], allowed: set[str]) -> list[dict[str, Any]]:
    """The entries of a list in a row, each with the keys that it must and may have."""
    found = row.need(name)
    entries: list[Any] = found if isinstance(found, list) else [found]
    for number, entry in enumerate(entries, start=1):
        is_whole = isinstance(entry, Mapping) and needed <= entry.keys() <= needed | allowed
        if not is_whole or not all(isinstance(text, str) for text in entry.values()):
            raise row.fail(name, f"regel {number} moet als tekst hebben: {', '.join(sorted(needed | allowed))}.")
    return entries


def cite(version: Any, sources: list[Source]) -> None:
    for source in sources:
        version.citations.create(source=source)


SUBJECTS = [
    reference("sources.toml", "document", Document, key="slug", held="is_held"),
    reference("geography.toml", "municipality", Municipality, grid_x="tile_x", grid_y="tile_y"),
    reference("geography.toml", "focus_area", FocusArea),
    reference("geography.toml", "audit_office", AuditOffice),
    reference("geography.toml", "council_term", CouncilTerm),
    appended("geography.toml", "question_article", QuestionArticle),
    reference("rounds.toml", "role", CouncilRole),
    reference("rounds.toml", "aspect", Aspect),
    Subject("rounds.toml", "round", save_round, ("slug",)),
    Subject("rounds.toml", "round_aspect", save_round_aspect, ("round", "aspect")),
    Subject("rounds.toml", "participation", save_participation, ("round", "area")),
    record("area_facts.toml", "fact", AreaFact, area="focus_area"),
    reference("figures.toml", "region", Region, area="focus_area"),
    reference("figures.toml", "figure_table", FigureTable, area="focus_area"),
    record("figures.toml", "indicator", Indicator, add_parts=add_figures),
    record("figures.toml", "key_indicator", KeyIndicator, links={"measured_by": "indicator"}),
    record("money.toml", "amount", Amount, links={"part_of": "amount"}, area="focus_area"),
    record("money.toml", "budget_line", BudgetLine, area="focus_area"),
    record("organisation.toml", "body", Body, links={"relations": "body"}, area="focus_area"),
    record("organisation.toml", "seat", Seat, links={"body": "body"}, area="focus_area"),
    reference("organisation.toml", "programme_theme", ProgrammeTheme, area="focus_area"),
    record("organisation.toml", "goal", Goal),
    record("timeline.toml", "event", Event, links={"answers": "event"}),
    record("national.toml", "element", NationalElement, links={"under": "element"}),
    Subject("findings.toml", "finding", save_finding, ("round", "aspect", "area"), is_version=True),
    Subject("recommendations.toml", "recommendation", save_recommendation, is_version=True),
    reference("good_practices.toml", "theme", Theme),
    Subject("good_practices.toml", "practice", save_practice, is_version=True),
    record("research.toml", "question", ResearchQuestion, links={"corresponds_to": "question"}, number="order"),
    record("research.toml", "line", ResearchLine, key="slug"),
    record("research.toml", "note", ResearchNote),
    record("research.toml", "suggestion", ResearchSuggestion, links={"under": "suggestion"}),
    record("conflicts.toml", "conflict", Contradiction, add_parts=add_claims),
    record("research.toml", "missing", Gap),
    appended("actions.toml", "action", FollowUpEvent),
    record("glossary.toml", "term", GlossaryTerm, key="slug", links={"see": "term"}),
]
