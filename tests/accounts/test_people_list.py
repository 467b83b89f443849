"""A hundred thousand people: each way through their list goes by an index and counts no more than it shows."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.test import Client

from apps.accounts.models import User
from apps.accounts.search import has_words
from apps.backoffice.estimates import COUNTED
from tests.factories import PersonFactory, local_account
from tests.filling import UNHURRIED

PEOPLE = "/admin/accounts/user/"
ROWS = 100_000
FILL = f"""
    INSERT INTO accounts_user (subject, email, name, password, is_superuser, is_staff, is_active, created_at)
    SELECT 'sub-' || n, 'person' || n || '@example' || n % 50 || '.com', 'Given' || n % 1000 || ' Family' || n, '!',
        false, n % 10000 = 0, n % 500 <> 0, now() - n * interval '1 minute'
    FROM generate_series(1, {ROWS}) AS n
"""


@pytest.fixture(scope="module")
def crowd(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Filled once for the module, around the transactions of its tests, and rolled back."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        with transaction.atomic():
            cursor.execute(UNHURRIED)
            cursor.execute(FILL)
            cursor.execute("INSERT INTO accounts_sighting (user_id, seen_at) SELECT subject, now() FROM accounts_user")
            cursor.execute("ANALYZE accounts_user, accounts_sighting")
            yield
            transaction.set_rollback(True)
        cursor.execute("ANALYZE accounts_user, accounts_sighting")


@pytest.fixture
def boss(crowd: None, db: None) -> Client:
    client = Client()
    client.force_login(local_account("boss@example.com", is_staff=True, is_superuser=True))
    return client


class Plans:
    """Explains every SELECT from people that a request makes."""

    def __init__(self) -> None:
        self.nodes: list[dict[str, Any]] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if sql.startswith("SELECT") and 'FROM "accounts_user"' in sql:
            cursor: CursorWrapper = connection.cursor()
            cursor.cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
            plan = cursor.cursor.fetchone()[0]
            self.nodes += self._flat((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])
        return execute(sql, params, many, context)

    def _flat(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        return [node, *(found for part in node.get("Plans", []) for found in self._flat(part))]

    @property
    def sequential(self) -> list[dict[str, Any]]:
        return [node for node in self.nodes if node["Node Type"] == "Seq Scan"]

    @property
    def wordy(self) -> list[dict[str, Any]]:
        """Where the words are made for row after row, in place of asking their index."""
        return [node for node in self.nodes if "accounts_search_keys" in node.get("Filter", "")]


WAYS = [
    {},
    {"p": "2"},
    {"p": "200"},
    {"o": "1"},
    {"o": "-1"},
    {"o": "7"},
    {"o": "-7"},
    {"is_active__exact": "0"},
    {"is_active__exact": "1"},
    {"is_staff__exact": "1"},
    {"is_staff__exact": "0"},
    {"is_active__exact": "0", "is_staff__exact": "1"},
    {"created_at__gte": "2026-01-01 00:00:00+00:00", "created_at__lt": "2026-01-02 00:00:00+00:00"},
    {"q": "sub-4711"},
    {"q": "person4711@example11.com"},
    {"q": "PERSON4711"},
    {"q": "family4711"},
    {"q": "given7 family47"},
    {"q": "example7.com"},
    {"q": "p"},
    {"q": "sub"},
    {"q": "nobody at all"},
    {"q": "given7", "is_active__exact": "0", "p": "1"},
]


@pytest.mark.parametrize("query", WAYS, ids=str)
def test_no_way_reads_the_table(boss: Client, query: dict[str, str]) -> None:
    plans = Plans()
    with connection.execute_wrapper(plans):
        assert boss.get(PEOPLE, query).status_code == 200
    assert plans.nodes
    assert plans.sequential == []


@pytest.mark.parametrize("words", ["sub-4711", "PERSON4711", "given7 family47", "example7.com", "nobody at all"])
def test_words_of_few_people_are_asked_of_their_index(boss: Client, words: str) -> None:
    """Where nearly everybody has the word, the newest ten thousand are looked at one by one, which is less."""
    plans = Plans()
    with connection.execute_wrapper(plans):
        boss.get(PEOPLE, {"q": words})
    assert plans.wordy == []


def test_the_look_for_scans_finds_one(boss: Client) -> None:
    plans = Plans()
    with connection.execute_wrapper(plans):
        list(User.objects.filter(name__icontains="4711"))
    assert len(plans.sequential) == 1


def test_the_person_of_a_task_is_looked_up_by_the_index(boss: Client) -> None:
    plans = Plans()
    query = {"app_label": "tasks", "model_name": "task", "field_name": "user", "term": "person4711@"}
    with connection.execute_wrapper(plans):
        found = boss.get("/admin/autocomplete/", query).json()["results"]
    assert [person["id"] for person in found] == ["sub-4711"]
    assert plans.sequential == []


def test_the_list_says_how_much_of_it_can_be_paged_through(boss: Client) -> None:
    page = " ".join(boss.get(PEOPLE).content.decode().split())
    told = re.search(r"about ([\d,]+) people ?; the first ([\d,]+) can be paged through", page)
    assert told is not None
    assert int(told[2].replace(",", "")) == COUNTED
    assert abs(int(told[1].replace(",", "")) - ROWS) < ROWS / 20
    assert "0 results" not in page


def test_a_short_list_is_counted(boss: Client) -> None:
    answer = boss.get(PEOPLE, {"is_active__exact": "0"})
    assert answer.context["cl"].result_count == ROWS // 500
    assert "can be paged through" not in answer.content.decode()


def test_the_last_page_that_can_be_reached_opens(boss: Client) -> None:
    last = COUNTED // 50
    assert len(boss.get(PEOPLE, {"p": str(last)}).context["cl"].result_list) == 50
    beyond = boss.get(PEOPLE, {"p": str(last + 1)}).context["cl"]
    assert (beyond.page_num, len(beyond.result_list)) == (1, 50)


def test_no_facet_counts_the_table(boss: Client) -> None:
    plans = Plans()
    with connection.execute_wrapper(plans):
        boss.get(PEOPLE, {"_facets": "True"})
    assert plans.sequential == []


# --- What is found


@pytest.mark.parametrize(
    "words",
    ["zoë", "ZOË ünal", "ünal zoë", "sub-z", "zoe.u@else", "elsewhere", "example", "zoe.u", "o'brien", "back\\s"],
)
def test_the_beginning_of_each_word_finds_a_person(db: None, words: str) -> None:
    PersonFactory.create(subject="sub-zoe", name="Zoë Ünal O'Brien back\\slash", email="Zoe.U@elsewhere.example")
    PersonFactory.create(subject="other", name="Other", email="other@somewhere.net")
    found = User.objects.filter(has_words(words)).exclude(name__startswith="Given")
    assert [person.pk for person in found] == ["sub-zoe"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Björn Ånäs", "bjorn anas"),
        ("Bjorn", "BJÖRN"),
        ("Zoe\u0308", "zoë"),
        ("Straße", "STRASSE"),
        ("Łukasz", "lukasz"),
        ("Søren", "soren"),
        ("Γιώργος", "ΓΙΩΡΓΟΣ"),
        ("Дмитрий Фёдоров", "ФЕДОРОВ"),
        ("İbrahim", "ibrahim"),
        ("王小明", "小明"),
        ("王小明", "王小明"),
        ("山田\u3000太郎", "太郎"),
        ("ชูใจ เลิศล้ำ", "ใจ"),
        ("علی\u200cرضا", "علیرضا"),
        ("Sinéad O’Connor", "sinead o'connor"),
        ("Ada 🎉", "🎉"),
        ("Jean‐Luc", "jean-luc"),
        ("ＡＤＡ", "ada"),
    ],
)
def test_a_name_is_found_in_any_spelling(db: None, name: str, words: str) -> None:
    PersonFactory.create(subject="sought", name=name, email="")
    PersonFactory.create(subject="other", name="Other", email="other@somewhere.net")
    assert [person.pk for person in User.objects.filter(has_words(words))] == ["sought"]


@pytest.mark.parametrize(
    "words", ["oë", "'", "''", "\\", ":*", "& |", "!zoë", "zoë:b", "a" * 3000, "<->", "(", "%", "_"]
)
def test_odd_words_find_nobody_and_crash_nothing(db: None, words: str) -> None:
    PersonFactory.create(subject="sub-zoe", name="Zoë", email="zoe@elsewhere.example")
    assert not User.objects.filter(has_words(words)).exists()


def test_staff_with_the_right_to_look_alone_search_as_well(crowd: None, db: None) -> None:
    person = local_account("looker@example.com", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename="view_user"))
    client = Client()
    client.force_login(person)
    assert [found.pk for found in client.get(PEOPLE, {"q": "person4711@"}).context["cl"].result_list] == ["sub-4711"]
