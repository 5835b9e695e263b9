"""Documents that offices add to cite them. All offices, and readers, see them at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.db import models, transaction

from nplv_portal.lib.versions import Version
from nplv_portal.sources.models import Document, Source
from nplv_portal.workplace.forms import field_for, new_key, say_what_is_needed
from nplv_portal.workplace.models import WorkEvent

KIND = "document"  # in the history of the work
What = WorkEvent.What


class DocumentForm(forms.ModelForm):  # type: ignore[type-arg]
    url = forms.URLField(
        label="Adres op internet",
        help_text="Begint met https:// of http://.",
        max_length=500,
        required=False,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"inputmode": "url"}),
        validators=[URLValidator(schemes=["http", "https"])],
    )

    class Meta:
        model = Document
        fields = ("title", "kind", "publisher", "published", "url")
        formfield_callback = field_for

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.fields["title"].help_text = "Zoals die op het stuk staat."
        self.fields["publisher"].label = "Van welke organisatie"
        self.fields["published"].help_text = "Schrijf jjjj, jjjj-mm of jjjj-mm-dd: zo precies als u het weet."

        say_what_is_needed(self)

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if same := self.same(cleaned):
            field = "url" if cleaned.get("url") and same.url == cleaned["url"] else "title"
            self.add_error(field, f"Dit document staat al in de lijst, als “{same}”. Kies het daar.")
        return cleaned

    def same(self, typed: dict[str, Any]) -> Document | None:
        """The document that is there already: with this address, or with this title and date."""
        is_same = models.Q(title__iexact=typed.get("title", ""), published=typed.get("published") or None)
        if typed.get("url"):
            is_same |= models.Q(url=typed["url"])
        return Document.objects.filter(is_same).exclude(pk=self.instance.pk).first()

    @transaction.atomic
    def write(self, *, by: Any) -> bool:
        """False: a colleague added the same document at this very moment."""
        document: Document = self.instance
        is_new = document.pk is None
        key = new_key(Document.objects, "slug", document.title, 50)  # who adds one at the same time, waits
        if self.same(self.cleaned_data):
            self.add_error("title", "Een collega voegde dit document zojuist toe. Kies het in de lijst.")
            return False
        if is_new:
            document.slug, document.is_held = key, True
        document.save()
        WorkEvent.objects.create(
            kind=KIND,
            version_id=document.pk,
            what=What.STARTED if is_new else What.SAVED,
            by=by,
            edition=1,
            content={str(self.fields[name].label): text_of(document, name) for name in self.Meta.fields},
        )
        return True


def text_of(document: Document, name: str) -> str:
    return document.get_kind_display() if name == "kind" else str(getattr(document, name) or "")


def history(document: Document) -> Any:
    return WorkEvent.objects.filter(kind=KIND, version_id=document.pk).select_related("by")


def added() -> dict[int, WorkEvent]:
    """How each document that someone added came into the list."""
    events = WorkEvent.objects.filter(kind=KIND, what=What.STARTED).select_related("by")
    return {event.version_id: event for event in events}


def may_change(document: Document) -> bool:
    """What came with the portal stays as it is, and so does what stands behind something public."""
    return history(document).exists() and not any(rows.exists() for rows in public_rows(document))


def public_rows(document: Document) -> Iterator[models.QuerySet[Any]]:
    """All that readers see or will see, and that names this document or a place in it."""
    for model, path in ((Document, ""), (Source, "__document")):
        for relation in model._meta.get_fields(include_hidden=True):
            if not isinstance(relation, models.ManyToOneRel):
                continue
            named: Any = relation.related_model
            if named is Source:
                continue
            rows = named._default_manager.filter(**{f"{relation.field.name}{path}": document})
            if issubclass(named, Version):
                rows = rows.filter(public_during__isnull=False)
            elif any(field.name == "version" for field in named._meta.concrete_fields):
                rows = rows.filter(version__public_during__isnull=False)
            yield rows
