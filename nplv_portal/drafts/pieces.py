"""The three pieces that a member of a council can take along, in their usual layout. They say what the record says."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from django.conf import settings
from django.urls import reverse

from nplv_portal.drafts.facts import Article
from nplv_portal.lib.documents import Block, Bullets, Document, Heading, Paragraph, Run, Table, Text, runs_of
from nplv_portal.lib.dutch import capitalised
from nplv_portal.lib.moments import Moment
from nplv_portal.sources.citations import Reference

BLANK = re.compile(r"(\[[^\]]+\])")
EXECUTIVE = "het college"


def said(sentence: str, **facts: object) -> Text:
    """A sentence of ours with facts filled in. What stands between [brackets] in the sentence is to be filled in by
    the reader; brackets in a fact are just brackets."""
    parts = BLANK.split(sentence)
    return tuple(Run(part, is_blank=True) if BLANK.fullmatch(part) else part.format(**facts) for part in parts if part)


def joined(*texts: Text) -> Text:
    return tuple(run for text in texts for run in runs_of(text))


def cited(source: Reference) -> str:
    return f"{capitalised(source.kind)} “{source.document}”, {source.place}"


@dataclass(frozen=True)
class Asked:
    """What to ask where things stand in one way: sentences with [blanks] and {facts}."""

    questions: tuple[str, ...]
    requests: tuple[str, ...]
    points: tuple[str, ...]
    treatment: str = "beeldvormend of oordeelsvormend"


@dataclass(frozen=True)
class Words:
    """What the record says, and what follows from it to ask."""

    title: str  # "Monitoring in Heerlen-Noord"
    slug: str  # in the name of a file
    place: str
    moment: Moment
    address: str  # of the page, for good
    article: Article | None
    facts: tuple[Block, ...]
    questions: list[Text]  # to the executive
    established: list[Text]  # constaterende dat …
    considered: list[Text]  # overwegende dat …
    requests: list[Text]  # verzoekt …
    points: list[Text]  # for the council to discuss
    treatment: str  # of the item on the agenda
    sources: list[Text]
    elsewhere: tuple[Block, ...] = ()  # how it stands in other municipalities
    asked: Text = EXECUTIVE  # of whom the motion asks it


def document_of(words: Words, name: str, blocks: list[Block]) -> Document:
    title = f"{name}: {words.title}"
    return Document(
        title,
        (Paragraph(warning(words), "notice"), *blocks, *sources_of(words)),
        subtitle=f"Gemeente {words.place}",
        subject=words.title,
        mark="CONCEPT met verzonnen gegevens" if settings.FICTIONAL_DATA else "CONCEPT",
        imprint=f"Opgesteld met gegevens van het Raadsportaal NPLV van {words.moment.text}",
    )


def warning(words: Words) -> Text:
    fiction = " Let op: deze gegevens zijn verzonnen, om te oefenen." if settings.FICTIONAL_DATA else ""
    return said(
        "CONCEPT, opgesteld met gegevens van het Raadsportaal NPLV van {day}. Pas de tekst aan voor gebruik. Wat "
        "tussen [haken] staat, vult u zelf in. Het portaal geeft geen mening en velt geen oordeel.{fiction}",
        day=words.moment.text,
        fiction=fiction,
    )


def sources_of(words: Words) -> list[Block]:
    page: Text = (f"De gegevens zoals te lezen op {words.moment.text}: ", Run(words.address, link=words.address))
    return [Heading("Bronnen"), Bullets((*words.sources, page))]


def beside(words: Words) -> list[Block]:
    """After what is asked: to look up, and not to read first."""
    return [Heading("Andere gemeenten"), *words.elsewhere] if words.elsewhere else []


def practice_address(practice: str, moment: Moment) -> str:
    """Of a good example, for good."""
    return settings.PORTAL_URL + reverse("good_practice", args=[practice]) + moment.pinned.query


def address_run(practice: str, moment: Moment) -> Run:
    address = practice_address(practice, moment)
    return Run(address, link=address)


def opening(*lines: tuple[str, Text]) -> Paragraph:
    """Who asks whom what, a line for each."""
    runs: list[str | Run] = []
    for name, text in lines:
        runs += ["\n" if runs else "", Run(f"{name}: ", is_bold=True), *runs_of(text)]
    return Paragraph(tuple(runs))


def ground(article: Article | None) -> Text:
    if article is None:
        return said("[artikel invullen: reglement van orde]")
    return f"{article.name} van het reglement van orde van de raad"


def written_questions(words: Words) -> Document:
    blocks: list[Block] = [
        opening(
            ("Aan", f"het college van burgemeester en wethouders van {words.place}"),
            ("Van", said("[naam], [fractie]")),
            ("Datum", said("[datum]")),
            ("Op grond van", ground(words.article)),
            ("Onderwerp", words.title),
        ),
        Heading("Toelichting"),
        *words.facts,
        Heading("Vragen"),
        Paragraph("Aan het college stellen wij de volgende vragen:"),
        Bullets(tuple(words.questions), is_numbered=True),
        Paragraph(said("[naam], [fractie]")),
        *beside(words),
    ]
    sources = words.sources
    if words.article:
        article = words.article
        where = cited(article.source) if article.source else article.link
        note = f" {article.note}" if article.note else ""
        sources = [*sources, (f"Artikel voor schriftelijke vragen: {where}.{note}",)]
    return document_of(replace(words, sources=sources), "Schriftelijke vragen", blocks)


def motion(words: Words) -> Document:
    own: Text = said("[overwegingen van de indieners]")
    blocks: list[Block] = [
        opening(
            ("Motie", said("[nummer]")),
            ("Onderwerp", words.title),
            ("Bij", said("[agendapunt, of: vreemd aan de orde van de dag]")),
        ),
        Paragraph(said("De raad van de gemeente {place}, bijeen op [datum],", place=words.place)),
        Paragraph("gehoord de beraadslaging,"),
        Paragraph((Run("constaterende dat", is_bold=True), ":")),
        Bullets(ended(words.established, ",")),
        Paragraph((Run("overwegende dat", is_bold=True), ":")),
        Bullets(ended([*words.considered, own], ",")),
        Paragraph((Run("verzoekt ", is_bold=True), *bold(words.asked), ":")),
        Bullets(ended(words.requests, ",", last=",")),
        Paragraph("en gaat over tot de orde van de dag."),
        Paragraph(said("[namen en fracties van de indieners]")),
        Heading("Toelichting"),
        *(block for block in words.facts if not isinstance(block, Table)),  # these stand at the address below
    ]
    return document_of(words, "Motie", blocks)


def bold(text: Text) -> list[Run]:
    return [replace(run, is_bold=True) for run in runs_of(text)]


def ended(texts: list[Text], sign: str, last: str = "") -> tuple[Text, ...]:
    """The parts of one long sentence."""
    ends = [sign] * (len(texts) - 1) + [last or sign]
    return tuple(joined(text, end) for text, end in zip(texts, ends, strict=True))


def agenda_item(words: Words) -> Document:
    blocks: list[Block] = [
        opening(
            ("Aan", said("[agendacommissie, presidium of griffie]")),
            ("Van", said("[naam], [fractie]")),
            ("Datum", said("[datum]")),
            ("Onderwerp", words.title),
            ("Vergadering", said("[commissie of raad], [datum]")),
            ("Soort behandeling", said(f"[{words.treatment}; aanpassen]")),
            ("Tijd en genodigden", said("[minuten]; [portefeuillehouder, rekenkamer, anderen]")),
        ),
        Heading("Voorstel"),
        Paragraph("De raad bespreekt dit onderwerp aan de hand van de punten hieronder."),
        Heading("Aanleiding"),
        *words.facts,
        Heading("Bespreekpunten"),
        Bullets(tuple(words.points), is_numbered=True),
        Heading("Wat er daarna gebeurt"),
        Paragraph(said("[afspraak, toezegging of besluit; wie let op de uitvoering, en wanneer komt het terug]")),
        *beside(words),
    ]
    return document_of(words, "Voorstel om te agenderen", blocks)


@dataclass(frozen=True)
class Piece:
    slug: str
    name: str
    purpose: str
    write: Callable[[Words], Document] = field(repr=False)


PIECES = (
    Piece(
        "schriftelijke-vragen",
        "Schriftelijke vragen",
        "Om van het college te horen hoe iets zit. Het antwoord komt op papier, binnen de termijn van uw reglement van "
        "orde.",
        written_questions,
    ),
    Piece(
        "motie",
        "Motie",
        "Om de raad iets te laten vragen. De raad stemt erover. Het concept vraagt alleen om informatie of om een "
        "voorstel; wat u wilt bereiken, schrijft u zelf.",
        motion,
    ),
    Piece(
        "agendapunt",
        "Voorstel om te agenderen",
        "Om het onderwerp met de raad te bespreken, in een commissie of in de raad.",
        agenda_item,
    ),
)
BY_SLUG = {piece.slug: piece for piece in PIECES}
