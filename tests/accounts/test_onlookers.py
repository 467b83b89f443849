"""Who may look at people and do no more sees no way to do more."""

import pytest
from django.test import Client

from apps.accounts.models import User
from tests.accounts.office import NEW_PASSWORD, PEOPLE, act, new_account, page_of, row
from tests.colleagues import staff_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def onlooker() -> Client:
    return staff_with("view_user")


def test_an_onlooker_sees_a_person_and_no_way_to_save(onlooker: Client, alice: User) -> None:
    page = onlooker.get(page_of(alice)).content.decode()
    assert "alice@example.com" in page
    assert 'name="_save"' not in page
    assert 'name="name"' not in page


def test_an_onlooker_sees_no_password_hash(onlooker: Client, colleague: User) -> None:
    page = onlooker.get(page_of(colleague)).content.decode()
    assert colleague.password not in page
    assert colleague.password.rsplit("$", 1)[-1] not in page


@pytest.mark.parametrize("page", ["change", "delete", "password"])
def test_an_onlookers_writes_are_refused(onlooker: Client, alice: User, page: str) -> None:
    before = row(alice)
    body = {"name": "Mallory", "post": "yes", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert onlooker.post(page_of(alice, page), body).status_code == 403
    assert row(alice) == before


@pytest.mark.parametrize("action", ["deactivate", "reactivate", "delete_selected"])
def test_an_onlooker_is_offered_no_action(onlooker: Client, alice: User, carol: User, action: str) -> None:
    assert f'value="{action}"' not in onlooker.get(PEOPLE).content.decode()
    before = [row(alice), row(carol)]
    act(onlooker, action, alice, carol)
    assert [row(alice), row(carol)] == before


def test_an_onlooker_adds_nobody(onlooker: Client) -> None:
    count = User.objects.count()
    assert onlooker.post(f"{PEOPLE}add/", new_account()).status_code == 403
    assert User.objects.count() == count
