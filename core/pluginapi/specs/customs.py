"""Customs: tariffs, classification, regimes, extra costs, import checks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from core.pluginapi.context import Context
from core.pluginapi.markers import Combine, OnError, Policy, Where, hookspec
from core.pluginapi.protocols import DutyRegime
from core.pluginapi.types.customs import (
    CostComponent,
    CustomsEvent,
    HsCandidate,
    HsTable,
    ItemFacts,
    LandedCostDraft,
    OriginClaim,
    RuleSet,
    ShipmentFacts,
)
from core.pluginapi.types.kernel import Setup
from core.pluginapi.types.values import Verdict


@hookspec(Policy(Combine.COLLECT, OnError.REFUSE, Where.BOOT, since="experimental"))
def register_hs_tables(setup: Setup) -> Iterable[HsTable]:
    """Hand over tariff editions.

    Called once, when the plug-in is loaded; unique by jurisdiction and edition. Regimes may bring
    tariff lines of their own instead.

    Example::

        @hookimpl
        def register_hs_tables(setup: Setup) -> Iterable[HsTable]:
            return [HsTable("CN", "2026", read_lines())]
    """
    return ()


@hookspec(Policy(Combine.COLLECT, OnError.SKIP, Where.TASK, budget_ms=500))
def add_hs_candidates(ctx: Context, item: ItemFacts) -> Iterable[HsCandidate]:
    """Propose HS codes for an item.

    Called platform-wide in a job, for items on sale whose code nobody confirmed. A candidate of
    jurisdiction ``WCO`` holds everywhere with its first six digits. Never decides: a person
    confirms, and a confidence from 0.6 counts as knowledge against a code of another chapter.

    Example::

        @hookimpl
        def add_hs_candidates(ctx: Context, item: ItemFacts) -> Iterable[HsCandidate]:
            if "coffee" not in item.title.lower():
                return []
            return [HsCandidate("090121", "WCO", Decimal("0.6"), Text("The title says coffee"))]
    """
    return ()


@hookspec(Policy(Combine.COLLECT, OnError.REFUSE, Where.BOOT))
def register_duty_regimes(setup: Setup) -> Iterable[DutyRegime]:
    """Hand over ways of clearing goods into a country.

    Called once, when the plug-in is loaded. At a quote every regime of the destination is asked
    and assessed; the lowest ``order`` that holds is chosen, the others are kept with their reason.

    Example::

        @hookimpl
        def register_duty_regimes(setup: Setup) -> Iterable[DutyRegime]:
            return [CbecPreferential(), PersonalPost()]
    """
    return ()


@hookspec(Policy(Combine.COLLECT, OnError.SKIP, Where.REQUEST, currency_of="draft"))
def add_cost_components(ctx: Context, draft: LandedCostDraft) -> Iterable[CostComponent]:
    """Add costs that arise with the import: a disbursement fee, insurance, a surcharge.

    Called once per quote and channel, after assessment. Not called when nothing was assessed.

    Example::

        @hookimpl
        def add_cost_components(ctx: Context, draft: LandedCostDraft) -> Iterable[CostComponent]:
            return [CostComponent("disbursement", Text("Disbursement fee"),
                                  Money(Decimal("15"), draft.currency), "carrier tariff", "fee.1")]
    """
    return ()


@hookspec(Policy(Combine.VERDICT, OnError.HOLD, Where.REQUEST))
def check_import(ctx: Context, shipment: ShipmentFacts, rules: RuleSet, at: date) -> Verdict | None:
    """Judge whether goods may be imported at all.

    Called at a quote and again before a declaration. ``rules`` are those of the destination that
    are in force on ``at``, operators' overrides resolved. An error holds.

    Example::

        @hookimpl
        def check_import(ctx: Context, shipment: ShipmentFacts) -> Verdict | None:
            if any(line.hs_code.startswith("93") for line in shipment.lines):
                return Verdict(Level.DENY, "prohibited", Text("Weapons cannot be imported"))
            return None
    """


@hookspec(Policy(Combine.FIRST, OnError.SKIP, Where.REQUEST, since="experimental"))
def offer_origin_preference(ctx: Context, item: ItemFacts, regime: str) -> OriginClaim | None:
    """Claim a preferential origin.

    Called for each line before assessment. Not called for regimes without duty.

    Example::

        @hookimpl
        def offer_origin_preference(ctx: Context, item: ItemFacts, regime: str) -> OriginClaim | None:
            return OriginClaim("RCEP", "self-declaration") if item.origin == "JP" else None
    """


@hookspec(Policy(Combine.EVENT, OnError.RETRY, Where.TASK, db=True, since="experimental"))
def on_customs_status(ctx: Context, event: CustomsEvent) -> None:
    """Hear what customs said of an order.

    Called after commit, in a job, at least once, with the same ``event.id``.

    Example::

        @hookimpl
        def on_customs_status(ctx: Context, event: CustomsEvent) -> None:
            ctx.log.info("customs", code=event.code)
    """
