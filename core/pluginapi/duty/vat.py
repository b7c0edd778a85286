"""Value-added tax: one rounding for each rate, shared over the lines that bear it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from core.pluginapi.duty.lines import Valued
from core.pluginapi.duty.rounding import places_of, rounded
from core.pluginapi.duty.sheet import HUNDRED, ZERO, Found, Sheet
from core.pluginapi.types.customs import ChargeKind, Rule
from core.pluginapi.types.values import Json
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


def parts_of(item: Valued, names: str, *, duty: Decimal = ZERO) -> dict[str, Decimal]:
    """Return what a line is taxed on, as a rule names it: ``goods + freight + duty``.

    Names: goods, freight, insurance, inland_transport, duty. Raises KeyError for another.
    """
    known = {
        "goods": item.goods,
        "freight": item.freight,
        "insurance": item.insurance,
        "inland_transport": item.inland,
        "duty": duty,
    }
    return {name: known[name] for name in names.split(" + ")}


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
        whole = rounded(sum((one.base for one in lines), ZERO) * rate / HUNDRED, rounding)
        places = None if rounding == EXACT else places_of(rounding)
        share_tax(sheet, rule, lines, whole, places=places, label=label)


def share_tax(
    sheet: Sheet,
    rule: Rule,
    taxed: Sequence[Taxed],
    whole: Decimal,
    *,
    places: int | None,
    formula: str = "",
    inputs: Mapping[str, Decimal | str] | None = None,
    code: str = "",
    label: Text | None = None,
) -> None:
    """Charge ``whole`` on the lines in proportion to what each would bear of it, unrounded.

    Shares have ``places`` decimals and the last takes the rest; with None they are exact.
    ``formula`` is by default the sum of a line's parts × rate; ``inputs`` are its further ones.
    """
    weights = [one.base * one.found.rate / HUNDRED for one in taxed]
    shares = weights if places is None else split(whole, weights, places=places)
    for one, share in zip(taxed, shares, strict=True):
        sheet.charge(
            ChargeKind.VAT, share, rule, basis=one.base, found=one.found, item=one.item,
            formula=formula or f"({' + '.join(one.parts)}) × rate",
            inputs={**one.parts, "tax_of_all_lines_at_this_rate": whole, **(inputs or {})},
            code=code, label=label,
        )  # fmt: skip


def single_rate(taxed: Iterable[Taxed]) -> dict[str, str]:
    """Return ``vat_rate`` where one rate holds for all lines, else nothing."""
    rates = {one.found.rate for one in taxed}
    return {"vat_rate": f"{rates.pop():f}"} if len(rates) == 1 else {}


def vat_facts(taxed: Collection[Taxed]) -> dict[str, Json]:
    """Return ``vat_base``, the sum of all bases, and ``vat_rate`` where one rate holds."""
    return {"vat_base": f"{sum((one.base for one in taxed), ZERO):f}", **single_rate(taxed)}
