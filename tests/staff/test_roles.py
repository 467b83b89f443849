"""The table of roles, which the groups of staff are kept to."""

import io

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from apps.staff import roles
from tests.second_factor import enrolled, signed_in
from tests.staff.roles import (
    AUDITOR,
    OPERATIONS,
    SUPPORT,
)

pytestmark = pytest.mark.django_db


def names(role: str) -> set[str]:
    permissions = Group.objects.get(name=role).permissions.select_related("content_type")
    return {f"{one.content_type.app_label}.{one.codename}" for one in permissions}


def test_the_roles_are_there_after_migrate() -> None:
    assert names(SUPPORT) == {
        "accounts.view_user",
        "accounts.view_refusal",
        "tasks.view_task",
        "tasks.change_task",
    }
    assert names(OPERATIONS) >= names(SUPPORT) | {"accounts.deactivate_user", "accounts.export_user"}
    assert all(name.partition(".")[2].startswith("view_") for name in names(AUDITOR))
    assert names(AUDITOR) >= {"accounts.view_user", "tasks.view_task", "auth.view_group", "admin.view_logentry"}


def test_no_role_may_erase_or_edit_rights() -> None:
    for role in roles.ROLES:
        assert not names(role) & {"accounts.erase_user", "accounts.change_user", "auth.change_group"}


def test_the_command_restores_what_somebody_changed() -> None:
    before = {role: names(role) for role in roles.ROLES}
    Group.objects.get(name=SUPPORT).permissions.set(Permission.objects.all())
    Group.objects.get(name=AUDITOR).delete()
    own = Group.objects.create(name="Own")
    own.permissions.set(Permission.objects.all()[:3])
    call_command("sync_roles", stdout=io.StringIO(), stderr=io.StringIO())
    assert {role: names(role) for role in roles.ROLES} == before
    assert own.permissions.count() == 3


def test_a_line_that_fits_nothing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(roles.ROLES, SUPPORT, ("tasks.view_task", "tasks.no_such"))
    output = io.StringIO()
    call_command("sync_roles", stdout=io.StringIO(), stderr=output)
    assert "No permission is called tasks.no_such." in output.getvalue()
    assert names(SUPPORT) == {"tasks.view_task"}


def test_a_new_model_is_a_line_of_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(roles.ROLES, AUDITOR, ("sessions.view_*",))
    roles.sync()
    assert names(AUDITOR) == {"sessions.view_session"}


def test_a_ready_role_is_edited_by_nobody() -> None:
    client = signed_in(enrolled(is_superuser=True))
    group = Group.objects.get(name=SUPPORT)
    before = names(SUPPORT)
    page = f"/admin/auth/group/{group.pk}/"
    assert client.post(f"{page}change/", {"name": "Mine", "permissions": []}).status_code == 403
    assert client.post(f"{page}delete/", {"post": "yes"}).status_code == 403
    assert names(SUPPORT) == before
