from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeliveryConfig(AppConfig):
    """Outgoing webhooks and messages."""

    name = "core.delivery"
    label = "delivery"
    verbose_name = _("Messages")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the handlers, and what partners may hear of."""
        import_module("core.delivery.tasks")
