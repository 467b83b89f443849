"""What staff do to one person from their page, each step after a page that names what will happen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import quote, unquote
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import slugify
from unfold.decorators import action
from unfold.enums import ActionVariant

from apps.accounts import erasure, exports, services
from apps.accounts.forms import ErasureForm, ReasonForm, erasure_phrase
from apps.accounts.holdings import holdings
from apps.accounts.models import User
from apps.backoffice import versions
from apps.backoffice.merging import VERSION
from apps.backoffice.models import Job, JobState

# A request does so much of an erasure by itself.
ERASING_SECONDS = 2.0
REFUSED_SOON = "Their tokens are refused within five seconds, in every process, and no new one is taken."
ACCEPTED_AGAIN = "Their tokens are accepted again."


def is_superuser(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_superuser


def is_within_reach(request: HttpRequest, person: User | None) -> bool:
    """Staff look after people; only superusers look after staff and superusers."""
    return person is None or not (person.is_staff or person.is_superuser) or is_superuser(request)


def is_only_deactivated(person: User) -> bool:
    """Whose erasure has begun cannot be reactivated any more."""
    return not person.is_active and person.erasing_at is None


@dataclass(frozen=True)
class Confirmation:
    """What a page says will happen, before anything does."""

    title: str
    consequences: list[str]
    button: str
    danger: bool = False


class PersonActions:
    """For the admin of people. unfold asks each permission with the id in the address."""

    opts: Any
    admin_site: Any
    model: type[User]
    get_object: Any
    log_change: Any
    message_user: Any

    actions_detail: Sequence[str] = (
        "deactivate_person",
        "reactivate_person",
        "sign_out_person",
        "export_person",
        "erase_person",
    )

    # --- Who may

    def has_deactivate_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "accounts.deactivate_user", obj, oneself=False)

    def has_deactivate_active_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        person = self.person(request, obj)
        return (person is None or person.is_active) and self.has_deactivate_permission(request, obj)

    def has_reactivate_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        person = self.person(request, obj)
        return (person is None or is_only_deactivated(person)) and self.has_deactivate_permission(request, obj)

    def has_sign_out_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Of those who sign in here; a person of Better Auth has no session of ours."""
        person = self.person(request, obj)
        return (person is None or person.login is not None) and self.has_deactivate_permission(request, obj)

    def has_export_person_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "accounts.export_user", obj)

    def has_erase_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "accounts.erase_user", obj, oneself=False)

    def _may(self, request: HttpRequest, right: str, obj: Any, *, oneself: bool = True) -> bool:
        person = self.person(request, obj)
        user: Any = request.user
        return user.has_perm(right) and is_within_reach(request, person) and (oneself or person != user)

    def person(self, request: HttpRequest, obj: Any) -> User | None:
        """The one of an address' id, read once a request."""
        if obj is None or isinstance(obj, User):
            return obj
        known: dict[str, User | None] = request.__dict__.setdefault("_people", {})
        if obj not in known:
            known[obj] = self.get_object(request, unquote(obj))
        return known[obj]

    # --- What they do

    @action(description="Deactivate", url_path="deactivate", icon="block", permissions=["deactivate_active"])
    def deactivate_person(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self._found(request, object_id)
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            reason = form.cleaned_data["reason"]
            if services.deactivate([person.pk], reason):
                return self._done(request, person, f"Deactivated: {reason}")
            messages.warning(request, f"Nothing was changed: somebody else deactivated {person} just now.")
            return self._back(person)
        consequences = [
            REFUSED_SOON,
            "Their tasks stay as they are, and so does everything else that is kept of them.",
            "They can be reactivated.",
        ]
        return self._confirm(request, person, Confirmation(f"Deactivate {person}", consequences, "Deactivate"), form)

    @action(description="Reactivate", url_path="reactivate", icon="undo", permissions=["reactivate"])
    def reactivate_person(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self._found(request, object_id)
        if request.method == "POST":
            seen = versions.read(request.POST.get(VERSION, ""), person) or {}
            if services.reactivate([person.pk], seen.get("deactivation_reason")):
                return self._done(request, person, "Reactivated.")
            messages.warning(request, f"Nothing was changed: somebody else changed the state of {person} meanwhile.")
            return self._back(person)
        reason = person.deactivation_reason
        consequences = [f"They were deactivated because: {reason or 'no reason is kept'}", ACCEPTED_AGAIN]
        asked = Confirmation(f"Reactivate {person}", consequences, "Reactivate")
        version = versions.signed({"deactivation_reason": reason}, person)
        return self._confirm(request, person, asked, hidden=[(VERSION, version)])

    @action(description="Sign out everywhere", url_path="sign-out", icon="logout", permissions=["sign_out"])
    def sign_out_person(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self._found(request, object_id)
        if request.method == "POST":
            services.sign_out_everywhere(person)
            return self._done(request, person, "Signed out everywhere.")
        consequences = [
            "Each of their sessions in the back office ends with its next request.",
            "Each of their sessions at the API ends within five seconds, with all its tokens.",
            "They can sign in again.",
        ]
        return self._confirm(
            request, person, Confirmation(f"Sign {person} out everywhere", consequences, "Sign out everywhere")
        )

    @action(description="Export", url_path="export", icon="download", permissions=["export_person"])
    def export_person(self, request: HttpRequest, object_id: str) -> HttpResponse | StreamingHttpResponse:
        person = self._found(request, object_id)
        if request.method == "POST":
            self.log_change(request, person, "Exported all that is kept.")
            answer = StreamingHttpResponse(exports.document(person), content_type="application/json")
            name = slugify(str(person)) or "person"
            answer["Content-Disposition"] = f'attachment; filename="{name}.json"'
            return answer
        consequences = [
            f"One JSON file, with the record and {self._kept(person)}.",
            "Passwords, keys and tokens are not in it.",
            "That you exported it is on record.",
        ]
        return self._confirm(
            request, person, Confirmation(f"Export all that is kept of {person}", consequences, "Download")
        )

    @action(
        description="Erase",
        url_path="erase",
        icon="delete_forever",
        permissions=["erase"],
        variant=ActionVariant.DANGER,
    )
    def erase_person(self, request: HttpRequest, object_id: str) -> HttpResponse:
        person = self._found(request, object_id)
        if job := erasure.running(person.pk):
            return HttpResponseRedirect(reverse("admin:accounts_user_erasing", args=[job.pk]))
        form = ErasureForm(request.POST or None, phrase=erasure_phrase(person))
        if request.method == "POST" and form.is_valid():
            return self._erased(request, person)
        consequences = [
            f"The record goes, and with it {self._kept(person)}. Nothing of it can be brought back.",
            "The person is deactivated at once. Where there are many rows, a page shows how far the deletion is.",
            "The log keeps that somebody was erased, when and by whom, under a pseudonym.",
            "While their sign-in service still gives them tokens, their next request makes a new, empty record: "
            "close their account there first.",
        ]
        return self._confirm(
            request, person, Confirmation(f"Erase {person}", consequences, "Erase for good", danger=True), form
        )

    def _erased(self, request: HttpRequest, person: User) -> HttpResponse:
        """What takes longer than a moment goes on at a page of its own."""
        try:
            begun = erasure.begin(person, by=request.user)  # type: ignore[arg-type]  # the site lets in our User alone
            job = erasure.work(begun, ERASING_SECONDS)
        except (User.DoesNotExist, Job.DoesNotExist) as error:  # a colleague was faster
            raise Http404 from error
        if job.state != JobState.FINISHED:
            return HttpResponseRedirect(reverse("admin:accounts_user_erasing", args=[job.pk]))
        erasure.forget(job)
        gone = erasure.in_words(erasure.counts_of(job), "nothing else")
        alias = job.values["pseudonym"]
        self.message_user(request, f"Erased, with {gone}. The log knows the person as {alias}.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:accounts_user_changelist"))

    def _found(self, request: HttpRequest, object_id: str) -> User:
        person = self.person(request, object_id)
        if person is None:
            raise Http404
        return person

    def _kept(self, person: User) -> str:
        return erasure.in_words(erasure.count_rows(holdings(person)), "nothing else")

    def _done(self, request: HttpRequest, person: User, message: str, *, logged: bool = False) -> HttpResponse:
        if not logged:
            self.log_change(request, person, message)
        self.message_user(request, f"{person}: {message}", messages.SUCCESS)
        return self._back(person)

    def _back(self, person: User) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:accounts_user_change", args=[quote(person.pk)]))

    def _confirm(
        self, request: HttpRequest, person: User, asked: Confirmation, form: Form | None = None, **context: Any
    ) -> HttpResponse:
        back = reverse("admin:accounts_user_change", args=[quote(person.pk)])
        return self.ask(request, asked, form=form, original=person, back=back, **context)

    def ask(self, request: HttpRequest, asked: Confirmation, **context: Any) -> HttpResponse:
        page = {**self.admin_site.each_context(request), "opts": self.opts, **vars(asked), **context}
        return TemplateResponse(request, "accounts/confirm.html", page)
