"""How people are found among a hundred thousand: by the beginnings of words, through one index."""

from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db.models import BooleanField, F, Func, TextField, Value

# An e-mail address is as long; PostgreSQL refuses a word of more than 2046 bytes.
LONGEST_WORD = 320


class SearchWords(Func):
    """The words of a subject, e-mail address, name and login, as the SQL function of a migration splits them."""

    function = "accounts_search_words"
    output_field = SearchVectorField()

    def __init__(self, *fields: Any, **extra: Any) -> None:
        super().__init__(*(fields or map(F, ("subject", "email", "name", "login"))), **extra)


def has_words(text: str) -> Func:
    """A condition: each word of `text` begins a word of the person, in whatever case. `text` is not blank."""
    query = " & ".join(f"'{_escaped(word)}':*" for word in text.split())
    lowered = Func(Value(query, TextField()), template="lower(%(expressions)s)::tsquery")
    return Func(SearchWords(), lowered, template="(%(expressions)s)", arg_joiner=" @@ ", output_field=BooleanField())


def _escaped(word: str) -> str:
    return word[:LONGEST_WORD].replace("\\", "\\\\").replace("'", "''")
