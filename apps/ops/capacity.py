"""Told at the start: how many connections this server may come to hold, beside how many the database takes."""

import logging
import threading

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from apps.ops import faults

logger = logging.getLogger("database")

# PostgreSQL has reserved_connections since 16.
LIMITS = """
    SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
               - COALESCE(current_setting('reserved_connections', true)::int, 0),
           (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
           current_setting('statement_timeout') <> '0'
"""


def most_connections() -> int:
    """One for each thread that serves, and one for the thread that follows withdrawals."""
    return int(settings.WEB_CONCURRENCY) * (int(settings.WEB_THREADS) + 1)


def tell_in_background() -> None:
    threading.Thread(target=_tell, name="capacity", daemon=True).start()


def _tell() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(LIMITS)
            most, used, is_limited = cursor.fetchone()
    except (DatabaseError, InterfaceError) as error:
        faults.log_fault(error)
        return
    finally:
        connection.close()
    ours = most_connections()
    logger.log(
        logging.INFO if ours <= most else logging.WARNING,
        "connections: %s processes of %s threads and 1 more hold up to %s; the database takes %s and has %s",
        settings.WEB_CONCURRENCY,
        settings.WEB_THREADS,
        ours,
        most,
        used,
        extra={"connections": ours, "database_connections": most},
    )
    if not is_limited:
        logger.warning("the database ends no statement by itself: run migrate, which sets its time limits")
