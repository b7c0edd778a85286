"""Buyers, where their parcels go, and the identities that customs asks for.

What identifies a person is sealed with associated data that names the row and the field, so that a
value copied to another row does not open. Masked copies beside it are what pages show.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.buyers.types import AddressCard, AddressView, IdentityView, RealName
from core.pluginapi import BuyerRef
from core.shared.clock import now
from core.shared.crypto import open_sealed, seal
from core.shared.ids import new_id


class Buyer(models.Model):
    """Someone who buys. ``id`` is the BuyerRef that crosses the border to plug-ins."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="buyer"
    )
    country = models.CharField(_("country"), max_length=2, default="CN")
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    created_at = models.DateTimeField(_("created"), default=now, editable=False)

    class Meta:
        verbose_name = _("buyer")
        verbose_name_plural = _("buyers")
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"buyer {self.id}"

    @property
    def ref(self) -> BuyerRef:
        """The reference that other rooms and plug-ins keep."""
        return BuyerRef(self.id)


class Address(models.Model):
    """Where parcels go. Recipient, phone and street are sealed; a removed address is archived."""

    SEALED: ClassVar[tuple[str, ...]] = ("recipient", "phone", "street")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    buyer = models.ForeignKey(Buyer, on_delete=models.CASCADE, related_name="addresses")
    recipient_sealed = models.BinaryField(editable=False)
    phone_sealed = models.BinaryField(editable=False)
    street_sealed = models.BinaryField(editable=False)
    recipient_masked = models.CharField(_("recipient"), max_length=8)
    phone_masked = models.CharField(_("phone"), max_length=20)
    country = models.CharField(_("country"), max_length=2)
    region = models.CharField(_("state or province"), max_length=60, blank=True)
    city = models.CharField(_("city"), max_length=60, blank=True)
    district = models.CharField(_("district"), max_length=60, blank=True)
    postcode = models.CharField(_("postcode"), max_length=12, blank=True)
    is_default = models.BooleanField(_("default"), default=False)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        ordering = ("-is_default", "-created_at")
        constraints = (
            models.UniqueConstraint(
                fields=["buyer"],
                condition=Q(is_default=True, archived_at=None),
                name="one_default_address",
            ),
        )

    def __str__(self) -> str:
        return f"{self.recipient_masked} {self.phone_masked} {self.country} {self.city}".strip()

    def bound_to(self, field: str) -> str:
        """The place that a sealed field of this row is bound to."""
        return f"buyers:address:{self.pk}:{field}"

    def put(self, field: str, value: str) -> None:
        """Seal ``value`` into one of the sealed fields; the row is not saved."""
        setattr(self, f"{field}_sealed", seal(value, bound_to=self.bound_to(field)))

    def clear(self, field: str) -> str:
        """Open one of the sealed fields. Raises SealBroken."""
        return open_sealed(getattr(self, f"{field}_sealed"), bound_to=self.bound_to(field))

    @property
    def view(self) -> AddressView:
        """What pages show."""
        return AddressView(
            id=self.id,
            recipient=self.recipient_masked,
            phone=self.phone_masked,
            country=self.country,
            region=self.region,
            city=self.city,
            district=self.district,
            postcode=self.postcode,
            is_default=self.is_default,
        )

    def open_card(self) -> AddressCard:
        """Open the whole address. Raises SealBroken."""
        return AddressCard(
            recipient=self.clear("recipient"),
            phone=self.clear("phone"),
            country=self.country,
            region=self.region,
            city=self.city,
            district=self.district,
            street=self.clear("street"),
            postcode=self.postcode,
        )


class Identity(models.Model):
    """A real-name identity: name and resident identity number, sealed, and a blind index.

    The index is the same for the same number in every account, because customs counts persons,
    not accounts. ``verified_by`` says on what evidence: ``checksum``, or who confirmed it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    buyer = models.ForeignKey(Buyer, on_delete=models.CASCADE, related_name="identities")
    name_sealed = models.BinaryField(editable=False)
    number_sealed = models.BinaryField(editable=False)
    number_index = models.BinaryField(max_length=32, editable=False, db_index=True)
    name_masked = models.CharField(_("name"), max_length=8)
    number_masked = models.CharField(_("identity number"), max_length=18)
    is_default = models.BooleanField(_("default"), default=False)
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True)
    verified_by = models.CharField(_("verified by"), max_length=80, blank=True)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        verbose_name = _("identity")
        verbose_name_plural = _("identities")
        ordering = ("-is_default", "-created_at")
        constraints = (
            models.UniqueConstraint(
                fields=["buyer", "number_index"], name="identity_once_per_buyer"
            ),
            models.UniqueConstraint(
                fields=["buyer"], condition=Q(is_default=True), name="one_default_identity"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name_masked} {self.number_masked}"

    def bound_to(self, field: str) -> str:
        """The place that a sealed field of this row is bound to."""
        return f"buyers:identity:{self.pk}:{field}"

    @property
    def view(self) -> IdentityView:
        """What pages show."""
        return IdentityView(
            id=self.id,
            name=self.name_masked,
            number=self.number_masked,
            verified_at=self.verified_at,
            is_default=self.is_default,
        )

    def open_real_name(self) -> RealName:
        """Open name and number. Raises SealBroken when the row was tampered with."""
        return RealName(
            identity=self.id,
            name=open_sealed(self.name_sealed, bound_to=self.bound_to("name")),
            number=open_sealed(self.number_sealed, bound_to=self.bound_to("number")),
            index=bytes(self.number_index),
        )
