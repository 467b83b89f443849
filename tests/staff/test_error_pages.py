"""Refusals and faults of the back office are pages that people read, and stand while everything else fails."""

import re
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory

from apps.accounts.models import User
from apps.staff import errors
from tests.factories import local_account
from tests.second_factor import enrolled, give_password, signed_in

pytestmark = pytest.mark.django_db

BROKEN = "django.contrib.admin.sites.AdminSite.get_app_list"


def text_of(answer: Any) -> str:
    assert answer["Content-Type"].startswith("text/html")
    return " ".join(answer.content.decode().split())


def test_a_page_that_one_may_not_open_says_so(staff: User) -> None:
    answer = signed_in(enrolled("new@example.com")).get("/admin/accounts/user/")
    assert answer.status_code == 403
    assert "You may not do this" in text_of(answer)


def test_an_address_without_a_page_says_so(staff: User) -> None:
    answer = signed_in(staff).get("/admin/no/such/page/")
    assert (answer.status_code, "There is nothing here" in text_of(answer)) == (404, True)


def test_a_fault_says_so_and_names_the_request(staff: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("a secret of the inside")

    client = signed_in(staff)
    client.raise_request_exception = False
    monkeypatch.setattr(BROKEN, fail)
    answer = client.get("/admin/")
    assert answer.status_code == 500
    assert f"name the request {answer['X-Request-ID']}" in text_of(answer)
    assert "secret" not in text_of(answer)


def test_a_database_that_is_away_is_a_moment(staff: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OperationalError

    client = signed_in(staff)
    client.raise_request_exception = False
    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", fail)
    answer = client.get("/admin/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert "Just a moment" in text_of(answer)


def test_the_lockout_says_what_to_do(settings: Any) -> None:
    settings.AXES_FAILURE_LIMIT = 2
    person = local_account("staff@example.com", is_staff=True)
    client = Client()
    for _ in range(2):
        answer = client.post("/admin/login/", {"username": person.login, "password": "wrong"})
    assert (answer.status_code, "Locked for a while" in text_of(answer)) == (429, True)
    assert give_password(client, person).status_code == 429


def test_a_form_from_before_the_sign_in_says_so(staff: User) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/admin/login/", {"username": "x", "password": "y"})
    assert (answer.status_code, "This form is too old" in text_of(answer)) == (403, True)


@pytest.mark.parametrize("page", ["bad_request", "forbidden", "not_found", "fault", "csrf_failed", "locked_out"])
def test_a_page_needs_nothing_but_itself(page: str, django_assert_num_queries: Any) -> None:
    request = RequestFactory().get("/admin/x/")
    with django_assert_num_queries(0):
        answer = getattr(errors, page)(request)
    text = text_of(answer)
    assert "<script" not in text
    assert not re.search(r"""(src|href)=["'](?!/admin/)""", text)
    assert 'lang="en"' in text


@pytest.mark.parametrize("path", ["/api/no-such-thing", "/no/such/page"])
def test_elsewhere_errors_stay_problem_documents(client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
