"""What is added to the whole OpenAPI document once drf-spectacular has read the views."""

from collections.abc import Iterator
from typing import Any

from apps.api import problems

Schema = dict[str, Any]

LARGEST_INT32 = 2**31 - 1
SCHEMAS = "#/components/schemas/"
PROBLEMS = {"ValidationProblem": True, "Problem": False}
RATE_LIMIT_HEADERS = {
    "RateLimit-Policy": "The quota: `q` requests in `w` seconds. Not sent where no quota is set.",
    "RateLimit": "What is left of it: `r` requests until it is renewed in `t` seconds.",
}
# They are answered before the quota is looked at.
UNCOUNTED = {"401", "406"}


def complete(result: Schema, generator: Any, request: Any, public: bool) -> Schema:
    """A postprocessing hook of drf-spectacular."""
    for schema in _nodes(result):
        _set_number_format(schema)
        _leave_words_alone(schema)
    for operation in _operations(result):
        # Left out, it would mean whatever the document says as a whole.
        operation.setdefault("security", [])
        if operation["security"]:
            _add_rate_limit(operation)
    result["components"]["headers"] = {
        name: {"description": text, "schema": {"type": "string"}} for name, text in RATE_LIMIT_HEADERS.items()
    }
    _tell_problems_apart(result["components"]["schemas"])
    return result


def _nodes(node: Any) -> Iterator[Schema]:
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _nodes(child)


def _operations(result: Schema) -> Iterator[Schema]:
    for path in result["paths"].values():
        yield from path.values()


def _set_number_format(schema: Schema) -> None:
    """A generator makes a 32-bit integer of what has no format."""
    kind = schema.get("type")
    is_integer = kind == "integer" or (isinstance(kind, list) and "integer" in kind)
    if is_integer and "const" not in schema and schema.get("maximum", LARGEST_INT32 + 1) > LARGEST_INT32:
        schema["format"] = "int64"


def _leave_words_alone(schema: Schema) -> None:
    """Beside an enum, the length of a string says nothing, and orval writes zod for it that does not compile."""
    if isinstance(schema.get("enum"), list):
        schema.pop("minLength", None)


def _add_rate_limit(operation: Schema) -> None:
    for status, answer in operation["responses"].items():
        if status not in UNCOUNTED:
            answer.setdefault("headers", {}).update(
                {name: {"$ref": f"#/components/headers/{name}"} for name in RATE_LIMIT_HEADERS}
            )


def _tell_problems_apart(schemas: Schema) -> None:
    """`type` is any string, so that a kind that is new does not fail in a client. The known ones are in the examples,
    and in a discriminator: out of it openapi-typescript makes the union by which a program tells the documents apart.
    """
    mapping: dict[str, str] = {}
    for name, lists_errors in PROBLEMS.items():
        types = [kind.type for kind in problems.KINDS if (kind.status == 422) is lists_errors]
        schemas[name]["properties"]["type"]["examples"] = types
        mapping |= dict.fromkeys(types, f"{SCHEMAS}{name}")
    schemas["AnyProblem"] = {
        "description": "Any of the problems that are known today.",
        "oneOf": [{"$ref": f"{SCHEMAS}{name}"} for name in PROBLEMS],
        "discriminator": {"propertyName": "type", "mapping": mapping},
    }


def add_service_paths(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A postprocessing hook of drf-spectacular: `/health` and `/ready` are plain Django, which it does not see."""
    timestamp = {"type": "string", "format": "date-time"}
    result["paths"]["/health"] = _service_path(
        "health", "The process lives", {"status": {"enum": ["ok", "leaving"]}, "timestamp": timestamp}
    )
    ready = _service_path("ready", "The database answers", {"status": {"const": "ready"}})
    ready["get"]["responses"]["503"] = {
        "description": "The database does not answer",
        "content": {problems.CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    result["paths"]["/ready"] = ready
    return result


def _service_path(name: str, description: str, properties: dict[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    answer = {"description": description, "content": {"application/json": {"schema": schema}}}
    return {
        "get": {
            "operationId": name,
            "summary": description,
            "description": description,
            "tags": ["service"],
            "security": [],
            "responses": {"200": answer},
        }
    }
