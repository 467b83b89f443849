"""People whom the rows of a file name, by subject or by e-mail address."""

from collections import defaultdict
from collections.abc import Iterable

from django.contrib.auth import get_user_model
from django.db.models.functions import Lower


class People:
    """Reads those that are named in one statement, and in another where e-mail addresses are among the names."""

    def __init__(self, names: Iterable[str]) -> None:
        wanted = {name.strip() for name in names} - {""}
        people = get_user_model()._default_manager.all()
        self._subjects = set(people.filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()
        self._by_address: dict[str, list[str]] = defaultdict(list)
        addresses = {name.lower() for name in wanted - self._subjects if "@" in name}
        if addresses:
            found = people.annotate(address=Lower("email")).filter(address__in=addresses)
            for subject, address in found.values_list("pk", "address"):
                self._by_address[address].append(subject)

    def named(self, name: str) -> str:
        """The subject; nothing where no one, or more than one person, has the name."""
        found = self._found(name.strip())
        return found[0] if len(found) == 1 else ""

    def problem(self, name: str) -> str:
        """Why the name is no one person's, or nothing."""
        given = name.strip()
        found = self._found(given)
        if not given:
            return "a new task needs a person."
        if len(found) > 1:
            return f"{len(found)} people have the e-mail address {given[:100]!r}. Name one by user_id."
        return "" if found else f"there is no person {given[:100]!r}."

    def _found(self, name: str) -> list[str]:
        return [name] if name in self._subjects else self._by_address.get(name.lower(), [])
