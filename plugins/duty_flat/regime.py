"""The flat regime: pure, from settings; lines always sum to the rounded totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from core.pluginapi import (
    Assessment,
    Charge,
    ChargeKind,
    Context,
    Money,
    Outcome,
    PluginSettings,
    Rule,
    RuleSet,
    ShipmentFacts,
    TariffRate,
    TariffView,
    Text,
    setting,
)
from core.shared.money import exponent, split

KEY = "flat.import"
HUNDRED = Decimal(100)
NOTE = Text("Demonstration regime", "演示税制", "示範稅制")
OTHER = Text(
    "Set for another country, or for none",
    "未设定，或设定为其他目的地",
    "未設定，或設定為其他目的地",
)
SOURCE = "channel settings (demonstration regime)"


class Settings(PluginSettings):
    """One country's flat rates."""

    country: str = setting(
        "",
        label=Text("Country", "目的地", "目的地"),
        help=Text(
            "Two letters (ISO 3166-1), such as DE; empty switches the regime off",
            "两个字母（ISO 3166-1），如 DE；留空则不启用",
            "兩個字母（ISO 3166-1），如 DE；留空則不啟用",
        ),
        pattern=r"^([A-Z]{2})?$",
    )
    duty_percent: Decimal = setting(
        Decimal(0),
        label=Text(
            "Duty, percent of goods, freight and insurance", "关税税率（%）", "關稅稅率（%）"
        ),
        ge=0,
        le=1000,
    )
    vat_percent: Decimal = setting(
        Decimal(0),
        label=Text("VAT, percent of that and the duty", "增值税税率（%）", "加值稅稅率（%）"),
        ge=0,
        le=100,
    )
    de_minimis: Decimal = setting(
        Decimal(0),
        label=Text("De minimis value of the goods", "免征额（货值）", "免稅門檻（貨值）"),
        help=Text(
            "In the currency of the quote; at or below it nothing is collected",
            "以报价币种计；不超过该金额不征税",
            "以報價幣別計；不超過該金額不徵稅",
        ),
        ge=0,
        le=1_000_000_000,
    )
    handling_fee: Decimal = setting(
        Decimal(0),
        label=Text("Customs handling fee", "清关手续费", "清關手續費"),
        help=Text("In the currency of the quote", "以报价币种计", "以報價幣別計"),
        ge=0,
        le=1_000_000,
    )


class _Sums(NamedTuple):
    """The shipment in whole and by line; ``step`` is the currency's smallest unit."""

    base: Decimal
    lines: list[Decimal]
    places: int

    def percent(self, amount: Decimal, rate: Decimal) -> Decimal:
        """Return ``rate`` percent of ``amount``, rounded half up to the currency's decimals."""
        step = Decimal(1).scaleb(-self.places)
        return (amount * rate / HUNDRED).quantize(step, ROUND_HALF_UP)


class FlatRegime:
    """Flat duty and VAT of the one country that the channel's settings name."""

    key = KEY
    title = Text("Flat duty (demonstration)", "统一税率（演示）", "統一稅率（示範）")
    family = "flat"
    countries = frozenset({"*"})
    jurisdiction = "*"
    currencies: Sequence[str] = ()
    foreign: Sequence[str] = ()
    order = 900

    def rules(self) -> Sequence[Rule]:
        """Return the one rule: in which order the percentages are applied."""
        return (
            Rule(
                id="FLAT-1",
                key="flat.import",
                jurisdiction="*",
                title=Text("Flat duty and VAT", "统一关税与增值税", "統一關稅與加值稅"),
                valid_from=date(2000, 1, 1),
                valid_to=None,
                values={
                    "duty_base": "goods + freight + insurance",
                    "vat_base": "goods + freight + insurance + duty",
                    "rounding": "half up to the currency's decimals",
                },
                source=SOURCE,
                confidence="low",
                unverified=("the percentages are typed by the operator",),
            ),
        )

    def tariff(self) -> Sequence[TariffRate]:
        """Return nothing: the rate does not depend on the goods."""
        return ()

    def assess(
        self,
        ctx: Context,
        shipment: ShipmentFacts,
        rules: RuleSet,
        tariff: TariffView,
        at: date,
    ) -> Assessment:
        """Compute duty and VAT of the whole shipment, shared over its lines by value."""
        rates: Settings | None = ctx.settings
        if rates is None or rates.country != shipment.country:
            return _not_open(self.key, shipment)
        rule = rules.get("flat.import") or self.rules()[0]
        goods = sum((line.goods for line in shipment.lines), Decimal(0))
        sums = _sums(shipment)
        exempt = goods <= rates.de_minimis
        duty = Decimal(0) if exempt else sums.percent(sums.base, rates.duty_percent)
        taxed = sums.base + duty
        vat = Decimal(0) if exempt else sums.percent(taxed, rates.vat_percent)
        given = {"base": f"{sums.base:f}", "duty": f"{duty:f}"}
        of: dict[str, Any] = {
            "sums": sums, "currency": shipment.currency, "rule": rule, "given": given,
        }  # fmt: skip
        made = [
            *_charges(ChargeKind.DUTY, duty, rates.duty_percent, **of),
            *_charges(ChargeKind.VAT, vat, rates.vat_percent, **of),
        ]
        return Assessment(
            regime=self.key,
            outcome=Outcome.EXEMPT if exempt else Outcome.OK,
            currency=shipment.currency,
            customs_value=Money(sums.base, shipment.currency),
            charges=tuple(made),
            rules_used=(rule.id,),
            notes=(NOTE,),
        )


def _not_open(key: str, shipment: ShipmentFacts) -> Assessment:
    return Assessment(
        regime=key,
        outcome=Outcome.NOT_OPEN,
        currency=shipment.currency,
        refusal_code="other_country",
        message=OTHER,
    )


def _sums(shipment: ShipmentFacts) -> _Sums:
    places = exponent(shipment.currency)
    step = Decimal(1).scaleb(-places)
    goods = [line.goods.quantize(step, ROUND_HALF_UP) for line in shipment.lines]
    carried = (shipment.freight + shipment.insurance).quantize(step, ROUND_HALF_UP)
    shares = split(carried, goods, places=places)
    lines = [value + share for value, share in zip(goods, shares, strict=True)]
    return _Sums(sum(lines, Decimal(0)), lines, places)


def _charges(
    kind: ChargeKind,
    amount: Decimal,
    rate: Decimal,
    *,
    sums: _Sums,
    currency: str,
    rule: Rule,
    given: Mapping[str, str],
) -> list[Charge]:
    """Share one rounded total over the lines by value, so that they sum to it exactly."""
    is_duty = kind is ChargeKind.DUTY
    name = Text("Duty", "关税", "關稅") if is_duty else Text("VAT", "增值税", "加值稅")
    shown = Text(
        f"{name.en} ({NOTE.en.lower()})",
        f"{name.zh_hans}（{NOTE.zh_hans}）",
        f"{name.zh_hant}（{NOTE.zh_hant}）",
    )
    return [
        Charge(
            kind=kind,
            amount=Money(share, currency),
            basis=Money(sums.lines[index], currency),
            rate=rate,
            rule_id=rule.id,
            source=rule.source,
            formula="base × rate" if is_duty else "(base + duty) × rate",
            line=index,
            inputs={**given, "total": f"{amount:f}"},
            label=shown,
        )
        for index, share in enumerate(split(amount, sums.lines, places=sums.places))
    ]
