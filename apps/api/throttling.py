"""How often one person may call."""

from typing import Any

from django.conf import settings
from rest_framework.throttling import UserRateThrottle


class PersonRateThrottle(UserRateThrottle):
    """`API_RATE_LIMIT` for each subject, counted in each worker process on its own; "none" counts nothing."""

    def get_rate(self) -> str | None:
        rate = str(settings.API_RATE_LIMIT)
        return None if rate == "none" else rate

    def get_cache_key(self, request: Any, view: Any) -> str | None:
        # Callers without a token are refused before they cost anything.
        if not request.user:
            return None
        return super().get_cache_key(request, view)
