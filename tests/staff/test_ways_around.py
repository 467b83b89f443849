"""Known ways around a second factor, each tried: no address of the back office answers half a sign-in."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django_otp.plugins.otp_totp.models import TOTPDevice

from apps.accounts.models import User
from tests.factories import PASSWORD, PersonFactory, TaskFactory, local_account
from tests.second_factor import (
    ENROL,
    LOGIN,
    SECOND_FACTOR,
    code_of,
    enrolled,
    give_code,
    give_password,
    half_signed_in,
    signed_in,
)

pytestmark = pytest.mark.django_db

# The steps themselves, which show nothing of anybody.
STEPS = {"/admin/login/", "/admin/logout/", SECOND_FACTOR, ENROL}


def patterns(resolver: URLResolver, prefix: str) -> Iterator[str]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield path
        else:
            yield from patterns(entry, path)


def addresses() -> list[str]:
    """Every address under /admin, with something in the place of each parameter."""
    found = (path for path in patterns(get_resolver(), "/") if path.startswith("/admin"))
    plain = (re.sub(r"<[^>]+>", "1", path).replace("^", "").replace("$", "") for path in found)
    return sorted({re.sub(r"\(\?P<\w+>[^)]*\)", "accounts", path) for path in plain} - STEPS)


def leads_to_the_login(answer: Any) -> bool:
    return bool(answer.status_code == 302 and answer["Location"].startswith(LOGIN))


def session_from_before(person: User) -> Client:
    """Of a time when the setting was off: signed in, and nobody asked for a code."""
    client = Client()
    client.force_login(person)
    return client


def test_the_walk_finds_the_back_office() -> None:
    assert len(addresses()) > 30
    assert {"/admin/", "/admin/accounts/user/", "/admin/accounts/user/1/erase/", "/admin/jsi18n/"} <= set(addresses())
    assert {"/admin/password_change/", "/admin/autocomplete/", "/admin/search/", "/admin/security/"} <= set(addresses())


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("path", addresses())
def test_no_address_answers_half_a_sign_in(staff: User, path: str, method: str) -> None:
    client = half_signed_in(staff)
    assert leads_to_the_login(getattr(client, method)(path))
    assert SESSION_KEY not in client.session


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("path", addresses())
def test_no_address_answers_a_session_without_the_factor(staff: User, path: str, method: str) -> None:
    assert leads_to_the_login(getattr(session_from_before(staff), method)(path))


@pytest.mark.parametrize("path", addresses())
def test_no_address_answers_a_stranger(client: Client, db: None, path: str) -> None:
    assert leads_to_the_login(client.get(path))


def test_a_session_from_before_the_setting_is_over(staff: User, settings: Any) -> None:
    client = session_from_before(staff)
    client.get("/admin/")
    settings.STAFF_SECOND_FACTOR = False
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("wanted", ["/admin/", "/admin/accounts/user/", "/admin/password_change/"])
def test_the_page_in_next_is_not_shown_in_passing(staff: User, wanted: str) -> None:
    answer = Client().post(
        f"{LOGIN}?next={wanted}", {"username": staff.login, "password": PASSWORD, "next": wanted}, follow=True
    )
    assert [address for address, _ in answer.redirect_chain] == [SECOND_FACTOR]


def test_the_login_wrapped_by_login_required_skips_nothing(staff: User) -> None:
    """allauth-2fa #90: the admin's own login view, reached another way, signed in by the password alone."""
    client = Client()
    answer = client.post("/admin/login/?next=/admin/login/", {"username": staff.login, "password": PASSWORD})
    assert answer["Location"] == SECOND_FACTOR
    assert leads_to_the_login(client.get("/admin/tasks/task/"))
    assert admin.site.login.__func__.__qualname__.startswith("BackOffice")  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", ["/admin/password_change/", "/admin/accounts/user/{}/password/"])
def test_no_password_is_changed_by_half_a_sign_in(staff: User, path: str) -> None:
    before = staff.password
    body = {"old_password": PASSWORD, "new_password1": "another good one", "new_password2": "another good one"}
    body |= {"password1": "another good one", "password2": "another good one", "usable_password": "true"}
    half_signed_in(staff).post(path.format(quote(staff.pk)), body)
    assert User.objects.get(pk=staff.pk).password == before


@pytest.mark.parametrize("path", ["/admin/password_reset/", "/accounts/password_reset/", "/accounts/login/"])
def test_there_is_no_password_reset(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code in {302, 404}
    assert client.post(path, {"email": "staff@example.com"}).status_code in {302, 404}


def test_a_new_password_does_not_replace_the_factor(staff: User) -> None:
    client = signed_in(staff)
    passwords = {"old_password": PASSWORD, "new_password1": "another good one", "new_password2": "another good one"}
    assert client.post("/admin/password_change/", passwords).status_code == 302
    fresh = Client()
    answer = fresh.post(LOGIN, {"username": staff.login, "password": "another good one"})
    assert answer["Location"] == SECOND_FACTOR
    assert leads_to_the_login(fresh.get("/admin/"))


def test_a_token_of_the_api_opens_no_page(staff: User) -> None:
    client = Client()
    answer = client.post("/api/auth/token", {"email": staff.login, "password": PASSWORD}, "application/json")
    token = answer.json()["access"]
    bearer = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/auth/me", headers=bearer).status_code == 200
    assert leads_to_the_login(client.get("/admin/", headers=bearer))
    assert leads_to_the_login(client.get("/admin/accounts/user/", headers=bearer))
    assert not client.cookies


def test_a_session_of_the_back_office_opens_no_api(staff: User) -> None:
    assert signed_in(staff).get("/api/auth/me").status_code == 401


def test_a_planted_session_is_not_the_one_that_is_signed_in(staff: User) -> None:
    """Session fixation: at each step the session gets another key, so that who planted the first has neither."""
    client = Client()
    client.get(LOGIN)
    session = client.session
    session["planted"] = True
    session.save()
    keys = [session.session_key]
    client.cookies[django_settings.SESSION_COOKIE_NAME] = str(session.session_key)
    give_password(client, staff)
    keys.append(client.session.session_key)
    assert "planted" not in client.session
    give_code(client, code_of(staff))
    keys.append(client.session.session_key)
    assert len(set(keys)) == 3
    for key in keys[:2]:
        other = Client()
        other.cookies[django_settings.SESSION_COOKIE_NAME] = str(key)
        assert leads_to_the_login(other.get("/admin/"))


def test_a_planted_session_enrols_nobody(db: None) -> None:
    """Whoever shares the session before the password must not set up a device of theirs after it."""
    newcomer = local_account("newcomer@example.com", is_staff=True)
    victim = Client()
    victim.get(LOGIN)
    session = victim.session
    session["planted"] = True
    session.save()
    victim.cookies[django_settings.SESSION_COOKIE_NAME] = str(session.session_key)
    give_password(victim, newcomer)
    thief = Client()
    thief.cookies[django_settings.SESSION_COOKIE_NAME] = str(session.session_key)
    assert thief.get(ENROL)["Location"] == LOGIN


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}], ids=str)
def test_who_is_no_longer_staff_is_out_at_once(staff: User, change: dict[str, bool]) -> None:
    client = signed_in(staff)
    User.objects.filter(pk=staff.pk).update(**change)
    assert leads_to_the_login(client.get("/admin/"))


def test_a_device_that_is_taken_away_vouches_no_more(staff: User) -> None:
    client = signed_in(staff)
    TOTPDevice.objects.all().delete()
    assert leads_to_the_login(client.get("/admin/"))


def test_an_unconfirmed_device_vouches_for_nobody(staff: User) -> None:
    client = signed_in(staff)
    TOTPDevice.objects.update(confirmed=False)
    assert leads_to_the_login(client.get("/admin/"))


def test_keys_and_codes_of_colleagues_have_no_page(staff: User) -> None:
    client = signed_in(staff)
    for model in ("otp_totp/totpdevice", "otp_static/staticdevice"):
        assert client.get(f"/admin/{model}/").status_code == 404


def test_the_api_reads_no_session_and_no_device(staff: User, django_assert_num_queries: Any) -> None:
    client = signed_in(staff)
    with django_assert_num_queries(0):
        assert client.get("/api/tasks").status_code == 401


def test_rows_are_there_for_the_walk(staff: User) -> None:
    """The walk's refusals are no mere 404: who is signed in sees the same addresses answer."""
    enrolled("colleague@example.com")
    PersonFactory.create(subject="1")
    TaskFactory.create(pk=1)
    client = signed_in(staff)
    assert client.get("/admin/accounts/user/1/change/").status_code == 200
    assert client.get("/admin/tasks/task/1/change/").status_code == 200
    assert client.get("/admin/accounts/user/1/erase/").status_code == 200
