"""Double entry: every posting is append-only and sums to zero in each currency.

A positive amount is what an account receives. ``buyer`` is negative by what the buyer paid.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from core.orders.models import LedgerEntry, Order, Payment
from core.orders.quoting.versions import kind_of
from core.pluginapi import Money, Seller, apportion, total
from core.shared.columns import column_value

BUYER, PLATFORM, SUPPLIER = "buyer", "platform", "supplier"
ESCROW, TAX, FREIGHT = "escrow", "tax", "freight"
TAXES = ("duty", "consumption_tax", "vat", "postal_tax")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a posting before it is written."""

    account: str
    amount: Money
    party: str = ""
    memo: str = ""


class Unbalanced(Exception):
    """A posting that does not sum to zero: a defect, never a state of the world."""


def post(order: Order, posting: str, entries: Iterable[Entry]) -> bool:
    """Write a posting once; returns False when it was written before. Raises Unbalanced.

    Lines of nothing are left out.
    """
    lines = [entry for entry in entries if entry.amount]
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for entry in lines:
        sums[entry.amount.currency] += entry.amount.amount
    if any(sums.values()):
        raise Unbalanced(f"{posting}: {dict(sums)}")
    try:
        with transaction.atomic():
            LedgerEntry.objects.bulk_create(
                LedgerEntry(
                    posting=posting,
                    position=position,
                    order=order,
                    account=entry.account,
                    party=entry.party,
                    amount=column_value(entry.amount),
                    memo=entry.memo,
                )
                for position, entry in enumerate(lines)
            )
    except IntegrityError:
        if not LedgerEntry.objects.filter(posting=posting).exists():
            raise
        return False
    return True


def post_payment(payment: Payment) -> bool:
    """Book a captured payment: taxes, freight, fees, and the goods to whom they are owed."""
    order = payment.order
    paid = Money.of(payment.amount)
    document = order.quote.document
    entries = [Entry(BUYER, -paid, memo=payment.method), *_shares(order, document)]
    return post(order, f"payment:{payment.pk}", entries)


def post_release(order: Order) -> bool:
    """Book what was held for the sellers as theirs."""
    held = balances(order, ESCROW)
    entries: list[Entry] = []
    for (_, party), money in held.items():
        entries += [Entry(ESCROW, -money, party), Entry(SUPPLIER, money, party)]
    return post(order, f"release:{order.pk}", entries)


def post_refund(payment: Payment) -> bool:
    """Book a full refund: what the payment's posting gave each account is taken back.

    Money that was released to a seller meanwhile is taken back from the seller.
    """
    order = payment.order
    booked = LedgerEntry.objects.filter(posting=f"payment:{payment.pk}")
    released = LedgerEntry.objects.filter(posting=f"release:{order.pk}").exists()
    entries = [
        Entry(
            SUPPLIER if released and entry.account == ESCROW else entry.account,
            -Money.of(entry.amount),
            entry.party,
        )
        for entry in booked
    ]
    return post(order, f"refund:{payment.pk}", entries)


def balances(order: Order, account: str = "") -> dict[tuple[str, str], Money]:
    """Return what each (account, party) of an order holds, nothing left out but zeros."""
    rows = LedgerEntry.objects.filter(order=order).order_by("account", "party")
    if account:
        rows = rows.filter(account=account)
    # Summed here: SQLite would add decimals as floats.
    sums: dict[tuple[str, str], Money] = {}
    for row in rows:
        key, money = (row.account, row.party), Money.of(row.amount)
        sums[key] = sums[key] + money if key in sums else money
    return {key: money for key, money in sums.items() if money}


def unbalanced() -> list[str]:
    """Return the postings that do not sum to zero: always none."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    rows = LedgerEntry.objects.order_by().values_list("posting", "amount_currency", "amount")
    for posting, currency, amount in rows.iterator():
        sums[posting, currency] += amount
    return sorted({posting for (posting, _), amount in sums.items() if amount})


def _shares(order: Order, document: dict[str, Any]) -> list[Entry]:
    """Split what was paid with the order by the quote's components."""
    kind, _ = kind_of(order.channel.kind)
    held = kind is not None and kind.money_released != "at_payment"
    by_shopper = kind is not None and kind.seller is Seller.SHOPPER
    goods: dict[str, Money] = {}
    entries: list[Entry] = []
    for component in document["components"]:
        if component["paid_by"] != "order":
            continue
        amount = Money(Decimal(component["amount"]), component["currency"])
        if component["kind"] == "goods":
            party = document["lines"][component["line"] - 1]["supplier"]
            goods[party] = goods[party] + amount if party in goods else amount
        elif component["kind"] == "fee" and by_shopper and component["code"] == "shopper_fee":
            entries.append(Entry("fee", amount, memo=component["code"]))
        else:
            entries.append(Entry(_account(component["kind"]), amount, memo=component["code"]))
    return [*_sellers(goods, entries, held=held)]


def _sellers(goods: dict[str, Money], entries: Sequence[Entry], *, held: bool) -> list[Entry]:
    """Give goods, and a shopper's fee in their proportion, to the sellers or the platform."""
    fees = [entry.amount for entry in entries if entry.account == "fee"]
    found = [entry for entry in entries if entry.account != "fee"]
    parties = sorted(goods)
    weights = [goods[party].amount for party in parties]
    shares = (
        apportion(total(fees, fees[0].currency), weights)
        if fees
        else tuple(Money.zero(goods[party].currency) for party in parties)
    )
    for party, fee in zip(parties, shares, strict=True):
        whole = goods[party] + fee
        found.append(Entry(ESCROW, whole, party) if held else Entry(PLATFORM, whole, memo="goods"))
    return found


def _account(kind: str) -> str:
    if kind in TAXES:
        return TAX
    return FREIGHT if kind == "freight" else PLATFORM
