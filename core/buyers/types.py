"""Values of buyers: masked for pages, clear only where a parcel or a declaration needs it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class AddressInput:
    """An address as it was entered, before any check."""

    recipient: str
    phone: str
    country: str
    street: str
    region: str = ""
    city: str = ""
    district: str = ""
    postcode: str = ""


@dataclass(frozen=True, slots=True)
class AddressView:
    """An address that may be shown: the recipient, phone and street are masked."""

    id: UUID
    recipient: str
    phone: str
    country: str
    region: str
    city: str
    district: str
    postcode: str
    is_default: bool

    @property
    def line(self) -> str:
        """Country, region, city and district; never the street."""
        parts = (self.district, self.city, self.region, self.country)
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True, repr=False)
class AddressCard:
    """A clear address, for a label or a declaration alone. ``repr`` tells the country only.

    Keep it sealed: ``crypto.seal(card.as_json(), bound_to=…)``.
    """

    recipient: str
    phone: str
    country: str
    region: str
    city: str
    district: str
    street: str
    postcode: str

    def as_json(self) -> str:
        """Return the card as JSON, to be sealed."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> AddressCard:
        """Read what :meth:`as_json` wrote."""
        return cls(**json.loads(text))

    def __repr__(self) -> str:
        return f"AddressCard(country={self.country!r})"


@dataclass(frozen=True, slots=True)
class IdentityView:
    """A real-name identity that may be shown: masked name and number."""

    id: UUID
    name: str
    number: str
    verified_at: datetime | None
    is_default: bool


@dataclass(frozen=True, slots=True, repr=False)
class RealName:
    """A clear name and identity number, for a customs declaration alone. ``repr`` is masked.

    ``index`` is the blind index that the annual quota is counted by.
    """

    identity: UUID
    name: str
    number: str
    index: bytes

    def __repr__(self) -> str:
        return f"RealName(identity={self.identity})"
