"""The tariff of the United Kingdom: tables of measures, the comparison table of 2021, the API."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any, BinaryIO

from customs.tariff import json_items, tables
from customs.tariff.facts import (
    Fact,
    Finding,
    Passed,
    Reading,
    Scope,
    TariffRefused,
    digits,
    shortest,
)
from customs.tariff.measures import Component, duty_text, kind_of

MEASURES: tables.Columns = {
    "code": ("commodity__code", "goods_nomenclature_item_id"),
    "type": ("measure__type__id", "measure_type_id"),
    "area": ("geographical_area__id", "measure__geographical_area__id"),
    "duty": ("duty_rate", "measure__duty_expression", "duty_expression"),
    "from": ("validity_start_date", "measure__effective_start_date"),
    "to": ("validity_end_date", "measure__effective_end_date"),
    "additional": ("additional_code__code", "measure__additional_code__code"),
    "order": ("order_number", "measure__quota__order_number"),
    "measure": ("measure__sid", "sid"),
    "conditions": ("measure__conditions",),
}
COMPARED: tables.Columns = {
    "code": ("commodity",),
    "cet": ("cet_duty_rate",),
    "ukgt": ("ukgt_duty_rate",),
}
FIRST_DAY = date(2021, 1, 1)
TAG = re.compile(r"<[^<>]*>")
ENTRY_PRICE = "V"
CONTROLS = frozenset({"A", "B"})
"""Series of measure types that forbid or control and are no rates, whatever their number."""


def read_measures(stream: BinaryIO) -> Reading:
    """Read a table with one measure a row; a measure of a heading holds for the codes below it."""
    required = frozenset({"code", "type", "area", "duty", "from"})
    for found in tables.rows(stream, MEASURES, required):
        yield found if isinstance(found, Finding) else _measure(*found)


def _measure(line: int, row: Mapping[str, str]) -> Fact | Finding | Passed:
    code = digits(row["code"])
    if not code:
        return Finding(line, row["code"][:20], "the code is no code", "left out", harm=True)
    kind = kind_of(
        row["type"], row["area"], additional=row.get("additional", ""),
        order=row.get("order", ""), conditional=bool(row.get("conditions")),
    )  # fmt: skip
    if not kind:
        return Passed("a measure that is no rate")
    try:
        first, last = day(row["from"]), day(row.get("to", ""))
    except ValueError:
        return Finding(line, code, "a day is not YYYY-MM-DD", "left out", harm=True)
    notes = {"conditions": row["conditions"][:500]} if row.get("conditions") else {}
    return Fact(line, shortest(code), kind, row["duty"], first, last, notes, row.get("measure", ""))


def read_compared(stream: BinaryIO, *, column: str) -> Reading:
    """Read the comparison of the European (``cet``) and the British (``ukgt``) rates of 2021."""
    for found in tables.rows(stream, COMPARED, frozenset({"code", column})):
        if isinstance(found, Finding):
            yield found
            continue
        line, row = found
        code = digits(row["code"])
        if not code:
            yield Finding(line, row["code"][:20], "the code is no code", "left out", harm=True)
        else:
            yield Fact(line, shortest(code), "duty", row[column], FIRST_DAY)


read_ukgt = partial(read_compared, column="ukgt")
read_cet = partial(read_compared, column="cet")


def read_commodities(stream: BinaryIO) -> Reading:
    """Read commodities of the API, one or a list: as answered, or with its references resolved."""
    for number, item in enumerate(json_items.items(stream), 1):
        commodity = resolved(item) if isinstance(item, dict) and "data" in item else item
        listed = commodity.get("import_measures") if isinstance(commodity, dict) else None
        if not isinstance(listed, list):
            raise TariffRefused(
                f"element {number} is no commodity with import_measures; choose another FORMAT",
                row=number,
            )
        yield from _commodity(number, commodity)


def _commodity(number: int, commodity: Mapping[str, Any]) -> Reading:
    code = digits(str(commodity.get("goods_nomenclature_item_id", "")))
    if not code:
        raise TariffRefused(f"element {number} has no goods_nomenclature_item_id", row=number)
    yield Scope(shortest(code))
    for measure in commodity["import_measures"]:
        try:
            yield _of_api(number, code, measure)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            problem = f"a measure cannot be read ({type(error).__name__}: {error})"[:200]
            yield Finding(number, code, problem, "left out", harm=True)


def _of_api(number: int, code: str, measure: Mapping[str, Any]) -> Fact | Finding | Passed:
    additional = (measure.get("additional_code") or {}).get("code") or ""
    order = (measure.get("order_number") or {}).get("number") or ""
    kind = kind_of(
        str(measure["measure_type"]["id"]), str(measure["geographical_area"]["id"]),
        additional=additional, order=order, conditional=bool(measure.get("measure_conditions")),
    )  # fmt: skip
    if not kind or measure["measure_type"].get("measure_type_series_id") in CONTROLS:
        return Passed("a measure that is no rate")
    text = TAG.sub("", (measure.get("duty_expression") or {}).get("base") or "").strip()
    if not text:
        text = duty_text(_components(measure.get("measure_components") or []))
    text = text or _entry_price(measure.get("measure_conditions") or [])
    excluded = [str(one.get("id")) for one in measure.get("excluded_countries") or []]
    notes = {"excluded": ", ".join(excluded)} if excluded else {}
    first, last = day(measure["effective_start_date"]), day(measure.get("effective_end_date") or "")
    return Fact(
        number, shortest(code), kind, " ".join(text.split()), first, last, notes, str(measure["id"])
    )


def _components(listed: list[Mapping[str, Any]]) -> Iterator[Component]:
    for one in listed:
        named = ("duty_expression_id", "duty_amount", "monetary_unit_code",
                 "measurement_unit_code", "measurement_unit_qualifier_code")  # fmt: skip
        yield Component(*(_plain(one.get(name)) for name in named))


def _entry_price(conditions: list[Mapping[str, Any]]) -> str:
    """Return the steps of a duty that depends on the price at entry; no step is the duty."""
    steps = [one for one in conditions if one.get("condition_code") == ENTRY_PRICE]
    told = "; ".join(map(_step, steps))
    return f"by entry price: {told}" if told else ""


def _step(one: Mapping[str, Any]) -> str:
    duty = duty_text(_components(one.get("measure_condition_components") or []))
    named = ("condition_duty_amount", "condition_monetary_unit_code",
             "condition_measurement_unit_code")  # fmt: skip
    amount, money, unit = (_plain(one.get(name)) for name in named)
    return f"{duty} from {amount} {money} / {unit}"


def resolved(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return the ``data`` of a JSON:API document with its relationships put in their places.

    Raises TariffRefused.
    """
    try:
        return _resolved(answer)
    except (TypeError, AttributeError, ValueError) as error:
        raise TariffRefused(f"the answer of the API is not JSON:API: {error}"[:200]) from None


def _resolved(answer: Mapping[str, Any]) -> dict[str, Any]:
    included = {(one.get("type"), one.get("id")): one for one in answer.get("included") or []}

    def flat(one: Mapping[str, Any], depth: int) -> dict[str, Any]:
        known = included.get((one.get("type"), one.get("id")), one)
        found = {"id": known.get("id"), **(known.get("attributes") or {})}
        for name, relation in (known.get("relationships") or {}).items() if depth else ():
            to = relation.get("data")
            if isinstance(to, list):
                found[name] = [flat(each, depth - 1) for each in to]
            elif isinstance(to, dict):
                found[name] = flat(to, depth - 1)
        return found

    return flat(answer["data"], 4)


def day(text: str) -> date | None:
    """Return the day of ``2021-06-01`` or ``2021-06-01T00:00:00.000Z``. Raises ValueError."""
    return date.fromisoformat(text[:10]) if text else None


def _plain(value: object) -> str:
    return "" if value is None else str(value)
