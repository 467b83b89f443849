"""How people are found among a hundred thousand: by the beginnings of words, through one index."""

from django.contrib.postgres.search import SearchQueryField, SearchVectorField
from django.db.models import BooleanField, Func, TextField, Value

from apps.values.folding import searchable_words

# The words of a person, as the SQL function of a migration splits them.
SEARCH_KEYS = Func(
    "subject", "email", "name", "login", function="accounts_search_keys", output_field=SearchVectorField()
)


def has_words(text: str) -> Func:
    """A condition: each word of `text` begins a word of the person, in whatever case, with or without accents."""
    words = " ".join(searchable_words(text))
    sought = Func(Value(words, TextField()), function="accounts_search_query", output_field=SearchQueryField())
    return Func(SEARCH_KEYS, sought, template="(%(expressions)s)", arg_joiner=" @@ ", output_field=BooleanField())
