"""Parcels, the legs of their way, and what carriers reported of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.kernel.models import Channel
from core.logistics import statuses
from core.logistics.identity import IDENTITY_BYTES
from core.pluginapi import OrderRef, ParcelRef, Status, TimeConfidence, TrackingEvent
from core.shared.clock import now
from core.shared.ids import new_id, new_token

STATUS_CHOICES = [(status.value, facts.label.en) for status, facts in statuses.STATUSES.items()]


class Parcel(models.Model):
    """A thing that travels; several may belong to one order, whose id is kept without constraint.

    ``status`` and what goes with it are recomputed from the events, never set. ``revision`` counts
    intakes; the page's address is ``public_token``, never the id or a carrier's number.
    ``adding_key`` is the order with its first number, so that a repeated request adds once.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.UUIDField(_("order"), null=True, blank=True, db_index=True)
    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    origin = models.CharField(_("origin"), max_length=2, blank=True)
    destination = models.CharField(_("destination"), max_length=2)
    gross_grams = models.PositiveIntegerField(_("gross weight in grams"), default=0)
    status = models.CharField(
        _("status"), max_length=24, choices=STATUS_CHOICES, default=Status.PENDING.value
    )
    milestone = models.CharField(_("milestone"), max_length=40, blank=True)
    status_at = models.DateTimeField(_("status since"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=60, blank=True)
    action_required = models.CharField(_("action required"), max_length=40, blank=True)
    conflict = models.BooleanField(_("contradicting reports"), default=False)
    revision = models.PositiveIntegerField(default=0, editable=False)
    public_token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    adding_key = models.CharField(max_length=140, blank=True, editable=False)
    next_poll_at = models.DateTimeField(null=True, blank=True)
    poll_failures = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(_("created"), default=now, editable=False)
    updated_at = models.DateTimeField(_("updated"), default=now, editable=False)

    class Meta:
        verbose_name = _("parcel")
        verbose_name_plural = _("parcels")
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["adding_key"], condition=~models.Q(adding_key=""), name="parcel_added_once"
            ),
        )
        indexes = (
            models.Index(fields=["status", "status_at"], name="parcel_status"),
            models.Index(fields=["next_poll_at"], name="parcel_next_poll"),
        )

    def __str__(self) -> str:
        label = statuses.label(self.state).in_language(get_language() or "en")
        return f"{self.origin or '?'} → {self.destination} · {label}"

    @property
    def ref(self) -> ParcelRef:
        """The reference that other rooms and plug-ins keep."""
        return ParcelRef(self.id)

    @property
    def order_ref(self) -> OrderRef | None:
        """The order that the parcel belongs to, or None."""
        return OrderRef(self.order) if self.order else None

    @property
    def state(self) -> Status:
        """The status as the contract's value."""
        return Status(self.status)


class Leg(models.Model):
    """One carrier's part of a parcel's way, with the carrier's own number, folded.

    One hand-over number may serve several parcels, so a number is unique within its parcel alone.
    ``to_consignee`` says that its delivery reaches the buyer although another leg follows.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="legs")
    sequence = models.PositiveSmallIntegerField(_("leg"))
    carrier = models.CharField(_("carrier"), max_length=40)
    number = models.CharField(_("tracking number"), max_length=50)
    to_consignee = models.BooleanField(_("ends at the buyer"), default=False)
    started_at = models.DateTimeField(_("handed over"), default=now)

    class Meta:
        verbose_name = _("leg")
        verbose_name_plural = _("legs")
        ordering = ("parcel", "sequence")
        constraints = (
            models.UniqueConstraint(fields=["parcel", "sequence"], name="one_leg_per_sequence"),
            models.UniqueConstraint(
                fields=["parcel", "carrier", "number"], name="one_leg_per_number"
            ),
        )
        indexes = (models.Index(fields=["number", "carrier"], name="leg_number"),)

    def __str__(self) -> str:
        return f"{self.sequence}: {self.carrier} {self.number}"


class ParcelEvent(models.Model):
    """One report of a carrier, as it was written and as it was understood. Never changed.

    ``identity`` is what a second report of the same event has in common with the first. ``at`` is
    in UTC, or null where the carrier's clock cannot be placed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="events")
    leg = models.ForeignKey(Leg, on_delete=models.CASCADE, related_name="events")
    identity = models.BinaryField(max_length=IDENTITY_BYTES, editable=False)
    status = models.CharField(_("status"), max_length=24, choices=STATUS_CHOICES)
    milestone = models.CharField(_("milestone"), max_length=40, blank=True)
    code = models.CharField(_("code"), max_length=60, blank=True)
    text = models.CharField(_("carrier's words"), max_length=500, blank=True)
    local_time = models.CharField(_("local time"), max_length=60, blank=True)
    zone = models.CharField(_("zone"), max_length=40, blank=True)
    at = models.DateTimeField(_("instant"), null=True, blank=True)
    confidence = models.CharField(_("time known by"), max_length=24)
    place = models.CharField(_("place"), max_length=120, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    reason = models.CharField(_("reason"), max_length=60, blank=True)
    action_required = models.CharField(_("action required"), max_length=40, blank=True)
    source = models.CharField(_("source"), max_length=60, blank=True)
    received_at = models.DateTimeField(_("received"), default=now, editable=False)

    class Meta:
        verbose_name = _("tracking event")
        verbose_name_plural = _("tracking events")
        ordering = ("-received_at",)
        constraints = (
            models.UniqueConstraint(fields=["parcel", "identity"], name="event_once_per_parcel"),
        )
        indexes = (
            models.Index(
                fields=["code"], condition=models.Q(milestone=""), name="event_unmapped_code"
            ),
        )

    def __str__(self) -> str:
        return f"{self.local_time} {self.milestone or self.code}"

    @property
    def value(self) -> TrackingEvent:
        """The event as the operator's pages see it, with the carrier's own words."""
        return TrackingEvent(
            status=Status(self.status),
            milestone=self.milestone or None,
            code=self.code,
            text=self.text,
            local_time=self.local_time,
            at=self.at,
            confidence=TimeConfidence(self.confidence),
            place=self.place,
            country=self.country,
            reason=self.reason,
            action_required=self.action_required,
            zone=self.zone,
        )
