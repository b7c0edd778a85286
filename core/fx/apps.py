from importlib import import_module

from django.apps import AppConfig


class FxConfig(AppConfig):
    """Dated exchange rates."""

    name = "core.fx"
    label = "fx"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the room's jobs."""
        import_module("core.fx.tasks")
