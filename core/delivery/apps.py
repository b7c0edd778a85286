from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """Outgoing webhooks and messages."""

    name = "core.delivery"
    label = "delivery"
    default_auto_field = "django.db.models.BigAutoField"
