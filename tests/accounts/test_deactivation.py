"""People are deactivated and reactivated from the list, on record, and nobody shuts themselves out."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from apps.accounts.models import User
from tests.accounts.office import act, deactivate, messages_of, page_of, row

pytestmark = pytest.mark.django_db


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
