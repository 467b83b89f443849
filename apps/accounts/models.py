"""A person: whoever a token's `sub` names, and staff who sign in here."""

import uuid
from collections.abc import Iterator

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Lower, Now

from apps.accounts.causes import in_words
from apps.accounts.managers import UserManager, local_subject
from apps.accounts.search import SEARCH_KEYS


class User(AbstractBaseUser, PermissionsMixin):
    """Keyed by `subject`, the only thing that makes two tokens the same person; an email address never does."""

    subject = models.CharField(
        max_length=255,
        primary_key=True,
        default=local_subject,
        help_text="The `sub` of the person's tokens. It never changes.",
    )
    email = models.CharField(
        max_length=320, blank=True, default="", help_text="As the person's token told it; proves nothing."
    )
    name = models.CharField(max_length=255, blank=True, default="")
    login = models.EmailField(
        unique=True,
        null=True,
        blank=True,
        help_text="The address that a local account signs in with; empty for people whose tokens come from elsewhere.",
    )
    is_staff = models.BooleanField("staff", default=False, help_text="May enter the back office.")
    is_active = models.BooleanField(
        "active", default=True, help_text="Clear this to refuse the person's tokens, within five seconds."
    )
    deactivation_reason = models.CharField(
        max_length=500, blank=True, default="", db_default="", help_text="Why the person was last deactivated."
    )
    # Since then the person's rows are being deleted, a batch at a time. A trigger keeps it, and keeps them deactivated.
    erasing_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Sessions of the back office that began before it have ended.
    signed_out_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = UserManager()

    USERNAME_FIELD = "login"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people"
        ordering = ("-created_at", "subject")
        permissions = (
            ("deactivate_user", "Can deactivate and reactivate people"),
            ("export_user", "Can export all that is kept of a person"),
            ("erase_user", "Can erase a person with all they own"),
        )
        indexes = (
            # The back office's list and drill-down: SELECT … ORDER BY created_at DESC, subject
            models.Index(fields=["-created_at", "subject"], name="accounts_user_created_at"),
            # Its search: SELECT … WHERE accounts_search_keys(…) @@ ?
            GinIndex(SEARCH_KEYS, name="accounts_user_search_keys"),
            # Its filters, each for the few: SELECT … WHERE NOT is_active ORDER BY created_at DESC, subject
            models.Index(
                fields=["-created_at", "subject"],
                condition=models.Q(is_active=False),
                name="accounts_user_deactivated",
            ),
            models.Index(
                fields=["-created_at", "subject"], condition=models.Q(is_staff=True), name="accounts_user_staff"
            ),
        )
        constraints = (
            models.CheckConstraint(
                name="accounts_user_subject_printable",
                condition=models.Q(subject__regex=r"^[^[:cntrl:]]+$"),
                violation_error_message="The subject is 1 to 255 printable characters.",
            ),
            models.CheckConstraint(
                name="accounts_user_login_lower",
                condition=models.Q(login=Lower("login")),
                violation_error_message="The login is written in lower case.",
            ),
        )

    def __str__(self) -> str:
        return self.name or self.email or self.subject

    def clean(self) -> None:
        super().clean()
        if self.login:
            self.login = self.email = self.login.lower()

    def get_session_auth_hash(self) -> str:
        """What a session of the back office must bear: it changes with the password and when the person signs out."""
        return super().get_session_auth_hash() + self._sign_out_mark()

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        for value in super().get_session_auth_fallback_hash():
            yield value + self._sign_out_mark()

    def _sign_out_mark(self) -> str:
        return f":{self.signed_out_at.timestamp()}" if self.signed_out_at else ""


class Session(models.Model):
    """One sign-in of a local account: the family of refresh tokens that grow from it, each out of the one before."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Its index serves the trigger on a changed password: UPDATE … WHERE user_id = ? AND ended_at IS NULL
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    used_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            # The purge: DELETE … WHERE used_at < ?
            models.Index(fields=["used_at"], name="accounts_session_used_at"),
        )

    def __str__(self) -> str:
        return str(self.id)


class Withdrawal(models.Model):
    """A person who was deactivated or erased, or whose session ended. Written by triggers, read by every worker."""

    subject = models.CharField(max_length=255)
    withdrawn_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = (
            # SELECT id, subject … WHERE withdrawn_at > ?
            models.Index(fields=["withdrawn_at"], name="accounts_withdrawal_at"),
        )

    def __str__(self) -> str:
        return self.subject


class ArchivedKeySet(models.Model):
    """The public keys that a key server last published, for processes that start while it is away."""

    url = models.TextField(primary_key=True)
    text = models.TextField(help_text="A JWK set, of public members alone.")
    fetched_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.url


class Sighting(models.Model):
    """When a token of a person was last accepted, give or take five minutes. A table of its own: the record stays."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="sighting")
    seen_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.seen_at)


class Refusal(models.Model):
    """A refusal at the door: what operators have in the log, for staff. A sample under attack, and the newest alone."""

    subject = models.CharField(max_length=255, blank=True, help_text="The `sub` of the refused token.")
    proved = models.BooleanField(help_text="The token's signature held, so that `sub` is whom it was given to.")
    reason = models.CharField(max_length=200)
    kind = models.CharField(max_length=32, blank=True)
    address = models.CharField(max_length=64, blank=True)
    times = models.PositiveIntegerField(help_text="How often, in the seconds before it was written.")
    refused_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ("view",)
        ordering = ("-id",)
        indexes = (
            # A person's page: SELECT … WHERE subject = ? ORDER BY id DESC LIMIT ?
            models.Index(fields=["subject", "-id"], name="accounts_refusal_subject"),
        )

    @property
    def cause(self) -> str:
        return in_words(self.reason)

    def __str__(self) -> str:
        return self.cause
