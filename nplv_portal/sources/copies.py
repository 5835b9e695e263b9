"""The register of documents that the portal handed out, so that who holds a copy can ask whether it is current."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from nplv_portal.lib.moments import Moment
from nplv_portal.lib.qr import QrCode
from nplv_portal.sources.models import IssuedCopy, IssuedFile

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no letter that looks like a digit
LENGTH = 12  # characters of five bits: who guesses a thousand times a second finds one of a million in 36 years
LOOKALIKES = str.maketrans("OILU", "011V")


@dataclass(frozen=True)
class Copy:
    """A document that is about to be made. Its code follows from what it is, so it can be printed in it.

    The same address with the same content is the same copy, whenever it is made.
    """

    kind: str  # "vergelijking", "factsheet": for a reader
    title: str  # of what is not public, no more than anyone who finds the paper may know
    address: str  # path and query of the document, with its day in ?op=
    content: Sequence[tuple[str, Any]]  # (heading, plain data): all that it says, but for the day itself
    moment: Moment
    page: str = ""  # path and query of the page that says the same, if there is one
    is_public: bool = True

    @cached_property
    def checksum(self) -> str:
        """SHA-256 of the content: it stays the same as long as that does."""
        content = json.dumps(self.content, ensure_ascii=False, sort_keys=True, default=str)
        return hashlib.sha256(content.encode(errors="replace")).hexdigest()

    @cached_property
    def code(self) -> str:
        digest = hashlib.sha256(f"{settings.PORTAL_URL} {self.address} {self.checksum}".encode(errors="replace"))
        number = int.from_bytes(digest.digest())
        return "".join(ALPHABET[number >> 5 * place & 31] for place in range(LENGTH))

    @property
    def shown_code(self) -> str:
        return grouped(self.code)

    @property
    def check_url(self) -> str:
        return check_url(self.code)

    @property
    def url(self) -> str:
        """The permanent address: the page where there is one, or the document itself."""
        return settings.PORTAL_URL + (self.page or self.address)

    @cached_property
    def qr(self) -> QrCode:
        return QrCode(self.check_url, "QR-code met het adres dat ernaast staat.")


def issue(copy: Copy, file: bytes) -> None:
    """Write down that this file is a copy. Harmless when done twice; never undone.

    A document that is made in the background does so too:

        copy = Copy(kind="vergaderpakket", title=…, address=…, content=…, moment=…, is_public=False)
        html = render_to_string("pdf/….html", {"copy": copy, …})  # that includes pdf/_colophon.html
        file = pdf.render(html)
        issue(copy, file)  # and again for each other file with the same content: a .docx, a PDF for the archive

    Only hand the file out after this: before, /controle/ does not know it. Whether it is still current, the function of
    its URL name in nplv_portal/checking/currency.py tells. Raises django.db.Error where the database takes no rows.
    """
    sha256 = hashlib.sha256(file).hexdigest()
    if IssuedFile.objects.filter(pk=sha256).exists():
        return
    row = IssuedCopy(
        code=copy.code,
        address=copy.address,
        checksum=copy.checksum,
        kind=copy.kind,
        title=copy.title,
        as_of=copy.moment.at,
        is_public=copy.is_public,
    )
    with transaction.atomic():  # whoever made the same one meanwhile wrote the same
        IssuedCopy.objects.bulk_create([row], ignore_conflicts=True)
        IssuedFile.objects.bulk_create([IssuedFile(sha256=sha256, copy_id=copy.code)], ignore_conflicts=True)


def changed_since(make: Callable[[Moment], Copy], checksum: str, as_of: datetime) -> tuple[Copy, list[str]]:
    """What the same document would say now, and the headings under which that is something else than then.

    Both are worked out by the code of today, so a new release, that writes the same facts down differently, makes no
    copy outdated; and a day that passes makes it so only if it changed what the document says.
    """
    now = make(Moment.of(""))
    return now, [] if now.checksum == checksum else different(make(Moment.then(as_of)), now)


def different(then: Copy, now: Copy) -> list[str]:
    """The headings under which they do not say the same, in the order in which they stand now."""
    before, after = by_heading(then), by_heading(now)
    return [heading for heading in after | before if before.get(heading) != after.get(heading)]


def by_heading(copy: Copy) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for heading, content in copy.content:
        found.setdefault(heading, []).append(content)
    return found


def read_code(typed: str) -> str:
    """The code as the register writes it, of what someone typed from paper; "" where it cannot be one."""
    last = typed[:500].strip().rstrip("/").rpartition("/")[2]  # of a whole address, what comes last
    plain = unicodedata.normalize("NFKC", last).upper().translate(LOOKALIKES)
    code = "".join(c for c in plain if c.isalnum())
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""


def grouped(code: str) -> str:
    """ "7K3M-9QXA-2RVC" """
    return "-".join(code[i : i + 4] for i in range(0, LENGTH, 4))


def check_url(code: str) -> str:
    return settings.PORTAL_URL + reverse("copy", args=[grouped(code)])
