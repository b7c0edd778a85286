"""What each person imported in a calendar year: entries that are only added, and their balance.

A person is the blind index of an identity number, the same in every account. Amounts are whole
thousandths of a unit (a fen is 10, a gram of a kilogram is 1), because SQLite adds decimals as
floats. Triggers of the database refuse to change or delete an entry.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.shared.clock import now
from core.shared.ids import new_id
from customs.quota.types import plain


def shown_person(person: bytes | memoryview) -> str:
    """Return the first twelve signs of a blind index: enough to find a person's other orders."""
    return bytes(person).hex()[:12]


class Kept(models.Model):
    """Whose year of what it is. ``subject`` is as in ``QuotaUse``, ``unit`` a currency or kg."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.BinaryField(max_length=32, editable=False)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=8)
    year = models.PositiveSmallIntegerField(_("year"))
    subject = models.CharField(_("subject"), max_length=60)
    unit = models.CharField(_("unit"), max_length=8)

    class Meta:
        abstract = True

    @property
    def shown_person(self) -> str:
        """The person as operators see one; never a number."""
        return shown_person(self.person)


class QuotaBalance(Kept):
    """How much of a year is used. It is derivable: the sum of the entries of the same year.

    ``limit`` is the one that held at the last reservation.
    """

    used = models.BigIntegerField(_("used (thousandths)"), default=0)
    limit = models.BigIntegerField(_("limit (thousandths)"), default=0)

    objects: ClassVar[models.Manager[QuotaBalance]] = models.Manager()

    class Meta:
        verbose_name = _("personal quota")
        verbose_name_plural = _("personal quotas")
        ordering = ("-year", "person", "subject")
        constraints = (
            models.UniqueConstraint(
                fields=["person", "jurisdiction", "year", "subject"], name="quota_balance_once"
            ),
            models.CheckConstraint(
                condition=Q(used__gte=0, used__lte=F("limit")), name="quota_used_within_limit"
            ),
        )

    def __str__(self) -> str:
        return f"{self.shown_person} {self.jurisdiction} {self.year} {self.subject}"

    @property
    def amounts(self) -> str:
        """What is used of the limit, in the unit."""
        return f"{plain(self.used):f} / {plain(self.limit):f} {self.unit}"


class QuotaEntry(Kept):
    """One reservation (positive) or its release (negative), by what right, of which order."""

    class Kind(models.TextChoices):
        """What happened."""

        RESERVED = "reserved", _("reserved")
        RELEASED = "released", _("released")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    amount = models.BigIntegerField(_("amount (thousandths)"))
    reference = models.CharField(_("order"), max_length=80)
    rule_id = models.CharField(_("rule"), max_length=120)
    at = models.DateTimeField(_("when"), default=now)

    objects: ClassVar[models.Manager[QuotaEntry]] = models.Manager()

    class Meta:
        verbose_name = _("quota entry")
        verbose_name_plural = _("quota entries")
        ordering = ("at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["reference", "subject", "kind"], name="quota_entry_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="reserved", amount__gt=0) | Q(kind="released", amount__lt=0),
                name="quota_entry_sign",
            ),
        )
        indexes = (
            models.Index(fields=["person", "jurisdiction", "year"], name="quota_entry_person"),
        )

    def __str__(self) -> str:
        return f"{self.reference} {self.kind} {self.subject}"

    @property
    def quantity(self) -> str:
        """The amount in its unit."""
        return f"{plain(self.amount):f} {self.unit}"
