"""Where everything that the portal says comes from."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from nplv_portal.lib.partial_dates import PartialDateField
from nplv_portal.lib.triggers import append_only, bump_revision
from nplv_portal.lib.versions import Version


class PublicRevision(models.Model):
    """One row. Triggers raise its number with every change of what the public sees; caches and ETags hang on it."""

    number = models.PositiveBigIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(name="sources_one_revision", condition=models.Q(pk=1))]


class ScheduledChange(models.Model):
    """A moment at which something opens or closes by itself. Filled by triggers."""

    moment = models.DateTimeField(db_index=True)


class Document(models.Model):
    class Kind(models.TextChoices):
        NOTE = "notitie", "notitie"
        REPORT = "rapport", "rapport"
        RESEARCH_PLAN = "onderzoeksopzet", "onderzoeksopzet"
        EXECUTIVE_LETTER = "collegebrief", "collegebrief"
        NEWSLETTER = "nieuwsbrief", "nieuwsbrief"
        WEB_PAGE = "webpagina", "webpagina"
        REGULATION = "regeling", "regeling"
        PARLIAMENTARY_PAPER = "kamerstuk", "kamerstuk"

    slug = models.SlugField(unique=True)
    title = models.CharField("titel", max_length=300)
    short_title = models.CharField("hoe wij het noemen", max_length=60, blank=True)
    kind = models.CharField("soort", max_length=20, choices=Kind.choices)
    publisher = models.CharField("uitgever", max_length=200)
    published = PartialDateField("datum", null=True, blank=True)
    url = models.URLField("adres", max_length=500, blank=True)
    is_held = models.BooleanField("inhoud in het portaal", help_text="Nee: bekend, maar de inhoud is niet opgenomen.")
    note = models.TextField("opmerking", blank=True)

    class Meta:
        ordering = ["slug"]
        triggers = bump_revision()

    def __str__(self) -> str:
        return self.title

    @property
    def called(self) -> str:
        """What a reader knows it by: its short title, else the kind of document."""
        return self.short_title or self.kind


class Source(models.Model):
    """A vindplaats: a document and the place in it."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="sources", verbose_name="document")
    place = models.CharField("plaats", max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "place"], name="sources_source_unique"),
            models.CheckConstraint(name="sources_source_place", condition=~models.Q(place="")),
        ]
        triggers = bump_revision()

    def __str__(self) -> str:
        return f"{self.document}, {self.place}"


class LoadedFixture(models.Model):
    """What the loader read last for one record, so that it acts only on what changed in the files since."""

    table = models.CharField(max_length=50)
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["table", "key"], name="sources_loaded_once")]


class SourcedRecord(Version):
    """Abstract. A published statement with exactly one vindplaats; `record` is its lasting name."""

    record = models.SlugField("sleutel", max_length=100)
    source = models.ForeignKey(Source, models.PROTECT, related_name="+", verbose_name="vindplaats")

    class Meta(Version.Meta):
        abstract = True


class Citation(models.Model):
    """Abstract. A vindplaats of a version that may have several; a subclass adds `version`."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="+", verbose_name="vindplaats")

    class Meta:
        abstract = True
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["version", "source"], name="%(app_label)s_%(class)s_unique")]


class IssuedCopy(models.Model):
    """A document that the portal handed out: what it is and of which moment, never what it says (see copies.py)."""

    code = models.CharField(primary_key=True, max_length=12)
    address = models.TextField()  # path and query at which it can be made again
    checksum = models.CharField(max_length=64)
    kind = models.CharField(max_length=60)
    title = models.TextField()
    as_of = models.DateTimeField()  # the moment whose state it shows
    is_public = models.BooleanField()
    issued_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="sources_copy_code", condition=models.Q(code__regex="^[0-9A-HJKMNP-TV-Z]{12}$")
            ),
            models.CheckConstraint(name="sources_copy_checksum", condition=models.Q(checksum__regex="^[0-9a-f]{64}$")),
        ]
        triggers = append_only()


class IssuedFile(models.Model):
    """The very bytes of a copy. There are several where its layout changed while its content did not."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    copy = models.ForeignKey(IssuedCopy, models.PROTECT, related_name="files")
    issued_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(name="sources_file_sha256", condition=models.Q(sha256__regex="^[0-9a-f]{64}$"))
        ]
        triggers = append_only()
