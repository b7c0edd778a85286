"""Rounding as data: ``half_up 0.01``, ``down 100``, ``none``. Pure."""

from __future__ import annotations

from decimal import (
    ROUND_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
    InvalidOperation,
)
from functools import lru_cache

from core.shared.money import MoneyError

CENT = Decimal("0.01")
MODES = {
    "half_up": ROUND_HALF_UP,
    "half_even": ROUND_HALF_EVEN,
    "down": ROUND_DOWN,
    "up": ROUND_UP,
}


def cents(amount: Decimal) -> Decimal:
    """Round half up to 0.01. Raises MoneyError for an amount with more digits than are counted."""
    return _quantized(amount, CENT, ROUND_HALF_UP)


def rounded(amount: Decimal, rule: str) -> Decimal:
    """Round by a named rule: a mode and a step, or ``none``.

    Raises ValueError for another, MoneyError for an amount with more digits than are counted.
    """
    mode, step, exact = _read(rule)
    if mode is None:
        return amount
    if exact:
        return _quantized(amount, step, mode)
    return _quantized(amount / step, Decimal(1), mode) * step


def places_of(rule: str) -> int:
    """Return how many decimals an amount has after a rounding. Raises ValueError as above."""
    return max(0, -int(_read(rule)[1].normalize().as_tuple().exponent))


def _quantized(amount: Decimal, step: Decimal, mode: str) -> Decimal:
    try:
        return amount.quantize(step, mode)
    except InvalidOperation:
        raise MoneyError("amount is out of range") from None


@lru_cache(maxsize=256)
def _read(rule: str) -> tuple[str | None, Decimal, bool]:
    """Return mode, step, and whether the step is a decimal place that ``quantize`` can reach."""
    name, _, size = rule.partition(" ")
    if name == "none" and not size:
        return None, Decimal(1), True
    if name not in MODES:
        raise ValueError(f"{rule!r} is not a rounding: a mode of {', '.join(MODES)} and a step")
    step = Decimal(size)
    if step <= 0:
        raise ValueError(f"{rule!r} has no step above zero")
    return MODES[name], step, step.normalize().as_tuple().digits == (1,) and step <= 1
