from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FxConfig(AppConfig):
    """Dated exchange rates."""

    name = "core.fx"
    label = "fx"
    verbose_name = _("Exchange rates")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the room's jobs."""
        import_module("core.fx.tasks")
