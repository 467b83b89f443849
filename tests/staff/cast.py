"""Staff and people on a server's own database, for tests in a browser."""

import secrets
import subprocess
import sys
import time

from django_otp.oath import totp

from tests.factories import PASSWORD
from tests.second_factor import oldest_step
from tests.servers import ROOT, Gunicorn

SCRIPT = """
import django; django.setup()
from datetime import timedelta
from django.contrib.auth.models import Group
from django_otp.plugins.otp_totp.models import TOTPDevice
from apps.accounts.models import User, Refusal, Sighting
from apps.tasks.models import Task
from django.utils import timezone
person, _ = User.objects.get_or_create(subject="ada", defaults=dict(name="Ada Lovelace", email="ada@example.net"))
for subject, name in (("grace", "Grace Hopper"), ("mary", "Mary Somerville"), ("emmy", "Emmy Noether")):
    User.objects.get_or_create(subject=subject, defaults=dict(name=name, email=f"{{subject}}@example.net"))
if not Task.objects.exists():
    for number, status in enumerate(("pending", "in_progress", "completed", "pending", "completed")):
        Task.objects.create(user=person, title=f"Note {{number}} on the engine", status=status)
    Sighting.objects.create(user=person, seen_at=timezone.now() - timedelta(minutes=7))
    Refusal.objects.create(subject="ada", proved=True, reason="expired", kind="Better Auth", times=3)
    Refusal.objects.create(subject="ada", proved=False, reason="InvalidSignatureError", kind="shared secret", times=1)
staff = User.objects.create_user({login!r}, {password!r}, name={name!r}, is_staff=True, is_superuser={superuser})
staff.groups.set(Group.objects.filter(name={role!r}))
if {key!r}:
    TOTPDevice.objects.create(user=staff, name="authenticator", key={key!r}, confirmed=True)
"""


class Member:
    """A staff member of a server, and the authenticator on their phone."""

    def __init__(self, server: Gunicorn, role: str, *, enrolled: bool = True, login: str = "") -> None:
        self.login = login or f"{role.split(maxsplit=1)[0].lower()}-{secrets.token_hex(3)}@example.com"
        self.password = PASSWORD
        self.key = secrets.token_hex(20) if enrolled else ""
        self._used = -1
        values = {"login": self.login, "password": PASSWORD, "name": role, "role": role, "key": self.key}
        code = SCRIPT.format(**values, superuser=role == "Superuser")
        environment = {**server.environment, "DJANGO_SETTINGS_MODULE": "config.settings"}
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True, timeout=120)

    def code(self) -> str:
        """As the app shows it. Each is used once, so that the next step's is shown where this one's was used."""
        now = int(time.time()) // 30
        self._used = max(oldest_step(), self._used + 1)
        return f"{totp(bytes.fromhex(self.key), t0=0, step=30, digits=6, drift=self._used - now):06}"
