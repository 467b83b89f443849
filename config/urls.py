"""The URL map. Canonical paths have no trailing slash; one with a slash works as well."""

from django.contrib import admin
from django.urls import include, path

from apps.tasks.urls import urlpatterns as tasks

urlpatterns = [
    # In the order of how often they are asked for, since they are tried one by one. The first stand here themselves:
    # an include is one more level to look through, at each request.
    *tasks,
    path("api/auth/", include("apps.accounts.urls")),
    path("", include("apps.ops.urls")),
    path("", include("apps.api.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "apps.staff.errors.bad_request"
handler403 = "apps.staff.errors.forbidden"
handler404 = "apps.staff.errors.not_found"
handler500 = "apps.staff.errors.fault"
