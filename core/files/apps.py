from django.apps import AppConfig


class FilesConfig(AppConfig):
    """Stored files."""

    name = "core.files"
    label = "files"
    default_auto_field = "django.db.models.BigAutoField"
