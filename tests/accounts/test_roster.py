"""Known callers cost nothing; deactivated ones are refused within seconds; first requests at once make one person."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections
from rest_framework.test import APIClient

from apps.accounts import roster as roster_module
from apps.accounts import services
from apps.accounts.claims import Claims, Refused
from apps.accounts.models import User
from apps.accounts.roster import CHECK_SECONDS, TRUST_SECONDS, WINDOW_SECONDS, Roster
from tests.clocks import Clock
from tests.conftest import client_for
from tests.factories import PersonFactory, TaskFactory
from tests.tokens import shared_secret_token


def claims(subject: str = "alice", email: str | None = None, issued_at: float = 1.0) -> Claims:
    return Claims(subject, email, None, issued_at, issued_at + 600)


def test_a_first_token_makes_the_record(db: None) -> None:
    token = shared_secret_token("new", email="new@example.com", name="New Person")
    assert APIClient().get("/api/auth/me", HTTP_AUTHORIZATION=f"Bearer {token}").status_code == 200
    person = User.objects.get()
    assert (person.subject, person.email, person.name) == ("new", "new@example.com", "New Person")
    assert (person.is_active, person.is_staff, person.is_superuser) == (True, False, False)
    assert not person.has_usable_password()


@pytest.mark.parametrize("claim", ["role", "is_staff", "is_superuser", "groups"])
def test_no_claim_makes_anyone_staff(db: None, claim: str) -> None:
    token = shared_secret_token("new", **{claim: "admin"})
    APIClient().get("/api/auth/me", HTTP_AUTHORIZATION=f"Bearer {token}")
    assert not User.objects.filter(is_staff=True).exists()


@pytest.mark.parametrize(
    "name", ["علی\u200cرضا", "山田\u3000太郎", "Jean\u00a0Luc", "👩🏽\u200d💻 Ada 🏴\U000e0067\U000e007f", "Zoe\u0308"]
)
def test_a_name_is_kept_as_the_token_has_it(db: None, name: str) -> None:
    token = shared_secret_token("new", name=name)
    answer = APIClient().get("/api/auth/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.json()["name"] == name
    assert User.objects.get(subject="new").name == name


@pytest.mark.parametrize("odd", [5, ["a@example.com"], {"a": 1}, "a\0b", "", True])
def test_an_odd_email_or_name_is_left_out(db: None, odd: Any) -> None:
    token = shared_secret_token("new", email=odd, name=odd)
    answer = APIClient().get("/api/auth/me", HTTP_AUTHORIZATION=f"Bearer {token}")
    assert answer.json() == {"user_id": "new", "email": None, "name": None}
    assert User.objects.get().email == ""


def test_people_are_never_merged_by_email(alice: User) -> None:
    token = shared_secret_token("other", email=alice.email)
    assert APIClient().get("/api/auth/me", HTTP_AUTHORIZATION=f"Bearer {token}").status_code == 200
    assert User.objects.filter(email=alice.email).count() == 2


def test_a_known_caller_costs_no_query(api: APIClient, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        for _ in range(3):
            assert api.get("/api/auth/me").status_code == 200


def test_a_deactivated_person_is_refused_from_the_start(carol: User) -> None:
    answer = client_for("carol").get("/api/tasks")
    assert answer.status_code == 401
    assert answer.json()["detail"] == "The access token is missing or not valid."


@pytest.mark.parametrize("how", ["the model", "a queryset", "plain SQL"])
def test_deactivation_is_noticed_whoever_makes_it(alice: User, how: str) -> None:
    clock = Clock()
    people = Roster(clock)
    people.admit(claims())
    if how == "the model":
        alice.is_active = False
        alice.save()
    elif how == "a queryset":
        User.objects.filter(subject="alice").update(is_active=False)
    else:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_user SET is_active = false WHERE subject = 'alice'")
    clock.now += TRUST_SECONDS + 0.1
    with pytest.raises(Refused):
        people.admit(claims())


def test_a_reactivated_person_is_let_in_again(alice: User) -> None:
    clock = Clock()
    people = Roster(clock)
    for active in (False, True):
        User.objects.filter(subject="alice").update(is_active=active)
    people.admit(claims())
    clock.now += TRUST_SECONDS + 0.1
    people.admit(claims())


def test_an_erased_person_is_met_anew(alice: User) -> None:
    clock = Clock()
    people = Roster(clock)
    people.admit(claims())
    alice.delete()
    clock.now += TRUST_SECONDS + 0.1
    people.admit(claims())
    assert User.objects.filter(subject="alice").exists()


def test_creating_for_a_person_erased_a_moment_ago_is_refused(db: None) -> None:
    client = client_for("fleeting")
    assert client.get("/api/auth/me").status_code == 200
    with connection.cursor() as cursor:
        # Django checks foreign keys at the end of a test's transaction; the server checks at each statement.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    User.objects.all().delete()
    answer = client.post("/api/tasks", {"title": "Too late"})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_after_a_pause_nobody_is_taken_from_memory(alice: User, django_assert_num_queries: Any) -> None:
    clock = Clock()
    people = Roster(clock)
    people.admit(claims())
    clock.now += WINDOW_SECONDS
    with django_assert_num_queries(2):
        people.admit(claims())


def test_a_deactivation_between_reading_and_remembering_is_not_lost(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    people = Roster(clock)
    provision = services.provision

    def overtaken(claims: Claims) -> bool:
        active = provision(claims)
        User.objects.filter(subject="alice").update(is_active=False)
        people._read_withdrawals()
        return active

    monkeypatch.setattr(services, "provision", overtaken)
    people.admit(claims())
    monkeypatch.setattr(services, "provision", provision)
    with pytest.raises(Refused):
        people.admit(claims())


def test_memory_is_bounded(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roster_module, "MOST_PEOPLE", 3)
    people = Roster()
    for number in range(5):
        people.admit(claims(f"person-{number}"))
    assert len(people._known) == 3


def test_a_newer_token_updates_what_the_record_tells(alice: User) -> None:
    people = Roster()
    people.admit(claims(email="alice@example.com", issued_at=10))
    people.admit(claims(email="new@example.com", issued_at=20))
    people.admit(claims(email="alice@example.com", issued_at=15))
    alice.refresh_from_db()
    assert alice.email == "new@example.com"


def test_the_background_reader_forgets_the_deactivated(
    alice: User, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    clock = Clock()
    people = Roster(clock)
    people.admit(claims())
    clock.now += CHECK_SECONDS + 0.1
    with django_assert_num_queries(0):
        people.admit(claims())
    assert people._wanted.is_set()
    User.objects.filter(subject="alice").update(is_active=False)
    _run_background_once(people, monkeypatch)
    with pytest.raises(Refused):
        people.admit(claims())


def _run_background_once(people: Roster, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(_: float) -> None:
        raise StopIteration

    monkeypatch.setattr(roster_module, "close_old_connections", lambda: None)
    monkeypatch.setattr("apps.accounts.roster.time.sleep", stop)
    with pytest.raises(StopIteration):
        people._follow()


@pytest.mark.django_db(transaction=True)
def test_first_requests_at_once_make_one_person() -> None:
    def meet(_: int) -> bool:
        try:
            return services.provision(claims("crowd"))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        assert all(pool.map(meet, range(100)))
    assert User.objects.filter(subject="crowd").count() == 1


def test_the_table_keeps_subjects_printable_and_logins_lower(db: None) -> None:
    from django.db import IntegrityError, transaction

    for fields in ({"subject": ""}, {"subject": "a\nb"}, {"subject": "a", "login": "A@example.com"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PersonFactory.create(**fields)


def test_erasing_a_person_erases_their_tasks_alone(alice: User, bob: User) -> None:
    TaskFactory.create(user=alice)
    kept = TaskFactory.create(user=bob)
    alice.delete()
    assert list(type(kept).objects.all()) == [kept]
