"""What the tests of an import do on its pages, and read off them."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

IMPORT = "/admin/tasks/task/import/"


def uploaded(client: Client, content: str | bytes, name: str = "tasks.csv") -> Any:
    data = content.encode() if isinstance(content, str) else content
    return client.post(IMPORT, {"file": SimpleUploadedFile(name, data)}, follow=True)


def outcomes(answer: Any) -> dict[int, tuple[str, str]]:
    """By row: the kind, and the problems or the changed columns."""
    found = [one for _, _, group in answer.context["groups"] for one in group]
    return {one.row: (one.kind, " ".join(one.problems) or ",".join(one.values)) for one in found}


def address(answer: Any) -> str:
    return str(answer.redirect_chain[-1][0])


def finished(client: Client, answer: Any) -> dict[str, Any]:
    job = address(answer)
    client.post(job, {"do": "start"})
    while True:
        progress: dict[str, Any] = client.post(job, {"do": "step"}, headers={"Accept": "application/json"}).json()
        if progress["state"] != "running":
            return progress
