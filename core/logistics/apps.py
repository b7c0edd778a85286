from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LogisticsConfig(AppConfig):
    """Parcels, legs, tracking."""

    name = "core.logistics"
    label = "logistics"
    verbose_name = _("Parcels")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what plug-ins may do to parcels, and what runs in the background."""
        from core.kernel.verbs import register_verb
        from core.logistics import verbs

        import_module("core.logistics.tasks")
        register_verb("add_parcel", verbs.add_parcel)
        register_verb("add_tracking_event", verbs.add_tracking_event)
