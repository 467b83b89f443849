"""The changes feed: whoever follows it holds exactly what the server holds, whoever writes meanwhile."""

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import psycopg2
import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.tasks.models import Feed, Tombstone
from tests.conftest import client_for
from tests.factories import PersonFactory, TaskFactory
from tests.servers import Gunicorn
from tests.tokens import shared_secret_token

FEED = "/api/tasks/changes"
pytestmark = pytest.mark.django_db(transaction=True)


class Follower:
    """A client: a task for each id, and where it stands."""

    def __init__(self, get: Callable[[str], Any]) -> None:
        """`get` answers a path with the JSON at it."""
        self.get = get
        self.tasks: dict[int, Any] = {}
        self.next: str | None = None

    def follow(self, limit: int = 200) -> list[dict[str, Any]]:
        """Reads to the end; the changes that came."""
        came = []
        while True:
            body = self.get(f"{FEED}?limit={limit}" + (f"&since={self.next}" if self.next else ""))
            came += body["results"]
            self.next = body["next"]
            if not body["has_more"]:
                break
        for change in came:
            if change["deleted"]:
                self.tasks.pop(change["id"], None)
            else:
                self.tasks[change["id"]] = change["task"]
        return came

    def holds_what_the_server_holds(self) -> bool:
        body = self.get("/api/tasks?limit=200")
        assert body["next"] is None
        return self.tasks == {row["id"]: row for row in body["results"]}


@pytest.fixture
def follower(api: APIClient) -> Follower:
    return following(api)


def following(api: APIClient) -> Follower:
    return Follower(lambda path: api.get(path).json())


def test_from_nothing_it_tells_of_all(follower: Follower, alice: User, bob: User) -> None:
    TaskFactory.create_batch(7, user=alice)
    TaskFactory.create_batch(2, user=bob)
    assert len(follower.follow(limit=3)) == 7
    assert follower.holds_what_the_server_holds()
    assert follower.follow() == []


def test_every_kind_of_change_once_in_its_last_state(follower: Follower, api: APIClient, alice: User) -> None:
    changed, doomed, gone, restored, untouched = TaskFactory.create_batch(5, user=alice)
    follower.follow()
    api.patch(f"/api/tasks/{changed.pk}", {"title": "one"})
    api.patch(f"/api/tasks/{changed.pk}", {"title": "two"})
    for task in (doomed, gone, restored):
        api.delete(f"/api/tasks/{task.pk}")
    api.delete(f"/api/tasks/trash/{gone.pk}")
    api.post(f"/api/tasks/{restored.pk}/restore")
    new = api.post("/api/tasks", {"title": "new"}).json()
    came = follower.follow(limit=2)
    assert {change["id"]: change["deleted"] for change in came} == {
        changed.pk: False,
        doomed.pk: True,
        gone.pk: True,
        restored.pk: False,
        new["id"]: False,
    }
    assert len(came) == 5
    assert follower.tasks[changed.pk]["title"] == "two"
    assert untouched.pk in follower.tasks
    assert follower.holds_what_the_server_holds()


def test_a_change_by_hand_or_in_bulk_is_told_too(follower: Follower, api: APIClient, alice: User) -> None:
    tasks = TaskFactory.create_batch(4, user=alice)
    follower.follow()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE tasks_task SET title = 'by hand' WHERE id = %s", [tasks[0].pk])
        cursor.execute("DELETE FROM tasks_task WHERE id = %s", [tasks[1].pk])
    api.post("/api/tasks/bulk", {"create": [{"title": "x"}], "delete": [tasks[2].pk]})
    assert len(follower.follow(limit=1)) == 4
    assert follower.holds_what_the_server_holds()


def test_a_page_costs_one_statement(follower: Follower, alice: User, django_assert_num_queries: Any) -> None:
    TaskFactory.create_batch(5, user=alice)
    follower.follow()
    with django_assert_num_queries(1):
        follower.follow()


def other_connection() -> Any:
    parameters = connection.get_connection_params()
    for name in ("cursor_factory", "context"):
        parameters.pop(name, None)
    return psycopg2.connect(**parameters)


def test_what_began_early_and_committed_late_is_told(follower: Follower, api: APIClient, alice: User) -> None:
    """By the highest number seen, or by a clock, the early writer would be passed over."""
    TaskFactory.create(user=alice)
    follower.follow()
    early = other_connection()
    try:
        with early.cursor() as cursor:
            cursor.execute("INSERT INTO tasks_task (title, user_id) VALUES ('early', 'alice')")
        late = api.post("/api/tasks", {"title": "late"}).json()
        told_meanwhile = follower.follow()
        early.commit()
    finally:
        early.close()
    told = told_meanwhile + follower.follow()
    assert {change["task"]["title"] for change in told} == {"early", "late"}
    assert late["id"] in follower.tasks
    assert follower.holds_what_the_server_holds()


@pytest.fixture
def stranger() -> Iterator[Any]:
    """A transaction in another database of the same server, which has a number and stays open."""
    session = psycopg2.connect(os.environ["DATABASE_URL_UNPOOLED"] or os.environ["DATABASE_URL"])
    with session.cursor() as cursor:
        cursor.execute("SELECT current_database() <> %s, pg_current_xact_id()", [connection.settings_dict["NAME"]])
        assert cursor.fetchall()[0][0] is True
    yield session
    session.close()


def test_a_feed_that_is_held_back_says_so(api: APIClient, alice: User, bob: User, stranger: Any) -> None:
    since = api.get(FEED).json()["next"]
    task = api.post("/api/tasks", {"title": "committed"}).json()
    body = api.get(f"{FEED}?since={since}").json()
    assert (body["results"], body["has_more"], body["held_back"]) == ([], False, True)
    # Of others' changes it says nothing.
    assert client_for("bob").get(FEED).json()["held_back"] is False
    stranger.rollback()
    body = api.get(f"{FEED}?since={body['next']}").json()
    assert [change["id"] for change in body["results"]] == [task["id"]]
    assert body["held_back"] is False


def test_a_deletion_for_good_that_is_held_back_is_told_too(
    api: APIClient, follower: Follower, alice: User, stranger: Any
) -> None:
    stranger.rollback()
    task = TaskFactory.create(user=alice)
    follower.follow()
    stranger.cursor().execute("SELECT pg_current_xact_id()")
    task.delete()
    assert api.get(f"{FEED}?since={follower.next}").json()["held_back"] is True
    stranger.rollback()
    assert api.get(f"{FEED}?since={follower.next}").json()["held_back"] is False


def test_one_that_has_nothing_to_hold_back_does_not(api: APIClient, alice: User, follower: Follower) -> None:
    """Whoever begins later, or only reads, holds back nothing."""
    TaskFactory.create(user=alice)
    follower.follow()
    for statement in ("SELECT 1", "SELECT pg_current_xact_id()"):
        later = other_connection()
        later.cursor().execute(statement)
        assert api.get(f"{FEED}?since={follower.next}").json()["held_back"] is False
        later.close()


def test_what_was_rolled_back_never_was(follower: Follower, alice: User) -> None:
    other = other_connection()
    with other.cursor() as cursor:
        cursor.execute("INSERT INTO tasks_task (title, user_id) VALUES ('never', 'alice')")
    other.rollback()
    other.close()
    assert follower.follow() == []


def test_a_cursor_is_its_owners(follower: Follower, api: APIClient, alice: User, bob: User) -> None:
    TaskFactory.create_batch(2, user=alice)
    first = api.get(f"{FEED}?limit=1").json()
    assert api.get(FEED, {"since": first["next"]}).status_code == 200
    page = api.get("/api/tasks?limit=1").json()["next_cursor"]
    for client, since in ((client_for("bob"), first["next"]), (api, page), (api, first["next"][:-2]), (api, "x")):
        answer = client.get(FEED, {"since": since})
        assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "since")
    assert client_for("bob").get(FEED).json()["results"] == []


class TestTombstonesThatAreGone:
    @pytest.fixture(autouse=True)
    def _stale(self, follower: Follower, api: APIClient, alice: User) -> None:
        """A follower that stayed away while a task was deleted for good, and its tombstone had its time."""
        task = TaskFactory.create(user=alice)
        TaskFactory.create_batch(3, user=alice)
        follower.follow()
        task.delete()
        Tombstone.objects.update(deleted_at=timezone.now() - timedelta(days=91))

    def test_one_that_missed_them_begins_anew(self, follower: Follower, api: APIClient) -> None:
        call_command("purge")
        answer = api.get(f"{FEED}?since={follower.next}")
        assert (answer.status_code, answer.json()["type"]) == (410, "/problems/cursor-gone")
        anew = following(api)
        anew.follow(limit=1)
        assert anew.holds_what_the_server_holds()

    def test_one_that_did_not_goes_on(self, follower: Follower) -> None:
        follower.follow()
        call_command("purge")
        assert follower.follow() == []
        assert follower.holds_what_the_server_holds()

    def test_one_that_is_just_reading_all_goes_on(self, follower: Follower, api: APIClient) -> None:
        begun = api.get(f"{FEED}?limit=1").json()
        Tombstone.objects.update(changed_in="3")
        call_command("purge")
        assert api.get(FEED, {"since": begun["next"], "limit": 1}).status_code == 200


def test_who_was_erased_and_came_back_begins_anew(follower: Follower, api: APIClient, alice: User) -> None:
    TaskFactory.create(user=alice)
    follower.follow()
    alice.delete()
    PersonFactory.create(subject="alice")
    assert api.get(f"{FEED}?since={follower.next}").status_code == 410
    follower.next, follower.tasks = None, {}
    follower.follow()
    assert follower.holds_what_the_server_holds()


def test_in_a_restored_database_the_feed_begins_anew(follower: Follower, api: APIClient, alice: User) -> None:
    """There, rows bear numbers of transactions that are yet to come."""
    task = TaskFactory.create(user=alice)
    follower.follow()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tasks_task DISABLE TRIGGER tasks_task_touched")
        cursor.execute("UPDATE tasks_task SET changed_in = '9000000000000'::xid8")
        cursor.execute("ALTER TABLE tasks_task ENABLE TRIGGER tasks_task_touched")
    before = Feed.objects.get().epoch
    call_command("renew_changes")
    assert Feed.objects.get().epoch != before
    assert api.get(f"{FEED}?since={follower.next}").status_code == 410
    anew = following(api)
    anew.follow()
    assert anew.holds_what_the_server_holds()
    task.refresh_from_db()
    assert task.version == 1


def write_at_random(live: Gunicorn, token: str, seed: int) -> None:
    """Thirty requests that create, change, delete, and delete for good."""
    dice, mine = random.Random(seed), list[int]()

    def create() -> None:
        mine.append(live.call("POST", "/api/tasks", token=token, body={"title": f"by {seed}"}).json["id"])

    def change() -> None:
        live.call("PATCH", f"/api/tasks/{dice.choice(mine)}", token=token, body={"title": f"again by {seed}"})

    def delete() -> None:
        doomed = mine.pop(dice.randrange(len(mine)))
        live.call("DELETE", f"/api/tasks/{doomed}", token=token)
        if dice.random() < 0.5:
            live.call("DELETE", f"/api/tasks/trash/{doomed}", token=token)

    for _ in range(30):
        deed = dice.choice([create, create, change, delete])
        (deed if mine else create)()


def write_slowly(live: Gunicorn, subject: str, seed: int) -> None:
    """Transactions that begin early and commit late."""
    dice = random.Random(seed)
    slow = psycopg2.connect(live.database.url)
    for _ in range(8):
        with slow, slow.cursor() as cursor:
            cursor.execute("INSERT INTO tasks_task (title, user_id) VALUES ('slow', %s)", [subject])
            time.sleep(dice.random() / 20)
    slow.close()


@pytest.mark.parametrize("seed", [10, 20, 30])
def test_with_writers_at_once_the_follower_ends_equal(live: Gunicorn, seed: int) -> None:
    """Over two workers, while a follower reads all the while."""
    subject = f"feed-{seed}"
    token = shared_secret_token(subject)
    follower = Follower(lambda path: live.call("GET", path, token=token).json)
    follower.follow()
    done = threading.Event()

    def follow() -> None:
        while not done.is_set():
            follower.follow(limit=5)

    with ThreadPoolExecutor(8) as pool:
        reader = pool.submit(follow)
        writers = [pool.submit(write_at_random, live, token, seed + number) for number in range(4)]
        writers += [pool.submit(write_slowly, live, subject, seed + number) for number in range(2)]
        for writer in writers:
            writer.result()
        done.set()
        reader.result()
    follower.follow()
    assert follower.tasks
    assert follower.holds_what_the_server_holds()
