"""What must be so before the settings can load: an .env for a newcomer, and a database to name in it.

With DATABASE_URL set, nothing here starts or imports a PostgreSQL.
"""

import os
import secrets
import signal
import sys
from pathlib import Path

from dotenv import dotenv_values

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
DOTENV = """\
# Written by `manage.py serve` for this checkout. README, "The environment", says what each variable means.
DJANGO_SECRET_KEY={secret_key}
BETTER_AUTH_SECRET={auth_secret}
ALLOWED_HOSTS=localhost,127.0.0.1
CORS_ALLOWED_ORIGINS=http://localhost:3000
HTTPS=off
STAFF_SECOND_FACTOR=off
LOG_FORMAT=console
"""


def prepare(root: Path, *, serving: bool) -> None:
    """Before `manage.py serve`: writes .env, starts the embedded database. Before other commands: finds it running."""
    dotenv = root / ".env"
    if serving and not dotenv.exists():
        write_dotenv(dotenv)
    if names_database(dotenv):
        return
    folder = root / ".data" / "postgres"
    if serving:
        os.environ["DATABASE_URL"] = _started(folder)
    elif folder.exists():
        from apps.quickstart.embedded import running_url

        if url := running_url(folder):
            os.environ["DATABASE_URL"] = url


def write_dotenv(path: Path) -> None:
    """Fresh secrets, readable by their owner alone."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(DOTENV.format(secret_key=secrets.token_urlsafe(48), auth_secret=secrets.token_urlsafe(32)))


def names_database(dotenv: Path) -> bool:
    names = ("DATABASE_URL", "DATABASE_URL_FILE")
    try:
        written = dotenv_values(dotenv) if dotenv.is_file() else {}
    except (OSError, UnicodeError):  # the settings will say so
        return True
    return any(os.environ.get(name) or written.get(name) for name in names)


def _started(folder: Path) -> str:
    from apps.quickstart.embedded import EmbeddedDatabaseError, start

    asked_to_stop: list[int] = []
    for number in STOP_SIGNALS:
        signal.signal(number, lambda number, frame: asked_to_stop.append(number))
    try:
        url = start(folder)
    except EmbeddedDatabaseError as error:
        sys.exit(str(error))
    # A plain death would leave the database running: only an orderly exit stops it.
    for number in STOP_SIGNALS:
        signal.signal(number, lambda number, frame: sys.exit(128 + number))
    if asked_to_stop:
        sys.exit(128 + asked_to_stop[0])
    return url
