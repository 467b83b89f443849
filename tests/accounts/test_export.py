"""GDPR, article 20: one JSON file with all that is kept of a person, and nothing of anybody else, and no secret."""

import json
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import quote
from django.test import Client
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from apps.accounts import exports
from apps.accounts.models import Refusal, Session, Sighting, User
from tests.factories import PASSWORD, PersonFactory, TaskFactory, local_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(db: None) -> Client:
    client = Client()
    client.force_login(local_account("boss@example.com", is_staff=True, is_superuser=True))
    return client


def exported(client: Client, person: User) -> dict[str, Any]:
    answer = client.post(f"/admin/accounts/user/{quote(person.pk)}/export/")
    assert answer["Content-Type"] == "application/json"
    document: dict[str, Any] = json.loads(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
    return document


def test_it_holds_the_record_and_all_that_hangs_on_it(boss: Client, alice: User, bob: User) -> None:
    tasks = [TaskFactory.create(user=alice, title=f"Zoë's “{number}”") for number in range(3)]
    TaskFactory.create(user=bob, title="Bob's")
    Sighting.objects.create(user=alice, seen_at=timezone.now())
    Refusal.objects.create(subject="alice", proved=True, reason="expired", times=2)
    Refusal.objects.create(subject="alice", proved=False, reason="forged", times=2)
    document = exported(boss, alice)
    assert document["person"]["subject"] == "alice"
    assert document["person"]["email"] == "alice@example.com"
    assert [task["title"] for task in document["tasks"]] == [task.title for task in tasks]
    assert {"id", "description", "status", "user_id", "created_at", "updated_at"} <= document["tasks"][0].keys()
    assert [refusal["reason"] for refusal in document["refusals"]] == ["expired"]
    assert len(document["sightings"]) == 1
    assert "Bob's" not in json.dumps(document)


def test_it_holds_no_secret(boss: Client) -> None:
    person = local_account("somebody@example.com", is_staff=True)
    TOTPDevice.objects.create(user=person, name="authenticator")
    Session.objects.create(user=person)
    tokens = Client().post("/api/auth/token", {"email": person.login, "password": PASSWORD}, "application/json").json()
    Client().post("/api/auth/token/refresh", {"refresh": tokens["refresh"]}, "application/json")
    text = json.dumps(exported(boss, person))
    person.refresh_from_db()
    for secret in (person.password, TOTPDevice.objects.get().key, tokens["refresh"], tokens["access"]):
        assert secret not in text


def test_it_is_on_record_and_names_nobody_who_acted(boss: Client, alice: User) -> None:
    boss.post("/admin/accounts/user/alice/deactivate/", {"reason": "Asked"})
    document = exported(boss, alice)
    assert [entry["action"] for entry in document["actions of staff on the person"]] == [
        "Deactivated: Asked",
        "Exported all that is kept.",
    ]
    assert "boss@example.com" not in json.dumps(document)
    assert LogEntry.objects.filter(object_id="alice", change_message="Exported all that is kept.").count() == 1


def test_looking_at_the_page_exports_nothing(boss: Client, alice: User) -> None:
    TaskFactory.create_batch(2, user=alice)
    answer = boss.get("/admin/accounts/user/alice/export/")
    assert "the record and 2 tasks" in answer.content.decode()
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("rows", [0, 1, 4, 5])
def test_it_is_written_in_pieces(alice: User, monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    monkeypatch.setattr(exports, "ROWS_A_PIECE", 2)
    tasks = TaskFactory.create_batch(rows, user=alice)
    document = json.loads("".join(exports.document(alice)))
    assert [task["id"] for task in document["tasks"]] == [task.pk for task in tasks]


@pytest.mark.parametrize(("name", "file"), [("Zoë / Ünal", "zoe-unal"), ('"; x=', "x"), ("名前", "person")])
def test_its_name_is_a_plain_one(boss: Client, name: str, file: str) -> None:
    person = PersonFactory.create(name=name)
    answer = boss.post(f"/admin/accounts/user/{quote(person.pk)}/export/")
    assert answer["Content-Disposition"] == f'attachment; filename="{file}.json"'
