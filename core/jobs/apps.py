from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    """Database-owned jobs, outbox, schedules."""

    name = "core.jobs"
    label = "jobs"
    verbose_name = _("Background work")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the room's own handlers and schedules."""
        import_module("core.jobs.tasks")
