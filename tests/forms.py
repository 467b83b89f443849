"""What a browser would send of the form that a page shows, untouched."""

from html.parser import HTMLParser


class _Form(HTMLParser):
    """Reads one form: values by name, as the HTML standard constructs them (4.10.22.4)."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.wanted = action
        self.inside = False
        self.values: dict[str, str] = {}
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
                self.values[name] = given.get("value", "on" if given.get("type") == "checkbox" else "")
        elif tag == "select" and name:
            self.select = name
        elif tag == "option" and self.select and "selected" in given:
            self.values[self.select] = given.get("value", "")
        elif tag == "textarea" and name:
            self.area, self.text = name, ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "select":
            self.select = ""
        elif tag == "textarea" and self.area:
            text = self.text.replace("\r\n", "\n").removeprefix("\n")
            self.values[self.area] = text.replace("\n", "\r\n")
            self.area = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.text += data


def untouched(page: str, form: str) -> dict[str, str]:
    """`form` is the id of the form in the HTML `page`."""
    reader = _Form(form)
    reader.feed(page)
    return reader.values
