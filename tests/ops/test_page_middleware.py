"""What pages need stands aside from the API, and from nothing else."""

from typing import Any

import pytest
from django.conf import settings
from django.core.cache.backends.base import BaseCache
from django.http import HttpRequest
from django.test import Client
from django.utils.module_loading import import_string
from rest_framework.test import APIClient

from apps.ops.page_middleware import AsideFromApi, Compression, ContentSecurityPolicy
from apps.tasks.models import Task


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


def test_the_api_passes_by_all_of_it_in_one_step(api: APIClient, client: Client, monkeypatch: Any) -> None:
    asked: list[str] = []
    step = AsideFromApi.__call__

    def noted(self: AsideFromApi, request: HttpRequest) -> Any:
        asked.append(type(self).__name__)
        return step(self, request)

    monkeypatch.setattr(AsideFromApi, "__call__", noted)
    assert api.get("/api/tasks").status_code == 200
    assert asked == ["ContentSecurityPolicy"]
    asked.clear()
    client.get("/docs")
    pages = [name.rpartition(".")[2] for name in settings.MIDDLEWARE]
    assert asked == pages[pages.index("ContentSecurityPolicy") :]


def policy(page: Any) -> dict[str, set[str]]:
    """The sources of each directive (Content Security Policy Level 3, section 2.2.1)."""
    parts = [part.split() for part in page["Content-Security-Policy"].split(";")]
    return {name: set(sources) for name, *sources in parts}


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/admin/login/", "/nowhere"])
def test_a_page_takes_nothing_from_elsewhere_and_stands_in_no_frame(client: Client, path: str) -> None:
    said = policy(client.get(path))
    assert {source for sources in said.values() for source in sources} <= {
        *("'self'", "'none'", "data:", "blob:", "'unsafe-inline'", "'unsafe-eval'")
    }
    assert said["object-src"] == said["base-uri"] == said["frame-ancestors"] == {"'none'"}
    scripts = {"'self'", "'unsafe-eval'"} if path.startswith("/admin") else {"'self'"}
    assert said.get("script-src", said["default-src"]) == scripts


def test_browsers_and_robots_find_what_they_ask_for_at_the_root(client: Client) -> None:
    icon: Any = client.get("/favicon.ico")
    assert (icon.status_code, icon["Content-Type"]) == (200, "image/x-icon")
    assert b"".join(icon.streaming_content).startswith(b"\0\0\1\0")
    robots: Any = client.get("/robots.txt")
    assert b"Disallow: /" in b"".join(robots.streaming_content)


@pytest.mark.parametrize("backend", ["locmem.LocMemCache", "db.DatabaseCache", "redis.RedisCache"])
def test_no_cache_of_ours_has_anything_to_close(backend: str) -> None:
    """Which is why nobody is asked to, after each request."""
    assert import_string(f"django.core.cache.backends.{backend}").close is BaseCache.close


def test_the_short_way_and_the_long_way_answer_the_same(api: APIClient, monkeypatch: Any) -> None:
    def answers() -> list[tuple[Any, ...]]:
        calls = [
            api.post("/api/tasks", {"title": "One"}),
            api.get("/api/tasks"),
            api.get("/api/tasks", HTTP_ORIGIN="https://app.example.com"),
            api.get("/api/nowhere"),
            api.put("/api/tasks/1", {"status": "nonsense"}),
            api.options("/api/tasks"),
        ]
        # Django's Common gives a 204 a length too, which it may not have (RFC 9110, section 8.6).
        own = {"X-Request-ID", "ETag", "Location", "Content-Length"}
        return [(call.status_code, {name: call[name] for name in call.headers if name not in own}) for call in calls]

    short = answers()
    Task.objects.all().delete()
    for_pages = (ContentSecurityPolicy, Compression)
    monkeypatch.setattr(
        AsideFromApi,
        "__call__",
        lambda self, request: self.get_response(request) if isinstance(self, for_pages) else self.on_page(request),
    )
    assert short == answers()
