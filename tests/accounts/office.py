"""What the tests do to people in the back office, and read off its pages."""

import re
from html import unescape
from typing import Any

from django.contrib.admin.utils import quote
from django.contrib.auth.backends import ModelBackend
from django.test import Client

from apps.accounts.models import User

PEOPLE = "/admin/accounts/user/"
NEW_PASSWORD = "another good password"


def page_of(person: User, page: str = "change") -> str:
    return f"{PEOPLE}{quote(person.pk)}/{page}/"


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def listed(client: Client, **query: Any) -> set[str]:
    answer = client.get(PEOPLE, query)
    assert answer.status_code == 200
    return {person.pk for person in answer.context["cl"].result_list}


def row(person: User) -> dict[str, Any]:
    return {**User.objects.filter(pk=person.pk).values().get()}


def owner_of(login: str, password: str) -> object:
    """Whom the pair signs in; the lockout, which asks for a request, has tests of its own."""
    return ModelBackend().authenticate(None, username=login, password=password)


def act(client: Client, action: str, *people: User, **more: str) -> Any:
    body = {"action": action, "_selected_action": [person.pk for person in people], **more}
    return client.post(PEOPLE, body, follow=True)


def deactivate(client: Client, *people: User) -> Any:
    return act(client, "deactivate", *people, reason="They asked for it")


def messages_of(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def hrefs(answer: Any, pattern: str) -> list[str]:
    """The addresses, as a browser reads them, of the page's links that match `pattern` in full."""
    links = map(unescape, re.findall(r'<a\b[^>]*?\bhref="([^"]*)"', answer.content.decode()))
    return [link for link in links if re.fullmatch(pattern, link)]


def new_account(login: str = "New.Person@Example.com", **changed: str) -> dict[str, str]:
    return {"login": login, "name": "New Person", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD, **changed}
