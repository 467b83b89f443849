"""The schema and its pages: complete, stable, and from our own files."""

import re
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from rest_framework.test import APIClient

from apps.api import problems

OF_TASKS = {
    "listTasks", "createTask", "getTask", "updateTask", "patchTask", "deleteTask", "changeTasks", "listChanges",
    "listTags", "listTrash", "emptyTrash", "deleteTaskForGood", "restoreTask",
}  # fmt: skip
OPERATIONS = {*OF_TASKS, "obtainToken", "refreshToken", "logout", "me", "root", "health", "ready"}


@pytest.fixture
def schema(client: Client) -> dict[str, Any]:
    answer = client.get("/openapi.json")
    assert answer.status_code == 200
    document: dict[str, Any] = answer.json()
    return document


def operations(schema: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, verb, entry) for path, verbs in schema["paths"].items() for verb, entry in verbs.items()]


def test_it_is_generated_without_a_warning(tmp_path: Any) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yml"))


def test_it_is_openapi_3_1(schema: dict[str, Any]) -> None:
    assert schema["openapi"].startswith("3.1")
    assert '"nullable"' not in str(schema)


def test_operation_ids_are_stable(schema: dict[str, Any]) -> None:
    assert {entry["operationId"] for _, _, entry in operations(schema)} == OPERATIONS


def test_each_operation_tells_who_may_call_it(schema: dict[str, Any]) -> None:
    scheme = schema["components"]["securitySchemes"]["bearer"]
    assert (scheme["type"], scheme["scheme"], scheme["bearerFormat"]) == ("http", "bearer", "JWT")
    needs_token = {entry["operationId"]: entry["security"] for _, _, entry in operations(schema)}
    closed = {"me", *OF_TASKS}
    assert needs_token == {name: [{"bearer": []}] if name in closed else [] for name in OPERATIONS}


def test_each_error_answer_is_a_problem(schema: dict[str, Any]) -> None:
    for path, _, entry in operations(schema):
        for status, answer in entry["responses"].items():
            if status == "default" or int(status) >= 400:
                assert list(answer["content"]) == ["application/problem+json"]
                name = "ValidationProblem" if status == "422" else "Problem"
                reference = answer["content"]["application/problem+json"]["schema"]["$ref"]
                assert reference == f"#/components/schemas/{name}"
        if path.startswith("/api/"):
            assert "default" in entry["responses"]


def test_a_problem_may_be_of_a_kind_that_is_new(schema: dict[str, Any]) -> None:
    """The docs promise new kinds; a closed list makes generated clients raise at them."""
    schemas = schema["components"]["schemas"]
    for name in ("Problem", "ValidationProblem"):
        kind = schemas[name]["properties"]["type"]
        assert kind["type"] == "string"
        assert not {"enum", "const"} & kind.keys()
    assert schemas["Problem"]["properties"]["status"]["type"] == "integer"
    assert "enum" not in schemas["Problem"]["properties"]["status"]


def test_each_kind_of_problem_is_named_once(schema: dict[str, Any]) -> None:
    schemas = schema["components"]["schemas"]
    mapping = schemas["AnyProblem"]["discriminator"]["mapping"]
    assert mapping == {
        kind.type: f"#/components/schemas/{'ValidationProblem' if kind.status == 422 else 'Problem'}"
        for kind in problems.KINDS
    }
    examples = [schemas[name]["properties"]["type"]["examples"] for name in ("Problem", "ValidationProblem")]
    assert sorted(examples[0] + examples[1]) == sorted(mapping)


def integers(node: Any, path: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Every schema of an integer, by where it is."""
    found = []
    if isinstance(node, dict) and (
        "integer" in (node["type"] if isinstance(node.get("type"), list) else [node.get("type")])
    ):
        found.append((path, node))
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return found + [each for name, child in children for each in integers(child, f"{path}/{name}")]


def test_what_may_need_64_bits_says_so(schema: dict[str, Any]) -> None:
    found = integers(schema)
    wide = {path for path, node in found if node.get("format") == "int64"}
    small = {path for path, node in found if node.get("maximum", 2**63) < 2**31 or "const" in node}
    assert wide | small == {path for path, _ in found}
    assert not wide & small
    schemas = "/components/schemas"
    for path in (
        f"{schemas}/Task/properties/id",
        f"{schemas}/Task/properties/version",
        f"{schemas}/TaskPage/properties/count",
        f"{schemas}/TagCount/properties/count",
        f"{schemas}/TrashRest/properties/remaining",
        f"{schemas}/DeletedTask/properties/id",
        f"{schemas}/BulkDone/properties/deleted/items",
        f"{schemas}/BulkRequest/properties/delete/items",
    ):
        assert path in wide
    assert sum(path.startswith("/paths//api/tasks/{id}/") and "/parameters/" in path for path in wide) == 5


def test_words_have_no_length(schema: dict[str, Any]) -> None:
    ordering = next(each for each in schema["paths"]["/api/tasks"]["get"]["parameters"] if each["name"] == "ordering")
    assert "enum" in ordering["schema"]
    assert "minLength" not in ordering["schema"]


MINIMAL = {"createTask", "updateTask", "patchTask", "changeTasks", "restoreTask"}


def test_an_answer_without_a_body_is_described(schema: dict[str, Any]) -> None:
    empty = {
        entry["operationId"]: entry["responses"]["204"]
        for _, _, entry in operations(schema)
        if "204" in entry["responses"]
    }
    assert empty.keys() == MINIMAL | {"deleteTask", "deleteTaskForGood", "emptyTrash", "logout"}
    assert not any("content" in answer for answer in empty.values())
    assert all("Preference-Applied" in empty[name]["headers"] for name in MINIMAL)
    preferring = {
        entry["operationId"]
        for _, _, entry in operations(schema)
        if any(each["name"] == "Prefer" for each in entry.get("parameters", ()))
    }
    assert preferring == MINIMAL
    assert "Location" in empty["createTask"]["headers"]


def test_the_quota_is_told_where_there_is_one(schema: dict[str, Any]) -> None:
    for _, _, entry in operations(schema):
        for status, answer in entry["responses"].items():
            told = {"RateLimit", "RateLimit-Policy"} <= answer.get("headers", {}).keys()
            assert told == (bool(entry["security"]) and status not in {"401", "406"}), (entry["operationId"], status)


def header_of(schema: dict[str, Any], verb: str, path: str, name: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = [each for each in schema["paths"][path][verb]["parameters"] if each["name"] == name]
    declared: dict[str, Any] = found[0]["schema"]
    return declared


@pytest.mark.parametrize(
    ("key", "fits"),
    [
        ("7f9c", True),
        ('"7f9c"', True),
        ('"a b"', True),
        (r'"a \" \\"', True),
        ("a b", False),
        ('"', False),
        ('""', False),
        ('"a', False),
        ("", False),
        ("é", False),
        (r'"\n"', False),
        ("x" * 256, False),
    ],
)
def test_a_key_fits_its_pattern_where_the_server_takes_it(
    schema: dict[str, Any], api: APIClient, key: str, fits: bool
) -> None:
    pattern = header_of(schema, "post", "/api/tasks", "Idempotency-Key")["pattern"]
    assert bool(re.search(pattern, key)) == fits
    answer = api.post("/api/tasks", {"title": "x"}, HTTP_IDEMPOTENCY_KEY=key)
    assert answer.status_code == (201 if fits else 422)


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("put", "/api/tasks/{id}"),
        ("patch", "/api/tasks/{id}"),
        ("delete", "/api/tasks/{id}"),
        ("post", "/api/tasks/{id}/restore"),
        ("delete", "/api/tasks/trash/{id}"),
    ],
)
def test_a_write_that_takes_a_condition_says_so(schema: dict[str, Any], verb: str, path: str) -> None:
    assert header_of(schema, verb, path, "If-Match") == {"type": "string"}
    assert "ETag" in schema["paths"][path][verb]["responses"]["412"]["headers"]


def test_what_a_new_task_may_hold_is_told_as_it_is(schema: dict[str, Any], api: APIClient) -> None:
    assert "sent back" not in schema["paths"]["/api/tasks"]["post"]["description"]
    assert api.post("/api/tasks", {"title": "x", "id": 1}).status_code == 422


def test_errors_tell_of_their_headers(schema: dict[str, Any]) -> None:
    expected = {
        "401": "WWW-Authenticate",
        "409": "Retry-After",
        "412": "ETag",
        "429": "Retry-After",
        "503": "Retry-After",
    }
    told = [
        (status, header in answer.get("headers", {}))
        for path, _, entry in operations(schema)
        for status, answer in entry["responses"].items()
        if (header := expected.get(status)) and path.startswith("/api/")
    ]
    assert {status for status, _ in told} == set(expected)
    assert all(is_told for _, is_told in told)


def test_an_empty_description_fits_the_schema_once(schema: dict[str, Any]) -> None:
    for body in ("TaskCreateRequest", "TaskUpdateRequest"):
        description = schema["components"]["schemas"][body]["properties"]["description"]
        assert description == {"type": ["string", "null"], "pattern": "^[^\\x00]*$", "maxLength": 2000}


def test_bodies_are_closed_and_have_examples(schema: dict[str, Any]) -> None:
    create = schema["paths"]["/api/tasks"]["post"]
    body = schema["components"]["schemas"]["TaskCreateRequest"]
    assert body["additionalProperties"] is False
    assert body["required"] == ["title"]
    assert create["requestBody"]["content"]["application/json"]["examples"]
    assert "Location" in create["responses"]["201"]["headers"]
    assert "examples" in create["responses"]["201"]["content"]["application/json"]


def test_a_task_is_typed_to_the_last_field(schema: dict[str, Any]) -> None:
    task = schema["components"]["schemas"]["Task"]
    assert set(task["required"]) == set(task["properties"])
    assert task["properties"]["description"]["type"] == ["string", "null"]
    assert schema["components"]["schemas"]["TaskStatus"]["enum"] == ["pending", "in_progress", "completed"]


@pytest.mark.parametrize("page", ["/docs", "/redoc"])
def test_a_page_asks_no_other_host(client: Client, page: str) -> None:
    html = client.get(page).content.decode()
    sources = re.findall(r'(?:src|href)\s*=\s*"([^"]+)"', html)
    assert sources
    assert all(source.startswith("/") for source in sources)
    files = [client.get(source) for source in sources]
    assert {file.status_code for file in files} == {200}
    contents = [file.getvalue().decode(errors="replace") for file in files]
    assert all(contents)
    assert any("/openapi.json" in content for content in (html, *contents))


def test_the_root_links_to_everything(client: Client) -> None:
    body = client.get("/").json()
    assert body["name"] == "Tasks API"
    assert body["version"]
    for name, link in body["links"].items():
        assert link.startswith("http://testserver/")
        assert client.get(link).status_code == (401 if name == "tasks" else 200)
