
from django.apps import AppConfig


class FxConfig(AppConfig):
    """Dated exchange rates."""

    name = "core.fx"
    label = "fx"
    default_auto_field = "django.db.models.BigAutoField"
