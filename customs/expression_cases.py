"""Reads cases of kind ``expression`` and writes their results. Pure.

A case gives a duty expression of a tariff with the figures that it needs; see
docs/reference/import-eu-gb.md. Amounts are decimal strings, in results too.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core.pluginapi import Json
from core.pluginapi.duty.expressions import Expression, Measured, Uncomputable, Unparsed, parse
from customs.case_faults import NUMBER
from customs.checks import LARGEST, is_currency

FIGURES = (
    "goods", "freight", "insurance", "duty_total", "quantity_dtn", "quantity_kg",
    "quantity_litre", "quantity_item", "sucrose_percent", "abv", "lpa", "spr", "retail_price",
)  # fmt: skip
VALUE = ("goods", "freight", "insurance")
WHERE = {
    "value": "goods",
    "kg": "quantity_kg",
    "litres": "quantity_litre",
    "items": "quantity_item",
    "sucrose": "sucrose_percent",
}
"""The figure of a case that stands for a quantity of another name."""


def expression_result(raw: Mapping[str, Any]) -> dict[str, Json]:
    """Return the result of one case: ``duty`` (``vat`` for a tax) unrounded, and ``display``.

    ``components.display`` is rounded half up to 0.01; amounts on alcohol are cut to it. A value
    that cannot be used, and a figure that is missing, is refused as ``invalid_input`` with its
    ``components.path``.
    """
    asked = raw.get("expression")
    if not isinstance(asked, dict):
        return _refused("$.expression")
    fault = _fault(asked)
    if fault:
        return _refused(f"$.expression.{fault}")
    try:
        found = parse(asked["text"], currency=asked["currency"])
        amount = found.amount(_measured(asked, found))
        shown = found.displayed(amount)
    except Unparsed as error:
        return _refused("$.expression.text", str(error))
    except Uncomputable as error:
        return _refused(f"$.expression.{_where(error)}", str(error))
    except ArithmeticError:
        return _refused("$.expression.text", "the amount is out of range")
    needs: list[Json] = [*sorted(found.needs)]
    return {
        "outcome": "ok",
        "vat" if found.is_vat else "duty": f"{amount:f}",
        "components": {
            "display": f"{shown:f}",
            "expression": str(found),
            "needs": needs,
        },
    }


def _fault(asked: Mapping[str, Any]) -> str | None:
    """Return the name of the first faulty value in the order of the document, then what lacks."""
    for name, value in asked.items():
        if name == "text" and not (isinstance(value, str) and value.strip()):
            return name
        if name == "currency" and not is_currency(value):
            return name
        if name in FIGURES and value is not None and _number(value) is None:
            return name
        if name == "fx" and (fault := _fx_fault(value)) is not None:
            return f"fx{fault}"
    return next((name for name in ("currency", "text") if name not in asked), None)


def _fx_fault(rates: Any) -> str | None:
    if not isinstance(rates, dict):
        return None if rates is None else ""
    return next((f".{code}" for code, rate in rates.items() if not _number(rate)), None)


def _number(value: Any) -> Decimal | None:
    """Return a non-negative decimal string as a number, or None."""
    if not isinstance(value, str) or not NUMBER.fullmatch(value):
        return None
    found = Decimal(value)
    return found if found < LARGEST else None


def _measured(asked: Mapping[str, Any], expression: Expression) -> Measured:
    given = {name: _number(asked.get(name)) for name in FIGURES}
    parts = [given[name] for name in VALUE]
    known = [part for part in parts if part is not None]
    kg = given["quantity_kg"]
    if kg is None and given["quantity_dtn"] is not None:
        kg = given["quantity_dtn"] * 100
    return Measured(
        currency=asked["currency"],
        value=sum(known, Decimal(0)) if known else None,
        kg=kg,
        litres=given["quantity_litre"],
        items=given["quantity_item"],
        abv=given["abv"],
        lpa=given["lpa"],
        sucrose=given["sucrose_percent"],
        spr=given["spr"],
        retail_price=given["retail_price"],
        duty_total=given["duty_total"] or Decimal(0),
        fx={code: Decimal(rate) for code, rate in (asked.get("fx") or {}).items()},
        # The weight of a case is that of the substance which its expression weighs.
        other={} if kg is None else {n: kg for n in expression.needs if n.startswith("kg of ")},
    )


def _where(error: Uncomputable) -> str:
    """Return the path, inside the case, of what is missing."""
    if error.code == "rate_missing":
        return f"fx.{error.missing}"
    if error.code == "tariff_unreadable":
        return "text"
    name = "kg" if error.missing.startswith("kg of ") else error.missing.partition(" ")[0]
    return WHERE.get(name, name)


def _refused(path: str, why: str = "") -> dict[str, Json]:
    components: dict[str, Json] = {"path": path}
    if why:
        components["reason"] = why
    return {"outcome": "refused", "refusal_reason": "invalid_input", "components": components}
