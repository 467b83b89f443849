"""People in the back office: found, deactivated and looked after, and no rights won by editing."""

import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import quote
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.tasks.models import Task
from tests.factories import PASSWORD, PersonFactory, TaskFactory, local_account

pytestmark = pytest.mark.django_db

PEOPLE = "/admin/accounts/user/"
NEW_PASSWORD = "another good password"


def page_of(person: User, page: str = "change") -> str:
    return f"{PEOPLE}{quote(person.pk)}/{page}/"


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def staff_with(*rights: str) -> Client:
    """A staff member, no superuser, with the named rights alone."""
    person = local_account("staff@example.com", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return signed_in(person)


def listed(client: Client, **query: Any) -> set[str]:
    answer = client.get(PEOPLE, query)
    assert answer.status_code == 200
    return {person.pk for person in answer.context["cl"].result_list}


def row(person: User) -> dict[str, Any]:
    return {**User.objects.filter(pk=person.pk).values().get()}


def owner_of(login: str, password: str) -> object:
    """Whom the pair signs in; the lockout, which asks for a request, has tests of its own."""
    return ModelBackend().authenticate(None, username=login, password=password)


def act(client: Client, action: str, *people: User, **more: str) -> Any:
    body = {"action": action, "_selected_action": [person.pk for person in people], **more}
    return client.post(PEOPLE, body, follow=True)


def deactivate(client: Client, *people: User) -> Any:
    return act(client, "deactivate", *people, reason="They asked for it")


def messages_of(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def hrefs(answer: Any, pattern: str) -> list[str]:
    """The addresses, as a browser reads them, of the page's links that match `pattern` in full."""
    links = map(unescape, re.findall(r'<a\b[^>]*?\bhref="([^"]*)"', answer.content.decode()))
    return [link for link in links if re.fullmatch(pattern, link)]


def new_account(login: str = "New.Person@Example.com", **changed: str) -> dict[str, str]:
    return {"login": login, "name": "New Person", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD, **changed}


@pytest.fixture
def boss_account() -> User:
    return local_account("boss@example.com", is_staff=True, is_superuser=True)


@pytest.fixture
def boss(boss_account: User) -> Client:
    return signed_in(boss_account)


@pytest.fixture
def colleague() -> User:
    return local_account("colleague@example.com", is_staff=True)


@pytest.fixture
def careful() -> Client:
    return staff_with("view_user", "change_user", "deactivate_user", "erase_user")


# --- The list


@pytest.mark.parametrize(
    "words", ["subject-of-zoe", "ZOE@elsewhere", "Zoë Ün", "zoe-signs-in@", "zoë subject-of"], ids=str
)
def test_people_are_found_by_subject_email_name_and_login(boss: Client, alice: User, words: str) -> None:
    zoe = PersonFactory.create(
        subject="subject-of-zoe", name="Zoë Ünal", email="zoe@elsewhere.example", login="zoe-signs-in@example.com"
    )
    assert listed(boss, q=words) == {zoe.pk}


@pytest.mark.parametrize("words", ["%", "__", "\\", "'; --", "no such person", "a" * 500])
def test_odd_searches_find_nobody(boss: Client, alice: User, words: str) -> None:
    assert listed(boss, q=words) == set()


def test_people_are_filtered_by_state_and_staff(
    boss: Client, boss_account: User, alice: User, carol: User, colleague: User
) -> None:
    assert listed(boss, is_active__exact="0") == {carol.pk}
    assert listed(boss, is_staff__exact="1") == {boss_account.pk, colleague.pk}
    assert listed(boss, is_active__exact="1", is_staff__exact="0") == {alice.pk}


def test_people_are_drilled_down_by_date(boss: Client, alice: User, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(created_at=datetime(2021, 3, 7, 12, tzinfo=UTC))
    assert listed(boss, created_at__year=2021) == {bob.pk}
    assert listed(boss, created_at__year=2021, created_at__month=3, created_at__day=7) == {bob.pk}
    assert listed(boss, created_at__year=2021, created_at__month=4) == set()


def test_the_list_shows_each_state(boss: Client, alice: User, carol: User) -> None:
    page = boss.get(PEOPLE).content.decode()
    assert "Deactivated" in page
    assert page_of(carol) in page


def test_more_people_cost_no_more_queries(boss: Client) -> None:
    PersonFactory.create_batch(2)
    with CaptureQueriesContext(connection) as few:
        boss.get(PEOPLE)
    PersonFactory.create_batch(18)
    with CaptureQueriesContext(connection) as many:
        boss.get(PEOPLE)
    assert len(few) == len(many)


ODD_SUBJECTS = [
    "a/b/c",
    "../../etc",
    "with some spaces",
    "Zoë Ünïcode 名前",
    "quotes \" ' ` <b>&amp;</b>",
    "a_2Fb",
    "_5F",
    "per%2Fcent?#&=+,;:@",
    "back\\slash",
    "add",
    "x" * 255,
    "ü" * 255,
]


@pytest.mark.parametrize("subject", ODD_SUBJECTS)
def test_an_odd_subject_opens_from_the_list(boss: Client, subject: str) -> None:
    person = PersonFactory.create(subject=subject, name="Odd")
    link = hrefs(boss.get(PEOPLE, {"q": "Odd"}), r"/admin/accounts/user/.+/change/.*")[0]
    answer = boss.get(link)
    assert answer.status_code == 200
    assert answer.context["original"].pk == person.pk


@pytest.mark.parametrize("page", ["history", "delete", "password"])
@pytest.mark.parametrize("subject", ODD_SUBJECTS)
def test_the_other_pages_of_an_odd_subject_open(boss: Client, subject: str, page: str) -> None:
    person = PersonFactory.create(subject=subject)
    answer = boss.get(page_of(person, page))
    assert answer.status_code == 200


@pytest.mark.parametrize("subject", ODD_SUBJECTS)
def test_an_odd_subject_is_saved(boss: Client, subject: str) -> None:
    person = PersonFactory.create(subject=subject)
    assert boss.post(page_of(person), {"name": "Renamed", "is_active": "on"}).status_code == 302
    assert row(person)["name"] == "Renamed"
    assert row(person)["subject"] == subject


@pytest.mark.parametrize("subject", ["bob", *ODD_SUBJECTS])
def test_the_link_to_tasks_lists_that_persons_alone(boss: Client, task: Task, subject: str) -> None:
    theirs = TaskFactory.create_batch(2, user=PersonFactory.create(subject=subject, name="Odd"))
    link = hrefs(boss.get(PEOPLE, {"q": "Odd"}), r"/admin/tasks/task/\?user.*")[0]
    answer = boss.get(link)
    assert answer.status_code == 200
    assert {found.pk for found in answer.context["cl"].result_list} == {one.pk for one in theirs}


# --- Deactivating


def test_people_are_deactivated_and_it_is_on_record(
    boss: Client, boss_account: User, alice: User, bob: User, carol: User
) -> None:
    answer = deactivate(boss, alice, carol)
    assert messages_of(answer) == ["Deactivated: 1."]
    assert set(User.objects.filter(is_active=False)) == {alice, carol}
    entry = LogEntry.objects.get()
    assert (entry.object_id, entry.user_id, entry.change_message) == (
        alice.pk,
        boss_account.pk,
        "Deactivated: They asked for it",
    )


def test_people_are_reactivated_and_it_is_on_record(boss: Client, alice: User, carol: User) -> None:
    answer = act(boss, "reactivate", alice, carol)
    assert messages_of(answer) == ["Reactivated: 1."]
    assert not User.objects.filter(is_active=False).exists()
    entry = LogEntry.objects.get()
    assert (entry.object_id, entry.change_message) == (carol.pk, "Reactivated.")


def test_a_deactivation_is_shown_in_the_history(boss: Client, alice: User) -> None:
    deactivate(boss, alice)
    assert "Deactivated: They asked for it" in boss.get(page_of(alice, "history")).content.decode()


def test_nobody_deactivates_themselves(boss: Client, boss_account: User, alice: User) -> None:
    answer = deactivate(boss, boss_account, alice)
    assert messages_of(answer) == ["Deactivated: 1."]
    assert row(boss_account)["is_active"]
    assert not LogEntry.objects.filter(object_id=boss_account.pk).exists()


def test_a_superuser_deactivates_staff(boss: Client, colleague: User) -> None:
    deactivate(boss, colleague)
    assert not row(colleague)["is_active"]


def test_the_right_to_deactivate_is_enough(careful: Client, alice: User) -> None:
    assert messages_of(deactivate(careful, alice)) == ["Deactivated: 1."]
    assert not row(alice)["is_active"]


# --- Looking only


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


# --- Changing people, without being a superuser


def test_who_may_change_people_changes_a_persons_name_and_no_state(careful: Client, alice: User) -> None:
    answer = careful.post(page_of(alice), {"name": "Alice B.", "login": ""})
    assert answer.status_code == 302
    assert (row(alice)["name"], row(alice)["is_active"]) == ("Alice B.", True)


@pytest.mark.parametrize("subject", ["alice", "staff"])
def test_rights_are_not_won_by_posting_them(careful: Client, alice: User, subject: str) -> None:
    person = User.objects.get(pk="alice") if subject == "alice" else User.objects.get(login="staff@example.com")
    group = Group.objects.create(name="Everything")
    before = row(person), set(person.user_permissions.all())
    every = [right.pk for right in Permission.objects.all()]
    rights = {"is_staff": "on", "is_superuser": "on", "groups": [group.pk], "user_permissions": every}
    careful.post(page_of(person), {"name": person.name, "is_active": "on", "login": person.login or "", **rights})
    assert (row(person), set(person.user_permissions.all())) == before
    assert not person.groups.exists()


def test_a_superuser_gives_rights(boss: Client, alice: User) -> None:
    group = Group.objects.create(name="Helpers")
    body = {"name": "Alice", "is_active": "on", "is_staff": "on", "groups": [group.pk]}
    assert boss.post(page_of(alice), body).status_code == 302
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


# --- Local accounts


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
    answer = boss.post(page_of(alice), {"name": "Alice", "login": "Boss@example.com", "is_active": "on"})
    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == ["login"]
    assert row(alice) == before


def test_what_only_tokens_tell_is_not_edited(boss: Client, alice: User) -> None:
    body = {"name": "Alice", "is_active": "on", "email": "other@example.com", "subject": "bob", "password": "x"}
    assert boss.post(page_of(alice), body).status_code == 302
    assert (row(alice)["email"], row(alice)["password"]) == ("alice@example.com", alice.password)
    assert not User.objects.filter(pk="bob").exists()


def test_saving_two_people_without_a_login_is_no_conflict(boss: Client, alice: User, bob: User) -> None:
    for person in (alice, bob):
        assert boss.post(page_of(person), {"name": "Same", "login": "", "is_active": "on"}).status_code == 302
    assert User.objects.filter(name="Same", login=None).count() == 2
