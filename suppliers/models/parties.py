"""Suppliers, who may act for them, and where their offers are sold."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.accounts.models import User
from core.kernel.models import Channel
from core.pluginapi import SupplierRef, SupplierView
from core.shared.clock import now
from core.shared.ids import new_id, new_token


def new_supplier_key() -> str:
    """Return an id that is short enough to be typed into a command."""
    return f"sup_{new_token(48).lower().replace('-', '0').replace('_', '1')}"


class Supplier(models.Model):
    """Whom a channel buys from: a company, or a person who shops on demand.

    ``facts`` are verified papers, with the keys of ``SupplierView``. ``intake`` holds what the
    supplier's files need not repeat: ``decimal`` ("," or "."), ``price_type``, ``ship_from``,
    ``lead_time_days``, ``currencies`` (allowed codes; empty allows all).
    """

    class Kind(models.TextChoices):
        COMPANY = "company", _("company")
        SHOPPER = "shopper", _("shopper")

    class State(models.TextChoices):
        ACTIVE = "active", _("active")
        SUSPENDED = "suspended", _("suspended")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(_("key"), max_length=40, unique=True, default=new_supplier_key)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.COMPANY)
    country = models.CharField(_("country"), max_length=2, blank=True)
    currency = models.CharField(_("default currency"), max_length=3, blank=True)
    language = models.CharField(_("language of the files"), max_length=12, blank=True)
    facts = models.JSONField(_("verified papers"), default=dict, blank=True)
    intake = models.JSONField(_("intake settings"), default=dict, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ACTIVE)
    created_at = models.DateTimeField(_("created"), default=now, editable=False)

    class Meta:
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")
        ordering = ("name", "key")

    def __str__(self) -> str:
        return self.name

    @property
    def view(self) -> SupplierView:
        """The value that crosses the border to plug-ins."""
        return SupplierView(
            ref=SupplierRef(self.id),
            name=self.name,
            kind=self.kind,
            country=self.country,
            facts={str(key): str(value) for key, value in self.facts.items()},
        )


class SupplierMember(models.Model):
    """A person who may act for a supplier."""

    class Role(models.TextChoices):
        OWNER = "owner", _("owner")
        MEMBER = "member", _("member")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="supplier_roles")
    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="members")
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.MEMBER)

    class Meta:
        verbose_name = _("supplier's member")
        verbose_name_plural = _("suppliers' members")
        constraints = (models.UniqueConstraint(fields=["user", "supplier"], name="member_once"),)

    def __str__(self) -> str:
        return f"{self.user} · {self.supplier}"


class Supply(models.Model):
    """Which scope of a supplier's offers is sold in which channel, and at what price."""

    class PriceRule(models.TextChoices):
        COST_PLUS = "cost_plus", _("cost and markup")
        AS_GIVEN = "as_given", _("the supplier's price")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    supplier = models.ForeignKey(Supplier, on_delete=models.CASCADE, related_name="supplies")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="supplies")
    scope = models.CharField(_("scope"), max_length=80, default="main")
    price_rule = models.CharField(
        _("price rule"), max_length=12, choices=PriceRule, default=PriceRule.COST_PLUS
    )
    markup_percent = models.DecimalField(
        _("markup, percent"), max_digits=6, decimal_places=2, default=0
    )
    is_on = models.BooleanField(_("on"), default=True)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        verbose_name = _("supply")
        verbose_name_plural = _("supplies")
        constraints = (
            models.UniqueConstraint(fields=["supplier", "scope", "channel"], name="supply_once"),
        )

    def __str__(self) -> str:
        return f"{self.supplier} / {self.scope} → {self.channel}"
