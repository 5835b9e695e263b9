"""The right of reply: sending texts out, reacting, answering."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from django import forms
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime

from focusareas.models import Municipality
from nplv_portal.accounts.models import Membership, User
from nplv_portal.lib import dutch
from nplv_portal.lib.tables import Sheet
from nplv_portal.lib.versions import MoveRefusedError, Stage, StaleError, Version
from nplv_portal.workplace.content import content_of, labels_of
from nplv_portal.workplace.desk import Item, stage_of
from nplv_portal.workplace.forms import field_for, preselect
from nplv_portal.workplace.kinds import BY_SLUG
from nplv_portal.workplace.models import Hearing, HearingItem, Reaction, WorkEvent
from nplv_portal.workplace.work import log, words
from recommendations.models import Reply

WHEN = "j F Y, H:i"
HEARD = ("bevindingen", "aanbevelingen")  # the kinds that one reacts to
COLUMNS = [
    "Tekst",
    "Wat er stond",
    "Reactie",
    "Verstuurd",
    "Nawoord van de rekenkamer",
    "Reageren tot en met",
    "Openbaar",
]


class HearingForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Hearing
        fields = ("municipality", "kind", "deadline", "text")
        widgets = {"deadline": forms.DateInput(attrs={"type": "date"})}
        formfield_callback = field_for

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.fields["kind"].help_text = "Ambtelijk: kloppen de feiten? Bestuurlijk: wat vindt het college ervan?"
        self.fields["municipality"].queryset = Municipality.objects.filter(pk__in=places)  # type: ignore[attr-defined]
        preselect(self)

    def clean_deadline(self) -> date:
        return still_to_come(self.cleaned_data["deadline"])


class ReopenForm(forms.Form):
    deadline = forms.DateField(label="Reageren tot en met", widget=forms.DateInput(attrs={"type": "date"}))

    def clean_deadline(self) -> date:
        return still_to_come(self.cleaned_data["deadline"])


def still_to_come(deadline: date) -> date:
    if deadline < timezone.localdate():
        raise forms.ValidationError("Deze datum is voorbij. Kies een dag waarop nog te reageren is.")
    return deadline


def texts_for(user: Any) -> list[Item]:
    """What is being prepared about one municipality and can be sent out to it."""
    return [
        Item(BY_SLUG[slug], version)
        for slug in HEARD
        for version in BY_SLUG[slug].editable_by(user).kept_for(user.rights.writes, joint=False).order_by("pk")
    ]


def by_place(texts: Sequence[Item]) -> dict[str, list[Item]]:
    return {place: [item for item in texts if item.place == place] for place in sorted({item.place for item in texts})}


def readers(place: Municipality) -> str:
    """By name, the officials who see what is sent to this municipality."""
    return names(role=Membership.Role.OFFICIAL, municipality=place)


def secretaries(hearing: Hearing) -> str:
    """By name, whom an official may turn to."""
    return names(role=Membership.Role.SECRETARY, office=hearing.office)


def names(**of: Any) -> str:
    members = Membership.objects.current().filter(**of).values("user")
    found = User.objects.filter(pk__in=members, is_active=True).order_by("first_name", "last_name")
    return dutch.listed([str(user) for user in found])


def unreviewed(chosen: Sequence[Item]) -> list[Item]:
    """What nobody but its writers has looked at."""
    return [item for item in chosen if item.version.stage == Stage.DRAFT]


def check_texts(place: Municipality, chosen: Sequence[Item]) -> None:
    """Raises MoveRefusedError where they cannot go to this municipality."""
    if not chosen:
        raise MoveRefusedError("Kies minstens één tekst.")
    wrong = [item for item in chosen if item.kind.place(item.version) != place]
    if wrong:
        named = "; ".join(f"{item.kind.name} {item.title} ({item.place})" for item in wrong)
        raise MoveRefusedError(f"U stuurt aan {place}. Dit gaat daar niet over: {named}.")


@transaction.atomic
def start(*, form: HearingForm, chosen: Sequence[Item], by: Any) -> Hearing:
    """Freeze the chosen texts as they are now, for the officials of that municipality alone."""
    place = form.cleaned_data["municipality"]
    check_texts(place, chosen)
    hearing: Hearing = form.save(commit=False)
    hearing.office, hearing.started_by = place.audit_offices.filter(pk__in=by.rights.offices)[0], by
    hearing.save()
    for item in chosen:
        HearingItem.objects.create(
            hearing=hearing,
            kind=item.kind.slug,
            version_id=item.version.pk,
            title=item.title[:300],
            content=content_of(item.kind, item.version),
        )
    return hearing


@dataclass(frozen=True)
class Typed:
    """What came back of one field of the page, and what stood in it before someone typed."""

    text: str
    edition: int
    shown: str  # the digest of that

    @classmethod
    def of(cls, text: str, mark: str) -> Typed:
        edition, _, shown = mark.partition("-")
        return cls(text, int(edition) if edition.isascii() and edition.isdigit() and len(edition) < 10 else 0, shown)

    @property
    def is_touched(self) -> bool:
        return digest(self.text) != self.shown


def digest(text: str) -> str:
    return sha256("\n".join(text.splitlines()).strip().encode(errors="replace")).hexdigest()[:16]


def mark_of(text: str, edition: int) -> str:
    """What a form says of the text that stood in a field."""
    return f"{edition}-{digest(text)}"


class NotKeptError(MoveRefusedError):
    """Nothing was kept, because one of the texts cannot be: `reasons` says for each item why."""

    def __init__(self, reasons: dict[int, MoveRefusedError]) -> None:
        super().__init__(" ".join(str(why) for why in reasons.values()))
        self.reasons = reasons


def keep(items: Sequence[HearingItem], act: Callable[[HearingItem], None]) -> None:
    reasons = {}
    for item in items:
        try:
            act(item)
        except MoveRefusedError as why:
            reasons[item.pk] = why
    if reasons:
        raise NotKeptError(reasons)


@transaction.atomic
def react_to_all(hearing: Hearing, *, typed: Mapping[int, Typed], send: Collection[int], by: Any) -> None:
    """Keep whatever was typed on the page, and send what is asked. Where one of it cannot be, nothing is kept."""
    items = [item for item in hearing.items.all() if item.pk in typed]
    keep(
        [item for item in items if typed[item.pk].is_touched or item.pk in send],
        lambda item: react(item, text=typed[item.pk].text, send=item.pk in send, edition=typed[item.pk].edition, by=by),
    )


@transaction.atomic
def react(item: HearingItem, *, text: str, send: bool, edition: int, by: Any) -> None:
    """Keep what an official typed; once sent it stands. Raises StaleError where a colleague saved since."""
    if not item.hearing.is_open:
        raise MoveRefusedError("De termijn is voorbij. Neem contact op met de rekenkamer.")
    Hearing.objects.select_for_update().get(pk=item.hearing_id)  # two officials who begin at once: one after the other
    reaction = Reaction.objects.filter(item=item).first() or Reaction(item=item, by=by)
    if reaction.sent_at:
        raise MoveRefusedError("Deze reactie is al verstuurd en staat vast.")
    said = words(text)
    if edition != reaction.edition and said != reaction.text:
        raise StaleError("Iemand anders heeft hier intussen iets anders bewaard.")
    if send and not said:
        raise MoveRefusedError("Schrijf uw reactie. Hebt u er geen, schrijf dan: geen opmerkingen.")
    if said == reaction.text and not send:
        return
    reaction.text, reaction.by, reaction.saved_at = said, by, timezone.now()
    reaction.edition += 1
    reaction.sent_at = timezone.now() if send else None
    reaction.save()


@transaction.atomic
def answer_all(hearing: Hearing, *, typed: Mapping[int, Typed], by: Any) -> None:
    """Keep every afterword that was typed on the page, or none."""
    items = [item for item in hearing.items.all() if item.pk in typed and typed[item.pk].is_touched]
    keep(items, lambda item: answer(item, text=typed[item.pk].text, edition=typed[item.pk].edition, by=by))


@transaction.atomic
def answer(item: HearingItem, *, text: str, edition: int, by: Any) -> None:
    """Keep what the office says to a reaction. Raises StaleError where a colleague saved since."""
    reaction = Reaction.objects.select_for_update().filter(item=item, sent_at__isnull=False).first()
    if reaction is None:
        raise MoveRefusedError("De gemeente heeft hierop nog niet gereageerd.")
    if not (said := words(text)):
        raise MoveRefusedError("Schrijf wat u met de reactie doet.")
    if said == reaction.answer:
        return
    if Reply.objects.filter(record=Reply.key_of(item.pk)).exists():
        raise MoveRefusedError("Deze reactie is opgenomen in de publicatie. Verander het nawoord daar.")
    if reaction.answer_sent_at:
        raise MoveRefusedError("Dit nawoord is al aan de gemeente gestuurd en staat vast.")
    if edition != reaction.edition:
        raise StaleError("Iemand anders heeft hier intussen iets anders bewaard.")
    reaction.answer, reaction.answered_by, reaction.answered_at = said, by, timezone.now()
    reaction.edition += 1
    reaction.save()


@transaction.atomic
def send_answers(hearing: Hearing, *, by: Any) -> int:
    """Show the municipality the afterwords that were kept; from then on they stand. How many."""
    locked = Reaction.objects.select_for_update(of=("self",))
    unsent = locked.filter(item__hearing=hearing, answer_sent_at__isnull=True)
    taken_up = taken_up_in(hearing)
    ready = [reaction for reaction in unsent.exclude(answer="") if reaction.item_id not in taken_up]
    if not ready:
        raise MoveRefusedError("Er is geen nawoord dat u nog kunt sturen. Schrijf er eerst een.")
    Reaction.objects.filter(pk__in=[reaction.pk for reaction in ready]).update(answer_sent_at=timezone.now())
    record(hearing, WorkEvent.What.TOLD, by=by, note=dutch.counted(len(ready), "nawoord", "nawoorden"))
    return len(ready)


def taken_up_in(hearing: Hearing) -> set[int]:
    """The items of which a reaction is published, or will be."""
    keys = [Reply.key_of(pk) for pk in hearing.items.values_list("pk", flat=True)]
    return {reply.item_key for reply in Reply.objects.filter(record__in=keys)}


@transaction.atomic
def take_up(item: HearingItem, *, by: Any) -> Reply:
    """A draft of what is published of this reaction: all of it, to shorten, review and publish like any text."""
    reaction = Reaction.objects.select_for_update().filter(item=item, sent_at__isnull=False).first()
    if reaction is None or reaction.sent_at is None:
        raise MoveRefusedError("De gemeente heeft hierop nog niet gereageerd.")
    known: Reply | None = Reply.objects.filter(record=Reply.key_of(item.pk)).order_by("-number").first()
    if known:
        return known
    about = BY_SLUG[item.kind].versions.get(pk=item.version_id).record
    reply: Reply = Reply.objects.create(
        record=Reply.key_of(item.pk),
        municipality=item.hearing.municipality,
        finding=about if item.kind == "bevindingen" else None,
        recommendation=about if item.kind == "aanbevelingen" else None,
        kind=item.hearing.kind,
        received_on=timezone.localdate(reaction.sent_at),
        reaction=reaction.text,
        afterword=reaction.answer,
        written_by=by,
        writers=[by.pk],
    )
    log(BY_SLUG["reacties"], reply, WorkEvent.What.STARTED, by=by)
    return reply


@transaction.atomic
def close(hearing: Hearing, *, by: Any) -> None:
    """Before its day."""
    open_ = Hearing.objects.filter(pk=hearing.pk, closed_at__isnull=True)
    if open_.update(closed_at=timezone.now(), closed_by=by):
        record(hearing, WorkEvent.What.CLOSED, by=by)


@transaction.atomic
def reopen(hearing: Hearing, *, deadline: date, by: Any) -> None:
    """Also after its last day."""
    now = Hearing.objects.select_for_update().get(pk=hearing.pk)
    if now.is_open:
        raise MoveRefusedError("Een collega zette dit wederhoor intussen weer open.")
    now.closed_at, now.closed_by, now.deadline = None, None, deadline
    now.save()
    record(now, WorkEvent.What.REOPENED, by=by, note=f"tot en met {date_format(deadline, 'j F Y')}")


LOG = "wederhoor"


def record(hearing: Hearing, what: str, *, by: Any, note: str = "") -> None:
    WorkEvent.objects.create(kind=LOG, version_id=hearing.pk, what=what, by=by, edition=1, note=note)


def history(hearing: Hearing) -> Any:
    return WorkEvent.objects.filter(kind=LOG, version_id=hearing.pk).select_related("by")


@dataclass(frozen=True)
class HeardText:
    """A text as it was sent out, with what this reader may know of what both sides said.

    `reply` is what becomes public of it, as far as the office prepared it; for the municipality, what is public now.
    """

    item: HearingItem
    reaction: Reaction | None
    reply: Reply | None
    is_office: bool

    @property
    def afterword(self) -> str:
        if self.reply:
            return self.reply.afterword
        reaction = self.reaction
        return reaction.answer if reaction and (self.is_office or reaction.answer_sent_at) else ""

    @property
    def stage(self) -> str:
        """Of what becomes public."""
        return stage_of(self.reply) if self.reply else ""

    @property
    def page(self) -> str:
        """Where the public reads it; empty while nobody does."""
        return BY_SLUG["reacties"].page(self.reply) if self.reply and self.stage == Stage.PUBLISHED.label else ""

    @property
    def kind(self) -> str:
        return dutch.capitalised(BY_SLUG[self.item.kind].name)

    @property
    def content(self) -> list[tuple[str, str]]:
        """Label and text, in the order of the form (a jsonb keeps none)."""
        order = labels_of(BY_SLUG[self.item.kind])
        return sorted(self.item.content.items(), key=lambda pair: order.index(pair[0]))


def items_of(hearing: Hearing, user: Any) -> list[HeardText]:
    """Each side sees what the other said only once it has been sent."""
    is_office = hearing.office_id in user.rights.offices
    items = list(hearing.items.select_related("reaction__by", "reaction__answered_by"))
    replies = Reply.objects.filter(record__in=[Reply.key_of(item.pk) for item in items])
    known = replies.select_related("finding", "recommendation").order_by("number")
    newest = {reply.record: reply for reply in (known if is_office else known.as_of(timezone.now()))}
    found = []
    for item in items:
        reaction = getattr(item, "reaction", None)
        hidden = reaction is not None and is_office and reaction.sent_at is None
        reply = newest.get(Reply.key_of(item.pk))
        found.append(HeardText(item, None if hidden else reaction, reply, is_office))
    return found


def heard_of(chosen: Sequence[Item], user: Any) -> dict[str, list[HeardText]]:
    """Key of a text → the rights of reply in which it went out, as its office sees them."""
    found: dict[str, list[HeardText]] = {}
    if not {item.kind.slug for item in chosen} & set(HEARD):
        return found
    for hearing in (
        Hearing.objects.held_by(user)
        .filter(items__version_id__in=[item.version.pk for item in chosen], items__kind__in=HEARD)
        .distinct()
    ):
        for text in items_of(hearing, user):
            found.setdefault(f"{text.item.kind}-{text.item.version_id}", []).append(text)
    return found


def about(version: Version) -> HeardText | None:
    """Of what is published of a reaction: the text that it was about, as it was sent out."""
    if not isinstance(version, Reply):
        return None
    item = HearingItem.objects.filter(pk=version.item_key).first()
    return HeardText(item, None, version, is_office=True) if item else None


TOO_EARLY = "De tekst waar deze reactie bij hoort, is niet gekozen en niet openbaar. Tot dan leest niemand de reactie."


def unheard(chosen: Sequence[Item], user: Any) -> list[tuple[Item, str]]:
    """What becomes public while a right of reply about it runs, or without the reaction to it."""
    keys = {item.key for item in chosen}
    known = heard_of([item for item in chosen if item.kind.slug in HEARD], user)
    told = [(item, without(text, keys)) for item in chosen for text in known.get(item.key, [])]
    told += [
        (item, TOO_EARLY) for item in chosen if isinstance(item.version, Reply) and not has_place(item.version, chosen)
    ]
    return [(item, why) for item, why in told if why]


def has_place(reply: Reply, chosen: Sequence[Item]) -> bool:
    """Readers find a reaction at the text that it is about."""
    about = reply.finding or reply.recommendation
    is_chosen = any(getattr(item.version, "record", None) == about for item in chosen)
    return is_chosen or bool(about and about.versions.as_of(timezone.now()).exists())


def without(text: HeardText, chosen: Collection[str]) -> str:
    """What to know before this text becomes public; empty where there is nothing."""
    hearing, reply = text.item.hearing, text.reply
    if text.reaction is None and hearing.is_open:
        day = date_format(hearing.deadline, "j F Y")
        return f"Over deze tekst loopt nog wederhoor tot en met {day}, en er is nog geen reactie."
    if text.reaction is None:
        return ""
    if reply is None:
        return "De gemeente reageerde hierop. Van die reactie is niets opgenomen in de publicatie."
    if reply.stage in {Stage.DRAFT, Stage.IN_REVIEW}:
        return "Er is een reactie hierop opgenomen, en die is nog niet goedgekeurd."
    if reply.stage == Stage.APPROVED and f"reacties-{reply.pk}" not in chosen:
        return "Een reactie hierop is goedgekeurd en is niet gekozen."
    return ""


def sent_told(heard: HeardText) -> str:
    """Of a reaction: by whom and when it was sent, or that it was not."""
    reaction = heard.reaction
    if reaction is None or not (reaction.text or reaction.sent_at):
        return "nog geen reactie"
    if reaction.sent_at is None:
        return f"nog niet verstuurd; bewaard door {reaction.by}, {date_format(localtime(reaction.saved_at), WHEN)}"
    return f"verstuurd door {reaction.by}, {date_format(localtime(reaction.sent_at), WHEN)}"


def sheet(hearing: Hearing, user: Any) -> Sheet:
    day = date_format(hearing.deadline, "j F Y")
    rows = [
        [
            heard.item.title,
            "\n".join(f"{label}: {text}" for label, text in heard.content),
            heard.reaction.text if heard.reaction else "",
            sent_told(heard),
            heard.afterword,
            day,
            "Niet openbaar",
        ]
        for heard in items_of(hearing, user)
    ]
    notes = [
        f"{hearing}, van {hearing.office}",
        "Niet openbaar: concepten voor wederhoor. Deel ze niet.",
        f"Reageren {'kan' if hearing.is_open else 'kon'} tot en met {day}.",
        f"Opgehaald door {user} op {date_format(localtime(), WHEN)}.",
    ]
    return Sheet("Wederhoor (niet openbaar)", COLUMNS, rows, notes)
