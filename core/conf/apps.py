from django.apps import AppConfig


class ConfConfig(AppConfig):
    """The composition root, an app for the sake of its commands and translations."""

    name = "core.conf"
    label = "conf"
    verbose_name = "Haitao"
