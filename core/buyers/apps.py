from django.apps import AppConfig


class BuyersConfig(AppConfig):
    """Buyers, addresses, identities."""

    name = "core.buyers"
    label = "buyers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register who answers which buyer is signed in."""
        from core.buyers.current import current_buyer_verb
        from core.kernel.verbs import register_verb

        register_verb("current_buyer", current_buyer_verb)
