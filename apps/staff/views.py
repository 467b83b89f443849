"""The steps of a sign-in, and what staff do about their own."""

from typing import Any

import segno
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_lockout_response
from django.contrib import admin, messages
from django.contrib.auth import login, logout, user_login_failed
from django.contrib.auth.views import LoginView
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.models import Device

from apps.accounts import services
from apps.accounts.models import User
from apps.staff import factors, pending
from apps.staff.forms import CodeForm
from apps.staff.resets import log

ENROLMENT_KEY = "staff_enrolment_key"
MAY_REPLACE = "staff_may_replace"
LONGEST_LOGIN = 255


class PasswordView(LoginView):
    """The first step. Where a second one follows, nobody is signed in by this."""

    template_name = "staff/login.html"

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        # Django writes the length into the page and does not check it; the table of attempts holds no more.
        form.fields["username"].validators.append(MaxLengthValidator(LONGEST_LOGIN))
        return form

    def form_valid(self, form: Any) -> HttpResponse:
        person = form.get_user()
        if not factors.is_asked_of(person):
            return super().form_valid(form)
        pending.begin(self.request, person, self.get_success_url())
        return redirect("admin:second_factor" if factors.has_factor(person) else "admin:enrol")

    def get_default_redirect_url(self) -> str:
        return reverse("admin:index")


@method_decorator([never_cache, sensitive_post_parameters("code")], name="dispatch")
class CodeView(FormView):  # type: ignore[type-arg]  # not generic at run time
    """A page that asks for a code. A wrong one counts towards the lockout, as a wrong password does."""

    form_class = CodeForm
    title: str

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(**admin.site.each_context(self.request), title=self.title, **more)

    def refused(self, form: CodeForm, person: User) -> HttpResponse:
        credentials = {"username": person.login}
        user_login_failed.send(__name__, credentials=credentials, request=self.request)
        wait = factors.wait_seconds(person)
        later = f" The next one is looked at in {wait} s." if wait else ""
        form.add_error("code", f"This code is wrong, or was used before.{later}")
        return self.form_invalid(form)

    def locked_out(self, person: User) -> HttpResponse | None:
        credentials = {"username": person.login}
        if AxesProxyHandler.is_allowed(self.request, credentials):
            return None
        answer: HttpResponse = get_lockout_response(self.request, credentials=credentials)
        return answer


class SecondFactorView(CodeView):
    template_name = "staff/second_factor.html"
    title = "Second factor"

    begun: pending.Pending

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        begun = pending.current(request)
        if begun is None:
            return redirect("admin:login")
        if not factors.has_factor(begun.person):
            return redirect("admin:enrol")
        self.begun = begun
        return self.locked_out(begun.person) or super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: CodeForm) -> HttpResponse:
        device = factors.verify(self.begun.person, form.cleaned_data["code"])
        if device is None:
            return self.refused(form, self.begun.person)
        sign_in(self.request, self.begun, device)
        return redirect(self.begun.next)


class EnrolmentView(CodeView):
    """Of whoever gave the password and has no factor yet, or is signed in and may have another."""

    template_name = "staff/enrol.html"
    title = "Set up the second factor"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        self.begun = pending.current(request)
        self.replaces = False
        if self.begun is None:
            self.replaces = bool(request.session.get(MAY_REPLACE))
        person = self.begun.person if self.begun else _signed_in(request)
        if person is None or (factors.has_factor(person) and not self.replaces):
            return redirect("admin:login")
        self.person = person
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        key = self.request.session.setdefault(ENROLMENT_KEY, factors.new_key())
        code = segno.make(factors.address_of(self.person, key), error="m")
        picture = code.svg_data_uri(scale=5, border=4, light="#fff")
        return super().get_context_data(picture=picture, key=factors.typed_key(key), person=self.person, **more)

    def form_valid(self, form: CodeForm) -> HttpResponse:
        key = self.request.session.get(ENROLMENT_KEY, "")
        try:
            device, codes = factors.enrol(self.person, key, form.cleaned_data["code"], replaces=self.replaces)
        except factors.WrongCode:
            form.add_error("code", "This is not the code that the app shows for this key just now.")
            return self.form_invalid(form)
        except factors.AlreadyEnrolled:
            return redirect("admin:login")
        log(self.person, "Second factor set up.", by=self.person)
        begun = self.begun or pending.Pending(self.person, self.request.session["_auth_user_backend"], "")
        sign_in(self.request, begun, device)
        return show_codes(self.request, codes, begun.next or reverse("admin:security"))


class SecurityView(TemplateView):
    """One's own sign-in: what protects it, and the way out of everywhere."""

    template_name = "staff/security.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        person: Any = self.request.user
        return super().get_context_data(
            **admin.site.each_context(self.request),
            title="Your sign-in",
            has_factor=factors.has_factor(person),
            codes_left=factors.codes_left(person),
            **more,
        )


class OwnCodeView(CodeView):
    """A step that a stolen session must not take: it asks for a code once more."""

    template_name = "staff/own_code.html"
    button: str
    explanation: str

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        self.person: User = request.user
        if not factors.has_factor(self.person):
            return redirect("admin:enrol")
        return self.locked_out(self.person) or super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: CodeForm) -> HttpResponse:
        if factors.verify(self.person, form.cleaned_data["code"]) is None:
            return self.refused(form, self.person)
        return self.confirmed()

    def confirmed(self) -> HttpResponse:
        raise NotImplementedError


class RenewCodesView(OwnCodeView):
    title = "New recovery codes"
    button = "Make ten new codes"
    explanation = "The recovery codes that you have now die."

    def confirmed(self) -> HttpResponse:
        codes = factors.renew_codes(self.person)
        log(self.person, "Recovery codes renewed.", by=self.person)
        if self.request.session[DEVICE_ID_SESSION_KEY].startswith("otp_static"):
            # The device that vouched for this session went with the old codes.
            logout(self.request)
        return show_codes(self.request, codes, reverse("admin:security"))


class ReplaceFactorView(OwnCodeView):
    title = "Another authenticator"
    button = "Go on"
    explanation = "The one that you have now works until the new one is set up."

    def confirmed(self) -> HttpResponse:
        self.request.session[MAY_REPLACE] = True
        return redirect("admin:enrol")


class SignOutView(View):
    def post(self, request: Any) -> HttpResponse:
        services.sign_out_everywhere(request.user)
        log(request.user, "Signed out everywhere.", by=request.user)
        logout(request)
        messages.success(request, "You are signed out everywhere.")
        return redirect("admin:login")


def sign_in(request: HttpRequest, begun: pending.Pending, device: Device) -> None:
    """Both factors were right. The session gets a new key, and whatever the steps kept in it goes."""
    for key in (pending.KEY, ENROLMENT_KEY, MAY_REPLACE):
        request.session.pop(key, None)
    person = User.objects.get(pk=begun.person.pk)
    # django-otp notes the device in the session as the person is signed in.
    person.otp_device = device  # type: ignore[attr-defined]
    login(request, person, backend=begun.backend)


def show_codes(request: HttpRequest, codes: list[str], next_address: str) -> HttpResponse:
    """Once: they are stored as digests."""
    context = {"title": "Recovery codes", "codes": codes, "next": next_address}
    return render(request, "staff/codes.html", {**admin.site.each_context(request), **context})


def _signed_in(request: Any) -> User | None:
    """Where the second factor is nobody's duty, staff may enrol from within."""
    return request.user if admin.site.has_permission(request) else None
