"""A first sign-in sets up the second factor: a key, a code of it, and ten recovery codes shown once."""

import io
import re
import time
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.test import Client
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from apps.accounts.models import User
from tests.factories import local_account
from tests.second_factor import (
    ENROL,
    LOGIN,
    SECOND_FACTOR,
    code_at,
    code_of,
    enrolled,
    give_code,
    half_signed_in,
    signed_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def newcomer(db: None) -> User:
    return local_account("newcomer@example.com", is_staff=True, is_superuser=True)


def offered_key(client: Client) -> str:
    client.get(ENROL)
    return str(client.session["staff_enrolment_key"])


def enrol(client: Client, steps: int = 0) -> Any:
    return client.post(ENROL, {"code": code_at(offered_key(client), time.time() + 30 * steps)})


def codes_on(answer: Any) -> list[str]:
    return re.findall(r"<li>([0-9a-f]{5}-[0-9a-f]{5})</li>", answer.content.decode())


def test_a_newcomer_enrols_and_is_inside(newcomer: User) -> None:
    client = half_signed_in(newcomer)
    assert client.get("/admin/").status_code == 302
    answer = enrol(client)
    assert len(set(codes_on(answer))) == 10
    assert client.get("/admin/").status_code == 200
    assert TOTPDevice.objects.get(user=newcomer).confirmed
    assert LogEntry.objects.get().change_message == "Second factor set up."


def test_the_picture_and_the_key_come_from_our_own_server(newcomer: User) -> None:
    client = half_signed_in(newcomer)
    page = client.get(ENROL).content.decode()
    assert 'src="data:image/svg+xml' in page
    assert "newcomer@example.com" in page
    assert not re.search(r'(src|href)="(https?:)?//', page)


def test_the_key_stays_the_same_until_it_is_confirmed(newcomer: User) -> None:
    client = half_signed_in(newcomer)
    assert offered_key(client) == offered_key(client)


def test_a_wrong_code_enrols_nothing(newcomer: User) -> None:
    client = half_signed_in(newcomer)
    client.get(ENROL)
    answer = client.post(ENROL, {"code": "000000"})
    assert "not the code" in answer.content.decode()
    assert not TOTPDevice.objects.exists()
    assert client.get("/admin/").status_code == 302


def test_the_code_of_the_enrolment_does_not_sign_in_again(newcomer: User) -> None:
    enrol(half_signed_in(newcomer))
    device = TOTPDevice.objects.get()
    client = half_signed_in(newcomer)
    give_code(client, code_at(device.key, device.last_t * 30))
    assert client.get("/admin/").status_code == 302


def test_recovery_codes_are_stored_as_digests(newcomer: User) -> None:
    codes = codes_on(enrol(half_signed_in(newcomer)))
    stored = set(StaticToken.objects.values_list("token", flat=True))
    assert len(stored) == 10
    assert not stored & ({*codes} | {code.replace("-", "") for code in codes})


@pytest.mark.parametrize("spelling", [str, str.upper, lambda code: code.replace("-", " ")])
def test_a_recovery_code_signs_in_once(newcomer: User, spelling: Any) -> None:
    code = spelling(codes_on(enrol(half_signed_in(newcomer)))[0])
    client = half_signed_in(newcomer)
    assert give_code(client, code).status_code == 302
    assert client.get("/admin/").status_code == 200
    again = half_signed_in(newcomer)
    give_code(again, code)
    assert again.get("/admin/").status_code == 302
    assert StaticToken.objects.count() == 9


def test_a_colleagues_recovery_code_is_refused(newcomer: User, staff: User) -> None:
    code = codes_on(enrol(half_signed_in(newcomer)))[0]
    client = half_signed_in(staff)
    give_code(client, code)
    assert client.get("/admin/").status_code == 302


def test_who_has_a_factor_does_not_enrol_another_with_the_password(staff: User) -> None:
    client = half_signed_in(staff)
    key = TOTPDevice.objects.get().key
    assert client.get(ENROL)["Location"] == LOGIN
    session = client.session
    session["staff_enrolment_key"] = "00" * 20
    session.save()
    assert client.post(ENROL, {"code": code_at("00" * 20, time.time())})["Location"] == LOGIN
    assert TOTPDevice.objects.get().key == key


def test_of_two_enrolments_at_once_the_second_is_refused(newcomer: User) -> None:
    first, second = half_signed_in(newcomer), half_signed_in(newcomer)
    offered_key(second)
    enrol(first)
    key = TOTPDevice.objects.get().key
    assert enrol(second)["Location"] == LOGIN
    assert TOTPDevice.objects.get().key == key


def test_nobody_enrols_without_the_password(newcomer: User) -> None:
    assert Client().get(ENROL)["Location"] == LOGIN
    assert Client().post(ENROL, {"code": "000000"})["Location"] == LOGIN


def test_sessions_from_before_the_enrolment_end(newcomer: User, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False
    before = Client()
    before.force_login(newcomer)
    assert before.get("/admin/").status_code == 200
    client = Client()
    client.force_login(newcomer)
    enrol(client)
    assert client.get("/admin/").status_code == 200
    assert before.get("/admin/").status_code == 302


def test_another_authenticator_needs_a_code_of_the_one_before(staff: User) -> None:
    client = signed_in(staff)
    key = TOTPDevice.objects.get().key
    assert client.get(ENROL)["Location"] == LOGIN
    assert client.post("/admin/security/replace/", {"code": "000000"}).status_code == 200
    assert client.get(ENROL)["Location"] == LOGIN
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert client.post("/admin/security/replace/", {"code": code_of(staff)})["Location"] == ENROL
    assert TOTPDevice.objects.get().key == key
    assert len(codes_on(enrol(client))) == 10
    assert TOTPDevice.objects.get().key != key
    assert client.get("/admin/").status_code == 200
    # One code bought one enrolment.
    assert client.get(ENROL)["Location"] == LOGIN


def test_new_recovery_codes_need_a_code_and_end_the_old(newcomer: User) -> None:
    client = half_signed_in(newcomer)
    old = codes_on(enrol(client, steps=-1))[0]
    assert client.post("/admin/security/codes/", {"code": "000000"}).status_code == 200
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    new = codes_on(client.post("/admin/security/codes/", {"code": code_of(newcomer)}))
    assert len(new) == 10
    give_code(half_signed_in(newcomer), old)
    assert StaticToken.objects.count() == 10
    assert "10 of your recovery codes" in client.get("/admin/security/").content.decode()


def test_a_superuser_resets_a_colleagues_factor_and_it_is_on_record(staff: User) -> None:
    colleague = enrolled("colleague@example.com")
    theirs, mine = signed_in(colleague), signed_in(staff)
    page = f"/admin/accounts/user/{colleague.pk.replace(':', '_3A')}/reset-factor/"
    assert mine.get(page).status_code == 200
    assert TOTPDevice.objects.filter(user=colleague).exists()
    assert mine.post(page).status_code == 302
    assert not TOTPDevice.objects.filter(user=colleague).exists()
    assert theirs.get("/admin/").status_code == 302
    entry = LogEntry.objects.get(object_id=colleague.pk)
    assert (entry.user_id, entry.change_message) == (staff.pk, "Second factor reset.")
    assert half_signed_in(colleague).get(SECOND_FACTOR)["Location"] == ENROL


def test_nobody_else_resets_a_factor(staff: User) -> None:
    colleague = enrolled("colleague@example.com")
    page = f"/admin/accounts/user/{staff.pk.replace(':', '_3A')}/reset-factor/"
    assert signed_in(colleague).post(page).status_code == 403
    assert signed_in(staff).post(page).status_code == 403
    assert TOTPDevice.objects.filter(user=staff).exists()


def test_the_last_superuser_is_let_in_from_the_command_line(staff: User) -> None:
    client = signed_in(staff)
    with pytest.raises(CommandError, match="Nobody signs in as nobody"):
        call_command("reset_second_factor", "nobody@example.com")
    call_command("reset_second_factor", "STAFF@example.com", stdout=io.StringIO())
    assert not TOTPDevice.objects.exists()
    assert client.get("/admin/").status_code == 302
