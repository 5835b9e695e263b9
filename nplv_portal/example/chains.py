"""How it can go with a recommendation: chains of events, each told on its own day."""

from __future__ import annotations

PROOFS = "https://voorbeeld.invalid/{place}/stukken/{day}"

Event = tuple[str, str, str, str, str, str]  # step, outcome, actor, when, uiterlijk, text

TAKEN_OVER: list[Event] = [
    ("position", "adopted", "executive", "2024-02-20", "", "Het college van {place} neemt de aanbeveling over."),
    (
        "afterword",
        "",
        "audit_office",
        "2024-02-27",
        "",
        "De rekenkamer is blij met de toezegging en vraagt om een datum.",
    ),
    ("agenda", "", "council", "2024-04-10", "", "De commissie van {place} bespreekt het voorstel."),
    ("decision", "adopted", "council", "2024-04-18", "", "De raad van {place} neemt de aanbeveling over."),
]
EXTENDED: list[Event] = [
    *TAKEN_OVER,
    ("commitment", "", "executive", "2024-04-18", "2027-03-01", "Het college stuurt de raad elk jaar een overzicht."),
    ("extension", "", "council", "2025-03-20", "2025-12-31", "Het gebiedsplan was nog niet klaar."),
    ("reported", "started", "executive", "2025-11-04", "", "Het eerste overzicht ligt bij de raad."),
    ("extension", "", "council", "2025-12-11", "2030-07-01", "De raad wil twee begrotingen afwachten."),
]
PAST_DUE: list[Event] = [
    ("position", "partly", "executive", "2024-02", "", "Het college van {place} neemt de helft over."),
    (
        "decision",
        "partly",
        "council",
        "2024-03",
        "",
        "De raad van {place} neemt haar over zonder de peiling.",
    ),
    ("reported", "started", "executive", "2024-11-05", "", "Er ligt een plan van aanpak."),
]
REPORTED_DONE: list[Event] = [
    *TAKEN_OVER[:3],
    (
        "decision",
        "amended",
        "council",
        "2024-04-18",
        "",
        "De raad van {place} wil elk halfjaar bericht.",
    ),
    ("reported", "done", "executive", "2025-02-10", "", "De raad krijgt elk halfjaar bericht."),
]
ESTABLISHED: list[Event] = [
    *REPORTED_DONE,
    ("established", "followed", "audit_office", "2025-11-20", "", "De rekenkamer zag twee van die berichten."),
]
VOICES_DIFFER: list[Event] = [
    *REPORTED_DONE,
    ("established", "partly_followed", "audit_office", "2025-11-20", "", "De rekenkamer zag één bericht, niet twee."),
]
REJECTED: list[Event] = [
    ("position", "rejected", "executive", "2024-02-20", "", "Het college van {place} vindt dit al geregeld."),
    ("afterword", "", "audit_office", "2024-02-27", "", "De rekenkamer ziet die regeling niet in de stukken."),
    ("decision", "rejected", "council", "2024-04-18", "", "De raad van {place} volgt het college."),
]
POSTPONED: list[Event] = [
    ("position", "no_response", "executive", "2024-02-20", "", "Het college van {place} reageerde niet."),
    ("agenda", "", "council", "2024-04-10", "", "De commissie van {place} stelt de bespreking uit."),
    ("decision", "postponed", "council", "2024-04-18", "", "De raad van {place} wacht op het gebiedsplan."),
]
PROMISED_ONLY: list[Event] = [
    ("commitment", "", "executive", "2024-05-16", "", "Het college van {place} zegt een gesprek met de raad toe."),
]

CHAINS: list[list[Event]] = [
    EXTENDED,
    PAST_DUE,
    ESTABLISHED,
    PROMISED_ONLY,
    REPORTED_DONE,
    REJECTED,
    POSTPONED,
    VOICES_DIFFER,
    [],
]
