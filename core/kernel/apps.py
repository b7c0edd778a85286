from django.apps import AppConfig


class KernelConfig(AppConfig):
    """Plug-in machinery and channels."""

    name = "core.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"
