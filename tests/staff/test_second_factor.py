"""The second step of a sign-in: a code, once, of one's own device, and few guesses."""

from typing import Any

import pytest
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from apps.accounts.models import User
from apps.staff import factors, pending
from tests.factories import PASSWORD
from tests.second_factor import (
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

INSIDE = "/admin/accounts/user/"


def is_inside(client: Client) -> bool:
    return client.get(INSIDE).status_code == 200


def errors_of(answer: Any) -> str:
    return " ".join(answer.context["form"].errors.get("code", []))


def test_password_and_code_sign_in(staff: User) -> None:
    client = Client()
    assert give_password(client, staff)["Location"] == SECOND_FACTOR
    assert not is_inside(client)
    assert give_code(client, code_of(staff))["Location"] == "/admin/"
    assert is_inside(client)


@pytest.mark.parametrize("spelling", ["{0}{1}", "{0} {1}", " {0}{1} "])
def test_a_code_may_be_typed_as_the_app_shows_it(staff: User, spelling: str) -> None:
    code = code_of(staff)
    client = half_signed_in(staff)
    assert give_code(client, spelling.format(code[:3], code[3:])).status_code == 302
    assert is_inside(client)


@pytest.mark.parametrize("code", ["", "000000", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "-1", "0x1234", "x" * 32])
def test_a_wrong_code_is_refused(staff: User, code: str) -> None:
    client = half_signed_in(staff)
    answer = give_code(client, code)
    assert (answer.status_code, bool(errors_of(answer))) == (200, True)
    assert not is_inside(client)


@pytest.mark.parametrize("steps", [-2, 2, 20])
def test_an_old_code_is_refused_and_one_of_the_future(staff: User, steps: int) -> None:
    client = half_signed_in(staff)
    give_code(client, code_of(staff, steps))
    assert not is_inside(client)


def test_a_code_works_once(staff: User) -> None:
    code = code_of(staff)
    give_code(half_signed_in(staff), code)
    again = half_signed_in(staff)
    assert "used before" in errors_of(give_code(again, code))
    assert not is_inside(again)


def test_a_colleagues_code_is_refused(staff: User) -> None:
    colleague = enrolled("colleague@example.com")
    client = half_signed_in(staff)
    give_code(client, code_of(colleague))
    assert not is_inside(client)


def test_a_colleagues_device_does_not_vouch(staff: User) -> None:
    """Whoever could write into their session would still need a device of their own."""
    colleague = enrolled("colleague@example.com")
    client = signed_in(colleague)
    session = client.session
    session["otp_device_id"] = TOTPDevice.objects.get(user=staff).persistent_id
    session.save()
    assert client.get("/admin/")["Location"].startswith(LOGIN)


def test_guesses_are_slowed_down(staff: User) -> None:
    client = half_signed_in(staff)
    for _ in range(3):
        give_code(client, "000000")
    answer = give_code(client, code_of(staff))
    assert "looked at in" in errors_of(answer)
    assert not is_inside(client)


def test_guesses_lock_the_login_as_wrong_passwords_do(staff: User, settings: Any) -> None:
    settings.AXES_FAILURE_LIMIT = 3
    client = half_signed_in(staff)
    answers = [give_code(client, "000000").status_code for _ in range(3)]
    assert answers == [200, 200, 429]
    # The right code is not looked at any more, nor is the right password.
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert give_code(client, code_of(staff)).status_code == 429
    assert client.get(SECOND_FACTOR).status_code == 429
    assert give_password(Client(), staff).status_code == 429
    # From another address its owner still gets in, until the login as a whole has had its failures.
    assert give_password(Client(REMOTE_ADDR="9.9.9.9"), staff).status_code == 302


def test_the_right_password_starts_no_new_count_of_wrong_codes(staff: User, settings: Any) -> None:
    settings.AXES_FAILURE_LIMIT = 4
    for _ in range(2):
        client = half_signed_in(staff)
        for _ in range(2):
            answer = give_code(client, "000000")
    assert answer.status_code == 429


def test_a_token_of_the_api_starts_no_new_count_on_the_device(staff: User) -> None:
    """It does for the lockout, which counts wrong passwords as well; the device goes on slowing guesses down."""
    client = half_signed_in(staff)
    for _ in range(3):
        give_code(client, "000000")
        answer = client.post("/api/auth/token", {"email": staff.login, "password": PASSWORD}, "application/json")
        assert answer.status_code == 200
    assert factors.wait_seconds(staff) > 0
    give_code(client, code_of(staff))
    assert not is_inside(client)


def test_a_password_is_good_for_five_minutes(staff: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = half_signed_in(staff)
    monkeypatch.setattr(pending, "SECONDS", -1)
    assert give_code(client, code_of(staff))["Location"] == LOGIN
    assert not is_inside(client)


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}, {"password": "another"}], ids=str)
def test_what_changes_between_the_steps_counts(staff: User, change: dict[str, Any]) -> None:
    client = half_signed_in(staff)
    code = code_of(staff)
    User.objects.filter(pk=staff.pk).update(**change)
    assert give_code(client, code)["Location"] == LOGIN
    assert not is_inside(client)


def test_the_second_step_needs_the_first(staff: User) -> None:
    client = Client()
    assert client.get(SECOND_FACTOR)["Location"] == LOGIN
    assert give_code(client, code_of(staff))["Location"] == LOGIN


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/admin/tasks/task/?q=x", "/admin/tasks/task/?q=x"),
        ("https://evil.example/", "/admin/"),
        ("//evil.example/", "/admin/"),
        ("javascript:alert(1)", "/admin/"),
    ],
)
def test_the_page_that_was_asked_for_comes_after_both_steps(staff: User, wanted: str, reached: str) -> None:
    client = Client()
    assert give_password(client, staff, next=wanted)["Location"] == SECOND_FACTOR
    assert give_code(client, code_of(staff))["Location"] == reached


def test_where_the_setting_is_off_the_password_signs_in(settings: Any, db: None) -> None:
    settings.STAFF_SECOND_FACTOR = False
    person = enrolled()
    TOTPDevice.objects.all().delete()
    client = Client()
    assert give_password(client, person)["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_who_has_a_factor_is_asked_for_it_even_then(settings: Any, staff: User) -> None:
    settings.STAFF_SECOND_FACTOR = False
    client = half_signed_in(staff)
    assert not is_inside(client)
    give_code(client, code_of(staff))
    assert is_inside(client)
