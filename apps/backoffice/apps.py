from django.apps import AppConfig


class BackOfficeConfig(AppConfig):
    name = "apps.backoffice"
    label = "backoffice"
    verbose_name = "back office"

    def ready(self) -> None:
        from apps.backoffice import housekeeping  # noqa: F401 - it registers itself
