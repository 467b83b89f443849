from django.apps import AppConfig


class BackOfficeConfig(AppConfig):
    name = "apps.backoffice"
    label = "backoffice"
    verbose_name = "back office"

    def ready(self) -> None:
        from apps.backoffice import checks, housekeeping  # noqa: F401 - they register themselves
