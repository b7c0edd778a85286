from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomsConfig(AppConfig):
    """Tariffs, rules, assessment."""

    name = "customs"
    label = "customs"
    verbose_name = _("Customs")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the room's jobs."""
        import_module("customs.tasks")
