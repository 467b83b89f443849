"""How long a session of the back office lasts: while it is used, and for a working day at most."""

import time
from typing import Any

from django.conf import settings
from django.contrib.auth import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

SIGNED_IN_AT = "signed_in_at"
SEEN_AT = "seen_at"
# A session is written no more often than this while it is used.
TOUCH_SECONDS = 60


@receiver(user_logged_in)
def _begin(sender: Any, request: HttpRequest, **_: Any) -> None:
    session: Any = getattr(request, "session", None)
    # The token endpoint of the API sends the signal as well, and has no session to begin.
    if session is not None and session.modified:
        session[SIGNED_IN_AT] = session[SEEN_AT] = int(time.time())


def has_ended(request: HttpRequest) -> bool:
    """True where nobody used it for STAFF_IDLE_MINUTES, or it is as old as a cookie may be."""
    now = time.time()
    # A session of the version before has neither mark: it counts from now on.
    idle = now - request.session.get(SEEN_AT, now)
    age = now - request.session.get(SIGNED_IN_AT, now)
    return bool(idle > settings.STAFF_IDLE_MINUTES * 60 + TOUCH_SECONDS or age > settings.SESSION_COOKIE_AGE)


def touch(request: HttpRequest) -> None:
    now = int(time.time())
    request.session.setdefault(SIGNED_IN_AT, now)
    if now - request.session.get(SEEN_AT, 0) >= TOUCH_SECONDS:
        request.session[SEEN_AT] = now
