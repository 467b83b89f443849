"""A session of the back office ends: idle, too old, signed out everywhere, or by a new password."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import quote
from django.test import Client

from apps.accounts.models import Session, User
from apps.staff import sessions
from tests.factories import PASSWORD, local_account
from tests.second_factor import code_of, enrolled, give_code, half_signed_in, signed_in

pytestmark = pytest.mark.django_db

MINUTE = 60
DAY = 24 * 3600


def is_inside(client: Client) -> bool:
    return client.get("/admin/security/").status_code == 200


def age(client: Client, *, idle: int = 0, old: int = 0) -> None:
    session = client.session
    session["seen_at"] -= idle
    session["signed_in_at"] -= old
    session.save()


def test_an_idle_session_ends_and_says_so(staff: User, settings: Any) -> None:
    settings.STAFF_IDLE_MINUTES = 30
    client = signed_in(staff)
    age(client, idle=29 * MINUTE)
    assert is_inside(client)
    age(client, idle=32 * MINUTE)
    answer = client.get("/admin/tasks/task/?q=x")
    assert answer["Location"] == "/admin/login/?next=/admin/tasks/task/%3Fq%3Dx"
    assert "You were signed out" in client.get(answer["Location"]).content.decode()
    assert not is_inside(client)


def test_use_keeps_a_session_alive_and_no_longer_than_a_working_day(staff: User) -> None:
    client = signed_in(staff)
    age(client, idle=2 * MINUTE, old=11 * 3600)
    assert is_inside(client)
    assert client.session["seen_at"] > client.session["signed_in_at"] + 10 * 3600
    age(client, old=2 * 3600)
    assert not is_inside(client)


def test_a_session_is_written_once_a_minute_at_most(staff: User, django_assert_num_queries: Any) -> None:
    client = signed_in(staff)
    client.get("/admin/security/")
    with django_assert_num_queries(5) as queries:
        client.get("/admin/security/")
    assert not [query for query in queries if "UPDATE" in query["sql"]]


def test_a_session_without_marks_counts_from_now_on(staff: User) -> None:
    client = signed_in(staff)
    session = client.session
    del session[sessions.SEEN_AT], session[sessions.SIGNED_IN_AT]
    session.save()
    assert is_inside(client)
    assert {sessions.SEEN_AT, sessions.SIGNED_IN_AT} <= set(client.session.keys())


def test_a_person_signs_out_everywhere(staff: User) -> None:
    here = signed_in(staff)
    there = half_signed_in(staff)
    give_code(there, code_of(staff))
    tokens = here.post("/api/auth/token", {"email": staff.login, "password": PASSWORD}, "application/json")
    assert tokens.status_code == 200
    assert here.post("/admin/security/sign-out/").status_code == 302
    assert not is_inside(here)
    assert not is_inside(there)
    assert not Session.objects.filter(ended_at=None).exists()
    assert LogEntry.objects.get().change_message == "Signed out everywhere."


def test_signing_out_everywhere_takes_a_post(staff: User) -> None:
    client = signed_in(staff)
    assert client.get("/admin/security/sign-out/").status_code == 405
    assert is_inside(client)


def test_a_superuser_signs_a_colleague_out_and_nobody_else_does(staff: User) -> None:
    colleague = enrolled("colleague@example.com")
    other = enrolled("other@example.com")
    theirs, mine = signed_in(colleague), signed_in(staff)
    page = f"/admin/accounts/user/{quote(colleague.pk)}/sign-out/"
    assert signed_in(other).post(page).status_code == 403
    assert mine.get(page).status_code == 200
    assert is_inside(theirs)
    assert mine.post(page).status_code == 302
    assert not is_inside(theirs)
    assert is_inside(mine)
    assert LogEntry.objects.get().change_message == "Signed out everywhere."


@pytest.mark.parametrize("by", ["themselves", "a superuser"])
def test_a_new_password_ends_other_sessions(staff: User, by: str) -> None:
    colleague = enrolled("colleague@example.com", is_superuser=True)
    elsewhere = signed_in(colleague)
    if by == "themselves":
        client = half_signed_in(colleague)
        give_code(client, code_of(colleague))
        path = "/admin/password_change/"
        body = {"old_password": PASSWORD, "new_password1": "another good one", "new_password2": "another good one"}
    else:
        client, path = signed_in(staff), f"/admin/accounts/user/{quote(colleague.pk)}/password/"
        body = {"password1": "another good one", "password2": "another good one", "usable_password": "true"}
    assert client.post(path, body).status_code == 302
    assert not is_inside(elsewhere)
    assert is_inside(client)


def test_deactivation_ends_a_session_at_once(staff: User) -> None:
    colleague = enrolled("colleague@example.com")
    theirs = signed_in(colleague)
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    assert not is_inside(theirs)


def test_a_session_hash_without_a_sign_out_is_djangos_own(db: None) -> None:
    """So that a deploy of this version signs nobody out."""
    person = local_account("plain@example.com")
    assert ":" not in person.get_session_auth_hash()
    assert person.get_session_auth_hash() == super(User, person).get_session_auth_hash()
