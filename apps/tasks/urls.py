from rest_framework.routers import SimpleRouter

from apps.tasks.views import TaskViewSet

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("tasks", TaskViewSet, basename="task")

urlpatterns = router.urls
