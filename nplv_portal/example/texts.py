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
}
OTHER_COUNT = "In {area} wonen 12.500 mensen."

QUESTIONS = [
    ("central", "", "Kan de raad het programma volgen en bijsturen?"),
    ("sub", "", "Zijn de doelen duidelijk genoeg om aan te toetsen?"),
    ("sub", "", "Krijgt de raad genoeg informatie over de voortgang?"),
    ("follow_up", "", "Waarover kan een volgend onderzoek gaan?"),
    ("detail", "Landelijk programma", "Welke regels gelden in het hele land?"),
    ("detail", "Landelijk programma", "Wat is nieuw vergeleken met eerder beleid?"),
    ("detail", "Lokaal programma", "Wie beslist waarover?"),
    ("detail", "Organisatie", "Wie betaalt het programmabureau?"),
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
    ("De besluiten van de raad", "Wat de raad met de aanbevelingen deed, staat niet in onze bronnen."),
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
