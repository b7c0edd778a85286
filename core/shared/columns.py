"""Columns of models that hold money: the same width everywhere, never without a currency."""

from __future__ import annotations

from typing import Any

from djmoney.models.fields import MoneyField

from core.shared.money import Money


def money_column(label: Any, *, null: bool = False) -> Any:
    """Return a column for an amount with its currency, to four decimals.

    Read it with ``Money.of``, write it with :func:`column_value`; a queryset's ``update`` writes
    the amount and the column ``<name>_currency``.
    """
    build: Any = MoneyField
    return build(
        label, max_digits=19, decimal_places=4, default_currency=None, null=null, blank=null
    )


def column_value(money: Money) -> Any:
    """Return what a money column is set to; the type checker knows the column as a decimal."""
    return money.stored()
