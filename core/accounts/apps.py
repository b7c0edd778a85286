from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, roles, API keys, audit log."""

    name = "core.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
