"""What a browser would send of the form that a page shows, untouched."""

from html.parser import HTMLParser
from typing import Any

from django.test import Client


class _Form(HTMLParser):
    """Reads one form: values by name, as the HTML standard constructs them (4.10.22.4)."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.wanted = action
        self.inside = False
        self.values: dict[str, Any] = {}
        self.select = self.area = ""
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = given.get("id") == self.wanted
        name = given.get("name", "")
        if not self.inside:
            return
        if tag == "input" and name and given.get("type") not in {"submit", "button", "file"}:
            if given.get("type") not in {"checkbox", "radio"} or "checked" in given:
                self.add(name, given.get("value", "on" if given.get("type") == "checkbox" else ""))
        elif tag == "select" and name:
            self.select = name
        elif tag == "option" and self.select and "selected" in given:
            self.add(self.select, given.get("value", ""))
        elif tag == "textarea" and name:
            self.area, self.text = name, ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "select":
            self.select = ""
        elif tag == "textarea" and self.area:
            text = self.text.replace("\r\n", "\n").removeprefix("\n")
            self.add(self.area, text.replace("\n", "\r\n"))
            self.area = ""

    def add(self, name: str, value: str) -> None:
        """A list where a name has several values."""
        before = self.values.get(name)
        self.values[name] = value if before is None else [*(before if isinstance(before, list) else [before]), value]

    def handle_data(self, data: str) -> None:
        if self.area:
            self.text += data


def untouched(page: str, form: str) -> dict[str, Any]:
    """`form` is the id of the form in the HTML `page`."""
    reader = _Form(form)
    reader.feed(page)
    return reader.values


def opened(client: Client, path: str) -> dict[str, Any]:
    """What a browser would send of the change form at `path`, untouched."""
    model = path.split("/")[3]
    return sendable(untouched(client.get(path).content.decode(), f"{model}_form"))


def save(client: Client, path: str, **edited: Any) -> Any:
    """Opens the change form at `path`, fills in what was `edited` and sends it. None clears a box."""
    return client.post(path, sendable({**opened(client, path), **edited}))


def sendable(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None and name != "csrfmiddlewaretoken"}
