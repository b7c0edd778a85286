"""Rules and tariff lines are data with dates and sources: added and superseded, never edited.

Triggers of the database refuse to change or delete a row, and refuse a second row of one key whose
days meet those of the first (see ``core.shared.append_only`` and the migrations).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.pluginapi import Rule, TariffRate, Text
from core.shared.clock import now
from core.shared.ids import new_id


class Dated(models.Model):
    """What is in force from ``valid_from`` to ``valid_to``, both days included.

    ``superseded_at`` is set when a newer row replaces this one; the row stays for whoever
    recomputes what was decided before.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plugin = models.CharField(_("plug-in"), max_length=80)
    key = models.CharField(_("key"), max_length=120)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    created_at = models.DateTimeField(_("stored"), default=now)
    superseded_at = models.DateTimeField(_("superseded"), null=True, blank=True)

    class Meta:
        abstract = True
        constraints = (
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="%(class)s_days_in_order",
            ),
        )
        indexes = (models.Index(fields=["plugin", "key"], name="%(class)s_key"),)

    def holds(self, day: date) -> bool:
        """Say whether the row is in force on ``day``."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class RuleRow(Dated):
    """One dated rule as a plug-in brought it."""

    rule_id = models.CharField(_("rule"), max_length=80)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=8)
    title = models.JSONField(_("title"))
    values = models.JSONField(_("values"))
    source = models.TextField(_("source"))
    confidence = models.CharField(_("confidence"), max_length=12)
    unverified = models.JSONField(_("not verified"), default=list, blank=True)

    class Meta(Dated.Meta):
        verbose_name = _("customs rule")
        verbose_name_plural = _("customs rules")
        ordering = ("plugin", "key", "-valid_from")

    def __str__(self) -> str:
        return f"{self.rule_id} ({self.valid_from} – {self.valid_to or '…'})"

    @property
    def rule(self) -> Rule:
        """Return the row as regimes see it."""
        return Rule(
            id=self.rule_id,
            jurisdiction=self.jurisdiction,
            title=Text.from_dict(self.title),
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            values=dict(self.values),
            source=self.source,
            confidence=self.confidence,
            unverified=tuple(self.unverified),
            key=self.key,
        )


class TariffLine(Dated):
    """One dated line of a tariff: rates in percent by kind. An absent kind is unknown, not zero."""

    jurisdiction = models.CharField(_("jurisdiction"), max_length=8)
    code = models.CharField(_("HS code"), max_length=13)
    rates = models.JSONField(_("rates (percent)"))
    source = models.TextField(_("source"))
    confidence = models.CharField(_("confidence"), max_length=12)

    class Meta(Dated.Meta):
        verbose_name = _("tariff line")
        verbose_name_plural = _("tariff lines")
        ordering = ("jurisdiction", "code", "-valid_from")

    def __str__(self) -> str:
        return f"{self.jurisdiction} {self.code}"

    @property
    def rate(self) -> TariffRate:
        """Return the row as regimes see it."""
        return TariffRate(
            jurisdiction=self.jurisdiction,
            code=self.code,
            rates={kind: Decimal(rate) for kind, rate in self.rates.items()},
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            source=self.source,
            confidence=self.confidence,
            id=str(self.pk),
        )


class RuleOverride(Dated):
    """An operator's dated change to values of a rule; it survives every reload of rules."""

    values = models.JSONField(_("values"))
    reason = models.TextField(_("reason"))
    author = models.CharField(_("author"), max_length=150)

    class Meta(Dated.Meta):
        verbose_name = _("override of a rule")
        verbose_name_plural = _("overrides of rules")
        ordering = ("plugin", "key", "-valid_from")

    def __str__(self) -> str:
        return f"{self.key} ({self.valid_from} – {self.valid_to or '…'})"


class Epoch(models.Model):
    """One row: which state of rules and tariffs is in force, and what each plug-in has loaded."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    token = models.CharField(max_length=36)
    loaded = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("state of the rules")
        verbose_name_plural = _("state of the rules")
        constraints = (models.CheckConstraint(condition=Q(id=1), name="customs_one_epoch"),)

    def __str__(self) -> str:
        return self.token
