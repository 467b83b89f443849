"""Where log records go and in which form; Django and gunicorn share it."""

from typing import Any


def logging_settings(level: str, form: str) -> dict[str, Any]:
    """A `logging.config.dictConfig` schema: one line a record on stderr, `form` being "json" or "console"."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"context": {"()": "apps.ops.logs.ContextFilter"}},
        "formatters": {
            "json": {"()": "apps.ops.logs.JsonFormatter"},
            "console": {"()": "apps.ops.logs.ConsoleFormatter"},
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": form, "filters": ["context"]}},
        "root": {"level": level, "handlers": ["stderr"]},
        "loggers": {
            "django": {"level": level, "handlers": [], "propagate": True},
            # Our own line for each request says what this one would say again for each 4xx.
            "django.request": {"level": "ERROR"},
            "axes": {"level": "WARNING"},
            "django.server": {"level": level, "handlers": [], "propagate": True},
            "gunicorn.error": {"level": level, "handlers": [], "propagate": True},
            "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
        },
    }
