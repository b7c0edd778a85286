from importlib import import_module

from django.apps import AppConfig


class LogisticsConfig(AppConfig):
    """Parcels, legs, tracking."""

    name = "core.logistics"
    label = "logistics"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what plug-ins may do to parcels, and what runs in the background."""
        from core.kernel.verbs import register_verb
        from core.logistics import verbs

        import_module("core.logistics.tasks")
        register_verb("add_parcel", verbs.add_parcel)
        register_verb("add_tracking_event", verbs.add_tracking_event)
