"""The request as the API's views see it: the caller is a subject, and no row of any table."""

from dataclasses import dataclass

from rest_framework.request import Request


@dataclass(frozen=True)
class Caller:
    """Who the token says is calling. `subject` owns rows; `email` and `name` are the token's words, for show only."""

    subject: str
    email: str | None = None
    name: str | None = None

    is_authenticated = True

    @property
    def pk(self) -> str:
        """DRF's name for what a throttle counts by."""
        return self.subject


class ApiRequest(Request):
    user: Caller  # type: ignore[assignment]  # DRF's stubs know only Django's User
