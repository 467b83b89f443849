from django.apps import AppConfig
from django.db.backends.signals import connection_created


class HistoryConfig(AppConfig):
    name = "apps.history"
    label = "history"

    def ready(self) -> None:
        from apps.history import notes, retention  # noqa: F401 - it registers itself

        connection_created.connect(notes.install, dispatch_uid="history.notes")
