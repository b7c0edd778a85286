"""The buyer's door."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from core.web.buyer import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
]
