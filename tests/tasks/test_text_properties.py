"""Texts put together at random: what one way of writing takes the others take, and everything taken can be read."""

import csv
import io
import json
import unicodedata
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.tasks.models import Task
from apps.tasks.office.bulk import BulkForm
from apps.tasks.office.imports import RowForm
from apps.values.folding import folded
from tests.colleagues import superuser
from tests.forms import untouched

EXAMPLES = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
ODD = st.sampled_from([*"\t\n\x07\x85\x7f\u200b\u2060\ufeff\u2800\u3164\u00ad\u202e\u2028\u00a0\u3000\ufe0f\u200d aé"])
# Half a surrogate pair and a NUL are refused by every way of writing, and no database holds them.
ANY = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
LINES = st.text(ODD, max_size=6) | st.text(ODD | ANY, max_size=12)
READABLE = st.text(st.characters(categories=("L", "M", "N", "P", "S", "Zs", "Co")), min_size=1, max_size=30)


@pytest.fixture
def boss(db: None) -> Client:
    return superuser()


def undone(act: Any) -> Any:
    """The result of `act`, whose writes are rolled back."""
    with transaction.atomic():
        result = act()
        transaction.set_rollback(True)
    return result


def is_taken_by_form(boss: Client, page: str, task: Task, **values: str) -> bool:
    answer = boss.post(page, {**untouched(boss.get(page).content.decode(), "task_form"), **values})
    assert answer.status_code in {200, 302}
    return bool(answer.status_code == 302)


def has_constraint(title: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("INSERT INTO tasks_task (user_id, title) VALUES ('alice', %s)", [title])
    except Exception:
        return False
    return True


@given(title=LINES)
@EXAMPLES
def test_a_title_is_taken_by_all_ways_of_writing_or_by_none(
    api: APIClient, boss: Client, task: Task, title: str
) -> None:
    def written() -> tuple[bool, bool, bool]:
        answer = api.post("/api/tasks", {"title": title})
        many = api.post("/api/tasks/bulk", {"create": [{"title": title}]})
        assert answer.status_code in {201, 422}
        assert many.status_code in {200, 422}
        if answer.status_code == 201:
            assert answer.json()["title"] == title.strip() == many.json()["created"][0]["title"]
        form = is_taken_by_form(boss, f"/admin/tasks/task/{task.pk}/change/", task, title=title)
        return answer.status_code == 201, many.status_code == 200, form

    taken = {*undone(written), not RowForm({"title": title, "user_id": "alice"}).errors}
    assert len(taken) == 1, ascii(title)
    # The database itself refuses what shows nothing, and leaves control characters to those above.
    if taken == {True}:
        assert undone(lambda: has_constraint(title.strip()))


@given(tags=st.lists(LINES, min_size=1, max_size=3, unique=True))
@EXAMPLES
def test_a_tag_is_taken_by_all_ways_of_writing_or_by_none(api: APIClient, alice: User, tags: list[str]) -> None:
    # In a form a line end stands between two tags, and an empty line is no tag.
    tags = [tag for tag in tags if len(tag.splitlines()) == 1 and tag.strip()]
    answer = undone(lambda: api.post("/api/tasks", {"title": "x", "tags": tags}))
    form = BulkForm({"add_tags": "\n".join(tags), "status": "pending"})
    assert (answer.status_code == 201) == form.is_valid(), (ascii(tags), form.errors)
    if answer.status_code == 201:
        stored = answer.json()["tags"]
        assert stored == list(dict.fromkeys(form.cleaned_data["add_tags"]))
        assert stored == [unicodedata.normalize("NFC", tag) for tag in stored]


@given(text=READABLE, form=st.sampled_from(["NFC", "NFD"]), case=st.sampled_from(["lower", "upper", "casefold"]))
@EXAMPLES
def test_a_text_is_found_by_each_spelling_of_itself(api: APIClient, text: str, form: Any, case: str) -> None:
    """Composed and decomposed, in capitals and small letters."""
    # The iota subscript is a mark to us, and a letter in capitals to Unicode.
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).replace("\u0345", ""))
    spelled = unicodedata.normalize(form, getattr(text, case)())[:200]

    def found() -> tuple[int, list[str]]:
        answer = api.post("/api/tasks", {"title": text})
        if answer.status_code != 201 or not spelled.strip():
            return 422, []
        page = api.get("/api/tasks", {"search": spelled}).json()
        return 201, [row["title"] for row in page["results"]]

    status, titles = undone(found)
    if status == 201 and has_a_word(text):
        assert titles == [text.strip()], (ascii(text), ascii(spelled))


def has_a_word(text: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tasks_search_query(%s, NULL) IS NOT NULL", [text])
        return bool(cursor.fetchone()[0])


@given(titles=st.lists(READABLE, min_size=2, max_size=6))
@EXAMPLES
def test_titles_are_in_the_order_of_what_they_fold_to(api: APIClient, titles: list[str]) -> None:
    def listed() -> list[str]:
        for title in titles:
            api.post("/api/tasks", {"title": title})
        return [row["title"] for row in api.get("/api/tasks?ordering=title").json()["results"]]

    found = undone(listed)
    keys = [folded(title).encode() for title in found]
    assert keys == sorted(keys)


@given(titles=st.lists(LINES, min_size=5, max_size=10), texts=st.lists(st.text(ODD | ANY, max_size=20), min_size=5))
@EXAMPLES
def test_what_is_taken_is_read_on_every_page_and_in_every_export(
    api: APIClient, boss: Client, titles: list[str], texts: list[str]
) -> None:
    def read() -> None:
        made = []
        for title, text in zip(titles, texts, strict=False):
            answer = api.post("/api/tasks", {"title": title, "description": text, "tags": ["a"]})
            assert answer.status_code in {201, 422}
            made += [answer.json()] if answer.status_code == 201 else []
        listed = api.get("/api/tasks").json()["results"]
        assert [(row["title"], row["description"]) for row in listed] == [
            (row["title"], row["description"]) for row in made
        ]
        assert boss.get("/admin/tasks/task/").status_code == 200
        for row in made:
            for page in ("change", "history"):
                assert boss.get(f"/admin/tasks/task/{row['id']}/{page}/").status_code == 200
        wanted = [row["title"] for row in made]
        exports = {kind: exported(boss, kind) for kind in ("json", "csv", "xlsx")}
        assert [row["title"] for row in json.loads(exports["json"])] == wanted
        rows = list(csv.DictReader(io.StringIO(exports["csv"].decode("utf-8-sig"), newline="")))
        assert len(rows) == len(wanted)
        sheet = openpyxl.load_workbook(io.BytesIO(exports["xlsx"])).worksheets[0]
        assert sheet.max_row == len(wanted) + 1

    undone(read)


def exported(boss: Client, kind: str) -> bytes:
    answer = boss.get("/admin/tasks/task/export/", {"format": kind})
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # the test client's type is narrower


@given(text=st.text(ODD | ANY, max_size=12))
@EXAMPLES
def test_the_model_refuses_what_the_api_refuses(db: None, api: APIClient, text: str) -> None:
    answer = undone(lambda: api.post("/api/tasks", {"title": text}))
    try:
        Task(title=text.strip(), user_id="alice").full_clean()
    except ValidationError:
        assert answer.status_code == 422
    else:
        assert answer.status_code == 201
