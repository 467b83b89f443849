"""Django's admin with a second factor."""

import re
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, ObjectDoesNotExist, PermissionDenied
from django.core.paginator import EmptyPage
from django.db import transaction
from django.http import Http404, HttpRequest
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from unfold.sites import UnfoldAdminSite


class BackOffice(UnfoldAdminSite):
    def has_permission(self, request: HttpRequest) -> bool:
        """Active staff, with the second factor where the setting asks for it. Every page of the admin asks this."""
        is_verified: Any = getattr(request.user, "is_verified", lambda: False)
        return super().has_permission(request) and (not settings.STAFF_SECOND_FACTOR or bool(is_verified()))

    @method_decorator(never_cache)
    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The password, by our view: Django's would sign in whoever knows it."""
        from apps.staff.views import PasswordView

        if request.method == "GET" and self.has_permission(request):
            return redirect("admin:index")
        context = {
            **self.each_context(request),
            "title": "Log in",
            "subtitle": None,
            "app_path": request.get_full_path(),
            **(extra_context or {}),
        }
        request.current_app = self.name
        view = PasswordView.as_view(authentication_form=self.login_form, extra_context=context)
        return view(request)

    def get_urls(self) -> list[Any]:
        # No row has a page outside the back office, and the shortcut to one fails on an id that is none.
        return [one for one in super().get_urls() if getattr(one, "name", None) != "view_on_site"]

    def autocomplete_view(self, request: HttpRequest) -> Any:
        """For the fields of which a form asks it. Django's view takes any relation of any model."""
        asked = [request.GET.get(name, "") for name in ("app_label", "model_name", "field_name")]
        if not any(
            asked == [*model._meta.label_lower.split("."), name]
            for model, model_admin in self._registry.items()
            for name in model_admin.get_autocomplete_fields(request)
        ):
            raise PermissionDenied
        if "\0" in request.GET.get("term", ""):
            raise BadRequest("The search holds a NUL character. Remove it and search again.")
        return super().autocomplete_view(request)

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """unfold's own takes any text for a page number."""
        if "\0" in request.GET.get("s", ""):
            raise BadRequest("The search holds a NUL character. Remove it and search again.")
        if not re.fullmatch(r"[1-9][0-9]{0,8}", request.GET.get("page", "1")):
            raise Http404
        try:
            return super().search(request, extra_context)
        except EmptyPage as error:
            raise Http404 from error

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Django's form writes every column of the user, so that the row has to stay as it is read here."""
        user: Any = request.user
        with transaction.atomic():
            try:
                user.refresh_from_db(from_queryset=get_user_model()._base_manager.select_for_update(no_key=True))
            except ObjectDoesNotExist:  # erased by a colleague
                return redirect("admin:login")
            return super().password_change(request, extra_context)

    def extra_urls(self) -> list[URLPattern]:
        from apps.staff import views

        def inside(view: Any) -> Any:
            return self.admin_view(view.as_view())

        return [
            path("second-factor/", views.SecondFactorView.as_view(), name="second_factor"),
            path("second-factor/enrol/", views.EnrolmentView.as_view(), name="enrol"),
            path("security/", inside(views.SecurityView), name="security"),
            path("security/codes/", inside(views.RenewCodesView), name="renew_codes"),
            path("security/replace/", inside(views.ReplaceFactorView), name="replace_factor"),
            path("security/sign-out/", inside(views.SignOutView), name="sign_out_everywhere"),
        ]
