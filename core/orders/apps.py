from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    """Quotes, orders, payments, ledger."""

    name = "core.orders"
    label = "orders"
    verbose_name = _("Orders")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Subscribe to the news that orders act upon, and offer the verbs."""
        from core.orders import benchmarks, expiry, tasks, verbs  # noqa: F401
        from core.orders.explaining import document_of
        from customs.explain import read_quotes_with

        read_quotes_with(document_of)
        benchmarks.register()
        tasks.register()
        verbs.register()
