"""What to ask about a finding. The questions follow from its state, and say nothing that the record does not say."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format

from findings.models import Absence, State
from nplv_portal.drafts.facts import FindingFacts
from nplv_portal.drafts.pieces import Asked, Words, address_run, cited, said
from nplv_portal.lib import dutch
from nplv_portal.lib.documents import Block, Bullets, Heading, Paragraph, Run, Table, Text
from recommendations.chain import TAKEN_OVER, Standing
from recommendations.follow_up import FollowUp

ASKED: dict[str, Asked] = {
    State.IN_PLACE: Asked(
        questions=(
            "Klopt deze beschrijving nu nog? Zo nee, wat is er sinds {day} veranderd?",
            "In welk besluit, welke afspraak of welk stuk kan de raad terugvinden hoe dit is geregeld?",
            "Is afgesproken wanneer wordt bekeken of dit nog past? Zo ja, wanneer, en hoe hoort de raad de uitkomst?",
        ),
        requests=(
            "de raad vóór [datum] te laten weten of deze beschrijving nog klopt en wat er sinds {day} is veranderd",
            "daarbij te vermelden waar de raad kan terugvinden hoe dit is geregeld",
        ),
        points=(
            "Herkent de raad deze beschrijving, en klopt zij nog?",
            "Past deze regeling nog bij wat de raad nodig heeft?",
            "Wanneer wil de raad hierop terugkomen?",
        ),
    ),
    State.DEVELOPING: Asked(
        questions=(
            "Wat is er sinds {day} veranderd aan wat hier staat?",
            "Welke stappen zijn nog nodig, en wie zet die: het college, de raad of een ander?",
            "Welke planning hoort daarbij?",
            "Op welke momenten hoort de raad hoe het gaat, en is er nog een besluit van de raad nodig?",
        ),
        requests=(
            (
                "de raad vóór [datum] te informeren over de stappen die nog nodig zijn, wie die zet en welke planning "
                "daarbij hoort"
            ),
            "daarbij te vermelden of een besluit van de raad nodig is, en wanneer",
        ),
        points=(
            "Wat verwacht de raad van wat nog in ontwikkeling is?",
            "Is daarvoor een besluit van de raad nodig, en wanneer?",
            "Wanneer en hoe wil de raad horen hoe het gaat?",
        ),
    ),
    State.NOT_IN_PLACE: Asked(
        questions=(
            "Klopt deze beschrijving nu nog? Zo nee, wat is er sinds {day} veranderd?",
            "Is het college van plan dit te regelen? Zo ja, hoe en wanneer? Zo nee, wat is daarvoor de reden?",
            "Wie is hiervoor aan zet: het college, de raad of een ander?",
            "Welke mogelijkheden ziet het college om dit te regelen, en wat vragen die aan tijd en geld?",
        ),
        requests=(
            "de raad vóór [datum] te laten weten of dit nu is geregeld en zo niet, hoe het te regelen is",
            "daarbij te vermelden wie daarvoor aan zet is, en wat het vraagt aan tijd en geld",
        ),
        points=(
            "Wil de raad dit regelen of laten regelen?",
            "Zo ja: wie is daarvoor aan zet, en welk besluit is nodig?",
            "Zo nee: wat is daarvoor de reden?",
        ),
        treatment="oordeelsvormend",
    ),
    "": Asked(
        questions=(
            "Klopt deze beschrijving nu nog? Zo nee, wat is er sinds {day} veranderd?",
            "Wat is nu het antwoord van het college op de vraag: “{question}”",
            "In welke stukken kan de raad dat terugvinden?",
        ),
        requests=(
            "de raad vóór [datum] te laten weten of deze beschrijving nog klopt en wat er sinds {day} is veranderd",
            "daarbij te vermelden in welke stukken de raad dat kan terugvinden",
        ),
        points=(
            "Herkent de raad deze beschrijving, en klopt zij nog?",
            "Wat is het antwoord van de raad op de vraag: “{question}”",
            "Is er iets nodig van raad of college, en wanneer?",
        ),
    ),
    Absence.NO_INFORMATION: Asked(
        questions=(
            "Wat is het antwoord van het college op de vraag: “{question}”",
            "In welke stukken staat dat, en kan de raad die krijgen?",
            "Als die informatie er niet is: kan zij er komen, en wanneer?",
        ),
        requests=(
            "de raad vóór [datum] te informeren over deze vraag: “{question}”",
            "daarbij te vermelden in welke stukken dat staat, of dat de informatie er niet is",
        ),
        points=(
            "Wat weet de raad zelf over de vraag: “{question}”",
            "Welke informatie heeft de raad nodig, en van wie?",
            "Wanneer wil de raad die informatie hebben?",
        ),
        treatment="beeldvormend",
    ),
    Absence.NOT_EXAMINED: Asked(
        questions=(
            "Wat is het antwoord van het college op de vraag: “{question}”",
            "In welke stukken staat dat, en kan de raad die krijgen?",
            "Is hier ander onderzoek naar gedaan, of komt dat? Zo ja, wanneer hoort de raad de uitkomst?",
        ),
        requests=(
            "de raad vóór [datum] te informeren over deze vraag: “{question}”",
            "daarbij te vermelden of er ander onderzoek naar is gedaan of komt",
        ),
        points=(
            "Wat weet de raad zelf over de vraag: “{question}”",
            "Wil de raad dat hier onderzoek naar wordt gedaan, en door wie?",
        ),
        treatment="beeldvormend",
    ),
}


def finding_words(facts: FindingFacts) -> Words:
    cell, pinned = facts.cell, facts.moment.pinned.query
    asked = ASKED[cell.absence or cell.state]
    names: dict[str, Any] = {
        "question": facts.question,
        "area": facts.area,
        "office": facts.office,
        "round": facts.round,
        "wording": facts.wording,
        "role": facts.role[:1].lower() + facts.role[1:],
        "headline": cell.headline,
        "label": cell.label,
        "day": day_of(facts),
    }
    return Words(
        title=f"{facts.title} ({facts.area})",
        slug=facts.slug,
        place=facts.municipality_name,
        moment=facts.moment,
        address=settings.PORTAL_URL + reverse("finding", args=[facts.slug]) + pinned,
        article=facts.article,
        facts=tuple(told(facts, names)),
        elsewhere=(table_of(facts),) if facts.elsewhere else (),
        questions=[*(said(text, **names) for text in asked.questions), *about_others(facts)],
        established=established(facts, names),
        considered=considered(facts),
        requests=[*(said(text, **names) for text in asked.requests), *with_examples(facts)],
        points=[*(said(text, **names) for text in asked.points), *use_of_examples(facts)],
        treatment=asked.treatment,
        sources=sources_of(facts),
    )


def day_of(facts: FindingFacts) -> str:
    return date_format(facts.cell.published_on, "j F Y") if facts.cell.published_on else "de publicatie"


def told(facts: FindingFacts, names: dict[str, Any]) -> list[Block]:
    """What was found, what that does not say, and what stands beside it."""
    cell = facts.cell
    blocks: list[Block] = [
        Paragraph(
            said(
                "De onderzoeksronde “{round}” ging over de rol van de raad in het Nationaal Programma Leefbaarheid en "
                "Veiligheid (NPLV). Een van de aspecten is “{wording}”, onder de {role}. Het onderzoek voor {area} is "
                "van {office}. De vraag die het Raadsportaal bij dit aspect stelt: “{question}”",
                **names,
            )
        ),
        *(
            [Paragraph((Run("Gevonden is: ", is_bold=True), f"{cell.headline}.")), Paragraph(cell.text)]
            if cell.is_finding
            else []
        ),
        Paragraph(meaning(facts)),
    ]
    if cell.remark:
        blocks.append(Paragraph((Run("Opmerking van de redactie: ", is_bold=True), cell.remark)))
    if facts.has_reply:
        blocks.append(Paragraph("De gemeente reageerde hierop in het wederhoor. Die reactie staat bij de bevinding."))
    if facts.practices:
        blocks += [Heading("Voorbeelden uit andere gemeenten", 2), Bullets(tuple(examples(facts)))]
    if facts.follow_ups:
        blocks += [
            Heading("Aanbevelingen die hierbij horen", 2),
            Bullets(tuple(advice_line(item) for item in facts.follow_ups)),
            Paragraph(
                "Dit verband legde de redactie van het portaal op onderwerp; de bronnen noemen het niet.", "source"
            ),
        ]
    return blocks


def meaning(facts: FindingFacts) -> Text:
    """The state or the absence in a sentence, with what it does not say."""
    cell, day = facts.cell, day_of(facts)
    if cell.absence == Absence.NO_INFORMATION:
        return "De rekenkamer vermeldt hierover: geen informatie. Dat betekent niet dat er niets is geregeld."
    if cell.absence == Absence.NOT_EXAMINED:
        return "Dit is in deze ronde niet onderzocht. Dat zegt niets over hoe het is geregeld."
    since = f"De bevinding is gepubliceerd op {day} en zegt niets over wat daarna gebeurde."
    if not cell.state:
        return f"Bij deze bevinding staat geen stand. {since}"
    unconfirmed = "" if facts.is_confirmed else " De redactie van het portaal gaf haar; een rekenkamer nog niet."
    return (
        f"Stand: {cell.label}. Waarop die rust: {dutch.sentence(facts.state_reason)} "
        f"Een stand is een zoekhulp en geen score.{unconfirmed} {since}"
    )


def table_of(facts: FindingFacts) -> Table:
    return Table(
        f"Hetzelfde aspect in andere gemeenten, in de laatste ronde waarvan op {facts.moment.text} iets openbaar was",
        ("Gemeente", "Stand", "Wat er gevonden is"),
        tuple(
            (f"{other.municipality} ({other.area}), {other.round}", other.label, other.headline or "–")
            for other in facts.elsewhere
        ),
        (3, 2, 5),
    )


def examples(facts: FindingFacts) -> list[Text]:
    return [
        (
            Run(f"{practice.title} ({practice.municipality_name})", is_bold=True),
            f": {practice.text} " if practice.text else " ",
            address_run(practice.slug, facts.moment),
        )
        for practice in facts.practices
    ]


def advice_line(item: FollowUp) -> Text:
    advice = item.advice
    kind = "voor alle raden" if advice.is_umbrella else f"voor de raad van {item.name}"
    return (
        Run(advice.title, is_bold=True),
        f" ({kind}): {advice.headline}. Stand in {item.name}: {item.chain.told}.",
    )


def example_names(facts: FindingFacts) -> str:
    return dutch.listed([f"“{practice.title}” in {practice.municipality_name}" for practice in facts.practices])


def about_others(facts: FindingFacts) -> list[Text]:
    """Questions that only come up where there is an example, or a recommendation that was taken over."""
    found: list[Text] = []
    if facts.practices:
        found.append(f"Kent het college {example_names(facts)}? Wat daarvan kan hier worden gebruikt, en wat niet?")
    found += [
        f"Hoe ver is de uitvoering van de aanbeveling “{item.advice.title}”, die de raad overnam?"
        for item in facts.follow_ups
        if is_under_way(item)
    ]
    return found


def is_under_way(item: FollowUp) -> bool:
    decision, is_over = item.chain.decision, item.chain.standing in {Standing.CLOSED, Standing.ESTABLISHED}
    return decision is not None and decision.outcome in TAKEN_OVER and not is_over


def with_examples(facts: FindingFacts) -> list[Text]:
    return [f"daarbij te betrekken: {example_names(facts)}"] if facts.practices else []


def use_of_examples(facts: FindingFacts) -> list[Text]:
    return [f"Wat kan de raad gebruiken van {example_names(facts)}?"] if facts.practices else []


def established(facts: FindingFacts, names: dict[str, Any]) -> list[Text]:
    cell = facts.cell
    if cell.absence == Absence.NOT_EXAMINED:
        return [said("het aspect “{wording}” in de onderzoeksronde “{round}” voor {area} niet is onderzocht", **names)]
    if cell.absence:
        return [said("het onderzoek “{round}” voor {area} bij “{wording}” geen informatie vermeldt", **names)]
    found = [
        said("{office} in de onderzoeksronde “{round}” voor {area} het aspect “{wording}” onderzocht", **names),
        said("daarbij, in de woorden van het Raadsportaal NPLV, is gevonden: “{headline}”", **names),
    ]
    if cell.state:
        found.append(said("daarbij de stand “{label}” staat, als zoekhulp en niet als score", **names))
    return found


def considered(facts: FindingFacts) -> list[Text]:
    found: list[Text] = [
        f"in “{item.advice.report}” de aanbeveling staat: “{item.advice.headline}”" for item in facts.follow_ups
    ]
    settled = [other.municipality for other in facts.elsewhere if other.shown == State.IN_PLACE]
    if settled and facts.cell.state != State.IN_PLACE:
        found.append(f"bij hetzelfde aspect in {dutch.listed(list(dict.fromkeys(settled)))} de stand “geregeld” staat")
    if facts.cell.is_finding:
        found.append(f"de bevinding van {day_of(facts)} is, en er daarna iets veranderd kan zijn")
    return found


def sources_of(facts: FindingFacts) -> list[Text]:
    query = facts.moment.pinned.query
    found: list[Text] = [cited(source) for source in facts.cell.sources]
    found += [cited(source) for item in facts.follow_ups for source in item.advice.sources]
    found += [cited(source) for practice in facts.practices for source in practice.sources]
    aspect = settings.PORTAL_URL + reverse("aspect", args=[facts.aspect]) + query
    return [*dict.fromkeys(found), ("Alle gemeenten bij dit aspect: ", Run(aspect, link=aspect))]
