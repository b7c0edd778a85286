"""What is wrong with the shipment of a case, value by value. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from customs.checks import LARGEST, MAX_LINES, countries, is_currency, is_quantity

NUMBER = re.compile(r"\d{1,14}(\.\d{1,12})?", re.ASCII)
CHARGES = ("freight", "insurance", "inland_transport")
NAMES = ("shipped_from", "channel", "mode", "regime")
AMOUNTS = ("annual_used", "uk_duty", "eu_duty", "duty_amount")
PERS = ("t", "kg", "l", "item")
"""What a duty by quantity can be of."""


def faults_of(shipment: Mapping[str, Any]) -> Iterator[str]:
    """Yield the paths of faulty values in the order of the document, then what is absent."""
    for name, value in shipment.items():
        path = f"$.shipment.{name}"
        if name == "destination":
            yield from _destination_faults(value, path)
        elif name in {"currency", "charges_currency"}:
            if not is_currency(value) and not (name == "charges_currency" and value is None):
                yield path
            elif name == "charges_currency" and value and not _convertible(shipment, value):
                yield f"$.shipment.facts.fx.{value}"
        elif name == "lines":
            yield from _lines_faults(shipment, value)
        elif name == "facts":
            yield from _facts_faults(value, path)
        elif (name in CHARGES and not is_number(value)) or (
            name in NAMES and not isinstance(value, str | None)
        ):
            yield path
    for name in ("destination", "currency", "lines"):
        if name not in shipment:
            yield (
                "$.shipment.destination.country" if name == "destination" else f"$.shipment.{name}"
            )


def _destination_faults(destination: Any, path: str) -> Iterator[str]:
    if not isinstance(destination, dict):
        yield f"{path}.country"
        return
    for name, value in destination.items():
        if name == "country" and not (isinstance(value, str) and value in countries()):
            yield f"{path}.country"
        elif name == "region" and not isinstance(value, str | None):
            yield f"{path}.region"
    if "country" not in destination:
        yield f"{path}.country"


def _facts_faults(facts: Any, path: str) -> Iterator[str]:
    if not isinstance(facts, dict):
        yield path
        return
    for name, value in facts.items():
        if name in AMOUNTS and value is not None and not is_number(value):
            yield f"{path}.{name}"


def _lines_faults(shipment: Mapping[str, Any], lines: Any) -> Iterator[str]:
    if not isinstance(lines, list) or not 1 <= len(lines) <= MAX_LINES:
        yield "$.shipment.lines"
        return
    for index, line in enumerate(lines):
        path = f"$.shipment.lines[{index}]"
        if not isinstance(line, dict):
            yield path
            continue
        for name, value in line.items():
            yield from _value_faults(shipment, name, value, f"{path}.{name}")
        for name in ("unit_price", "quantity"):
            if name not in line:
                yield f"{path}.{name}"


def _value_faults(shipment: Mapping[str, Any], name: str, value: Any, path: str) -> Iterator[str]:
    if name == "unit_price" and not is_number(value):
        yield path
    elif name == "quantity" and not is_quantity(value):
        yield path
    elif name in {"net_kg", "litres", "abv"} and value is not None and not is_number(value):
        yield path
    elif name == "rates" and value is not None:
        if not isinstance(value, dict):
            yield path
            return
        for kind, rate in value.items():
            yield from _rate_faults(shipment, kind, rate, f"{path}.{kind}")
    elif name == "currency" and value is not None:
        if not is_currency(value):
            yield path
        elif not _convertible(shipment, value):
            yield f"$.shipment.facts.fx.{value}"


def _rate_faults(shipment: Mapping[str, Any], kind: str, rate: Any, path: str) -> Iterator[str]:
    if kind in {"layers", "caps"}:
        if not isinstance(rate, dict):
            yield path
            return
        yield from (f"{path}.{name}" for name, one in rate.items() if not is_number(one))
    elif kind == "specific":
        if not isinstance(rate, list):
            yield path
            return
        for index, one in enumerate(rate):
            yield from _specific_faults(shipment, one, f"{path}[{index}]")
    elif not is_number(rate):
        yield path


def _specific_faults(shipment: Mapping[str, Any], duty: Any, path: str) -> Iterator[str]:
    if not isinstance(duty, dict):
        yield path
        return
    if duty.get("per") not in PERS:
        yield f"{path}.per"
    if not is_number(duty.get("amount")):
        yield f"{path}.amount"
    currency = duty.get("currency")
    if not is_currency(currency):
        yield f"{path}.currency"
    elif not _convertible(shipment, str(currency)):
        yield f"$.shipment.facts.fx.{currency}"


def is_number(value: Any) -> bool:
    """Say whether ``value`` is a decimal string from zero, of a magnitude that money can have."""
    if not isinstance(value, str) or not NUMBER.fullmatch(value):
        return False
    return Decimal(value) < LARGEST


def _convertible(shipment: Mapping[str, Any], currency: str) -> bool:
    if currency == shipment.get("currency"):
        return True
    rate = stated_rates(shipment).get(currency)
    return is_number(rate) and Decimal(str(rate)) > 0


def stated_rates(shipment: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the exchange rates of ``facts.fx``, none where it is not an object."""
    facts = shipment.get("facts")
    rates = facts.get("fx") if isinstance(facts, dict) else None
    return rates if isinstance(rates, dict) else {}
