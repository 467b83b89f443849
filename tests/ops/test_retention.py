"""What `manage.py purge` deletes and what it leaves: each registered kind, a moment before and after its time."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.apps import apps
from django.contrib.sessions.models import Session as StaffSession
from django.core.management import call_command
from django.db import DatabaseError
from django.db.models import DateField, Model, Q
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from apps.accounts.models import ArchivedKeySet, Session, User, Withdrawal
from apps.backoffice.models import Job, JobState
from apps.history.models import Change
from apps.idempotency.models import StoredAnswer
from apps.limits.models import Counter
from apps.ops.housekeeping import Retention, in_words, kept, registered
from apps.tasks.models import Task, Tombstone
from tests.factories import TaskFactory
from tests.servers import ROOT

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
MOMENT = timedelta(seconds=30)


@dataclass(frozen=True)
class Kind:
    """What the code says of a kind, written down a second time; `row` makes one whose time is the one given."""

    model: type[Model]
    age: timedelta
    row: Callable[[User, datetime], Model]
    # Makes one that stays, however old it is.
    spared: Callable[[datetime], Model] | None = None


def number() -> str:
    return uuid.uuid4().hex


def used_token(person: User, expires_at: datetime) -> OutstandingToken:
    token = OutstandingToken.objects.create(user=person, jti=number(), token="used", expires_at=expires_at)
    BlacklistedToken.objects.create(token=token)
    return token


def failed_login(person: User, at: datetime) -> AccessAttempt:
    attempt = AccessAttempt.objects.create(username="alice", failures_since_start=1)
    AccessAttempt.objects.filter(pk=attempt.pk).update(attempt_time=at)
    return attempt


def answer(person: User, at: datetime) -> StoredAnswer:
    return StoredAnswer.objects.create(
        user=person, key=number(), fingerprint="", status=201, headers={}, body=None, created_at=at
    )


def change(person: User, at: datetime) -> Change:
    return Change.objects.create(kind="task", object_id="1", operation="update", source="sql", at=at)


def tombstone(person: User, at: datetime) -> Tombstone:
    return Tombstone.objects.create(user_id=person.pk, task_id=1, deleted_at=at)


KINDS: dict[str, Kind] = {
    "tasks in the trash": Kind(Task, 30 * DAY, lambda person, at: TaskFactory.create(user=person, deleted_at=at)),
    "tombstones of tasks": Kind(Tombstone, 90 * DAY, tombstone),
    "changes in the history": Kind(Change, 400 * DAY, change),
    "answers of idempotency keys": Kind(StoredAnswer, DAY, answer),
    "counters of quotas": Kind(
        Counter, DAY, lambda person, at: Counter.objects.create(key=number(), started_at=at, hits=1)
    ),
    "long work of the back office": Kind(
        Job,
        7 * DAY,
        lambda person, at: Job.objects.create(owner=person, page="x", upper_id=1, created_at=at),
        lambda at: Job.objects.create(page="x", upper_id=1, created_at=at, state=JobState.STOPPED),
    ),
    "sessions of staff": Kind(
        StaffSession,
        timedelta(),
        lambda person, at: StaffSession.objects.create(session_key=number(), session_data="", expire_date=at),
    ),
    "sessions of local accounts": Kind(
        Session, 14 * DAY, lambda person, at: Session.objects.create(user=person, used_at=at)
    ),
    "used refresh tokens": Kind(OutstandingToken, timedelta(minutes=1), used_token),
    "failed logins": Kind(AccessAttempt, timedelta(minutes=15), failed_login),
    "notes to the workers": Kind(
        Withdrawal, DAY, lambda person, at: Withdrawal.objects.create(subject="bob", withdrawn_at=at)
    ),
    "archived keys": Kind(
        ArchivedKeySet, DAY, lambda person, at: ArchivedKeySet.objects.create(url=number(), text="{}", fetched_at=at)
    ),
}


def check(person: User, rule: Retention, kind: Kind) -> None:
    """One row whose time was over a moment ago goes; one whose time is over in a moment stays."""
    limit = timezone.now() - kind.age
    over, not_yet = kind.row(person, limit - MOMENT), kind.row(person, limit + MOMENT)
    spared = {kind.spared(limit - 1000 * DAY)} if kind.spared else set()
    assert set(rule.due()) == {over}
    assert rule.purge() == 1
    left = kind.model._base_manager.filter(pk__in=[row.pk for row in (over, not_yet, *spared)])
    assert set(left) == {not_yet, *spared}
    assert rule.purge() == 0


def test_each_registered_kind_is_tried() -> None:
    assert registered.keys() == KINDS.keys()
    for name, kind in KINDS.items():
        assert registered[name].model is kind.model
        assert registered[name].kind == name


@pytest.mark.parametrize("name", KINDS)
def test_what_goes_and_what_stays(alice: User, name: str) -> None:
    check(alice, registered[name], KINDS[name])


def mutants(rule: Retention) -> dict[str, Retention]:
    """The rule with each of the mistakes that somebody might make in it."""
    age, far = rule.age(), 3650 * DAY
    mistakes = {
        "kept twice as long": replace(rule, age=lambda: 2 * age + DAY),
        "kept half as long": replace(rule, age=lambda: age / 2 - (timedelta() if age else DAY)),
        "no filter": replace(rule, age=lambda: -far),
        "nothing goes": replace(rule, age=lambda: far),
    }
    if rule.only != Q():
        mistakes["no condition"] = replace(rule, only=Q())
    for field in rule.model._meta.concrete_fields:
        if isinstance(field, DateField) and field.name != rule.column:
            mistakes[f"counted from {field.name}"] = replace(rule, column=field.name)
    return mistakes


def mistakes() -> list[tuple[str, str]]:
    return [(name, mistake) for name, rule in registered.items() for mistake in mutants(rule)]


@pytest.mark.parametrize(("name", "mistake"), mistakes())
def test_a_mistake_in_a_rule_is_noticed(alice: User, name: str, mistake: str) -> None:
    """Shows that the test above can fail."""
    with pytest.raises((AssertionError, DatabaseError)):
        check(alice, mutants(registered[name])[mistake], KINDS[name])


# --- What no time alone decides


def test_rows_that_are_still_needed_stay_however_old_they_are(alice: User) -> None:
    long_ago = timezone.now() - 1000 * DAY
    live = Session.objects.create(user=alice, created_at=long_ago, used_at=timezone.now())
    token = used_token(alice, timezone.now() + DAY)
    OutstandingToken.objects.filter(pk=token.pk).update(created_at=long_ago)
    task = TaskFactory.create(user=alice)
    Task.objects.filter(pk=task.pk).update(created_at=long_ago, due_at=long_ago, completed_at=long_ago)
    call_command("purge")
    assert Session.objects.get() == live
    assert BlacklistedToken.objects.get().token == token
    assert Task.objects.get() == task


def timed_models() -> set[str]:
    """Models with a time in their rows, ours and those of libraries."""
    models = apps.get_models(include_auto_created=True)
    return {
        model._meta.label
        for model in models
        if any(isinstance(field, DateField) for field in model._meta.concrete_fields)
    }


def test_each_model_with_times_is_purged_or_kept_for_a_reason() -> None:
    purged = {rule.model._meta.label for rule in registered.values()}
    assert timed_models() - purged - kept.keys() == set()
    # An exemption that is not needed any more is taken out.
    assert kept.keys() - timed_models() == set()
    assert kept.keys() & purged == set()
    assert all(kept.values())


# --- What people read of it


def test_the_readme_has_the_same_table() -> None:
    table = (ROOT / "README.md").read_text().partition("| purged | kept | counted from |\n|---|---|---|\n")[2]
    rows = table.partition("\n\n")[0].splitlines()
    expected = [
        f"| {name}{f' ({rule.except_for})' if rule.except_for else ''} | {in_words(rule.age())} |"
        f" `{rule.model._meta.label}.{rule.column}` |"
        for name, rule in sorted(registered.items())
    ]
    assert rows == expected


@pytest.mark.parametrize("option", ["--dry-run", "--list"])
def test_the_command_prints_what_is_due_and_deletes_nothing(alice: User, capsys: Any, option: str) -> None:
    TaskFactory.create_batch(3, user=alice, deleted_at=timezone.now() - 31 * DAY)
    call_command("purge", option)
    lines = [line.split("  ") for line in capsys.readouterr().out.splitlines()]
    cells = [[cell.strip() for cell in line if cell.strip()] for line in lines]
    assert ["tasks in the trash", "30 days", "tasks.Task.deleted_at", "3"] in cells
    assert len(cells) == 1 + len(registered)
    assert Task.objects.count() == 3
