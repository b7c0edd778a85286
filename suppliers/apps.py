from django.apps import AppConfig


class SuppliersConfig(AppConfig):
    """Suppliers and their feeds."""

    name = "suppliers"
    label = "suppliers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what workers run."""
        from suppliers import tasks  # noqa: F401
