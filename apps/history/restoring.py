"""The page on which staff restore an earlier state of what history is kept of."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views import View

from apps.history import diffs
from apps.history.models import Change
from apps.history.restoration import Restoration, Stale, restoration, restore


class RestoreView(View):
    """Of a row of `model_admin`, whose `restorable` says which columns the caller may restore."""

    model_admin: Any = None
    # What the form asks for.
    asked: frozenset[str] = frozenset()

    def write(self, request: HttpRequest, row: Any, plan: Restoration, form: Form | None) -> None:
        """Within the transaction. Raises ValidationError."""
        raise NotImplementedError

    def plan(self, request: HttpRequest, row: Any, change: Change) -> Restoration:
        return restoration(row, change, self.model_admin.restorable(request, row))

    def form(self, request: HttpRequest, plan: Restoration) -> Form | None:
        """What has to be said before the plan is carried out."""
        return None

    def remarks(self, request: HttpRequest, row: Any, plan: Restoration) -> list[str]:
        return []

    def get(self, request: HttpRequest, object_id: str, change: int) -> HttpResponse:
        """Says what would change."""
        row, chosen = self._chosen(request, object_id, change)
        plan = self.plan(request, row, chosen)
        return self._page(request, row, chosen, plan, self.form(request, plan))

    def post(self, request: HttpRequest, object_id: str, change: int) -> HttpResponse:
        row, chosen = self._chosen(request, object_id, change)
        plan = self.plan(request, row, chosen)
        form = self.form(request, plan)
        try:
            if request.POST.get("seen") != str(plan.seen):
                raise Stale
            if form is not None and not form.is_valid():
                return self._page(request, row, chosen, plan, form)
            self._restore(request, row, chosen, plan, form)
        except Stale:
            name = self.model_admin.opts.verbose_name
            text = f"The {name} was changed meanwhile. Look at what would change now, and decide again."
            messages.error(request, text)
            return HttpResponseRedirect(request.path)
        except ValidationError as error:
            messages.error(request, f"Not restored: {' '.join(error.messages)}")
            return HttpResponseRedirect(request.path)
        except ObjectDoesNotExist as error:  # it went meanwhile
            raise Http404 from error
        return HttpResponseRedirect(self._address("history", row))

    def _restore(self, request: HttpRequest, row: Any, change: Change, plan: Restoration, form: Form | None) -> None:
        fields = diffs.labels(plan.values)
        if not fields:
            messages.info(request, "There was nothing to restore.")
            return

        def write(locked: Any, shown: Restoration) -> None:
            self.write(request, locked, shown, form)
            self.model_admin.log_change(request, locked, f"Restored an earlier state: {fields}.")

        restore(row, plan, lambda locked: self.plan(request, locked, change), write)
        messages.success(request, f"Restored: {fields}.")

    def _chosen(self, request: HttpRequest, object_id: str, change: int) -> tuple[Any, Change]:
        row = self.model_admin.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        if not self.model_admin.restorable(request, row):
            raise PermissionDenied
        states = Change.objects.of(self.model_admin.recorded_kind, str(row.pk)).states()
        return row, get_object_or_404(states, pk=change)

    def _page(
        self, request: HttpRequest, row: Any, change: Change, plan: Restoration, form: Form | None
    ) -> HttpResponse:
        shown = {name: value for name, value in plan.values.items() if form is None or name not in self.asked}
        context = {
            **self.model_admin.admin_site.each_context(request),
            "title": "Restore an earlier state",
            "opts": self.model_admin.opts,
            "object": row,
            "change": change,
            "seen": plan.seen,
            "lines": diffs.lines({name: getattr(row, name) for name in shown}, shown),
            "remarks": self.remarks(request, row, plan),
            "form": form,
            "back": self._address("history", row),
        }
        return TemplateResponse(request, "history/restore.html", context)

    def _address(self, page: str, row: Any) -> str:
        options = self.model_admin.opts
        return reverse(f"admin:{options.app_label}_{options.model_name}_{page}", args=[quote(row.pk)])
