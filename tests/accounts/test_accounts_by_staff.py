"""Local accounts that staff make and change."""

import pytest
from django.test import Client

from apps.accounts.models import User
from tests.accounts.office import NEW_PASSWORD, PEOPLE, new_account, owner_of, page_of, row
from tests.forms import save

pytestmark = pytest.mark.django_db


def test_an_added_account_signs_in(boss: Client) -> None:
    assert boss.post(f"{PEOPLE}add/", new_account()).status_code == 302
    person = User.objects.get(name="New Person")
    assert (person.login, person.email) == ("new.person@example.com", "new.person@example.com")
    assert person.subject.startswith("local:")
    assert not person.is_staff
    assert owner_of("NEW.person@example.com", NEW_PASSWORD) == person


def test_an_added_account_has_no_rights_even_if_posted(boss: Client) -> None:
    boss.post(f"{PEOPLE}add/", new_account(is_staff="on", is_superuser="on", subject="alice"))
    person = User.objects.get(name="New Person")
    assert (person.is_staff, person.is_superuser) == (False, False)
    assert person.subject.startswith("local:")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"login": "boss@example.com"}, "login"),
        ({"login": "BOSS@Example.com"}, "login"),
        ({"login": ""}, "login"),
        ({"login": "no address"}, "login"),
        ({"login": "x" * 250 + "@example.com"}, "login"),
        ({"password1": ""}, "password1"),
        ({"password2": ""}, "password2"),
        ({"password2": "something else"}, "password2"),
        ({"password1": "short", "password2": "short"}, "password2"),
        ({"name": "x" * 256}, "name"),
    ],
    ids=str,
)
def test_what_is_no_account_is_an_error_of_its_field(boss: Client, changed: dict[str, str], field: str) -> None:
    answer = boss.post(f"{PEOPLE}add/", {**new_account(), **changed})
    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == [field]
    assert User.objects.count() == 1


def test_a_taken_login_is_an_error_of_the_change_form(boss: Client, alice: User) -> None:
    before = row(alice)
    answer = save(boss, page_of(alice), login="Boss@example.com")
    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == ["login"]
    assert row(alice) == before


def test_what_only_tokens_tell_is_not_edited(boss: Client, alice: User) -> None:
    assert save(boss, page_of(alice), email="other@example.com", subject="bob", password="x").status_code == 302
    assert (row(alice)["email"], row(alice)["password"]) == ("alice@example.com", alice.password)
    assert not User.objects.filter(pk="bob").exists()


def test_saving_two_people_without_a_login_is_no_conflict(boss: Client, alice: User, bob: User) -> None:
    for person in (alice, bob):
        assert save(boss, page_of(person), name="Same").status_code == 302
    assert User.objects.filter(name="Same", login=None).count() == 2
