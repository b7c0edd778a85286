"""Value-added tax: one rounding for each rate, shared over the lines that bear it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from core.pluginapi.duty.lines import Valued
from core.pluginapi.duty.rounding import rounded
from core.pluginapi.duty.sheet import HUNDRED, ZERO, Found, Sheet
from core.pluginapi.types.customs import ChargeKind, Rule
from core.shared.money import split
from core.shared.text import Text

EXACT = "none"


class Taxed(NamedTuple):
    """What one line is taxed on: ``base``, the sum of ``parts``, at the rate ``found``."""

    item: Valued
    found: Found
    parts: Mapping[str, Decimal]

    @property
    def base(self) -> Decimal:
        """Return the sum of the parts."""
        return sum(self.parts.values(), ZERO)


def tax_by_rate(
    sheet: Sheet,
    rule: Rule,
    taxed: Iterable[Taxed],
    *,
    rounding: str,
    label: Text | None = None,
) -> None:
    """Charge VAT on each line; ``rounding`` as in ``rounded``, once for each rate.

    The rounded tax of a rate is shared by base, the last of its lines takes the residual cent
    (rule R-APPORTION). With ``none`` each line bears its own, unrounded.
    """
    groups: dict[Decimal, list[Taxed]] = defaultdict(list)
    for one in taxed:
        groups[one.found.rate].append(one)
    for rate, lines in groups.items():
        bases = [one.base for one in lines]
        whole = rounded(sum(bases, ZERO) * rate / HUNDRED, rounding)
        shares = (
            [base * rate / HUNDRED for base in bases]
            if rounding == EXACT
            else split(whole, bases, places=2)
        )
        for one, base, share in zip(lines, bases, shares, strict=True):
            sheet.charge(
                ChargeKind.VAT, share, rule, basis=base, found=one.found, item=one.item,
                formula=f"({' + '.join(one.parts)}) × rate",
                inputs={**one.parts, "tax_of_all_lines_at_this_rate": whole}, label=label,
            )  # fmt: skip


def single_rate(taxed: Iterable[Taxed]) -> dict[str, str]:
    """Return ``vat_rate`` where one rate holds for all lines, else nothing."""
    rates = {one.found.rate for one in taxed}
    return {"vat_rate": f"{rates.pop():f}"} if len(rates) == 1 else {}
