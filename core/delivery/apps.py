from importlib import import_module

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """Outgoing webhooks and messages."""

    name = "core.delivery"
    label = "delivery"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the handlers, and what partners may hear of."""
        import_module("core.delivery.tasks")
