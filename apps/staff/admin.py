"""Staff in the back office: what concerns a colleague's sign-in, and the groups."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from unfold.admin import ModelAdmin
from unfold.decorators import action

from apps.accounts.admin import UserAdmin
from apps.accounts.models import User
from apps.accounts.person_actions import Confirmation, is_superuser
from apps.backoffice.conflicts import ConflictsMixin
from apps.backoffice.strict import StrictAdminMixin
from apps.staff import actions, factors, resets  # noqa: F401 - the log of actions registers itself
from apps.staff.roles import ROLES

# django-otp's pages would show staff the keys of their colleagues.
admin.site.unregister([TOTPDevice, StaticDevice])
admin.site.unregister([Group, User])


@admin.register(User)
class StaffUserAdmin(UserAdmin):
    actions_detail = (*UserAdmin.actions_detail, "reset_second_factor")

    def has_reset_factor_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One's own is replaced by a code; a colleague's is reset by a superuser."""
        person = self.person(request, obj)
        return is_superuser(request) and person != request.user and (person is None or factors.has_factor(person))

    @action(
        description="Reset second factor", url_path="reset-factor", icon="phonelink_erase", permissions=["reset_factor"]
    )
    def reset_second_factor(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self._found(request, object_id)
        if request.method == "POST":
            by: Any = request.user
            resets.reset(person, by=by, message="Second factor reset.")
            return self._done(request, person, "Second factor reset.", logged=True)
        consequences = [
            "Make sure that it is they who ask: until they enrol anew, their password alone lets somebody do so.",
            "Their authenticator and their recovery codes work no more.",
            "They are signed out everywhere, and set up another authenticator at their next sign-in.",
        ]
        return self._confirm(
            request, person, Confirmation(f"Reset the second factor of {person}", consequences, "Reset")
        )


@admin.register(Group)
class GroupAdmin(StrictAdminMixin, ConflictsMixin, DjangoGroupAdmin, ModelAdmin):
    """Groups of staff, with their rights: for superusers, since whoever may edit a group may give themselves all."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(super().has_add_permission(request)) and is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return bool(super().has_change_permission(request, obj)) and is_superuser(request) and not _is_ready(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return bool(super().has_delete_permission(request, obj)) and is_superuser(request) and not _is_ready(obj)


def _is_ready(group: Group | None) -> bool:
    """A role of the table, which every deployment restores: a group of one's own is the place for other rights."""
    return group is not None and group.name in ROLES
