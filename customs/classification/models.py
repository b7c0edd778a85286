"""The code of an item in each destination, and everything that was ever decided about it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.catalog.models import Item
from core.shared.clock import now
from core.shared.ids import new_id

CODE_LENGTH = 13


class State(models.TextChoices):
    """How far the classification of an item is."""

    UNCLASSIFIED = "unclassified", _("unclassified")
    SUGGESTED = "suggested", _("suggested")
    CONFIRMED = "confirmed", _("confirmed")


class Doubt(models.TextChoices):
    """What makes a well-formed code look wrong."""

    NONE = "", _("none")
    CHAPTER = "chapter", _("another chapter")
    UNKNOWN = "unknown", _("not in the Harmonized System")


class Classification(models.Model):
    """Where one item stands in one jurisdiction; ``version`` counts the changes of the row.

    ``code`` is the confirmed code, or the best suggestion, or nothing. ``source`` is who suggests
    it: ``supplier``, ``elsewhere`` (confirmed in another destination), or a plug-in; ``reason`` is
    in three languages. ``candidates`` are all suggestions, the best first. ``rejected`` are codes
    that a person ruled out. ``stated`` is the supplier's code as last seen; ``conflict`` is one
    that came after the confirmation and contradicts it. ``asked`` names what suggested last time
    and ``looked_at`` says when, so that new plug-ins and new titles are taken into account.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="classifications")
    jurisdiction = models.CharField(_("jurisdiction"), max_length=8)
    state = models.CharField(
        _("state"), max_length=12, choices=State.choices, default=State.UNCLASSIFIED
    )
    code = models.CharField(_("HS code"), max_length=CODE_LENGTH, blank=True)
    source = models.CharField(_("suggested by"), max_length=80, blank=True)
    confidence = models.DecimalField(
        _("confidence"), max_digits=4, decimal_places=3, null=True, blank=True
    )
    reason = models.JSONField(_("reason"), default=dict, blank=True)
    candidates = models.JSONField(_("candidates"), default=list, blank=True)
    rejected = models.JSONField(_("rejected"), default=list, blank=True)
    stated = models.CharField(_("supplier's code"), max_length=14, blank=True)
    conflict = models.CharField(_("contradicting code"), max_length=CODE_LENGTH, blank=True)
    doubt = models.CharField(
        _("doubt"), max_length=8, choices=Doubt.choices, default=Doubt.NONE, blank=True
    )
    decided_by = models.CharField(_("decided by"), max_length=120, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    asked = models.CharField(max_length=64, blank=True)
    looked_at = models.DateTimeField(_("looked at"), default=now)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(_("first seen"), default=now, editable=False)
    updated_at = models.DateTimeField(_("changed"), default=now)

    class Meta:
        verbose_name = _("classification")
        verbose_name_plural = _("classifications")
        ordering = ("-created_at", "-id")
        indexes = (
            models.Index(fields=["jurisdiction", "state", "code"], name="classification_queue"),
        )
        constraints = (
            models.UniqueConstraint(fields=["item", "jurisdiction"], name="classification_one"),
            models.CheckConstraint(
                condition=Q(state=State.UNCLASSIFIED, code="")
                | (~Q(state=State.UNCLASSIFIED) & ~Q(code="")),
                name="classification_code_by_state",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.CONFIRMED)
                | (~Q(decided_by="") & Q(decided_at__isnull=False)),
                name="classification_confirmed_by_someone",
            ),
        )

    def __str__(self) -> str:
        return f"{self.jurisdiction} {self.code or '?'} ({self.state})"


class Step(models.TextChoices):
    """What happened to a classification."""

    SUGGESTED = "suggested", _("suggested")
    WITHDRAWN = "withdrawn", _("no suggestion any more")
    CONFIRMED = "confirmed", _("confirmed")
    REJECTED = "rejected", _("rejected")
    CONTRADICTED = "contradicted", _("contradicted by the supplier")


class Change(models.Model):
    """One step of an item's classification. Rows are added, never changed, and outlive the item.

    ``by`` is a person, or what suggested; ``deliberate`` says that a warning was overruled.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(_("when"), default=now)
    item = models.UUIDField(_("item"))
    jurisdiction = models.CharField(_("jurisdiction"), max_length=8)
    step = models.CharField(_("step"), max_length=12, choices=Step.choices)
    code = models.CharField(_("HS code"), max_length=CODE_LENGTH, blank=True)
    before = models.CharField(_("before"), max_length=CODE_LENGTH, blank=True)
    by = models.CharField(_("by"), max_length=120)
    reason = models.JSONField(_("reason"), default=dict, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    doubt = models.CharField(_("doubt"), max_length=8, choices=Doubt.choices, blank=True)
    deliberate = models.BooleanField(_("warning overruled"), default=False)

    class Meta:
        verbose_name = _("step of a classification")
        verbose_name_plural = _("history of classifications")
        ordering = ("-at", "-id")
        indexes = (models.Index(fields=["item", "jurisdiction"], name="classification_history"),)

    def __str__(self) -> str:
        return f"{self.jurisdiction} {self.code or '—'}: {self.step}"
