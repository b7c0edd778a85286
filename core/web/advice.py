"""What to do about a refusal of customs: a sentence, the field it is about, codes to choose."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.kernel import providers
from core.shared.text import Text
from customs.estimates import Estimate
from customs.tariff.lookup import look_up

MAX_CODES = 30
LINE = re.compile(r"\$\.shipment\.lines\[(\d{1,2})\]")
OPERATOR_SETTLES = _(
    "The sources do not say which rate holds, so nothing is guessed. The operator of this site "
    "can settle it once an authority has."
)
SAID: Mapping[str, tuple[Promise, str]] = {
    "hs_missing": (_("Choose what it is, or give its HS code."), "hs_code"),
    "tariff_unknown": (
        _("Give the whole HS code of the destination, or that of goods nearest to it."),
        "hs_code",
    ),
    "tariff_ambiguous": (_("Choose the code that fits, or give the longer code."), "hs_code"),
    "tariff_unreadable": (OPERATOR_SETTLES, ""),
    "net_content_missing": (_("Give the content of one, such as 50 ml."), "content"),
    "quantity_missing": (_("Give the net weight of all in kilograms."), "kilograms"),
    "origin_missing": (_("Say where it was made."), "origin"),
    "additional_duty_unknown": (OPERATOR_SETTLES, "origin"),
    "state_tax_unknown": (_("Choose another state: the tax of this one is not settled."), "region"),
    "other_mode": (_("Choose another way for it to come."), "channel"),
    "no_regime": (_("Choose another destination."), "to"),
}
"""By refusal code: what to do, and at which field."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A national code that the goods may come under, with its rate as the tariff writes it."""

    code: str
    rate: str
    name: Text


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do; ``link`` leads to the field, ``line`` is that of the goods at fault."""

    sentence: str | Promise
    link: str = ""
    field: str = ""
    line: int | None = None
    choices: tuple[Choice, ...] = ()


def advice_of(made: Estimate) -> Advice | None:
    """Return what to do about the refusal of an estimate, None where nothing is known."""
    code = made.report.refusal_code
    if code not in SAID:
        return None
    sentence, field = SAID[code]
    found = LINE.match(made.report.path)
    line = int(found[1]) if found else None
    choices = tuple(_choices(made, line)) if code == "tariff_ambiguous" and line is not None else ()
    return Advice(sentence, "", field, line, choices[:MAX_CODES])


def _choices(made: Estimate, line: int) -> Iterator[Choice]:
    """Yield the national lines below a code that differ."""
    code = made.shipment.lines[line].hs_code
    refused = {one.regime for one in made.report.considered if one.code == "tariff_ambiguous"}
    regimes = providers.regimes(None, made.shipment.country)
    jurisdictions = {one.object.jurisdiction for one in regimes if one.key in refused}
    for jurisdiction in sorted(jurisdictions):
        for answers in look_up(jurisdiction, code, made.on).ambiguous.values():
            for one in answers:
                if one.code != code:
                    notes = one.notes
                    name = Text(notes.get("label_en", ""), notes.get("label_zh", ""))
                    yield Choice(one.code, one.rate, name)
