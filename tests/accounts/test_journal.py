"""Who came and who was refused is written now and then, bounded, and never by the request itself."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from apps.accounts import journal as module
from apps.accounts.journal import Journal, Refused, journal
from apps.accounts.models import Refusal, Sighting, User
from tests.conftest import client_for
from tests.servers import Gunicorn
from tests.tokens import SigningKey, claims, shared_secret_token

pytestmark = pytest.mark.django_db


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def refused(subject: str = "alice", reason: str = "expired", address: str = "1.1.1.1") -> Refused:
    return Refused(subject, True, reason, "shared secret", address)


def use(token: str, address: str = "9.8.7.6") -> int:
    client = APIClient(REMOTE_ADDR=address)
    return client.get("/api/auth/me", headers={"Authorization": f"Bearer {token}"}).status_code


# --- Who came


def test_a_steady_caller_costs_no_statement(api: APIClient, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        api.get("/api/auth/me")
    assert not Sighting.objects.exists()


def test_a_caller_is_written_later(api: APIClient) -> None:
    before = timezone.now()
    journal.write()
    seen_at = Sighting.objects.get(user_id="alice").seen_at
    assert abs((seen_at - before).total_seconds()) < 60


def test_a_refused_token_is_no_sighting(carol: User) -> None:
    assert client_for("carol").get("/api/auth/me").status_code == 401
    journal.write()
    assert not Sighting.objects.exists()


def test_a_person_is_noted_once_in_five_minutes(alice: User, django_assert_num_queries: Any) -> None:
    clock = Clock()
    book = Journal(clock)
    book.note_arrival("alice")
    with django_assert_num_queries(1):
        book.write()
    clock.now += module.SEEN_AGAIN_SECONDS - 1
    book.note_arrival("alice")
    with django_assert_num_queries(0):
        book.write()
    clock.now += 1
    book.note_arrival("alice")
    with django_assert_num_queries(1):
        book.write()


def test_any_number_of_people_is_one_statement(alice: User, bob: User, django_assert_num_queries: Any) -> None:
    book = Journal()
    for subject in ("bob", "alice", "erased meanwhile"):
        book.note_arrival(subject)
    with django_assert_num_queries(1):
        book.write()
    assert set(Sighting.objects.values_list("user_id", flat=True)) == {"alice", "bob"}


def test_two_processes_keep_the_later_time(alice: User) -> None:
    old = timezone.now() - timedelta(hours=1)
    Sighting.objects.create(user=alice, seen_at=old)
    for book in (Journal(), Journal()):
        book.note_arrival("alice")
        book.write()
    assert Sighting.objects.get().seen_at > old


def test_it_remembers_a_bounded_number_of_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_PEOPLE", 10)
    book = Journal()
    for number in range(100):
        book.note_arrival(f"person-{number}")
    assert len(book._noted_at) == 10


# --- Who was refused


def test_a_refusal_is_written_later_with_what_is_known(alice: User, django_assert_num_queries: Any) -> None:
    token = shared_secret_token("alice", exp=1)
    with django_assert_num_queries(0):
        assert use(token) == 401
    journal.write()
    row = Refusal.objects.get()
    told = (row.subject, row.proved, row.reason, row.kind, row.address, row.times)
    assert told == ("alice", True, "expired", "shared secret", "9.8.7.6", 1)


def test_a_forged_subject_is_a_claim(alice: User) -> None:
    use(shared_secret_token("alice", secret="x" * 40))
    use(SigningKey("EdDSA", "own-key").token(claims("alice")))
    journal.write()
    assert set(Refusal.objects.values_list("subject", "proved")) == {("alice", False)}


def test_a_deactivated_persons_refusal_is_proved(carol: User) -> None:
    use(shared_secret_token("carol"))
    journal.write()
    row = Refusal.objects.get()
    assert (row.subject, row.proved, row.reason) == ("carol", True, "deactivated")


@pytest.mark.parametrize("subject", ["nul\0", "new\nline", 7, None, ["a"], "x" * 300])
def test_an_odd_subject_is_no_crash(db: None, subject: Any) -> None:
    use(shared_secret_token(subject, secret="x" * 40))
    journal.write()
    assert len(Refusal.objects.get().subject) in {0, 255}


def test_what_is_alike_is_one_row(db: None) -> None:
    book = Journal()
    for _ in range(1000):
        book.note_refusal(refused())
    book.write()
    assert Refusal.objects.get().times == 1000


def test_an_attack_buys_a_bounded_number_of_rows(db: None, django_assert_num_queries: Any) -> None:
    book = Journal()
    for number in range(5000):
        book.note_refusal(refused(subject=f"invented-{number}", address=f"1.1.{number // 250}.{number % 250}"))
    with django_assert_num_queries(6):
        book.write()
    assert Refusal.objects.count() == module.MOST_REFUSALS_A_WRITE


def test_the_table_keeps_the_newest_alone(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT_REFUSALS", 3)
    book = Journal()
    for number in range(5):
        book.note_refusal(refused(reason=f"reason {number}"))
        book.write()
    assert [row.reason for row in Refusal.objects.all()] == ["reason 4", "reason 3", "reason 2"]


def test_the_list_links_to_the_person(alice: User, admin_client_of_the_house: Client) -> None:
    journal.note_refusal(refused())
    journal.write()
    page = admin_client_of_the_house.get("/admin/accounts/refusal/").content.decode()
    assert "/admin/accounts/user/alice/change/" in page


@pytest.fixture
def admin_client_of_the_house(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("boss@example.com", "x" * 12))
    return client


# --- In a server


def test_a_server_writes_it_within_seconds(live: Gunicorn) -> None:
    assert live.call("GET", "/api/auth/me", token=shared_secret_token("seen-live")).status == 200
    assert live.call("GET", "/api/auth/me", token=shared_secret_token("refused-live", exp=1)).status == 401
    deadline = time.monotonic() + 60
    seen: list[Any] = []
    turned_away: list[Any] = []
    while time.monotonic() < deadline and not (seen and turned_away):
        time.sleep(0.2)
        seen = live.database.rows("SELECT 1 FROM accounts_sighting WHERE user_id = 'seen-live'")
        turned_away = live.database.rows("SELECT 1 FROM accounts_refusal WHERE subject = 'refused-live'")
    assert (len(seen), len(turned_away)) == (1, 1)
