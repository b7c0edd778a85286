from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BuyersConfig(AppConfig):
    """Buyers, addresses, identities."""

    name = "core.buyers"
    label = "buyers"
    verbose_name = _("Buyers")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register who answers which buyer is signed in, and who writes to buyers."""
        from core.buyers.current import current_buyer_verb
        from core.buyers.messages import send_message_verb
        from core.kernel.verbs import register_verb

        register_verb("current_buyer", current_buyer_verb)
        register_verb("send_message", send_message_verb)
