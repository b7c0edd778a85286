"""Rules and tariff lines are data with dates and sources: added and superseded, never edited.

Triggers of the database refuse to change or delete a row, and refuse a second row of one key whose
days meet those of the first (see ``core.shared.append_only`` and the migrations).
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.pluginapi import Rule, Text
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


def standing(at: datetime | None) -> Q:
    """Return the condition for rows that stand now, or that stood at a moment."""
    if at is None:
        return Q(superseded_at=None)
    return Q(created_at__lte=at) & (Q(superseded_at=None) | Q(superseded_at__gt=at))


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


class TariffEdition(models.Model):
    """One official file as it was imported: whose it is, which bytes, and whether it is in force.

    A ``draft`` was read and waits for a confirmation; its lines are not stored. ``sha256`` is that
    of the file as it was given, ``row_count`` the number of rates in it. An edition that is
    ``partial`` speaks for some codes only and stands beside the one that speaks for all.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("waits for confirmation")
        IN_FORCE = "in_force", _("in force")
        SUPERSEDED = "superseded", _("superseded")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=8)
    edition = models.CharField(_("edition"), max_length=120)
    format = models.CharField(_("format"), max_length=40)
    partial = models.BooleanField(_("for some codes only"), default=False)
    publisher = models.CharField(_("publisher"), max_length=200)
    product = models.CharField(_("product"), max_length=200)
    nomenclature = models.CharField(_("nomenclature"), max_length=80)
    licence = models.CharField(_("licence"), max_length=200)
    cadence_days = models.PositiveIntegerField(_("days between editions"))
    checked = models.BooleanField(_("format checked against an original"))
    parser_version = models.CharField(_("version of the reader"), max_length=20)
    fetched_at = models.DateTimeField(_("fetched"))
    sha256 = models.CharField("SHA-256", max_length=64)
    row_count = models.PositiveIntegerField(_("rates"))
    valid_from = models.DateField(_("valid from"))
    author = models.CharField(_("author"), max_length=150)
    reason = models.TextField(_("why it waits"), blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State.choices)
    created_at = models.DateTimeField(_("stored"), default=now)
    activated_at = models.DateTimeField(_("in force since"), null=True, blank=True)
    superseded_at = models.DateTimeField(_("superseded"), null=True, blank=True)

    class Meta:
        verbose_name = _("tariff edition")
        verbose_name_plural = _("tariff editions")
        ordering = ("jurisdiction", "-created_at")
        constraints = (
            models.UniqueConstraint(
                fields=["jurisdiction"],
                condition=Q(state="in_force", partial=False),
                name="one_tariff_edition_in_force",
            ),
        )

    def __str__(self) -> str:
        return f"{self.jurisdiction} {self.edition}"


class TariffLine(Dated):
    """One dated rate of one code. What no row states is unknown, not zero.

    ``value`` is percent (an amount or a class for some kinds), "" where ``expression`` holds the
    raw duty instead. ``imported`` is the edition that brought the line, ``edition`` its name, or
    that of a plug-in's file. ``measure`` is the authority's own number of it.
    """

    jurisdiction = models.CharField(_("jurisdiction"), max_length=8, db_index=True)
    code = models.CharField(_("HS code"), max_length=13)
    kind = models.CharField(_("kind"), max_length=80)
    value = models.CharField(_("rate"), max_length=24, blank=True)
    expression = models.TextField(_("duty expression"), blank=True)
    notes = models.JSONField(_("notes"), default=dict, blank=True)
    source = models.TextField(_("source"))
    confidence = models.CharField(_("confidence"), max_length=12)
    edition = models.CharField(_("edition"), max_length=120, blank=True)
    measure = models.CharField(_("measure"), max_length=40, blank=True)
    imported = models.ForeignKey(
        TariffEdition, models.PROTECT, null=True, blank=True, related_name="lines",
        verbose_name=_("imported edition"),
    )  # fmt: skip

    class Meta(Dated.Meta):
        verbose_name = _("tariff line")
        verbose_name_plural = _("tariff lines")
        ordering = ("jurisdiction", "code", "kind", "-valid_from")

    def __str__(self) -> str:
        return f"{self.jurisdiction} {self.code} {self.kind}"


class TariffOverride(Dated):
    """An operator's dated rate of one code; it wins over every import and survives them."""

    jurisdiction = models.CharField(_("jurisdiction"), max_length=8)
    code = models.CharField(_("HS code"), max_length=13)
    kind = models.CharField(_("kind"), max_length=80)
    value = models.CharField(_("rate"), max_length=24, blank=True)
    expression = models.TextField(_("duty expression"), blank=True)
    reason = models.TextField(_("reason"))
    author = models.CharField(_("author"), max_length=150)

    class Meta(Dated.Meta):
        verbose_name = _("override of a tariff line")
        verbose_name_plural = _("overrides of tariff lines")
        ordering = ("jurisdiction", "code", "kind", "-valid_from")

    def __str__(self) -> str:
        return f"{self.jurisdiction} {self.code} {self.kind}"


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
