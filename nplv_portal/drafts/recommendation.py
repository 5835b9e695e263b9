"""What to ask about a recommendation. The questions follow from its standing in the municipality."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format

from nplv_portal.drafts.facts import AdviceFacts
from nplv_portal.drafts.pieces import EXECUTIVE, Asked, Words, address_run, cited, said
from nplv_portal.lib import dutch
from nplv_portal.lib.documents import Block, Bullets, Heading, Paragraph, Run, Table, Text
from recommendations.chain import TAKEN_OVER, Chain, Standing, latest_day
from recommendations.models import FollowUpEvent, Outcome, RecommendationVersion, Step
from recommendations.published import Action, Advice

FOR_EXECUTIVE = str(RecommendationVersion.Addressee.COUNCIL_TO_EXECUTIVE.label)
COUNCIL = str(FollowUpEvent.Actor.COUNCIL.label)
AGENDA: Text = said("[de agendacommissie of het presidium]")
OVER = {Standing.REPORTED_DONE, Standing.ESTABLISHED, Standing.CLOSED}
UNDECIDED = {Standing.NO_DECISION, Standing.POSTPONED}
OTHERWISE = "past due, reported as done, and established otherwise since"

TO_DECIDE = (
    "Neemt de raad de aanbeveling over: helemaal, deels, gewijzigd of niet?",
    "Bij deels, gewijzigd of niet: wat is daarvoor de reden?",
    (
        "Wie voert haar uit, en wanneer hoort de raad hoe het gaat? Vanaf een besluit om haar over te nemen loopt een "
        "termijn van een jaar."
    ),
)
TO_PROPOSE = (
    "de raad vóór [datum] een voorstel te doen waarmee hij over de aanbeveling kan besluiten",
    "daarbij het standpunt van het college te geven",
)
STILL_SO = Asked(
    questions=(
        "Is er sindsdien iets veranderd aan hoe dit is geregeld?",
        "Hoe blijft het zo, ook in een volgende raadsperiode?",
    ),
    requests=("de raad [elk jaar, of vóór datum] te laten weten of dit nog zo is",),
    points=("Klopt dit nog?", "Hoe wil de raad dit verder volgen?"),
    treatment="beeldvormend",
)
NOT_DONE = Asked(
    questions=(
        "Is er sindsdien iets veranderd dat voor dit onderwerp van belang is?",
        "Hoe is het onderwerp van de aanbeveling nu geregeld, en waar kan de raad dat terugvinden?",
    ),
    requests=("de raad vóór [datum] te informeren hoe het onderwerp van de aanbeveling nu is geregeld",),
    points=("Is er sindsdien iets veranderd?", "Ziet de raad reden om opnieuw over de aanbeveling te besluiten?"),
    treatment="oordeelsvormend",
)
ASKED: dict[str, Asked] = {
    Standing.NO_DECISION: Asked(
        questions=(
            "Kent het college een besluit van de raad over deze aanbeveling? Zo ja, van welke dag, en wat is besloten?",
            "Zo nee, is er een raadsvoorstel in voorbereiding, en wanneer komt dat in de raad?",
        ),
        requests=TO_PROPOSE,
        points=TO_DECIDE,
        treatment="besluitvormend",
    ),
    Standing.POSTPONED: Asked(
        questions=(
            "Is er een raadsvoorstel in voorbereiding waarmee de raad kan besluiten, en wanneer komt dat in de raad?",
            "Wat is daarvoor nog nodig, en van wie?",
        ),
        requests=TO_PROPOSE,
        points=TO_DECIDE,
        treatment="besluitvormend",
    ),
    Standing.REJECTED: NOT_DONE,
    Standing.RUNNING: Asked(
        questions=(
            "Wat is er gedaan sinds de raad de aanbeveling overnam?",
            "Wat is nog nodig, en wie doet dat?",
            "Waaraan kan de raad zien dat de aanbeveling is uitgevoerd?",
        ),
        requests=(
            "de raad vóór [datum] te informeren over de uitvoering van de aanbeveling, en over wat nog nodig is",
        ),
        points=(
            "Wat is er gedaan, en wat is nog nodig?",
            "Wil de raad tussentijds horen hoe het gaat, en wanneer?",
        ),
    ),
    Standing.PAST_DUE: Asked(
        questions=(
            "Is de aanbeveling uitgevoerd? Zo ja, wanneer, en uit welke stukken blijkt dat?",
            "Zo nee, wat is nog niet uitgevoerd, en wat is daarvoor de reden?",
            "Waarom is de termijn niet gehaald, welke nieuwe termijn is haalbaar, en wat is daarvoor nodig?",
        ),
        requests=(
            "de raad vóór [datum] te laten weten of de aanbeveling is uitgevoerd, met de stukken waaruit dat blijkt",
            "als dat niet zo is: de raad een nieuwe termijn voor te stellen, met de reden",
        ),
        points=(
            "Is de aanbeveling uitgevoerd, en waaruit blijkt dat?",
            "Zo nee: verlengt de raad de termijn, en tot wanneer?",
            "Wanneer komt dit terug in de raad?",
        ),
        treatment="oordeelsvormend of besluitvormend",
    ),
    OTHERWISE: Asked(
        questions=(
            "De gemeente meldde dat de aanbeveling is uitgevoerd. Hoe past dat bij wat de rekenkamer vaststelde?",
            "Waarom is de termijn niet gehaald, welke nieuwe termijn is haalbaar, en wat is daarvoor nodig?",
        ),
        requests=(
            "de raad vóór [datum] te laten weten wat er van de aanbeveling nog niet is uitgevoerd",
            "de raad daarvoor een nieuwe termijn voor te stellen, met de reden",
        ),
        points=(
            "Wat is volgens de raad nog niet uitgevoerd?",
            "Verlengt de raad de termijn, en tot wanneer?",
            "Wanneer komt dit terug in de raad?",
        ),
        treatment="oordeelsvormend of besluitvormend",
    ),
    Standing.REPORTED_DONE: Asked(
        questions=(
            "Uit welke stukken blijkt dat de aanbeveling is uitgevoerd, en kan de raad die krijgen?",
            "Wat is er gedaan met elk onderdeel van de aanbeveling?",
            "Hoe blijft het zo, ook in een volgende raadsperiode?",
        ),
        requests=(
            "de raad vóór [datum] de stukken te geven waaruit blijkt dat de aanbeveling is uitgevoerd",
            "daarbij te vermelden hoe het zo blijft",
        ),
        points=(
            "Is de aanbeveling volgens de raad uitgevoerd?",
            "Wil de raad de rekenkamer vragen of zij dat kan vaststellen?",
            "Hoe wil de raad dit verder volgen?",
        ),
    ),
    Standing.ESTABLISHED: STILL_SO,
    Outcome.IMPLEMENTED: STILL_SO,
    Outcome.NOT_IMPLEMENTED: NOT_DONE,
}
SAYS_NOT = {
    Standing.NO_DECISION: "Dat geen besluit bekend is, betekent niet dat er geen is. Vraag het na bij de griffie.",
    Standing.POSTPONED: "Zolang de raad niet besloot, loopt er geen termijn.",
    Standing.REJECTED: "De raad beslist zelf of hij een aanbeveling overneemt.",
    Standing.RUNNING: "Dat zegt niet hoe ver de uitvoering is.",
    Standing.PAST_DUE: "Dat zegt niet dat er niets is gedaan.",
    Standing.REPORTED_DONE: "Dit meldt de gemeente zelf.",
    Standing.ESTABLISHED: "Wat daarna gebeurde, is hier niet bekend.",
    Standing.CLOSED: "Wat daarna gebeurde, is hier niet bekend.",
}


def advice_words(facts: AdviceFacts) -> Words:
    advice, item, chain = facts.advice, facts.item, facts.item.chain
    asked = ASKED[subject_of(chain)]
    is_own = advice.addressee != FOR_EXECUTIVE  # the council itself acts
    by_agenda = is_own and chain.standing in UNDECIDED
    return Words(
        title=f"aanbeveling “{advice.title}” ({item.name})",
        slug=f"{advice.slug}-{item.municipality}",
        place=item.name,
        moment=facts.moment,
        address=settings.PORTAL_URL
        + reverse("recommendation", args=[advice.slug])
        + f"{facts.moment.pinned.query}#gemeente-{item.municipality}",
        article=facts.article,
        facts=tuple(told(facts)),
        elsewhere=(elsewhere_table(facts),) if facts.elsewhere else (),
        questions=[*map(said, asked.questions), *about_chain(chain), *(help_of_executive() if is_own else [])],
        established=established(advice, chain),
        considered=considered(facts),
        requests=[*map(said, on_the_agenda() if by_agenda else asked.requests), *about_deadline(chain)],
        points=[*map(said, asked.points), *deadline_point(chain), *own_promises(chain)],
        treatment=asked.treatment,
        sources=sources_of(facts),
        asked=AGENDA if by_agenda else EXECUTIVE,
    )


def subject_of(chain: Chain) -> str:
    if chain.standing == Standing.PAST_DUE and chain.is_reported_done:
        return OTHERWISE
    return chain.closed.outcome if chain.closed else chain.standing


def on_the_agenda() -> tuple[str, ...]:
    return (
        "de aanbeveling vóór [datum] op de agenda van de raad te zetten, zodat hij erover kan besluiten",
        "het college te vragen om daarbij zijn standpunt te geven",
    )


def help_of_executive() -> list[Text]:
    return ["De aanbeveling is gericht aan de raad zelf. Hoe kan het college de raad daarbij helpen?"]


def when(action: Action) -> str:
    """ " op 1 mei 2026" or " in mei 2026"; nothing where the day is not known."""
    if not action.happened:
        return ""
    return f" {'op' if len(action.happened_iso) == 10 else 'in'} {action.happened}"


def day(chain: Chain) -> str:
    return date_format(chain.deadline, "j F Y") if chain.deadline else ""


def about_chain(chain: Chain) -> list[Text]:
    """Questions that come up only where something is known, or not, of one link of the chain."""
    found: list[Text] = []
    if chain.standing in UNDECIDED:
        found.append(
            about_position(chain.position)
            if chain.position
            else "Wat is het standpunt van het college over deze aanbeveling?"
        )
    if chain.standing == Standing.RUNNING:
        found.append(
            f"Wordt de termijn van {day(chain)} gehaald? Zo nee, wat is daarvoor de reden, en wat is wel haalbaar?"
            if chain.deadline
            else "Weet het college op welke dag de raad haar overnam? Vanaf die dag loopt een termijn van een jaar."
        )
    checked = chain.established
    if checked and checked.outcome != Outcome.FOLLOWED and not chain.closed:
        found.append(
            f"De rekenkamer stelde{when(checked)} vast: {label(checked)}. {in_words(checked)}Wat is er daarna gedaan?"
        )
    if chain.standing not in OVER:
        found += [f"Toegezegd is, {about_promise(a, chain)}" for a in chain.commitments if a.actor != COUNCIL]
        reported = [a for a in chain.all(Step.REPORTED) if not a.is_promise and a.outcome != Outcome.DONE]
        found += [f"Gemeld is: {quoted(action)} Hoe staat het daar nu mee?" for action in reported]
    return found


def in_words(action: Action) -> str:
    return f"In haar woorden: “{action.text}” " if action.text else ""


def about_position(position: Action) -> str:
    if position.outcome == Outcome.NO_RESPONSE:
        return (
            f"Het college gaf{when(position)} geen reactie op de aanbeveling. Wat is nu het standpunt van het college?"
        )
    return f"Het standpunt van het college was{when(position)}: {label(position)}. Is dat nog zo?"


def about_promise(action: Action, chain: Chain) -> str:
    """What is not due yet need not have been done."""
    is_due = not action.due_on or latest_day(action.due_on) < chain.today
    return f"{action.promised_by}: {quoted(action)} {'Is dat gebeurd?' if is_due else 'Hoe staat het daarmee?'}"


def quoted(action: Action) -> str:
    return f"“{action.text}”" if action.text else f"{action.told}."


def own_promises(chain: Chain) -> list[Text]:
    """What the council promised itself is not for the executive to answer."""
    if chain.standing in OVER:
        return []
    return [f"De raad zegde toe, {about_promise(a, chain)}" for a in chain.commitments if a.actor == COUNCIL]


def about_deadline(chain: Chain) -> list[Text]:
    if chain.standing != Standing.RUNNING or not chain.deadline:
        return []
    return [f"daarbij te vermelden of de termijn van {day(chain)} wordt gehaald"]


def deadline_point(chain: Chain) -> list[Text]:
    return [f"Wordt de termijn van {day(chain)} gehaald?"] if about_deadline(chain) else []


def label(action: Action) -> str:
    return str(Outcome(action.outcome).label)


def told(facts: AdviceFacts) -> list[Block]:
    """What is recommended, what is known of it here and what that does not say, and how it stands elsewhere."""
    advice, item, chain = facts.advice, facts.item, facts.item.chain
    blocks: list[Block] = [
        Paragraph(f"In “{advice.report}” ({advice.issued}) staat deze aanbeveling, gericht {advice.addressee}."),
        Paragraph((Run(f"{advice.title}: ", is_bold=True), f"{advice.headline}.")),
        Paragraph(advice.text),
    ]
    if advice.points:
        blocks.append(Bullets(tuple(point_text(point.text, point.parts) for point in advice.points)))
    if advice.conclusion_title:
        blocks.append(Paragraph(f"Zij rust op de conclusie “{advice.conclusion_title}”."))
    blocks += [
        Paragraph((Run(f"Stand in {item.name}: ", is_bold=True), f"{chain.told}. {SAYS_NOT[chain.standing]}")),
        chain_table(facts),
    ]
    local = [link.title for link in advice.served_by if link.where == item.name]
    if local:
        blocks.append(Paragraph(f"Lokaal uitgewerkt in: {dutch.listed(local)}."))
    if advice.serves:
        serves = dutch.listed([f"“{link.title}”" for link in advice.serves])
        blocks.append(Paragraph(f"Hoort bij de overkoepelende aanbeveling {serves}. {advice.serves_basis}"))
    examples: list[Text] = [
        (Run(f"{link.title} ({link.where}) ", is_bold=True), address_run(link.slug, facts.moment))
        for link in advice.practices
        if link.where != item.name
    ]
    if examples:
        blocks += [Heading("Voorbeelden uit andere gemeenten", 2), Bullets(tuple(examples))]
    return blocks


def point_text(text: str, parts: list[str]) -> str:
    return f"{text} Bijvoorbeeld: {'; '.join(part.rstrip('.') for part in parts)}." if parts else text


def chain_table(facts: AdviceFacts) -> Table:
    chain = facts.item.chain
    rows: list[tuple[Text, ...]] = [
        ("Standpunt van het college", *known(chain.position, "niet bekend")),
        *([("Nawoord van de rekenkamer", *known(chain.afterword, ""))] if chain.afterword else []),
        ("Besluit van de raad", *known(chain.decision, "niet bekend")),
        ("Termijn", chain.deadline_text or chain.no_deadline, "–"),
        *(("Verlengd", *known(action, "")) for action in chain.extensions),
        *(("Op de agenda", *known(action, "")) for action in chain.agenda),
        *(("Gemeld door de gemeente", *known(action, "")) for action in chain.said),
        *([] if chain.said else [("Gemeld door de gemeente", "niets, voor zover onze bronnen gaan", "–")]),
        *(("Vastgesteld door de rekenkamer", *known(action, "")) for action in chain.found),
        *([] if chain.found else [("Vastgesteld door de rekenkamer", "nog niets", "–")]),
    ]
    caption = f"Wat er op {facts.moment.text} in {facts.item.name} bekend is"
    return Table(caption, ("Stap", "Wat er bekend is", "Vindplaats"), tuple(rows), (3, 6, 3))


def known(action: Action | None, unknown: str) -> tuple[Text, Text]:
    if action is None:
        return unknown, "–"
    heading = f"{action.heading}. " if action.heading else ""
    return f"{heading}{action.text}", proof(action)


def proof(action: Action) -> Text:
    if action.source or not action.link:
        return action.proof
    return (Run(f"stuk op {action.link_site}", link=action.link),)


def elsewhere_table(facts: AdviceFacts) -> Table:
    rows = tuple((item.name, item.chain.told, item.chain.reported_text or "niets gemeld") for item in facts.elsewhere)
    caption = f"Dezelfde aanbeveling in andere gemeenten, zoals bekend op {facts.moment.text}"
    return Table(caption, ("Gemeente", "Stand", "Gemeld"), rows, (2, 3, 4))


def established(advice: Advice, chain: Chain) -> list[Text]:
    found: list[Text] = [f"in “{advice.report}” de aanbeveling staat: “{advice.headline}”"]
    decision, checked = chain.decision, chain.closed or chain.established
    if decision is None:
        found.append(said("bij het Raadsportaal NPLV geen besluit van de raad over die aanbeveling bekend is [nagaan]"))
    elif decision.outcome == Outcome.POSTPONED:
        found.append("de raad nog niet over die aanbeveling besloot")
    else:
        verb = "niet overnam" if decision.outcome == Outcome.REJECTED else "overnam"
        partly = "" if decision.outcome in {Outcome.ADOPTED, Outcome.REJECTED} else f" ({label(decision)})"
        found.append(f"de raad die aanbeveling{when(decision)} {verb}{partly}")
    if chain.standing == Standing.PAST_DUE:
        found.append(f"de termijn daarvoor op {day(chain)} is verstreken")
    elif about_deadline(chain):
        found.append(f"de termijn daarvoor loopt tot en met {day(chain)}")
    if chain.reported and chain.is_reported_done:
        found.append(f"de gemeente{when(chain.reported)} meldde dat zij is uitgevoerd")
    elif decision is not None and decision.outcome in TAKEN_OVER and not chain.said and not checked:
        found.append("bij het Raadsportaal NPLV niets over de uitvoering is gemeld")
    if chain.closed:
        found.append(f"de aanbeveling{when(chain.closed)} is afgesloten als {label(chain.closed)}")
    elif chain.established:
        found.append(f"de rekenkamer{when(chain.established)} vaststelde: {label(chain.established)}")
    return found


def considered(facts: AdviceFacts) -> list[Text]:
    advice, chain = facts.advice, facts.item.chain
    found: list[Text] = []
    if advice.conclusion_title:
        found.append(f"de aanbeveling rust op de conclusie “{advice.conclusion_title}”")
    if chain.standing in UNDECIDED:
        found.append("de raad zelf beslist of hij een aanbeveling overneemt")
    if chain.standing in {Standing.RUNNING, Standing.PAST_DUE}:
        found.append("de rekenkamers vragen om wat een raad overneemt binnen een jaar te agenderen en uit te voeren")
    if chain.standing == Standing.REPORTED_DONE:
        found.append("de rekenkamer dat nog niet heeft vastgesteld")
    return [*found, *taken_over_elsewhere(facts)]


def taken_over_elsewhere(facts: AdviceFacts) -> list[Text]:
    """ "ook" only where the council here took it over; apart where it was taken over in part or changed."""
    decided = {item.name: item.chain.decision.outcome for item in facts.elsewhere if item.chain.decision}
    here = facts.item.chain.decision
    also = "ook " if here and here.outcome in TAKEN_OVER else ""
    whole = [name for name, outcome in decided.items() if outcome == Outcome.ADOPTED]
    partly = [name for name, outcome in decided.items() if outcome in TAKEN_OVER - {Outcome.ADOPTED}]
    return [
        f"de aanbeveling {also}{how}is overgenomen door de raad van {dutch.listed(names)}"
        for how, names in (("", whole), ("deels of gewijzigd ", partly))
        if names
    ]


def sources_of(facts: AdviceFacts) -> list[Text]:
    found = [cited(source) for source in facts.advice.sources]
    found += [cited(action.source) for action in facts.item.chain.actions if action.source]
    links = dict.fromkeys(action.link for action in facts.item.chain.actions if action.link and not action.source)
    return [*dict.fromkeys(found), *((Run(link, link=link),) for link in links)]
