"""Two people who edit one row at once: neither overwrites the other's changes without having seen them."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.options import TO_FIELD_VAR
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from apps.backoffice import versions
from apps.backoffice.differences import difference, shown, unmarked
from apps.backoffice.merging import CHOICE, CONFLICT, SHOWN, VERSION, MergingForm, is_secret


class ConflictsMixin:
    """For a ModelAdmin whose rows are edited. Its `form` is a MergingForm.

    The row is locked while a form is compared with it and saved. What somebody else changed since the form was opened
    stays, and the message says so. Where both changed a field, a page shows both values and asks which one to keep.
    """

    form: Any = MergingForm
    change_form_before_template: Any = "backoffice/version.html"
    # See MergingForm.
    watched: ClassVar[dict[str, str]] = {}

    def changed_by(self, row: Any, name: str) -> tuple[str, datetime] | None:
        """Who last changed the field, and when, where that is known."""
        return None

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)  # type: ignore[misc]  # ModelAdmin's
        form.watched = self.watched
        return form

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        save: Any = super().changeform_view  # type: ignore[misc]  # ModelAdmin's
        if request.method != "POST" or object_id is None or "_saveasnew" in request.POST:
            return save(request, object_id, form_url, extra_context)
        with transaction.atomic():
            if self.locked(request, object_id) is None and self.has_change_permission(request):  # type: ignore[attr-defined]
                return self._page_of_gone_row(request)
            return save(request, object_id, form_url, extra_context)

    def locked(self, request: HttpRequest, object_id: str) -> Any:
        """The row, as it is behind every write that was under way. In a transaction of the caller's."""
        model_admin: Any = self
        to_field = request.POST.get(TO_FIELD_VAR, request.GET.get(TO_FIELD_VAR))
        if to_field and not model_admin.to_field_allowed(request, to_field):
            to_field = None
        row = model_admin.get_object(request, unquote(object_id), to_field)
        # Rows that refer to it may be added meanwhile.
        rows = model_admin.model._base_manager.select_for_update(no_key=True)
        return row and rows.filter(pk=row.pk).first()

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        form = context["adminform"].form
        if kwargs.get("change") and isinstance(form, MergingForm):
            if form.is_bound and form.has_error(NON_FIELD_ERRORS, CONFLICT):
                return self._page_of_conflict(request, form)
            context["version_field"], context["version"] = VERSION, form.version
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]  # ModelAdmin's

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)  # type: ignore[misc]  # ModelAdmin's
        if change and form.changed_by_others:
            names = ", ".join(map(form.label_of, form.changed_by_others))
            messages.warning(
                request, f"Since you opened the page, somebody else changed: {names}. Their changes were kept."
            )

    def _page_of_conflict(self, request: HttpRequest, form: MergingForm) -> HttpResponse:
        name = self.opts.verbose_name  # type: ignore[attr-defined]  # ModelAdmin's
        context = {
            "title": f"This {name} was not saved" if form.opened is None else f"Somebody else changed this {name}",
            "row_name": form.row_name,
            "differences": [difference(form, name, self.changed_by(form.instance, name)) for name in form.conflicts],
            "is_version_unknown": form.opened is None,
            "others": list(map(form.label_of, form.changed_by_others)),
            "own": [form.label_of(name) for name in form.changed_data if name not in form.conflicts],
            "hidden": sent_again(request, form),
            "shown_field": SHOWN,
            "choice_prefix": CHOICE,
            "shown": versions.signed(form.present, form.instance),
        }
        return self._answer(request, "conflict", 409, context)

    def _page_of_gone_row(self, request: HttpRequest) -> HttpResponse:
        """With what was typed, so that it can be copied."""
        model_admin: Any = self
        blank = model_admin.model()
        fields = flatten_fieldsets(model_admin.get_fieldsets(request, blank))
        form = model_admin.get_form(request, blank, change=True, fields=fields)(request.POST, instance=blank)
        form.full_clean()
        typed = {name: form.cleaned_data.get(name, form[name].data) for name in form.compared}
        context = {
            "title": f"This {model_admin.opts.verbose_name} is gone",
            "typed": [
                (form.label_of(name), unmarked(shown(form.fields[name], value)))
                for name, value in typed.items()
                if value
            ],
        }
        return self._answer(request, "gone", 404, context)

    def _answer(self, request: HttpRequest, name: str, status: int, context: dict[str, Any]) -> HttpResponse:
        model_admin: Any = self
        page = {**model_admin.admin_site.each_context(request), "opts": model_admin.opts, **context}
        return TemplateResponse(request, f"backoffice/{name}.html", page, status=status)


def sent_again(request: HttpRequest, form: MergingForm) -> list[tuple[str, str]]:
    """What the form sent, for hidden inputs. A secret never goes back to a page."""
    secrets = {form.add_prefix(name) for name, field in form.fields.items() if is_secret(field)}
    left_out = {"csrfmiddlewaretoken", SHOWN, *secrets}
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name not in left_out and not name.startswith(CHOICE)
        for value in values
    ]
