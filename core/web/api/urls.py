"""Where the APIs are mounted."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from core.web.api.app import api, suppliers_api

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/", api.urls),
    path("suppliers/v1/", suppliers_api.urls),
]
