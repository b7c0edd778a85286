"""The base of a regime: its names, its data, and one method that computes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import InvalidOperation
from typing import ClassVar

from core.pluginapi.context import Context
from core.pluginapi.duty.data import DutyData
from core.pluginapi.duty.refusals import NotOpen, Refusal
from core.pluginapi.duty.registration import with_registration
from core.pluginapi.duty.sheet import Sheet
from core.pluginapi.duty.words import REFUSALS, TOO_LARGE
from core.pluginapi.types.customs import (
    Assessment,
    Rule,
    RuleSet,
    ShipmentFacts,
    TariffRate,
    TariffView,
)
from core.shared.money import MoneyError
from core.shared.text import Text


class Regime(ABC):
    """One way of clearing goods (see ``DutyRegime``). A subclass names it and writes ``compute``.

    ``words`` are the texts of its own refusal codes; ``exact`` leaves values of goods unrounded.
    Regimes of one plug-in share one ``data``.
    """

    key: str
    family: str = ""
    title: Text
    countries: ClassVar[Collection[str]]
    jurisdiction: str
    currencies: ClassVar[Sequence[str]]
    foreign: ClassVar[Sequence[str]] = ()
    order: int
    data: ClassVar[DutyData]
    words: ClassVar[Mapping[str, Text]] = {}
    exact: ClassVar[bool] = False

    def rules(self) -> Sequence[Rule]:
        """Return the dated rules of the plug-in."""
        return self.data.rules

    def tariff(self) -> Sequence[TariffRate]:
        """Return the tariff lines of the plug-in."""
        return self.data.tariff

    def assess(
        self,
        ctx: Context,
        shipment: ShipmentFacts,
        rules: RuleSet,
        tariff: TariffView,
        at: date,
    ) -> Assessment:
        """Compute, and turn a Refusal into an answer."""
        shipment = with_registration(shipment, ctx and ctx.settings)
        sheet = Sheet(self.key, shipment, rules, tariff, at, exact=self.exact)
        try:
            return self._answer(sheet)
        except (MoneyError, InvalidOperation):
            # Whoever gives such amounts is at fault, not the regime: it must not be paused for it.
            sheet.customs_value = None
            too_large = Refusal("invalid_input", path="$.shipment.lines", text=TOO_LARGE)
            return sheet.refused(too_large, REFUSALS)

    def _answer(self, sheet: Sheet) -> Assessment:
        try:
            if sheet.currency not in self.currencies:
                raise Refusal("currency_not_supported", path="$.shipment.currency")
            return self.compute(sheet)
        except Refusal as reason:
            return sheet.refused(reason, {**REFUSALS, **self.words})

    @abstractmethod
    def compute(self, sheet: Sheet) -> Assessment:
        """Return what is collected. Raises Refusal, or NotOpen where it is not meant for it."""

    def is_asked(self, shipment: ShipmentFacts) -> bool:
        """Say whether the shipment names this regime or its family."""
        return shipment.regime in (self.key, self.family) and bool(shipment.regime)

    def only_for(self, shipment: ShipmentFacts, modes: Collection[str]) -> None:
        """Let a shipment through that asks for the regime, or comes by one of ``modes``.

        Raises NotOpen (other_mode).
        """
        if not self.is_asked(shipment) and shipment.channel not in modes:
            raise NotOpen("other_mode")
