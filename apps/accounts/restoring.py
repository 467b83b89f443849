"""The page on which staff restore an earlier state of a person: each column by whoever may change it by hand."""

from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.forms import Form
from django.http import HttpRequest

from apps.accounts import services
from apps.accounts.forms import ReasonForm
from apps.accounts.models import User
from apps.accounts.person_actions import ACCEPTED_AGAIN, REFUSED_SOON
from apps.history import diffs
from apps.history.models import Change
from apps.history.restoration import Restoration
from apps.history.restoring import RestoreView

STATE = ("is_active", "deactivation_reason")
# Groups and rights are not among them: history knows those by names, which may by now be the names of others.
RESTORED = ("name", "login", "is_staff", "is_superuser", *STATE)
TOLD_BY_TOKENS = (
    "Their sign-in service tells their name as well: a token that tells another name or e-mail address than the one "
    "before it writes over the name restored here."
)


class RestorePersonView(RestoreView):
    asked = frozenset({"deactivation_reason"})

    def plan(self, request: HttpRequest, row: User, change: Change) -> Restoration:
        """What a column takes along when it is changed by hand, it takes along here."""
        plan = super().plan(request, row, change)
        values = dict(plan.values)
        if "is_active" not in values:
            values.pop("deactivation_reason", None)
        elif values["is_active"]:
            values["deactivation_reason"] = ""
        if values.get("login"):
            values["email"] = values["login"]
        values = {name: value for name, value in values.items() if value != getattr(row, name)}
        return replace(plan, values=values, kept=tuple(name for name in plan.differing if name not in values))

    def form(self, request: HttpRequest, plan: Restoration) -> Form | None:
        if plan.values.get("is_active") is not False:
            return None
        return ReasonForm(request.POST or None, initial={"reason": plan.values.get("deactivation_reason", "")})

    def remarks(self, request: HttpRequest, row: User, plan: Restoration) -> list[str]:
        remarks = []
        if "is_active" in plan.values:
            remarks.append(ACCEPTED_AGAIN if plan.values["is_active"] else REFUSED_SOON)
        if "name" in plan.values and not plan.values.get("login", row.login):
            remarks.append(TOLD_BY_TOKENS)
        may = self.model_admin.restorable(request, row)
        refused = [name for name in plan.kept if name in RESTORED and name not in may]
        never = [name for name in plan.kept if name not in refused]
        if refused:
            remarks.append(f"Stays as it is, since you may not change it: {diffs.labels(refused)}.")
        if never:
            remarks.append(f"Was changed since, and is not restored here: {diffs.labels(never)}.")
        return remarks

    def write(self, request: HttpRequest, row: User, plan: Restoration, form: Form | None) -> None:
        """What people are kept from and let into goes through the same services as by hand."""
        if columns := {name: value for name, value in plan.values.items() if name not in STATE}:
            _write(row, columns)
        if plan.values.get("is_active"):
            services.reactivate([row.pk])
            self.model_admin.log_change(request, row, "Reactivated.")
        elif form is not None:
            reason = form.cleaned_data["reason"]
            services.deactivate([row.pk], reason)
            self.model_admin.log_change(request, row, f"Deactivated: {reason}")


def _write(person: User, columns: dict[str, Any]) -> None:
    """Raises ValidationError."""
    for name, value in columns.items():
        setattr(person, name, value)
    person.full_clean(exclude={field.name for field in User._meta.fields} - columns.keys())
    try:
        User.objects.filter(pk=person.pk).update(**columns)
    except IntegrityError as error:  # behind the look that full_clean() took
        raise ValidationError("Somebody else has taken the login.") from error
