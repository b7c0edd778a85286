from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SuppliersConfig(AppConfig):
    """Suppliers and their feeds."""

    name = "suppliers"
    label = "suppliers"
    verbose_name = _("Suppliers")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what workers run."""
        from suppliers import tasks  # noqa: F401
