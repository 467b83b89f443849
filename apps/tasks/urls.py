from django.urls import path

from apps.tasks.views.bulk import BulkView
from apps.tasks.views.changes import ChangesView
from apps.tasks.views.tags import TagsView
from apps.tasks.views.tasks import TaskViewSet
from apps.tasks.views.trash import TrashViewSet

urlpatterns = [
    path("api/tasks", TaskViewSet.as_view({"get": "list", "post": "create"}), name="task-list"),
    path(
        "api/tasks/<int:id>",
        TaskViewSet.as_view({"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}),
        name="task-detail",
    ),
    path("api/tasks/<int:id>/restore", TrashViewSet.as_view({"post": "restore"}), name="task-restore"),
    path("api/tasks/trash", TrashViewSet.as_view({"get": "list", "delete": "empty"}), name="trash-list"),
    path("api/tasks/trash/<int:id>", TrashViewSet.as_view({"delete": "destroy"}), name="trash-detail"),
    path("api/tasks/bulk", BulkView.as_view(), name="task-bulk"),
    path("api/tasks/changes", ChangesView.as_view(), name="task-changes"),
    path("api/tasks/tags", TagsView.as_view(), name="task-tags"),
]
