"""Endpoints, what is to be delivered to them, messages to buyers, and a log of every attempt."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.shared.clock import now
from core.shared.crypto import open_sealed, seal
from core.shared.ids import new_id


class Endpoint(models.Model):
    """A partner's address that hears of events. ``kinds`` as in ``core.jobs.subscribe``.

    ``channel`` is a channel's key, or "" for all. The secret is sealed and shown once.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=80)
    url = models.CharField(_("address"), max_length=2000)
    kinds = models.JSONField(_("events"), default=list)
    channel = models.CharField(_("channel"), max_length=40, blank=True)
    secret = models.BinaryField(editable=False)
    is_on = models.BooleanField(_("on"), default=True)
    off_reason = models.CharField(_("why it is off"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"), default=now, editable=False)

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def set_secret(self, secret: str) -> None:
        """Seal the signing secret to this row."""
        self.secret = seal(secret, bound_to=f"delivery:endpoint:{self.pk}:secret")

    def open_secret(self) -> str:
        """Return the signing secret. Raises SealBroken."""
        return open_sealed(self.secret, bound_to=f"delivery:endpoint:{self.pk}:secret")

    def wants(self, kind: str, channel: str) -> bool:
        """Say whether an event of ``kind`` in ``channel`` is for this endpoint."""
        if not self.is_on or self.channel not in ("", channel):
            return False
        return any(_matches(pattern, kind) for pattern in self.kinds)


class WebhookDelivery(models.Model):
    """One event for one endpoint. ``body`` is the exact text that is signed and sent."""

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("failed")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries")
    event = models.UUIDField(_("event"))
    kind = models.CharField(_("kind"), max_length=80)
    body = models.TextField(_("body"))
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.PENDING)
    created_at = models.DateTimeField(_("created"), default=now, editable=False)
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=["endpoint", "event"], name="webhook_once_per_event"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class DeliveryAttempt(models.Model):
    """One call of an endpoint and what came of it; ``status`` is None when nobody answered."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField(_("at"), default=now)
    status = models.PositiveSmallIntegerField(_("status"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=500, blank=True)
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    milliseconds = models.PositiveIntegerField(_("milliseconds"), default=0)

    class Meta:
        verbose_name = _("webhook attempt")
        verbose_name_plural = _("webhook attempts")
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.status or '—'} {self.error}"


class BuyerMessage(models.Model):
    """A message to a buyer, once for its key. Subject and body by language; the address is sealed.

    ``buyer`` is an opaque reference. ``key`` names the occasion ("order:42:shipped").
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        SENT = "sent", _("sent")
        UNDELIVERABLE = "undeliverable", _("undeliverable")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    buyer = models.UUIDField(_("buyer"), db_index=True)
    key = models.CharField(_("key"), max_length=200, unique=True)
    channel = models.CharField(_("channel"), max_length=40, blank=True)
    subject = models.JSONField(_("subject"))
    body = models.JSONField(_("body"))
    address = models.BinaryField(editable=False)
    state = models.CharField(_("state"), max_length=13, choices=State, default=State.QUEUED)
    created_at = models.DateTimeField(_("created"), default=now, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return self.key

    def set_address(self, address: str) -> None:
        """Seal the buyer's address to this row."""
        self.address = seal(address, bound_to=f"delivery:message:{self.pk}:address")

    def open_address(self) -> str:
        """Return the buyer's address. Raises SealBroken."""
        return open_sealed(self.address, bound_to=f"delivery:message:{self.pk}:address")


class MessageAttempt(models.Model):
    """One attempt to send a message over one way."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    message = models.ForeignKey(BuyerMessage, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField(_("at"), default=now)
    messenger = models.CharField(_("way"), max_length=80)
    delivered = models.BooleanField(_("delivered"), default=False)
    reference = models.CharField(_("reference"), max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("message attempt")
        verbose_name_plural = _("message attempts")
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.messenger}: {self.reason or self.reference}"


def _matches(pattern: str, kind: str) -> bool:
    if pattern.endswith("*"):
        return kind.startswith(pattern[:-1])
    return pattern == kind
