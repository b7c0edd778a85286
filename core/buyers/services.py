"""What changes buyers, their addresses and identities."""

from __future__ import annotations

import re
import unicodedata
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.accounts.models import User
from core.buyers import normalise
from core.buyers.errors import BuyerError
from core.buyers.models import Address, Buyer, Identity
from core.buyers.types import AddressInput
from core.shared.clock import now
from core.shared.crypto import blind_index, seal
from core.shared.masking import mask_identity, mask_name, mask_phone

INDEX_PURPOSE = "cn_resident_identity"
LINE_LENGTH = 60
STREET_LENGTH = 200
POSTCODE_LENGTH = 12
BY_CHECKSUM = "checksum"


def ensure_buyer(user: User, *, country: str = "CN") -> Buyer:
    """Return the buyer of ``user``, and create one at the first call."""
    buyer, _created = Buyer.objects.get_or_create(
        user=user, defaults={"country": country, "language": user.language}
    )
    return buyer


def number_index(number: str) -> bytes:
    """Return the blind index of an identity number; every spelling of it gives the same.

    Raises BuyerError for what is no such number.
    """
    return blind_index(normalise.identity_number(number), purpose=INDEX_PURPOSE)


@transaction.atomic
def add_address(buyer: Buyer, given: AddressInput, *, make_default: bool = False) -> Address:
    """Check and store an address; the first one becomes the default. Raises BuyerError."""
    country = _country(given.country)
    address = Address(
        buyer=buyer,
        country=country,
        region=_line(given.region, "region"),
        city=_line(given.city, "city"),
        district=_line(given.district, "district"),
        postcode=_line(given.postcode, "postcode", limit=POSTCODE_LENGTH),
    )
    _seal_address(address, given)
    _lock(buyer)
    address.save()
    if make_default or not _live(buyer).filter(is_default=True).exists():
        set_default_address(buyer, address.id)
        address.is_default = True
    return address


@transaction.atomic
def set_default_address(buyer: Buyer, address_id: UUID) -> None:
    """Make one of the buyer's addresses the default. Raises BuyerError(address_unknown)."""
    _lock(buyer)
    _live(buyer).filter(is_default=True).exclude(pk=address_id).update(is_default=False)
    if not _live(buyer).filter(pk=address_id).update(is_default=True):
        raise _unknown_address()


def remove_address(buyer: Buyer, address_id: UUID) -> None:
    """Archive an address: orders that went there keep their own copy. Raises BuyerError."""
    changed = _live(buyer).filter(pk=address_id).update(archived_at=now(), is_default=False)
    if not changed:
        raise _unknown_address()


def add_identity(buyer: Buyer, *, name: str, number: str) -> Identity:
    """Store a real-name identity: checked, sealed and indexed; the same number adds once.

    The check digit, date and region of the number are proved here; that name and number belong
    together is confirmed by customs. Raises BuyerError, which never repeats the number.
    """
    clear_name = normalise.person_name(name)
    clear_number = normalise.identity_number(number)
    index = blind_index(clear_number, purpose=INDEX_PURPOSE)
    with transaction.atomic():
        _lock(buyer)
        known = Identity.objects.filter(buyer=buyer, number_index=index).first()
        if known:
            return _rename(known, clear_name)
        return _store_identity(buyer, clear_name, clear_number, index)


def verify_identity(identity: Identity, *, by: str) -> None:
    """Note who confirmed that name and number belong together (an operator, a provider)."""
    Identity.objects.filter(pk=identity.pk).update(verified_at=now(), verified_by=by[:80])


@transaction.atomic
def remove_identity(buyer: Buyer, identity_id: UUID) -> None:
    """Delete an identity; declarations that were made keep their own. Raises BuyerError."""
    _lock(buyer)
    deleted, _rows = Identity.objects.filter(buyer=buyer, pk=identity_id).delete()
    if not deleted:
        raise BuyerError("identity_unknown", _("There is no such identity."))
    newest = Identity.objects.filter(buyer=buyer).order_by("-created_at").first()
    if newest and not Identity.objects.filter(buyer=buyer, is_default=True).exists():
        Identity.objects.filter(pk=newest.pk).update(is_default=True)


def _store_identity(buyer: Buyer, name: str, number: str, index: bytes) -> Identity:
    identity = Identity(
        buyer=buyer,
        number_index=index,
        name_masked=mask_name(name),
        number_masked=mask_identity(number),
        is_default=not Identity.objects.filter(buyer=buyer, is_default=True).exists(),
        verified_at=now(),
        verified_by=BY_CHECKSUM,
    )
    identity.name_sealed = seal(name, bound_to=identity.bound_to("name"))
    identity.number_sealed = seal(number, bound_to=identity.bound_to("number"))
    identity.save()
    return identity


def _rename(identity: Identity, name: str) -> Identity:
    """Take the newer spelling of the name, for a number that is known already."""
    identity.name_sealed = seal(name, bound_to=identity.bound_to("name"))
    identity.name_masked = mask_name(name)
    identity.save(update_fields=["name_sealed", "name_masked"])
    return identity


def _seal_address(address: Address, given: AddressInput) -> None:
    recipient = normalise.person_name(given.recipient, field="recipient")
    phone = normalise.phone_number(given.phone, country=address.country)
    street = _line(given.street, "street", limit=STREET_LENGTH)
    if len(street) < 2:
        raise BuyerError("street_missing", _("Enter street and house number."), field="street")
    address.put("recipient", recipient)
    address.put("phone", phone)
    address.put("street", street)
    address.recipient_masked = mask_name(recipient)
    address.phone_masked = mask_phone(phone.removeprefix("+86"))


def _country(text: str) -> str:
    country = unicodedata.normalize("NFKC", text).strip().upper()
    if not re.fullmatch(r"[A-Z]{2}", country, re.ASCII):
        raise BuyerError("country_invalid", _("Choose a country."), field="country")
    return country


def _line(text: str, field: str, *, limit: int = LINE_LENGTH) -> str:
    line = " ".join(unicodedata.normalize("NFC", text).split())
    printable = all(unicodedata.category(character)[0] != "C" for character in line)
    if len(line) > limit or not printable:
        raise BuyerError(
            "address_line_invalid",
            _("This line is too long, or holds characters that cannot be printed."),
            field=field,
        )
    return line


def _lock(buyer: Buyer) -> None:
    """Let two requests of one buyer follow each other: there is one default of each kind."""
    list(Buyer.objects.select_for_update().filter(pk=buyer.pk).values_list("pk"))


def _live(buyer: Buyer) -> QuerySet[Address]:
    return Address.objects.filter(buyer=buyer, archived_at=None)


def _unknown_address() -> BuyerError:
    return BuyerError("address_unknown", _("There is no such address."), field="address")
