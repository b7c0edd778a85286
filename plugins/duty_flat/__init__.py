"""One flat duty and one flat VAT for one country, from the channel's settings.

For demonstrations and for countries without a regime of their own. Every amount is labelled
"demonstration regime": the percentages are what the operator typed, not what a law says.

    base    = goods + freight + insurance
    duty    = base × duty percent
    VAT     = (base + duty) × VAT percent
    nothing is collected when the goods are worth no more than the de minimis value
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from core.pluginapi import (
    Capability,
    Context,
    CostComponent,
    DutyRegime,
    LandedCostDraft,
    Manifest,
    Money,
    PluginSettings,
    Setup,
    Text,
    hookimpl,
)
from plugins.duty_flat.regime import KEY, FlatRegime, Settings

MANIFEST = Manifest(
    key="duty_flat",
    name=Text("Flat duty (demonstration)", "统一税率（演示）", "統一稅率（示範）"),
    version="1.0.0",
    api=">=1.0,<2",
    summary=Text(
        "One duty and one VAT rate for one country, set by the operator; labelled as a "
        "demonstration on every amount",
        "由运营人员为一个目的地设定统一的关税和增值税税率，每笔金额均标注为演示",
        "由營運人員為一個目的地設定統一的關稅和加值稅稅率，每筆金額均標註為示範",
    ),
    provides=(Capability.DUTY,),
    author="Haitao",
    licence="Apache-2.0",
)


@hookimpl
def register_settings(setup: Setup) -> type[PluginSettings]:
    """Country, rates, de minimis value and handling fee."""
    return Settings


@hookimpl
def register_duty_regimes(setup: Setup) -> Iterable[DutyRegime]:
    """Hand over the flat regime."""
    return [FlatRegime()]


@hookimpl
def add_cost_components(ctx: Context, draft: LandedCostDraft) -> Iterable[CostComponent]:
    """Add the handling fee that the operator set, in the currency of the landed cost."""
    fee: Decimal = ctx.settings.handling_fee if ctx.settings else Decimal(0)
    if not fee or draft.assessment is None or draft.assessment.regime != KEY:
        return []
    if draft.assessment.customs_value is None or not draft.assessment.charges:
        return []
    return [
        CostComponent(
            code="flat_handling",
            label=Text("Customs handling fee", "清关手续费", "清關手續費"),
            amount=Money(fee, draft.currency).rounded(),
            source="channel settings",
            rule_id="FLAT-FEE",
        )
    ]
