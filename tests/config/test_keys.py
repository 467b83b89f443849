"""Each purpose signs with a key of its own, and the same one at every start."""

from django.conf import settings

from config.keys import derived_key


def test_the_same_words_give_the_same_key() -> None:
    assert derived_key("secret", "purpose") == derived_key("secret", "purpose")


def test_hmac_sha512_by_known_answer() -> None:
    # RFC 4231, test case 2
    assert derived_key("Jefe", "what do ya want for nothing?") == (
        "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
        "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"
    )


def test_purposes_and_secrets_are_told_apart() -> None:
    assert len({derived_key(secret, purpose) for secret in "ab" for purpose in "xy"}) == 4


def test_local_accounts_do_not_sign_with_djangos_own_key() -> None:
    assert settings.SIMPLE_JWT["SIGNING_KEY"] not in {settings.SECRET_KEY, settings.BETTER_AUTH_SECRET}
    assert len(str(settings.SIMPLE_JWT["SIGNING_KEY"])) == 128
