"""What every ModelAdmin of the back office does with an address or a form that nobody could have meant."""

from contextlib import suppress
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect

from apps.backoffice.lists import StrictChangeList
from apps.backoffice.parameters import NUL, FiltersRefused, refusals
from apps.values.folding import searchable_words


class StrictAdminMixin:
    """For a ModelAdmin; stands before it."""

    most_search_words: ClassVar[int] = 20

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[StrictChangeList]:
        return StrictChangeList

    def search_advice(self, text: str) -> str | None:
        """What is wrong with the text of a search, and what to do; None where it can be searched for."""
        if "\0" in text:
            return NUL
        if (number := len(text.split())) > self.most_search_words:
            return f"These are {number} words. Search for {self.most_search_words} at most."
        if not searchable_words(text):
            return "There is no letter or digit in it. Search for a word or a number."
        return None

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        if search_term.strip() and self.search_advice(search_term):
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)  # type: ignore[misc]  # ModelAdmin's

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any], *more: Any, **options: Any) -> Any:
        if refused := refusals(self, request):
            messages.error(request, f"Nothing was changed. {FiltersRefused(refused)}")
            return HttpResponseRedirect(request.get_full_path())
        self._check_selection(request)
        return super().response_action(request, queryset, *more, **options)  # type: ignore[misc]  # ModelAdmin's

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What the address of an "add" page suggests, without what its fields cannot hold."""
        given: dict[str, Any] = super().get_changeform_initial_data(request)  # type: ignore[misc]  # ModelAdmin's
        held = {}
        for field in self.model._meta.get_fields():  # type: ignore[attr-defined]  # ModelAdmin's
            form_field = field.formfield() if field.name in given and field.concrete else None
            with suppress(ValidationError):
                if form_field is not None:
                    held[field.name] = field.clean(form_field.clean(given[field.name]), None)
        return held

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The widget of a refused form looks up what was sent, and no text of PostgreSQL holds a NUL."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]  # ModelAdmin's
        if field is not None:
            read = field.widget.value_from_datadict
            field.widget.value_from_datadict = lambda *sent: without_nul(read(*sent))
        return field

    def _check_selection(self, request: HttpRequest) -> None:
        if request.POST.get("select_across", "0") not in {"", "0", "1"}:
            raise BadRequest("select_across is 0 or 1. Select the rows again.")
        key: Any = self.model._meta.pk  # type: ignore[attr-defined]  # ModelAdmin's
        try:
            for chosen in request.POST.getlist(ACTION_CHECKBOX_NAME):
                clean_key(key, chosen)
        except ValidationError as error:
            raise BadRequest("The selection names a row that cannot exist. Select the rows again.") from error


def clean_key(field: Any, text: str) -> Any:
    """The value of a primary key. Raises ValidationError."""
    if "\0" in text:
        raise ValidationError(NUL)
    key = field.to_python(text)
    field.run_validators(key)
    return key


def without_nul(value: Any) -> Any:
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value
