"""A client that openapi-python-client has generated, against the running server. Runs in an environment of its own."""

import os

from tasks_api_client import AuthenticatedClient
from tasks_api_client.api.tasks import change_tasks, create_task, delete_task, get_task, list_tasks, patch_task
from tasks_api_client.api.trash import delete_task_for_good
from tasks_api_client.models import (
    BulkDone,
    BulkRequest,
    ListTasksOrdering,
    ListTasksStatusItem,
    Problem,
    Task,
    TaskCreateRequest,
    TaskPage,
    TaskStatus,
    TaskUpdateRequest,
    ValidationProblem,
)

client = AuthenticatedClient(os.environ["API"], token=os.environ["TOKEN"], raise_on_unexpected_status=True)

task = create_task.sync(client=client, body=TaskCreateRequest(title="By Python", tags=["python"]), idempotency_key="1")
assert isinstance(task, Task), task
assert get_task.sync(task.id, client=client) == task
page = list_tasks.sync(
    client=client, status=[ListTasksStatusItem.PENDING], tags_any=["python"], ordering=ListTasksOrdering.VALUE_3
)
assert isinstance(page, TaskPage), page
assert [each.id for each in page.results] == [task.id]

completed = TaskUpdateRequest(status=TaskStatus.COMPLETED)
patched = patch_task.sync_detailed(task.id, client=client, body=completed, prefer="return=minimal")
assert (patched.status_code, patched.parsed) == (204, None), patched

quiet = create_task.sync_detailed(client=client, body=TaskCreateRequest(title="Quiet"), prefer="return=minimal")
assert (quiet.status_code, quiet.parsed) == (204, None), quiet
assert quiet.headers["Location"].startswith("/api/tasks/")

refused = create_task.sync(client=client, body=TaskCreateRequest(title=""))
assert isinstance(refused, ValidationProblem), refused
assert [each.pointer for each in refused.errors] == ["#/title"]
late = delete_task.sync(task.id, client=client, if_match='"1"')
assert isinstance(late, Problem), late
assert late.type_ == "/problems/precondition-failed"
# A kind of problem and a status that are new are no reason to raise.
new = {"type": "/problems/of-tomorrow", "title": "New", "status": 418, "detail": "New.", "instance": "1", "hint": "x"}
assert Problem.from_dict(new).to_dict() == new
assert ValidationProblem.from_dict({**new, "status": 422, "errors": []}).type_ == "/problems/of-tomorrow"

done = change_tasks.sync(client=client, body=BulkRequest(create=[TaskCreateRequest(title="Many")], delete=[task.id]))
assert isinstance(done, BulkDone), done
assert done.deleted == [task.id]
assert delete_task_for_good.sync_detailed(task.id, client=client).status_code == 204
