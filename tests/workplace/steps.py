"""What people of the workplace do with a text, as their browser sends it from a page that may be old."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.test import Client
from django.utils import timezone

from nplv_portal.lib.versions import Version
from nplv_portal.workplace import work
from nplv_portal.workplace.forms import Editor
from nplv_portal.workplace.kinds import BY_SLUG, Kind

# Where each kind puts the words that someone types: in a field of the version and in a row that belongs to it.
WORDS = {
    "bevindingen": ("text", "bronnen-0-place"),
    "aanbevelingen": ("text", "punten-0-text"),
    "verschillen": ("note", "uitspraken-0-text"),
}


def page_of(kind: Kind, version: Version) -> dict[str, Any]:
    """What the form of this version would send back, unchanged."""
    editor = Editor(kind, version)
    forms = [editor.form, *(row for _, formset in editor.rows for row in formset)]
    forms += [formset.management_form for _, formset in editor.rows]
    values = {field.html_name: field.value() for form in forms for field in form}
    return {name: getattr(v, "pk", v) for name, v in values.items() if v is not None and v is not False}


@dataclass(frozen=True)
class Step:
    what: str
    who: str
    version: int
    edition: int = 0  # of the page from which it is sent
    words: str = ""
    at: datetime | None = None  # of a release; none is now


def send(client: Client, kind: Kind, step: Step, page: dict[str, Any] | None = None) -> Any:
    """`page` is what the form showed, for who writes."""
    root = f"/werkplek/gegevens/{kind.slug}/{step.version}"
    if step.what == "schrijf":
        typed = dict.fromkeys(WORDS[kind.slug], step.words) | {"erratum": step.words, "edition": step.edition}
        return client.post(f"{root}/schrijf/", (page or {}) | typed)
    if step.what == "publiceer":
        when = timezone.localtime(step.at).replace(tzinfo=None).isoformat() if step.at else ""
        mark = f"{kind.slug}-{step.version}-{step.edition}"
        return client.post("/werkplek/publiceren/", {"tekst": [mark], "wanneer": when})
    if step.what == "antwoord":
        remark = work.open_remarks(kind, BY_SLUG[kind.slug].versions.get(pk=step.version)).first()
        return client.post(f"{root}/opmerking/{remark.pk if remark else 0}/", {"note": step.words})
    return client.post(f"{root}/{step.what}/", {"note": step.words, "edition": step.edition})
