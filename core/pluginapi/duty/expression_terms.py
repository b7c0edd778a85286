"""What a duty expression is made of, and how much duty it gives. Pure and immutable.

An expression is a sum of terms, limited from the left to the right by other sums: ``a MIN b`` is
the larger of both and ``a MAX b`` the smaller (rule R-GB-STD, which follows the UK Trade Tariff).
Nothing is rounded; a quantity or a rate of exchange that is missing raises, it is never zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import NamedTuple

from core.shared.errors import InvalidInput

ZERO = Decimal(0)
HUNDRED = Decimal(100)
CENT = Decimal("0.01")
ALCOHOL = "lpa"
ABOVE = "lpa above "


class Unit(NamedTuple):
    """A unit of measurement: which quantity it counts, and how much of it is one unit."""

    quantity: str
    size: Decimal


def _unit(quantity: str, size: str = "1") -> Unit:
    return Unit(quantity, Decimal(size))


UNITS: Mapping[str, Unit] = MappingProxyType(
    {
        "kg": _unit("kg"),
        "g": _unit("kg", "0.001"),
        "l": _unit("litres"),
        "hl": _unit("litres", "100"),
        "m3": _unit("m3"),
        "m2": _unit("m2"),
        "m": _unit("m"),
        "% vol/hl": _unit(ALCOHOL),
        "l alc. 100%": _unit(ALCOHOL),
        "pf.litre": _unit(ALCOHOL, "0.5"),
        "% sucrose": _unit("sucrose"),
        "SPR": _unit("spr"),
        "item": _unit("items"),
        "dozen": _unit("items", "12"),
        "gross": _unit("items", "144"),
        "pair": _unit("pairs"),
        "stick": _unit("sticks"),
        "jewel": _unit("jewels"),
        "head": _unit("head"),
        "carat": _unit("carats"),
        "kWh": _unit("kWh"),
        "TJ": _unit("TJ"),
    }
)
"""By the name that :func:`str` writes. One per cent of alcohol in a hectolitre is one litre of pure
alcohol; a proof litre of the United States holds half a litre of it."""


class Uncomputable(InvalidInput):
    """The expression is understood, but something that it needs is not known; ``missing`` names it.

    Codes: ``quantity_missing``, ``rate_missing`` (an exchange rate, ``missing`` is the currency)
    and ``tariff_unreadable`` (an agricultural component or a reference to another duty).
    """

    def __init__(self, code: str, missing: str, message: str) -> None:
        super().__init__(message, code=code)
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Measured:
    """What is known of the goods. None is unknown, never zero.

    ``value`` is goods, freight and insurance and ``duty_total`` the duties so far, both in
    ``currency``; ``kg`` net weight, ``abv`` per cent of alcohol by volume, ``lpa`` litres of pure
    alcohol (else litres × abv), ``sucrose`` per cent of sucrose, ``spr`` the small producer's
    discount. ``fx`` is units of ``currency`` for one unit of the key; ``other`` holds any other
    quantity by its name in :attr:`Expression.needs`.
    """

    currency: str
    value: Decimal | None = None
    kg: Decimal | None = None
    litres: Decimal | None = None
    items: Decimal | None = None
    pairs: Decimal | None = None
    abv: Decimal | None = None
    lpa: Decimal | None = None
    sucrose: Decimal | None = None
    spr: Decimal | None = None
    retail_price: Decimal | None = None
    duty_total: Decimal = ZERO
    fx: Mapping[str, Decimal] = field(default_factory=dict)
    other: Mapping[str, Decimal] = field(default_factory=dict)

    def quantity(self, name: str) -> Decimal:
        """Return how much there is. Raises Uncomputable (quantity_missing)."""
        found = self.other.get(name)
        if found is None:
            found = self._pure_alcohol(name) if name.startswith(ALCOHOL) else self._own(name)
        if found is None:
            raise Uncomputable("quantity_missing", name, f"the duty needs a quantity: {name}")
        return found

    def used(self, needs: Iterable[str]) -> dict[str, Decimal]:
        """Return the quantities of those names, for an explanation. Raises Uncomputable."""
        return {name: self.quantity(name) for name in sorted(needs) if name != "value"}

    def rate(self, currency: str) -> Decimal:
        """Return units of ``currency`` of the result for one of ``currency``.

        Raises Uncomputable (rate_missing).
        """
        if currency == self.currency:
            return Decimal(1)
        found = self.fx.get(currency)
        if not found:
            raise Uncomputable(
                "rate_missing", currency, f"no rate of exchange of {currency} to {self.currency}"
            )
        return found

    def _own(self, name: str) -> Decimal | None:
        found = getattr(self, name, None) if name in OWN else None
        return found if isinstance(found, Decimal) else None

    def _pure_alcohol(self, name: str) -> Decimal | None:
        if name == ALCOHOL and self.lpa is not None:
            return self.lpa
        if self.abv is None or self.litres is None:
            return None
        above = Decimal(name.removeprefix(ABOVE)) if name != ALCOHOL else ZERO
        return max(ZERO, self.abv - above) * self.litres / HUNDRED


OWN = frozenset({"value", "kg", "litres", "items", "pairs", "sucrose", "spr", "retail_price"})


@dataclass(frozen=True, slots=True)
class Free:
    """No duty."""

    def amount(self, goods: Measured) -> Decimal:
        """Return 0."""
        return ZERO

    def needs(self) -> Iterator[str]:
        """Need nothing."""
        return iter(())

    def __str__(self) -> str:
        return "Free"


@dataclass(frozen=True, slots=True)
class AdValorem:
    """Percent of goods, freight and insurance, or of ``of`` (``retail_price``, ``value of …``)."""

    rate: Decimal
    of: str = "value"

    def amount(self, goods: Measured) -> Decimal:
        """Return the percentage. Raises Uncomputable."""
        return goods.quantity(self.of) * self.rate / HUNDRED

    def needs(self) -> Iterator[str]:
        """Name the value that the percentage is of."""
        yield self.of

    def __str__(self) -> str:
        if self.of == "value":
            return f"{self.rate:f}%"
        part = "of retail price" if self.of == "retail_price" else f"on {self.of[9:]}"
        return f"{self.rate:f}% {part}"


@dataclass(frozen=True, slots=True)
class Vat:
    """Percent of goods, freight, insurance and the duties so far: a tax, not a duty."""

    rate: Decimal

    def amount(self, goods: Measured) -> Decimal:
        """Return the tax. Raises Uncomputable."""
        return (goods.quantity("value") + goods.duty_total) * self.rate / HUNDRED

    def needs(self) -> Iterator[str]:
        """Need the value."""
        yield "value"

    def __str__(self) -> str:
        return f"VAT {self.rate:f}%"


@dataclass(frozen=True, slots=True)
class Per:
    """So many of a unit, of the substance that ``of`` names (``lactic matter``), if any."""

    unit: str
    count: Decimal = Decimal(1)
    of: str = ""

    @property
    def quantity(self) -> str:
        """Return the name of what is counted: ``kg``, ``kg of lactic matter``."""
        name = UNITS[self.unit].quantity
        if not self.of:
            return name
        return f"{name} {self.of}" if self.unit == "l alc. 100%" else f"{name} of {self.of}"

    def times(self, goods: Measured) -> Decimal:
        """Return how often it is in the goods. Raises Uncomputable."""
        return goods.quantity(self.quantity) / (UNITS[self.unit].size * self.count)

    def __str__(self) -> str:
        count = "" if self.count == 1 else f"{self.count:f} "
        if self.unit == "l alc. 100%" and self.of:
            return f"{count}{self.unit} {self.of} % vol"
        return f"{count}{self.unit}{f' of {self.of}' if self.of else ''}"


@dataclass(frozen=True, slots=True)
class Specific:
    """An amount of ``currency`` for each of what is counted; several counts multiply."""

    each: Decimal
    currency: str
    per: tuple[Per, ...]

    def amount(self, goods: Measured) -> Decimal:
        """Return the amount in the currency of the result. Raises Uncomputable."""
        found = self.each * goods.rate(self.currency)
        for one in self.per:
            found *= one.times(goods)
        return found

    def needs(self) -> Iterator[str]:
        """Name what is counted."""
        return (one.quantity for one in self.per)

    @property
    def is_alcohol(self) -> bool:
        """Say whether pure alcohol is counted, with or without a discount."""
        return any(UNITS[one.unit].quantity == ALCOHOL for one in self.per)

    def __str__(self) -> str:
        return " / ".join([f"{self.each:f} {self.currency}", *map(str, self.per)])


@dataclass(frozen=True, slots=True)
class Agricultural:
    """A component of the EU's Meursing table (EA, ADSZ, ADFM), which is not known here."""

    code: str

    def amount(self, goods: Measured) -> Decimal:
        """Refuse. Raises Uncomputable."""
        raise Uncomputable(
            "tariff_unreadable", self.code, f"{self.code} needs the Meursing table of the goods"
        )

    def needs(self) -> Iterator[str]:
        """Name the component."""
        yield f"agricultural component {self.code}"

    def __str__(self) -> str:
        return self.code


@dataclass(frozen=True, slots=True)
class Reference:
    """Another duty, named in words; the words are kept as they stand."""

    text: str

    def amount(self, goods: Measured) -> Decimal:
        """Refuse. Raises Uncomputable."""
        raise Uncomputable("tariff_unreadable", self.text, f"another duty is named: {self.text}")

    def needs(self) -> Iterator[str]:
        """Name the words."""
        yield self.text

    def __str__(self) -> str:
        return self.text


Term = Free | AdValorem | Vat | Specific | Agricultural | Reference


@dataclass(frozen=True, slots=True)
class Sum:
    """Terms that are added, and terms that are taken off."""

    first: Term
    rest: tuple[tuple[str, Term], ...] = ()

    @property
    def terms(self) -> Iterator[Term]:
        """Yield every term."""
        yield self.first
        yield from (term for _, term in self.rest)

    def amount(self, goods: Measured) -> Decimal:
        """Return the sum. Raises Uncomputable."""
        found = self.first.amount(goods)
        for sign, term in self.rest:
            part = term.amount(goods)
            found = found + part if sign == "+" else found - part
        return found

    def __str__(self) -> str:
        return " ".join([str(self.first), *(f"{sign} {term}" for sign, term in self.rest)])


@dataclass(frozen=True, slots=True)
class Expression:
    """A duty: a sum, and its bounds (``MIN`` or ``MAX`` with a sum) from left to right."""

    base: Sum
    bounds: tuple[tuple[str, Sum], ...] = ()

    @property
    def terms(self) -> Iterator[Term]:
        """Yield every term, those of the bounds included."""
        yield from self.base.terms
        for _, bound in self.bounds:
            yield from bound.terms

    @property
    def needs(self) -> frozenset[str]:
        """Return the names of the quantities that the amount needs, ``value`` among them."""
        return frozenset(need for term in self.terms for need in term.needs())

    @property
    def currencies(self) -> frozenset[str]:
        """Return the currencies that the amount needs rates of."""
        return frozenset(term.currency for term in self.terms if isinstance(term, Specific))

    @property
    def percent(self) -> Decimal | None:
        """Return the rate when the duty is that percentage of the value and nothing else."""
        first = self.base.first
        if self.base.rest or self.bounds:
            return None
        if isinstance(first, Free):
            return ZERO
        return first.rate if isinstance(first, AdValorem) and first.of == "value" else None

    @property
    def is_vat(self) -> bool:
        """Say whether this is a value-added tax."""
        return isinstance(self.base.first, Vat)

    def amount(self, goods: Measured) -> Decimal:
        """Return the duty in ``goods.currency``, unrounded. Raises Uncomputable."""
        found = self.base.amount(goods)
        for kind, bound in self.bounds:
            other = bound.amount(goods)
            found = max(found, other) if kind == "MIN" else min(found, other)
        return found

    def displayed(self, amount: Decimal) -> Decimal:
        """Round an amount to 0.01 as it is shown: half up, but amounts on alcohol are cut."""
        cut = all(isinstance(term, Specific) and term.is_alcohol for term in self.terms)
        return amount.quantize(CENT, ROUND_DOWN if cut else ROUND_HALF_UP)

    def __str__(self) -> str:
        return " ".join([str(self.base), *(f"{kind} {bound}" for kind, bound in self.bounds)])
