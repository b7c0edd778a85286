from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClassificationConfig(AppConfig):
    """HS codes by destination."""

    name = "customs.classification"
    label = "classification"
    verbose_name = _("Classification")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the room's jobs."""
        import_module("customs.classification.tasks")
