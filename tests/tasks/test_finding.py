"""Finding: every filter and ordering of a list, alone and together, and a clear word for what is none."""

import string
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.tasks import searches
from apps.tasks.models import Priority, Status, Task
from apps.tasks.queries import day_of
from tests.conftest import client_for
from tests.factories import TaskFactory

NOW = timezone.now()
FIRST, LAST = datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 2, 28, tzinfo=UTC)
MILK, WRITE, CALL, TOOLS = "Buy milk", "Write report", "Call Zoë", "Reporting tools"


@pytest.fixture(params=["nearby", "by the index"])
def _either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A search looks at the first tasks, and then up in the index of words: here in the one, or in the other alone."""
    if request.param == "by the index":
        monkeypatch.setattr(searches, "NEARBY_ROWS", 1)


def found(api: APIClient, query: str) -> list[str]:
    answer = api.get(f"/api/tasks?{query}")
    assert answer.status_code == 200, answer.json()
    body = answer.json()
    assert body["count"] == len(body["results"])
    return [row["title"] for row in body["results"]]


@pytest.fixture
def tasks(alice: User, bob: User) -> None:
    """Alice's four, and Bob's, which fit every filter and are never found."""
    rows: list[dict[str, Any]] = [
        {"title": MILK, "status": Status.COMPLETED, "priority": Priority.LOW, "tags": ["home", "shop"], "due_at": NOW},
        {"title": WRITE, "priority": Priority.URGENT, "tags": ["work"], "due_at": NOW - timedelta(days=1)},
        {"title": CALL, "status": Status.IN_PROGRESS, "tags": ["home", "work"], "due_at": NOW + timedelta(days=3)},
        {"title": TOOLS},
    ]
    for owner in (alice, bob):
        for number, fields in enumerate(rows):
            times = {"created_at": FIRST + timedelta(days=number), "updated_at": LAST - timedelta(days=number)}
            TaskFactory.create(user=owner, description="", **times, **fields)


@pytest.mark.usefixtures("_either_way")
def test_every_sign_of_ascii_ends_a_word(api: APIClient, alice: User) -> None:
    """In a task and in what is looked for: no address, path, number or e-mail is one word."""
    titles = [f"left{sign}right.org" for sign in string.punctuation]
    for title in titles:
        TaskFactory.create(user=alice, title=title, description="")
    for words in ["left", "right", *titles]:
        assert found(api, f"search={quote(words)}&limit=50") == titles, words


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("status=pending", [WRITE, TOOLS]),
        ("status=pending&status=completed", [MILK, WRITE, TOOLS]),
        ("priority=urgent", [WRITE]),
        ("priority=low&priority=normal", [MILK, CALL, TOOLS]),
        ("search=milk", [MILK]),
        ("search=REPORT", [WRITE, TOOLS]),
        ("search=rep%20tool", [TOOLS]),
        ("search=zoë", [CALL]),
        ("search=report%20milk", []),
        ("search=%26%20%7C%20!%20%27%20%5C", []),
        ("search=milk%27%20%26", [MILK]),
        ("tags_any=home&tags_any=work", [MILK, WRITE, CALL]),
        ("tags_all=home&tags_all=work", [CALL]),
        ("tags_all=shop", [MILK]),
        ("tags_any=nope", []),
        ("tags_any=hom", []),
        ("tags_any=home%1Fbob&tags_any=nope", []),
        ("tags_all=home%1Fbob", []),
        ("overdue=true", [WRITE]),
        ("overdue=false", [MILK, CALL, TOOLS]),
        ("created_after=2026-01-02T00:00:00Z", [WRITE, CALL, TOOLS]),
        ("created_after=2026-01-03T00:00:00Z&created_before=2026-01-05T00:00:00Z", [CALL]),
        ("created_before=2026-01-03T01:00:00%2B01:00", [MILK]),
        ("updated_after=2026-02-26T00:00:00Z", [MILK, WRITE]),
        ("updated_before=2026-02-26T00:00:00Z", [TOOLS]),
        ("completed_after=2020-01-01T00:00:00Z", [MILK]),
        ("completed_before=2020-01-01T00:00:00Z", []),
        ("due_after=2026-01-01T00:00:00Z&due_before=9999-01-01T00:00:00Z", [MILK, WRITE, CALL]),
        ("status=pending&search=report&priority=urgent&tags_all=work&overdue=true", [WRITE]),
        ("ordering=created_at", [MILK, WRITE, CALL, TOOLS]),
        ("ordering=-created_at", [TOOLS, CALL, WRITE, MILK]),
        ("ordering=updated_at", [TOOLS, CALL, WRITE, MILK]),
        ("ordering=-id", [TOOLS, CALL, WRITE, MILK]),
        ("ordering=status", [MILK, CALL, WRITE, TOOLS]),
        ("ordering=-status", [TOOLS, WRITE, CALL, MILK]),
        ("ordering=priority", [MILK, CALL, TOOLS, WRITE]),
        ("ordering=-priority", [WRITE, TOOLS, CALL, MILK]),
        ("ordering=due_at", [WRITE, MILK, CALL, TOOLS]),
        ("ordering=-due_at", [TOOLS, CALL, MILK, WRITE]),
        ("ordering=-title&status=pending", [WRITE, TOOLS]),
        ("ordering=title", [MILK, CALL, TOOLS, WRITE]),
        ("ordering=completed_at", [MILK, WRITE, CALL, TOOLS]),
    ],
)
@pytest.mark.usefixtures("_either_way")
def test_each_filter_and_ordering(api: APIClient, tasks: None, query: str, titles: list[str]) -> None:
    assert found(api, query) == titles


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("status=done", "status"),
        ("status=pending&status=done", "status"),
        ("status=", "status"),
        ("priority=2", "priority"),
        ("ordering=user_id", "ordering"),
        ("ordering=title,-id", "ordering"),
        ("ordering=--title", "ordering"),
        ("ordering=id&ordering=title", "ordering"),
        ("ordering=deleted_at", "ordering"),
        ("search=", "search"),
        ("search=%00", "search"),
        ("search=" + "x" * 201, "search"),
        ("search=a&search=b", "search"),
        ("tags_any=", "tags_any"),
        ("tags_all=" + "x" * 51, "tags_all"),
        ("&".join(f"tags_any={number}" for number in range(21)), "tags_any"),
        ("overdue=yes", "overdue"),
        ("overdue=1", "overdue"),
        ("count=no", "count"),
        ("created_after=yesterday", "created_after"),
        ("created_after=2026-01-01", "created_after"),
        ("updated_before=2026-01-01T00:00:00", "updated_before"),
        ("due_on=someday", "due_on"),
        ("due_on=2026-02-30", "due_on"),
        ("due_on=2026-W05", "due_on"),
        ("due_on=20260131", "due_on"),
        ("due_on=2026-01-31%0A", "due_on"),
        ("due_on=0001-01-01&time_zone=Asia/Tokyo", "due_on"),
        ("due_after=2026-W05-6T09:30:00Z", "due_after"),
        ("due_on=9999-12-31", "due_on"),
        ("due_on=today&time_zone=Mars/Phobos", "time_zone"),
        ("due_on=today&time_zone=../../etc/passwd", "time_zone"),
        ("due_on=today&time_zone=Europe", "time_zone"),
        ("due_on=today&time_zone=localtime", "time_zone"),
        ("time_zone=Europe/Berlin", "time_zone"),
        ("colour=red", "colour"),
        ("tag=work", "tag"),
    ],
)
def test_what_is_none_is_named(api: APIClient, query: str, parameter: str) -> None:
    answer = api.get(f"/api/tasks?{query}")
    assert answer.status_code == 422
    assert {error["parameter"] for error in answer.json()["errors"]} == {parameter}


def test_all_wrong_parameters_are_named_at_once(api: APIClient) -> None:
    errors = api.get("/api/tasks?status=x&overdue=x&due_after=x").json()["errors"]
    assert {error["parameter"] for error in errors} == {"status", "overdue", "due_after"}


@pytest.mark.parametrize(
    ("day", "zone", "begin", "end"),
    [
        (0, "UTC", "2026-10-24T00:00Z", "2026-10-25T00:00Z"),
        (1, "UTC", "2026-10-25T00:00Z", "2026-10-26T00:00Z"),
        # A quarter past ten in the evening there is tomorrow in Auckland, and today in Berlin still for two hours.
        (0, "Pacific/Auckland", "2026-10-24T11:00Z", "2026-10-25T11:00Z"),
        (0, "Europe/Berlin", "2026-10-24T22:00Z", "2026-10-25T23:00Z"),
    ],
)
def test_a_day_is_where_one_lives_and_as_long_as_it_is_there(day: int, zone: str, begin: str, end: str) -> None:
    now = datetime(2026, 10, 24, 22, 15, tzinfo=UTC)
    expected = tuple(datetime.fromisoformat(text) for text in (begin, end))
    assert day_of(day, ZoneInfo(zone), now) == expected


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"])
def test_due_today_goes_by_the_time_zone(api: APIClient, alice: User, zone: str) -> None:
    midnight = datetime.now(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    day, instant = timedelta(days=1), timedelta(microseconds=1)
    for title, due_at in {
        "late": midnight - instant,
        "first": midnight,
        "last": midnight + day - instant,
        "next": midnight + day,
    }.items():
        TaskFactory.create(user=alice, title=title, due_at=due_at)
    assert found(api, f"due_on=today&time_zone={zone}") == ["first", "last"]
    assert found(api, f"due_on=tomorrow&time_zone={zone}") == ["next"]
    assert found(api, f"due_on={midnight.date()}&time_zone={zone}") == ["first", "last"]


def test_tags_with_their_counts(api: APIClient, tasks: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        body = api.get("/api/tasks/tags").json()
    assert body == {"results": [{"tag": "home", "count": 2}, {"tag": "work", "count": 2}, {"tag": "shop", "count": 1}]}
    assert len(api.get("/api/tasks/tags?limit=1").json()["results"]) == 1
    assert api.get("/api/tasks/tags?limit=0").status_code == 422


@pytest.mark.parametrize("title", ["it's", "a\\b", "@ alice", "x:*", "foo-bar baz", "user@example.com", "'quoted'"])
@pytest.mark.usefixtures("_either_way")
def test_words_of_every_shape_are_found_by_themselves(api: APIClient, alice: User, bob: User, title: str) -> None:
    TaskFactory.create(user=alice, title=title, description=None)
    TaskFactory.create(user=bob, title=title, description=None)
    answer = api.get("/api/tasks", {"search": title})
    assert [row["user_id"] for row in answer.json()["results"]] == ["alice"]


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("TASK-123 fix login", "123"),
        ("Ask john.smith@example.com", "john.smith@exam"),
        ("Ask john.smith@example.com", "smith"),
        ("Read https://example.com/docs/setup", "docs setup"),
        ("Cut release/2.5", "2.5"),
        ("Upgrade to v2.10.3", "v2.10"),
        ("Due 2026-02-06", "2026-02"),
        ("snake_case", "case"),
    ],
)
@pytest.mark.usefixtures("_either_way")
def test_the_parts_of_an_address_a_path_or_a_version_are_words(
    api: APIClient, alice: User, title: str, words: str
) -> None:
    TaskFactory.create(user=alice, title=title, description=None)
    assert found(api, f"search={quote(words)}") == [title]


@pytest.mark.parametrize("subject", ["o'brien", "back\\slash", "a & b", "@ alice", "名前", "' | '"])
@pytest.mark.usefixtures("_either_way")
def test_a_subject_of_any_shape_finds_its_own(subject: str, db: None, alice: User) -> None:
    client = client_for(subject)
    client.post("/api/tasks", {"title": "needle", "tags": ["@ alice"]})
    TaskFactory.create(user=alice, title="needle", tags=[f"@ {subject}"])
    for query in ({"search": "needle"}, {"tags_any": "@ alice"}, {"tags_all": "@ alice"}):
        assert [row["user_id"] for row in client.get("/api/tasks", query).json()["results"]] == [subject]
    assert Task.objects.count() == 2


@pytest.mark.usefixtures("_either_way")
def test_words_of_any_length_are_kept_and_found_by_their_beginnings(api: APIClient) -> None:
    """A key of the index has room for 2046 bytes, of which the owner takes some."""
    for length in (200, 250, 500, 1000, 1018, 1019, 1023, 2000):
        for letter in "aж名😀":
            body = {"title": f"{length}{letter}", "description": letter * length}
            assert api.post("/api/tasks", body).status_code == 201
    words = [f"{length}ж" for length in (200, 250, 500, 1000, 1018, 1019, 1023, 2000)]
    assert found(api, f"search={quote('ж' * 200)}") == words
    assert len(found(api, f"search={'a' * 200}")) == 8


@pytest.mark.usefixtures("_either_way")
@pytest.mark.parametrize("ordering", ["id", "-title", "due_at"])
def test_the_pages_of_a_search_are_all_that_it_finds(api: APIClient, alice: User, ordering: str) -> None:
    for number in range(30):
        title = f"Report {number}" if number % 3 == 0 else "Letter"
        TaskFactory.create(user=alice, title=title, description="", due_at=NOW)
    query = f"/api/tasks?search=rep&ordering={ordering}"
    whole = [row["id"] for row in api.get(query).json()["results"]]
    assert len(whole) == 10
    pages = [api.get(f"{query}&limit=4").json()]
    while cursor := pages[-1]["next_cursor"]:
        pages.append(api.get(f"{query}&limit=4&count=true&cursor={cursor}").json())
    assert [[row["id"] for row in page["results"]] for page in pages] == [whole[:4], whole[4:8], whole[8:]]
    assert [page["count"] for page in pages] == [10, 10, 10]
    back = api.get(f"{query}&limit=4&cursor={pages[-1]['previous_cursor']}").json()
    assert [row["id"] for row in back["results"]] == whole[4:8]
    for offset in (0, 8, 10, 20):
        page = api.get(f"{query}&limit=4&offset={offset}").json()
        assert ([row["id"] for row in page["results"]], page["count"]) == (whole[offset : offset + 4], 10)


def test_a_search_is_one_statement_for_who_has_few_tasks(
    api: APIClient, tasks: None, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for words in ("milk", "report", "nowhere"):
        with django_assert_num_queries(1):
            api.get(f"/api/tasks?search={words}")
    monkeypatch.setattr(searches, "NEARBY_ROWS", 4)
    with django_assert_num_queries(2):
        api.get("/api/tasks?search=milk")
