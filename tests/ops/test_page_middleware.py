"""What pages need stands aside from the API, and from nothing else."""

from typing import Any

from django.test import Client
from rest_framework.test import APIClient


def test_a_call_of_the_api_has_no_session_and_no_forms_secret(api: APIClient) -> None:
    answer = api.get("/api/tasks")
    assert not answer.cookies
    assert not hasattr(answer.wsgi_request, "session")
    assert answer["Content-Length"] == str(len(answer.content))
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_host_that_is_not_ours_is_refused_everywhere(api: APIClient) -> None:
    for path in ("/api/tasks", "/api/nope", "/docs", "/admin/"):
        assert api.get(path, HTTP_HOST="evil.example").status_code == 400


def test_pages_keep_all_of_it(client: Any) -> None:
    page = client.get("/admin/login/")
    assert page["X-Frame-Options"] == "DENY"
    assert "csrftoken" in page.cookies
    assert Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "x", "password": "y"}).status_code == 403
