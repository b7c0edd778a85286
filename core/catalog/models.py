"""Products, their items, and the offers that channels sell."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.catalog.words import text_of
from core.kernel.models import Channel
from core.shared.clock import now
from core.shared.columns import money_column
from core.shared.ids import new_id


class OfferState(models.TextChoices):
    """Whether buyers see an offer, and if not, why not."""

    PUBLISHED = "published", _("published")
    HELD = "held", _("held")
    DENIED = "denied", _("denied")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Product(models.Model):
    """What a buyer looks at: names, brand, pictures. ``titles`` are by BCP-47 language.

    ``words`` holds what the search reads: names, brand, trade numbers, folded to lower case.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    titles = models.JSONField(_("names"), default=dict)
    descriptions = models.JSONField(_("descriptions"), default=dict)
    brand = models.CharField(_("brand"), max_length=120, blank=True)
    category = models.CharField(_("category"), max_length=300, blank=True)
    slug = models.SlugField(_("slug"), max_length=80, blank=True)
    images = models.JSONField(_("images"), default=list)
    words = models.TextField(blank=True, default="", editable=False)
    created_at = models.DateTimeField(default=now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ("-created_at", "-id")
        indexes = (models.Index(fields=["brand"], name="product_brand"),)

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The name in the current language."""
        return text_of(self.titles).in_language(get_language() or "en")


class Item(models.Model):
    """One variant, with what customs and carriers must know. Weights are in grams.

    Suppliers meet in one item by its GTIN-14; without one an item is its supplier's own, found by
    (``steward``, ``sku``). The steward, who brought the item first, may correct its facts; others
    complete what is empty.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="items")
    steward = models.UUIDField(_("first supplier"))
    sku = models.CharField(_("SKU of the first supplier"), max_length=80)
    gtin = models.CharField(_("GTIN"), max_length=14, blank=True)
    hs_code = models.CharField(_("HS code"), max_length=14, blank=True)
    origin = models.CharField(_("origin"), max_length=2, blank=True)
    net_grams = models.PositiveIntegerField(_("net weight (g)"), null=True, blank=True)
    gross_grams = models.PositiveIntegerField(_("gross weight (g)"), null=True, blank=True)
    net_content = models.CharField(_("net content"), max_length=40, blank=True)
    facts = models.JSONField(_("facts"), default=dict, encoder=DjangoJSONEncoder, blank=True)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        constraints = (
            models.UniqueConstraint(fields=["gtin"], condition=~Q(gtin=""), name="item_gtin"),
            models.UniqueConstraint(fields=["steward", "sku"], name="item_steward_sku"),
        )

    def __str__(self) -> str:
        return f"{self.sku} {self.gtin}".strip()


class Offer(models.Model):
    """Price and stock of one item by one supplier in one channel.

    ``price`` is what the buyer pays for one piece before freight and tax, ``cost`` what the
    platform pays. ``on_hand`` is None when the supplier does not count; what can be sold is
    ``on_hand - reserved``. ``seller`` is the supplier as it was when the offer was judged.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="offers")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="offers")
    supplier = models.UUIDField(_("supplier"))
    seller = models.JSONField(_("supplier's papers"), default=dict)
    sku = models.CharField(_("SKU"), max_length=80)
    price: Any = money_column(_("price"))
    cost: Any = money_column(_("cost"), null=True)
    on_hand = models.PositiveIntegerField(_("on hand"), null=True, blank=True)
    reserved = models.PositiveIntegerField(_("reserved"), default=0)
    ship_from = models.CharField(_("ships from"), max_length=2, blank=True)
    lead_time_days = models.PositiveSmallIntegerField(_("lead time (days)"), default=0)
    facts = models.JSONField(_("facts"), default=dict, blank=True)
    state = models.CharField(
        _("state"), max_length=12, choices=OfferState.choices, default=OfferState.HELD
    )
    reasons = models.JSONField(_("reasons"), default=list, blank=True)
    created_at = models.DateTimeField(default=now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[models.Manager[Offer]] = models.Manager()

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering = ("channel", "sku")
        indexes = (models.Index(fields=["item", "channel", "state"], name="offer_item_channel"),)
        constraints = (
            models.UniqueConstraint(fields=["channel", "supplier", "sku"], name="offer_identity"),
            models.CheckConstraint(
                condition=Q(on_hand=None) | Q(on_hand__gte=0), name="offer_on_hand_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(reserved__gte=0), name="offer_reserved_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(on_hand=None) | Q(reserved__lte=F("on_hand")),
                name="offer_reserved_within_stock",
            ),
            models.CheckConstraint(condition=Q(price__gte=0), name="offer_price_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.sku} ({self.state})"

    @property
    def available(self) -> int | None:
        """What can be sold now; None when the supplier does not count."""
        return None if self.on_hand is None else self.on_hand - self.reserved
