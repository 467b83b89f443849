"""All that is kept of a person: what their page counts, what an export holds, what an erasure takes."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from axes.models import AccessAttempt
from django.db.models import DO_NOTHING, Model, QuerySet

from apps.accounts.models import Refusal, User

# Secrets are taken by an erasure and shown by no export.
SECRET_FIELDS = {"password", "key", "token", "jti"}


@dataclass(frozen=True)
class Holding:
    """Rows of one kind that belong to a person."""

    name: str
    rows: QuerySet[Any]
    # The field that names the person.
    owner: str

    @property
    def model(self) -> type[Model]:
        return self.rows.model

    @property
    def singular(self) -> str:
        return str(self.model._meta.verbose_name)

    @property
    def order(self) -> tuple[str, ...]:
        """One that an index of the owner's rows gives, or none.

        By the key alone, the planner may look for one person's rows among everybody's.
        """
        for index in (*self.model._meta.indexes, *self.model._meta.constraints):
            fields = tuple(getattr(index, "fields", ()))
            if fields[:1] == (self.owner,) and index.condition is None and not any("-" in name for name in fields):
                return fields[1:]
        return ()

    @property
    def columns(self) -> list[str]:
        """Those that an export shows."""
        return [field.attname for field in self.model._meta.concrete_fields if field.name not in SECRET_FIELDS]


# Rows that name a person by no foreign key.
_BY_NAME: dict[type[Model], Callable[[User], dict[str, Any]]] = {
    # Whoever forges a token writes any subject into it: what is not proved says nothing about the person.
    Refusal: lambda person: {"subject": person.subject, "proved": True},
    AccessAttempt: lambda person: {"username": person.login} if person.login else {"pk": None},
}


def holdings(person: User) -> list[Holding]:
    """One for each kind of row, the person's own record not among them. A new model that points at people is found."""
    return list(_by_foreign_key(person)) + [
        Holding(_name(model), model._base_manager.filter(**condition(person)), next(iter(condition(person))))
        for model, condition in _BY_NAME.items()
    ]


def hidden_holdings(person: User) -> list[Holding]:
    """Rows whose foreign key has no name on the person's side, which no page shows: an erasure takes them too."""
    shown = set(User._meta.related_objects)
    every = User._meta.get_fields(include_hidden=True)
    return list(_holdings(person, [each for each in every if each.auto_created and each not in shown]))


def _by_foreign_key(person: User) -> Iterator[Holding]:
    return _holdings(person, User._meta.related_objects)


def _holdings(person: User, relations: Iterable[Any]) -> Iterator[Holding]:
    for relation in relations:
        # Rows that are meant to outlive the person, such as those of a history, are left to whoever keeps them.
        if not relation.many_to_many and relation.on_delete is not DO_NOTHING:
            # The base manager sees what lies in a trash as well.
            rows = relation.related_model._base_manager.filter(**{relation.field.name: person})
            yield Holding(_name(relation.related_model), rows, relation.field.name)


def _name(model: type[Model]) -> str:
    return str(model._meta.verbose_name_plural)
