"""The schema and its pages: complete, stable, and from our own files."""

import re
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

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
    closed = {entry["operationId"] for _, _, entry in operations(schema) if entry.get("security") == [{"bearer": []}]}
    assert closed == {"me", *OF_TASKS}


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


def test_each_kind_of_problem_is_named_once(schema: dict[str, Any]) -> None:
    types = [schema["components"]["schemas"][name]["enum"] for name in ("ProblemType", "ValidationProblemType")]
    assert sorted(types[0] + types[1]) == sorted(kind.type for kind in problems.KINDS)


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
    for source in sources:
        file = client.get(source.split("?")[0])
        assert file.status_code == 200
        assert file.getvalue()
    assert "/openapi.json" in html


def test_the_root_links_to_everything(client: Client) -> None:
    body = client.get("/").json()
    assert body["name"] == "Tasks API"
    assert body["version"]
    for name, link in body["links"].items():
        assert link.startswith("http://testserver/")
        assert client.get(link).status_code == (401 if name == "tasks" else 200)
