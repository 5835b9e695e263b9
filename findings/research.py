"""What was asked, how, and what is not known: the read models of the research pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import Prefetch

from findings.models import AuditRound, Gap, GlossaryTerm, Participation, ResearchNote, ResearchQuestion
from nplv_portal.sources.models import Document


@dataclass(frozen=True)
class QuestionGroup:
    name: str
    questions: list[ResearchQuestion]


@dataclass(frozen=True)
class NoteTopic:
    name: str
    notes: list[ResearchNote]


def question_groups(moment: datetime) -> list[QuestionGroup]:
    """Central, sub and follow-up questions first, then the detailed ones by their own groups."""
    found = ResearchQuestion.objects.as_of(moment).select_related("source__document", "document").order_by("pk")
    return [
        QuestionGroup(name, list(questions))
        for name, questions in groupby(found, key=lambda q: q.group or str(q.get_kind_display()).capitalize())
    ]


def note_topics(moment: datetime) -> list[NoteTopic]:
    notes = ResearchNote.objects.as_of(moment).select_related("source__document").order_by("pk")
    return [
        NoteTopic(str(topic.label), found)
        for topic in ResearchNote.Topic
        if (found := [note for note in notes if note.topic == topic])
    ]


def audit_rounds() -> list[AuditRound]:
    parts = Participation.objects.select_related("focus_area__municipality", "audit_office", "report")
    rounds = AuditRound.objects.select_related("source__document")
    return list(rounds.prefetch_related(Prefetch("participations", parts)))


def reports() -> list[Document]:
    """The documents of the audit offices themselves, held or only known."""
    kinds = [Document.Kind.NOTE, Document.Kind.REPORT, Document.Kind.RESEARCH_PLAN]
    return list(Document.objects.filter(kind__in=kinds))


def gaps(moment: datetime) -> list[Any]:
    return list(Gap.objects.as_of(moment).select_related("municipality", "document").order_by("pk"))


def documents() -> list[Document]:
    return list(Document.objects.order_by("-is_held", "kind", "title"))


def terms(moment: datetime) -> list[Any]:
    """Terms by name, each with the terms it points to (record, term)."""
    found = sorted(
        GlossaryTerm.objects.as_of(moment).select_related("source__document"), key=lambda term: term.term.casefold()
    )
    names = {term.record: term.term for term in found}
    for term in found:
        term.see_also = [(slug, names[slug]) for slug in term.see if slug in names]
    return found
