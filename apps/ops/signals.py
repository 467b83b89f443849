"""What Django does around each request, and nothing here needs: taken off, that is 14 us a request."""

from django.conf import settings
from django.core.cache import close_caches
from django.core.handlers.base import reset_urlconf
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, reset_queries


def leave_out_the_needless() -> None:
    """Connections are still looked through after each request, and each statement looks at its own before it goes."""
    # The end of the request before has done so in this thread.
    request_started.disconnect(close_old_connections)
    # Every request sets its own.
    request_finished.disconnect(reset_urlconf)
    # For memcached and the like: the caches of Django that this project knows have nothing to close.
    request_finished.disconnect(close_caches)
    if not settings.DEBUG:
        # Statements are kept in DEBUG alone.
        request_started.disconnect(reset_queries)
