"""GDPR, article 17: a person goes with all they own, and what stays names them by a pseudonym alone."""

import json
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import quote
from django.core import serializers
from django.db import connection
from django.test import Client
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from apps.accounts import erasure
from apps.accounts.journal import Journal, Refused
from apps.accounts.models import Refusal, Session, Sighting, User, Withdrawal
from apps.tasks.models import Task
from tests.conftest import client_for
from tests.factories import PASSWORD, PersonFactory, TaskFactory, local_account
from tests.forms import save

pytestmark = pytest.mark.django_db

ERASE = "/admin/accounts/user/alice/erase/"
PHRASE = "erase alice@example.com"


@pytest.fixture
def boss_account(db: None) -> User:
    return local_account("boss@example.com", is_staff=True, is_superuser=True)


@pytest.fixture
def boss(boss_account: User) -> Client:
    client = Client()
    client.force_login(boss_account)
    return client


def whole_database() -> str:
    """Every row of every table that a model has, but for the notes to the workers, which go within a day."""
    models = [model for model in apps.get_models() if model is not Withdrawal]
    rows = [serializers.serialize("json", model._base_manager.all()) for model in models]
    return json.dumps(rows, ensure_ascii=False)


def test_the_page_names_what_will_go(boss: Client, alice: User) -> None:
    TaskFactory.create_batch(3, user=alice)
    page = boss.get(ERASE).content.decode()
    assert "3 tasks" in page
    assert f"To confirm, type: {PHRASE}" in page
    assert User.objects.filter(pk="alice").exists()


@pytest.mark.parametrize(
    "typed", ["", "erase", "alice@example.com", "Erase alice@example.com", "erase bob@example.com"]
)
def test_nothing_goes_unless_it_is_typed(boss: Client, alice: User, task: Task, typed: str) -> None:
    answer = boss.post(ERASE, {"typed": typed})
    assert (answer.status_code, "This is not" in answer.content.decode()) == (200, True)
    assert Task.objects.get() == task


def test_a_person_goes_with_all_they_own(boss: Client, alice: User, task: Task, bobs_task: Task) -> None:
    Sighting.objects.create(user=alice, seen_at="2026-01-01T00:00:00Z")
    Refusal.objects.create(subject="alice", proved=True, reason="expired", times=1)
    answer = boss.post(ERASE, {"typed": PHRASE}, follow=True)
    assert answer.redirect_chain == [("/admin/accounts/user/", 302)]
    assert set(User.objects.values_list("pk", flat=True)) & {"alice", "bob"} == {"bob"}
    assert Task.objects.get() == bobs_task
    assert not Sighting.objects.exists()
    assert not Refusal.objects.exists()


def test_nothing_in_the_database_names_them_any_more(boss: Client) -> None:
    person = PersonFactory.create(subject="sub-7", name="Zoë Ünal", email="zoe@elsewhere.example")
    theirs = TaskFactory.create(user=person, title="Zoë's secret plan")
    page = "/admin/accounts/user/sub-7/"
    boss.post(f"{page}deactivate/", {"reason": "Zoë wrote us"})
    save(boss, f"/admin/tasks/task/{theirs.pk}/change/", title="Zoë's other plan")
    boss.post(f"{page}export/")
    Refusal.objects.create(subject="sub-7", proved=True, reason="deactivated", times=1)
    for word in ("Zoë", "sub-7", "elsewhere"):
        assert word in whole_database()
    assert boss.post(f"{page}erase/", {"typed": "erase zoe@elsewhere.example"}).status_code == 302
    for word in ("Zoë", "sub-7", "elsewhere"):
        assert word not in whole_database()


def test_a_local_accounts_tokens_and_failures_go_too(boss: Client) -> None:
    person = local_account("somebody@example.com", name="Somebody")
    tokens = Client().post("/api/auth/token", {"email": person.login, "password": PASSWORD}, "application/json").json()
    Client().post("/api/auth/token/refresh", {"refresh": tokens["refresh"]}, "application/json")
    AccessAttempt.objects.create(username="somebody@example.com", failures_since_start=1)
    assert OutstandingToken.objects.exists()
    boss.post(f"/admin/accounts/user/{quote(person.pk)}/erase/", {"typed": "erase somebody@example.com"})
    assert not OutstandingToken.objects.exists()
    assert not Session.objects.exists()
    assert "somebody@example.com" not in whole_database()


def test_the_log_keeps_that_it_was_done_and_by_whom(boss: Client, boss_account: User, alice: User) -> None:
    TaskFactory.create_batch(2, user=alice)
    boss.post(ERASE, {"typed": PHRASE})
    entry = LogEntry.objects.latest("pk")
    assert (entry.user_id, entry.object_id, entry.object_repr) == (
        boss_account.pk,
        erasure.pseudonym("alice"),
        "Erased person",
    )
    assert entry.change_message == "Erased, with all they owned: 2 tasks."


def test_what_was_done_before_stays_under_the_same_pseudonym(boss: Client, alice: User) -> None:
    boss.post("/admin/accounts/user/alice/deactivate/", {"reason": "Alice wrote us"})
    boss.post(ERASE, {"typed": PHRASE})
    messages = LogEntry.objects.filter(object_id=erasure.pseudonym("alice")).values_list("change_message", flat=True)
    assert list(messages.order_by("pk")) == ["Deactivated.", "Erased, with all they owned: nothing but the record."]


def test_which_fields_were_edited_before_stays_readable(boss: Client, alice: User) -> None:
    save(boss, "/admin/accounts/user/alice/change/", name="Alicia")
    boss.post(ERASE, {"typed": PHRASE})
    assert LogEntry.objects.earliest("pk").get_change_message() == "Changed Name."


def test_a_pseudonym_is_the_subjects_own_and_needs_our_secret(settings: Any) -> None:
    assert erasure.pseudonym("alice") == erasure.pseudonym("alice") != erasure.pseudonym("bob")
    before = erasure.pseudonym("alice")
    settings.SECRET_KEY = "another" * 10
    assert erasure.pseudonym("alice") != before


def test_what_an_erased_staff_member_did_stays(boss: Client, alice: User) -> None:
    colleague = local_account("colleague@example.com", is_staff=True, is_superuser=True)
    theirs = Client()
    theirs.force_login(colleague)
    theirs.post("/admin/accounts/user/alice/deactivate/", {"reason": "Asked"})
    page = f"/admin/accounts/user/{quote(colleague.pk)}/erase/"
    assert boss.post(page, {"typed": "erase colleague@example.com"}).status_code == 302
    entry = LogEntry.objects.get(object_id="alice")
    assert (entry.user_id, entry.user.is_active, entry.user.is_staff) == (
        erasure.pseudonym(colleague.pk),
        False,
        False,
    )
    assert "colleague@example.com" not in whole_database()


def test_the_delete_page_is_the_same_page(boss: Client, alice: User, task: Task) -> None:
    assert boss.post("/admin/accounts/user/alice/delete/", {"post": "yes"}).status_code == 200
    assert Task.objects.exists()


def test_an_erased_persons_token_is_refused_no_more_than_a_newcomers(boss: Client, alice: User, task: Task) -> None:
    """The sign-in service still vouches for them: the page says to close their account there first."""
    client = client_for("alice")
    assert client.get("/api/tasks").json()["count"] == 1
    boss.post(ERASE, {"typed": PHRASE})
    assert Withdrawal.objects.filter(subject="alice").exists()


def test_a_refusal_that_is_written_after_the_end_does_not_name_them(alice: User, boss_account: User) -> None:
    book = Journal()
    for subject in ("alice", "never here"):
        book.note_refusal(Refused(subject, True, "expired", "shared secret", "1.1.1.1"))
    erasure.erase(alice, by=boss_account)
    book.write()
    assert Refusal.objects.get().subject == "never here"


def test_an_erasure_is_whole_or_not_at_all(boss: Client, alice: User, task: Task) -> None:
    def refuse(**_: Any) -> None:
        raise RuntimeError

    erasure.person_erased.connect(refuse)
    try:
        with pytest.raises(RuntimeError):
            erasure.erase(alice, by=User.objects.get(login="boss@example.com"))
    finally:
        erasure.person_erased.disconnect(refuse)
    assert Task.objects.get() == task


def test_other_rooms_are_told(alice: User, boss_account: User) -> None:
    told: list[str] = []

    def note(person: User, pseudonym: str, **_: Any) -> None:
        told.extend([person.pk, pseudonym])

    erasure.person_erased.connect(note)
    erasure.erase(alice, by=boss_account)
    erasure.person_erased.disconnect(note)
    assert told == ["alice", erasure.pseudonym("alice")]


def test_a_second_erasure_finds_nobody(alice: User, boss_account: User) -> None:
    gone = User.objects.get(pk="alice")
    erasure.erase(alice, by=boss_account)
    with pytest.raises(User.DoesNotExist):
        erasure.erase(gone, by=boss_account)


def test_it_holds_the_person_so_that_no_task_slips_in(alice: User, boss_account: User) -> None:
    with connection.execute_wrapper(_note := _Statements()):
        erasure.erase(alice, by=boss_account)
    held = next(place for place, sql in enumerate(_note.seen) if "FOR UPDATE" in sql)
    counted = next(place for place, sql in enumerate(_note.seen) if "COUNT" in sql)
    assert held < counted


class _Statements:
    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.seen.append(sql)
        return execute(sql, params, many, context)
