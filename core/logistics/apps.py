from django.apps import AppConfig


class LogisticsConfig(AppConfig):
    """Parcels, legs, tracking."""

    name = "core.logistics"
    label = "logistics"
    default_auto_field = "django.db.models.BigAutoField"
