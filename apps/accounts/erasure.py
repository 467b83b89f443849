"""A person erased with all they own (GDPR, article 17), and what stays: that it was done, under a pseudonym.

It goes in batches, each a transaction: a person may own any number of rows, and a statement has little time. From the
first on the person is deactivated for good. The job knows how far it is; whoever calls `step` again goes on. The record
and the job's note of the subject go with the last batch.
"""

import time
from collections import Counter
from typing import Any

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.db.models import QuerySet
from django.dispatch import Signal
from django.utils import timezone
from django.utils.crypto import salted_hmac

from apps.accounts import services, staff_log
from apps.accounts.holdings import Holding, hidden_holdings, holdings
from apps.accounts.models import User
from apps.accounts.ownership import ownership
from apps.backoffice import batches, belongings, mentions
from apps.backoffice.models import Job, JobState
from apps.history import retention
from apps.history.models import Change, Kind

# Sent within the last transaction, with `person` and `pseudonym`: for rooms that keep more of people.
person_erased = Signal()

PAGE = "accounts.erasure"
BATCH_ROWS = 2000
HISTORY_ROWS = 5000
# In whose name the log has it where no member of staff did it.
COMMAND = ("command:erase_person", "manage.py erase_person")


def pseudonym(subject: str) -> str:
    """The same for the same subject, so that staff can tell whether somebody was erased; nobody can read it back."""
    return "erased:" + salted_hmac("apps.accounts.erasure", subject, algorithm="sha256").hexdigest()[:16]


def running(subject: str) -> Job | None:
    """The erasure of that person that has begun and is not finished."""
    begun = Job.objects.filter(page=PAGE, values__subject=subject)
    return begun.exclude(state=JobState.FINISHED).first()


@transaction.atomic
def begin(person: User, by: User | None) -> Job:
    """Deactivates the person for good and plans the rest; an erasure that has begun goes on.

    `by` is None for a command. Raises User.DoesNotExist where somebody else was faster.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    if job := running(person.pk):
        Job.objects.filter(pk=job.pk, state=JobState.STOPPED).update(state=JobState.RUNNING)
        return job
    services.begin_erasing(person)
    values = {
        "subject": person.pk,
        "pseudonym": pseudonym(person.pk),
        "by": by.pk if by else staff_log.stand_in(*COMMAND),
        "stage": "mentions",
        "place": mentions.BEGINNING,
        "gone": {},
        "history": 0,
    }
    return Job.objects.create(page=PAGE, upper_id=0, state=JobState.RUNNING, values=values, expected=_rows_of(person))


def step(job: Job) -> Job:
    """One batch. Raises Job.DoesNotExist."""
    return batches.step(job.pk, do_batch)


def work(job: Job, seconds: float) -> Job:
    """Batch after batch, for so long at most."""
    give_up_at = time.monotonic() + seconds
    job = step(job)
    while job.state == JobState.RUNNING and time.monotonic() < give_up_at:
        job = step(job)
    return job


def erase(person: User, by: User | None) -> dict[str, int]:
    """From begin to end; how many rows of each kind went. Raises User.DoesNotExist."""
    job = work(begin(person, by), float("inf"))
    forget(job)
    return counts_of(job)


def forget(job: Job) -> None:
    """A finished job is kept for the page that shows it; without one it is of no use."""
    Job.objects.filter(pk=job.pk, state=JobState.FINISHED).delete()


def counts_of(job: Job) -> dict[str, int]:
    """How many rows of each kind have gone, by the name of the kind."""
    names = {}
    for label, count in job.values["gone"].items():
        options = apps.get_model(label)._meta
        names[str(options.verbose_name_plural if count > 1 else options.verbose_name)] = count
    return names


def count_rows(kept: list[Holding]) -> dict[str, int]:
    """How many rows would go, by their kind; what a staff member did is not among them."""
    counts = ((holding, holding.rows.count()) for holding in kept if holding.model is not LogEntry)
    return {holding.name if count > 1 else holding.singular: count for holding, count in counts if count}


def in_words(counts: dict[str, int], nothing: str) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items()) or nothing


def do_batch(job: Job) -> bool:
    """Stage by stage. A person whose rows all fit into one batch goes whole in it, or not at all."""
    subject = job.values["subject"]
    person = User.objects.filter(pk=subject).first() or User(subject=subject, erasing_at=timezone.now())
    if person.erasing_at is None:
        # The record was deleted by other means, and this is another: their token came again.
        _forget_subject(job)
        job.save(update_fields=["values"])
        return False
    stages = {"mentions": _forget_mentions, "rows": _take_rows, "mentions again": _forget_mentions}
    stage = stages.get(job.values["stage"], _take_history)
    more = stage(job, person)
    job.save(update_fields=["values"])
    return more


def _forget_mentions(job: Job, person: User) -> bool:
    """Nothing else in this transaction: it may wait for an import that is under way."""
    names = {person.pk, person.email or "", person.login or "", person.name or ""}
    place = mentions.forget_next(names, ownership(person), tuple(job.values["place"]))
    job.values["place"] = place or mentions.BEGINNING
    if place is None:
        job.values["stage"] = "rows" if job.values["stage"] == "mentions" else "history"
    return True


def _take_rows(job: Job, person: User) -> bool:
    if _take_batch(job, person) >= BATCH_ROWS:
        job.values["is_long"] = True
        return True
    if job.values.get("is_long"):
        # In the time that it took, staff may have uploaded and saved more.
        job.values["stage"] = "mentions again"
        return True
    return _take_history(job, person)


def _take_history(job: Job, person: User) -> bool:
    job.values["stage"] = "history"
    _forget_titles(person)
    deleted, renamed = retention.erase_batch(person.pk, HISTORY_ROWS)
    job.values["history"] += deleted
    _count(job, deleted + renamed)
    return deleted + renamed >= HISTORY_ROWS or _finish(job, person)


def _forget_titles(person: User) -> None:
    """Of tasks that were deleted before the erasure, history alone knows the numbers: the next batch of it."""
    batch = Change.objects.filter(owner=person.pk).order_by("at", "id").values_list("kind", "object_id")
    numbers = {number for kind, number in batch[:HISTORY_ROWS] if kind == Kind.TASK}
    staff_log.forget_rows(User._meta.get_field("tasks").related_model, numbers)


def _hand_over_erasures(subject: str) -> None:
    """Those that the person began and that are not finished."""
    for job in Job.objects.select_for_update().filter(page=PAGE, values__by=subject).order_by("pk"):
        job.values["by"] = staff_log.stand_in(pseudonym(subject), "Erased staff member")
        job.save(update_fields=["values"])


def _finish(job: Job, person: User) -> bool:
    """The record goes, and with it the last that came meanwhile: nobody can add a row while the record is locked."""
    # Before the record is locked: the last batch of another erasure locks its job first, then the record.
    _hand_over_erasures(person.pk)
    list(User.objects.select_for_update().filter(pk=person.pk))
    if _take_batch(job, person) >= BATCH_ROWS:
        job.values["stage"] = "rows"
        return True
    alias = job.values["pseudonym"]
    person_erased.send(User, person=person, pseudonym=alias)
    subject = person.pk
    person.delete()
    # Behind the deletion, which is a change as well.
    retention.finish_erasure(subject, job.values["history"])
    by = job.values["by"]
    if not User.objects.filter(pk=by).exists():
        by = staff_log.stand_in(pseudonym(by), "Erased staff member")
    staff_log.note_erasure(alias, in_words(counts_of(job), "nothing but the record"), by)
    _forget_subject(job)
    return False


def _forget_subject(job: Job) -> None:
    job.values = {"pseudonym": job.values["pseudonym"], "gone": job.values["gone"]}


def _take_batch(job: Job, person: User) -> int:
    """Deletes rows of the person, BATCH_ROWS at most; how many."""
    alias, left = job.values["pseudonym"], BATCH_ROWS
    left -= staff_log.hand_over(person.pk, alias, left)
    left -= staff_log.forget_person(person.pk, alias, left) if left else 0
    gone: Counter[str] = Counter(job.values["gone"])
    for holding in holdings(person):
        if left and holding.model is not LogEntry:
            taken = _take(holding, left)
            # What the foreign key would only empty goes as well: in simplejwt's used tokens stand name and address.
            gone.update({holding.model._meta.label: taken} if taken else {})
            left -= taken
    for holding in hidden_holdings(person):
        left -= _take(holding, left)
    for rows in belongings.registered:
        left -= _delete(rows(person.pk), left)
    job.values["gone"] = dict(gone)
    _count(job, BATCH_ROWS - left)
    return BATCH_ROWS - left


def _take(holding: Holding, most: int) -> int:
    # Locked in one order: others who write to the same rows wait for them, and are not waited for.
    return _delete(holding.rows.order_by(*holding.order).select_for_update(), most)


def _delete(rows: QuerySet[Any], most: int) -> int:
    keys = list(rows.values_list("pk", flat=True)[:most])
    if keys:
        staff_log.forget_rows(rows.model, keys)
        rows.model._base_manager.filter(pk__in=keys).delete()
    return len(keys)


def _count(job: Job, rows: int) -> None:
    job.seen += rows
    job.changed += rows


def _rows_of(person: User) -> int:
    """All that will be gone through."""
    others = [rows(person.pk) for rows in belongings.registered]
    owned = [holding.rows for holding in (*holdings(person), *hidden_holdings(person))]
    tables = [*owned, *others, Change.objects.filter(owner=person.pk)]
    return sum(rows.order_by().count() for rows in tables)
