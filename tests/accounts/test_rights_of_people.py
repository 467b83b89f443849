"""No rights are won by editing people, and staff are looked after by superusers alone."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from apps.accounts.models import User
from tests.accounts.office import NEW_PASSWORD, PEOPLE, act, deactivate, messages_of, owner_of, page_of, row
from tests.factories import PASSWORD, local_account
from tests.forms import save

pytestmark = pytest.mark.django_db


def test_who_may_change_people_changes_a_persons_name_and_no_state(careful: Client, alice: User) -> None:
    answer = save(careful, page_of(alice), name="Alice B.", login="")
    assert answer.status_code == 302
    assert (row(alice)["name"], row(alice)["is_active"]) == ("Alice B.", True)


@pytest.mark.parametrize("subject", ["alice", "staff"])
def test_rights_are_not_won_by_posting_them(careful: Client, alice: User, subject: str) -> None:
    person = User.objects.get(pk="alice") if subject == "alice" else User.objects.get(login="staff@example.com")
    group = Group.objects.create(name="Everything")
    before = row(person), set(person.user_permissions.all())
    every = [right.pk for right in Permission.objects.all()]
    rights = {"is_staff": "on", "is_superuser": "on", "groups": [group.pk], "user_permissions": every}
    save(careful, page_of(person), is_active="on", login=person.login or "", **rights)
    assert (row(person), set(person.user_permissions.all())) == before
    assert not person.groups.exists()


def test_a_superuser_gives_rights(boss: Client, alice: User) -> None:
    group = Group.objects.create(name="Helpers")
    assert save(boss, page_of(alice), is_staff="on", groups=[group.pk]).status_code == 302
    assert row(alice)["is_staff"]
    assert set(alice.groups.all()) == {group}


@pytest.fixture(params=["staff", "superuser", "superuser who is not staff"])
def protected(request: pytest.FixtureRequest) -> User:
    staff, superuser = request.param != "superuser who is not staff", request.param != "staff"
    return local_account("protected@example.com", is_staff=staff, is_superuser=superuser)


def test_staff_are_looked_at_and_not_changed_by_their_equals(careful: Client, protected: User) -> None:
    before = row(protected)
    page = careful.get(page_of(protected)).content.decode()
    assert 'name="_save"' not in page
    assert protected.password.rsplit("$", 1)[-1] not in page
    assert careful.post(page_of(protected), {"name": "Mallory", "login": "mallory@example.com"}).status_code == 403
    assert row(protected) == before


def test_staff_are_not_deactivated_by_their_equals(careful: Client, protected: User) -> None:
    assert messages_of(deactivate(careful, protected)) == ["Deactivated: 0."]
    assert row(protected)["is_active"]


def test_staff_are_not_reactivated_by_their_equals(careful: Client, protected: User) -> None:
    User.objects.filter(pk=protected.pk).update(is_active=False)
    act(careful, "reactivate", protected)
    assert not row(protected)["is_active"]


def test_staff_are_not_deleted_by_their_equals(careful: Client, protected: User) -> None:
    assert careful.post(page_of(protected, "delete"), {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=protected.pk).exists()


def test_staff_are_not_deleted_among_others_by_their_equals(careful: Client, protected: User, alice: User) -> None:
    chosen = {"action": "delete_selected", "_selected_action": [alice.pk, protected.pk], "post": "yes"}
    careful.post(PEOPLE, chosen)
    assert User.objects.filter(pk__in=[alice.pk, protected.pk]).count() == 2


def test_the_password_of_staff_is_not_set_by_their_equals(careful: Client, protected: User) -> None:
    body = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true"}
    assert careful.get(page_of(protected, "password")).status_code == 403
    assert careful.post(page_of(protected, "password"), body).status_code == 403
    assert owner_of("protected@example.com", PASSWORD) == protected


def test_who_may_change_people_sets_a_local_accounts_password(careful: Client) -> None:
    person = local_account("somebody@example.com")
    body = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true"}
    assert careful.post(page_of(person, "password"), body).status_code == 302
    assert owner_of("somebody@example.com", NEW_PASSWORD) == person
