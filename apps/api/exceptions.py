"""The errors that the API raises itself; `handler` turns each into an answer.

APIException (DRF)
├── ValidationError ............ 422, `errors` with a JSON pointer each
│   ├── InvalidParameter ....... 422, `errors` with the query parameter's name
│   └── InvalidHeader .......... 422, `errors` with the header's name
│       └── KeyReused .......... 422, of a type of its own
├── ParseError
│   └── MalformedJson .......... 400
├── StillRunning ............... 409 with Retry-After
├── CursorGone ................. 410
├── LengthRequired ............. 411
├── PreconditionFailed ......... 412 with the current ETag
├── ContentTooLarge ............ 413
├── UnsupportedEncoding ........ 415 with Accept-Encoding
├── HeadersTooLarge ............ 431
├── AuthenticationFailed
│   ├── TokenRefused ........... 401
│   │   └── ExpiredToken ....... 401, with its own words
│   └── InvalidCredentials ..... 401
└── Unavailable ................ 503 with Retry-After
"""

from typing import Self

from rest_framework import exceptions

from apps.ops import faults


class InvalidParameter(exceptions.ValidationError):
    """Query parameters that break a rule: {name: sentence}."""

    def __init__(self, sentences: dict[str, str], code: str = "invalid") -> None:
        super().__init__({name: [sentence] for name, sentence in sentences.items()}, code)

    @classmethod
    def of(cls, error: exceptions.ValidationError) -> Self:
        """The same errors, of query parameters."""
        told = cls({})
        told.detail = error.detail
        return told


class InvalidHeader(exceptions.ValidationError):
    """A header that breaks a rule."""

    def __init__(self, name: str, sentence: str, code: str = "invalid") -> None:
        super().__init__({name: [sentence]}, code)


class KeyReused(InvalidHeader):
    slug = "idempotency-key-reused"

    def __init__(self) -> None:
        super().__init__("Idempotency-Key", "This key was given with another request.", "reused")


class MalformedJson(exceptions.ParseError):
    default_code = "malformed-json"


class StillRunning(exceptions.APIException):
    status_code = 409
    default_code = "still-running"
    wait = 1


class CursorGone(exceptions.APIException):
    status_code = 410
    default_code = "cursor-gone"


class PreconditionFailed(exceptions.APIException):
    status_code = 412
    default_code = "precondition-failed"

    def __init__(self, entity_tag: str) -> None:
        super().__init__()
        self.headers = {"ETag": entity_tag}


class LengthRequired(exceptions.APIException):
    status_code = 411
    default_code = "length-required"


class ContentTooLarge(exceptions.APIException):
    status_code = 413
    default_code = "content-too-large"


class UnsupportedEncoding(exceptions.APIException):
    """RFC 9110, section 15.5.16."""

    status_code = 415
    default_code = "unsupported-media-type"
    headers = {"Accept-Encoding": "identity"}


class HeadersTooLarge(exceptions.APIException):
    status_code = 431
    default_code = "headers-too-large"


class TokenRefused(exceptions.AuthenticationFailed):
    default_code = "authentication"


class ExpiredToken(TokenRefused):
    default_code = "token-expired"


class InvalidCredentials(exceptions.AuthenticationFailed):
    default_code = "invalid-credentials"


class Unavailable(exceptions.APIException):
    status_code = 503
    default_code = "unavailable"
    wait = faults.RETRY_AFTER_SECONDS
