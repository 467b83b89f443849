"""A person erased with all they own (GDPR, article 17), and what stays: that it was done, under a pseudonym."""

from collections.abc import Collection

from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast
from django.dispatch import Signal
from django.utils.crypto import salted_hmac

from apps.accounts.holdings import Holding, holdings
from apps.accounts.models import User
from apps.backoffice import mentions
from apps.history import retention
from apps.history.models import Change, Kind

# Sent within the transaction, with `person` and `pseudonym`: for rooms that keep more of people.
person_erased = Signal()

REASON_MARK = ": "


def pseudonym(subject: str) -> str:
    """The same for the same subject, so that staff can tell whether somebody was erased; nobody can read it back."""
    return "erased:" + salted_hmac("apps.accounts.erasure", subject, algorithm="sha256").hexdigest()[:16]


@transaction.atomic
def erase(person: User, by: User) -> dict[str, int]:
    """How many rows of each kind went. Raises User.DoesNotExist where somebody else was faster."""
    mentions.forget({person.pk, person.email or "", person.login or "", person.name or ""}, _ownership(person))
    # Nobody can give the person another row while theirs is locked: a task's foreign key would wait for it.
    person = User.objects.select_for_update().get(pk=person.pk)
    kept = holdings(person)
    alias = pseudonym(person.pk)
    person_erased.send(User, person=person, pseudonym=alias)
    _keep_record_of_staff(person, alias)
    counts = count_rows(kept)
    _blur_log(person, kept, alias)
    for holding in kept:
        # What the foreign key would only empty goes as well: in simplejwt's used tokens stand name and address.
        holding.rows.delete()
    subject = person.pk
    person.delete()
    # Behind the deletions, which are changes as well.
    retention.erase(subject)
    _log(alias, counts, by)
    return counts


def count_rows(kept: list[Holding]) -> dict[str, int]:
    """How many rows would go, by their kind; what a staff member did is not among them."""
    counts = ((holding, holding.rows.count()) for holding in kept if holding.model is not LogEntry)
    return {holding.name if count > 1 else holding.singular: count for holding, count in counts if count}


def _ownership(person: User) -> mentions.Ownership:
    """Of tasks that they have, and of those that they had: a file may hold what was deleted behind it."""
    had = Change.objects.filter(owner=person.pk, kind=Kind.TASK)
    # The base manager sees what lies in a trash as well.
    has = User._meta.get_field("tasks").related_model._base_manager.filter(user=person)

    def owns(numbers: Collection[str]) -> bool:
        digits = {number.lstrip("0") for number in numbers if number.isascii() and number.isdecimal()}
        rows = has.annotate(number=Cast("pk", TextField())).filter(number__in=digits)
        return bool(rows.exists() or had.filter(object_id__in=digits).exists())

    return owns


def _keep_record_of_staff(person: User, alias: str) -> None:
    """What a staff member did is a record about others: it stays, under the pseudonym."""
    actions = LogEntry.objects.filter(user=person)
    if actions.exists():
        stand_in = User(subject=alias, name="Erased staff member", is_active=False)
        stand_in.set_unusable_password()
        User.objects.bulk_create([stand_in], ignore_conflicts=True)
        actions.update(user=alias)


def _blur_log(person: User, kept: list[Holding], alias: str) -> None:
    """The log of the back office copies names and titles: what was done stays, to whom does not."""
    on_person = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(User), object_id=person.pk)
    # What Django's own forms note is JSON, and names fields alone.
    for entry in on_person.filter(change_message__contains=REASON_MARK).exclude(change_message__startswith="[{"):
        entry.change_message = entry.change_message.partition(REASON_MARK)[0] + "."
        entry.save(update_fields=["change_message"])
    on_person.update(object_id=alias, object_repr="Erased person")
    for holding in kept:
        kind = ContentType.objects.get_for_model(holding.model)
        keys = holding.rows.values_list(Cast("pk", TextField()))
        LogEntry.objects.filter(content_type=kind, object_id__in=keys).update(
            object_repr=f"Erased {holding.model._meta.verbose_name}"
        )


def _log(alias: str, counts: dict[str, int], by: User) -> None:
    gone = ", ".join(f"{count} {name}" for name, count in counts.items()) or "nothing but the record"
    LogEntry.objects.create(
        user=by,
        content_type=ContentType.objects.get_for_model(User),
        object_id=alias,
        object_repr="Erased person",
        action_flag=DELETION,
        change_message=f"Erased, with all they owned{REASON_MARK}{gone}.",
    )
