"""What is known of the request under way, for each log line that it causes."""

import random
import re
from contextvars import ContextVar

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
subject: ContextVar[str | None] = ContextVar("subject", default=None)
trace_id: ContextVar[str | None] = ContextVar("trace_id", default=None)
# GET or HEAD.
is_reading: ContextVar[bool] = ContextVar("is_reading", default=False)

_ACCEPTED_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def clear() -> None:
    """Between two requests of a thread."""
    request_id.set(None)
    subject.set(None)
    trace_id.set(None)


def chosen_request_id(offered: str) -> str:
    """`offered` where it is 1-64 characters of [A-Za-z0-9._-], else a new random one: a name, not a secret."""
    return offered if _ACCEPTED_ID.fullmatch(offered) else f"{random.getrandbits(128):032x}"
