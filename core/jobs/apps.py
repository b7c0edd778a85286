from importlib import import_module

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Database-owned jobs, outbox, schedules."""

    name = "core.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the room's own handlers and schedules."""
        import_module("core.jobs.tasks")
