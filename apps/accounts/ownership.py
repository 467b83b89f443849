"""Whether numbers that somebody wrote into a file are of tasks that a person has or had."""

from collections.abc import Collection

from apps.accounts.models import User
from apps.backoffice import mentions
from apps.history.models import Change, Kind

LARGEST_NUMBER = 2**63 - 1


def ownership(person: User) -> mentions.Ownership:
    """Of tasks that they have, and of those that they had: a file may hold what was deleted behind it."""
    had = Change.objects.filter(owner=person.pk, kind=Kind.TASK)
    # The base manager sees what lies in a trash as well.
    has = User._meta.get_field("tasks").related_model._base_manager.filter(user=person)

    def owns(numbers: Collection[str]) -> bool:
        digits = {number.lstrip("0") for number in numbers if number.isascii() and number.isdecimal()}
        # As numbers, so that the key's index finds them, however many tasks the person has.
        known = [
            number for number in (int(text or "0") for text in digits if len(text) < 20) if number <= LARGEST_NUMBER
        ]
        return bool(has.filter(pk__in=known).exists() or had.filter(object_id__in=digits).exists())

    return owns
