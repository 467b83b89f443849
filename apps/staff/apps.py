from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.db.models.signals import post_migrate


class BackOfficeConfig(admin_apps.AdminConfig):
    """Django's admin, on our site."""

    default = False
    default_site = "apps.staff.sites.BackOffice"


class StaffConfig(AppConfig):
    name = "apps.staff"
    label = "staff"
    default = True

    def ready(self) -> None:
        from apps.staff import housekeeping, roles, sessions  # noqa: F401 - they register themselves

        # Sent for each app in their order, and this one is the last: by then every permission is there.
        post_migrate.connect(roles.sync_after_migrate, sender=self)
