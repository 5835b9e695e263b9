"""What a clerk knows of the council's rules of order: on what ground its members put written questions."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from focusareas.models import Municipality, QuestionArticle


class ArticleForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)  # the same form sent twice is one entry
    article = forms.CharField(
        label="Artikel voor schriftelijke vragen",
        max_length=60,
        help_text="Bijvoorbeeld: artikel 33, of artikel 41, tweede lid. Het komt zo in elk concept voor vragen.",
    )
    link = forms.URLField(
        label="Adres van het reglement van orde",
        max_length=500,
        assume_scheme="https",
        help_text="Waar iedereen het kan lezen, zoals op lokaleregelgeving.overheid.nl.",
    )
    note = forms.CharField(
        label="Opmerking",
        required=False,
        max_length=300,
        help_text="Wat raadsleden erbij moeten weten. Lezers zien dit.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.fields["key"].initial = uuid.uuid4()

    def clean_article(self) -> str:
        """As it stands in the middle of a sentence: "artikel 33"."""
        article = " ".join(self.cleaned_data["article"].split())
        if not any(letter.isdigit() for letter in article):
            raise ValidationError("Noem het nummer van het artikel, bijvoorbeeld: artikel 33.")
        article = f"artikel {article}" if article[0].isdigit() else article[0].lower() + article[1:]
        if len(article) > 60:
            raise ValidationError("Schrijf het korter: ten hoogste 60 tekens.")
        return article


def record_article(form: ArticleForm, *, municipality: Municipality, by: Any) -> None:
    """A next entry, that counts from now on. The same form sent again adds nothing."""
    typed = form.cleaned_data
    try:
        with transaction.atomic():
            QuestionArticle.objects.create(
                slug=f"{municipality.slug}-{typed['key']}",
                municipality=municipality,
                article=typed["article"],
                link=typed["link"],
                note=typed["note"],
                entered_at=timezone.now(),
                entered_by=by,
            )
    except IntegrityError:
        if not QuestionArticle.objects.filter(slug=f"{municipality.slug}-{typed['key']}", entered_by=by).exists():
            raise
