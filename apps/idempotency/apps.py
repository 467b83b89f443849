from django.apps import AppConfig


class IdempotencyConfig(AppConfig):
    name = "apps.idempotency"
    label = "idempotency"

    def ready(self) -> None:
        from apps.idempotency import housekeeping  # noqa: F401 - it registers itself
