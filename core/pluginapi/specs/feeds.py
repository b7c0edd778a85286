"""Supplier feeds: transports, dialects, checks per batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.pluginapi.context import Context
from core.pluginapi.markers import Combine, OnError, Policy, Where, hookspec
from core.pluginapi.protocols import FeedDialect, FeedTransport
from core.pluginapi.types.commerce import OfferView
from core.pluginapi.types.feeds import FeedRunView, OfferDraft, OfferPatch
from core.pluginapi.types.kernel import Setup
from core.pluginapi.types.values import Finding

_BOOT = Policy(Combine.COLLECT, OnError.REFUSE, Where.BOOT)


@hookspec(Policy(Combine.COLLECT, OnError.REFUSE, Where.BOOT, since="experimental"))
def register_feed_transports(setup: Setup) -> Iterable[FeedTransport]:
    """Hand over ways in which feeds arrive.

    Called once, when the plug-in is loaded. A second plug-in with the same key is refused.

    Example::

        @hookimpl
        def register_feed_transports(setup: Setup) -> Iterable[FeedTransport]:
            return [HttpsPull()]
    """
    return ()


@hookspec(_BOOT)
def register_feed_dialects(setup: Setup) -> Iterable[FeedDialect]:
    """Hand over formats that feeds are written in.

    Called once, when the plug-in is loaded. Dialects are asked to ``sniff`` in turn; the surest
    reads the feed, and a tie is refused with both names.

    Example::

        @hookimpl
        def register_feed_dialects(setup: Setup) -> Iterable[FeedDialect]:
            return [NativeCsv(), NativeJsonl()]
    """
    return ()


@hookspec(Policy(Combine.COLLECT, OnError.HOLD, Where.TASK, budget_ms=500, db=True))
def check_offers(
    ctx: Context, drafts: Sequence[OfferDraft], previous: Sequence[OfferView | None]
) -> Sequence[Finding]:
    """Find what is wrong with rows.

    Called once per batch of at most 2,000 changed rows, in a job. Not called for unchanged rows.
    ``previous`` runs beside ``drafts``; the worst finding of a field wins. An error holds the
    batch's rows.

    Example::

        @hookimpl
        def check_offers(ctx: Context, drafts: Sequence[OfferDraft],
                         previous: Sequence[OfferView | None]) -> Sequence[Finding]:
            return [Finding("CH_NO_BRAND", Severity.WARNING, Action.FIELD_KEPT, index=i)
                    for i, draft in enumerate(drafts) if not draft.brand]
    """
    return ()


@hookspec(Policy(Combine.COLLECT, OnError.SKIP, Where.TASK, budget_ms=500, db=True))
def add_offer_patches(ctx: Context, drafts: Sequence[OfferDraft]) -> Sequence[OfferPatch]:
    """Complete rows: translations, brands, images.

    Called once per batch of changed rows, before the checks. Not called for unchanged rows. Two
    plug-ins that patch one field differently become a finding and the row keeps its own value.

    Example::

        @hookimpl
        def add_offer_patches(ctx: Context, drafts: Sequence[OfferDraft]) -> Sequence[OfferPatch]:
            return [OfferPatch(i, {"brand": draft.brand.title()}, "brand spelling")
                    for i, draft in enumerate(drafts) if draft.brand.isupper()]
    """
    return ()


@hookspec(Policy(Combine.EVENT, OnError.RETRY, Where.TASK, budget_ms=5_000, db=True))
def on_feed_finished(ctx: Context, run: FeedRunView) -> None:
    """Hear that a feed ended, whatever the result.

    Called after commit, in a job, at least once. Not called for dry runs.

    Example::

        @hookimpl
        def on_feed_finished(ctx: Context, run: FeedRunView) -> None:
            ctx.log.info("feed", status=run.status)
    """
