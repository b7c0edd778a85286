"""Goods prices in the visitor's currency, for lists; the quote alone binds."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from core.catalog.models import Offer
from core.fx.conversion import convert
from core.fx.errors import RateError
from core.pluginapi import Money, MoneyError, Purpose
from core.shared.clock import now


class DisplayPrices:
    """Converts for display; each currency's rate is looked up once for a page."""

    def __init__(self, currency: str) -> None:
        self.currency = currency
        self._factors: dict[str, Decimal | None] = {currency: Decimal(1)}

    def shown(self, price: Money) -> Money:
        """Return ``price`` in the page's currency, or as it is where no rate is known."""
        factor = self._factor(price.currency)
        if factor is None:
            return price
        return Money(price.amount * factor, self.currency).rounded()

    def lowest(self, offers: Iterable[Offer]) -> Money | None:
        """Return the lowest price of ``offers``, None when there is none."""
        prices = [self.shown(Money.of(offer.price)) for offer in offers]
        comparable = [price for price in prices if price.currency == self.currency]
        if comparable:
            return min(comparable, key=lambda price: price.amount)
        return prices[0] if prices else None

    def _factor(self, currency: str) -> Decimal | None:
        if currency not in self._factors:
            self._factors[currency] = self._looked_up(currency)
        return self._factors[currency]

    def _looked_up(self, currency: str) -> Decimal | None:
        one = Money(Decimal(1), currency)
        try:
            return convert(one, self.currency, at=now(), purpose=Purpose.DISPLAY).unrounded
        except (RateError, MoneyError):
            return None
