"""Which parameters of a list's address can be read: one that cannot must never mean "every row"."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.exceptions import BadRequest, ValidationError
from django.db.models import DateTimeField
from django.http import HttpRequest, QueryDict
from django.utils import timezone

COLUMNS = "columns"
SEARCH = "q"
# What decides how rows are shown and never which: page, error flag, order, "show all", counts, popup, columns.
SHOWING = ("p", "e", "o", "all", "_facets", "_popup", "_to_field", COLUMNS)
# What of an address says neither filter, order nor columns.
NOT_KEPT = ("p", "e", "all", "_popup", "_to_field")
LONGEST_SHOWN = 100
LONGEST_QUERY = 2_000
BOOLEANS = {"true", "false", "1", "0"}

TOO_LONG = (
    f"The filters and the search of the list take more than {LONGEST_QUERY:,} characters in its address, and no more "
    "are kept. Search for fewer words."
)
NUL = "It holds a NUL character. Remove it."


@dataclass(frozen=True)
class Refused:
    """A parameter that cannot be read, and what to do about it."""

    name: str
    value: str
    advice: str

    def __str__(self) -> str:
        return f"{self.name}={self.value}: {self.advice}"


class FiltersRefused(BadRequest):
    def __init__(self, refused: Iterable[Refused]) -> None:
        super().__init__(f"The list has filters that cannot be read. {' '.join(map(str, refused))}")


def filters_of(model_admin: Any, request: HttpRequest) -> list[Any]:
    """The filters that a list offers, without values."""
    filters = []
    for item in model_admin.get_list_filter(request):
        if isinstance(item, type):
            filters.append(item(request, {}, model_admin.model, model_admin))
            continue
        path, kind = item if isinstance(item, tuple) else (item, admin.FieldListFilter.create)
        field = model_admin.opts.get_field(path)
        filters.append(kind(field, request, {}, model_admin.model, model_admin, field_path=path))
    # Django neither shows nor applies one without output.
    return [one for one in filters if one.has_output()]


def is_typed(filter_: Any) -> bool:
    """A filter with inputs of a form, which a browser sends empty where nothing was typed."""
    return hasattr(filter_, "form_class")


def given_to(filters: Iterable[Any], query: QueryDict) -> dict[str, list[str]]:
    """The parameters that choose rows, without the inputs that were left empty."""
    typed = {name for one in filters if is_typed(one) for name in one.expected_parameters()}
    given = {name: [v for v in values if v or name not in typed] for name, values in query.lists()}
    return {name: values for name, values in given.items() if values and name not in {*SHOWING, SEARCH}}


def kept(model_admin: Any, request: HttpRequest, query: QueryDict | str) -> str:
    """The part of a list's address that a saved view or a job keeps, in one order."""
    parts = QueryDict(query) if isinstance(query, str) else query
    given = given_to(filters_of(model_admin, request), parts)
    given |= {name: parts.getlist(name) for name in parts if name in {*SHOWING, SEARCH} and name not in NOT_KEPT}
    pairs = QueryDict(mutable=True)
    for name in sorted(given):
        pairs.setlist(name, [value for value in given[name] if value or name not in {*SHOWING, SEARCH}])
    return pairs.urlencode()


def refusals(model_admin: Any, request: HttpRequest) -> list[Refused]:
    """What of the address cannot be read. Empty for an address that this list's own page leads to."""
    filters = filters_of(model_admin, request)
    known = {name: one for one in filters for name in one.expected_parameters()}
    return [
        Refused(_shown(name), _shown(", ".join(values)), advice)
        for name, values, advice in (*_on_search(model_admin, request), *_on_filters(known, filters, request.GET))
    ]


def _on_search(model_admin: Any, request: HttpRequest) -> Iterator[tuple[str, list[str], str]]:
    texts = [text for text in request.GET.getlist(SEARCH) if text.strip()]
    if not texts:
        return
    if len(texts) > 1:
        advice: str | None = "It is given more than once. Search for one text."
    elif "\0" in texts[0]:
        advice = NUL
    elif not model_admin.get_search_fields(request):
        advice = "This list has no search. Use its filters."
    else:
        advice = model_admin.search_advice(texts[0])
    if advice:
        yield SEARCH, texts, advice


def _on_filters(known: dict[str, Any], filters: list[Any], query: QueryDict) -> Iterator[tuple[str, list[str], str]]:
    for name, values in given_to(filters, query).items():
        if name not in known:
            yield name, values, f"This list has no such filter. It has: {', '.join(known) or 'none'}."
        elif len(values) > 1:
            yield name, values, "It is given more than once. Give it one value."
        elif advice := NUL if "\0" in values[0] else _on_value(known[name], name, values[0]):
            yield name, values, advice


def _on_value(filter_: Any, name: str, value: str) -> str | None:
    """What is wrong with a filter's value. A filter of our own may say so by `advice_on(name, value)`."""
    if hasattr(filter_, "advice_on"):
        advice: str | None = filter_.advice_on(name, value)
        return advice
    if is_typed(filter_):
        return None
    if isinstance(filter_, admin.SimpleListFilter):
        return _one_of(value, filter_.lookup_choices)
    return _on_lookup(filter_.field, name.rpartition("__")[2], value)


def _on_lookup(field: Any, lookup: str, value: str) -> str | None:
    if lookup == "isnull":
        return None if value.lower() in BOOLEANS else "Use True or False."
    if field.flatchoices:
        return _one_of(value, field.flatchoices)
    try:
        read = field.to_python(value)
    except ValidationError as error:
        return " ".join(error.messages)
    if isinstance(field, DateTimeField) and timezone.is_naive(read):
        return "The time has no zone. Write it as 2027-01-31 09:30:00Z."
    return None


def _one_of(value: str, choices: Iterable[tuple[Any, Any]]) -> str | None:
    allowed = {str(choice): str(label) for choice, label in choices}
    if value in allowed:
        return None
    return f"Use one of: {', '.join(f'{choice} ({label})' for choice, label in allowed.items())}."


def _shown(text: str) -> str:
    # Text that was sent in an odd encoding may not be encodable.
    text = text.encode(errors="replace").decode().replace("\0", "\ufffd")
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]} …"
