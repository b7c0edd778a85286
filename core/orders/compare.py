"""Quotes side by side: which is cheapest, which is fastest, what each allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.orders.models import StoredQuote
from core.orders.queries import Parts, parts_of
from core.pluginapi import Money, Text


@dataclass(frozen=True, slots=True)
class Row:
    """One channel's answer. A refused row has ``code`` and ``message`` and no amounts.

    Texts are in three languages; ``days`` are the shortest and longest way. ``is_cheapest`` and
    ``is_fastest`` mark rows of the currency that most rows have.
    """

    quote: StoredQuote
    channel: str
    title: Text
    kind_title: Text
    outcome: str
    code: str
    message: Text | None
    total: Money | None
    payable: Money | None
    due_at_border: Money | None
    parts: Parts | None
    days: tuple[int, int]
    regime: str
    incoterm: str
    duties_paid_by: str
    limits: Text
    returns: Text
    seller: str
    notes: tuple[Text, ...]
    is_cheapest: bool = False
    is_fastest: bool = False
    more_than_cheapest: Money | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """All rows: those that sell first, cheapest first, then the refused ones."""

    rows: tuple[Row, ...]
    kinds: tuple[str, ...]

    @property
    def can_buy(self) -> bool:
        """Whether any channel sells the basket."""
        return any(row.outcome == "ok" for row in self.rows)


def comparison(quotes: Sequence[StoredQuote]) -> Comparison:
    """Return quotes as rows to compare; ``kinds`` are the kinds of amounts that occur."""
    read = [(quote, quote.document) for quote in quotes]
    best, quickest = _marks(read)
    rows = [_row(quote, document, best, quickest) for quote, document in read]
    rows.sort(
        key=lambda row: (
            row.outcome != "ok",
            row.total.currency if row.total else "",
            row.total.amount if row.total else 0,
        )
    )
    kinds = dict.fromkeys(kind for row in rows if row.parts for kind in row.parts.by_kind)
    return Comparison(tuple(rows), tuple(kinds))


def _marks(
    read: Sequence[tuple[StoredQuote, dict[str, Any]]],
) -> tuple[Money | None, tuple[int, int] | None]:
    ok = [document for quote, document in read if quote.is_ok]
    if not ok:
        return None, None
    currencies = [document["currency"] for document in ok]
    main = max(dict.fromkeys(currencies), key=currencies.count)
    totals = [parts_of(document).total for document in ok if document["currency"] == main]
    cheapest = min(totals, key=lambda money: money.amount)
    quickest = min(_days(document)[::-1] for document in ok)
    return cheapest, (quickest[1], quickest[0])


def _row(
    quote: StoredQuote,
    document: dict[str, Any],
    best: Money | None,
    quickest: tuple[int, int] | None,
) -> Row:
    parts = parts_of(document) if quote.is_ok else None
    comparable = parts is not None and best is not None and parts.total.currency == best.currency
    dearer = parts.total - best if comparable and parts and best else None
    message = document.get("message")
    return Row(
        quote=quote,
        channel=document["channel"],
        title=_text(document.get("channel_name")),
        kind_title=_text(document.get("kind_title")),
        outcome=quote.outcome,
        code=quote.code,
        message=Text.from_dict(message) if message else None,
        total=parts.total if parts else None,
        payable=parts.payable if parts else None,
        due_at_border=parts.due_at_border if parts else None,
        parts=parts,
        days=_days(document),
        regime=document.get("regime", ""),
        incoterm=document.get("incoterm", ""),
        duties_paid_by=document.get("duties_paid_by", ""),
        limits=_text(document.get("limits")),
        returns=_text(document.get("returns")),
        seller=document.get("seller", ""),
        notes=tuple(Text.from_dict(note) for note in document.get("notes", ())),
        is_cheapest=dearer is not None and not dearer,
        is_fastest=parts is not None and _days(document) == quickest,
        more_than_cheapest=dearer,
    )


def _days(document: dict[str, Any]) -> tuple[int, int]:
    shortest, longest = document.get("days") or (0, 0)
    return shortest, longest


def _text(stored: dict[str, str] | None) -> Text:
    return Text.from_dict(stored or {})
