"""A text as a QR code."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.template.loader import render_to_string

from nplv_portal.lib.charts import data_uri

QUIET = 4  # white squares around it, so that a phone finds it (ISO/IEC 18004)


@dataclass(frozen=True)
class QrCode:
    """`title` is for who cannot see it."""

    text: str
    title: str

    @cached_property
    def matrix(self) -> list[list[bool]]:
        import qrcode

        code = qrcode.QRCode(border=QUIET)
        code.add_data(self.text)
        found: list[list[bool]] = code.get_matrix()
        return found

    @property
    def size(self) -> str:
        return str(len(self.matrix))

    @property
    def path(self) -> str:
        """Of the dark squares, each of one by one."""
        rows = enumerate(self.matrix)
        return "".join(f"M{x} {y}h1v1h-1z" for y, row in rows for x, is_dark in enumerate(row) if is_dark)

    @property
    def svg(self) -> str:
        return render_to_string("charts/qr.svg", {"code": self})

    @property
    def data_uri(self) -> str:
        return data_uri(self.svg)
