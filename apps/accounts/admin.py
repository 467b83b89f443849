"""People in the back office."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import flatten_fieldsets, quote
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from apps.accounts import services
from apps.accounts.erasing import ErasureView
from apps.accounts.forms import LocalAccountForm, PersonForm, ReasonForm
from apps.accounts.models import Refusal, User
from apps.accounts.person_actions import Confirmation, PersonActions, is_superuser, is_within_reach
from apps.accounts.restoring import RESTORED, STATE, RestorePersonView
from apps.accounts.search import has_words
from apps.accounts.summary import summary, tasks_address
from apps.backoffice.conflicts import ConflictsMixin
from apps.backoffice.pages import BoundedPaginator
from apps.backoffice.saved import SavedViewsMixin
from apps.backoffice.times import moment
from apps.history.models import Kind
from apps.history.pages import RecordedHistoryMixin

# Their pages would show staff the tokens of local accounts.
admin.site.unregister([OutstandingToken, BlacklistedToken])

RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")
LINK = "office-link"
STATES = {"Active": "success", "Deactivated": "danger", "Being erased": "danger"}


@admin.register(User)
class UserAdmin(
    SavedViewsMixin,
    PersonActions,
    RecordedHistoryMixin,
    ConflictsMixin,
    DjangoUserAdmin,  # type: ignore[type-arg]  # not generic at run time
    ModelAdmin,
):
    recorded_kind = Kind.PERSON
    watched = {"is_active": "Active", "deactivation_reason": "Deactivation reason"}
    when_empty = "People appear when they first sign in to their application. To make a local account, add a person."
    form = PersonForm
    add_form = LocalAccountForm
    change_password_form = AdminPasswordChangeForm
    change_form_outer_before_template = "accounts/person_summary.html"

    list_display = ("subject", "name", "email", "show_state", "is_staff", "last_seen", "created", "tasks")
    other_columns = ("login", "last_sign_in")
    list_filter = ("is_active", "is_staff", "created_at")
    list_select_related = ("sighting",)
    list_per_page = 50
    # Only where an index gives the order.
    sortable_by = ("subject", "created")
    search_fields = ("subject", "email", "name", "login")
    search_help_text = "The beginning of each word of a subject, e-mail address, name or login"
    ordering = ("-created_at", "subject")
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_disable_select_all = True
    actions = ("deactivate", "reactivate")
    # Two columns of boxes side by side are wider than a phone.
    filter_horizontal = ()

    fieldsets = (
        (None, {"fields": ("subject", "name", "email")}),
        ("Local account", {"fields": ("login", "password")}),
        ("Rights in the back office", {"fields": RIGHTS}),
        ("Times", {"fields": ("created", "last_sign_in")}),
    )
    add_fieldsets = ((None, {"fields": ("login", "name", "password1", "password2")}),)
    readonly_fields = ("subject", "email", "created", "last_sign_in")

    @display(description="State", ordering="is_active", label=STATES)
    def show_state(self, person: User) -> str:
        if person.erasing_at is not None:
            return "Being erased"
        return "Active" if person.is_active else "Deactivated"

    @display(description="Last seen", empty_value="Never")
    def last_seen(self, person: User) -> Any:
        sighting = getattr(person, "sighting", None)
        return moment(sighting.seen_at) if sighting else None

    @display(description="Created", ordering="created_at")
    def created(self, person: User) -> str:
        return moment(person.created_at)

    @display(description="Last sign-in here")
    def last_sign_in(self, person: User) -> str:
        return moment(person.last_login, "Never")

    @display(description="Tasks")
    def tasks(self, person: User) -> str:
        return format_html('<a class="{}" href="{}">Show tasks</a>', LINK, tasks_address(person))

    @admin.action(description="Deactivate the selected people", permissions=["deactivate"])
    @transaction.atomic
    def deactivate(self, request: HttpRequest, people: QuerySet[User]) -> HttpResponse | None:
        chosen = self._within_reach(request, people.exclude(pk=request.user.pk).filter(is_active=True))
        form = ReasonForm(request.POST if "reason" in request.POST else None)
        if not form.is_valid():
            return self._ask_for_reason(request, chosen, form)
        reason = form.cleaned_data["reason"]
        services.deactivate([person.pk for person in chosen], reason)
        self._note(request, chosen, "Deactivated", f"Deactivated: {reason}")
        return None

    @admin.action(description="Reactivate the selected people", permissions=["deactivate"])
    @transaction.atomic
    def reactivate(self, request: HttpRequest, people: QuerySet[User]) -> None:
        chosen = self._within_reach(request, people.filter(is_active=False, erasing_at=None))
        services.reactivate([person.pk for person in chosen])
        self._note(request, chosen, "Reactivated", "Reactivated.")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        if not search_term.strip():
            return queryset, False
        if self.search_advice(search_term):
            return queryset.none(), False
        return queryset.filter(has_words(search_term)), False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and is_within_reach(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """A person goes by an erasure alone, of which more is on record."""
        return False

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        return self.erase_person(request, object_id=object_id)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        context = {
            "may_view_tasks": request.user.has_perm("tasks.view_task"),
            "may_view_refusals": request.user.has_perm("accounts.view_refusal"),
        }
        answer = super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})
        if isinstance(answer, TemplateResponse) and answer.context_data and answer.context_data.get("original"):
            answer.context_data["summary"] = summary(answer.context_data["original"])
        return answer

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        # Whoever may edit people could else make themselves a superuser, or a superuser shut themselves out.
        if not is_superuser(request):
            return (*self.readonly_fields, "login", *RIGHTS)
        return (*self.readonly_fields, *RIGHTS) if obj == request.user else self.readonly_fields

    def restorable(self, request: HttpRequest, row: User) -> tuple[str, ...]:
        """What the caller may change by hand."""
        may: set[str] = set()
        if self.has_change_permission(request, row):
            may |= set(flatten_fieldsets(self.get_fieldsets(request, row)))
            may -= set(self.get_readonly_fields(request, row))
        if self.has_view_permission(request, row) and self.has_deactivate_permission(request, row):
            may |= set() if row.erasing_at else set(STATE)
        return tuple(name for name in RESTORED if name in may)

    def get_urls(self) -> list[Any]:
        restore = self.admin_site.admin_view(RestorePersonView.as_view(model_admin=self))
        erasing = self.admin_site.admin_view(ErasureView.as_view(model_admin=self))
        return [
            path("<path:object_id>/restore/<int:change>/", restore, name="accounts_user_restore"),
            path("erasing/<uuid:job>/", erasing, name="accounts_user_erasing"),
            *super().get_urls(),
        ]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Writes only the columns that the form changed, and what follows from them."""
        if not change:
            obj.save()
            return
        columns = {field.name for field in User._meta.concrete_fields} & set(form.changed_data)
        obj.save(update_fields=columns | ({"email"} if "login" in columns else set()))

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> Any:
        """A password for a person of Better Auth would be a second way to be them: for superusers alone."""
        # Django's form writes every column, so that the row has to stay as it was read.
        with transaction.atomic():
            person = self.locked(request, id)
            if person is not None and person.login is None and not is_superuser(request):
                raise PermissionDenied
            return super().user_change_password(request, id, form_url)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            kwargs["widget"] = UnfoldAdminCheckboxSelectMultipleWidget()
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        people: QuerySet[User] = super().get_queryset(request)
        return people

    def _within_reach(self, request: HttpRequest, people: QuerySet[User]) -> list[User]:
        """Locked, so that each is still in the state that the action is for. In a transaction of the caller's."""
        locked = people.order_by("pk").select_for_update(of=("self",), no_key=True)
        return [person for person in locked if is_within_reach(request, person)]

    def _note(self, request: HttpRequest, people: list[User], word: str, message: str) -> None:
        for person in people:
            self.log_change(request, person, message)
        self.message_user(request, f"{word}: {len(people)}.", messages.SUCCESS)

    def _ask_for_reason(self, request: HttpRequest, people: list[User], form: ReasonForm) -> HttpResponse:
        hidden = [("action", "deactivate"), *((ACTION_CHECKBOX_NAME, person.pk) for person in people)]
        consequences = ["Their tokens are refused within five seconds.", "Their tasks stay as they are."]
        asked = Confirmation(f"Deactivate {len(people)} people", consequences, "Deactivate")
        back = reverse("admin:accounts_user_changelist")
        return self.ask(request, asked, form=form, people=people, hidden=hidden, back=back)


@admin.register(Refusal)
class RefusalAdmin(SavedViewsMixin, ModelAdmin):
    """Read alone: the door writes them."""

    when_empty = "Requests whose token is refused appear here within a minute. Until then there is nothing to do."
    list_display = ("when", "cause", "person", "kind", "address", "times")
    other_columns = ("proved",)
    fields = readonly_fields = (*list_display, "proved")
    actions = None
    list_filter = ("kind", "proved", "refused_at")
    search_fields = ("subject__startswith", "reason", "address__startswith")
    search_help_text = "The beginning of a subject or an address, or a part of the reason"
    show_full_result_count = False
    paginator = BoundedPaginator

    @display(description="When", ordering="refused_at")
    def when(self, refusal: Refusal) -> str:
        return moment(refusal.refused_at)

    @display(description="Reason")
    def cause(self, refusal: Refusal) -> str:
        return refusal.cause

    @display(description="Person")
    def person(self, refusal: Refusal) -> str:
        if not refusal.subject:
            return "-"
        address = reverse("admin:accounts_user_change", args=[quote(refusal.subject)])
        name = refusal.subject if refusal.proved else f"{refusal.subject} (claimed)"
        return format_html('<a class="{}" href="{}">{}</a>', LINK, address, name)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Refusal | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Refusal | None = None) -> bool:
        return False
