"""What other rooms read of buyers."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.accounts.models import User
from core.buyers.errors import BuyerError
from core.buyers.models import Address, Buyer, Identity
from core.buyers.types import AddressCard, AddressView, IdentityView, RealName
from core.pluginapi import BuyerRef, BuyerView


def buyer_of(user: object) -> Buyer | None:
    """Return the buyer of a signed-in user, or None."""
    if not isinstance(user, User):
        return None
    return Buyer.objects.filter(user=user).first()


def buyer_view(ref: BuyerRef | UUID) -> BuyerView:
    """Return what plug-ins may know of a buyer: no name, number or address.

    Raises Buyer.DoesNotExist.
    """
    return view_of(Buyer.objects.get(pk=ref))


def view_of(buyer: Buyer) -> BuyerView:
    """Return what plug-ins may know of ``buyer``."""
    return BuyerView(
        ref=buyer.ref,
        country=buyer.country,
        identity_verified=buyer.identities.filter(verified_at__isnull=False).exists(),
        language=buyer.language,
    )


def addresses(buyer: Buyer) -> list[AddressView]:
    """Return the buyer's addresses, masked, the default first."""
    return [row.view for row in Address.objects.filter(buyer=buyer, archived_at=None)]


def address_view(buyer: Buyer, address_id: UUID) -> AddressView:
    """Return one of the buyer's addresses, masked. Raises BuyerError(address_unknown)."""
    return _address(buyer, address_id).view


def address_card(buyer: Buyer, address_id: UUID) -> AddressCard:
    """Open one of the buyer's addresses, for a snapshot that is sealed again.

    Raises BuyerError(address_unknown) and SealBroken.
    """
    return _address(buyer, address_id).open_card()


def identities(buyer: Buyer) -> list[IdentityView]:
    """Return the buyer's identities, masked, the default first."""
    return [row.view for row in Identity.objects.filter(buyer=buyer)]


def real_name(buyer: Buyer, identity_id: UUID | None = None) -> RealName | None:
    """Open one identity, by default the default one, for a declaration. Raises SealBroken."""
    rows = Identity.objects.filter(buyer=buyer)
    row = rows.filter(pk=identity_id).first() if identity_id else rows.first()
    return row.open_real_name() if row else None


def quota_index(buyer: Buyer | BuyerRef | UUID) -> bytes | None:
    """Return the blind index of the default verified identity, whose annual quota is used."""
    verified = Identity.objects.filter(buyer=buyer, verified_at__isnull=False)
    row = verified.only("number_index").first()
    return bytes(row.number_index) if row else None


def mail_address(ref: BuyerRef | UUID) -> str:
    """Return where e-mail to a buyer goes, or an empty text."""
    row = Buyer.objects.filter(pk=ref, user__is_active=True).values_list("user__email", flat=True)
    return row.first() or ""


def _address(buyer: Buyer, address_id: UUID) -> Address:
    row = Address.objects.filter(buyer=buyer, pk=address_id, archived_at=None).first()
    if row is None:
        raise BuyerError("address_unknown", _("There is no such address."), field="address")
    return row
