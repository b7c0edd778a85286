"""The forms of the what-if calculator. Only what the destination's rules ask for is asked."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.functional import lazystr
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core.kernel import providers
from core.shared.nomenclature import digits_of
from core.web.common_goods import COMMON_GOODS
from core.web.countries import country_choices
from core.web.languages import spoken
from customs.checks import countries, currencies

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
UNION = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()
)
ASKED_FOR: Mapping[str, Collection[str]] = {
    "channel": frozenset({"CA", "CN", "SG", "US"}),
    "mode": frozenset({"NZ", "SG", "US"}),
    "registered": UNION | {"AU", "NO", "NZ", "SG"},
    "region": UNION | {"BR", "CA", "GB"},
    "content": frozenset({"CN"}),
}
"""Questions that only some destinations' rules depend on."""

ORIGIN_FIRST = frozenset({"US", "MX", "BR"})
AGAIN = {
    "hx-get": "?",
    "hx-trigger": "change",
    "hx-include": "closest form",
    "hx-vals": '{"ask": "1"}',
    "hx-target": "#calculator-form",
    "hx-select": "#calculator-form",
    "hx-swap": "outerHTML",
}
"""Asks for the questions of another destination; without scripts they come with the answer."""


def destinations() -> tuple[str, ...]:
    """Return the countries that some regime clears goods into, by code."""
    found = {code for one in providers.regimes_on() for code in one.object.countries}
    return tuple(sorted(found - {"*"}))


class _Grouped(forms.Form):
    """A form of which some fields are shown at once, the others on demand."""

    first: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.wanted: set[str] = set()

    @property
    def main(self) -> list[BoundField]:
        """Return the fields that everybody is asked."""
        return [self[name] for name in self.first if name in self.fields]

    @property
    def more(self) -> list[BoundField]:
        """Return the other fields."""
        return [self[name] for name in self.fields if name not in self.first]

    @property
    def is_more_open(self) -> bool:
        """Whether something among the other fields is filled in, wrong, or wanted."""
        return any(
            field.errors or field.value() or field.name in self.wanted for field in self.more
        )

    def only_for(self, country: str) -> None:
        """Leave out what the rules of ``country`` do not depend on."""
        for name, places in ASKED_FOR.items():
            if name in self.fields and country not in places:
                del self.fields[name]


class ShipmentForm(_Grouped):
    """Where from, where to, how, and what it costs to carry."""

    first: tuple[str, ...] = ("to", "currency", "freight", "channel", "region")

    to = forms.ChoiceField(label=gettext_lazy("Destination"), widget=forms.Select(attrs=AGAIN))
    currency = forms.ChoiceField(label=gettext_lazy("Currency of the prices"))
    freight = forms.DecimalField(
        label=gettext_lazy("Freight of all goods"), required=False, **AMOUNT
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("How it comes"),
        help_text=gettext_lazy("Leave open to compare the ways"),
        choices=MODES,
        required=False,
    )
    region = forms.CharField(
        label=gettext_lazy("State, province or territory"),
        help_text=gettext_lazy("By its short name, such as SP, ON or NI; leave empty elsewhere"),
        max_length=60,
        required=False,
    )
    insurance = forms.DecimalField(label=gettext_lazy("Insurance"), required=False, **AMOUNT)
    ship_from = forms.ChoiceField(label=gettext_lazy("Shipped from"), required=False)
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
        self.only_for(self.country)

    @property
    def country(self) -> str:
        """The destination that is chosen so far, as it was typed."""
        given = self.data.get("to") if self.is_bound else self.initial.get("to")
        return str(given or "")


class OperatorForm(ShipmentForm):
    """What an operator can ask beside: a day, a regime, facts."""

    first = (*ShipmentForm.first, "on", "regime")

    on = forms.DateField(
        label=gettext_lazy("Rules of the day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
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

    def only_for(self, country: str) -> None:
        """Leave everything: an operator tries whatever they like."""

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


class LineForm(_Grouped):
    """One kind of goods."""

    first: tuple[str, ...] = ("goods", "price", "quantity", "content")

    goods = forms.ChoiceField(label=gettext_lazy("What it is"), required=False)
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
    origin = forms.ChoiceField(label=gettext_lazy("Made in"), required=False)
    hs_code = forms.CharField(
        label=gettext_lazy("HS code, if you know it"),
        help_text=gettext_lazy("Six digits or more; it comes before the choice above"),
        max_length=20,
        required=False,
    )
    kilograms = forms.DecimalField(
        label=gettext_lazy("Net weight of all, kg"), required=False, **AMOUNT
    )

    def __init__(self, *args: Any, country: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        goods = [(one.hs_code, one.name.in_language(language)) for one in COMMON_GOODS]
        _choices(self, "goods", [("", _("Something else")), *goods])
        _choices(self, "origin", [("", _("I do not know")), *_every_country()])
        self.only_for(country)
        if country in ORIGIN_FIRST:
            self.first = (*self.first, "origin")

    def clean_hs_code(self) -> str:
        """Read a code as people write it."""
        text = self.cleaned_data["hs_code"].strip()
        if not text:
            return ""
        code = digits_of(text)
        if code is None or len(code) < 6:
            raise forms.ValidationError(_("An HS code has 6 to 13 digits."))
        return code


def _every_country() -> list[tuple[str, str]]:
    return sorted(country_choices(tuple(countries())), key=lambda pair: pair[1])


def _currencies() -> Iterator[str]:
    first = ("CNY", "USD", "EUR", "GBP", "JPY", "HKD", "KRW", "AUD", "CAD", "CHF", "SGD", "TWD")
    yield from first
    yield from sorted(currencies() - set(first))


def _choices(form: forms.Form, name: str, choices: Iterable[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101  # as declared above
    field.choices = list(choices)
