"""Every address of the site, by door."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("records/", admin.site.urls),
    path("console/", include("core.web.operator.urls")),
    path("supplier/", include("core.web.supplier.urls")),
    path("api/", include("core.web.api.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("core.web.buyer.urls")),
]

handler400 = "core.web.errors.bad_request"
handler403 = "core.web.errors.permission_denied"
handler404 = "core.web.errors.not_found"
handler500 = "core.web.errors.server_error"
