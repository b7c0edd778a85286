"""Lets plug-ins complete and check the rows of a batch, once per batch and channel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol
from uuid import uuid5

from core.kernel import hooks
from core.pluginapi import (
    Action,
    ChannelRef,
    Finding,
    ItemRef,
    Money,
    OfferDraft,
    OfferPatch,
    OfferRef,
    OfferView,
    Severity,
    SupplierView,
)
from suppliers.apply.known import Known
from suppliers.apply.tally import Issue, escaped, issue_of
from suppliers.normalise.draft import Draft

Say = Callable[[int, Issue], None]
TEXT_FIELDS = frozenset(
    "brand mpn condition category gtin hs_code origin net_content link group_id".split()
)
MAPPINGS = frozenset(("titles", "descriptions", "facts"))


class RowChecks(Protocol):
    """What the judge asks about a batch."""

    def run(
        self, drafts: Sequence[Draft], known: Sequence[Known | None], say: Say
    ) -> tuple[Mapping[int, str], frozenset[int]]:
        """Complete ``drafts`` in place; return refused indexes with their codes, and held ones."""
        ...


class PluginChecks:
    """Asks the plug-ins that are on platform-wide and in each channel that the scope supplies."""

    def __init__(self, supplier: SupplierView, channels: Sequence[ChannelRef]) -> None:
        self.supplier = supplier
        self.channels: tuple[ChannelRef | None, ...] = tuple(channels) or (None,)

    def run(
        self, drafts: Sequence[Draft], known: Sequence[Known | None], say: Say
    ) -> tuple[Mapping[int, str], frozenset[int]]:
        """Complete ``drafts`` in place; return refused indexes with their codes, and held ones."""
        if not drafts:
            return {}, frozenset()
        self._complete(drafts, say)
        offers = [draft.offer for draft in drafts if draft.offer is not None]
        previous = [self._view(one) for one in known]
        found: dict[tuple[str, str, int | None, str], Finding] = {}
        for channel in self.channels:
            for answer in hooks.check_offers(channel, drafts=offers, previous=previous):
                finding = answer.value
                key = (answer.plugin, finding.code, finding.index, finding.attribute or "")
                found.setdefault(key, finding)
        return _weighed(drafts, list(found.values()), say)

    def _complete(self, drafts: Sequence[Draft], say: Say) -> None:
        wanted: dict[tuple[int, str], dict[Any, str]] = {}
        for channel in self.channels:
            offers = [draft.offer for draft in drafts if draft.offer is not None]
            for answer in hooks.add_offer_patches(channel, drafts=offers):
                for name, value in _usable(answer.value, len(drafts)).items():
                    wanted.setdefault((answer.value.index, name), {})[value] = answer.plugin
        for (index, name), values in wanted.items():
            if len(values) > 1:
                say(index, issue_of("PATCH_CONFLICT", name))
                continue
            offer = drafts[index].offer
            if offer is not None:
                drafts[index].offer = _patched(offer, name, next(iter(values)))

    def _view(self, known: Known | None) -> OfferView | None:
        if known is None:
            return None
        return OfferView(
            ref=OfferRef(known.id),
            item=ItemRef(uuid5(known.id, "item")),
            supplier=self.supplier,
            sku=known.sku,
            price=Money(known.price, known.price_currency),
            available=known.quantity,
            ship_from=known.ship_from,
            lead_time_days=known.lead_time_days or 0,
            facts=known.facts,
        )


def _usable(patch: OfferPatch, size: int) -> dict[str, Any]:
    if not 0 <= patch.index < size:
        return {}
    return {
        name: value
        for name, value in patch.changes.items()
        if (name == "images" and isinstance(value, tuple))
        or (isinstance(value, str) and (name in TEXT_FIELDS or name.partition(":")[0] in MAPPINGS))
    }


def _patched(offer: OfferDraft, name: str, value: Any) -> OfferDraft:
    base, _, key = name.partition(":")
    if base in MAPPINGS:
        value, name = {**getattr(offer, base), key or "en": value}, base
    changes: dict[str, Any] = {name: value}
    return replace(offer, **changes)


def _weighed(
    drafts: Sequence[Draft], findings: Sequence[Finding], say: Say
) -> tuple[Mapping[int, str], frozenset[int]]:
    refused: dict[int, str] = {}
    held: set[int] = set()
    for finding in findings:
        everyone = range(len(drafts))
        for index in everyone if finding.index is None else (finding.index,):
            if not 0 <= index < len(drafts):
                continue
            say(index, _issue(finding))
            if finding.action is Action.ROW_HELD:
                held.add(index)
            elif finding.severity is Severity.ERROR or finding.action is Action.ROW_REJECTED:
                refused[index] = f"{refused.get(index, '')} {finding.code}".strip()
            if finding.blocked_for:
                blocked = {*drafts[index].blocked_for, *finding.blocked_for}
                drafts[index].blocked_for = tuple(sorted(blocked))
    return refused, frozenset(held - refused.keys())


def _issue(finding: Finding) -> Issue:
    base = issue_of(finding.code[:40], escaped(finding.value or ""), finding.expected or "")
    return base._replace(
        severity=finding.severity,
        action=finding.action,
        attribute=(finding.attribute or base.attribute)[:60],
        message=finding.message.as_dict() if finding.message else None,
    )
