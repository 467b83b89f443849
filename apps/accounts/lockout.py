"""When failed sign-ins lock: a login from one address soon, an account or an address as a whole later."""

from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest

from apps.ops.addresses import client_address, network_of


class LockoutHandler(AxesDatabaseHandler):
    """django-axes with a limit for each of its counts, in the order of AXES_LOCKOUT_PARAMETERS."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """The failures of the count that is nearest to its limit, on the scale of AXES_FAILURE_LIMIT."""
        limits = (settings.AXES_FAILURE_LIMIT, settings.ACCOUNT_FAILURE_LIMIT, settings.ADDRESS_FAILURE_LIMIT)
        attempts = self.get_user_attempts(request, credentials)
        return max(
            _failures(counted) * settings.AXES_FAILURE_LIMIT // limit
            for counted, limit in zip(attempts, limits, strict=True)
        )

    def reset_user_attempts(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """A success forgives its login at its address. Else an account of one's own would buy guesses at others."""
        of_login_and_address, *_ = self.filter_user_attempts(request, credentials)
        deleted, _ = of_login_and_address.delete()
        return int(deleted)


def counted_address(request: HttpRequest) -> str | None:
    """The address that failures are counted under: the first of an IPv6 network, which has one customer."""
    address = client_address(request)
    return network_of(address).partition("/")[0] if address else None


def _failures(attempts: Any) -> int:
    return int(attempts.aggregate(total=Sum("failures_since_start"))["total"] or 0)
