"""How a person's record comes to be: by a first token, or as a local account with a password."""

import uuid
from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import BaseUserManager
from django.http import HttpRequest

if TYPE_CHECKING:
    from apps.accounts.models import User


def local_subject() -> str:
    """A subject for a person who signs in here."""
    return f"local:{uuid.uuid4()}"


def attempted_login(request: HttpRequest | None, credentials: dict[str, Any] | None) -> str:
    """The login under which failures are counted (django-axes): however it is written, it is one account."""
    given = (credentials or {}).get("username") or (request.POST.get("username", "") if request else "")
    return str(given).strip().lower()


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(login=(username or "").lower())

    def create_user(self, login: str, password: str | None = None, **fields: Any) -> "User":
        """A local account. Raises IntegrityError where the login is taken."""
        user = self.model(login=login.lower(), email=login.lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, login: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(login, password, is_staff=True, is_superuser=True, **fields)
