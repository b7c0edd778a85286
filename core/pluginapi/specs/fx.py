"""Exchange rates: sources, lookup, margin, sanity."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from core.pluginapi.context import Context
from core.pluginapi.markers import Combine, OnError, Policy, Where, hookspec
from core.pluginapi.protocols import FxSource
from core.pluginapi.types.fx import Margin, Pair, Purpose, Rate
from core.pluginapi.types.kernel import Setup
from core.pluginapi.types.values import Verdict
from core.shared.money import Money


@hookspec(Policy(Combine.COLLECT, OnError.REFUSE, Where.BOOT))
def register_fx_sources(setup: Setup) -> Iterable[FxSource]:
    """Hand over sources of exchange rates.

    Called once, when the plug-in is loaded. A second plug-in with the same key is refused.

    Example::

        @hookimpl
        def register_fx_sources(setup: Setup) -> Iterable[FxSource]:
            return [EcbReferenceRates()]
    """
    return ()


@hookspec(Policy(Combine.FIRST, OnError.SKIP, Where.REQUEST))
def offer_rate(ctx: Context, pair: Pair, at: datetime, purpose: Purpose) -> Rate | None:
    """Offer a rate that is not in the store.

    Called before the store is asked, without network. Not called when a quote that pinned its
    rate is shown again. The first answer by the operator's priority is used.

    Example::

        @hookimpl
        def offer_rate(ctx: Context, pair: Pair, at: datetime, purpose: Purpose) -> Rate | None:
            if pair == Pair("HKD", "USD"):
                return Rate(pair, Decimal("0.128"), "peg", at.date())
            return None
    """


@hookspec(Policy(Combine.COLLECT, OnError.SKIP, Where.REQUEST))
def add_fx_margin(ctx: Context, pair: Pair, amount: Money, purpose: Purpose) -> Iterable[Margin]:
    """Add a margin to a conversion.

    Called for each conversion of a quote. Not called for customs values. Margins are summed and
    shown to the buyer.

    Example::

        @hookimpl
        def add_fx_margin(ctx: Context, pair: Pair, amount: Money, purpose: Purpose) -> Iterable[Margin]:
            return [Margin(Decimal("0.5"), Text("Conversion"), "channel settings")]
    """
    return ()


@hookspec(Policy(Combine.VERDICT, OnError.HOLD, Where.TASK))
def check_rate(ctx: Context, new: Rate, last: Rate | None) -> Verdict | None:
    """Judge a rate before it is stored.

    Called for each new rate of an import. ``last`` is the newest stored rate of the pair and
    source. A held rate is not used until an operator releases it.

    Example::

        @hookimpl
        def check_rate(ctx: Context, new: Rate, last: Rate | None) -> Verdict | None:
            if last and not last.value / 2 < new.value < last.value * 2:
                return Verdict(Level.HOLD, "rate_jump", Text("The rate doubled or halved"))
            return None
    """
