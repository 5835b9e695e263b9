"""A PDF for the archive: PDF/A-3a beside the PDF/UA-1 that it was, with its data inside. The only user of pikepdf."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pikepdf import Pdf


PRINTED = 4  # the flags of an annotation that is neither hidden nor left out on paper

# PDF/A wants to be told of every schema in the metadata that it does not know itself; that of PDF/UA is one.
UA_SCHEMA = """<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
 pdfaid:part="3" pdfaid:conformance="A"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the file follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description></rdf:RDF>"""


@dataclass(frozen=True)
class Attachment:
    name: str
    media_type: str
    description: str
    content: bytes


def archived(pdf: bytes, attachments: Sequence[Attachment], moment: datetime) -> bytes:
    """The same pages. The same input gives the same bytes. Raises ValueError where this is no PDF/UA.

    `moment`: of which the attached data are.
    """
    from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

    with Pdf.open(BytesIO(pdf)) as document:
        root = document.Root
        metadata = root.Metadata.read_bytes().decode()
        if "pdfuaid:part" not in metadata or metadata.count("</rdf:RDF>") != 1:
            raise ValueError("Not a PDF/UA with one block of metadata.")
        root.Metadata = Stream(document, metadata.replace("</rdf:RDF>", UA_SCHEMA).encode())
        root.Metadata.Type, root.Metadata.Subtype = Name.Metadata, Name.XML
        profile = Stream(document, srgb())
        profile.N, profile.Alternate = 3, Name.DeviceRGB
        intent = Dictionary(
            Type=Name.OutputIntent,
            S=Name.GTS_PDFA1,
            OutputConditionIdentifier=String("sRGB IEC61966-2.1"),
            Info=String("sRGB IEC61966-2.1"),
            RegistryName=String("http://www.color.org"),
            DestOutputProfile=profile,
        )
        root.OutputIntents = Array([document.make_indirect(intent)])
        for page in document.pages:
            for annotation in page.get("/Annots", []):
                annotation.F = PRINTED
        for attachment in attachments:
            attach(document, attachment, f"D:{moment.astimezone(UTC):%Y%m%d%H%M%S}Z")
        file = BytesIO()
        document.save(file, deterministic_id=True, linearize=False)
    return file.getvalue()


def attach(document: Pdf, attachment: Attachment, date: str) -> None:
    from pikepdf import AttachedFileSpec, Name

    made = AttachedFileSpec(
        document,
        attachment.content,
        description=attachment.description,
        filename=attachment.name,
        mime_type=attachment.media_type,
        relationship=Name.Data,
        creation_date=date,
        mod_date=date,
    )
    document.attachments[attachment.name] = made  # with its relationship that names it in /AF too


@cache
def srgb() -> bytes:
    """The profile of the ICC that comes with WeasyPrint, found without loading that."""
    spec = find_spec("weasyprint")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("WeasyPrint is not installed")
    return Path(spec.origin).with_name("pdf").joinpath("sRGB2014.icc").read_bytes()
