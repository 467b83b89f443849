"""Every page for every role: who may open it, and what it offers them."""

import pytest
from django.contrib.admin.utils import quote

from apps.history.models import Change
from tests.staff.roles import (
    AUDITOR,
    BOSSES,
    EDITORS,
    EVERYONE,
    INSIDE,
    LEADS,
    READERS,
    SUPERUSER,
    Rows,
    client_of,
)

pytestmark = pytest.mark.django_db

PAGES: list[tuple[str, set[str]]] = [
    ("/admin/", INSIDE),
    ("/admin/security/", INSIDE),
    ("/admin/password_change/", INSIDE),
    ("/admin/jsi18n/", INSIDE),
    ("/admin/search/?s=task", INSIDE),
    ("/admin/accounts/user/", READERS),
    ("/admin/accounts/user/?q=some", READERS),
    ("/admin/accounts/user/somebody/change/", READERS),
    ("/admin/accounts/user/somebody/history/", READERS),
    ("/admin/accounts/user/somebody/restore/{person_state}/", LEADS),
    ("/admin/accounts/user/somebody/deactivate/", LEADS),
    ("/admin/accounts/user/gone/reactivate/", LEADS),
    ("/admin/accounts/user/{local}/sign-out/", LEADS),
    ("/admin/accounts/user/somebody/export/", LEADS),
    ("/admin/accounts/user/somebody/erase/", BOSSES),
    ("/admin/accounts/user/somebody/delete/", BOSSES),
    ("/admin/accounts/user/{local}/password/", BOSSES),
    ("/admin/accounts/user/add/", BOSSES),
    ("/admin/accounts/refusal/", READERS),
    ("/admin/accounts/refusal/{refusal}/change/", READERS),
    ("/admin/tasks/task/", READERS),
    ("/admin/tasks/task/{task}/change/", READERS),
    ("/admin/tasks/task/{task}/history/", READERS),
    ("/admin/tasks/task/{task}/restore/{task_state}/", EDITORS),
    ("/admin/tasks/task/{task}/delete/", BOSSES),
    ("/admin/tasks/task/add/", BOSSES),
    ("/admin/tasks/task/export/", LEADS),
    ("/admin/tasks/task/import/", LEADS),
    ("/admin/history/change/", {AUDITOR, SUPERUSER}),
    ("/admin/admin/logentry/", {AUDITOR, SUPERUSER}),
    ("/admin/auth/group/", {AUDITOR, SUPERUSER}),
    ("/admin/auth/group/{group}/change/", {AUDITOR, SUPERUSER}),
    ("/admin/auth/group/{group}/delete/", BOSSES),
    ("/admin/auth/group/add/", BOSSES),
]


@pytest.mark.parametrize("role", EVERYONE)
@pytest.mark.parametrize(("page", "allowed"), PAGES, ids=[page for page, _ in PAGES])
def test_a_page_opens_for_those_who_may(page: str, allowed: set[str], role: str) -> None:
    rows = Rows()
    path = page.format(
        local=quote(rows.local.pk),
        task=rows.task.pk,
        group=rows.group.pk,
        refusal=rows.refusal.pk,
        person_state=Change.objects.of_person("somebody").earliest("id").pk,
        task_state=Change.objects.of_task(rows.task.pk).earliest("id").pk,
    )
    expected = 200 if role in allowed else 403 if role in INSIDE else 302
    assert client_of(role).get(path).status_code == expected


@pytest.mark.parametrize("role", EVERYONE)
def test_an_export_is_for_those_who_may(role: str) -> None:
    Rows()
    answer = client_of(role).post("/admin/accounts/user/somebody/export/")
    assert (answer.status_code == 200) is (role in LEADS)


@pytest.mark.parametrize("role", sorted(READERS))
def test_the_list_offers_what_the_role_may_do(role: str) -> None:
    Rows()
    page = client_of(role).get("/admin/accounts/user/").content.decode()
    assert ('value="deactivate"' in page) is (role in LEADS)
    assert 'value="delete_selected"' not in page


@pytest.mark.parametrize("role", sorted(READERS))
def test_a_persons_page_offers_what_the_role_may_do(role: str) -> None:
    Rows()
    page = client_of(role).get("/admin/accounts/user/somebody/change/").content.decode()
    offered = {name for name in ("deactivate", "reactivate", "export", "erase") if f"somebody/{name}/" in page}
    expected = {"deactivate", "export", "erase"} if role == SUPERUSER else {"deactivate", "export"}
    assert offered == (expected if role in LEADS else set())
