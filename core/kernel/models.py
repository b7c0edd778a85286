"""Channels and what is switched on in them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.pluginapi import ChannelRef, Text
from core.shared.clock import now
from core.shared.ids import new_id


class Channel(models.Model):
    """A way of selling that an operator opened: a kind, a market and a currency.

    ``names`` is ``{"en", "zh-Hans", "zh-Hant"}``; ``market`` is the destination (ISO 3166-1
    alpha-2); ``demonstration`` allows the sandbox payment.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.SlugField(_("key"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=40)
    names = models.JSONField(_("names"), default=dict)
    market = models.CharField(_("market"), max_length=2)
    currency = models.CharField(_("currency"), max_length=3)
    is_open = models.BooleanField(_("open"), default=True)
    demonstration = models.BooleanField(_("demonstration"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        ordering = ("position", "key")

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The name in the current language."""
        return Text.from_dict(self.names).in_language(get_language() or "en") or self.key

    @property
    def ref(self) -> ChannelRef:
        """The value that crosses the border to plug-ins."""
        return ChannelRef(
            key=self.key,
            kind=self.kind,
            name=Text.from_dict(self.names),
            market=self.market,
            currency=self.currency,
            demonstration=self.demonstration,
        )
