from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Database-owned jobs, outbox, schedules."""

    name = "core.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"
