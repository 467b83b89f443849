from django.apps import AppConfig


class LimitsConfig(AppConfig):
    name = "apps.limits"
    label = "limits"

    def ready(self) -> None:
        from apps.limits import housekeeping  # noqa: F401 - it registers itself
