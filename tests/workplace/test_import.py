"""A round filled in with a spreadsheet: taken, changed, rehearsed, and taken over as drafts; all of it or nothing."""

import time
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from findings.models import AuditRound, Finding, FindingVersion, Participation, RoundAspect
from focusareas.models import FocusArea
from nplv_portal.accounts.models import User
from nplv_portal.lib.sheets import Line
from nplv_portal.lib.tables import Format, write
from nplv_portal.lib.versions import Stage, StaleError
from nplv_portal.sources.models import Document, PublicRevision
from nplv_portal.workplace import work
from nplv_portal.workplace.content import pieces
from nplv_portal.workplace.findings_sheet import FindingsSheet
from nplv_portal.workplace.kinds import BY_SLUG
from nplv_portal.workplace.models import Upload, WorkEvent
from nplv_portal.workplace.rehearsal import Rehearsal
from tests.conftest import without_triggers
from tests.lib.test_sheets import FILES
from tests.workplace.people import person, signed_in

pytestmark = pytest.mark.django_db
KIND = BY_SLUG["bevindingen"]
FORMATS: list[Format] = ["xlsx", "ods", "csv"]
ADDRESS = "/werkplek/import/"
Rows = dict[str, dict[str, str]]  # aspect → column → text


def area(slug: str = "heerlen-noord") -> FocusArea:
    return FocusArea.objects.get(slug=slug)


def sheet_of(where: FocusArea | None = None) -> FindingsSheet:
    return FindingsSheet.of(AuditRound.objects.get(slug="start-2023-2025"), where or area())


def filled(rows: Rows, format: Format = "csv", only: bool = False) -> bytes:
    """The sheet as the office takes it, with these cells filled in."""
    sheet = sheet_of().sheet
    places = {heading: column for column, heading in enumerate(sheet.headings)}
    made = []
    for row in sheet.rows:
        cells, typed = list(row), rows.get(str(row[0]), {})
        for column, text in typed.items():
            cells[places[column]] = text
        if typed or not only:
            made.append(cells)
    return write(replace(sheet, rows=made), format)


def send(client: Client, content: bytes, where: FocusArea | None = None, name: str = "blad.csv") -> Any:
    part = Participation.objects.get(focus_area=where or area(), round__slug="start-2023-2025")
    file = BytesIO(content)
    file.name = name
    return client.post(ADDRESS, {"waar": part.pk, "file": file}, follow=True)


def rehearse(client: Client, rows: Rows, format: Format = "csv") -> Any:
    response = send(client, filled(rows, format))
    assert response.redirect_chain, response.content.decode()
    return response


def take_over(client: Client, rehearsed: Any) -> Any:
    """Press the button of this page."""
    marks = [row.mark for row in rehearsed.context["rehearsal"].rows]
    return client.post(rehearsed.request["PATH_INFO"], {"gezien": marks}, follow=True)


def text_of(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture
def writer() -> User:
    return person("ans", "researcher")


@pytest.fixture
def ans(writer: User) -> Client:
    return signed_in(writer)


def draft(aspect: str) -> FindingVersion:
    found = FindingVersion.objects.filter(
        record__round_aspect__aspect__slug=aspect, record__focus_area=area(), stage=Stage.DRAFT
    )
    version: FindingVersion = found.get()
    return version


def emptied(aspect: str) -> None:
    """Takes the finding out of the shipped data, as in a round that has yet to be filled in."""
    record = Finding.objects.get(round_aspect__aspect__slug=aspect, focus_area=area())
    with without_triggers("findings_findingversion", "findings_findingcitation"), connection.cursor() as cursor:
        for table in ("findings_findingcitation WHERE version_id IN (SELECT id FROM findings_findingversion", ""):
            where = f"{table} WHERE record_id = %s)" if table else "findings_findingversion WHERE record_id = %s"
            cursor.execute(f"DELETE FROM {where}", [record.pk])
        cursor.execute("DELETE FROM findings_finding WHERE id = %s", [record.pk])


NEW = {
    "Kernzin": "De raad stelt kaders",
    "Tekst": "=1+1 is hier tekst.\n\n“Aanhalingen” en ; ook.",
    "Stand": "Geregeld",
    "Waarop de stand rust": "Er is een besluit.",
    "Waarom leeg": "",
    "Opmerking": "",
    "Vindplaatsen": "",
    "Erratum": "",
}


# --- The sheet out and back ---


@pytest.mark.parametrize("format", FORMATS)
def test_a_sheet_that_comes_back_unchanged_changes_nothing(ans: Client, writer: User, format: Format) -> None:
    odd = draft_with("=1+1", "- een streep\r\n\r\n" + 'Een “zin” met "alles"; \'n komma, en zo.  ' * 110)
    taken = ans.get(f"{ADDRESS}start-2023-2025/heerlen-noord.{format}")
    response = send(ans, taken.content, name="export")
    assert "Er verandert niets" in text_of(response)
    assert len(response.context["rehearsal"].same) == 13
    assert "Neem over als concept" not in text_of(response)
    odd.refresh_from_db()
    assert odd.edition == 1
    assert len(odd.text) > 4_000


def draft_with(headline: str, text: str) -> FindingVersion:
    cell = sheet_of().cells["kaders"]
    assert cell.latest is not None
    version: Any = work.start_next(KIND, cell.latest, by=person("eerder", "researcher"))
    version.headline, version.text, version.remark, version.erratum = headline, text[:5000].strip(), "@x", "+1"
    version.save()
    found: FindingVersion = version
    return found


def test_the_sheet_holds_the_draft_where_there_is_one_and_else_what_is_public(ans: Client) -> None:
    draft_with("Een concept", "Tekst")
    lines = ans.get(f"{ADDRESS}start-2023-2025/heerlen-noord.csv").content.decode("utf-8-sig")
    assert '"Een concept"' in lines
    public = [*sheet_of().cells.values()][-1].latest
    assert public is not None
    assert public.headline in lines
    assert lines.count('"start-2023-2025";"heerlen-noord"') == 13


def test_a_sheet_takes_as_many_queries_for_one_text_as_for_thirteen(django_assert_num_queries: Any) -> None:
    round_, here = AuditRound.objects.get(slug="start-2023-2025"), area()
    with django_assert_num_queries(7):
        assert len(FindingsSheet.of(round_, here).sheet.rows) == 13


# --- New, changed and wrong ---


def test_a_changed_row_shows_word_by_word_what_changes_and_nothing_is_written(ans: Client) -> None:
    before = FindingVersion.objects.count(), WorkEvent.objects.count(), PublicRevision.objects.get().number
    response = rehearse(ans, {"kaders": {"Kernzin": "Een heel nieuwe kernzin"}})
    assert "1 gewijzigd, 12 hetzelfde" in text_of(response)
    assert "<ins>" in text_of(response)
    [row] = response.context["rehearsal"].changed
    assert [change.label for change in row.changes] == ["Kernzin"]
    assert (FindingVersion.objects.count(), WorkEvent.objects.count(), PublicRevision.objects.get().number) == before


@pytest.mark.parametrize("format", FORMATS)
def test_new_and_changed_rows_become_drafts_of_who_sent_them_and_nothing_is_public(
    ans: Client, writer: User, format: Format
) -> None:
    emptied("kaders")
    other = next(slug for slug in sheet_of().cells if slug != "kaders")
    document = Document.objects.order_by("slug")[0].slug
    new = NEW | {"Vindplaatsen": f"{document} | blz. 3\n {document}|blz. 4 | onder \n\n"}
    revision = PublicRevision.objects.get().number
    changed = {"Tekst": "Verbeterde tekst.", "Erratum": "Tekst verbeterd."}
    response = rehearse(ans, {"kaders": new, other: changed}, format)
    assert "1 nieuw, 1 gewijzigd, 11 hetzelfde" in text_of(response)
    assert "Overgenomen als concept: 1 nieuw, 1 gewijzigd." in text_of(take_over(ans, response))
    made, corrected = draft("kaders"), draft(other)
    assert (made.headline, made.text, made.state) == (NEW["Kernzin"], NEW["Tekst"], "in_place")
    assert [c.source.place for c in made.citations.all()] == ["blz. 3", "blz. 4 | onder"]
    assert (corrected.text, corrected.erratum, corrected.number) == ("Verbeterde tekst.", "Tekst verbeterd.", 2)
    assert all(version.writers == [writer.pk] for version in (made, corrected))
    assert {e.by_id for e in WorkEvent.objects.filter(version_id__in=[made.pk, corrected.pk])} == {writer.pk}
    page = text_of(Client().get(f"/bevindingen/{corrected.record.slug}/"))
    assert "Verbeterde tekst." not in page
    assert Client().get(f"/bevindingen/{made.record.slug}/").status_code == 404
    assert PublicRevision.objects.get().number >= revision


def test_a_corrected_row_keeps_its_vindplaatsen_and_what_was_not_typed(ans: Client) -> None:
    old = sheet_of().cells["kaders"].latest
    assert old is not None
    take_over(ans, rehearse(ans, {"kaders": {"Kernzin": "Anders"}}))
    new = draft("kaders")
    assert [c.source_id for c in new.citations.all()] == [c.source_id for c in old.citations.all()] != []
    assert (new.text, new.state, new.state_reason, new.remark) == (old.text, old.state, old.state_reason, old.remark)


def test_a_row_goes_on_in_the_draft_that_is_there(ans: Client, writer: User) -> None:
    version = draft_with("Van een collega", "Tekst van een collega")
    take_over(ans, rehearse(ans, {"kaders": {"Tekst": "Aangevuld"}}))
    version.refresh_from_db()
    assert (version.text, version.headline, version.edition) == ("Aangevuld", "Van een collega", 2)
    assert writer.pk in version.writers
    assert len(version.writers) == 2


def test_a_text_in_review_says_that_it_becomes_a_draft_again(ans: Client) -> None:
    version = draft_with("Kernzin", "Tekst")
    version.submit(by=person("cor", "researcher"))
    response = rehearse(ans, {"kaders": {"Tekst": "Aangevuld"}})
    assert "Deze tekst is nu in beoordeling en wordt weer een concept." in text_of(response)
    take_over(ans, response)
    version.refresh_from_db()
    assert (version.stage, version.text) == (Stage.DRAFT, "Aangevuld")


def test_a_withdrawn_text_stands_empty_in_the_sheet_and_can_be_written_anew(ans: Client) -> None:
    old = sheet_of().cells["kaders"].latest
    assert old is not None
    old.withdraw(at=timezone.now(), reason="Klopte niet.")
    assert sheet_of().cells["kaders"].texts["Tekst"] == ""
    assert "Er verandert niets" in text_of(rehearse(ans, {}))
    response = rehearse(ans, {"kaders": NEW})
    assert len(response.context["rehearsal"].new) == 1
    take_over(ans, response)
    assert draft("kaders").number == old.number + 1
    assert draft("kaders").citations.count() == 0


@pytest.mark.parametrize(
    ("typed", "column", "what"),
    [
        ({"Kernzin": "k" * 71}, "Kernzin", "71"),
        ({"Tekst": "t" * 5001}, "Tekst", "5001"),
        ({"Tekst": ""}, "Tekst", "Vul kernzin en tekst in"),
        ({"Stand": "prima"}, "Stand", "Kies uit: geregeld, in ontwikkeling, niet geregeld"),
        ({"Stand": "geregeld", "Waarop de stand rust": ""}, "Waarop de stand rust", "U koos een stand"),
        ({"Waarom leeg": "doet niet mee"}, "Waarom leeg", "Kies uit: geen informatie"),
        ({"Vindplaatsen": "ergens"}, "Vindplaatsen", "sleutel van het document | plaats"),
        ({"Vindplaatsen": "bestaat-niet | blz. 1"}, "Vindplaatsen", "kent het portaal niet"),
        ({"Aspectsleutel": "bestaat-niet"}, "Aspectsleutel", "hoort niet bij deze ronde"),
        ({"Aspectsleutel": ""}, "Aspectsleutel", "Vul de sleutel"),
        ({"Ronde": "ronde-2"}, "Ronde", "Kies opnieuw"),
        ({"Focusgebied": "groningen-noord"}, "Focusgebied", "Kies opnieuw"),
    ],
)
def test_what_is_wrong_is_said_by_row_and_column_and_then_nothing_can_be_taken_over(
    ans: Client, typed: dict[str, str], column: str, what: str
) -> None:
    response = rehearse(ans, {"kaders": typed, [*sheet_of().cells][-1]: {"Opmerking": "Nieuw."}})
    number = [*sheet_of().cells].index("kaders") + 2
    [row] = response.context["rehearsal"].wrong
    assert row.number == number
    assert [problem.column for problem in row.problems] == [column]
    assert what in row.problems[0].what
    assert what.split(":")[0] in text_of(response)
    assert "Neem over als concept" not in text_of(response)
    assert "Er is niets overgenomen" in text_of(take_over(ans, response))
    assert not FindingVersion.objects.filter(stage=Stage.DRAFT).exists()


def test_an_erratum_without_anything_to_correct_and_an_aspect_twice_are_wrong(ans: Client) -> None:
    emptied("kaders")
    other = [*sheet_of().cells][-1]
    response = rehearse(ans, {"kaders": NEW | {"Erratum": "Verbeterd."}, other: {"Aspectsleutel": "kaders"}})
    problems = [problem.what for row in response.context["rehearsal"].wrong for problem in row.problems]
    assert any("nog geen tekst die u verbetert" in what for what in problems)
    assert any("staat ook in rij" in what for what in problems)


def test_a_column_that_the_portal_does_not_know_is_named(ans: Client) -> None:
    content = filled({}).replace(b'"Vraag"', b'"Eigen notitie"')
    assert "Deze kolommen neemt het portaal niet over: Eigen notitie." in text_of(send(ans, content))


def test_rows_that_are_left_out_stay_as_they_are(ans: Client) -> None:
    response = send(ans, filled({"kaders": {"Kernzin": "Anders"}}, only=True))
    assert "1 gewijzigd." in text_of(response)
    take_over(ans, response)
    assert FindingVersion.objects.filter(stage=Stage.DRAFT).count() == 1


def test_a_sheet_without_rows_changes_nothing(ans: Client) -> None:
    assert "Er staan geen rijen in het blad" in text_of(send(ans, filled({}, only=True)))


# --- All or nothing, once ---


def test_a_draft_that_changed_since_the_rehearsal_stops_everything(ans: Client) -> None:
    version = draft_with("Kernzin", "Tekst")
    other = next(slug for slug in sheet_of().cells if slug != "kaders")
    response = rehearse(ans, {"kaders": {"Tekst": "Van Ans"}, other: {"Tekst": "Ook van Ans"}})
    FindingVersion.objects.filter(pk=version.pk).update(edition=2, text="Van een collega")
    answer = take_over(ans, response)
    assert answer.status_code == 409
    assert f"veranderde een collega: {version.record.round_aspect.short_wording}." in text_of(answer)
    assert "Van een collega" in FindingVersion.objects.get(pk=version.pk).text
    assert not FindingVersion.objects.filter(record__round_aspect__aspect__slug=other, stage=Stage.DRAFT).exists()
    assert "Overgenomen als concept" in text_of(take_over(ans, answer))  # having seen it now


def test_a_draft_that_a_colleague_began_since_the_rehearsal_stops_everything(ans: Client) -> None:
    response = rehearse(ans, {"kaders": {"Tekst": "Van Ans"}})
    begun = draft_with("Van een collega", "Tekst")
    assert take_over(ans, response).status_code == 409
    begun.refresh_from_db()
    assert begun.text == "Tekst"


def test_a_failure_halfway_leaves_nothing(ans: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    slugs = [*sheet_of().cells][:3]
    response = rehearse(ans, {slug: {"Opmerking": "Nieuw."} for slug in slugs})
    real, calls = work.save, []

    def save(*args: Any, **kwargs: Any) -> None:
        calls.append(1)
        if len(calls) == 3:
            raise StaleError("Net te laat.")
        real(*args, **kwargs)

    monkeypatch.setattr(work, "save", save)
    assert "Net te laat." in text_of(take_over(ans, response))
    assert not FindingVersion.objects.filter(stage=Stage.DRAFT).exists()
    assert Upload.objects.get().outcome == ""


def test_a_double_click_gives_one_result_and_the_same_answer(ans: Client) -> None:
    response = rehearse(ans, {"kaders": {"Tekst": "Van Ans"}})
    answers = [text_of(take_over(ans, response)) for _ in range(3)]
    assert all("Overgenomen als concept: 0 nieuw, 1 gewijzigd." in answer for answer in answers)
    assert draft("kaders").edition == 2
    assert WorkEvent.objects.filter(version_id=draft("kaders").pk).count() == 2
    assert Upload.objects.get().rows == []
    assert ans.get(response.request["PATH_INFO"]).status_code == 200


def test_without_having_seen_the_rehearsal_nothing_is_taken_over(ans: Client) -> None:
    response = rehearse(ans, {"kaders": {"Tekst": "Van Ans"}})
    assert ans.post(response.request["PATH_INFO"]).status_code == 409
    assert not FindingVersion.objects.filter(stage=Stage.DRAFT).exists()


# --- Who may ---


@pytest.mark.parametrize("role", ["clerk", "official", "councillor"])
def test_who_is_of_no_office_gets_403(role: str) -> None:
    client = signed_in(person("eva", role))
    for address in (ADDRESS, f"{ADDRESS}start-2023-2025/heerlen-noord.xlsx", f"{ADDRESS}1/"):
        assert client.get(address).status_code == 403
    assert send(client, filled({})).status_code == 403


def test_a_visitor_is_asked_to_sign_in() -> None:
    assert "/inloggen/" in Client().get(ADDRESS)["Location"]


def test_another_office_gets_404_and_learns_nothing(ans: Client) -> None:
    path = rehearse(ans, {"kaders": {"Tekst": "Geheim"}}).request["PATH_INFO"]
    other = signed_in(person("gro", "secretary", "groningen"))
    assert other.get(f"{ADDRESS}start-2023-2025/heerlen-noord.ods").status_code == 404
    assert send(other, filled({})).status_code == 404
    assert [other.get(path).status_code, other.post(path).status_code] == [404, 404]
    assert "Heerlen" not in text_of(other.get(ADDRESS)).split("<main")[1].split("Sleutels van documenten")[0]


def test_what_a_colleague_sent_is_theirs_and_a_day_later_it_is_gone(ans: Client) -> None:
    path = rehearse(ans, {"kaders": {"Tekst": "Van Ans"}}).request["PATH_INFO"]
    assert signed_in(person("bob", "researcher")).get(path).status_code == 404
    Upload.objects.update(created_at=timezone.now() - timedelta(days=1, seconds=1))
    assert [ans.get(path).status_code, ans.post(path).status_code] == [404, 404]
    rehearse(ans, {})
    assert Upload.objects.count() == 1


# --- What people send ---


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_gives_the_page_again_with_what_is_wrong(ans: Client, name: str) -> None:
    content, why = FILES[name]
    response = send(ans, content, name="../../etc/\u202exslx.html" * 20)
    assert response.status_code == 422
    assert why in text_of(response)
    assert not Upload.objects.exists()


def test_no_file_and_a_file_that_is_too_large(ans: Client) -> None:
    part = Participation.objects.get(focus_area=area())
    assert "Kies een bestand." in text_of(ans.post(ADDRESS, {"waar": part.pk}))
    too_large = send(ans, b"Aspectsleutel;" + b"x" * (settings.UPLOAD_MB * 2**20))
    assert too_large.status_code == 422
    assert "groter dan 5 MB" in text_of(too_large)
    for waar in ("", "x", "0", "9" * 20, "-1", "1e3", "\u0663"):
        assert ans.post(ADDRESS, {"waar": waar}).status_code == 404


def test_two_files_at_once_are_refused(ans: Client) -> None:
    part = Participation.objects.get(focus_area=area())
    files = {name: BytesIO(b"x") for name in ("file", "nog")}
    assert ans.post(ADDRESS, {"waar": part.pk, **files}).status_code == 400


@pytest.mark.parametrize("text", ["\x00", "\ud800", "<script>alert(1)</script>", "{{ 7 }}", "a" * 30_000, "a " * 2_400])
def test_odd_text_is_shown_or_refused_and_never_fails(ans: Client, text: str) -> None:
    content = filled({"kaders": {"Tekst": "HIER", "Kernzin": "Kern"}}).replace(
        b"HIER", text.encode("utf-8", "surrogatepass")
    )
    response = send(ans, content)
    assert response.status_code in {200, 422}
    assert "<script>alert" not in text_of(response)


def test_a_large_round_is_compared_within_seconds() -> None:
    """Every text of the round replaced by another of 5,000 characters."""
    sheet, found = sheet_of(), []
    for number, cell in enumerate(sheet.cells.values(), start=2):
        texts = cell.texts | {"Kernzin": "k", "Tekst": "ander woord " * 416, "Stand": "", "Waarop de stand rust": ""}
        found.append(Line(number, texts | {"Aspectsleutel": cell.entry.aspect.slug, "Waarom leeg": ""}, {}))
    start = time.monotonic()
    assert len(Rehearsal.of(found, sheet).changed) == RoundAspect.objects.filter(round=sheet.round).count()
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(("before", "after"), [("a " * 2500, "b " * 2499), ("a b " * 1200, "b a " * 1200)])
def test_a_text_that_repeats_a_word_is_compared_at_once(before: str, after: str) -> None:
    start = time.monotonic()
    found = pieces(before, after)
    assert time.monotonic() - start < 2
    assert "".join(piece.text for piece in found if piece.change != "gone") == after
    assert "".join(piece.text for piece in found if piece.change != "new") == before


# --- What a newcomer must see ---


def test_a_changed_state_is_told_as_one_in_place_of_the_other(ans: Client) -> None:
    was = sheet_of().cells["kaders"].texts["Stand"]
    now = "niet geregeld" if was == "geregeld" else "geregeld"
    response = rehearse(ans, {"kaders": {"Stand": now}})
    shown = " ".join(text_of(response).split())
    assert f'weg: </span>{was}</del> <span aria-hidden="true">→</span> <ins>' in shown
    assert f"nieuw: </span>{now}</ins>" in shown


def test_a_public_text_that_changes_without_an_erratum_is_warned_of(ans: Client) -> None:
    emptied("gebiedsplan")
    response = rehearse(ans, {"kaders": {"Tekst": "Heel anders."}, "gebiedsplan": NEW})
    assert "Eén rij verandert een tekst die al openbaar is" in text_of(response)
    assert text_of(response).count("Nog zonder erratum.") == 1
    told = rehearse(ans, {"kaders": {"Tekst": "Heel anders.", "Erratum": "Tekst verbeterd."}})
    assert "erratum.</strong>" not in text_of(told)


def test_the_sheet_of_another_area_is_wrong_once(ans: Client) -> None:
    response = rehearse(ans, {slug: {"Focusgebied": "groningen-noord"} for slug in sheet_of().cells})
    assert len(response.context["rehearsal"].wrong) == 13
    assert text_of(response).count("Kies opnieuw") == 1
    assert "Alle 13 rijen, kolom Focusgebied" in text_of(response)


def test_after_taking_over_one_is_led_to_the_drafts(ans: Client) -> None:
    page = text_of(take_over(ans, rehearse(ans, {"kaders": {"Tekst": "Anders."}})))
    assert f'href="/werkplek/gegevens/bevindingen/{draft("kaders").pk}/"' in page
