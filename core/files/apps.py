from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FilesConfig(AppConfig):
    """Stored files."""

    name = "core.files"
    label = "files"
    verbose_name = _("Files")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hand the verb ``store_file`` to the kernel."""
        from core.files.services import store_for_plugin
        from core.kernel.verbs import register_verb

        register_verb("store_file", store_for_plugin)
