"""`Idempotency-Key` on a request that creates (draft-ietf-httpapi-idempotency-key-header-07)."""

import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

import orjson
from rest_framework.request import Request

from apps.api.exceptions import InvalidHeader, KeyReused, StillRunning
from apps.api.renderers import OPTIONS
from apps.api.responses import ApiResponse
from apps.idempotency import answers

Handler = Callable[..., ApiResponse]

# A String of RFC 9651, section 3.3.3, as the draft has it, or the bare word that most clients send.
_KEY = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\]){1,255})"|([\x21\x23-\x7e]{1,255})')


def idempotent(handler: Handler) -> Handler:
    """A viewset's action that answers once to a key of the caller's, and then repeats what it said.

    Only what succeeded is kept: after an error the key may be used again.
    """

    @wraps(handler)
    def once(view: Any, request: Request, *args: Any, **kwargs: Any) -> ApiResponse:
        header = request.META.get("HTTP_IDEMPOTENCY_KEY")
        if header is None:
            return handler(view, request, *args, **kwargs)
        # Read before DRF parses it, the body stays at hand.
        body, target = request._request.body, f"{request.method} {request._request.path_info}\n".encode()
        try:
            answer = answers.once(
                request.user.subject,  # type: ignore[union-attr]
                _key(header),
                answers.Fingerprint(of=target + _canonical(body), formerly_of=target + body),
                lambda: _answer(handler(view, request, *args, **kwargs)),
            )
        except answers.StillRunning as error:
            raise StillRunning from error
        except answers.KeyReused as error:
            raise KeyReused from error
        return _response(answer)

    return once


def _canonical(body: bytes) -> bytes:
    """The same bytes for the same JSON, whatever its order of members, white space, escapes and notation of numbers.

    What is not JSON stays as it is: it is refused, or not read.
    """
    try:
        return json.dumps(_DECODER.decode(body.decode()), sort_keys=True).encode()
    except (ValueError, RecursionError):
        return body


def _number(text: str) -> int | float:
    """7.0 and 7e0 are 7 (JSON Schema, section 6.1.1, "integer")."""
    number = float(text)
    return int(number) if number.is_integer() else number


_DECODER = json.JSONDecoder(parse_float=_number)


def _key(header: str) -> str:
    found = _KEY.fullmatch(header.strip())
    if found is None:
        raise InvalidHeader("Idempotency-Key", "This must be a string of 1 to 255 printable ASCII characters.")
    quoted, bare = found.groups()
    return bare if quoted is None else re.sub(r"\\(.)", r"\1", quoted)


def _answer(response: ApiResponse) -> answers.Answer:
    body = None if response.data is None else orjson.dumps(response.data, option=OPTIONS).decode()
    return answers.Answer(response.status_code, dict(response.items()), body)


def _response(answer: answers.Answer) -> ApiResponse:
    data = None if answer.body is None else orjson.Fragment(answer.body)
    replayed = {"Idempotency-Replayed": "true"} if answer.is_replayed else {}
    return ApiResponse(data, status=answer.status, headers={**answer.headers, **replayed})
