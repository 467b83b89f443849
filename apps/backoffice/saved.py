"""Saved views of a list: each member of staff's own, and those that a team shares."""

from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import label_for_field
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.text import capfirst
from django.views.decorators.http import require_POST

from apps.backoffice.models import SavedView
from apps.backoffice.parameters import COLUMNS, LONGEST_QUERY, TOO_LONG, kept
from apps.backoffice.strict import StrictAdminMixin


class SavedViewForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    columns = forms.MultipleChoiceField(required=False)

    class Meta:
        model = SavedView
        fields = ("name", "group", "query")

    def __init__(self, data: Any, *, owner: Any, page: str, columns: dict[str, str], kept: Any) -> None:
        self.kept = kept
        # A name that is taken is a view that is saved again. No name holds a NUL character.
        name = str(data.get("name", "")).strip().replace("\0", "")
        instance = SavedView.objects.filter(owner=owner.pk, page=page, name=name).first()
        super().__init__(data, instance=instance or SavedView(owner=owner, page=page))
        group: Any = self.fields["group"]
        group.queryset = Group.objects.filter(user=owner.pk)
        choice: Any = self.fields["columns"]
        choice.choices = list(columns.items())

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        query = QueryDict(cleaned.get("query", ""), mutable=True)
        query.pop(COLUMNS, None)
        if cleaned.get("columns"):
            query[COLUMNS] = ",".join(cleaned["columns"])
        self.instance.query = cleaned["query"] = self.kept(query)
        if len(cleaned["query"]) > LONGEST_QUERY:
            self.add_error("query", TOO_LONG)
        return cleaned


class SavedViewsMixin(StrictAdminMixin):
    """For a ModelAdmin. The first column is always shown; `other_columns` may be chosen besides `list_display`."""

    other_columns: ClassVar[tuple[str, ...]] = ()
    list_before_template: Any = "backoffice/saved_views.html"

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        usual = tuple(super().get_list_display(request))  # type: ignore[misc]  # ModelAdmin's
        wanted = request.GET.get(COLUMNS, "").split(",")
        chosen = tuple(name for name in (*usual[1:], *self.other_columns) if name in wanted)
        return (usual[0], *chosen) if chosen else usual

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        model_admin: Any = self
        here = kept(self, request, request.GET)
        views = [(view, view.query == here) for view in SavedView.objects.seen_by(str(request.user.pk), self._page())]
        context = {
            "saved_views": views,
            "view_query": here,
            "view_columns": self._columns(request).items(),
            "shown_columns": model_admin.get_list_display(request),
            "own_groups": Group.objects.filter(user=request.user.pk),
            **(extra_context or {}),
        }
        answer: HttpResponse = super().changelist_view(request, context)  # type: ignore[misc]  # ModelAdmin's
        return answer

    def get_urls(self) -> list[Any]:
        site: admin.AdminSite = self.admin_site  # type: ignore[attr-defined]  # ModelAdmin's
        name = self._page().replace(".", "_")
        return [
            path("views/save/", site.admin_view(require_POST(self.save_view)), name=f"{name}_save_view"),
            path(
                "views/<int:number>/delete/",
                site.admin_view(require_POST(self.delete_saved_view)),
                name=f"{name}_delete_view",
            ),
            *super().get_urls(),  # type: ignore[misc]  # ModelAdmin's
        ]

    def save_view(self, request: HttpRequest) -> HttpResponse:
        self._require_view_permission(request)
        form = SavedViewForm(
            request.POST,
            owner=request.user,
            page=self._page(),
            columns=self._columns(request),
            kept=partial(kept, self, request),
        )
        if form.is_valid():
            view = form.save()
            messages.success(request, f"Saved: {view.name}.")
            return self._list(view.query)
        for field, errors in form.errors.items():
            messages.error(request, f"The view was not saved. {field.capitalize()}: {' '.join(map(str, errors))}")
        query = kept(self, request, request.POST.get("query", ""))
        return self._list(query if len(query) <= LONGEST_QUERY else "")

    def delete_saved_view(self, request: HttpRequest, number: int) -> HttpResponse:
        self._require_view_permission(request)
        view = get_object_or_404(SavedView, pk=number, page=self._page(), owner=request.user.pk)
        view.delete()
        messages.success(request, f"Deleted the view {view.name}. Nothing of what it showed was touched.")
        return self._list("")

    def _columns(self, request: HttpRequest) -> dict[str, str]:
        """Labels of what may be chosen, by name."""
        model_admin: Any = self
        names = (*model_admin.list_display[1:], *self.other_columns)
        return {name: capfirst(str(label_for_field(name, model_admin.model, model_admin))) for name in names}

    def _require_view_permission(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):  # type: ignore[attr-defined]  # ModelAdmin's
            raise PermissionDenied

    def _page(self) -> str:
        return str(self.model._meta.label_lower)  # type: ignore[attr-defined]  # ModelAdmin's

    def _list(self, query: str) -> HttpResponseRedirect:
        address = reverse(f"admin:{self._page().replace('.', '_')}_changelist")
        return HttpResponseRedirect(f"{address}?{query}" if query else address)
