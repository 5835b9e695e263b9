"""Following by mail, by people without an account: on a real mail server, at days that the test names."""

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.db import Error, IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from findings.models import CouncilRole
from focusareas.models import Municipality
from nplv_portal.following.digests import MOST, REFUSALS, make_digests
from nplv_portal.following.models import Confirmation, MailDay, Subscriber, Subscription
from nplv_portal.following.subscribing import CONFIRMATIONS_A_DAY, forget
from nplv_portal.lib.mail import Refused
from nplv_portal.workplace import work
from nplv_portal.workplace.kinds import BY_SLUG
from recommendations.models import FollowUpEvent, Recommendation, RecommendationVersion
from tests.accounts.actors import text_of
from tests.bad_input import MARKS, VALUES, Page, as_html
from tests.conftest import Mailbox, body_of, work_through
from tests.test_permission import text_in as version_in
from tests.workplace.people import person
from tests.workplace.test_bad_input import ENGLISH

pytestmark = pytest.mark.django_db
FORM = "/volgen/per-mail/"
PATH = r"https?://[^/\s]+(/volgen/per-mail/{}/\w+/)"
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.fixture(autouse=True)
def fresh_counts(db: None) -> None:
    cache.clear()


def asked(email: str = "rosa@example.nl", **chosen: Any) -> Any:
    return Client().post(FORM, {"email": email} | (chosen or {"gemeente": "heerlen"}), follow=True)


def link(mail: Any, what: str) -> str:
    found = re.search(PATH.format(what), body_of(mail))
    assert found, body_of(mail)
    return found[1]


def follower(mailbox: Mailbox, email: str = "rosa@example.nl", **chosen: Any) -> Subscriber:
    """Who asked and confirmed, through the pages."""
    asked(email, **chosen)
    work_through()
    Client().post(link(mailbox.messages.pop(), "bevestig"))
    return Subscriber.objects.get(email=email)


def followers(many: int) -> None:
    for number in range(many):
        reader = Subscriber(email=f"lezer{number}@example.nl")
        reader.give_key()
        reader.save()
        reader.subscriptions.create(confirmed_at=timezone.now())


def happened(many: int = 1, *, text: str = "Zie de lijst.", place: str = "heerlen", at: Any = None) -> None:
    """Steps that were entered and are public."""
    FollowUpEvent.objects.bulk_create(
        FollowUpEvent(
            slug=f"{text[:20]}-{place}-{number}-{at}"[:100],
            municipality=Municipality.objects.get(slug=place),
            recommendation=Recommendation.objects.get(slug="rol"),
            step="reported",
            actor="executive",
            text=text,
            link="https://example.nl/1",
            entered_at=at or timezone.now() + timedelta(seconds=1),
        )
        for number in range(many)
    )


def morning(days: int = 1, hour: int = 8) -> datetime:
    """Of a day from now on, in the Netherlands."""
    day = timezone.localdate() + timedelta(days=days)
    return datetime(day.year, day.month, day.day, hour, tzinfo=AMSTERDAM)


def eve_of(days: int) -> datetime:
    """The last second before a day from now on: after now, at whatever hour the test runs."""
    return morning(days, 0) - timedelta(seconds=1)


def told(now: datetime) -> int:
    """The task of that moment, and the mail that it queued."""
    make_digests(now)
    return work_through()


# --- Beginning ---


def test_a_visitor_follows_after_confirming_and_gets_one_mail_with_what_changed(mailbox: Mailbox) -> None:
    page = asked(gemeente=["heerlen"], rol=["controlerend"])
    assert "Kijk in uw mail" in text_of(page)
    assert work_through() == 1
    (mail,) = mailbox.messages
    assert (mail["To"], mail["From"]) == ("rosa@example.nl", "portaal@example.nl")
    happened(text="Van vóór de bevestiging.", at=timezone.now())
    assert told(morning()) == 0
    address = link(mail, "bevestig")
    assert "Gemeente Heerlen" in text_of(Client().get(address))
    assert not Subscription.objects.filter(confirmed_at__isnull=False).exists()  # a program that opens links
    assert "Bevestigd" in text_of(Client().post(address))
    assert "Bevestigd" in text_of(Client().post(address))
    happened(text="De raad kreeg een overzicht.", at=timezone.now())
    assert told(morning()) == 1
    text = body_of(mailbox.messages[1])
    assert text.count("De raad kreeg een overzicht.") == 1
    assert "Van vóór" not in text
    assert "/aanbevelingen/rol/?gemeente=heerlen" in text
    assert max(len(line) for line in text.splitlines() if "http" not in line) <= 76


def test_the_answer_is_the_same_for_every_address(mailbox: Mailbox) -> None:
    follower(mailbox)
    answers = {re.sub(r'value="\w{64}"', "", asked(email).content.decode()) for email in ("rosa@example.nl", "x@y.nl")}
    assert len(answers) == 1
    assert [mail["To"] for mail in mailbox.messages if work_through()] == []
    work_through()
    assert {mail["To"] for mail in mailbox.messages} == {"rosa@example.nl", "x@y.nl"}


def test_of_who_did_not_confirm_nothing_is_left_after_a_week(mailbox: Mailbox) -> None:
    asked()
    work_through()
    address = link(mailbox.messages[0], "bevestig")
    forget(timezone.now() + timedelta(days=6, hours=23))
    assert Client().get(address).status_code == 200
    forget(timezone.now() + timedelta(days=7, seconds=1))
    assert not Subscriber.objects.exists()
    assert not Confirmation.objects.exists()
    for answer in (Client().get(address), Client().post(address)):
        assert answer.status_code == 410


def test_a_confirmation_that_is_late_does_nothing_also_before_it_is_cleared(mailbox: Mailbox) -> None:
    asked()
    work_through()
    Confirmation.objects.update(asked_at=timezone.now() - timedelta(days=7))
    assert Client().post(link(mailbox.messages[0], "bevestig")).status_code == 410
    assert not Subscription.objects.filter(confirmed_at__isnull=False).exists()


def test_what_someone_else_asked_for_an_address_is_not_confirmed_along(mailbox: Mailbox) -> None:
    asked(gemeente="heerlen")
    asked(gemeente="arnhem")
    work_through()
    Client().post(link(mailbox.messages[0], "bevestig"))
    assert [item.title for item in Subscriber.objects.get().follows()] == ["Gemeente Heerlen"]


def test_following_the_same_again_is_following_it_once(mailbox: Mailbox) -> None:
    follower(mailbox)
    reader = follower(mailbox, alles="1")
    follower(mailbox, gemeente="heerlen")
    assert reader.follows().count() == 2
    assert reader.subscriptions.count() == 2


def test_no_name_and_no_address_of_a_machine_is_kept(mailbox: Mailbox) -> None:
    Client().post(FORM, {"email": "rosa@example.nl", "alles": "1"}, headers={"X-Forwarded-For": "203.0.113.77"})
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', ["%203.0.113.77%"])
            # only how often was asked, for an hour at most, by the name of the count
            assert cursor.fetchone()[0] == 0 or table == "accounts_attempt", table
    kept = {field.name for field in Subscriber._meta.fields}
    assert kept == {"id", "seed", "key_hash", "email", "told_until", "refusals"}


def test_the_database_does_not_know_the_links(mailbox: Mailbox) -> None:
    reader = follower(mailbox, alles="1")
    asked("bob@example.nl")
    happened()
    make_digests(morning())
    waiting = str(list(ProcrastinateJob.objects.values_list("args", flat=True)))
    assert "@" not in waiting
    work_through()
    tokens = {re.search(r"(\w{64})", body_of(mail))[1] for mail in mailbox.messages} | {reader.token}  # type: ignore[index]
    assert len(tokens) == 2
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            for token in tokens:
                cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', [f"%{token}%"])
                assert cursor.fetchone() == (0,), table


def test_links_outlive_a_new_secret_key_and_are_made_anew_when_the_old_one_is_gone(
    mailbox: Mailbox, settings: Settings
) -> None:
    reader = follower(mailbox)
    old = reader.token
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "een andere sleutel van dit portaal"
    assert Subscriber.objects.get().token == old
    settings.SECRET_KEY_FALLBACKS = []
    assert Client().get(f"/volgen/per-mail/beheer/{old}/").status_code == 200
    new = Subscriber.objects.get().token
    assert new != old
    assert Client().get(f"/volgen/per-mail/beheer/{new}/").status_code == 200


# --- Not too much ---


def test_an_address_gets_three_requests_to_confirm_a_day_and_the_answer_stays_the_same(mailbox: Mailbox) -> None:
    words = [f"woord{number}" for number in range(CONFIRMATIONS_A_DAY + 2)]
    answers = {re.sub(r'value="\w{64}"', "", asked(woorden=word).content.decode()) for word in words}
    assert len(answers) == 1
    work_through()
    assert len(mailbox.messages) == CONFIRMATIONS_A_DAY


def test_the_same_form_sent_twice_is_one_request(mailbox: Mailbox) -> None:
    for _ in range(2):
        asked(gemeente=["heerlen", "arnhem"])
    assert work_through() == 1
    assert Subscription.objects.count() == 2


def test_from_one_network_twenty_requests_an_hour_are_enough(mailbox: Mailbox) -> None:
    codes = [Client().post(FORM, {"email": f"a{n}@example.nl", "alles": "1"}).status_code for n in range(21)]
    assert codes == [302] * 20 + [429]
    response = Client().post(FORM, {"email": "a@example.nl", "alles": "1"})
    assert "Probeer het over een uur opnieuw" in text_of(response)
    assert Page(response).form().values["email"] == "a@example.nl"


def test_when_the_portal_sent_enough_for_today_it_says_so_to_everyone(mailbox: Mailbox, settings: Settings) -> None:
    settings.MAILS_PER_DAY = 10
    codes = [asked(f"a{number}@example.nl").status_code for number in range(3)]
    assert codes == [200, 200, 503]  # a fifth of ten
    assert work_through() == 2


def test_ten_thousand_changes_at_once_are_one_mail_each(mailbox: Mailbox) -> None:
    followers(3)
    happened(10_000)
    for _ in range(5):
        make_digests(morning())
    assert work_through() == 3
    text = body_of(mailbox.messages[0])
    assert text.count("Zie de lijst.") == MOST
    assert "meer dan in deze mail past" in text
    assert told(morning(2)) == 0


def test_a_task_in_a_loop_at_any_hour_makes_one_mail_a_day(mailbox: Mailbox) -> None:
    followers(1)
    for day in (1, 2, 3):
        happened(text=f"Van dag {day}.", at=eve_of(day))
        for hour in range(24):
            happened(text=f"Later op dag {day}, {hour}.", at=morning(day, hour))
            make_digests(morning(day, hour))
        work_through()
        assert len(mailbox.messages) == day
    everything = "".join(body_of(mail) for mail in mailbox.messages)
    assert everything.count("Later op dag 1, 5.") == 1
    assert everything.count("Van dag 2.") == 1


def test_no_mail_goes_out_before_seven_in_the_netherlands_in_winter_and_in_summer(mailbox: Mailbox) -> None:
    followers(1)
    happened()
    for day in (datetime(2027, 1, 12, tzinfo=AMSTERDAM), datetime(2027, 7, 12, tzinfo=AMSTERDAM)):
        assert make_digests(day.replace(hour=6, minute=59)) == 0
        assert make_digests(day.replace(hour=7)) == 1
        happened(text=f"Na {day}", at=day.replace(hour=12))


def test_a_day_on_which_the_clock_changes_tells_each_change_once(mailbox: Mailbox) -> None:
    followers(1)
    night = datetime(2027, 10, 31, 2, 30, tzinfo=AMSTERDAM)
    happened(text="In het dubbele uur, eerst.", at=night)
    happened(text="In het dubbele uur, daarna.", at=night.replace(fold=1))
    for day in (30, 31):
        told(datetime(2027, 10, day, 8, tzinfo=AMSTERDAM))
    told(datetime(2027, 11, 1, 8, tzinfo=AMSTERDAM))
    told(datetime(2027, 11, 2, 8, tzinfo=AMSTERDAM))
    (mail,) = mailbox.messages
    assert (body_of(mail).count("uur, eerst."), body_of(mail).count("uur, daarna.")) == (1, 1)


def test_above_the_cap_the_rest_is_first_the_next_day_and_nothing_is_lost(mailbox: Mailbox, settings: Settings) -> None:
    settings.MAILS_PER_DAY = 5
    followers(8)
    happened()
    assert told(morning()) == 5
    assert told(morning(1, 22)) == 0
    assert told(morning(2)) == 3
    assert len({mail["To"] for mail in mailbox.messages}) == 8


def test_a_mail_tells_what_was_public_and_not_what_opens_later(mailbox: Mailbox) -> None:
    people = person("schrijver", "researcher"), person("lezer", "researcher"), person("baas", "secretary")
    followers(1)
    version_in("later", people)
    assert told(morning()) == 0
    assert told(morning(3)) == 0
    assert told(morning(4)) == 1  # the day after it opened
    assert "CANARY" in body_of(mailbox.messages[0])


@pytest.mark.parametrize("stage", ["draft", "in_review", "approved"])
def test_no_draft_is_ever_mailed(mailbox: Mailbox, stage: str) -> None:
    followers(1)
    version_in(stage, (person("schrijver", "researcher"), person("lezer", "researcher"), person("baas", "secretary")))
    assert told(morning()) == told(morning(30)) == 0


def test_a_recommendation_goes_by_the_name_that_is_public(mailbox: Mailbox) -> None:
    reader = follower(mailbox, aanbeveling="rol")
    public = RecommendationVersion.objects.as_of(timezone.now()).get(record__slug="rol")
    draft = work.start_next(BY_SLUG["aanbevelingen"], public, by=person("schrijver", "researcher"))
    RecommendationVersion.objects.filter(pk=draft.pk).update(title="CANARY")
    happened()
    told(morning())
    shown = Client().get(f"/volgen/per-mail/beheer/{reader.token}/").content.decode()
    for text in (shown, body_of(mailbox.messages[0])):
        assert public.title.lower() in text.lower()
        assert "CANARY" not in text


def test_a_change_in_two_topics_is_told_once(mailbox: Mailbox) -> None:
    follower(mailbox, gemeente="heerlen", aanbeveling="rol", woorden="lijst", rol="controlerend")
    happened()
    assert told(morning()) == 1
    assert body_of(mailbox.messages[0]).count("Zie de lijst.") == 1


def test_one_hears_of_what_one_follows_and_of_nothing_else(mailbox: Mailbox) -> None:
    follower(mailbox, "a@example.nl", gemeente="arnhem")
    follower(mailbox, "b@example.nl", woorden="lijsten")
    follower(mailbox, "c@example.nl", woorden="waterstof")
    happened(place="heerlen")
    told(morning())
    assert [mail["To"] for mail in mailbox.messages] == ["b@example.nl"]


# --- Ending ---


def test_one_click_in_a_mail_program_ends_it(mailbox: Mailbox) -> None:
    follower(mailbox)
    happened()
    told(morning())
    mail = mailbox.messages[0]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = re.sub(r"^<https?://[^/]+|>$", "", mail["List-Unsubscribe"].strip())
    assert "Wilt u stoppen?" in text_of(Client().get(path))
    assert Subscriber.objects.exists()
    strict = Client(enforce_csrf_checks=True)
    for _ in range(2):
        response = strict.post(path, {"List-Unsubscribe": "One-Click"})
        assert response.status_code == 200
        assert not response.cookies
    assert not Subscriber.objects.exists()
    assert Client().get(link(mail, "beheer")).status_code == 410


def test_a_reader_sees_what_they_follow_stops_one_thing_and_adds_another(mailbox: Mailbox) -> None:
    reader = follower(mailbox, gemeente=["heerlen", "arnhem"])
    path, client = f"/volgen/per-mail/beheer/{reader.token}/", Client(enforce_csrf_checks=True)
    heerlen = reader.follows().get(municipality__slug="heerlen")
    client.post(path, {"stop": heerlen.pk})
    assert "Gemeente Heerlen" not in text_of(client.get(path))
    client.post(path, {"volg": "1", "woorden": "jeugd"})
    assert "Zoekwoorden: jeugd" in text_of(client.get(path))
    happened(text="Een plan voor de jeugd.", place="heerlen")
    assert told(morning()) == 1
    for item in reader.follows():
        client.post(path, {"stop": item.pk})
    assert not Subscriber.objects.exists()


def test_nobody_stops_what_someone_else_follows(mailbox: Mailbox) -> None:
    rosa, bob = follower(mailbox), follower(mailbox, "bob@example.nl")
    for value in (str(bob.follows().get().pk), "-1", "9" * 30, "x", "", "\x00", "１"):
        Client().post(f"/volgen/per-mail/beheer/{rosa.token}/", {"stop": value})
    assert (rosa.follows().count(), bob.follows().count()) == (1, 1)


def test_who_stopped_before_the_mail_went_out_gets_none(mailbox: Mailbox) -> None:
    reader = follower(mailbox)
    happened()
    make_digests(morning())
    Client().post(f"/volgen/per-mail/stop/{reader.token}/")
    work_through()
    assert not mailbox.messages


def test_an_address_that_keeps_being_refused_is_forgotten(mailbox: Mailbox) -> None:
    followers(1)
    mailbox.to_address = "550 5.1.1 no such user"
    for day in range(1, REFUSALS + 1):
        assert Subscriber.objects.exists()
        happened(text=f"Dag {day}", at=eve_of(day))
        told(morning(day))
    assert not Subscriber.objects.exists()


def test_an_address_that_is_refused_now_and_then_stays(mailbox: Mailbox) -> None:
    followers(1)
    for day in range(1, 7):
        mailbox.to_address = "" if day == 3 else "550 5.1.1 no such user" if day < 6 else "451 later"
        happened(text=f"Dag {day}", at=eve_of(day))
        if day < 6:
            told(morning(day))
    assert Subscriber.objects.get().refusals == 2


def test_that_the_portal_itself_is_blocked_ends_no_subscription(mailbox: Mailbox) -> None:
    followers(1)
    mailbox.to_address = "554 5.7.1 your network is blocked"
    happened()
    make_digests(morning())
    with pytest.raises(Refused):
        work_through()
    assert Subscriber.objects.get().refusals == 0


# --- Without mail ---


@pytest.mark.parametrize("address", ["/volgen/", "/gemeenten/heerlen/", "/aanbevelingen/rol/"])
def test_without_a_mail_server_no_page_offers_mail(address: str) -> None:
    main = Client().get(address).content.decode().partition("<main")[2]
    assert "/volgen/per-mail/" not in main
    assert not re.search(r"per e-mail|een mail", main)


def test_who_comes_for_mail_that_is_not_sent_keeps_what_was_chosen() -> None:
    page = Client().get("/volgen/per-mail/?gemeente=heerlen").content.decode()
    assert 'href="/volgen/?gemeente=heerlen"' in page


@pytest.mark.parametrize("address", ["/volgen/?gemeente=heerlen", "/gemeenten/heerlen/"])
def test_with_a_mail_server_a_page_about_a_city_offers_mail_about_that_city(mailbox: Mailbox, address: str) -> None:
    assert 'href="/volgen/per-mail/?gemeente=heerlen"' in Client().get(address).content.decode()


def test_without_a_mail_server_the_form_says_so_and_nothing_is_queued() -> None:
    assert "Dit portaal verstuurt geen mail" in text_of(asked())
    followers(1)
    happened()
    assert make_digests(morning()) == 0
    assert Subscriber.objects.count() == 1
    assert not ProcrastinateJob.objects.exists()


# --- What is typed ---


def test_whatever_is_typed_is_refused_in_dutch_and_comes_back(mailbox: Mailbox) -> None:
    start = Page(Client().get(FORM)).form("/volgen/per-mail/")
    for values in VALUES.values():
        for value in values:
            cache.clear()
            response = Client().post(FORM, start.values | {"email": value, "woorden": value})
            assert response.status_code == 422, value[:50]
            html = response.content.decode()
            assert not any(mark in html for mark in MARKS)
            assert not ENGLISH.search(html), value[:50]
            back = Page(response).form("/volgen/per-mail/").values
            assert as_html(back["email"]) == as_html(value), value[:50]
            assert as_html(back["woorden"]) == as_html(value), value[:50]
    assert not Subscriber.objects.exists()


def test_words_are_followed_as_typed_whatever_they_are(mailbox: Mailbox) -> None:
    followed = 0
    for value in [value for values in VALUES.values() for value in values]:
        cache.clear()
        response = Client().post(FORM, {"email": f"a{followed}@example.nl", "woorden": value})
        assert response.status_code in {302, 422}, value[:50]
        followed += response.status_code == 302
    assert followed == Subscriber.objects.count() > 50
    Subscription.objects.update(confirmed_at=timezone.now())
    happened()
    make_digests(morning())
    work_through()


@pytest.mark.parametrize("value", ["nergens", "-1", "1", "", "heerlen ", "\x00", "HEERLEN", "__all__"])
@pytest.mark.parametrize("field", ["gemeente", "rol", "aanbeveling"])
def test_what_does_not_exist_cannot_be_followed(mailbox: Mailbox, field: str, value: str) -> None:
    assert Client().post(FORM, {"email": "rosa@example.nl", field: value}).status_code == 422
    assert not Subscriber.objects.exists()


def test_a_link_to_the_form_fills_in_what_it_names(mailbox: Mailbox) -> None:
    address = f"{FORM}?gemeente=heerlen&gemeente=nergens&aanbeveling=rol&woorden=jeugd%00&rol=%00&x=1"
    values = Page(Client().get(address)).form(FORM).values
    assert (values["gemeente"], values["aanbeveling"], values["woorden"]) == (["heerlen"], ["rol"], "jeugd ")


@pytest.mark.parametrize("what", ["bevestig", "beheer"])
@pytest.mark.parametrize("token", ["x", "0" * 64, "a-b", "f" * 2_000])
def test_a_link_that_nobody_was_sent_opens_nothing(what: str, token: str) -> None:
    for method in (Client().get, Client().post):
        assert method(f"/volgen/per-mail/{what}/{token}/").status_code == 410


# --- What the database guards ---


def test_a_subscription_is_about_one_thing_and_an_address_follows_it_once() -> None:
    followers(1)
    reader = Subscriber.objects.get()
    heerlen, role = Municipality.objects.get(slug="heerlen"), CouncilRole.objects.all()[0]
    with pytest.raises(IntegrityError, match="following_one_topic"), transaction.atomic():
        reader.subscriptions.create(municipality=heerlen, role=role)
    with pytest.raises(IntegrityError, match="following_topic_once"), transaction.atomic():
        reader.subscriptions.create(confirmed_at=timezone.now())
    with pytest.raises(IntegrityError, match="following_email_lower"), transaction.atomic():
        Subscriber.objects.update(email="Lezer@example.nl")
    with pytest.raises(Error), transaction.atomic():
        Subscriber.objects.create(email=reader.email, seed="x", key_hash="x")


def test_a_number_of_mails_is_never_above_the_cap(settings: Settings) -> None:
    settings.MAILS_PER_DAY = 6
    day = timezone.localdate()
    taken = [MailDay.take(kind, day) for kind in MailDay.Kind for _ in range(4)]
    assert taken == [True] * 4 + [True, True, False, False] + [False] * 4
    assert MailDay.take(MailDay.Kind.DIGEST, day + timedelta(days=1))
