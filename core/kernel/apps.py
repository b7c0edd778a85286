from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_migrate, post_save
from django.utils.translation import gettext_lazy as _


class KernelConfig(AppConfig):
    """Plug-in machinery and channels."""

    name = "core.kernel"
    label = "kernel"
    verbose_name = _("Plug-ins and channels")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Guard connections and outgoing calls, and follow what operators change."""
        from core.kernel import allowance, checks, database, deadlines

        checks.register_checks()
        database.install()
        deadlines.install()
        allowance.install()
        post_migrate.connect(_after_migrate, sender=self, dispatch_uid="kernel.sync")
        channel = self.get_model("Channel")
        post_save.connect(_channel_saved, sender=channel, dispatch_uid="kernel.channel")
        for model in (channel, self.get_model("Activation"), self.get_model("Secret")):
            post_save.connect(_changed, sender=model, dispatch_uid=f"kernel.save.{model}")
            post_delete.connect(_changed, sender=model, dispatch_uid=f"kernel.gone.{model}")


def _after_migrate(**_: Any) -> None:
    from core.kernel.syncing import sync

    sync()


def _channel_saved(instance: Any, created: bool, **_: Any) -> None:
    from core.kernel.syncing import open_channel

    if created:
        open_channel(instance)


def _changed(**_: Any) -> None:
    from core.kernel import snapshot

    snapshot.changed()
