"""Around Django's WSGI callable: changes to what a request object of Django is made from."""

import re
from collections.abc import Callable, Iterable
from typing import Any

# The parameters that mean something here. Django would decode queries and forms in whatever `charset` a client names,
# rot13 and hex included, and its parser fails on the encodings of RFC 2231 before any middleware runs.
_KNOWN_PARAMETERS = re.compile(r'[^;]*(;\s*(charset="?utf-8"?|boundary="?[\w\'()+,./:=?-]{1,70}"?)\s*)*', re.IGNORECASE)

WSGICallable = Callable[[dict[str, Any], Any], Iterable[bytes]]


def with_plain_content_type(application: WSGICallable) -> WSGICallable:
    """Takes every parameter off a Content-Type that has one other than a UTF-8 charset or a boundary."""

    def plain(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        content_type = environ.get("CONTENT_TYPE", "")
        if ";" in content_type and not _KNOWN_PARAMETERS.fullmatch(content_type):
            environ["CONTENT_TYPE"] = content_type.partition(";")[0].strip()
        return application(environ, start_response)

    return plain


def below(prefix: str | None, application: WSGICallable) -> WSGICallable:
    """Serves `application` below the path `prefix`. A proxy in front may remove the prefix or pass it on."""
    if not prefix:
        return application

    def stripped(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ["PATH_INFO"] = stripped_path(environ.get("PATH_INFO", ""), prefix)
        return application(environ, start_response)

    return stripped


def stripped_path(path: str, prefix: str | None) -> str:
    return path.removeprefix(prefix) if prefix and f"{path}/".startswith(f"{prefix}/") else path


class WholeBody:
    """A body that ends before its Content-Length is an error, as a reset connection is (RFC 9112, section 8).

    What came of it may well be sound JSON or a sound form, and would be written.
    """

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.readline = stream.readline

    def read(self, size: int) -> bytes:
        """Django never asks for more than is to come."""
        data: bytes = self._stream.read(size)
        if len(data) < size:
            raise ConnectionResetError("The body ended before its Content-Length.")
        return data


def with_whole_bodies(application: WSGICallable) -> WSGICallable:
    def whole(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("CONTENT_LENGTH"):
            environ["wsgi.input"] = WholeBody(environ["wsgi.input"])
        return application(environ, start_response)

    return whole
