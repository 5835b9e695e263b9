"""Three people of one office and one of another do random things with one record, from pages that may be old.

`Rules` says in plain Python what may happen and what it does; after every step the database says the same. The steps
follow from the number in the name of the test: with the same number they come again.
"""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from nplv_portal.lib.versions import Version
from nplv_portal.workplace.content import content_of
from nplv_portal.workplace.kinds import BY_SLUG, Kind
from nplv_portal.workplace.models import Remark, WorkEvent
from tests.workplace.people import person, signed_in
from tests.workplace.steps import WORDS, Step, page_of, send

pytestmark = pytest.mark.django_db
RUNS, STEPS = int(os.environ.get("STATE_RUNS", "14")), 50
PEOPLE = {"ans": "researcher", "bob": "researcher", "cis": "secretary", "eva": "secretary"}
ELSEWHERE, PUBLISHER = "eva", "cis"
PREPARED, ANSWERED = {"draft", "in_review", "approved"}, 302
WHAT = {  # and how often
    "schrijf": 2, "verbeter": 9, "ter-beoordeling": 9, "teruggeven": 1, "opmerking": 1, "antwoord": 9,
    "goedkeuren": 9, "publiceer": 9, "afblazen": 2, "intrekken": 2,
}  # fmt: skip
SOON, FAR = timedelta(milliseconds=250), timedelta(hours=1)


@dataclass
class Text:
    """What a version should be."""

    pk: int
    number: int
    words: str = ""
    erratum: str = ""
    stage: str = "draft"
    edition: int = 1
    writers: set[str] = field(default_factory=set)
    approved_by: str = ""
    published_by: str = ""
    opens: datetime | None = None
    closes: datetime | None = None
    remarks: int = 0  # that wait for an answer

    def is_public(self, moment: datetime) -> bool:
        return self.opens is not None and self.opens <= moment and (self.closes is None or moment < self.closes)


class Stored(NamedTuple):
    versions: list[dict[str, Any]]
    parts: list[Any]
    remarks: list[dict[str, Any]]
    events: int


@dataclass
class Rules:
    texts: dict[int, Text]

    def public(self, moment: datetime) -> list[int]:
        return [text.pk for text in self.texts.values() if text.is_public(moment)]

    def allow(self, step: Step, now: datetime) -> bool:
        text, at = self.texts[step.version], step.at or now
        is_fresh, publishes = step.edition == text.edition, step.who == PUBLISHER
        others_open_later = any(t.opens and t.opens > at for t in self.texts.values())
        is_standing = text.stage == "published" and text.closes is None and publishes and is_fresh
        allowed = {
            "schrijf": text.stage in PREPARED and is_fresh,
            "verbeter": text.opens is not None,
            "ter-beoordeling": text.stage == "draft" and is_fresh and (text.number == 1 or text.erratum != ""),
            "teruggeven": text.stage in {"in_review", "approved"} and is_fresh,
            "opmerking": text.stage in PREPARED and step.words != "",
            "antwoord": text.remarks > 0 and step.words != "",
            "goedkeuren": text.stage == "in_review" and is_fresh and not text.remarks and step.who not in text.writers,
            "publiceer": text.stage == "approved" and is_fresh and publishes and step.who not in text.writers
            and not others_open_later,
            "afblazen": is_standing and not text.is_public(now),
            "intrekken": is_standing and text.is_public(now) and step.words != "",
        }  # fmt: skip
        return step.who != ELSEWHERE and allowed[step.what]

    def follow(self, step: Step, version: Version) -> None:
        """What an allowed step does. `version` is what came of it: it says which key and which moment were given."""
        does = {
            "schrijf": self.write,
            "verbeter": self.begin,
            "ter-beoordeling": self.submit,
            "teruggeven": self.send_back,
            "opmerking": self.remark,
            "antwoord": self.answer,
            "goedkeuren": self.approve,
            "publiceer": self.release,
            "afblazen": self.cancel,
            "intrekken": self.withdraw,
        }
        does[step.what](self.texts[step.version], step, version)

    def write(self, text: Text, step: Step, version: Version) -> None:
        text.stage, text.words, text.erratum, text.approved_by = "draft", step.words, step.words, ""
        text.writers.add(step.who)
        text.edition += 1

    def begin(self, text: Text, step: Step, version: Version) -> None:
        if not any(other.stage in PREPARED for other in self.texts.values()):
            number = max(other.number for other in self.texts.values()) + 1
            self.texts[version.pk] = Text(version.pk, number, text.words, writers={step.who})

    def submit(self, text: Text, step: Step, version: Version) -> None:
        text.stage, text.edition = "in_review", text.edition + 1

    def send_back(self, text: Text, step: Step, version: Version) -> None:
        text.stage, text.approved_by, text.edition = "draft", "", text.edition + 1
        text.remarks += step.words != ""

    def remark(self, text: Text, step: Step, version: Version) -> None:
        text.remarks += 1

    def answer(self, text: Text, step: Step, version: Version) -> None:
        text.remarks -= 1

    def approve(self, text: Text, step: Step, version: Version) -> None:
        text.stage, text.approved_by, text.edition = "approved", step.who, text.edition + 1

    def release(self, text: Text, step: Step, version: Version) -> None:
        opens = version.published_at
        for other in self.texts.values():
            if opens and other.is_public(opens):
                other.closes = opens
        text.stage, text.published_by, text.opens, text.edition = "published", step.who, opens, text.edition + 1

    def cancel(self, text: Text, step: Step, version: Version) -> None:
        for other in self.texts.values():
            if other.closes == text.opens and other.stage == "published":
                other.closes = None
        text.stage, text.published_by, text.opens = "approved", "", None

    def withdraw(self, text: Text, step: Step, version: Version) -> None:
        text.stage, text.closes = "withdrawn", version.closed_at


class Office:
    """The people, the record that they work on, and what each of them last saw of it."""

    def __init__(self, kind: Kind, record: Any, seed: int) -> None:
        self.kind, self.record, self.random = kind, record, Random(f"{kind.slug} {seed}")
        self.users: dict[int | None, str] = {None: ""}
        self.clients: dict[str, Client] = {}
        for name, role in PEOPLE.items():
            user = person(name, role, "arnhem" if name == ELSEWHERE else "heerlen")
            self.users[user.pk], self.clients[name] = name, signed_in(user)
        first = self.versions().get()
        words = str(getattr(first, WORDS[kind.slug][0]))
        self.rules = Rules({first.pk: Text(first.pk, 1, words, stage="published", opens=first.published_at)})
        self.seen: dict[tuple[str, int], int] = {}
        self.pages: dict[int, dict[str, Any]] = {}
        self.looked: list[tuple[datetime, list[int]]] = []
        self.acknowledged: list[str] = []
        self.done: list[str] = []

    def versions(self) -> Any:
        return self.kind.versions.filter(record=self.record)

    def choose(self, now: datetime) -> Step:
        """Mostly something that may be done and brings a text further: else nothing would ever get published."""
        texts = list(self.rules.texts.values())
        for who in PEOPLE:
            for text in texts:
                if (who, text.pk) not in self.seen or self.random.random() < 0.7:
                    self.seen[who, text.pk] = text.edition
        words = f"Woorden {len(self.done)}." if self.random.random() < 0.8 else ""
        steps = [Step(w, p, t.pk, self.seen[p, t.pk], words) for w in WHAT for p in PEOPLE for t in texts[-3:]]
        luck = self.random.random()
        if luck < 0.75:
            steps = [step for step in steps if self.rules.allow(step, now) and self.leads_on(step)] or steps
        elif luck < 0.93:  # the right person on the right page, at the wrong moment
            steps = [s for s in steps if s.who == PUBLISHER and s.edition == self.rules.texts[s.version].edition]
        offered = [what for what in WHAT if any(step.what == what for step in steps)]
        [what] = self.random.choices(offered, [WHAT[what] for what in offered])
        step = self.random.choice([step for step in steps if step.what == what])
        if what == "schrijf":
            return replace(step, words=f"Tekst {len(self.done)}.")
        later = self.random.choice([None, None, SOON, FAR])
        return replace(step, at=now + later) if later and what == "publiceer" else step

    def leads_on(self, step: Step) -> bool:
        """A text that the secretary wrote, or everyone, is never published; and one correction at a time is enough."""
        text = self.rules.texts[step.version]
        is_new_hand = step.who not in text.writers and (text.writers or step.who == PUBLISHER)
        is_begun = any(text.stage in PREPARED for text in self.rules.texts.values())
        is_idle = {"schrijf": is_new_hand or text.stage != "draft", "verbeter": is_begun or step.who == PUBLISHER}
        return not is_idle.get(step.what, False)

    def run(self, steps: int) -> None:
        before = self.stored()
        for _ in range(steps):
            self.wait_for_an_opening()
            now = timezone.now()
            step = self.choose(now)
            if step.what == "schrijf" and step.version not in self.pages:
                self.pages[step.version] = page_of(self.kind, self.versions().get(pk=step.version))
            response = send(self.clients[step.who], self.kind, step, self.pages.get(step.version))
            self.done.append(f"{step} {response.status_code}")
            is_done, is_allowed = response.status_code == ANSWERED, self.rules.allow(step, now)
            after = self.stored()
            moments = [step.at, *(text.opens for text in self.rules.texts.values())]
            if not any(moment and now < moment < timezone.now() for moment in moments):
                assert is_done == is_allowed
            if is_done:
                self.follow(step)
            else:
                assert after == before
            self.check(after, now)
            before = after
        self.check_all()

    def follow(self, step: Step) -> None:
        is_new = step.what == "verbeter"
        found = self.versions().order_by("pk").last() if is_new else self.versions().get(pk=step.version)
        self.rules.follow(step, found)
        if step.words and step.what not in {"verbeter", "publiceer"}:
            self.acknowledged.append(step.words)
            assert step.words in kept_in(WorkEvent.objects.latest("pk"))

    def wait_for_an_opening(self) -> None:
        """What opens within the time of a request would make the answer a matter of luck."""
        waits = [(t.opens - timezone.now()).total_seconds() for t in self.rules.texts.values() if t.opens]
        if near := [wait for wait in waits if 0 <= wait < 0.1]:
            time.sleep(max(near) + 0.001)

    def stored(self) -> Stored:
        """All that people did, to the letter."""
        of = {"kind": self.kind.slug, "version_id__in": list(self.rules.texts)}
        return Stored(
            list(self.versions().order_by("pk").values()),
            [part.read(version) for version in self.versions().prepared() for part in self.kind.parts],
            [dict(remark) for remark in Remark.objects.filter(**of).order_by("pk").values()],
            WorkEvent.objects.count(),
        )

    def check(self, stored: Stored, now: datetime) -> None:
        open_remarks = [remark["version_id"] for remark in stored.remarks if not remark["answer"]]
        found = {row["id"]: text_of(row, WORDS[self.kind.slug][0], self.users, open_remarks) for row in stored.versions}
        assert found == self.rules.texts
        assert all(not {text.approved_by, text.published_by} & text.writers for text in found.values())
        tomorrow = timezone.now() + timedelta(days=1)
        assert public(self.kind, self.record, tomorrow) == self.rules.public(tomorrow)
        self.looked.append((now, self.rules.public(now)))
        for moment, seen in [self.looked[-1], self.random.choice(self.looked)]:
            assert public(self.kind, self.record, moment) == seen

    def check_all(self) -> None:
        assert_nothing_lost(self.acknowledged)
        for moment, seen in self.looked:
            assert public(self.kind, self.record, moment) == seen


def text_of(row: dict[str, Any], words: str, name: dict[int | None, str], open_remarks: list[int]) -> Text:
    during = row["public_during"]
    return Text(
        row["id"],
        row["number"],
        row[words],
        row["erratum"],
        row["stage"],
        row["edition"],
        {name[pk] for pk in row["writers"]},
        name[row["approved_by_id"]],
        name[row["published_by_id"]],
        during and during.lower,
        during and during.upper,
        open_remarks.count(row["id"]),
    )


def public(kind: Kind, record: Any, moment: datetime) -> list[int]:
    return list(kind.versions.as_of(moment).filter(record=record).values_list("pk", flat=True))


def kept_in(event: WorkEvent) -> str:
    return f"{event.note} {' '.join(event.content.values())}"


def assert_nothing_lost(typed: list[str]) -> None:
    kept = [kept_in(event) for event in WorkEvent.objects.all()]
    assert [words for words in typed if not any(words in line for line in kept)] == []


def record_of(kind: Kind) -> Any:
    """Of Heerlen, and as it was shipped."""
    found = kind.versions.as_of(timezone.now()).filter(**{f"{kind.model.municipality_path}__slug": "heerlen"})
    whole = [version for version in found.order_by("pk") if not getattr(version, "absence", "")]
    return next(version.record for version in whole if version.siblings.count() == 1)


@pytest.fixture(params=WORDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    return BY_SLUG[request.param]


@pytest.mark.parametrize("seed", range(RUNS))
def test_whatever_people_do_the_rules_hold(kind: Kind, seed: int) -> None:
    office = Office(kind, record_of(kind), seed)
    try:
        office.run(STEPS)
    except AssertionError as error:
        error.add_note("\n".join(office.done))
        raise


HABITS = {
    "ans": ("researcher", ("schrijf", "verbeter", "ter-beoordeling", "antwoord")),
    "arie": ("researcher", ("schrijf", "verbeter", "ter-beoordeling", "antwoord")),
    "bob": ("researcher", ("goedkeuren", "goedkeuren", "opmerking", "teruggeven")),
    "bea": ("researcher", ("goedkeuren", "goedkeuren", "opmerking")),
    "cis": ("secretary", ("publiceer", "publiceer", "afblazen", "intrekken")),
    "cor": ("secretary", ("publiceer", "publiceer", "afblazen")),
}
MOVES_ON = ("saved", "submitted", "sent_back", "approved", "released")  # each from another edition
LONG_AGO = timedelta(seconds=1)  # longer than a release takes


def live(kind: Kind, record: Any, who: str, client: Client) -> list[str]:
    """Thirty steps of someone who looks before each, while others do the same. Gives the words that were accepted."""
    chance, accepted = Random(who), []
    versions = kind.versions.filter(record=record).order_by("-number")
    try:
        pages = {version.pk: page_of(kind, version) for version in versions}
        for number in range(30):
            version = chance.choice(versions[:2])
            page = pages.setdefault(version.pk, page_of(kind, version))
            later = timezone.now() + chance.choice([SOON, FAR]) if chance.random() < 0.5 else None
            step = Step(chance.choice(HABITS[who][1]), who, version.pk, version.edition, f"{who} {number}.", later)
            response = send(client, kind, step, page)
            assert response.status_code < 500, (step, response.status_code)
            if response.status_code == ANSWERED and step.what not in {"verbeter", "publiceer"}:
                accepted.append(step.words)
    finally:
        connection.close()
    return accepted


def look(kind: Kind, record: Any, until: Any) -> list[tuple[datetime, list[int]]]:
    """What the public could read a second ago, again and again."""
    seen = []
    while not until():
        moment = timezone.now() - LONG_AGO
        seen.append((moment, public(kind, record, moment)))
        time.sleep(0.05)
    connection.close()
    return seen


@pytest.mark.usefixtures("own_database")
def test_what_six_people_do_at_once_the_rules_hold(kind: Kind) -> None:
    record = record_of(kind)
    clients = {name: signed_in(person(name, role)) for name, (role, _) in HABITS.items()}
    with ThreadPoolExecutor(len(HABITS) + 1) as threads:
        people = [threads.submit(live, kind, record, name, client) for name, client in clients.items()]
        reader = threads.submit(look, kind, record, lambda: all(person.done() for person in people))
    accepted = [words for person in people for words in person.result()]
    assert_nothing_lost(accepted)
    assert [seen for seen in reader.result() if public(kind, record, seen[0]) != seen[1]] == []
    for version in kind.versions.filter(record=record, number__gt=1):
        assert_history_tells_all(kind, version)


def assert_history_tells_all(kind: Kind, version: Any) -> None:
    """Every edition was made once, from the one before; the last one is what is stored; and four eyes saw it."""
    events = list(WorkEvent.objects.filter(kind=kind.slug, version_id=version.pk).order_by("pk"))
    what = [event.what for event in events]
    editions = [event.edition for event in events if event.what in MOVES_ON]
    assert sorted(editions) == list(range(2, version.edition + 1))
    assert content_of(kind, version) == events[-1].content
    assert what.count("released") - what.count("cancelled") == (version.public_during is not None)
    assert not {version.approved_by_id, version.published_by_id} & set(version.writers)
