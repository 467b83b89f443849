"""Who may restore which columns of a person, and what is never restored: what somebody wrote since, what was erased."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import quote
from django.test import Client
from django.urls import reverse

from apps.accounts import erasure, services
from apps.accounts.models import User
from apps.history.models import Change
from tests.accounts.office import hrefs, messages_of, page_of, row
from tests.accounts.restoring import remarks, restore_page, restored, shown
from tests.colleagues import staff_with
from tests.conftest import client_for
from tests.factories import PersonFactory, local_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def operations() -> Client:
    return staff_with("view_user", "deactivate_user", login="operations@example.com")


# --- Who may


def test_who_may_deactivate_restores_that_alone_and_is_told(operations: Client, renamed: User) -> None:
    assert set(shown(operations, renamed, 0)) == {"Active", "Deactivation reason"}
    assert "since you may not change it: Name." in remarks(operations, renamed, 0)
    restored(operations, renamed, 0)
    assert (row(renamed)["is_active"], row(renamed)["name"]) == (True, "Alicia")


def test_who_may_change_people_restores_the_name_alone(renamed: User) -> None:
    client = staff_with("view_user", "change_user", login="editor@example.com")
    User.objects.filter(pk="alice").update(login="alicia@example.com")
    assert set(shown(client, renamed, 0)) == {"Name"}
    assert "since you may not change it: Login, Active, Deactivation reason." in remarks(client, renamed, 0)
    restored(client, renamed, 0)
    after = row(renamed)
    assert (after["name"], after["login"], after["is_active"]) == ("Alice", "alicia@example.com", False)


def test_nothing_that_one_may_restore_is_said_too(operations: Client, alice: User) -> None:
    User.objects.filter(pk="alice").update(name="Alicia")
    page = operations.get(restore_page(alice, 0))
    assert "there is nothing that you could restore" in page.content.decode()
    assert "<button" not in page.content.decode().partition('name="seen"')[2].partition("</form>")[0]


@pytest.mark.parametrize("rights", [("view_user",), ("view_user", "view_change"), ("deactivate_user",)], ids=str)
def test_whoever_may_change_nothing_or_see_nobody_is_refused(renamed: User, rights: tuple[str, ...]) -> None:
    before, client = row(renamed), staff_with(*rights, login="onlooker@example.com")
    path = restore_page(renamed, 0)
    newest = Change.objects.of_person("alice").latest("id").pk
    assert [client.get(path).status_code, client.post(path, {"seen": newest}).status_code] == [403, 403]
    assert "Restore this state" not in client.get(page_of(renamed, "history")).content.decode()
    assert row(renamed) == before


@pytest.mark.parametrize("rights", [{"is_staff": True}, {"is_superuser": True}], ids=str)
def test_staff_are_not_restored_by_their_equals(careful: Client, renamed: User, rights: dict[str, bool]) -> None:
    User.objects.filter(pk="alice").update(**rights)
    before, newest = row(renamed), Change.objects.of_person("alice").latest("id").pk
    path = restore_page(renamed, 0)
    assert [careful.get(path).status_code, careful.post(path, {"seen": newest}).status_code] == [403, 403]
    assert row(renamed) == before


def test_nobody_restores_their_own_rights_or_state(boss: Client, boss_account: User) -> None:
    """Not even a superuser, who might shut themselves out."""
    services.deactivate([boss_account.pk], "Left")
    User.objects.filter(pk=boss_account.pk).update(is_superuser=False, name="No boss")
    services.reactivate([boss_account.pk])
    User.objects.filter(pk=boss_account.pk).update(is_superuser=True, name="Boss")
    before = row(boss_account)
    assert set(shown(boss, boss_account, 2)) == {"Name"}
    assert "since you may not change it: Superuser, Active" in remarks(boss, boss_account, 2)
    restored(boss, boss_account, 2, reason="x")
    assert row(boss_account) == {**before, "name": "No boss"}


def test_rights_once_had_are_not_won_back(renamed: User) -> None:
    User.objects.filter(pk="alice").update(is_staff=True, is_superuser=True, name="Boss")
    User.objects.filter(pk="alice").update(is_staff=False, is_superuser=False, name="Alice")
    client = staff_with("view_user", "change_user", "deactivate_user", login="editor@example.com")
    restored(client, renamed, 3)
    after = row(renamed)
    assert (after["name"], after["is_staff"], after["is_superuser"]) == ("Boss", False, False)


# --- What is not overwritten, and what is gone


def test_a_change_made_meanwhile_is_not_overwritten(boss: Client, renamed: User) -> None:
    path = restore_page(renamed, 0)
    seen = boss.get(path).context["seen"]
    User.objects.filter(pk="alice").update(name="By her token")
    before = row(renamed)
    answer = boss.post(path, {"seen": seen}, follow=True)
    assert messages_of(answer)[0].startswith("The person was changed meanwhile.")
    assert row(renamed) == before


@pytest.mark.parametrize("seen", ["", "soon", "-1", "0"])
def test_who_has_not_seen_the_page_restores_nothing(boss: Client, renamed: User, seen: str) -> None:
    before = row(renamed)
    boss.post(restore_page(renamed, 0), {"seen": seen})
    assert row(renamed) == before


def test_a_login_that_somebody_else_has_by_now_is_refused(boss: Client, moved: User) -> None:
    local_account("old@example.com")
    before = row(moved)
    answer = restored(boss, moved, 0)
    assert messages_of(answer) == ["Not restored: Person with this Login already exists."]
    assert (row(moved), LogEntry.objects.exists()) == (before, False)


def test_a_login_that_is_taken_in_that_very_moment_is_refused(
    boss: Client, moved: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look(self: User, *args: Any, **options: Any) -> None:
        PersonFactory.create(login="old@example.com")

    before = row(moved)
    monkeypatch.setattr(User, "full_clean", look)
    assert messages_of(restored(boss, moved, 0)) == ["Not restored: Somebody else has taken the login."]
    assert row(moved) == before


def test_an_erased_person_is_not_brought_back(boss: Client, boss_account: User, renamed: User) -> None:
    path = restore_page(renamed, 0)
    seen = boss.get(path).context["seen"]
    erasure.erase(renamed, by=boss_account)
    assert [boss.get(path).status_code, boss.post(path, {"seen": seen}).status_code] == [404, 404]
    assert not User.objects.filter(pk="alice").exists()
    # Their next token makes a new, empty record, of which nothing older is offered.
    client_for("alice").get("/api/auth/me")
    User.objects.filter(pk="alice").update(name="New")
    assert [boss.get(path).status_code, boss.post(path, {"seen": seen}).status_code] == [404, 404]
    page = boss.get(page_of(renamed, "history")).content.decode()
    assert page.count("Restore this state") == 1
    assert "Alicia" not in page


def test_what_was_of_a_deleted_record_is_not_offered_to_the_next(boss: Client, renamed: User) -> None:
    """Deleted by SQL, its history stays; but whoever has the subject now is a new record."""
    path = restore_page(renamed, 0)
    User.objects.filter(pk="alice").delete()
    PersonFactory.create(subject="alice", name="Another")
    User.objects.filter(pk="alice").update(name="Other")
    assert boss.get(path).status_code == 404
    offered = boss.get(page_of(renamed, "history")).content.decode()
    assert offered.count("Restore this state") == 1
    assert path not in offered


def test_a_state_of_somebody_else_is_none_of_this(boss: Client, renamed: User, bob: User) -> None:
    other = Change.objects.of_person("bob").get()
    assert boss.get(f"/admin/accounts/user/alice/restore/{other.pk}/").status_code == 404


@pytest.mark.parametrize("subject", ["a/b c", "Zoë \"'<&>", "a_2Fb", "per%2Fcent?#"])
def test_the_history_of_any_subject_leads_to_its_states(boss: Client, subject: str) -> None:
    person = PersonFactory.create(subject=subject, name="First")
    User.objects.filter(pk=subject).update(name="Second")
    history = reverse("admin:accounts_user_history", args=[quote(subject)])
    assert hrefs(boss.get(history), ".*/restore/.*") == [restore_page(person, 0)]
    answer = restored(boss, person, 0)
    assert answer.redirect_chain == [(history, 302)]
    assert row(person)["name"] == "First"


@pytest.mark.parametrize("path", ["nobody/restore/1/", "%00/restore/1/", "alice/restore/99999999999999999999/"])
def test_an_odd_address_is_not_found(boss: Client, renamed: User, path: str) -> None:
    assert boss.get(f"/admin/accounts/user/{path}").status_code in {400, 404}
