"""The OpenAPI schema: what drf-spectacular reads off the views, and what it cannot see there."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction, OpenApiResponse
from rest_framework import serializers

from apps.api import problems
from apps.api.fields import StringField
from apps.api.serializers import StrictSerializer

NO_NUL = r"^[^\x00]*$"
NOT_BLANK = r"^[^\x00]*[^\s\x00][^\x00]*$"


RETRY_AFTER = ("Retry-After", "integer", "Seconds to wait before trying again.")
PROBLEM_HEADERS = {
    "401": ("WWW-Authenticate", "string", "What was wrong with the token (RFC 6750)."),
    "409": RETRY_AFTER,
    "429": RETRY_AFTER,
    "503": RETRY_AFTER,
}


class ConstantField(serializers.Field[Any, Any, Any, Any]):
    """What is always `value`, by which a reader of the schema tells one kind of answer from another."""

    def __init__(self, value: bool | int | None) -> None:
        super().__init__()
        self.value = value

    @property
    def schema(self) -> dict[str, Any]:
        if self.value is None:
            return {"type": "null"}
        return {"type": "boolean" if isinstance(self.value, bool) else "integer", "const": self.value}


class ProblemErrorSerializer(serializers.Serializer[Any]):
    """One broken rule: of the body, by `pointer`, of the query, by `parameter`, or of a header, by `header`."""

    pointer = serializers.CharField(required=False, help_text="JSON pointer as a URI fragment (RFC 6901).")
    parameter = serializers.CharField(required=False, help_text="The query parameter's name.")
    header = serializers.CharField(required=False, help_text="The header's name.")
    code = serializers.CharField(help_text="For programs; stays stable.")
    detail = serializers.CharField(help_text="For people.")


class ProblemSerializer(serializers.Serializer[Any]):
    """RFC 9457. `type` is for programs and stays stable, `detail` is for people."""

    type = serializers.CharField(help_text="Which kind of problem it is. More kinds may come at any time.")
    title = serializers.CharField()
    status = serializers.IntegerField(min_value=400, max_value=599, help_text="The status of the answer.")
    detail = serializers.CharField()
    instance = serializers.CharField(help_text="The request id.")


class ValidationProblemSerializer(ProblemSerializer):
    """A problem that lists each broken rule."""

    status = ConstantField(422)  # type: ignore[assignment]  # one of its parent's
    errors = ProblemErrorSerializer(many=True)  # type: ignore[assignment]  # a declared field


class ProblemAutoSchema(AutoSchema):
    """Adds to each operation the problems that it can answer with, and to bodies the rules that the API keeps."""

    def _get_response_bodies(self, direction: Direction = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        for status in sorted({*self._problem_statuses()} - {int(code) for code in bodies}):
            bodies[str(status)] = self._problem_response(status)
        bodies["default"] = self._problem_response(500)
        return bodies

    def _get_request_body(self, direction: Direction = "request") -> Any:
        body = super()._get_request_body(direction)
        # An object without fields is a body; nothing at all is none.
        return {**body, "required": True} if body else body

    def _problem_statuses(self) -> list[int]:
        statuses = [406, 422, 503]
        if self.get_auth():
            statuses += [401, 429]
        if self.method in {"POST", "PUT", "PATCH"}:
            statuses += [400, 413, 415]
        if "{" in self.path:
            statuses += [404]
        action = getattr(self.view, "action", None) or self.method.lower()
        return [*statuses, *getattr(self.view, "problem_statuses", {}).get(action, ())]

    def _problem_response(self, status: int) -> Any:
        kind = problems.kind_for(status)
        serializer = ValidationProblemSerializer if status == 422 else ProblemSerializer
        description = "Any other error" if status == 500 else kind.title
        response = OpenApiResponse(serializer, description=description)
        return self._get_response_for_code(response, str(status), [problems.CONTENT_TYPE])

    def _get_response_headers_for_code(self, status_code: str, direction: Direction = "response") -> Any:
        headers = super()._get_response_headers_for_code(status_code, direction)
        if status_code in PROBLEM_HEADERS:
            name, kind, description = PROBLEM_HEADERS[status_code]
            headers[name] = {"schema": {"type": kind}, "description": description}
        return headers

    def _map_serializer(self, serializer: Any, direction: Direction, bypass_extensions: bool = False) -> Any:
        schema = super()._map_serializer(serializer, direction, bypass_extensions)
        if direction == "request" and isinstance(serializer, StrictSerializer):
            schema["additionalProperties"] = False
        return schema

    def _map_serializer_field(self, field: Any, direction: Direction, bypass_extensions: bool = False) -> Any:
        if isinstance(field, ConstantField):
            return field.schema
        schema = super()._map_serializer_field(field, direction, bypass_extensions)
        if direction == "request" and isinstance(field, StringField):
            schema["pattern"] = field.pattern or (
                NO_NUL if field.allow_blank or not field.trim_whitespace else NOT_BLANK
            )
        return schema

    def _insert_field_validators(self, field: Any, schema: Any) -> None:
        super()._insert_field_validators(field, schema)
        if isinstance(field, StringField) and field.allow_blank:
            # Our patterns let an empty string through; as a second choice of `oneOf`, it would fit both and so none.
            schema.update(schema.pop("oneOf", [{}])[0])
