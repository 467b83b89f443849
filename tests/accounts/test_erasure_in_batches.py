"""An erasure of any size goes in batches, from the page or by the command; it may be interrupted, and goes on."""

import threading
from io import StringIO
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.test import Client
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from apps.accounts import erasure, person_actions, services, staff_log
from apps.accounts.holdings import hidden_holdings, holdings
from apps.accounts.models import Session, User
from apps.accounts.roster import roster
from apps.backoffice import mentions
from apps.backoffice.models import Job, JobState, SavedView
from apps.history.models import Change
from apps.idempotency.models import StoredAnswer
from apps.ops import context
from apps.tasks.models import Task, Tombstone
from tests.accounts.office import PEOPLE, page_of
from tests.accounts.test_erasure import whole_database
from tests.colleagues import staff_with
from tests.conftest import client_for
from tests.factories import PersonFactory, TaskFactory, local_account
from tests.forms import save

pytestmark = pytest.mark.django_db
TASKS = 23


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    # The request of an earlier test is over.
    context.subject.set(None)
    monkeypatch.setattr(erasure, "BATCH_ROWS", 4)
    monkeypatch.setattr(erasure, "HISTORY_ROWS", 5)
    monkeypatch.setattr(mentions, "ROWS_A_STEP", 2)
    monkeypatch.setattr(mentions, "JOBS_A_STEP", 1)
    # A request does one batch beyond the first.
    monkeypatch.setattr(person_actions, "ERASING_SECONDS", 0.0)


def fill(person: User) -> None:
    """More of each kind than a batch takes."""
    about = ContentType.objects.get_for_model(User)
    tasks = TaskFactory.create_batch(TASKS, user=person, title="sub-7's plan")
    Task.objects.filter(pk__in=[task.pk for task in tasks[:6]]).delete()
    for number in range(7):
        StoredAnswer.objects.create(user=person, key=f"{number}", fingerprint="", status=201, headers={}, body="sub-7")
        SavedView.objects.create(owner=person, page="tasks.task", name=f"{number}", query="status=pending")
        Session.objects.create(user=person)
        OutstandingToken.objects.create(user=person, jti=f"{number}", token="sub-7", expires_at="2099-01-01T00:00:00Z")
        LogEntry.objects.create(
            user=person,
            content_type=about,
            object_id="sub-7",
            object_repr="Zoë",
            action_flag=CHANGE,
            change_message="Deactivated: sub-7 asked",
        )


@pytest.fixture
def zoe() -> User:
    person = PersonFactory.create(subject="sub-7", name="Zoë Ünal", email="zoe@elsewhere.example")
    fill(person)
    return person


def steps_of(job: Job) -> int:
    steps = 0
    while (job := erasure.step(job)).state == JobState.RUNNING:
        steps += 1
        assert steps < 200
    return steps


def assert_gone() -> None:
    assert not User.objects.filter(pk="sub-7").exists()
    rows = whole_database()
    for word in ("sub-7", "Zoë", "elsewhere"):
        place = rows.find(word)
        assert place < 0, rows[max(0, place - 300) : place + 300]


def test_no_batch_takes_more_than_its_rows(zoe: User, boss_account: User, monkeypatch: pytest.MonkeyPatch) -> None:
    job = erasure.begin(zoe, boss_account)
    models = (Task, StoredAnswer, SavedView, Session, OutstandingToken, Tombstone, Change)
    before = {model: model._base_manager.count() for model in models}
    while (job := erasure.step(job)).state == JobState.RUNNING:
        after = {model: model._base_manager.count() for model in models}
        taken = {model: before[model] - after[model] for model in models}
        assert sum(taken[model] for model in models[:-1]) <= 4
        assert taken[Change] <= 5
        before = after
    assert_gone()


def test_the_log_has_the_whole_count_and_history_too(zoe: User, boss_account: User) -> None:
    rows = Change.objects.filter(owner="sub-7").count()
    counts = erasure.erase(zoe, boss_account)
    assert counts == {
        "tasks": TASKS - 6,
        "saved views": 7,
        "sessions": 7,
        "Outstanding Tokens": 7,
    }
    entry = LogEntry.objects.latest("pk")
    assert entry.object_id == erasure.pseudonym("sub-7")
    assert "17 tasks" in entry.change_message
    kept = Change.objects.get(operation="erase")
    # With the two changes of the record, as it was deactivated and deleted.
    assert kept.after == {"rows": rows + 2}
    assert_gone()


def test_tasks_leave_neither_history_nor_tombstones_behind_in_between(zoe: User, boss_account: User) -> None:
    job = erasure.begin(zoe, boss_account)
    changes, stones = Change.objects.filter(kind="task").count(), Tombstone.objects.count()
    while Task.objects.filter(user=zoe).exists():
        job = erasure.step(job)
    assert Change.objects.filter(kind="task").count() == changes
    assert Tombstone.objects.filter(user_id="sub-7").count() == stones


def test_others_tasks_still_leave_both(zoe: User, boss_account: User, bobs_task: Task) -> None:
    erasure.begin(zoe, boss_account)
    number = bobs_task.pk
    bobs_task.delete()
    assert Tombstone.objects.filter(task_id=number).exists()
    assert Change.objects.of_task(number).filter(operation="delete").exists()


# --- From the first batch on


def test_the_person_is_refused_at_once_and_cannot_come_back(zoe: User, boss_account: User, boss: Client) -> None:
    client = client_for("sub-7")
    assert client.post("/api/tasks", {"title": "before"}).status_code == 201
    job = erasure.begin(zoe, boss_account)
    # What the background reader does within two seconds.
    roster._read_withdrawals()
    assert client.post("/api/tasks", {"title": "meanwhile"}).status_code == 401
    erasure.step(job)
    assert services.reactivate(["sub-7"]) == 0
    assert boss.post(page_of(zoe, "reactivate")).status_code == 403
    boss.post(PEOPLE, {"action": "reactivate", "_selected_action": ["sub-7"]})
    assert client.get("/api/tasks").status_code == 401
    assert not User.objects.get(pk="sub-7").is_active
    assert "Being erased" in boss.get(PEOPLE).content.decode()


@pytest.mark.parametrize("change", [{"is_active": True}, {"erasing_at": None}])
def test_the_database_refuses_to_take_it_back(zoe: User, boss_account: User, change: dict[str, Any]) -> None:
    erasure.begin(zoe, boss_account)
    with pytest.raises(IntegrityError, match="has begun"), transaction.atomic():
        User.objects.filter(pk="sub-7").update(**change)


def test_the_history_of_others_is_not_erased_in_batches(bob: User, bobs_task: Task) -> None:
    with pytest.raises(IntegrityError, match="erased person"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM history_erase_batch('bob', 100)")
    assert Change.objects.filter(owner="bob").exists()
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
        Change.objects.all().delete()


def test_afterwards_a_token_of_theirs_makes_a_new_and_empty_record(zoe: User, boss_account: User) -> None:
    erasure.erase(zoe, boss_account)
    roster._read_withdrawals()
    assert client_for("sub-7").get("/api/tasks").json()["count"] == 0
    assert User.objects.get(pk="sub-7").is_active


def test_what_others_add_meanwhile_goes_too(zoe: User, boss_account: User) -> None:
    job = erasure.begin(zoe, boss_account)
    while (job := erasure.step(job)).state == JobState.RUNNING:
        if job.values["stage"] == "history" and not Task.objects.filter(title="late").exists() and job.seen < 500:
            TaskFactory.create(user=zoe, title="late")
            Job.objects.filter(pk=job.pk).update(seen=500)
    assert not Task.objects.exists()
    assert_gone()


def test_a_view_that_is_saved_meanwhile_goes_too(zoe: User, boss_account: User) -> None:
    job = erasure.begin(zoe, boss_account)
    while (job := erasure.step(job)).values["stage"] != "rows":
        pass
    SavedView.objects.create(owner=boss_account, page="tasks.task", name="theirs", query="q=sub-7")
    steps_of(job)
    assert_gone()


# --- Interrupted, and at once


def test_it_goes_on_wherever_it_was_interrupted(zoe: User, boss_account: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each step fails once at its end, and then succeeds."""
    job = erasure.begin(zoe, boss_account)
    do_batch, calls = erasure.do_batch, 0

    def fail_every_other_time(job: Job) -> bool:
        nonlocal calls
        calls += 1
        more = do_batch(job)
        if calls % 2:
            raise ConnectionError
        return more

    monkeypatch.setattr(erasure, "do_batch", fail_every_other_time)
    interruptions = 0
    while Job.objects.get(pk=job.pk).state == JobState.RUNNING:
        assert calls < 500
        try:
            erasure.step(erasure.begin(zoe, boss_account))
        except ConnectionError:
            interruptions += 1
    assert interruptions > 10
    assert "17 tasks" in LogEntry.objects.latest("pk").change_message
    assert_gone()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_no_harm(boss_account: User) -> None:
    person = PersonFactory.create(subject="sub-7", name="Zoë Ünal", email="zoe@elsewhere.example")
    fill(person)
    faults: list[BaseException] = []

    def work() -> None:
        try:
            erasure.work(erasure.begin(person, boss_account), float("inf"))
        except User.DoesNotExist:
            pass
        except BaseException as error:
            faults.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert (
        LogEntry.objects.filter(object_id=erasure.pseudonym("sub-7"), change_message__contains="17 tasks").count() == 1
    )
    assert_gone()


def test_who_began_is_in_the_log_even_if_erased_meanwhile(zoe: User) -> None:
    colleague = local_account("colleague@example.com", is_staff=True, is_superuser=True)
    job = erasure.begin(zoe, colleague)
    erasure.step(job)
    erasure.erase(colleague, local_account("boss@example.com", is_superuser=True))
    steps_of(job)
    entry = LogEntry.objects.get(object_id=erasure.pseudonym("sub-7"), change_message__startswith="Erased")
    assert entry.user_id == erasure.pseudonym(colleague.pk)
    assert colleague.pk not in whole_database()


def test_an_unfinished_erasure_forgets_who_began_it(zoe: User) -> None:
    colleague = local_account("colleague@example.com", is_staff=True, is_superuser=True)
    job = erasure.begin(zoe, colleague)
    erasure.erase(colleague, local_account("boss@example.com", is_superuser=True))
    assert colleague.pk not in whole_database()
    assert User.objects.get(pk=Job.objects.get(pk=job.pk).values["by"]).name == "Erased staff member"
    steps_of(job)
    assert_gone()


def test_the_log_forgets_the_titles_of_tasks_that_went_before(
    boss: Client, boss_account: User, zoe: User, bobs_task: Task
) -> None:
    theirs = [TaskFactory.create(user=zoe, title="Zoë's secret plan") for _ in range(7)]
    for task in (*theirs, bobs_task):
        save(boss, f"/admin/tasks/task/{task.pk}/change/", title=f"Other plan of {task.user.name}")
        task.delete()
    erasure.erase(zoe, boss_account)
    kept = LogEntry.objects.filter(content_type__model="task").values_list("object_repr", flat=True)
    assert sorted(kept) == sorted([*["Erased task"] * 7, f"Other plan of {bobs_task.user.name}"])
    assert_gone()


def test_a_record_that_was_deleted_by_hand_leaves_nothing_either(zoe: User, boss_account: User) -> None:
    job = erasure.begin(zoe, boss_account)
    OutstandingToken.objects.all().delete()
    LogEntry.objects.filter(user=zoe).update(user=staff_log.stand_in("erased:0", "x"))
    zoe.delete()
    steps_of(job)
    assert_gone()


# --- The page


def start(client: Client, person: User) -> Any:
    return client.post(page_of(person, "erase"), {"typed": f"erase {person.email}"}, follow=True)


def job_page(job: Job) -> str:
    return f"{PEOPLE}erasing/{job.pk}/"


def test_a_large_one_goes_on_at_a_page_of_its_own(boss: Client, zoe: User) -> None:
    answer = start(boss, zoe)
    job = Job.objects.get(page=erasure.PAGE)
    assert answer.redirect_chain == [(job_page(job), 302)]
    assert "Erase Zoë Ünal" in answer.content.decode()
    # Who comes back by the person's page finds it again.
    assert boss.get(page_of(zoe, "erase")).headers["Location"] == job_page(job)
    told: list[dict[str, Any]] = []
    while not told or told[-1]["state"] == "running":
        told.append(boss.post(job_page(job), {"do": "step"}, headers={"accept": "application/json"}).json())
    assert [line["seen"] for line in told] == sorted(line["seen"] for line in told)
    assert (told[-1]["state"], told[-1]["percent"]) == ("finished", 100)
    page = boss.get(job_page(job)).content.decode()
    assert "17 tasks, 7 " in page
    assert erasure.pseudonym("sub-7") in page
    assert_gone()


def test_it_is_paused_and_a_colleague_goes_on(boss: Client, zoe: User) -> None:
    start(boss, zoe)
    job = Job.objects.get(page=erasure.PAGE)
    boss.post(job_page(job), {"do": "stop"})
    seen = Job.objects.get(pk=job.pk).seen
    boss.post(job_page(job), {"do": "step"})
    assert Job.objects.get(pk=job.pk).seen == seen
    other = staff_with("view_user", "change_user", "erase_user", login="other@example.com")
    assert "Paused" in other.get(job_page(job)).content.decode()
    other.post(job_page(job), {"do": "resume"})
    while Job.objects.get(pk=job.pk).state == JobState.RUNNING:
        other.post(job_page(job), {"do": "step"})
    assert_gone()


@pytest.mark.parametrize("rights", [("view_user",), ("view_user", "change_user", "deactivate_user")])
def test_who_may_not_erase_sees_nothing_of_it(boss: Client, zoe: User, rights: tuple[str, ...]) -> None:
    start(boss, zoe)
    job = Job.objects.get(page=erasure.PAGE)
    other = staff_with(*rights, login="other@example.com")
    assert other.get(job_page(job)).status_code == 403
    assert other.post(job_page(job), {"do": "step"}).status_code == 403


def test_the_erasure_of_staff_is_for_superusers(boss: Client) -> None:
    person = local_account("colleague@example.com", is_staff=True, name="Colleague")
    fill(PersonFactory.create(subject="sub-7"))
    TaskFactory.create_batch(9, user=person)
    start(boss, person)
    job = Job.objects.get(page=erasure.PAGE)
    other = staff_with("view_user", "change_user", "erase_user", login="other@example.com")
    assert other.get(job_page(job)).status_code == 403
    assert boss.get(job_page(job)).status_code == 200


# --- The command


def erase(*words: str) -> str:
    out = StringIO()
    call_command("erase_person", *words, stdout=out)
    return out.getvalue()


def test_the_command(zoe: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.accounts.management.commands.erase_person.LINE_SECONDS", 0.0)
    out = erase("sub-7", "--no-input").splitlines()
    assert len(out) > 10
    assert out[0].endswith(" rows")
    assert out[-1].startswith("Erased, with 17 tasks")
    entry = LogEntry.objects.latest("pk")
    assert (entry.object_id, entry.user.name) == (erasure.pseudonym("sub-7"), "manage.py erase_person")
    assert_gone()


def test_the_command_asks(zoe: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda prompt: "sub-8")
    with pytest.raises(CommandError, match="Nothing was erased"):
        erase("sub-7")
    assert User.objects.get(pk="sub-7").is_active
    monkeypatch.setattr("builtins.input", lambda prompt: "sub-7")
    assert "17 tasks" in erase("sub-7")
    assert_gone()


def test_the_command_knows_nobody_else(zoe: User) -> None:
    with pytest.raises(CommandError, match="no person with the subject 'sub-70'"):
        erase("sub-70", "--no-input")


def test_the_command_goes_on_with_what_a_page_began(boss: Client, zoe: User) -> None:
    start(boss, zoe)
    boss.post(job_page(Job.objects.get(page=erasure.PAGE)), {"do": "stop"})
    assert "17 tasks" in erase("sub-7", "--no-input")
    assert LogEntry.objects.latest("pk").user.login == "boss@example.com"
    assert_gone()


def test_an_interrupted_command_is_run_again(zoe: User, monkeypatch: pytest.MonkeyPatch) -> None:
    take, calls = erasure._take_batch, 0

    def interrupted(*arguments: Any) -> int:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        return take(*arguments)

    monkeypatch.setattr(erasure, "_take_batch", interrupted)
    with pytest.raises(CommandError, match="again to go on"):
        erase("sub-7", "--no-input")
    assert "17 tasks" in erase("sub-7", "--no-input")
    assert_gone()


def test_each_large_table_is_read_in_an_order_that_its_index_gives(alice: User) -> None:
    orders = {holding.model: holding.order for holding in (*holdings(alice), *hidden_holdings(alice))}
    assert orders[Task] == ("changed_in", "id")
    assert orders[StoredAnswer] == ("key",)
