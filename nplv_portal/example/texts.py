"""What the example set says. All of it is made up."""

from findings.models import State

# slug, title, kind, date, address
DOCUMENTS: list[tuple[str, ...]] = [
    ("voorbeeldrapport", "Voorbeeldrapport", "rapport", "2024-01-30"),
    ("voorbeeldnotitie", "Voorbeeldnotitie van de rekenkamers", "notitie", "2024-01"),
    ("voorbeeldopzet", "Voorbeeldopzet van het onderzoek", "onderzoeksopzet", "2023"),
    ("voorbeeldbrief", "Voorbeeldbrief van het college", "collegebrief", ""),
    ("voorbeeldpagina", "Voorbeeldpagina van het programma", "webpagina", "2024-03-01", "https://programma.example/"),
    ("voorbeeld-onbekend", "Voorbeeldrapport dat niet in het portaal staat", "rapport", ""),
]

NEW_ASPECT = {
    "slug": "raadsrapporteurs",
    "role": "controlerend",
    "wording": "Raadsrapporteurs voor het programma",
    "short_wording": "Raadsrapporteurs",
    "question": "Volgen enkele raadsleden het programma namens de hele raad?",
}
REWORDED = {
    "kaders": {"wording": "Kaders van het programma die de raad vaststelt", "short_wording": "Kaders van de raad"},
    "programmabureau": {"wording": "Plaats van programmabureau en programmadirecteur"},
}
COMPARABLE = {
    "kaders": "De vraag is anders: de vorige ronde telde ook kaders mee die de raad niet had vastgesteld.",
    "link-raadsvoorstellen": "Dit aspect is in de vorige ronde niet onderzocht.",
}

SUBJECTS = {
    "onderschrijving-doel": "het landelijke doel",
    "vertaling-doel": "het lokale doel",
    "kaders": "de kaders",
    "gebiedsplan": "het gebiedsplan",
    "programmabureau": "het programmabureau",
    "verbinding-beleid": "de band met ander beleid",
    "schriftelijke-informatie": "de rapportages",
    "mondelinge-informatie": "de bijeenkomsten",
    "monitoring": "de metingen",
    "raadsvoorstellen-acties": "de voorstellen",
    "link-raadsvoorstellen": "het programma in stukken",
    "overzicht-middelen": "het overzicht van het geld",
    "bewonersparticipatie": "de rol van bewoners",
    "raadsrapporteurs": "de rapporteurs",
}
SAME = {
    "headline": "De raad staat achter het landelijke doel",
    "text": "De hele raad staat achter het doel van het landelijke programma. Dat staat in een besluit.",
    "state_reason": "‘staat achter’",
}
# headline, what follows on "In (year) ", the words of the source that the state rests on
SAYINGS: dict[str, list[tuple[str, str, str]]] = {
    State.IN_PLACE: [
        ("De raad besloot over {subject}", "besloot de raad van {place} over {subject}", "besloot"),
        ("Er zijn afspraken over {subject}", "maakte de raad van {place} afspraken over {subject}", "afspraken"),
        ("De raad bespreekt {subject} elk jaar", "besprak de raad van {place} {subject}, net als elk jaar", "elk jaar"),
    ],
    State.DEVELOPING: [
        ("Het college werkt nog aan {subject}", "begon het college van {place} met een plan voor {subject}", "begon"),
        ("Een voorstel over {subject} is in de maak", "was {place} nog bezig met {subject}", "nog bezig"),
    ],
    State.NOT_IN_PLACE: [
        ("Over {subject} is niets afgesproken", "sprak {place} niets af over {subject}", "sprak niets af"),
        ("De raad besprak {subject} niet", "kwam er in {place} geen stuk over {subject} naar de raad", "geen stuk"),
    ],
    "": [
        ("De raad sprak over {subject}", "sprak de raad van {place} over {subject}, zonder een besluit te nemen", ""),
        ("Over {subject} denkt men verschillend", "dachten raad en college van {place} anders over {subject}", ""),
    ],
}
MORE = [
    "Het stuk ging daarna naar de alliantie.",
    "De rekenkamer sprak hierover met raadsleden en ambtenaren.",
    "Raadsleden vroegen daar {number} keer naar.",
    "De wethouder zegde toe dat de raad hierover bericht krijgt.",
    "Bewoners van {area} waren er niet bij.",
]
LONG_WORD = (
    "Gebiedsontwikkelingssamenwerkingsovereenkomstwijzigingsvoorstelbehandelingsvoorbereidingswerkgroepvergadering"
)

FACTS = {
    "programme": "Nationaal Programma {area}.",
    "alliance": "De alliantie van {area} heeft negen partners.",
    "chair": "De burgemeester van {place} zit de alliantie voor.",
    "bureau": "Het programmabureau staat in {area} en heeft acht medewerkers.",
    "goal": "In {area} leven mensen even lang en even gezond als elders in {place}.",
    "horizon": "Het programma van {area} loopt twintig jaar.",
    "share": "Een op de vier inwoners van {place} woont in {area}.",
    "inhabitants": "In {area} wonen 12.345 mensen.",
    "neighbourhoods": "Voorbeeldwijk-Boven, Voorbeeldwijk-Beneden en de Voorbeeldbuurt.",
    "milestone": "De alliantie van {area} begon.",
    "website": "https://programma.example/",
    "registry": "https://raad.example/",
    "plans": "Het gebiedsplan van {area} telt zeven voorstellen. Zes daarvan zijn begonnen.",
    "governance": "Het bureau van {area} legt elk half jaar verantwoording af aan de alliantie.",
    "city": "{place} doet mee als een van de partners, en leent het bureau drie medewerkers.",
    "partners": "Woningcorporatie Voorbeeldhuis, Voorbeeldcollege, Voorbeeldzorg en de politie.",
    "residents": "Bewoners van {area} praten mee in een bewonersraad van vijftien mensen.",
    "agreements": "De raad van {place} krijgt twee keer per jaar een brief over de voortgang in {area}.",
    "monitoring": "Het bureau meet elk jaar veertig cijfers over {area}.",
    "money": "Het geld voor {area} komt van het Rijk, van {place} en van de partners zelf.",
    "money_kind": "{place} noemt geld voor {area} ‘extra’ als het er zonder het programma niet was.",
}
OTHER_COUNT = "In {area} wonen 12.500 mensen."

# kind, group, text, answer
QUESTIONS = [
    ("central", "", "Kan de raad het programma volgen en bijsturen?", ""),
    ("sub", "", "Zijn de doelen duidelijk genoeg om aan te toetsen?", "Ja, maar zij noemen geen jaar."),
    ("sub", "", "Krijgt de raad genoeg informatie over de voortgang?", "Nee: de raad krijgt die te laat."),
    ("follow_up", "", "Waarover kan een volgend onderzoek gaan?", ""),
    ("detail", "Landelijk programma", "Welke regels gelden in het hele land?", ""),
    ("detail", "Landelijk programma", "Wat is nieuw vergeleken met eerder beleid?", "Dat bewoners meebeslissen."),
    ("detail", "Lokaal programma", "Wie beslist waarover?", ""),
    ("detail", "Organisatie", "Wie betaalt het programmabureau?", "Alle partners betalen een deel."),
]
# What an office asked in its own report: kind, text, answer, the same question in the set-up of all offices
OWN_QUESTIONS = [
    ("central", "Kan de raad van {place} het programma in {area} volgen?", "", ["vraag-1"]),
    (
        "sub",
        "Weet de raad van {place} wat het doel voor {area} is?",
        "Ja. De raad stelde het doel zelf vast.\n\nHoe het doel wordt gemeten, weet de raad niet.",
        ["vraag-2", "vraag-5"],
    ),
    ("sub", "Hoe hoort de raad van {place} wat er in {area} gebeurt?", "", ["vraag-3"]),
    ("detail", "Welke stukken kreeg de raad van {place}?", "Vier brieven en twee rapportages.", []),
]
OWN_NOTES = [
    ("report", "Het rapport over {area} telt veertig bladzijden en heeft twee bijlagen."),
    ("respondents", "De rekenkamer sprak met acht raadsleden van {place} en zes ambtenaren."),
    ("respondents", "Bewoners van {area} zijn niet gesproken."),
]
NOTES = [
    ("rhythm", "De rekenkamers doen elke twee jaar onderzoek."),
    ("approach", "De rekenkamers lazen stukken en spraken met raadsleden."),
    ("method", "Elke rekenkamer onderzocht de eigen gemeente met dezelfde vragen."),
    ("joining", "Een rekenkamer kan in elke ronde instappen."),
    ("follow_up", "Na een jaar kijken de rekenkamers wat er met de aanbevelingen is gedaan."),
    ("approach", "De uitkomsten zijn besproken met de griffies."),
    ("method", "Waar een bron ontbrak, bleef de cel leeg."),
]
GAPS = [
    ("De begroting van het programma", "De rekenkamer vroeg om de begroting en kreeg die niet."),
    ("Bijlage 3", "De bijlage ontbreekt in onze kopie van het rapport."),
    ("De besluiten van de raad", "Van sommige aanbevelingen is niet bekend wat de raad besloot."),
    ("De kaart van het gebied", "Het plaatje is niet leesbaar."),
    ("Het tweede rapport", "Wij weten dat het er is. De inhoud staat niet in het portaal."),
    ("De cijfers over wonen", "Er zijn geen cijfers van dit jaar."),
    ("De namen van de partners", "De bron noemt alleen hoeveel partners er zijn."),
]
TERMS = [
    ("alliantie", "Alliantie", "", "De partners die samen het programma uitvoeren.", ["programmabureau"]),
    ("nplv", "Nationaal Programma Leefbaarheid en Veiligheid", "NPLV", "Van Rijk en gemeenten.", ["alliantie"]),
    ("programmabureau", "Programmabureau", "", "Het kantoor dat het programma elke dag leidt.", ["alliantie", "kern"]),
    ("kader", "Kader", "", "Een grens die de raad stelt, zoals een doel of een bedrag.", ["rapporteur"]),
    ("rapporteur", "Raadsrapporteur", "", "Een raadslid dat een onderwerp volgt voor de hele raad.", ["kader"]),
    ("vindplaats", "Vindplaats", "", "Het document en de plaats erin waar iets staat.", ["kern"]),
    ("kern", "Kernzin", "", "Een zin van ten hoogste 70 tekens die zegt wat is gevonden.", ["vindplaats"]),
]
LINES = [
    ("Wonen", "Wat betekenen de plannen om te bouwen voor wie er nu woont?"),
    ("Geld", "Welk geld van het Rijk kwam in het gebied terecht?"),
    ("Meedoen", "Wie praat er mee, en wie niet?"),
    ("Jeugd", "Wat merken jongeren van het programma?"),
    ("Veiligheid", "Is het gebied veiliger geworden?"),
    ("Werk", "Hoeveel mensen vonden werk?"),
    ("Gezondheid", "Leven mensen in het gebied gezonder?"),
]

# slug, heading, text, the suggestion that it belongs to
SUGGESTIONS = [
    ("bewoners", "Bewoners", "Vraag bewoners zelf wat zij van het programma merken.", ""),
    ("jongeren", "Bewoners", "Praat ook met jongeren onder de achttien.", "bewoners"),
    ("verhuisd", "Bewoners", "Zoek op wie er is weggegaan, en waarom.", "bewoners"),
    ("geld", "Geld", "Reken na hoeveel geld van het Rijk in het gebied terechtkwam.", ""),
    ("uren", "Geld", "Tel ook de uren van medewerkers.", "geld"),
    ("scholen", "Onderwijs", "Vergelijk de scholen in het gebied met die in de rest van de stad.", ""),
    ("regels", "Regels", "Kijk welke regels het werk in de weg zitten.", ""),
    ("raad", "De raad", "Onderzoek hoe raden in andere landen zo’n programma volgen.", ""),
    ("steun", "De raad", "Vraag welke steun raadsleden nodig hebben.", "raad"),
]
# section, subject, what the portal does, what each place says
CONTRADICTIONS: list[tuple[str, str, str, list[str]]] = [
    (
        "council",
        "Of de raad het plan vaststelde",
        "Wij volgen het rapport, want het noemt een datum.",
        ["De raad stelde het plan vast op 14 september 2023.", "De raad van {place} moet het plan nog vaststellen."],
    ),
    (
        "programme",
        "Looptijd van het programma",
        "Beide staan bij de feiten. Wij kiezen niet.",
        ["Twintig jaar.", "Een kwart eeuw.", "Het programma van {area} duurt vijftien tot vijfentwintig jaar."],
    ),
    (
        "figures",
        "Aantal inwoners",
        "Wij noemen beide, met het jaar erbij.",
        ["In {area} wonen 12.345 mensen.", "In {area} wonen 12.500 mensen."],
    ),
    (
        "money",
        "Bedrag voor het bureau",
        "Wij laten het bedrag uit het rapport zien. Waar het verschil vandaan komt, weten wij niet.",
        ["€ 750.000 per jaar.", "Ongeveer acht ton per jaar."],
    ),
    (
        "organisation",
        "Aantal partners",
        "Wij tellen niet zelf.",
        ["Negen partners.", "Elf partners, als de twee scholen apart tellen.", "‘Zo’n tien’ partners.", "Negen."],
    ),
    (
        "timeline",
        "Begin van het bureau",
        "De tijdlijn noemt de vroegste dag.",
        ["Het bureau begon in het voorjaar van 2023.", "Het bureau begon op 1 september 2023."],
    ),
    (
        "research",
        "Aantal gesprekken",
        "Wij noemen het aantal uit het rapport zelf. " + LONG_WORD + ".",
        ["De rekenkamer sprak met veertien mensen.", "Er waren twaalf gesprekken, soms met twee mensen tegelijk."],
    ),
]

# slug, title, headline, text
UMBRELLA = [
    ("rol", "Rol", "Spreek af welke rol u als raad wilt", "Kies een rol en kijk elk jaar of die nog past."),
    ("inzicht", "Inzicht", "Vraag het college om overzicht", "Vraag om een overzicht van voortgang, geld en risico’s."),
    ("informatie", "Informatie", "Zeg wat u wilt weten en wanneer", "Leg vast welke stukken u wilt en wanneer."),
    (
        "bewoners",
        "Bewoners",
        "Hoor bewoners voordat u besluit",
        "Spreek met bewoners voor een besluit over het gebied.",
    ),
    ("rapporteurs", "Rapporteurs", "Wijs rapporteurs aan", "Laat twee raadsleden het programma volgen."),
    ("agenda", "Agenda", "Maak een agenda voor vier jaar", "Leg vast wanneer u over het programma praat."),
    ("leren", "Leren", "Leer van andere gemeenten", "Bezoek elk jaar een gemeente met hetzelfde programma."),
]
LOCAL = [
    ("Gebiedsplan", "Stel het gebiedsplan vast", "Vraag het college het plan van {area} aan u voor te leggen."),
    (
        "Rapportage",
        "Vraag twee keer per jaar een rapportage",
        "Laat het college over {area} op vaste momenten berichten.",
    ),
    ("Geld", "Maak het geld zichtbaar", "Geef het geld voor {area} een eigen plaats in de begroting."),
]
POINTS = ["Doe het samen met de griffie.", "Kies een vast moment in het jaar.", "Spreek af wie het voorbereidt."]

THEMES = [
    ("voorbeeld-sturen", "Sturen door de raad", "Voorbeelden van raden die bijsturen.", "council"),
    ("voorbeeld-bewoners", "Bewoners", "Voorbeelden van bewoners die meedoen.", "council"),
    ("voorbeeld-onderwijs", "Onderwijs", "", "content"),
]
PRACTICES = [
    ("Raadswerkgroep", "Acht raadsleden komen elke maand bij elkaar."),
    ("Wijkwandeling", "De raad loopt twee keer per jaar door het gebied met bewoners."),
    ("Geldkaart", "Een kaart laat zien waar het geld naartoe gaat."),
    ("Voortgangsavond", ""),
    ("Bewonersjury", "Bewoners kiezen welk plan als eerste begint."),
    ("Leerbezoek", "Raadsleden gingen op bezoek bij een andere gemeente."),
    ("Kindervragen", "Kinderen stelden vragen aan de wethouder."),
    ("Schoolcoach", "Elke school heeft een coach die gezinnen helpt."),
]

MODALITIES = {
    "decided": "{who} besloot dat er elk jaar een bespreking over {area} komt.",
    "instructed": "{who} gaf opdracht om een overzicht van het geld voor {area} te maken.",
    "requested": "{who} vroeg om een bijeenkomst over {area}.",
    "promised": "{who} zegde toe dat er een brief over {area} komt.",
    "intended": "{who} wil de plannen voor {area} eerder bespreken.",
    "established": "{who} stelde een werkgroep voor {area} in.",
}
ACTORS = {
    "council": "De raad",
    "executive": "Het college",
    "programme_bureau": "Het programmabureau",
    "unknown": "De gemeente",
}


def three_hundred_words(text: str) -> str:
    filler = " Deze zin staat er alleen, zodat u ziet hoe een lange tekst in de tabel staat." * 20
    return " ".join((text + filler).split()[:299]) + " enzovoort."


REACTIONS = [
    "Het college herkent het beeld. Het wil de raad twee keer per jaar bijpraten, in het voorjaar en in het najaar.",
    "Het college neemt de aanbeveling over.\n\nHet vraagt wel om een jaar de tijd, omdat de begroting al vaststaat.",
    "Geen opmerkingen.",
]
AFTERWORD = "De rekenkamer dankt het college en houdt de termijn aan die in de aanbeveling staat."
