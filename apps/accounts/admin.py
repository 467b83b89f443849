"""People in the back office."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from apps.accounts.models import User
from apps.history.models import Kind
from apps.history.pages import RecordedHistoryMixin

# Their pages would show staff the tokens of local accounts.
admin.site.unregister([OutstandingToken, BlacklistedToken])
admin.site.unregister(Group)


def is_superuser(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_superuser


RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")


class LocalAccountForm(UserCreationForm):
    """A new local account; people of Better Auth appear by their first token."""

    class Meta:
        model = User
        fields = ("login", "name")
        field_classes: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].required = True


@admin.register(User)
class UserAdmin(RecordedHistoryMixin, DjangoUserAdmin, ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    recorded_kind = Kind.PERSON
    form = UserChangeForm
    add_form = LocalAccountForm
    change_password_form = AdminPasswordChangeForm

    list_display = ("subject", "name", "email", "show_state", "is_staff", "created_at", "tasks")
    list_filter = ("is_active", "is_staff", "created_at")
    search_fields = ("subject", "email", "name", "login")
    search_help_text = "Subject, e-mail address, name or login"
    date_hierarchy = "created_at"
    ordering = ("-created_at", "subject")
    show_full_result_count = False
    actions = ("deactivate", "reactivate")
    filter_horizontal = ("groups", "user_permissions")

    fieldsets = (
        (None, {"fields": ("subject", "name", "email", "is_active", "tasks")}),
        ("Local account", {"fields": ("login", "password")}),
        ("Rights in the back office", {"fields": RIGHTS}),
        ("Times", {"fields": ("created_at", "last_login")}),
    )
    add_fieldsets = ((None, {"fields": ("login", "name", "password1", "password2")}),)
    readonly_fields = ("subject", "email", "created_at", "last_login", "tasks")

    @display(description="State", ordering="is_active", label={"Active": "success", "Deactivated": "danger"})
    def show_state(self, person: User) -> str:
        return "Active" if person.is_active else "Deactivated"

    @display(description="Tasks")
    def tasks(self, person: User) -> str:
        address = f"{reverse('admin:tasks_task_changelist')}?{urlencode({'user__exact': person.pk})}"
        return format_html('<a class="text-primary-600 dark:text-primary-500" href="{}">Show tasks</a>', address)

    @admin.action(description="Deactivate the selected people", permissions=["change"])
    def deactivate(self, request: HttpRequest, people: QuerySet[User]) -> None:
        self._set_active(request, people.exclude(pk=request.user.pk), active=False)

    @admin.action(description="Reactivate the selected people", permissions=["change"])
    def reactivate(self, request: HttpRequest, people: QuerySet[User]) -> None:
        self._set_active(request, people, active=True)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and self._is_within_reach(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        oneself = obj is not None and obj == request.user
        return super().has_delete_permission(request, obj) and self._is_within_reach(request, obj) and not oneself

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        # Whoever may edit people could else make themselves a superuser, or a superuser shut themselves out.
        if not is_superuser(request):
            return (*self.readonly_fields, "login", *RIGHTS)
        return (*self.readonly_fields, "is_active", *RIGHTS) if obj == request.user else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Writes the columns alone that differ from the row: a concurrent write to another column stays."""
        if not change:
            obj.save()
            return
        columns = {field.name for field in User._meta.concrete_fields} & set(form.changed_data)
        obj.save(update_fields=columns | ({"email"} if "login" in columns else set()))

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:
        """A password for a person of Better Auth would be a second way to be them: for superusers alone."""
        person = self.get_object(request, unquote(id))
        if person is not None and person.login is None and not is_superuser(request):
            raise PermissionDenied
        return super().user_change_password(request, id, form_url)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        people: QuerySet[User] = super().get_queryset(request)
        return people

    def _set_active(self, request: HttpRequest, people: QuerySet[User], *, active: bool) -> None:
        if not is_superuser(request):
            people = people.filter(is_staff=False, is_superuser=False)
        chosen = list(people.filter(is_active=not active))
        self.get_queryset(request).filter(pk__in=[person.pk for person in chosen]).update(is_active=active)
        word = "Reactivated" if active else "Deactivated"
        for person in chosen:
            self.log_change(request, person, f"{word}.")
        self.message_user(request, f"{word}: {len(chosen)}.", messages.SUCCESS)

    def _is_within_reach(self, request: HttpRequest, person: User | None) -> bool:
        """Staff look after people; only superusers look after staff and superusers."""
        return person is None or not (person.is_staff or person.is_superuser) or is_superuser(request)


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):
    """Groups of staff, with their rights: for superusers, since whoever may edit a group may give themselves all."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(super().has_add_permission(request)) and is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return bool(super().has_change_permission(request, obj)) and is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return bool(super().has_delete_permission(request, obj)) and is_superuser(request)
