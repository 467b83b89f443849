from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "apps.dashboard"
    label = "dashboard"

    def ready(self) -> None:
        from django.contrib import admin

        from apps.dashboard import housekeeping  # noqa: F401 - it registers itself

        admin.site.index_template = "dashboard/index.html"
        admin.site.index_title = "Overview"
