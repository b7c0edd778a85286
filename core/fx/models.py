"""Exchange rates only accumulate: triggers of the database refuse to change or delete one.

Beside them: which series there are, how each source is doing, and on which days publishers rest.
"""

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
    """One published rate: ``value`` units of ``quote`` for ``quantity`` units of ``base``.

    Observed on ``as_of``; usable from ``valid_from`` to ``valid_to``, or, where its source states
    no end, until it is older than ``max_age_days``. A correction is a row of the next
    ``revision``. A ``held`` row is not used; releasing it is the only change that the database
    allows.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source = models.CharField(_("source"), max_length=40)
    base = models.CharField(_("base currency"), max_length=3)
    quote = models.CharField(_("quoted currency"), max_length=3)
    value = models.DecimalField(_("rate"), max_digits=24, decimal_places=12)
    quantity = models.PositiveIntegerField(_("for units"), default=1)
    as_of = models.DateField(_("for the day"))
    valid_from = models.DateField(_("usable from"))
    valid_to = models.DateField(_("usable to"), null=True, blank=True)
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
            models.CheckConstraint(condition=Q(quantity__gt=0), name="fx_rate_of_some_units"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="fx_rate_days_in_order",
            ),
            models.CheckConstraint(condition=~Q(base=F("quote")), name="fx_rate_of_two_currencies"),
        )
        indexes = (
            models.Index(
                fields=["source", "base", "quote", "purpose", "-valid_from"], name="fx_rate_lookup"
            ),
            models.Index(fields=["source", "as_of"], name="fx_rate_days"),
            models.Index(fields=["-fetched_at"], condition=Q(held=True), name="fx_rate_held"),
        )

    def __str__(self) -> str:
        units = f"{self.quantity} " if self.quantity != 1 else ""
        rate = f"{units}{self.base}/{self.quote} {self.value.normalize():f}"
        return f"{rate} ({self.source}, {self.as_of})"

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
            quantity=self.quantity,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
        )


class RateSeries(models.Model):
    """One series of rates that a source has ever given: where the newest row is looked for."""

    source = models.CharField(_("source"), max_length=40)
    base = models.CharField(_("base currency"), max_length=3)
    quote = models.CharField(_("quoted currency"), max_length=3)
    purpose = models.CharField(_("purpose"), max_length=12, choices=PURPOSES)

    class Meta:
        verbose_name = _("series of rates")
        verbose_name_plural = _("series of rates")
        constraints = (
            models.UniqueConstraint(
                fields=["source", "base", "quote", "purpose"], name="fx_series_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.source} {self.base}/{self.quote} {self.purpose}"


class SourceState(models.Model):
    """How a source is doing: what processes may remember of it, when it is asked, what fails.

    ``stamp`` changes with every row that is added or released. ``backfill_since`` is set while a
    back-fill is not finished; ``backfilled_to`` is the last day that it has stored.
    """

    source = models.CharField(_("source"), max_length=40, primary_key=True)
    stamp = models.UUIDField(default=new_id)
    checked_at = models.DateTimeField(_("last answered"), null=True, blank=True)
    next_at = models.DateTimeField(_("asked again"), null=True, blank=True)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    problem = models.TextField(_("problem"), blank=True)
    backfill_since = models.DateField(null=True, blank=True)
    backfilled_to = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("state of a source")
        verbose_name_plural = _("states of sources")

    def __str__(self) -> str:
        return self.source


class ClosedDay(models.Model):
    """A day that an operator added to a calendar, or with ``open`` took out of it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    calendar = models.CharField(_("calendar"), max_length=12)
    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=120)
    open = models.BooleanField(_("not a holiday"), default=False)
    origin = models.CharField(_("source"), max_length=400)
    author = models.CharField(_("author"), max_length=150)
    created_at = models.DateTimeField(_("stored"), default=now)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("day of rest")
        verbose_name_plural = _("days of rest")
        ordering = ("calendar", "-day")
        constraints = (
            models.UniqueConstraint(
                fields=["calendar", "day"],
                condition=Q(withdrawn_at=None),
                name="fx_closed_day_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.calendar} {self.day} {self.name}"
