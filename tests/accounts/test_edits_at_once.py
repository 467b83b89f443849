"""Two steps about one person at once: neither undoes the other, and the log says what was done."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import quote
from django.test import Client

from apps.accounts import services
from apps.accounts.models import User
from tests.accounts.office import NEW_PASSWORD, page_of, row, signed_in
from tests.factories import PASSWORD, local_account
from tests.forms import sendable, untouched
from tests.locks import posted_during

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORDS = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true"}
OWN_PASSWORDS = {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}


def edit(person: User) -> Callable[[], Any]:
    return lambda: User.objects.filter(pk=person.pk).update(name="Renamed", is_staff=True, signed_out_at=None)


def test_a_password_set_by_staff_writes_nothing_else(boss: Client) -> None:
    person = local_account()
    assert posted_during(edit(person), boss, page_of(person, "password"), PASSWORDS).status_code == 302
    assert (row(person)["name"], row(person)["is_staff"]) == ("Renamed", True)
    assert User.objects.get(pk=person.pk).check_password(NEW_PASSWORD)


def test_a_password_of_ones_own_writes_nothing_else(boss: Client, boss_account: User) -> None:
    assert posted_during(edit(boss_account), boss, "/admin/password_change/", OWN_PASSWORDS).status_code == 302
    assert row(boss_account)["name"] == "Renamed"
    assert User.objects.get(pk=boss_account.pk).check_password(NEW_PASSWORD)


def test_a_password_brings_nobody_back(boss: Client) -> None:
    person = local_account()
    answer = posted_during(person.delete, boss, f"/admin/accounts/user/{quote(person.pk)}/password/", PASSWORDS)
    assert answer.status_code == 404
    assert not User.objects.filter(login="local@example.com").exists()


def test_a_password_of_ones_own_does_not_bring_one_back() -> None:
    person = local_account(is_staff=True)
    answer = posted_during(person.delete, signed_in(person), "/admin/password_change/", OWN_PASSWORDS)
    assert (answer.status_code, answer["Location"]) == (302, "/admin/login/")
    assert not User.objects.exists()


PLACES = {
    "from the page": ("/admin/accounts/user/alice/deactivate/", {}),
    "from the list": ("/admin/accounts/user/", {"action": "deactivate", "_selected_action": ["alice"]}),
}


@pytest.mark.parametrize("place", PLACES)
def test_the_reason_of_the_first_deactivation_stays(boss: Client, alice: User, place: str) -> None:
    path, body = PLACES[place]
    posted_during(lambda: services.deactivate(["alice"], "First"), boss, path, {**body, "reason": "Second"})
    assert (row(alice)["is_active"], row(alice)["deactivation_reason"]) == (False, "First")
    assert not LogEntry.objects.exists()


def test_a_reactivation_is_of_the_reason_that_was_shown(boss: Client, alice: User) -> None:
    path = page_of(alice, "reactivate")
    services.deactivate(["alice"], "Asked\nby letter")
    body = sendable(untouched(boss.get(path).content.decode(), "confirm_form"))
    services.reactivate(["alice"])
    services.deactivate(["alice"], "Fraud")
    answer = boss.post(path, body, follow=True)
    assert "Nothing was changed: somebody else changed the state of Alice meanwhile." in answer.content.decode()
    assert (row(alice)["is_active"], row(alice)["deactivation_reason"]) == (False, "Fraud")
    boss.post(path, sendable(untouched(boss.get(path).content.decode(), "confirm_form")))
    assert row(alice)["is_active"]
