"""The what-if calculator of buyers and of operators: its form, its shipment, its answer.

A calculation is a GET: its address is the link to share, and nothing in it names a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from core.fx.errors import RateError
from core.kernel import providers
from core.pluginapi import InvalidInput, Money, ShipmentFacts, Text
from core.shared.clock import today
from core.web.advice import Advice, advice_of
from core.web.calculator_forms import LineForm, ShipmentForm
from customs import cases
from customs.estimates import Estimate, estimate
from customs.explain import KINDS, Node, tree_of_assessment
from customs.services import HOLDS
from customs.types import Considered
from customs.values import assessment_json, tax_total, totals

MAX_LINES = 10
ESTIMATES_A_MINUTE = 60
PERSONAL = {"personal_use": True, "buyer_id_verified": True, "payer_is_buyer": True}
"""What holds for whoever buys for themselves and pays themselves."""

FIELDS = {"unit_price": "price", "net_content": "content", "net_kg": "kilograms"}
"""Names of the form for those of a shipment, where they differ."""

OTHER_WAY = ("other_mode", "cbec_open", "not_asked")
"""Codes by which a regime says that goods which come another way are its own."""


@dataclass(frozen=True, slots=True)
class Calculation:
    """The form as it was filled in, and its answer or why there is none."""

    form: ShipmentForm
    lines: list[LineForm]
    made: Estimate | None = None
    tree: Node | None = None
    refusal: Text | None = None
    advice: Advice | None = None
    others: tuple[Considered, ...] = ()
    asked: bool = False

    @property
    def is_valid(self) -> bool:
        """Whether nothing was filled in wrongly."""
        return not self.form.errors and not any(line.errors for line in self.lines)


def calculation(
    request: HttpRequest, kind: type[ShipmentForm], *, initial: Mapping[str, Any]
) -> Calculation:
    """Return the calculation that the address asks for, or an empty form.

    ``add`` in the address asks for one more line, ``ask`` for the questions of the destination;
    both compute nothing.
    """
    query = request.GET
    if "to" not in query:
        form = kind(initial=initial)
        return Calculation(form, [LineForm(prefix="0", country=form.country)])
    count = min(MAX_LINES, _count(query) + ("add" in query))
    if "add" in query or "ask" in query:
        given = {name: query[name] for name in query}
        form = kind(initial=given)
        return Calculation(form, [_typed(given, place, form.country) for place in range(count)])
    form = kind(query)
    lines = [LineForm(query, prefix=str(n), country=form.country) for n in range(count)]
    filled = [form.is_valid(), *[line.is_valid() for line in lines]]
    asked = Calculation(form, lines, asked=True)
    return _answered(asked) if all(filled) else asked


def _typed(given: Mapping[str, str], place: int, country: str) -> LineForm:
    return LineForm(prefix=str(place), initial=_of(given, place), country=country)


def _answered(asked: Calculation) -> Calculation:
    given = asked.form.cleaned_data
    day: date | None = given.get("on")
    raw: dict[str, Any] = {"on": (day or today()).isoformat(), "shipment": _shipment(asked)}
    try:
        case = cases.read_case(raw)
        made = estimate(_unsaid(case.shipment, raw["shipment"]["facts"]), on=day)
    except cases.BadValue as fault:
        _blame(asked, fault.path)
        return asked
    except InvalidInput as error:
        asked.form.add_error(None, str(error))
        return asked
    except RateError as error:
        return replace(asked, refusal=error.text, advice=_other_currency(given["to"]))
    return replace(
        asked,
        made=made,
        tree=tree_of_assessment(assessment_json(made.report)),
        refusal=made.report.message,
        advice=None if made.report.chosen else _advised(asked, made),
        others=_others(made),
    )


def _unsaid(shipment: ShipmentFacts, stated: Mapping[str, Any]) -> ShipmentFacts:
    """Leave out what nobody stated: in a file it is false, here it is not known."""
    silent = set(cases.ABSENT) - set(stated)
    facts = {name: value for name, value in shipment.facts.items() if name not in silent}
    return replace(shipment, facts=facts)


def _other_currency(country: str) -> Advice:
    counted = {code for one in providers.regimes(None, country) for code in one.object.currencies}
    said = _("Give the prices in a currency that customs counts in there: %(currencies)s.")
    return Advice(said % {"currencies": ", ".join(sorted(counted))}, "#id_currency")


def _advised(asked: Calculation, made: Estimate) -> Advice | None:
    """Return what to do about a refusal; the field that it is about is opened."""
    advice = advice_of(made)
    if advice is None or not advice.field:
        return advice
    form = asked.lines[advice.line] if advice.line is not None else asked.form
    if advice.field not in form.fields:
        return replace(advice, link="")
    form.wanted.add(advice.field)
    return replace(advice, link=f"#{form[advice.field].id_for_label}")


def _others(made: Estimate) -> tuple[Considered, ...]:
    """Return what the destination's ways of import would cost, where more than one holds.

    The ways that a shipment did not come by are asked once more as if nobody knew how it comes.
    """
    found = {one.regime: one for one in made.report.considered}
    if made.asked.channel and any(one.code in OTHER_WAY for one in found.values()):
        again = estimate(replace(made.asked, channel="", regime=""), on=made.on)
        found |= {
            one.regime: one
            for one in again.report.considered
            if found.get(one.regime) is None or found[one.regime].code in OTHER_WAY
        }
    held = [one for one in found.values() if one.assessment and one.assessment.outcome in HOLDS]
    return tuple(held) if len(held) > 1 else ()


def _shipment(asked: Calculation) -> dict[str, Any]:
    given = asked.form.cleaned_data
    facts = {**PERSONAL, **given.get("facts", {})}
    if "registered" in given:
        facts.setdefault("seller_registered", given["registered"])
    return {
        "destination": {"country": given["to"], "region": given.get("region") or None},
        "currency": given["currency"],
        "shipped_from": given["ship_from"] or None,
        "channel": given.get("channel") or None,
        "mode": given.get("mode") or None,
        "regime": given.get("regime") or None,
        "lines": [_line(line.cleaned_data) for line in asked.lines],
        "freight": _plain(given["freight"]),
        "insurance": _plain(given["insurance"]),
        "facts": facts,
    }


def _line(given: Mapping[str, Any]) -> dict[str, Any]:
    weight = given["kilograms"]
    return {
        "unit_price": _plain(given["price"]),
        "quantity": given["quantity"],
        "hs_code": given["hs_code"] or given["goods"] or None,
        "origin": given["origin"] or None,
        "net_content": given.get("content", ""),
        "net_kg": None if weight is None else _plain(weight),
    }


def _blame(asked: Calculation, path: str) -> None:
    """Put a fault that only the engine finds at the field that it is about."""
    message = _("This value cannot be used.")
    for place, line in enumerate(asked.lines):
        start = f"$.shipment.lines[{place}]."
        if path.startswith(start):
            name = path.removeprefix(start).partition(".")[0]
            name = FIELDS.get(name, name)
            line.add_error(name if name in line.fields else None, message)
            return
    name = path.removeprefix("$.shipment.").partition(".")[0]
    asked.form.add_error(name if name in asked.form.fields else None, f"{message} ({path})")


def _plain(amount: Decimal | None) -> str:
    return "0" if amount is None else f"{amount:f}"


def _count(query: QueryDict) -> int:
    return max((place + 1 for place in range(MAX_LINES) if f"{place}-price" in query), default=1)


def _of(given: Mapping[str, str], place: int) -> dict[str, str]:
    start = f"{place}-"
    return {name[len(start) :]: value for name, value in given.items() if name.startswith(start)}


def shown(request: HttpRequest, made: Calculation) -> dict[str, Any]:
    """Return what the pages show of a calculation."""
    link = request.build_absolute_uri() if made.made else ""
    answer = made.made and answer_of(made, made.made)
    return {"made": made, "answer": answer, "link": link, "carried": _carried(request, made)}


def _carried(request: HttpRequest, made: Calculation) -> list[tuple[str, str]]:
    """Return what a form that only changes a code has to carry along."""
    if made.advice is None or not made.advice.choices:
        return []
    changed = f"{made.advice.line}-hs_code"
    return [(name, request.GET[name]) for name in request.GET if name != changed]


def answer_of(calculation: Calculation, made: Estimate) -> dict[str, Any]:
    """Return an estimate in the words of a page: sums, lines, regimes, rules that are in doubt."""
    report, currency = made.report, made.shipment.currency
    chosen = report.chosen
    sums = totals(chosen) if chosen else {}
    goods = sum((line.goods for line in made.shipment.lines), Decimal(0))
    carried = made.shipment.freight + made.shipment.insurance
    return {
        "currency": currency,
        "goods": Money(goods, currency),
        "carried": Money(carried, currency),
        "sums": [(KINDS[kind.value], Money(amount, currency)) for kind, amount in sums.items()],
        "tax": Money(tax_total(chosen), currency) if chosen else None,
        "landed": Money(Decimal(made.result["landed_total"]), currency) if chosen else None,
        "landed_asked": made.landed,
        "prepaid": bool(chosen and chosen.incoterm == "DDP"),
        "title": next((one.title for one in report.considered if one.assessment is chosen), None),
        "notes": [*made.notes, *(chosen.notes if chosen else ())],
        "others": [_way(made, one) for one in calculation.others],
        "considered": _left_over(calculation, made),
        "doubts": [rule for rule in report.rules.values() if rule.unverified],
        "rates": made.rates,
    }


def _left_over(calculation: Calculation, made: Estimate) -> list[Considered]:
    """Return the ways of import that are neither chosen nor compared."""
    shown = {one.regime for one in calculation.others}
    chosen = made.report.chosen
    return [
        one
        for one in made.report.considered
        if one.regime not in shown and (chosen is None or one.assessment is not chosen)
    ]


def _way(made: Estimate, one: Considered) -> dict[str, Any]:
    """Return one way of import in a comparison, in the currency of the destination."""
    assert one.assessment is not None  # noqa: S101  # only ways that hold are compared
    currency, tax = made.shipment.currency, tax_total(one.assessment)
    goods = sum((line.goods for line in made.shipment.lines), Decimal(0))
    carried = made.shipment.freight + made.shipment.insurance
    return {
        "title": one.title,
        "regime": one.regime,
        "tax": Money(tax, currency),
        "landed": Money(goods + carried + tax, currency),
        "prepaid": one.assessment.incoterm == "DDP",
        "is_chosen": one.assessment is made.report.chosen,
    }
