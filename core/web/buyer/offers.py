"""Quotes as a buyer compares them: read from their documents, cheapest and fastest in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.orders.models import StoredQuote
from core.pluginapi import Money
from core.shared.money import checked_decimal
from core.web.countries import country_name

SELLERS = {
    "supplier": _("Brand or manufacturer abroad"),
    "platform": _("This platform"),
    "shopper": _("Personal shopper abroad"),
}
MODES = {
    "bonded": _("From a bonded warehouse"),
    "direct_mail": _("Direct mail, customs declared"),
    "postal": _("Personal postal parcel"),
    "courier": _("Courier"),
    "freight": _("Freight"),
}


@dataclass(frozen=True, slots=True)
class ChannelOffer:
    """What one channel asks for a basket, or why it cannot sell it.

    ``total`` is the landed price; ``at_border`` the part that the buyer pays to customs later.
    """

    quote: UUID
    channel: str
    title: dict[str, str]
    kind_title: dict[str, str]
    is_ok: bool
    code: str
    message: dict[str, str] | None
    total: Money | None
    payable: Money | None
    at_border: Money | None
    days: tuple[int, int]
    ships_from: tuple[str, ...]
    sellers: tuple[str, ...]
    seller_kind: str
    mode: str
    incoterm: str
    limits: dict[str, str]
    returns: dict[str, str]
    notes: tuple[dict[str, str], ...]
    demonstration: bool
    is_cheapest: bool = False
    is_fastest: bool = False

    @property
    def seller_words(self) -> object:
        """Who sells to the buyer in law, as a kind of person."""
        return SELLERS.get(self.seller_kind, "")

    @property
    def mode_words(self) -> object:
        """How the goods cross the border."""
        return MODES.get(self.mode, "")

    @property
    def is_prepaid(self) -> bool:
        """Whether duties and taxes are paid with the order."""
        return self.incoterm != "DAP"


def compare(quotes: Sequence[StoredQuote]) -> list[ChannelOffer]:
    """Return the offers: those that sell first, cheapest first; refused ones after them.

    With two or more that sell in one currency the cheapest and the fastest are marked.
    """
    offers = [offer_of(quote) for quote in quotes]
    selling = [offer for offer in offers if offer.is_ok and offer.total is not None]
    selling.sort(key=lambda offer: (offer.total.amount if offer.total else 0, offer.days))
    currencies = {offer.total.currency for offer in selling if offer.total}
    if len(selling) > 1 and len(currencies) == 1:
        fastest = min(range(len(selling)), key=lambda index: selling[index].days)
        selling[0] = replace(selling[0], is_cheapest=True)
        selling[fastest] = replace(selling[fastest], is_fastest=True)
    return selling + [offer for offer in offers if offer not in selling and not offer.is_ok]


def offer_of(quote: StoredQuote) -> ChannelOffer:
    """Read one quote's document."""
    document = quote.document
    lines = document.get("lines", [])
    currency = document["currency"]
    return ChannelOffer(
        quote=quote.pk,
        channel=document["channel"],
        title=document["channel_name"],
        kind_title=document.get("kind_title", {}),
        is_ok=document["outcome"] == "ok",
        code=document["code"],
        message=document["message"],
        total=money_in(document, "total", currency),
        payable=money_in(document, "payable", currency),
        at_border=money_in(document, "due_at_border", currency),
        days=_days(document),
        ships_from=_each(_leaves(line, document) for line in lines),
        sellers=_each(line["seller"] for line in lines),
        seller_kind=document.get("seller", ""),
        mode=document.get("import_mode", ""),
        incoterm=document.get("incoterm", ""),
        limits=document.get("limits", {}),
        returns=document.get("returns", {}),
        notes=tuple(document.get("notes", [])),
        demonstration=bool(document.get("demonstration")),
    )


def money_in(document: dict[str, Any], key: str, currency: str) -> Money | None:
    """Return an amount of a document as Money, None when it has none."""
    text = document.get(key)
    return None if text is None else Money(checked_decimal(text), currency)


def _leaves(line: dict[str, Any], document: dict[str, Any]) -> str:
    """Return where a line leaves: bonded goods their warehouse, others a country."""
    if document.get("import_mode") == "bonded" and line["warehouse"]:
        return str(line["warehouse"])
    return country_name(line["ship_from"]) if line["ship_from"] else ""


def _days(document: dict[str, Any]) -> tuple[int, int]:
    days = document.get("days") or [0, 0]
    return int(days[0]), int(days[1])


def _each(values: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
