"""An earlier state of a person comes back, each column by whoever may change it by hand, and nothing else does."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.test import Client

from apps.accounts import services
from apps.accounts.models import User, Withdrawal
from apps.accounts.roster import roster
from apps.history.models import Change
from tests.accounts.office import messages_of, row
from tests.accounts.restoring import remarks, restore_page, restored, shown
from tests.conftest import client_for

pytestmark = pytest.mark.django_db


# --- What comes back


def test_the_first_state_comes_back_whole(boss: Client, renamed: User) -> None:
    assert shown(boss, renamed, 0) == {
        "Name": ("Alicia", "Alice"),
        "Active": ("No", "Yes"),
        "Deactivation reason": ("Fraud", "empty"),
    }
    before = row(renamed)
    assert messages_of(restored(boss, renamed, 0)) == ["Restored: Name, Active, Deactivation reason."]
    assert row(renamed) == {**before, "name": "Alice", "is_active": True, "deactivation_reason": ""}


def test_the_page_alone_changes_nothing(boss: Client, renamed: User) -> None:
    before = row(renamed)
    boss.get(restore_page(renamed, 0))
    assert row(renamed) == before


def test_a_local_accounts_address_follows_its_login(boss: Client, moved: User) -> None:
    assert shown(boss, moved, 0)["E-mail address"] == ("new@example.com", "old@example.com")
    restored(boss, moved, 0)
    after = row(moved)
    assert (after["login"], after["email"], after["name"]) == ("old@example.com", "old@example.com", "Old")


def test_rights_to_enter_come_back_by_a_superuser(boss: Client, alice: User) -> None:
    User.objects.filter(pk="alice").update(is_staff=True, is_superuser=True)
    User.objects.filter(pk="alice").update(is_staff=False, is_superuser=False)
    restored(boss, alice, 1)
    assert (row(alice)["is_staff"], row(alice)["is_superuser"]) == (True, True)
    restored(boss, alice, 0)
    assert (row(alice)["is_staff"], row(alice)["is_superuser"]) == (False, False)


def test_what_staff_cannot_edit_stays_and_is_named(boss: Client, alice: User) -> None:
    User.objects.filter(pk="alice").update(name="Alicia", email="new@example.com", password="!other")
    services.sign_out_everywhere(User.objects.get(pk="alice"))
    alice.groups.add(Group.objects.create(name="Helpers"))
    before = row(alice)
    kept = remarks(boss, alice, 0).rpartition("is not restored here: ")[2]
    assert set(kept.removesuffix(".").split(", ")) == {"Groups", "Signed out", "E-mail address", "Password"}
    assert set(shown(boss, alice, 0)) == {"Name"}
    assert "!other" not in boss.get(restore_page(alice, 0)).content.decode()
    restored(boss, alice, 0)
    assert row(alice) == {**before, "name": "Alice"}
    assert alice.groups.exists()


def test_a_state_that_differs_in_nothing_says_so(boss: Client, alice: User) -> None:
    for name in ("Alicia", "Alice"):
        User.objects.filter(pk="alice").update(name=name)
    page = boss.get(restore_page(alice, 0))
    assert "there is nothing to restore" in page.content.decode()
    assert messages_of(restored(boss, alice, 0)) == ["There was nothing to restore."]
    assert not LogEntry.objects.exists()


def test_it_is_said_that_a_token_may_write_over_a_name(boss: Client, renamed: User, moved: User) -> None:
    assert "token" in remarks(boss, renamed, 0).partition("accepted again.")[2]
    assert "token" not in remarks(boss, moved, 0)


# --- Deactivating and reactivating


def test_a_restored_deactivation_asks_for_a_reason_and_refuses_tokens(boss: Client, renamed: User) -> None:
    services.reactivate(["alice"])
    assert client_for("alice").get("/api/auth/me").status_code == 200
    page = boss.get(restore_page(renamed, 2))
    assert page.context["form"].initial == {"reason": "Fraud"}
    assert "refused within five seconds" in " ".join(page.context["remarks"])
    refused = boss.post(restore_page(renamed, 2), {"seen": page.context["seen"], "reason": " "})
    assert "This field is required" in refused.content.decode()
    assert row(renamed)["is_active"]
    restored(boss, renamed, 2, reason="Fraud, again")
    assert (row(renamed)["is_active"], row(renamed)["deactivation_reason"]) == (False, "Fraud, again")
    assert Withdrawal.objects.filter(subject="alice").count() == 2
    roster.forget_everyone()
    assert client_for("alice").get("/api/auth/me").status_code == 401


def test_a_restored_reactivation_takes_tokens_again(boss: Client, renamed: User) -> None:
    assert client_for("alice").get("/api/auth/me").status_code == 401
    assert "accepted again" in remarks(boss, renamed, 1)
    restored(boss, renamed, 1)
    assert client_for("alice").get("/api/auth/me").status_code == 200


def test_another_reason_alone_is_no_state_to_go_back_to(boss: Client, renamed: User) -> None:
    services.reactivate(["alice"])
    services.deactivate(["alice"], "Spam")
    assert shown(boss, renamed, 2) == {}
    assert "and is not restored here: Deactivation reason." in remarks(boss, renamed, 2)
    restored(boss, renamed, 2)
    assert row(renamed)["deactivation_reason"] == "Spam"


def test_it_is_on_record_as_by_hand(boss: Client, boss_account: User, renamed: User) -> None:
    restored(boss, renamed, 0)
    told = list(LogEntry.objects.order_by("pk").values_list("user", "object_id", "change_message"))
    assert told == [
        (boss_account.pk, "alice", "Reactivated."),
        (boss_account.pk, "alice", "Restored an earlier state: Name, Active, Deactivation reason."),
    ]


def test_the_history_says_who_restored_and_by_which_request(boss: Client, boss_account: User, renamed: User) -> None:
    path = restore_page(renamed, 0)
    seen = boss.get(path).context["seen"]
    boss.post(path, {"seen": seen}, headers={"X-Request-ID": "r-restore"})
    changes = Change.objects.of_person("alice").filter(request_id="r-restore")
    assert {(change.source, change.actor) for change in changes} == {("admin", boss_account.pk)}
    assert {name for change in changes for name in change.after or {}} == {"name", "is_active", "deactivation_reason"}
