"""What came of the feeds: offers, normalised, before any channel lists them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.shared.clock import now
from core.shared.columns import money_column
from core.shared.ids import new_id
from suppliers.models.parties import Supplier


class StagedOffer(models.Model):
    """What a supplier offers under one SKU of a scope, normalised; not yet a channel's listing.

    ``titles`` and ``descriptions`` by BCP-47 language; weights in grams; prices are the
    supplier's (cost). ``raw_hash`` tells an unchanged record, ``content_hash`` and ``offer_hash``
    whether text or price and stock moved, ``canonical_hash`` compares formats. ``changed_by`` is
    the feed that last changed the row; ``blocked_for`` names channel kinds that lack a fact.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("active")
        MISSING = "missing", _("missing from the last file")
        ARCHIVED = "archived", _("archived")
        STALE = "stale", _("stale")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="offers")
    scope = models.CharField(_("scope"), max_length=80)
    sku = models.CharField(_("SKU"), max_length=64)
    group_id = models.CharField(max_length=64, blank=True)
    titles = models.JSONField(_("titles"), default=dict)
    descriptions = models.JSONField(_("descriptions"), default=dict)
    brand = models.CharField(_("brand"), max_length=120, blank=True)
    gtin = models.CharField("GTIN", max_length=14, blank=True, db_index=True)
    mpn = models.CharField(max_length=70, blank=True)
    condition = models.CharField(max_length=12, default="new")
    category = models.CharField(_("category"), max_length=300, blank=True)
    price: Any = money_column(_("price"))
    sale_price: Any = money_column(_("sale price"), null=True)
    availability = models.CharField(max_length=12, default="in_stock")
    quantity = models.PositiveIntegerField(_("quantity"), null=True, blank=True)
    hs_code = models.CharField(_("HS code"), max_length=13, blank=True)
    origin = models.CharField(_("origin"), max_length=2, blank=True)
    ship_from = models.CharField(max_length=2, blank=True)
    lead_time_days = models.PositiveSmallIntegerField(null=True, blank=True)
    net_grams = models.PositiveIntegerField(null=True, blank=True)
    gross_grams = models.PositiveIntegerField(null=True, blank=True)
    net_content = models.CharField(max_length=40, blank=True)
    images = models.JSONField(default=list)
    link = models.CharField(max_length=2000, blank=True)
    facts = models.JSONField(default=dict)
    extra = models.JSONField(default=dict)
    blocked_for = models.JSONField(default=list)
    raw_hash = models.BinaryField(max_length=16)
    canonical_hash = models.BinaryField(max_length=16)
    content_hash = models.BinaryField(max_length=16)
    offer_hash = models.BinaryField(max_length=16)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ACTIVE)
    missing_count = models.PositiveSmallIntegerField(default=0)
    held_price = models.CharField(max_length=40, blank=True)
    changed_by = models.UUIDField(null=True, blank=True)
    row = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(_("updated"), default=now)

    objects: ClassVar[models.Manager[StagedOffer]] = models.Manager()

    class Meta:
        verbose_name = _("staged offer")
        verbose_name_plural = _("staged offers")
        constraints = (
            models.UniqueConstraint(fields=["supplier", "scope", "sku"], name="staged_sku"),
        )
        indexes = (models.Index(fields=["changed_by", "id"], name="staged_changed"),)

    def __str__(self) -> str:
        return self.sku
