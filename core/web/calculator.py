"""The what-if calculator of buyers and of operators: its form, its shipment, its answer.

A calculation is a GET: its address is the link to share, and nothing in it names a person.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.functional import lazystr
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core.fx.errors import RateError
from core.kernel import providers
from core.pluginapi import InvalidInput, Money, Text
from core.shared.clock import today
from core.shared.nomenclature import digits_of
from core.web.common_goods import COMMON_GOODS
from core.web.countries import country_choices
from core.web.languages import spoken
from customs import cases
from customs.checks import countries, currencies
from customs.estimates import Estimate, estimate
from customs.explain import KINDS, Node, tree_of_assessment
from customs.values import assessment_json, tax_total, totals

MAX_LINES = 10
ESTIMATES_A_MINUTE = 60
AMOUNT: Mapping[str, Any] = {"min_value": Decimal(0), "max_digits": 14, "decimal_places": 4}
MODES = (
    ("", gettext_lazy("I do not know")),
    ("bonded", gettext_lazy("From a bonded warehouse in the country")),
    ("direct_mail", gettext_lazy("E-commerce parcel, declared by the shop")),
    ("courier", gettext_lazy("Courier")),
    ("postal", gettext_lazy("Post, personal parcel")),
    ("freight", gettext_lazy("Freight, ordinary import")),
)
TRANSPORT = (
    ("", gettext_lazy("I do not know")),
    ("air", gettext_lazy("By air")),
    ("sea", gettext_lazy("By sea")),
    ("road", gettext_lazy("By road")),
)
PERSONAL = {"personal_use": True, "buyer_id_verified": True, "payer_is_buyer": True}
"""What holds for whoever buys for themselves and pays themselves."""

FIELDS = {"unit_price": "price", "net_content": "content", "net_kg": "kilograms"}
"""Names of the form for those of a shipment, where they differ."""


def destinations() -> tuple[str, ...]:
    """Return the countries that some regime clears goods into, by code."""
    found = {code for one in providers.regimes_on() for code in one.object.countries}
    return tuple(sorted(found - {"*"}))


class ShipmentForm(forms.Form):
    """Where from, where to, how, and what it costs to carry."""

    to = forms.ChoiceField(label=gettext_lazy("Destination"))
    ship_from = forms.ChoiceField(label=gettext_lazy("Shipped from"), required=False)
    currency = forms.ChoiceField(label=gettext_lazy("Currency of the prices"))
    freight = forms.DecimalField(label=gettext_lazy("Freight"), required=False, **AMOUNT)
    insurance = forms.DecimalField(label=gettext_lazy("Insurance"), required=False, **AMOUNT)
    channel = forms.ChoiceField(label=gettext_lazy("How it comes"), choices=MODES, required=False)
    mode = forms.ChoiceField(label=gettext_lazy("Transport"), choices=TRANSPORT, required=False)
    registered = forms.BooleanField(
        label=gettext_lazy("The seller collects the import tax with the price"),
        help_text=gettext_lazy("Registered for IOSS, VOEC, OVR or GST, as many large shops are"),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = sorted(country_choices(destinations()), key=lambda pair: pair[1])
        _choices(self, "to", listed)
        _choices(self, "ship_from", [("", _("I do not know")), *_every_country()])
        _choices(self, "currency", [(code, code) for code in _currencies()])


class OperatorForm(ShipmentForm):
    """What an operator can ask beside: a day, a regime, a channel, facts."""

    on = forms.DateField(
        label=gettext_lazy("Rules of the day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    region = forms.CharField(label=gettext_lazy("Region"), max_length=60, required=False)
    regime = forms.ChoiceField(label=gettext_lazy("Regime"), required=False)
    facts = forms.CharField(
        label=gettext_lazy("Facts"),
        help_text=lazystr('{"annual_used": "20000", "gift": true}'),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        max_length=2000,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        keys = [
            (one.key, f"{one.key}: {spoken(one.object.title, language)}")
            for one in providers.regimes_on()
        ]
        _choices(self, "regime", [("", _("The engine chooses")), *sorted(keys)])

    def clean_facts(self) -> dict[str, Any]:
        """Read the facts as JSON."""
        text = self.cleaned_data["facts"].strip()
        try:
            found = json.loads(text) if text else {}
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise forms.ValidationError(_('Write the facts as JSON, like {"gift": true}.'))
        return found


class LineForm(forms.Form):
    """One kind of goods."""

    goods = forms.ChoiceField(label=gettext_lazy("What it is"), required=False)
    hs_code = forms.CharField(
        label=gettext_lazy("HS code, if you know it"),
        help_text=gettext_lazy("Six digits or more; it comes before the choice above"),
        max_length=20,
        required=False,
    )
    price = forms.DecimalField(label=gettext_lazy("Price of one"), **AMOUNT)
    quantity = forms.IntegerField(
        label=gettext_lazy("Quantity"), min_value=1, max_value=9999, initial=1
    )
    content = forms.CharField(
        label=gettext_lazy("Content of one"),
        help_text=gettext_lazy("Such as 50 ml or 10 pieces: cosmetics and drinks need it"),
        max_length=40,
        required=False,
    )
    kilograms = forms.DecimalField(
        label=gettext_lazy("Net weight of all, kg"), required=False, **AMOUNT
    )
    origin = forms.ChoiceField(label=gettext_lazy("Made in"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        goods = [(one.hs_code, one.name.in_language(language)) for one in COMMON_GOODS]
        _choices(self, "goods", [("", _("Something else")), *goods])
        _choices(self, "origin", [("", _("I do not know")), *_every_country()])

    def clean_hs_code(self) -> str:
        """Read a code as people write it."""
        text = self.cleaned_data["hs_code"].strip()
        if not text:
            return ""
        code = digits_of(text)
        if code is None or len(code) < 6:
            raise forms.ValidationError(_("An HS code has 6 to 13 digits."))
        return code


@dataclass(frozen=True, slots=True)
class Calculation:
    """The form as it was filled in, and its answer or why there is none."""

    form: ShipmentForm
    lines: list[LineForm]
    made: Estimate | None = None
    tree: Node | None = None
    refusal: Text | None = None
    asked: bool = False

    @property
    def is_valid(self) -> bool:
        """Whether nothing was filled in wrongly."""
        return not self.form.errors and not any(line.errors for line in self.lines)


def calculation(
    request: HttpRequest, kind: type[ShipmentForm], *, initial: Mapping[str, Any]
) -> Calculation:
    """Return the calculation that the address asks for, or an empty form.

    ``add`` in the address asks for one more line and computes nothing.
    """
    query = request.GET
    if "to" not in query:
        return Calculation(kind(initial=initial), [LineForm(prefix="0")])
    count = min(MAX_LINES, _count(query) + ("add" in query))
    if "add" in query:
        given = {name: query[name] for name in query}
        lines = [LineForm(prefix=str(place), initial=_of(given, place)) for place in range(count)]
        return Calculation(kind(initial=given), lines)
    form = kind(query)
    lines = [LineForm(query, prefix=str(place)) for place in range(count)]
    filled = [form.is_valid(), *[line.is_valid() for line in lines]]
    asked = Calculation(form, lines, asked=True)
    return _answered(asked) if all(filled) else asked


def _answered(asked: Calculation) -> Calculation:
    given = asked.form.cleaned_data
    day: date | None = given.get("on")
    raw = {"on": (day or today()).isoformat(), "shipment": _shipment(asked)}
    try:
        case = cases.read_case(raw)
        made = estimate(case.shipment, on=day)
    except cases.BadValue as fault:
        _blame(asked, fault.path)
        return asked
    except InvalidInput as error:
        asked.form.add_error(None, str(error))
        return asked
    except RateError as error:
        return Calculation(asked.form, asked.lines, refusal=error.text, asked=True)
    tree = tree_of_assessment(assessment_json(made.report))
    return Calculation(asked.form, asked.lines, made, tree, made.report.message, asked=True)


def _shipment(asked: Calculation) -> dict[str, Any]:
    given = asked.form.cleaned_data
    facts = {**PERSONAL, "seller_registered": given["registered"], **given.get("facts", {})}
    return {
        "destination": {"country": given["to"], "region": given.get("region") or None},
        "currency": given["currency"],
        "shipped_from": given["ship_from"] or None,
        "channel": given["channel"] or None,
        "mode": given["mode"] or None,
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
        "net_content": given["content"],
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
    places = [name.partition("-")[0] for name in query if name.endswith("-price")]
    numbers = [int(place) for place in places if place.isascii() and place.isdigit()]
    return max((number + 1 for number in numbers if number < MAX_LINES), default=1)


def _of(given: Mapping[str, str], place: int) -> dict[str, str]:
    start = f"{place}-"
    return {name[len(start) :]: value for name, value in given.items() if name.startswith(start)}


def _every_country() -> list[tuple[str, str]]:
    return sorted(country_choices(tuple(countries())), key=lambda pair: pair[1])


def _currencies() -> Iterator[str]:
    first = ("CNY", "USD", "EUR", "GBP", "JPY", "HKD", "KRW", "AUD", "CAD", "CHF", "SGD", "TWD")
    yield from first
    yield from sorted(currencies() - set(first))


def _choices(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101  # as declared above
    field.choices = choices


def shown(request: HttpRequest, made: Calculation) -> dict[str, Any]:
    """Return what the pages show of a calculation."""
    link = request.build_absolute_uri() if made.made else ""
    return {"made": made, "answer": made.made and answer_of(made.made), "link": link}


def answer_of(made: Estimate) -> dict[str, Any]:
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
        "considered": report.considered,
        "doubts": [rule for rule in report.rules.values() if rule.unverified],
        "rates": made.rates,
    }
