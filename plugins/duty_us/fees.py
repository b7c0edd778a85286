"""Processing fee by fiscal year, harbour fee by sea."""

from __future__ import annotations

from decimal import Decimal

from core.pluginapi import ChargeKind, Rule
from core.pluginapi.duty import HUNDRED, ZERO, Found, Sheet, cents, decimal_of
from plugins.duty_us import words

MPF, HMF = "mpf", "hmf"
POSTAL = "postal"


def no_fees(sheet: Sheet, rule: Rule) -> None:
    """State that neither fee is taken by ``rule``."""
    for code, label in ((MPF, words.MPF), (HMF, words.HMF)):
        sheet.charge(
            ChargeKind.FEE, ZERO, rule, basis=sheet.goods, formula="amount",
            inputs={"amount": ZERO}, code=code, label=label,
        )  # fmt: skip


def charge_hmf(sheet: Sheet, entry: Rule) -> None:
    """Charge the harbour fee on goods that come by sea, to 0.01."""
    by_sea = sheet.shipment.mode == entry.values["hmf_mode"]
    rate = decimal_of(entry.values["hmf_percent"]) if by_sea else ZERO
    found = Found(rate, f"{entry.id}: taken by sea alone")
    sheet.charge(
        ChargeKind.FEE, cents(sheet.goods * rate / HUNDRED), entry, basis=sheet.goods,
        formula="value × rate", inputs={"value": sheet.goods}, found=found, code=HMF,
        label=words.HMF,
    )  # fmt: skip
    if not sheet.shipment.mode:
        sheet.notes.append(words.HARBOUR_UNKNOWN)


def charge_flat_mpf(sheet: Sheet) -> bool:
    """Charge the flat fee of an informal entry; return False where it is not known.

    Mail has a rule of its own from the day on which it is entered like other goods.
    """
    own = sheet.maybe("us.postal_entry") if sheet.shipment.channel == POSTAL else None
    rule = own or sheet.maybe("us.mpf")
    amount = _amount(rule, "informal")
    if rule is None or amount is None:
        return False
    _charge_mpf(sheet, rule, cents(amount), formula="amount", inputs={"amount": amount})
    return True


def charge_mpf(sheet: Sheet) -> bool:
    """Charge the fee of a formal entry, between its bounds; return False where one is unknown."""
    rule = sheet.maybe("us.mpf")
    percent, least, most = (_amount(rule, name) for name in ("percent", "minimum", "maximum"))
    if rule is None or percent is None or least is None or most is None:
        return False
    fee = min(most, max(least, cents(sheet.goods * percent / HUNDRED)))
    inputs = {"value": sheet.goods, "minimum": least, "maximum": most}
    formula = "minimum ≤ value × rate ≤ maximum"
    found = Found(percent, f"{rule.id}: {rule.source}")
    _charge_mpf(sheet, rule, fee, formula=formula, inputs=inputs, found=found)
    return True


def _charge_mpf(
    sheet: Sheet,
    rule: Rule,
    amount: Decimal,
    *,
    formula: str,
    inputs: dict[str, Decimal],
    found: Found | None = None,
) -> None:
    sheet.charge(
        ChargeKind.FEE, amount, rule, basis=sheet.goods, formula=formula, inputs=inputs,
        found=found, code=MPF, label=words.MPF,
    )  # fmt: skip


def _amount(rule: Rule | None, name: str) -> Decimal | None:
    """Return an amount of a rule; an empty one is not known."""
    text = rule.values[name] if rule else ""
    return decimal_of(text) if text else None
