"""Channels, what is switched on in them, and what went wrong."""

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


class PluginRecord(models.Model):
    """A plug-in as it was last found, so that the console never needs the plug-in itself.

    ``names`` and ``summaries`` are text by language; ``state`` is ``loaded``, ``broken``,
    ``incompatible``, ``excluded`` or ``missing``, ``reason`` and ``where`` say why.
    """

    key = models.CharField(_("key"), max_length=80, primary_key=True)
    names = models.JSONField(_("names"), default=dict)
    summaries = models.JSONField(_("summaries"), default=dict)
    version = models.CharField(_("version"), max_length=40, blank=True)
    origin = models.CharField(_("origin"), max_length=12)
    scope = models.CharField(_("scope"), max_length=12, default="channel")
    state = models.CharField(_("state"), max_length=14)
    reason = models.TextField(_("reason"), blank=True)
    where = models.CharField(_("place"), max_length=400, blank=True)
    seen_at = models.DateTimeField(_("last seen"), default=now)

    class Meta:
        verbose_name = _("plug-in")
        verbose_name_plural = _("plug-ins")
        ordering = ("key",)

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The name in the current language."""
        return Text.from_dict(self.names).in_language(get_language() or "en") or self.key


class Activation(models.Model):
    """A plug-in in a channel, or with ``channel`` empty for the platform as a whole.

    ``settings`` are inherited from the platform's row to the channel's, key by key; the smaller
    ``priority`` is asked first.
    """

    plugin = models.CharField(_("plug-in"), max_length=80)
    channel = models.ForeignKey(
        Channel, null=True, blank=True, on_delete=models.CASCADE, verbose_name=_("channel")
    )
    enabled = models.BooleanField(_("on"), default=False)
    priority = models.IntegerField(_("priority"), default=100)
    settings = models.JSONField(_("settings"), default=dict, blank=True)
    settings_version = models.PositiveIntegerField(_("settings version"), default=1)
    changed_at = models.DateTimeField(_("changed"), default=now)

    class Meta:
        verbose_name = _("activation")
        verbose_name_plural = _("activations")
        ordering = ("plugin", "channel_id")
        constraints = (
            models.UniqueConstraint(fields=["plugin", "channel"], name="activation_once"),
            models.UniqueConstraint(
                fields=["plugin"], condition=models.Q(channel=None), name="activation_platform_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.plugin} @ {self.channel or '*'}"


class Secret(models.Model):
    """A secret setting, sealed and bound to its plug-in, channel and name. Written, never shown."""

    plugin = models.CharField(max_length=80)
    channel = models.ForeignKey(Channel, null=True, blank=True, on_delete=models.CASCADE)
    name = models.CharField(max_length=80)
    sealed = models.BinaryField()
    changed_at = models.DateTimeField(default=now)

    class Meta:
        verbose_name = _("secret")
        verbose_name_plural = _("secrets")
        constraints = (
            models.UniqueConstraint(fields=["plugin", "channel", "name"], name="secret_once"),
            models.UniqueConstraint(
                fields=["plugin", "name"],
                condition=models.Q(channel=None),
                name="secret_platform_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.plugin}.{self.name}"


class Incident(models.Model):
    """Something that a plug-in did wrong; the same thing again raises ``count``.

    ``digest`` stands for the arguments and cannot be turned back into them; ``traceback`` holds
    code and places, and its message is cleared of what looks like personal data.
    """

    fingerprint = models.CharField(max_length=40, unique=True, editable=False)
    plugin = models.CharField(_("plug-in"), max_length=80, db_index=True)
    hook = models.CharField(_("hook"), max_length=80)
    channel = models.CharField(_("channel"), max_length=40, blank=True)
    kind = models.CharField(_("kind"), max_length=20)
    message = models.TextField(_("message"))
    traceback = models.TextField(_("traceback"), blank=True)
    digest = models.CharField(_("input digest"), max_length=16, blank=True)
    count = models.PositiveIntegerField(_("count"), default=1)
    first_seen = models.DateTimeField(_("first seen"), default=now)
    last_seen = models.DateTimeField(_("last seen"), default=now, db_index=True)
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        ordering = ("-last_seen",)

    def __str__(self) -> str:
        return f"{self.plugin} {self.hook}: {self.message[:80]}"


class VersionStamp(models.Model):
    """Changes whenever what is switched on does, so that each process knows when to read anew."""

    name = models.CharField(max_length=40, primary_key=True)
    value = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.value}"
