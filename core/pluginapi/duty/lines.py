"""Lines with their values: freight and insurance are shared by value (rule R-APPORTION)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from core.pluginapi.duty.rounding import cents
from core.pluginapi.types.customs import ShipmentFacts, ShipmentLine
from core.shared.money import split

ZERO = Decimal(0)


class Valued(NamedTuple):
    """One line in the shipment's currency, with its shares; ``place`` counts from 0."""

    place: int
    line: ShipmentLine
    goods: Decimal
    freight: Decimal
    insurance: Decimal
    inland: Decimal

    @property
    def cif(self) -> Decimal:
        """Return goods, freight and insurance."""
        return self.goods + self.freight + self.insurance


def valued(shipment: ShipmentFacts, *, exact: bool = False) -> tuple[Valued, ...]:
    """Return the lines, goods rounded half up to 0.01 unless ``exact``.

    Each share of freight, insurance and inland transport is rounded half up to 0.01 and the last
    line takes the rest.
    """
    goods = [line.goods if exact else cents(line.goods) for line in shipment.lines]
    freight = _shares(shipment.freight, goods)
    insurance = _shares(shipment.insurance, goods)
    inland = _shares(shipment.inland_transport, goods)
    return tuple(
        Valued(index, line, goods[index], freight[index], insurance[index], inland[index])
        for index, line in enumerate(shipment.lines)
    )


def _shares(whole: Decimal, goods: Sequence[Decimal]) -> Sequence[Decimal]:
    return split(cents(whole), goods, places=2) if whole else [ZERO] * len(goods)


def articles(shipment: ShipmentFacts) -> int:
    """Return how many pieces the shipment holds."""
    return sum(line.quantity for line in shipment.lines)
