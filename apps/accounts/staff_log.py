"""What an erasure does to the log of staff: what was done stays, and to whom and by whom does not."""

from collections.abc import Collection
from typing import Any

from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from apps.accounts.models import User
from apps.backoffice.log import cut_at

REASON_MARK = ": "
ERASED_PERSON = "Erased person"


def hand_over(subject: str, alias: str, most: int) -> int:
    """What a staff member did is a record about others: it stays, under the pseudonym. How many entries that were."""
    keys = list(LogEntry.objects.filter(user=subject).order_by().values_list("pk", flat=True)[:most])
    if keys:
        LogEntry.objects.filter(pk__in=keys).update(user=stand_in(alias, "Erased staff member"))
    return len(keys)


def forget_person(subject: str, alias: str, most: int) -> int:
    """Takes name and reason off the entries about the person; how many entries that were."""
    about = LogEntry.objects.filter(content_type=_kind(User), object_id=subject).order_by()
    keys = list(about.values_list("pk", flat=True)[:most])
    entries = LogEntry.objects.filter(pk__in=keys)
    # What Django's own forms note is JSON, and names fields alone.
    with_reason = entries.filter(change_message__contains=REASON_MARK).exclude(change_message__startswith="[{")
    with_reason.update(change_message=cut_at(REASON_MARK))
    entries.update(object_id=alias, object_repr=ERASED_PERSON)
    return len(keys)


def forget_rows(model: type[Model], keys: Collection[Any]) -> None:
    """Takes the names off the entries about rows that the person owned."""
    about = LogEntry.objects.filter(content_type=_kind(model), object_id__in=[str(key) for key in keys])
    about.update(object_repr=f"Erased {model._meta.verbose_name}")


def note_erasure(alias: str, gone: str, by: str) -> None:
    LogEntry.objects.create(
        user_id=by,
        content_type=_kind(User),
        object_id=alias,
        object_repr=ERASED_PERSON,
        action_flag=DELETION,
        change_message=f"Erased, with all they owned{REASON_MARK}{gone}.",
    )


def stand_in(subject: str, name: str) -> str:
    """A record for the log to point at, with which nobody can sign in; its subject."""
    person = User(subject=subject, name=name, is_active=False)
    person.set_unusable_password()
    User.objects.bulk_create([person], ignore_conflicts=True)
    return subject


def _kind(model: type[Model]) -> ContentType:
    return ContentType.objects.get_for_model(model)
