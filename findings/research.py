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


@dataclass(frozen=True)
class QuestionSet:
    """The questions of one set-up. Another set-up may word the same question differently, and stays beside it."""

    title: str
    groups: list[QuestionGroup]


def question_sets(moment: datetime) -> list[QuestionSet]:
    """By document; in each the central, sub and follow-up questions, then the detailed ones by their own groups."""
    found = list(
        ResearchQuestion.objects.as_of(moment)
        .select_related("source__document", "answer_source", "document")
        .order_by("document__slug", "pk")
    )
    by_record = {question.record: question for question in found}
    for question in found:
        question.twins = [by_record[record] for record in question.corresponds_to if record in by_record]
    return [
        QuestionSet(
            document.title, [QuestionGroup(name, list(of_group)) for name, of_group in groupby(of, key=group_of)]
        )
        for document, of in groupby(found, key=lambda question: question.document)
    ]


def group_of(question: Any) -> str:
    return question.group or str(question.get_kind_display()).capitalize()


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
    """Every document that the portal knows, those that it uses first."""
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
