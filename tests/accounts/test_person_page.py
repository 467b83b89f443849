"""A person's page: who they are, when they came, what they own, what went wrong; steps that say what will happen."""

import re
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import quote
from django.test import Client

from apps.accounts.models import Refusal, Session, Sighting, User
from apps.tasks.models import Status
from tests.conftest import client_for
from tests.factories import TaskFactory, local_account
from tests.forms import save

pytestmark = pytest.mark.django_db

ALICE = "/admin/accounts/user/alice/"


def page(client: Client, path: str = f"{ALICE}change/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def row(subject: str) -> dict[str, Any]:
    return {**User.objects.filter(pk=subject).values().get()}


def test_it_says_when_a_token_was_last_accepted(boss: Client, alice: User) -> None:
    assert "None yet" in page(boss)
    Sighting.objects.create(user=alice, seen_at="2026-01-02T03:04:05Z")
    assert 'title="2026-01-02T03:04:05.000000Z (shown in UTC)"' in page(boss)


def test_each_time_is_exact_on_hover(boss: Client) -> None:
    """In the zone of whoever looks, also of the fields that nobody may edit."""
    person = local_account("somebody@example.com")
    User.objects.filter(pk=person.pk).update(last_login="2026-01-02T03:04:05.678Z", created_at="2025-06-07T08:09:10Z")
    boss.cookies["back_office_zone"] = "Asia/Tokyo"
    shown = page(boss, f"/admin/accounts/user/{quote(person.pk)}/change/")
    assert shown.count('title="2026-01-02T03:04:05.678000Z (shown in Asia/Tokyo)">2026-01-02 12:04</time>') == 2
    assert shown.count('title="2025-06-07T08:09:10.000000Z (shown in Asia/Tokyo)">2025-06-07 17:09</time>') == 2
    assert set(re.findall(r">\s*\d{4}-\d\d-\d\d \d\d:\d\d[^<]*</(\w+)>", shown)) == {"time"}


def test_it_counts_tasks_by_status_and_links_to_them(boss: Client, alice: User, bob: User) -> None:
    TaskFactory.create_batch(3, user=alice, status=Status.PENDING)
    TaskFactory.create_batch(2, user=alice, status=Status.COMPLETED)
    TaskFactory.create(user=bob, status=Status.PENDING)
    shown = boss.get(f"{ALICE}change/").context["summary"].tasks
    assert [(one.label, one.count) for one in shown] == [("Pending", 3), ("In progress", 0), ("Completed", 2)]
    for one in shown:
        assert len(boss.get(one.address).context["cl"].result_list) == one.count


def test_it_shows_refusals_and_tells_claims_from_proofs(boss: Client, alice: User) -> None:
    Refusal.objects.create(subject="alice", proved=True, reason="expired", times=3, address="1.2.3.4")
    Refusal.objects.create(subject="alice", proved=False, reason="bad signature", times=1)
    Refusal.objects.create(subject="bob", proved=True, reason="of somebody else", times=1)
    shown = page(boss)
    assert "expired</span>, 3 times, from 1.2.3.4" in shown
    assert "bad signature</span> <em>(the token only claims to be theirs)" in shown
    assert "of somebody else" not in shown


def test_it_shows_what_staff_did(boss: Client, alice: User) -> None:
    boss.post(f"{ALICE}deactivate/", {"reason": "Asked by <b>letter</b>"})
    assert "Deactivated: Asked by &lt;b&gt;letter&lt;/b&gt;</span> by boss@example.com" in page(boss)


def test_it_counts_wrong_passwords_of_a_local_account(boss: Client) -> None:
    person = local_account("somebody@example.com")
    AccessAttempt.objects.create(username="somebody@example.com", failures_since_start=4, ip_address="1.1.1.1")
    assert "Never; 4 failed since" in page(boss, f"/admin/accounts/user/{quote(person.pk)}/change/")


def test_it_costs_the_same_for_any_number_of_rows(boss: Client, alice: User, django_assert_num_queries: Any) -> None:
    # Content types are read once in a process.
    boss.get(f"{ALICE}change/")
    with django_assert_num_queries(13):
        boss.get(f"{ALICE}change/")
    TaskFactory.create_batch(30, user=alice)
    for _ in range(30):
        Refusal.objects.create(subject="alice", proved=True, reason="expired", times=1)
    with django_assert_num_queries(13):
        boss.get(f"{ALICE}change/")


def test_a_merge_is_refused(boss: Client, alice: User, bob: User) -> None:
    """There is no such step, not even for a superuser, and the page says why."""
    assert "Two people are never merged" in page(boss)
    before = row("alice"), row("bob")
    assert boss.post(f"{ALICE}merge/", {"into": "bob"}, follow=True).redirect_chain[-1][0] == "/admin/"
    boss.post("/admin/accounts/user/", {"action": "merge", "_selected_action": ["alice", "bob"]})
    save(boss, f"{ALICE}change/", subject="bob", email="bob@example.com")
    assert (row("alice") | {"name": ""}, row("bob")) == (before[0] | {"name": ""}, before[1])


def test_a_page_for_a_new_person_speaks_of_nobody(boss: Client) -> None:
    shown = page(boss, "/admin/accounts/user/add/")
    assert "Deactivated" not in shown
    assert "Last token accepted" not in shown


# --- Deactivating


def test_deactivation_asks_for_a_reason_and_keeps_it(boss: Client, alice: User) -> None:
    assert "Their tokens are refused within five seconds" in page(boss, f"{ALICE}deactivate/")
    assert "This field is required" in boss.post(f"{ALICE}deactivate/", {"reason": "  "}).content.decode()
    assert row("alice")["is_active"]
    assert boss.post(f"{ALICE}deactivate/", {"reason": "Fraud, case 17"}).status_code == 302
    assert (row("alice")["is_active"], row("alice")["deactivation_reason"]) == (False, "Fraud, case 17")
    assert "Fraud, case 17" in page(boss)
    assert LogEntry.objects.get().change_message == "Deactivated: Fraud, case 17"


def test_a_deactivated_persons_token_is_refused(boss: Client, alice: User) -> None:
    boss.post(f"{ALICE}deactivate/", {"reason": "Fraud"})
    assert client_for("alice").get("/api/tasks").status_code == 401


def test_reactivation_shows_the_reason_and_clears_it(boss: Client, alice: User) -> None:
    boss.post(f"{ALICE}deactivate/", {"reason": "Fraud"})
    assert "because: Fraud" in page(boss, f"{ALICE}reactivate/")
    assert boss.post(f"{ALICE}reactivate/").status_code == 302
    assert (row("alice")["is_active"], row("alice")["deactivation_reason"]) == (True, "")


def test_a_step_that_makes_no_sense_is_not_offered(boss: Client, alice: User, carol: User) -> None:
    assert boss.get(f"{ALICE}reactivate/").status_code == 403
    assert boss.get("/admin/accounts/user/carol/deactivate/").status_code == 403
    assert boss.get(f"{ALICE}sign-out/").status_code == 403


def test_a_step_for_nobody_is_not_found(boss: Client) -> None:
    for step in ("deactivate", "reactivate", "sign-out", "export", "erase"):
        assert boss.get(f"/admin/accounts/user/nobody/{step}/").status_code == 404


def test_nobody_deactivates_or_erases_themselves(boss: Client) -> None:
    oneself = User.objects.get(login="boss@example.com")
    for step in ("deactivate", "sign-out", "erase", "delete"):
        assert boss.post(f"/admin/accounts/user/{quote(oneself.pk)}/{step}/", {"reason": "x"}).status_code == 403
    assert row(oneself.pk)["is_active"]


def test_a_bulk_deactivation_names_the_people_and_asks_for_a_reason(boss: Client, alice: User, bob: User) -> None:
    chosen = {"action": "deactivate", "_selected_action": ["alice", "bob"]}
    answer = boss.post("/admin/accounts/user/", chosen)
    assert "Deactivate 2 people" in answer.content.decode()
    assert row("alice")["is_active"]
    boss.post("/admin/accounts/user/", {**chosen, "reason": ""})
    assert row("alice")["is_active"]
    boss.post("/admin/accounts/user/", {**chosen, "reason": "Left the company"})
    assert row("bob")["deactivation_reason"] == "Left the company"


def test_signing_a_person_out_ends_their_tokens(boss: Client) -> None:
    person = local_account("somebody@example.com")
    session = Session.objects.create(user=person)
    boss.post(f"/admin/accounts/user/{quote(person.pk)}/sign-out/")
    session.refresh_from_db()
    assert session.ended_at is not None
