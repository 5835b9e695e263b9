"""What a member of a council takes along: as page, as .docx and as .odt, of every state and every standing."""

import re
from html import unescape
from itertools import count
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from findings.models import Absence, FindingVersion, State
from focusareas.models import Municipality, QuestionArticle
from nplv_portal.drafts import finding, recommendation
from nplv_portal.drafts.pieces import PIECES, said
from nplv_portal.lib.documents import FORMATS, plain, runs_of
from recommendations.chain import Standing
from recommendations.models import FollowUpEvent, Outcome, Recommendation
from tests.bad_input import MARKS
from tests.document_checks import opened_in_office, read
from tests.findings.test_matrix import many_more_areas_and_rounds
from tests.workplace.people import person

pytestmark = pytest.mark.django_db
NUMBERS = count(1)
THIS_YEAR = f"{timezone.localdate().year}-01-01"
FINDING = "/bevindingen/monitoring-heerlen-noord-start-2023-2025/"
LELYSTAD = "/bevindingen/monitoring-lelystad-oost-start-2023-2025/"
ADVICE = "/aanbevelingen/heerlen-2-inzicht-financien/"
HOSTILE = "<script>alert(1)</script> [datum] {question} \x0b\x1f\x7f\ufffe ]]> &amp; \u202eom " + "w" * 900
FILES = [(piece.slug, format_) for piece in PIECES for format_ in FORMATS]


def words(text: str) -> str:
    return "".join(text.split())


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def page(visitor: Client, address: str) -> str:
    response = visitor.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def file(visitor: Client, root: str, piece: str, format_: str, query: str = "") -> bytes:
    response = visitor.get(f"{root}raad/{piece}.{format_}{query}")
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith(f'attachment; filename="{piece}-')
    assert response["Content-Disposition"].endswith(f'.{format_}"')
    return response.content


def on_screen(html: str, piece: str) -> str:
    """The draft as the page shows it, without white space."""
    section = html.partition(f'id="{piece}"')[2].partition("</details>")[0]
    return words(unescape(re.sub(r"<[^>]+>", "", section.partition("</summary>")[2])))


def published(slug: str, **fields: Any) -> None:
    """What the office says there from now on."""
    latest = FindingVersion.objects.filter(record__slug=slug).latest("number")
    version = FindingVersion(record=latest.record, number=latest.number + 1, erratum="Anders.", **fields)
    version.save()
    version.publish(at=timezone.now())


def told(step: str, outcome: str = "", happened: str = "2025-06-01", **more: Any) -> FollowUpEvent:
    fields = {
        "actor": "executive",
        "text": "Zo staat het in de brief.",
        "link": "https://raad.example.nl/stuk",
        "municipality": Municipality.objects.get(slug="heerlen"),
        "recommendation": Recommendation.objects.get(slug="heerlen-2-inzicht-financien"),
    } | more
    return FollowUpEvent.objects.create(
        slug=f"stap-{next(NUMBERS)}",
        step=step,
        outcome=outcome,
        happened=happened,
        entered_at=timezone.now(),
        **fields,
    )


def unfinished(html: str) -> list[str]:
    """Sentences of which a fact fell out."""
    shown = "".join(on_screen(html, piece.slug) for piece in PIECES)
    return re.findall(r"\{\w*\}|None|,,|\.\.|“”|\(\)|:\.|,\.", shown)


# What stands in it


@pytest.mark.parametrize(
    ("root", "query"), [(FINDING, ""), (LELYSTAD, ""), (ADVICE, ""), ("/aanbevelingen/rol/", "?gemeente=arnhem")]
)
def test_the_files_say_what_the_page_says(visitor: Client, root: str, query: str) -> None:
    html = page(visitor, f"{root}raad/{query}")
    for piece, format_ in FILES:
        shown, found = on_screen(html, piece), read(file(visitor, root, piece, format_, query), format_)
        cells = [cell for table in found.tables for row in table for cell in row]
        texts = [words(text) for text in [*found.texts, *cells] if not text.startswith("Gemeente ")]
        assert not [text for text in texts if text not in shown]
        assert sum(map(len, texts)) == len(shown), (piece, format_)
        assert found.head == "CONCEPT"


@pytest.mark.parametrize("format_", FORMATS)
def test_it_holds_the_facts_of_the_finding_with_place_and_lasting_address(visitor: Client, format_: str) -> None:
    version = FindingVersion.objects.get(record__slug="monitoring-lelystad-oost-start-2023-2025")
    found = read(file(visitor, LELYSTAD, "schriftelijke-vragen", format_), format_)
    assert words(version.text) in found.words
    assert words(f"Waarop die rust: {version.state_reason}") in found.words
    assert words("geen score") in found.words
    for citation in version.citations.select_related("source__document"):
        assert words(f"“{citation.source.document}”, {citation.source.place}") in found.words
    today = timezone.localdate().isoformat()
    assert f"http://127.0.0.1:8000{LELYSTAD}?op={today}" in found.links
    places = [row[0] for row in found.tables[0][1:]]
    here = ["Arnhem (Arnhem-Oost)", "Groningen (Groningen-Noord)", "Heerlen (Heerlen-Noord)"]
    assert places == [f"{place}, Startonderzoek 2023-2025" for place in here]
    assert found.title == "Schriftelijke vragen: Monitoring (Lelystad Oost)"


def test_questions_rest_on_the_article_of_the_own_council_or_leave_it_open(visitor: Client) -> None:
    assert "Op grond van: artikel 33 van het reglement" in text_of(page(visitor, f"{FINDING}raad/"))
    assert "artikel 38 van het reglement" in text_of(page(visitor, "/aanbevelingen/rol/raad/?gemeente=groningen"))
    lelystad = page(visitor, f"{LELYSTAD}raad/")
    assert '<mark class="blank">[artikel invullen: reglement van orde]</mark>' in lelystad
    assert "weten wij niet" in text_of(lelystad)


STATES: list[tuple[dict[str, str], str, str]] = [
    ({"state": State.IN_PLACE}, "In welk besluit, welke afspraak of welk stuk", "waar de raad kan terugvinden"),
    ({"state": State.DEVELOPING}, "Welke stappen zijn nog nodig", "welke planning daarbij hoort"),
    ({"state": State.NOT_IN_PLACE}, "Is het college van plan dit te regelen?", "hoe het te regelen is"),
    ({"state": ""}, "Wat is nu het antwoord van het college op de vraag", "of deze beschrijving nog klopt"),
    ({"absence": Absence.NO_INFORMATION}, "Dat betekent niet dat er niets is geregeld", "de informatie er niet is"),
    ({"absence": Absence.NOT_EXAMINED}, "Dit is in deze ronde niet onderzocht", "ander onderzoek"),
]


@pytest.mark.parametrize(("fields", "asks", "requests"), STATES)
def test_each_state_asks_its_own_questions(visitor: Client, fields: dict[str, str], asks: str, requests: str) -> None:
    text = {} if fields.get("absence") else {"headline": "Kernzin van nu", "text": "Tekst van nu."}
    reason = {"state_reason": "‘zo staat het er’"} if fields.get("state") else {}
    published("monitoring-heerlen-noord-start-2023-2025", **fields, **text, **reason)
    html = page(visitor, f"{FINDING}raad/")
    assert words(asks) in on_screen(html, "schriftelijke-vragen")
    assert words(requests) in on_screen(html, "motie")
    assert ("Gevonden is: Kernzin van nu" in text_of(html)) == bool(text)
    assert not unfinished(html)


STANDINGS: list[tuple[Standing, list[tuple[Any, ...]], str, str]] = [
    (Standing.NO_DECISION, [], "Kent het college een besluit van de raad", "een voorstel te doen"),
    (
        Standing.POSTPONED,
        [("decision", "postponed")],
        "Is er een raadsvoorstel in voorbereiding",
        "een voorstel te doen",
    ),
    (Standing.REJECTED, [("decision", "rejected")], "nu geregeld, en waar", "nu is geregeld"),
    (Standing.RUNNING, [("decision", "adopted", THIS_YEAR)], "Wordt de termijn van 1 januari", "wordt gehaald"),
    (Standing.PAST_DUE, [("decision", "partly")], "welke nieuwe termijn is haalbaar", "een nieuwe termijn voor te"),
    (Standing.REPORTED_DONE, [("decision", "adopted"), ("reported", "done")], "Uit welke stukken", "de stukken te"),
    (Standing.ESTABLISHED, [("established", "followed")], "Hoe blijft het zo", "of dit nog zo is"),
]


@pytest.mark.parametrize(("standing", "events", "asks", "requests"), STANDINGS)
def test_each_standing_asks_its_own_questions(
    visitor: Client, standing: Standing, events: list[Any], asks: str, requests: str
) -> None:
    for event in events:
        told(*event)
    html = page(visitor, f"{ADVICE}raad/")
    assert f"standing--{standing.slug}" in html or standing.value in text_of(html)
    assert words(asks) in on_screen(html, "schriftelijke-vragen")
    assert words(requests) in on_screen(html, "motie")
    assert not unfinished(html)


@pytest.mark.parametrize(
    ("outcome", "asks", "says"),
    [
        ("implemented", "Is er sindsdien iets veranderd aan hoe dit is geregeld?", "afgesloten als uitgevoerd"),
        ("not_implemented", "Hoe is het onderwerp van de aanbeveling nu geregeld", "afgesloten als niet uitgevoerd"),
    ],
)
def test_what_is_closed_asks_whether_it_still_is_so(visitor: Client, outcome: str, asks: str, says: str) -> None:
    proposal = told("closing", outcome, "2026-02-01", entered_by=person("ans", "researcher"))
    told("closed", outcome, "2026-02-02", confirms=proposal, entered_by=person("bob", "researcher"))
    html = page(visitor, f"{ADVICE}raad/")
    assert words(asks) in on_screen(html, "schriftelijke-vragen")
    assert words(says) in on_screen(html, "motie")
    assert not unfinished(html)


def test_what_is_late_although_reported_as_done_is_not_asked_as_if_nobody_said_so(visitor: Client) -> None:
    told("decision", "adopted", happened="2025-02-01")
    told("reported", "done", happened="2025-05-01")
    told("established", "partly_followed", happened="2025-06-01", actor="audit_office")
    html = page(visitor, f"{ADVICE}raad/")
    assert "Is de aanbeveling uitgevoerd?" not in html
    assert "De gemeente meldde dat de aanbeveling is uitgevoerd. Hoe past dat bij" in html
    motion = on_screen(html, "motie")
    assert words("de gemeente op 1 mei 2025 meldde dat zij is uitgevoerd") in motion
    assert words("de rekenkamer op 1 juni 2025 vaststelde: deels opgevolgd") in motion


def test_who_took_it_over_in_part_is_not_named_as_if_it_took_over_all(visitor: Client) -> None:
    rol = Recommendation.objects.get(slug="rol")
    for place, outcome in (("arnhem", "adopted"), ("groningen", "partly"), ("lelystad", "rejected")):
        told("decision", outcome, municipality=Municipality.objects.get(slug=place), recommendation=rol)
    motion = on_screen(page(visitor, "/aanbevelingen/rol/raad/?gemeente=heerlen"), "motie")
    assert words("de aanbeveling is overgenomen door de raad van Arnhem,") in motion
    assert words("de aanbeveling deels of gewijzigd is overgenomen door de raad van Groningen") in motion
    assert "Lelystad" not in motion.partition("overwegende")[2].partition("verzoekt")[0]
    told("decision", "adopted", recommendation=rol)
    motion = on_screen(page(visitor, "/aanbevelingen/rol/raad/?gemeente=heerlen"), "motie")
    assert words("de aanbeveling ook is overgenomen door de raad van Arnhem,") in motion


def test_others_are_shown_as_the_last_round_found_them(visitor: Client) -> None:
    many_more_areas_and_rounds(1)
    html = page(visitor, f"{FINDING}raad/")
    assert "Arnhem (Arnhem-Oost), Ronde 3" in html
    assert "Startonderzoek 2023-2025</td>" not in html


def test_what_was_promised_and_what_the_office_found_is_asked_after(visitor: Client) -> None:
    told("decision", "adopted")
    told("commitment", "", due_on="2026-02-01", text="Er komt een overzicht.")
    told("established", "partly_followed", "2025-11-01", actor="audit_office")
    shown = text_of(page(visitor, f"{ADVICE}raad/"))
    assert "Toegezegd is, uiterlijk 1 februari 2026: “Er komt een overzicht.” Is dat gebeurd?" in shown
    found = (
        "De rekenkamer stelde op 1 november 2025 vast: deels opgevolgd. In haar woorden: “Zo staat het in de brief.”"
    )
    assert f"{found} Wat is er daarna gedaan?" in shown


def questions_in(visitor: Client, root: str, piece: str = "schriftelijke-vragen") -> list[str]:
    return read(file(visitor, root, piece, "docx"), "docx").under("List Number")


def test_a_promise_that_is_not_due_yet_is_not_asked_as_if_it_were(visitor: Client) -> None:
    told("decision", "adopted", THIS_YEAR)
    year = timezone.localdate().year
    told("commitment", "", due_on=f"{year + 1}-03-31", text="Er komt een plan.")
    told("commitment", "", due_on=THIS_YEAR, text="Er komt een brief.")
    asked = questions_in(visitor, ADVICE)
    assert f"Toegezegd is, uiterlijk 31 maart {year + 1}: “Er komt een plan.” Hoe staat het daarmee?" in asked
    assert f"Toegezegd is, uiterlijk 1 januari {year}: “Er komt een brief.” Is dat gebeurd?" in asked


def test_the_executive_is_not_asked_what_the_council_promised_or_when_it_deals_with_it(visitor: Client) -> None:
    told("decision", "postponed")
    told("commitment", "", actor="council", text="Er komt een debat.")
    asked = questions_in(visitor, ADVICE)
    assert not [question for question in asked if "Er komt een debat." in question or "kan de raad deze" in question]
    assert [point for point in questions_in(visitor, ADVICE, "agendapunt") if "“Er komt een debat.”" in point]


def test_an_executive_that_gave_no_response_is_asked_for_its_position(visitor: Client) -> None:
    told("position", "no_response", "2024-02-20")
    (asked,) = [question for question in questions_in(visitor, ADVICE) if "reactie" in question]
    assert asked == (
        "Het college gaf op 20 februari 2024 geen reactie op de aanbeveling. Wat is nu het standpunt van het college?"
    )


@pytest.mark.parametrize("piece", ["schriftelijke-vragen", "agendapunt"])
def test_other_municipalities_stand_after_what_is_asked(visitor: Client, piece: str) -> None:
    for root, query in ((LELYSTAD, ""), ("/aanbevelingen/rol/", "?gemeente=arnhem")):
        found = read(file(visitor, root, piece, "docx", query), "docx")
        heads = found.under("Heading 1")
        assert heads.index("Andere gemeenten") == len(heads) - 2
        assert heads[-1] == "Bronnen"
        assert found.texts.index(found.under("List Number")[-1]) < found.texts.index("Andere gemeenten")


def test_an_example_comes_with_its_address(visitor: Client) -> None:
    found = read(file(visitor, FINDING, "schriftelijke-vragen", "odt"), "odt")
    named = "Voorbeelden uit andere gemeenten" in found.under("Heading 2")
    assert named == any("/voorbeelden/" in link for link in found.links)


def test_what_the_council_does_itself_is_asked_of_its_agenda(visitor: Client) -> None:
    shown = on_screen(page(visitor, "/aanbevelingen/rol/raad/?gemeente=lelystad"), "motie")
    assert words("verzoekt [de agendacommissie of het presidium]:") in shown
    assert words("verzoekt het college:") in on_screen(page(visitor, f"{ADVICE}raad/"), "motie")


def test_every_state_and_standing_has_words_and_none_of_them_judges() -> None:
    assert {*finding.ASKED} == {*State, "", Absence.NO_INFORMATION, Absence.NOT_EXAMINED}
    others = {Outcome.IMPLEMENTED, Outcome.NOT_IMPLEMENTED, recommendation.OTHERWISE}
    assert {*recommendation.ASKED} == {*Standing} - {Standing.CLOSED} | others
    assert {*recommendation.SAYS_NOT} == {*Standing}
    sentences = [
        sentence
        for asked in [*finding.ASKED.values(), *recommendation.ASKED.values()]
        for sentence in (*asked.questions, *asked.requests, *asked.points)
    ]
    judging = r"\b(goed|slecht|helaas|eindelijk|onvoldoende|tekort\w*|achter\w*|beter|nalat\w*|schand\w*|moet(en)?)\b"
    assert len(sentences) > 60
    assert not [sentence for sentence in sentences if re.search(judging, sentence)]


def test_brackets_are_blanks_in_our_sentences_only() -> None:
    runs = list(runs_of(said("Op [datum] over {what}.", what="[iets] {x}")))
    assert [run.text for run in runs if run.is_blank] == ["[datum]"]
    assert plain(tuple(runs)) == "Op [datum] over [iets] {x}."


# What it bears


def test_hostile_text_breaks_no_page_and_no_file_and_libreoffice_opens_them_all(visitor: Client) -> None:
    published(
        "monitoring-heerlen-noord-start-2023-2025",
        headline="<b>[kern]</b> \x0b{0}",
        text=HOSTILE * 5,
        state="developing",
        state_reason=HOSTILE[:200],
        remark=HOSTILE,
    )
    told("decision", "adopted", text=HOSTILE, link="https://example.nl/?a=<b>&c=[1]")
    html = page(visitor, f"{FINDING}raad/") + page(visitor, f"{ADVICE}raad/")
    assert not [mark for mark in MARKS if mark in html]
    files = {
        f"{root} {piece}.{format_}": file(visitor, root, piece, format_)
        for root in (FINDING, ADVICE)
        for piece, format_ in FILES
    }
    for name, pages in opened_in_office(files).items():
        assert all("CONCEPT" in one and f"van {len(pages)}" in one for one in pages), name
        assert words("en gaat over tot de orde") in words("".join(pages)) or "motie" not in name
        has_text = "motie" not in name or FINDING in name  # the steps stand in a table, and a motion has none
        assert not has_text or "<script>alert(1)</script>" in words("".join(pages)), name


@pytest.mark.parametrize(
    "address",
    [
        "/bevindingen/x/raad/",
        "/bevindingen/x/raad/motie.docx",
        f"{FINDING}raad/gedicht.docx",
        f"{FINDING}raad/motie.pdf",
        f"{FINDING}raad/?op=2024-01-01",
        "/aanbevelingen/x/raad/",
        "/aanbevelingen/x/raad/motie.odt",
        f"{ADVICE}raad/gedicht.odt",
        "/aanbevelingen/rol/raad/motie.odt",
        "/aanbevelingen/rol/raad/motie.docx?gemeente=atlantis",
    ],
)
def test_what_does_not_exist_is_not_found(visitor: Client, address: str) -> None:
    response = visitor.get(address)
    assert response.status_code == 404
    assert 'lang="nl"' in response.content.decode()


def test_a_finding_that_was_withdrawn_gives_no_draft_and_no_link_to_one(visitor: Client) -> None:
    version = FindingVersion.objects.get(record__slug="monitoring-heerlen-noord-start-2023-2025")
    version.withdraw(at=timezone.now(), reason="Klopte niet.")
    assert visitor.get(f"{FINDING}raad/").status_code == 404
    assert "raad/" not in page(visitor, FINDING).partition("<main")[2].partition("</main")[0]


@pytest.mark.parametrize("value", ["atlantis", "<script>alert(1)</script>", "x" * 500, "heerlen'--", "", "\u202ex"])
def test_an_umbrella_recommendation_asks_which_council(visitor: Client, value: str) -> None:
    response = visitor.get("/aanbevelingen/rol/raad/", {"gemeente": value})
    html = response.content.decode()
    assert response.status_code == 200
    assert not [mark for mark in MARKS if mark in html]
    assert "Voor welke gemeente?" in html
    assert ('role="status"' in html) == bool(value)
    links = re.findall(r'href="/aanbevelingen/rol/raad/\?gemeente=(\w+)"', html)
    assert links == ["arnhem", "groningen", "heerlen", "lelystad"]


def test_a_local_recommendation_is_of_its_own_council_whatever_the_address_says(visitor: Client) -> None:
    assert "Gemeente Heerlen" in read(file(visitor, ADVICE, "motie", "docx", "?gemeente=arnhem"), "docx").texts


# On another day


def test_an_earlier_day_gives_the_draft_as_it_was_then(visitor: Client) -> None:
    then = "?op=2025-02-01"
    before = file(visitor, FINDING, "motie", "docx", then)
    published("monitoring-heerlen-noord-start-2023-2025", headline="Nieuw", text="Nieuw.", state="")
    told("decision", "adopted")
    assert file(visitor, FINDING, "motie", "docx", then) == before
    shown = page(visitor, f"{FINDING}raad/{then}")
    assert "van 1 februari 2025" in text_of(shown)
    assert f"{FINDING}?op=2025-02-01" in shown
    assert f'href="{FINDING}raad/motie.docx{then}"' in shown
    assert "geen besluit bekend" in text_of(page(visitor, f"{ADVICE}raad/{then}"))


def test_an_article_counts_from_the_day_that_it_was_entered(visitor: Client) -> None:
    lelystad = Municipality.objects.get(slug="lelystad")
    QuestionArticle.objects.create(
        slug="x", municipality=lelystad, article="artikel 40", link="https://example.nl/rvo", entered_at=timezone.now()
    )
    assert "artikel 40 van het reglement van orde" in text_of(page(visitor, f"{LELYSTAD}raad/"))
    assert "[artikel invullen" in text_of(page(visitor, f"{LELYSTAD}raad/?op=2025-02-01"))


# The way there


@pytest.mark.parametrize(
    ("address", "link"),
    [
        (FINDING, f"{FINDING}raad/"),
        (f"{FINDING}?op=2025-02-01", f"{FINDING}raad/?op=2025-02-01"),
        (ADVICE, f"{ADVICE}raad/"),
        ("/aanbevelingen/rol/?op=2025-02-01", "/aanbevelingen/rol/raad/?gemeente=arnhem&amp;op=2025-02-01"),
        ("/gemeenten/lelystad/aanbevelingen/", "/aanbevelingen/rol/raad/?gemeente=lelystad"),
        ("/gemeenten/heerlen/aanbevelingen/", f"{ADVICE}raad/"),
    ],
)
def test_the_pages_lead_there(visitor: Client, address: str, link: str) -> None:
    assert f'href="{link}"' in page(visitor, address).replace("&op", "&amp;op")
    assert visitor.get(unescape(link)).status_code == 200
