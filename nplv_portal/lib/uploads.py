"""Files that come with a request."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.template.defaultfilters import filesizeformat

OFFICE = "application/vnd.openxmlformats-officedocument"
ODF = "application/vnd.oasis.opendocument"
# Extension → media type, and what the file begins with or, of a zip, holds.
KNOWN: dict[str, tuple[str, bytes | str]] = {
    "pdf": ("application/pdf", b"%PDF-"),
    "png": ("image/png", b"\x89PNG\r\n\x1a\n"),
    "jpg": ("image/jpeg", b"\xff\xd8\xff"),
    "jpeg": ("image/jpeg", b"\xff\xd8\xff"),
    "docx": (f"{OFFICE}.wordprocessingml.document", "word/document.xml"),
    "xlsx": (f"{OFFICE}.spreadsheetml.sheet", "xl/workbook.xml"),
    "odt": (f"{ODF}.text", "content.xml"),
    "ods": (f"{ODF}.spreadsheet", "content.xml"),
}
LONGEST_NAME = 150


class FileRefused(Exception):
    """The message is for who sent the file."""


@dataclass(frozen=True)
class CheckedFile:
    """A document whose content is what its name says."""

    name: str
    media_type: str
    sha256: str
    content: bytes


def checked(file: Any) -> CheckedFile:
    """By name and content; it is not opened further. Raises FileRefused."""
    if file.size > largest():
        raise FileRefused(f"Dit bestand is groter dan {settings.UPLOAD_MB} MB ({filesizeformat(file.size)}).")
    name = PurePosixPath(file.name.replace("\\", "/")).name
    extension = name.rpartition(".")[2].lower()
    media_type, sign = KNOWN.get(extension, ("", b""))
    content = file.read()
    if not media_type or not shows(content, sign):
        kinds = ", ".join(known for known in KNOWN if known != "jpeg")
        raise FileRefused(f"Het portaal bewaart alleen {kinds}, en de inhoud moet bij de naam passen.")
    short = f"{name.rpartition('.')[0][: LONGEST_NAME - 6]}.{extension}"
    return CheckedFile(short, media_type, hashlib.sha256(content).hexdigest(), content)


def shows(content: bytes, sign: bytes | str) -> bool:
    if isinstance(sign, bytes):
        return content.startswith(sign)
    try:
        with zipfile.ZipFile(BytesIO(content)) as found:
            return sign in found.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return False


class SmallFiles(FileUploadHandler):
    """Keeps a file in memory and never on disk. Of one that is too large only the size is true, for a form to say."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.kept = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.kept.write(raw_data[: max(0, largest() - start)])

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self.kept.seek(0)
        return InMemoryUploadedFile(
            self.kept,
            self.field_name,
            self.file_name,
            self.content_type,
            file_size,
            self.charset,
            self.content_type_extra,
        )


class Fingerprint(InMemoryUploadedFile):
    """What is left of a file that was only measured."""

    sha256: str


class Fingerprints(FileUploadHandler):
    """Keeps nothing of a file but its name, size and SHA-256."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.digest = hashlib.sha256()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.digest.update(raw_data)

    def file_complete(self, file_size: int) -> Fingerprint:
        file = Fingerprint(BytesIO(), self.field_name, self.file_name, self.content_type, file_size, self.charset)
        file.sha256 = self.digest.hexdigest()
        return file


def largest() -> int:
    return int(settings.UPLOAD_MB * 2**20)
