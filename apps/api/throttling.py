"""How often one person may call, and what the headers tell of it (draft-ietf-httpapi-ratelimit-headers-11)."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from apps.api.responses import ApiResponse
from apps.limits.quotas import Quota, Usage, quota_from, use


class PersonThrottle(BaseThrottle):
    """`API_RATE_LIMIT` for each subject, counted over all processes; "none" counts nothing and asks nothing."""

    usage: Usage | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        quota = _person_quota(settings.API_RATE_LIMIT)
        # A caller without a token is refused before it costs anything.
        if quota is None or request.user is None:
            return True
        self.usage = use(quota, str(request.user.pk))
        if self.usage is None:
            return True
        view.usage = self.usage
        return not self.usage.exceeded

    def wait(self) -> float | None:
        return self.usage.resets_in if self.usage else None


def add_headers(response: ApiResponse, usage: Usage) -> None:
    """`RateLimit-Policy` (section 3) and `RateLimit` (section 4) of the draft."""
    quota = usage.quota
    response["RateLimit-Policy"] = f'"{quota.name}";q={quota.limit};w={quota.window_seconds}'
    response["RateLimit"] = f'"{quota.name}";r={usage.remaining};t={usage.resets_in}'


@lru_cache(maxsize=8)
def _person_quota(rate: str) -> Quota | None:
    return quota_from("person", rate)
