from importlib import import_module

from django.apps import AppConfig


class CustomsConfig(AppConfig):
    """Tariffs, rules, assessment."""

    name = "customs"
    label = "customs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the room's jobs."""
        import_module("customs.tasks")
