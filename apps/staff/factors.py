"""The second factor: an authenticator app and recovery codes, on django-otp's devices."""

import hashlib
import hmac
import math
import secrets
from base64 import b32encode

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_otp import verify_token
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from apps.accounts.models import User

RECOVERY_CODES = 10


class WrongCode(Exception):
    """The code of an enrolment does not fit its key."""


class AlreadyEnrolled(Exception):
    """A person has one authenticator, and another does not replace it unasked."""


def is_asked_of(person: User) -> bool:
    """Of all staff where the setting is on; else of those who enrolled by themselves."""
    return bool(settings.STAFF_SECOND_FACTOR) or has_factor(person)


def has_factor(person: User) -> bool:
    return bool(TOTPDevice.objects.filter(user=person, confirmed=True).exists())


def verify(person: User, code: str) -> Device | None:
    """The device of that person that accepts `code`, once. None also while the device waits after wrong codes."""
    plain = "".join(code.split()).replace("-", "").lower()
    of_app = len(plain) == 6 and plain.isascii() and plain.isdecimal()
    kind, token = (TOTPDevice, plain) if of_app else (StaticDevice, _digest(person, plain))
    device = kind.objects.filter(user=person, confirmed=True).first()
    accepted: Device | None = verify_token(person, device.persistent_id, token) if device else None
    return accepted


def wait_seconds(person: User) -> int:
    """How long no code of an authenticator is looked at, after wrong ones: 1, 2, 4, 8 … seconds."""
    device = TOTPDevice.objects.filter(user=person, confirmed=True).first()
    _, state = device.verify_is_allowed() if device else (True, None)
    return math.ceil((state["locked_until"] - timezone.now()).total_seconds()) if state else 0


def new_key() -> str:
    """160 random bits in hex, as RFC 4226, section 4 recommends."""
    return secrets.token_hex(20)


def address_of(person: User, key: str) -> str:
    """What the QR code holds."""
    return str(TOTPDevice(user=person, key=key).config_url)


def typed_key(key: str) -> str:
    """The key as people type it into an app: base32 in groups of four."""
    text = b32encode(bytes.fromhex(key)).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


@transaction.atomic
def enrol(person: User, key: str, code: str, *, replaces: bool = False) -> tuple[Device, list[str]]:
    """The device and its recovery codes. Raises WrongCode, and AlreadyEnrolled unless it `replaces` the one before.

    Every session that began before has ended.
    """
    # Of two enrolments at once, the second finds the first's device.
    person = User.objects.select_for_update().get(pk=person.pk)
    if has_factor(person) and not replaces:
        raise AlreadyEnrolled
    forget(person)
    device = TOTPDevice(user=person, name="authenticator", key=key, confirmed=True)
    if not device.verify_token(code.replace(" ", "")):
        raise WrongCode
    person.signed_out_at = timezone.now()
    person.save(update_fields=["signed_out_at"])
    return device, renew_codes(person)


@transaction.atomic
def renew_codes(person: User) -> list[str]:
    """Ten new recovery codes; the old ones die."""
    StaticDevice.objects.filter(user=person).delete()
    device = StaticDevice.objects.create(user=person, name="recovery codes", confirmed=True)
    codes = [secrets.token_hex(5) for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create([StaticToken(device=device, token=_digest(person, code)) for code in codes])
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def codes_left(person: User) -> int:
    return int(StaticToken.objects.filter(device__user=person).count())


def forget(person: User) -> None:
    """Takes every device away: where the setting is on, the next sign-in enrols anew."""
    TOTPDevice.objects.filter(user=person).delete()
    StaticDevice.objects.filter(user=person).delete()


def _digest(person: User, code: str) -> str:
    """What is stored of a recovery code. django-otp would store the code itself; its column takes 16 characters."""
    told = f"recovery code\0{person.pk}\0{code}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), told, hashlib.sha256).hexdigest()[:16]
