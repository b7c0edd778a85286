"""The site's settings with the rooms that jobs need, and the drills' own."""

from __future__ import annotations

from core.conf.settings import *  # noqa: F403

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "core.accounts",
    "core.kernel",
    "core.jobs",
    "drillapp",
]
ROOT_URLCONF = "drillapp.urls"
MIDDLEWARE: list[str] = []
TEMPLATES: list[object] = []
