"""PDFs, made for real: what comes out is validated and read, and what is left behind is looked for."""

import contextlib
import os
import re
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

import pikepdf
import pytest
from pytest_django import Settings

from nplv_portal.lib import pdf
from nplv_portal.lib.pdf import PdfFailed, render, stored
from tests.conftest import PATIENCE
from tests.pdf_checks import assert_accessible

T = TypeVar("T")
HEAD = '<!doctype html><html lang="nl"><title>Verslag van Voorbeeldstad</title>'
ROW = "<tr><th scope=row>Aspect {0}</th><td><p>Bevinding {0}</p></td><td><p>Nog niet onderzocht</p></td></tr>"
REPORT = f"""{HEAD}
<meta name="author" content="Raadsportaal NPLV"><meta name="description" content="De rol van de raad">
<meta name="dcterms.created" content="2025-01-30"><body data-running="Voorbeeldstad" data-imprint="Raadsportaal NPLV">
<h1>Voorbeeldstad</h1><p>Lees ook <a href="/gemeenten/">de andere gemeenten</a> en <a href="#rollen">de rollen</a>.</p>
<h2 id="rollen">Rollen van de raad</h2><h3>Kaderstellend</h3><ul><li>Eerste punt</li><li>Tweede punt</li></ul>
<table><thead><tr><td></td><th scope=col>Voorbeeldstad</th><th scope=col>Voorbeeldhaven</th></tr></thead>
<tbody>{"".join(ROW.format(i) for i in range(1, 90))}</tbody></table>"""
ENDLESS = HEAD + '<div style="display:flex">' * 30 + "x"
GREEDY = HEAD + "<style>p::before { content: leader('.') }</style><p style='width: 1e9px'>x"


@pytest.fixture(scope="module")
def report() -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(render(REPORT)))


@pytest.fixture(autouse=True, scope="module")
def no_press_left() -> Iterator[None]:
    yield
    pdf.close_presses()


def tags(document: pikepdf.Pdf, kind: str) -> list[Any]:
    """All tags of a kind that can be reached from the root, in reading order."""

    def below(tag: Any) -> Iterator[Any]:
        kids = tag.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                yield kid
                yield from below(kid)

    return [tag for tag in below(document.Root.StructTreeRoot) if tag["/S"] == f"/{kind}"]


class TestTheDocument:
    def test_passes_both_validators(self) -> None:
        assert_accessible(render(REPORT))

    def test_has_a_title_a_language_an_author_and_the_date_of_its_data(self, report: pikepdf.Pdf) -> None:
        assert str(report.Root.Lang) == "nl"
        assert bool(report.Root.ViewerPreferences.DisplayDocTitle)
        info = {str(name): str(value) for name, value in report.docinfo.items()}
        assert info["/Title"] == "Verslag van Voorbeeldstad"
        assert (info["/Author"], info["/Subject"]) == ("Raadsportaal NPLV", "De rol van de raad")
        assert info["/CreationDate"] == "D:20250130"

    def test_has_its_headings_as_bookmarks(self, report: pikepdf.Pdf) -> None:
        with report.open_outline() as outline:
            (top,) = outline.root
            assert [top.title, top.children[0].title, top.children[0].children[0].title] == [
                "Voorbeeldstad",
                "Rollen van de raad",
                "Kaderstellend",
            ]

    def test_is_one_table_over_all_pages_with_its_headings_once(self, report: pikepdf.Pdf) -> None:
        assert len(report.pages) > 2
        assert len(tags(report, "Table")) == 1
        headers = tags(report, "TH")
        assert [str(cell.A.Scope) for cell in headers[:3]] == ["/Column", "/Column", "/Row"]
        assert [len(cell.K) for cell in headers] == [1] * (2 + 89)
        assert len(tags(report, "TR")) == 90

    def test_ties_each_cell_to_the_headings_of_its_column_and_its_row(self, report: pikepdf.Pdf) -> None:
        column, _, *rows = [str(cell.ID) for cell in tags(report, "TH")]
        cells = [cell for cell in tags(report, "TD") if len(cell.A.Headers) == 2][::2]
        assert [[str(header) for header in cell.A.Headers] for cell in cells] == [[column, row] for row in rows]

    def test_joins_a_cell_that_runs_over_pages(self) -> None:
        text = "".join(f"<p>Alinea {i}. {'woorden ' * 200}</p>" for i in range(12))
        table = f"<tr><th scope=col>Kop<th scope=col>Kop<tr><th scope=row>Rij<td>{text}<tr><th scope=row>Rij<td>x"
        document = pikepdf.open(BytesIO(render(f"{HEAD}<h1>Kop</h1><table>{table}</table>")))
        assert len(tags(document, "TR")) == 3
        assert len({tag.Pg.objgen for tag in tags(document, "P")}) > 3

    def test_has_no_tags_in_which_nothing_stands(self) -> None:
        document = pikepdf.open(BytesIO(render(f"{HEAD}<h1>Kop</h1><p></p><ul></ul><p>Tekst")))
        assert (len(tags(document, "P")), tags(document, "L")) == (1, [])

    def test_keeps_running_titles_out_of_the_text(self, report: pikepdf.Pdf) -> None:
        streams = [page.Contents.read_bytes() for page in report.pages]
        assert all(stream.count(b"/Pagination") >= 3 for stream in streams)

    def test_links_to_the_portal_and_says_what_a_link_is(self, report: pikepdf.Pdf) -> None:
        links = list(report.pages[0].Annots)
        assert [str(link.Contents) for link in links] == ["de andere gemeenten", "de rollen"]
        assert str(links[0].A.URI) == "http://127.0.0.1:8000/gemeenten/"

    def test_is_the_same_to_the_byte_whoever_made_it(self) -> None:
        first = render(REPORT)
        pdf.close_presses()
        assert render(REPORT) == first

    @pytest.mark.parametrize("text", ["", "<table></table>", "<table><tr></table>", "x" * 10_000, "\ud800\x00\u202e"])
    def test_survives_odd_content(self, text: str) -> None:
        assert render(f"{HEAD}<h1>Kop</h1><p>{text}</p>").startswith(b"%PDF-1.7")


class TestTheChecks:
    def test_fail_on_a_pdf_without_tags(self) -> None:
        document = pikepdf.open(BytesIO(render(f"{HEAD}<h1>Kop</h1><p>Tekst")))
        del document.Root.StructTreeRoot, document.Root.MarkInfo
        with pytest.raises(AssertionError, match="PDFUA1"):
            assert_accessible(saved(document))

    def test_fail_where_only_the_second_validator_hears_it(self) -> None:
        with pytest.raises(AssertionError, match="TBL-"):
            assert_accessible(render(f"{HEAD}<h1>Kop</h1><table><tr><td>1<td>2<tr><td>3<td>4</table>"))


def saved(document: pikepdf.Pdf) -> bytes:
    document.save(out := BytesIO())
    return out.getvalue()


class TestTheWebProcess:
    def test_never_loads_weasyprint(self) -> None:
        render(REPORT)
        assert "weasyprint" not in sys.modules

    def test_tells_the_press_no_secrets(self) -> None:
        with pdf.free_press() as press:
            known = Path(f"/proc/{press.process.pid}/environ").read_bytes()
        assert b"SECRET_KEY" not in known
        assert b"DATABASE_URL" not in known

    def test_starts_no_second_press_for_a_second_document(self) -> None:
        assert press_pid() == press_pid()

    def test_waits_for_a_free_press_but_not_for_ever(self, settings: Settings) -> None:
        settings.PDF_SECONDS = 0.1
        with pdf.free_press(), pytest.raises(PdfFailed, match="busy"):
            render(REPORT)

    def test_does_not_use_the_press_of_the_process_it_was_forked_from(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with pdf.free_press() as press:
            monkeypatch.setattr(press, "owner", os.getpid() + 1)
            assert not press.is_alive


def press_pid() -> int:
    render(f"{HEAD}<p>x")
    with pdf.free_press() as press:
        return press.process.pid


class TestADocumentThat:
    def test_is_endless_is_stopped_in_time_and_frees_its_place(self, settings: Settings) -> None:
        pid = press_pid()
        settings.PDF_SECONDS = 1
        start = time.monotonic()
        with pytest.raises(PdfFailed, match="timeout"):
            render(ENDLESS)
        assert time.monotonic() - start < settings.PDF_SECONDS + pdf.SECONDS_OF_GRACE + 1
        settings.PDF_SECONDS = PATIENCE
        assert children_of(pid) == []
        render(REPORT)

    def test_wants_too_much_memory_harms_only_itself(self, settings: Settings) -> None:
        pid, before = press_pid(), resident(os.getpid())
        settings.PDF_MEMORY_MB = 300
        settings.PDF_SECONDS = PATIENCE
        with pytest.raises(PdfFailed, match="memory"):
            render(GREEDY)
        assert resident(os.getpid()) < before + 20
        assert press_pid() == pid

    def test_cannot_be_made_says_so_in_the_log_only(self, capfd: pytest.CaptureFixture[str]) -> None:
        pdf.close_presses()  # a new one writes to the log of this test
        with pytest.raises(PdfFailed, match="error"):
            render(f"{HEAD}<style>@color-profile --x {{ src: url(/geheim.icc) }}</style><p>x")
        assert "geheim.icc" in capfd.readouterr().err


class TestAKilled:
    def test_child_fails_its_document_only_and_leaves_nothing(self) -> None:
        pid = press_pid()
        left = temporary_files()
        with printing(ENDLESS) as future:
            os.kill(wait_for(lambda: children_of(pid))[0], signal.SIGKILL)
            assert reason(future) == "error"
        assert temporary_files() <= left
        assert press_pid() == pid

    def test_press_is_replaced_while_idle(self) -> None:
        pid = press_pid()
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT))
        assert press_pid() != pid
        assert not Path(f"/proc/{pid}").exists()

    def test_press_takes_its_child_and_its_files_along(self) -> None:
        pid = press_pid()
        with pdf.free_press() as press:
            folder = press.temporary
        with printing(ENDLESS) as future:
            (child,) = wait_for(lambda: children_of(pid))
            os.kill(pid, signal.SIGKILL)
            assert reason(future) == "error"
        wait_for(lambda: not Path(f"/proc/{child}").exists(), seconds=8)  # its own limit of processor time is 12
        assert not Path(folder).exists()
        render(REPORT)

    def test_press_that_hangs_is_given_up(self, settings: Settings) -> None:
        pid = press_pid()
        settings.PDF_SECONDS = 0.2
        os.kill(pid, signal.SIGSTOP)
        with pytest.raises(PdfFailed, match="timeout"):
            render(REPORT)
        settings.PDF_SECONDS = PATIENCE
        assert press_pid() != pid


@contextlib.contextmanager
def printing(html: str) -> Iterator[Future[bytes]]:
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(render, html)


def reason(future: Future[bytes]) -> str:
    with pytest.raises(PdfFailed) as failure:
        future.result(30)
    return failure.value.reason


def wait_for(find: Callable[[], T], seconds: int = 30) -> T:
    for _ in range(seconds * 100):
        if found := find():
            return found
        time.sleep(0.01)
    raise AssertionError("waited in vain")


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def temporary_files() -> set[str]:
    with pdf.free_press() as press:
        return {str(path) for folder in (press.temporary, "/tmp") for path in Path(folder).glob("*/*")}


def resident(pid: int) -> float:
    """Megabytes of memory in use."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1]) / 1024


SECRET = "hunebed"
ELSEWHERE = {
    "image": '<img alt="x" src="{}">',
    "stylesheet": '<link rel="stylesheet" href="{}">',
    "attachment": '<link rel="attachment" href="{}">',
    "import": '<style>@import "{}";</style>',
    "background": '<p style="background: url({})">x',
    "content": "<style>p::before {{ content: url({}) }}</style><p>x",
    "list mark": '<ul style="list-style-image: url({})"><li>x</ul>',
    "object": '<object data="{}"></object>',
    "embed": '<embed src="{}">',
    "font": "<style>@font-face {{ font-family: x; src: url({}) }}</style>",
    "colour profile": "<style>@color-profile --x {{ src: url({}) }}</style>",
    "base": '<base href="{}"><img alt="x" src="x.png">',
    "picture in a picture": '<svg width="9" height="9"><title>x</title><image width="9" height="9" href="{}"/></svg>',
    "use": '<svg width="9" height="9"><title>x</title><use href="{}#x"/></svg>',
    "frame": '<iframe src="{}"></iframe>',
}
DENIED = [
    "file:///etc/passwd",
    "ftp://127.0.0.1/x",
    "data:text/html,x",
    "data:image/svg+xml," + "x" * 2_000_000,
    "/geheim.svg",
    "/static/../pyproject.toml",
    "/static/%2e%2e/pyproject.toml",
    "/static//etc/passwd",
    "/static/%00",
    "/static/css",
    "http://[",
    "javascript:x",
]


class TestAHostileDocument:
    @pytest.mark.parametrize("markup", ELSEWHERE.values(), ids=ELSEWHERE.keys())
    def test_reaches_no_server(self, markup: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.setblocking(False)
            with contextlib.suppress(PdfFailed):
                render(HEAD + markup.format(f"http://127.0.0.1:{server.getsockname()[1]}/x.svg"))
            with pytest.raises(BlockingIOError):
                server.accept()

    @pytest.mark.parametrize("markup", ELSEWHERE.values(), ids=ELSEWHERE.keys())
    def test_gets_no_file_into_the_pdf(self, markup: str, tmp_path: Path) -> None:
        file = tmp_path / "x.svg"
        file.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" id="x"><desc>{SECRET}</desc><rect width="7"/></svg>')
        try:
            document = pikepdf.open(BytesIO(render(HEAD + "<p>x" + markup.format(file.as_uri()))))
        except PdfFailed:
            return
        assert not document.attachments
        assert not any("/Subtype" in each and each.Subtype in ("/Image", "/Form") for each in streams(document))
        assert not any(SECRET.encode() in each.read_bytes() for each in streams(document))

    @pytest.mark.parametrize("address", DENIED, ids=lambda address: address[:40])
    def test_is_refused_what_is_not_ours(self, address: str) -> None:
        with pytest.raises(PdfFailed, match="error"):
            render(f'{HEAD}<p><img alt="x" src="{address}">')

    def test_may_show_our_own_files_and_pictures_of_its_own(self) -> None:
        dot = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E"
        assert render(f'{HEAD}<p><img alt="Merk" src="/static/img/mark.svg"><img alt="Punt" src="{dot}">')


def streams(document: pikepdf.Pdf) -> list[pikepdf.Stream]:
    return [each for each in document.objects if isinstance(each, pikepdf.Stream)]


class TestTheStore:
    @pytest.fixture(autouse=True)
    def empty(self, settings: Settings, tmp_path: Path) -> None:
        settings.PDF_STORE = tmp_path / "pdf"

    @pytest.fixture
    def made(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """What was rendered; slowly, and not by the press."""
        made: list[str] = []

        def slow(html: str) -> bytes:
            time.sleep(0.1)
            made.append(html)
            return b"%PDF " + html.encode()

        monkeypatch.setattr(pdf, "render", slow)
        return made

    def test_gives_the_same_pdf_without_making_it_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with stored(REPORT) as file:
            first = file.read()
        monkeypatch.setattr(pdf, "render", lambda html: pytest.fail("rendered again"))
        with stored(REPORT) as file:
            assert file.read() == first

    def test_makes_what_many_ask_at_once_only_once(self, made: list[str]) -> None:
        with ThreadPoolExecutor(8) as pool:
            files = list(pool.map(stored, ["x"] * 8))
        assert {file.read() for file in files} == {b"%PDF x"}
        assert made == ["x"]
        for file in files:
            file.close()

    def test_makes_it_again_after_a_change_of_content_or_of_our_files(
        self, made: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for html in ("x", "y"):
            stored(html).close()
        monkeypatch.setattr(pdf, "edition", lambda: b"another stylesheet")
        stored("x").close()
        assert made == ["x", "y", "x"]

    def test_that_cannot_be_written_stops_no_pdf(self, made: list[str], settings: Settings) -> None:
        settings.PDF_STORE.write_text("a file where the folder should be")
        for _ in range(2):
            assert stored("x").read() == b"%PDF x"
        assert made == ["x", "x"]

    def test_keeps_nothing_of_a_document_that_failed(self, settings: Settings) -> None:
        with pytest.raises(PdfFailed, match="error"):
            stored(f'{HEAD}<img alt="x" src="file:///etc/passwd">')
        assert list(settings.PDF_STORE.glob("*/*")) == []

    def test_says_busy_to_who_waits_too_long_for_another(self, made: list[str], settings: Settings) -> None:
        settings.PDF_SECONDS = 0.1
        started, go_on = threading.Event(), threading.Event()

        def stuck(html: str) -> bytes:
            started.set()
            assert go_on.wait(30)
            return b""

        with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(1) as pool:
            patch.setattr(pdf, "render", stuck)
            other = pool.submit(stored, "x")
            assert started.wait(30)
            with pytest.raises(PdfFailed, match="busy"):
                stored("x")
            go_on.set()
            other.result().close()
