"""Money as a frozen value, and the named rounding rules.

``Decimal`` and an ISO 4217 currency, never a float. Magnitude and finiteness are checked before
any arithmetic: ``int(Decimal("1e1000000"))`` costs more than a minute of processor time.
Models store the same pair through django-money's ``MoneyField``; :meth:`Money.stored` and
:meth:`Money.of` are the border between the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from enum import Enum
from functools import cache, lru_cache
from typing import Protocol

from moneyed import Money as StoredMoney
from moneyed import get_currency
from moneyed.classes import CurrencyDoesNotExist

MAX_ADJUSTED = 13  # amounts below 10**14, which a numeric(19, 4) column can always hold
MAX_PLACES = 12

_WRITTEN: set[str] = set()
"""What looked like a currency code; there are no more than 26 to the third."""


class MoneyError(ValueError):
    """An amount or a currency cannot be used; the message says which and why."""


class RoundingRule(Enum):
    """How a regime or a currency rounds; named in every result that was rounded."""

    HALF_UP = ROUND_HALF_UP
    HALF_EVEN = ROUND_HALF_EVEN
    DOWN = ROUND_DOWN
    UP = ROUND_CEILING


def exponent(currency: str) -> int:
    """Return the number of decimals of an ISO 4217 currency (JPY 0, CNY 2, KWD 3).

    Raises MoneyError for a code that is not a currency.
    """
    try:
        return _exponent(currency)
    except CurrencyDoesNotExist:
        raise MoneyError(f"unknown currency {currency!r}") from None


@lru_cache(maxsize=512)
def _exponent(currency: str) -> int:
    return len(str(get_currency(currency).sub_unit)) - 1


@cache
def _step(places: int) -> Decimal:
    return Decimal(1).scaleb(-places)


def checked_decimal(value: Decimal | int | str) -> Decimal:
    """Return ``value`` as a finite Decimal of a magnitude that money can have.

    Raises MoneyError for NaN, infinity, floats, text that is no number and amounts of 10**14 on.
    """
    if isinstance(value, float) or isinstance(value, bool):
        raise MoneyError("amounts are Decimal or int, never float")
    try:
        number = value if isinstance(value, Decimal) else Decimal(value)
    except (ArithmeticError, ValueError, TypeError):
        raise MoneyError(f"not a number: {str(value)[:40]!r}") from None
    if not number.is_finite():
        raise MoneyError("amount is not finite")
    if number and not -MAX_PLACES - 8 <= number.adjusted() <= MAX_ADJUSTED:
        raise MoneyError("amount is out of range")
    return number


class HasMoney(Protocol):
    """What django-money hands out: ``amount`` and ``currency``."""

    @property
    def amount(self) -> Decimal: ...
    @property
    def currency(self) -> object: ...


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount of one currency. Arithmetic across currencies raises MoneyError."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        amount = self.amount
        usual = type(amount) is Decimal and amount.is_finite()
        if not usual or not -MAX_PLACES <= amount.adjusted() < MAX_ADJUSTED:
            object.__setattr__(self, "amount", checked_decimal(amount))
        if self.currency not in _WRITTEN:
            self._check_currency()

    def _check_currency(self) -> None:
        if len(self.currency) != 3 or not self.currency.isascii() or not self.currency.isupper():
            raise MoneyError(f"not a currency code: {self.currency[:10]!r}")
        _WRITTEN.add(self.currency)

    @classmethod
    def of(cls, stored: HasMoney) -> Money:
        """Read a django-money value."""
        return cls(stored.amount, str(stored.currency))

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Return nothing of ``currency``."""
        return cls(Decimal(0), currency)

    def stored(self) -> StoredMoney:
        """Return the django-money value for a ``MoneyField``."""
        return StoredMoney(self.amount, self.currency)

    def rounded(
        self, rule: RoundingRule = RoundingRule.HALF_UP, places: int | None = None
    ) -> Money:
        """Round to ``places`` decimals, by default the currency's own, by a named rule."""
        digits = exponent(self.currency) if places is None else places
        return Money(self.amount.quantize(_step(digits), rounding=rule._value_), self.currency)

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise MoneyError(f"{self.currency} and {other.currency} do not mix")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __mul__(self, factor: Decimal | int) -> Money:
        return Money(self.amount * checked_decimal(factor), self.currency)

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.amount < other.amount

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.amount <= other.amount

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


def total(parts: Iterable[Money], currency: str) -> Money:
    """Sum ``parts``, all of ``currency``; an empty sum is zero."""
    result = Decimal(0)
    for part in parts:
        if part.currency != currency:
            raise MoneyError(f"{currency} and {part.currency} do not mix")
        result += part.amount
    return Money(result, currency)


def split(whole: Decimal, weights: Sequence[Decimal], *, places: int) -> list[Decimal]:
    """Split ``whole`` by ``weights`` into shares of ``places`` decimals that sum to it exactly.

    Rule R-APPORTION: each share is rounded half up and the last takes the rest. Where the rest
    would have the wrong sign (more shares than cents), running totals are rounded instead. With
    weights that are all zero the parts are equal. Raises MoneyError when there are no weights.
    """
    if not weights:
        raise MoneyError("nothing to apportion over")
    if len(weights) == 1:
        return [whole]
    base = sum(weights, Decimal(0))
    shares = weights if base else [Decimal(1)] * len(weights)
    base = base or Decimal(len(weights))
    step = Decimal(1).scaleb(-places)
    parts = [(whole * share / base).quantize(step, ROUND_HALF_UP) for share in shares[:-1]]
    rest = whole - sum(parts, Decimal(0))
    if (rest < 0) == (whole < 0) or not rest:
        return [*parts, rest]
    return _running(whole, shares, base, step)


def _running(
    whole: Decimal, shares: Sequence[Decimal], base: Decimal, step: Decimal
) -> list[Decimal]:
    parts: list[Decimal] = []
    reached, weight = Decimal(0), Decimal(0)
    for share in shares[:-1]:
        weight += share
        upto = (whole * weight / base).quantize(step, ROUND_HALF_UP)
        parts.append(upto - reached)
        reached = upto
    return [*parts, whole - reached]


def apportion(whole: Money, weights: Sequence[Decimal]) -> tuple[Money, ...]:
    """Split ``whole`` by ``weights`` to the currency's decimals, as :func:`split` does."""
    parts = split(whole.amount, weights, places=exponent(whole.currency))
    return tuple(Money(part, whole.currency) for part in parts)
