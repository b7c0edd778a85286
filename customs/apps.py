from django.apps import AppConfig


class CustomsConfig(AppConfig):
    """Tariffs, rules, assessment."""

    name = "customs"
    label = "customs"
    default_auto_field = "django.db.models.BigAutoField"
