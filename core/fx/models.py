"""Exchange rates only accumulate: triggers of the database refuse to change or delete one."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.pluginapi import Pair, Purpose, Rate
from core.shared.clock import now
from core.shared.ids import new_id

PURPOSES = [
    (Purpose.DISPLAY.value, _("Display")),
    (Purpose.QUOTE.value, _("Quote")),
    (Purpose.CUSTOMS.value, _("Customs")),
    (Purpose.SETTLEMENT.value, _("Settlement")),
]


class RateRow(models.Model):
    """One published rate: ``value`` units of ``quote`` for one of ``base`` on ``as_of``.

    A correction is a row of the next ``revision``. A ``held`` row is not used; releasing it is the
    only change that the database allows.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.CharField(_("source"), max_length=40)
    base = models.CharField(_("base currency"), max_length=3)
    quote = models.CharField(_("quoted currency"), max_length=3)
    value = models.DecimalField(_("rate"), max_digits=24, decimal_places=12)
    as_of = models.DateField(_("for the day"))
    purpose = models.CharField(_("purpose"), max_length=12, choices=PURPOSES)
    revision = models.PositiveSmallIntegerField(_("revision"), default=0)
    published = models.DateTimeField(_("published"), null=True, blank=True)
    fetched_at = models.DateTimeField(_("fetched"), default=now)
    max_age_days = models.PositiveIntegerField(_("usable for (days)"))
    held = models.BooleanField(_("held"), default=False)
    held_for = models.JSONField(_("held because"), default=list, blank=True)
    released_by = models.CharField(_("released by"), max_length=150, blank=True)
    released_at = models.DateTimeField(_("released"), null=True, blank=True)

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering = ("-as_of", "source", "base", "quote", "-revision")
        constraints = (
            models.UniqueConstraint(
                fields=["base", "quote", "purpose", "source", "as_of", "revision"],
                name="fx_rate_once",
            ),
            models.CheckConstraint(condition=Q(value__gt=0), name="fx_rate_above_zero"),
            models.CheckConstraint(condition=~Q(base=F("quote")), name="fx_rate_of_two_currencies"),
        )
        indexes = (models.Index(fields=["base", "quote", "-as_of"], name="fx_rate_lookup"),)

    def __str__(self) -> str:
        return f"{self.base}/{self.quote} {self.value.normalize():f} ({self.source}, {self.as_of})"

    @property
    def rate(self) -> Rate:
        """Return the row as plug-ins and quotes see it."""
        return Rate(
            pair=Pair(self.base, self.quote),
            value=self.value,
            source=self.source,
            as_of=self.as_of,
            published=self.published,
            max_age=timedelta(days=self.max_age_days),
            purpose=Purpose(self.purpose),
            id=str(self.pk),
        )
