from django.apps import AppConfig


class BuyersConfig(AppConfig):
    """Buyers, addresses, identities."""

    name = "core.buyers"
    label = "buyers"
    default_auto_field = "django.db.models.BigAutoField"
