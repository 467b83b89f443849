"""The errors that the API raises itself; `handler` turns each into an answer.

APIException (DRF)
├── ValidationError ............ 422, `errors` with a JSON pointer each
│   └── InvalidParameter ....... 422, `errors` with the query parameter's name
├── ParseError
│   └── MalformedJson .......... 400
├── LengthRequired ............. 411
├── ContentTooLarge ............ 413
├── AuthenticationFailed
│   ├── TokenRefused ........... 401
│   │   └── ExpiredToken ....... 401, with its own words
│   └── InvalidCredentials ..... 401
└── Unavailable ................ 503 with Retry-After
"""

from rest_framework import exceptions

from apps.ops import faults


class InvalidParameter(exceptions.ValidationError):
    """Query parameters that break a rule: {name: sentence}."""

    def __init__(self, sentences: dict[str, str], code: str = "invalid") -> None:
        super().__init__({name: [sentence] for name, sentence in sentences.items()}, code)


class MalformedJson(exceptions.ParseError):
    default_code = "malformed-json"


class LengthRequired(exceptions.APIException):
    status_code = 411
    default_code = "length-required"


class ContentTooLarge(exceptions.APIException):
    status_code = 413
    default_code = "content-too-large"


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
