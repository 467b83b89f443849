"""Django's admin with a second factor."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.http import HttpRequest
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
