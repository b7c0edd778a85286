"""Judges one batch of rows: what each becomes, and what is said about it. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from core.pluginapi import OfferDraft, RawRow
from suppliers.apply.checks import RowChecks
from suppliers.apply.known import Hashes, Known, digest, hashes, key_hash
from suppliers.apply.tally import Issue, Tally, issue_of
from suppliers.limits import limit
from suppliers.models import StagedOffer
from suppliers.normalise.draft import Draft, build_draft, read_sku, unreadable
from suppliers.normalise.types import IntakeFacts, Note

JUMP = Decimal(3)


class Write(NamedTuple):
    """One offer to store. ``known`` is what is stored now, None for a new one."""

    draft: OfferDraft
    known: Known | None
    raw_hash: bytes
    found: Hashes
    row: int
    blocked_for: tuple[str, ...]
    is_change: bool


class Refused(NamedTuple):
    """A record that was not applied, as it came, with the codes that refused it."""

    row: int
    raw: str
    codes: str


@dataclass(slots=True)
class Verdicts:
    """What a batch comes to."""

    writes: list[Write] = field(default_factory=list)
    deletes: list[Known] = field(default_factory=list)
    held_prices: list[tuple[UUID, str]] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


@dataclass(slots=True)
class _Pending:
    row: RawRow
    sku: str
    raw_hash: bytes
    known: Known | None
    draft: Draft


class Judge:
    """Holds what a feed's batches share: facts, checks, the tally, the SKUs seen so far."""

    def __init__(
        self, *, facts: IntakeFacts, checks: RowChecks, version: bytes, tally: Tally
    ) -> None:
        self.facts = facts
        self.checks = checks
        self.version = version
        self.tally = tally
        self.seen: dict[int, int] = {}

    def remember(self, row: RawRow) -> None:
        """Note the SKU of a row that an earlier worker already dealt with."""
        sku, problem = read_sku(row)
        if problem is None and row.problem is None:
            self.seen.setdefault(key_hash(sku), row.number)

    def skus(self, rows: Sequence[RawRow]) -> list[str]:
        """Return the SKUs to look up for a batch."""
        return [sku for sku, problem in map(read_sku, rows) if problem is None]

    def judge(self, rows: Sequence[RawRow], known: Mapping[str, Known]) -> Verdicts:
        """Give every row exactly one outcome."""
        verdicts = Verdicts()
        self.tally.counts["rows_read"] += len(rows)
        pending = [one for row in rows if (one := self._triage(row, known, verdicts))]
        refused, held = self.checks.run(
            [one.draft for one in pending],
            [one.known for one in pending],
            lambda index, issue: self._say(pending[index].row, pending[index].sku, issue),
        )
        for index, one in enumerate(pending):
            if index in refused:
                self._refuse(one.row, verdicts, refused[index])
            elif index in held:
                self.tally.counts["skipped"] += 1
            else:
                self._settle(one, verdicts)
        return verdicts

    def _triage(
        self, row: RawRow, known: Mapping[str, Known], verdicts: Verdicts
    ) -> _Pending | None:
        """Deal with rows that need no normalisation; hand back those that do."""
        sku, problem = read_sku(row) if row.problem is None else ("", Note(row.problem))
        problem = problem or unreadable(row)
        if problem is not None:
            if sku:
                self.seen.setdefault(key_hash(sku), row.number)
            self._note(row, sku, problem)
            self._refuse(row, verdicts, problem.code)
            return None
        if (mark := key_hash(sku)) in self.seen:
            self._duplicate(row, sku, self.seen[mark], verdicts)
            return None
        self.seen[mark] = row.number
        stored = known.get(sku)
        if row.deleted:
            self.tally.counts["explicit_deletes"] += 1
            verdicts.deletes += [stored] if stored else []
            return None
        raw_hash = digest(row.raw + self.version)
        if stored and bytes(stored.raw_hash) == raw_hash and stored.state == "active":
            self.tally.counts["unchanged"] += 1
            return None
        return self._normalised(row, sku, raw_hash, stored, verdicts)

    def _normalised(
        self, row: RawRow, sku: str, raw_hash: bytes, stored: Known | None, verdicts: Verdicts
    ) -> _Pending | None:
        draft = build_draft(row, sku, self.facts)
        for note in draft.notes:
            self._note(row, sku, note)
        for name in draft.unknown:
            self._unknown_column(name)
        if draft.offer is None:
            codes = [
                note.code for note in draft.notes if issue_of(note.code).severity.value == "error"
            ]
            self._refuse(row, verdicts, " ".join(codes))
            return None
        return _Pending(row, sku, raw_hash, stored, draft)

    def _settle(self, one: _Pending, verdicts: Verdicts) -> None:
        """Decide between created, updated and unchanged, and guard the price."""
        offer = one.draft.offer
        if offer is None:
            return
        if one.known is not None and self._jumps(one, offer, verdicts):
            self.tally.counts["skipped"] += 1
            return
        found = hashes(offer)
        outcome = _outcome(one.known, found)
        self.tally.counts[outcome] += 1
        if one.known is not None and one.known.state != StagedOffer.State.ACTIVE:
            self.tally.counts["reactivated"] += 1
        if offer.price.currency not in self.tally.currencies:
            self.tally.currencies.append(offer.price.currency)
        verdicts.writes.append(
            Write(
                offer,
                one.known,
                one.raw_hash,
                found,
                one.row.number,
                one.draft.blocked_for,
                outcome != "unchanged",
            )
        )

    def _jumps(self, one: _Pending, offer: OfferDraft, verdicts: Verdicts) -> bool:
        """Hold a price that moved threefold, unless the last feed already said the same."""
        known = one.known
        if known is None or known.price_currency != offer.price.currency or not known.price:
            return False
        ratio = offer.price.amount / known.price
        if ratio != 1:
            self.tally.price_changed(ratio)
        if 1 / JUMP <= ratio <= JUMP or known.held_price == str(offer.price):
            return False
        issue = issue_of("PRICE_JUMP", str(offer.price), f"{known.price} {known.price_currency}")
        self._say(one.row, one.sku, issue)
        verdicts.held_prices.append((known.id, str(offer.price)))
        return True

    def _duplicate(self, row: RawRow, sku: str, first: int, verdicts: Verdicts) -> None:
        self._note(row, sku, Note("SKU_DUPLICATE_IN_FEED", sku, str(first)))
        self.tally.counts["duplicates"] += 1
        self._keep(row, verdicts, "SKU_DUPLICATE_IN_FEED")

    def _refuse(self, row: RawRow, verdicts: Verdicts, codes: str) -> None:
        self.tally.counts["rejected"] += 1
        self._keep(row, verdicts, codes)

    def _keep(self, row: RawRow, verdicts: Verdicts, codes: str) -> None:
        if self.tally.rejected_kept >= limit("REJECTED_ROWS"):
            return
        self.tally.rejected_kept += 1
        raw = row.raw.decode("utf-8", "replace").replace("\x00", "\N{REPLACEMENT CHARACTER}")
        verdicts.refused.append(Refused(row.number, raw, codes[:300]))

    def _note(self, row: RawRow, sku: str, note: Note) -> None:
        self._say(row, sku, issue_of(note.code, note.value, note.expected))

    def _say(self, row: RawRow, sku: str, issue: Issue) -> None:
        named = sku or "".join(
            sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}"
            for sign in row.cells.get("sku", "")[:64]
        )
        self.tally.add(
            issue._replace(row=row.number, line=row.line, locator=row.locator[:200], sku=named)
        )

    def _unknown_column(self, name: str) -> None:
        shown = name[:60]
        known = self.tally.codes.get("COLUMN_UNKNOWN", {}).setdefault("columns", [])
        if shown in known or len(known) >= 50:
            return
        self.tally.add(issue_of("COLUMN_UNKNOWN", shown))
        self.tally.codes["COLUMN_UNKNOWN"].setdefault("columns", []).append(shown)


def _outcome(known: Known | None, found: Hashes) -> str:
    if known is None:
        return "created"
    same = bytes(known.content_hash) == found.content and bytes(known.offer_hash) == found.offer
    return "unchanged" if same and known.state == StagedOffer.State.ACTIVE else "updated"


__all__ = ["Judge", "Refused", "Verdicts", "Write"]
