"""Shipments to Asia, the Pacific, Switzerland and Norway, and what every result there keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from core.pluginapi import Assessment, DutyRegime, Outcome, ShipmentFacts, ShipmentLine, TariffView
from core.pluginapi.duty import DutyData
from core.shared.text import Text
from plugins import duty_au, duty_ch, duty_hk, duty_jp, duty_kr, duty_no, duty_nz, duty_sg, duty_tw
from tests.customs.regimes import considered, tax_of

DAY = date(2026, 11, 22)
SETUP: Any = None


class Country(NamedTuple):
    """The regimes of a plug-in, their data, and the smallest amount that is collected."""

    regimes: Sequence[DutyRegime]
    data: DutyData
    currency: str
    step: Decimal


def _country(plugin: Any, step: str) -> Country:
    regimes: Any = tuple(plugin.register_duty_regimes(SETUP))
    return Country(regimes, regimes[0].data, regimes[0].currencies[0], Decimal(step))


COUNTRIES: Mapping[str, Country] = MappingProxyType(
    {
        "AU": _country(duty_au, "0.01"),
        "CH": _country(duty_ch, "0.01"),
        "HK": _country(duty_hk, "0.01"),
        "JP": _country(duty_jp, "1"),
        "KR": _country(duty_kr, "1"),
        "NO": _country(duty_no, "0.01"),
        "NZ": _country(duty_nz, "0.01"),
        "SG": _country(duty_sg, "0.01"),
        "TW": _country(duty_tw, "1"),
    }
)


def line(price: str | Decimal, quantity: int = 1, **fields: Any) -> ShipmentLine:
    """Build a line; ``rates`` None asks the tariff, by default all rates are given and absent."""
    given: dict[str, Any] = {"rates": {}, **fields}
    for name in ("rates", "layers"):
        if given.get(name) is not None:
            given[name] = {kind: Decimal(rate) for kind, rate in given[name].items()}
    return ShipmentLine("goods", Decimal(price), quantity, **given)


def sent(country: str, *lines: ShipmentLine, **fields: Any) -> ShipmentFacts:
    """Build a shipment in the country's own currency; other keywords are facts."""
    amounts = {
        name: Decimal(fields.pop(name, "0"))
        for name in ("freight", "insurance", "inland_transport")
    }
    names = ("currency", "channel", "mode", "regime", "shipped_from", "fx")
    given = {name: fields.pop(name) for name in names if name in fields}
    return ShipmentFacts(
        **{
            "country": country,
            "region": "",
            "currency": COUNTRIES[country].currency,
            "channel": "",
            **given,
        },
        **amounts,
        lines=lines,
        facts=fields,
    )


def assess(shipment: ShipmentFacts, on: date = DAY, tariff: TariffView | None = None) -> Assessment:
    """Return what the first regime that is open says, after checking what every result keeps."""
    country = COUNTRIES[shipment.country]
    made = considered(country.regimes, country.data, shipment, on, tariff)
    check(made, country, shipment, on)
    return made


def check(made: Assessment, country: Country, shipment: ShipmentFacts, on: date) -> None:
    """Assert sums, steps, explanations, and a rule with source and day behind every amount."""
    if made.outcome not in (Outcome.OK, Outcome.EXEMPT):
        assert made.message
        assert _in_three_languages(made.message)
        assert not made.charges
        return
    step = Decimal("0.01") if shipment.currency == "USD" else country.step
    by_id = {rule.id: rule for rule in country.data.rules}
    assert made.rules_used
    for charge in made.charges:
        rule = by_id[charge.rule_id]
        assert rule.source == charge.source != ""
        assert rule.valid_from <= on <= (rule.valid_to or on)
        assert charge.rule_id in made.rules_used
        assert charge.amount.amount >= 0
        assert charge.amount.amount % step == 0
        assert charge.formula
        assert charge.inputs
        assert charge.label
        assert _in_three_languages(charge.label)
        assert charge.line is not None or charge.apart
    assert (made.outcome is Outcome.EXEMPT) == (tax_of(made) == 0)
    assert made.incoterm in ("DDP", "DAP")


def _in_three_languages(text: Text) -> bool:
    return bool(text.en and text.zh_hans and text.zh_hant)
