from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Quotes, orders, payments, ledger."""

    name = "core.orders"
    label = "orders"
    default_auto_field = "django.db.models.BigAutoField"
