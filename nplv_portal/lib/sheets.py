"""Spreadsheets that people send: .xlsx, .ods and .csv, read as text in a process of its own (sheetreader.py)."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess  # nosec B404: starts our own module
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Any

from django.conf import settings

from nplv_portal.lib.sheetreader import SECONDS, TOO_BIG, UNREADABLE, letter

ENVIRONMENT = ("PATH", "HOME", "LANG")  # all that the reader may know of ours: no keys, no passwords
BUSY = "Er wordt al een bestand gelezen. Probeer het over een minuut opnieuw."
TOO_SLOW = "Het lezen van dit bestand duurde te lang. Kopieer de rijen naar een nieuw, leeg blad en stuur dat."
log = logging.getLogger(__name__)
one_at_a_time = BoundedSemaphore()


class SheetRefused(Exception):
    """The message is for who sent the file."""


@dataclass(frozen=True)
class Line:
    """A row below the headings: its number in the sheet, its texts and what is wrong with a cell, by heading."""

    number: int
    cells: dict[str, str]
    problems: dict[str, str]


@dataclass(frozen=True)
class Table:
    lines: list[Line]
    unused: list[str]  # headings that were not asked for


def read(content: bytes, required: Sequence[str], optional: Sequence[str] = ()) -> Table:
    """The first visible tab, by its headings. Raises SheetRefused."""
    rows = rows_of(content)
    if not rows:
        raise SheetRefused("Dit blad is leeg.")
    headings = [" ".join(text_of(cell).split()) for cell in rows[0][1]]
    refuse_headings(headings, required)
    names = {name.casefold(): name for name in (*required, *optional)}
    known = {column: names[h.casefold()] for column, h in enumerate(headings) if h.casefold() in names}
    for number, cells in rows[1:]:
        for column, cell in enumerate(cells):
            if cell and (column >= len(headings) or not headings[column]):
                raise SheetRefused(f"Cel {letter(column)}{number} is gevuld, maar boven die kolom staat geen kop.")
    unused = [heading for column, heading in enumerate(headings) if heading and column not in known]
    return Table([line(number, cells, known) for number, cells in rows[1:]], unused)


def refuse_headings(headings: list[str], required: Sequence[str]) -> None:
    folded = [heading.casefold() for heading in headings if heading]
    double = sorted({heading for heading in headings if heading and folded.count(heading.casefold()) > 1})
    if double:
        raise SheetRefused(f"Deze kop staat er meer dan één keer: {', '.join(double)}. Laat er één over.")
    if missing := [name for name in required if name.casefold() not in folded]:
        raise SheetRefused(
            f"Deze kop ontbreekt in de eerste rij: {', '.join(missing)}. Begin met het blad dat u hier ophaalt."
        )


def line(number: int, cells: list[Any], known: dict[int, str]) -> Line:
    filled = {name: cells[column] if column < len(cells) else "" for column, name in known.items()}
    problems = {name: cell["problem"] for name, cell in filled.items() if isinstance(cell, dict)}
    return Line(number, {name: text_of(cell) for name, cell in filled.items()}, problems)


def text_of(cell: Any) -> str:
    return cell if isinstance(cell, str) else ""


def rows_of(content: bytes) -> Any:
    if not one_at_a_time.acquire(timeout=SECONDS):
        raise SheetRefused(BUSY)
    try:
        done = subprocess.run(  # nosec B603: no input of users in the command
            [sys.executable, "-m", "nplv_portal.lib.sheetreader"],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            cwd=settings.BASE_DIR,
            env={name: os.environ[name] for name in ENVIRONMENT if name in os.environ},
        )
    except subprocess.TimeoutExpired as error:
        raise SheetRefused(TOO_SLOW) from error
    finally:
        one_at_a_time.release()
    if done.stderr:
        log.warning("sheet: %s", done.stderr.decode(errors="replace")[-2000:])
    if done.returncode:
        log.warning("sheet: the reader ended with %s", done.returncode)
        raise SheetRefused({-signal.SIGXCPU: TOO_SLOW, 1: TOO_BIG}.get(done.returncode, UNREADABLE))
    answer = json.loads(done.stdout)
    if "refused" in answer:
        raise SheetRefused(answer["refused"])
    return answer["rows"]
