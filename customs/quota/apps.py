from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QuotaConfig(AppConfig):
    """What persons used of their year."""

    name = "customs.quota"
    label = "quota"
    verbose_name = _("Personal quota")
    default_auto_field = "django.db.models.BigAutoField"
