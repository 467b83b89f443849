"""What every view of the API keeps to, and the page at the root."""

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import SAFE_METHODS, AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.api.exceptions import ContentTooLarge, InvalidParameter, LengthRequired, MalformedJson, UnsupportedEncoding
from apps.api.parameters import unknown_names, validated_parameters
from apps.api.preconditions import refuse_preconditions
from apps.api.request import ApiRequest
from apps.api.responses import ApiResponse
from apps.api.throttling import add_headers
from apps.limits.quotas import Usage
from apps.ops.compression import compress

BODY_METHODS = {"POST", "PUT", "PATCH"}


class StrictAPIView(APIView):
    """Refuses query parameters that it does not know, and bodies that are missing or too large."""

    request: ApiRequest
    # Of the caller's quota, where one was counted.
    usage: Usage | None = None
    # A copy may be kept by the caller alone, who asks before each use of it whether it is still good.
    cache_control = "private, no-cache"
    body_limit_bytes = settings.API_BODY_LIMIT_BYTES
    # By action; by method, where the view is no viewset.
    query_serializers: dict[str, type[serializers.Serializer[Any]]] = {}
    bodiless: Collection[str] = ()
    compressed: Collection[str] = ()
    # Whose answers have an ETag: there the action itself checks If-Match and If-None-Match.
    conditional: Collection[str] = ()

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """DRF's; then lets go of what the view and its request hold each other by, so that nothing of them is left.

        To find them took the garbage collector a sixth of a busy worker's time, and each request began in cold memory.
        """
        response = super().dispatch(request, *args, **kwargs)
        if isinstance(response, ApiResponse):
            self.request.parser_context.clear()
            for method in self.http_method_names:
                self.__dict__.pop(method, None)
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        method = str(request._request.method)
        if not hasattr(self, method.lower()):
            raise MethodNotAllowed(method)
        if query := request._request.META.get("QUERY_STRING"):
            self._refuse_unknown_parameters(query)
        # OPTIONS has no representation to compare (RFC 9110, section 13.2.1).
        if self._action_name not in self.conditional and method != "OPTIONS":
            refuse_preconditions(request._request.META, is_read=method in SAFE_METHODS)
        if method in BODY_METHODS and self._action_name not in self.bodiless:
            self._check_body(request)

    @property
    def default_response_headers(self) -> dict[str, str]:
        """Each answer of DRF's names the verbs in `Allow`, for which it looks for their handlers (10 us)."""
        return {}

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        if self.usage:
            add_headers(response, self.usage)
        response = super().finalize_response(request, response, *args, **kwargs)
        headers = response.headers
        headers.setdefault("Cache-Control", self.cache_control)
        headers["Vary"] = "Authorization, Origin, Prefer"
        if response.status_code == 405 or request._request.method == "OPTIONS":
            headers["Allow"] = ", ".join(self.allowed_methods)
        if self._action_name in self.compressed:
            compress(request._request, response)
        return response

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """The methods of this address, in `Allow`."""
        return ApiResponse(status=204)

    def parameters(self, request: Request) -> dict[str, Any]:
        """The validated query parameters of the action under way. Raises InvalidParameter."""
        return validated_parameters(request.query_params, self.query_serializers[self._action_name])

    @property
    def _action_name(self) -> str:
        name = getattr(self, "action", None) or str(self.request._request.method).lower()
        return "get" if name == "head" else name

    def _refuse_unknown_parameters(self, query: str) -> None:
        if unknown := unknown_names(query, self.query_serializers.get(self._action_name)):
            raise InvalidParameter(dict.fromkeys(unknown, "There is no such parameter here."), "unknown")

    def _check_body(self, request: Request) -> None:
        """What can be said of it before it is read."""
        coding = request.META.get("HTTP_CONTENT_ENCODING")
        if coding and any(word.strip().lower() not in {"", "identity"} for word in coding.split(",")):
            raise UnsupportedEncoding("The body is compressed; send it without Content-Encoding.")
        length = int(request.META.get("CONTENT_LENGTH") or 0)
        if length > self.body_limit_bytes:
            raise ContentTooLarge(f"The body is larger than {self.body_limit_bytes} bytes.")
        if length == 0:
            chunked = "HTTP_TRANSFER_ENCODING" in request.META
            raise LengthRequired() if chunked else MalformedJson("The body is empty.")


class RootView(StrictAPIView):
    """Where to go from here."""

    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="root",
        summary="Where to go",
        tags=["service"],
        auth=[],
        responses=inline_serializer(
            "Root",
            {
                "name": serializers.CharField(),
                "version": serializers.CharField(),
                "links": serializers.DictField(child=serializers.CharField()),
            },
        ),
    )
    def get(self, request: Request) -> ApiResponse:
        pages = {"tasks": "task-list", "openapi": "openapi", "docs": "docs", "redoc": "redoc", "health": "health"}
        links = {name: request.build_absolute_uri(reverse(page)) for name, page in pages.items()}
        return ApiResponse({"name": settings.API_NAME, "version": settings.API_VERSION, "links": links})
