from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Channels' listings: products, items, offers, stock."""

    name = "core.catalog"
    label = "catalog"
    default_auto_field = "django.db.models.BigAutoField"
