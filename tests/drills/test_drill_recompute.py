"""Stored quotes come out again to the last byte after many changes of rules and rates.

Full size: a thousand quotes, fifty changes of rules and fifty of rates between them. The negative
control edits a rule in place, behind the triggers, and must be noticed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from core.fx.services import set_rate
from core.orders.models import StoredQuote
from core.orders.quotes import QuoteRequest, WantedLine, make_quote
from core.orders.quoting.recomputing import recompute_all
from core.pluginapi import Pair, Purpose
from core.shared.clock import today
from customs.models import RuleOverride
from customs.services import override_rule, withdraw_override
from tests.orders.conftest import Market, build_market
from tests.orders.test_quote_recompute import edit_in_place

pytestmark = [pytest.mark.drill]

FULL = bool(os.environ.get("HAITAO_DRILL_FULL"))
QUOTES, CHANGES = (1_000, 50) if FULL else (60, 6)
RATES = (
    ("JPY", "0.0482", Purpose.QUOTE),
    ("USD", "7.0512", Purpose.QUOTE),
    ("USD", "7.0902", Purpose.CUSTOMS),
)
SELLING = ("m2c", "b2c_bonded", "b2c_direct")


@pytest.fixture
def market(db: None) -> Iterator[Market]:
    for market in build_market():
        for kind in SELLING:
            for number in range(3):
                market.sell(kind, sku=f"S{number}")
        change_rate(0)
        yield market


def test_every_quote_comes_out_again_after_many_changes(market: Market) -> None:
    changes = iter(range(CHANGES))
    every = QUOTES // CHANGES
    while StoredQuote.objects.count() < QUOTES:
        for _ in range(max(1, every // len(SELLING))):
            compare(StoredQuote.objects.count())
        number = next(changes, None)
        if number is not None:
            change_rule(number)
            change_rate(number + 1)
    assert next(changes, None) is None, "fewer changes than promised were made"

    totals = {quote.document["total"] for quote in StoredQuote.objects.filter(outcome="ok")}
    assert len(totals) > CHANGES, "the changes changed nothing, so that the drill proves nothing"
    found = list(recompute_all())
    assert len(found) >= QUOTES
    assert [one.differences for one in found if not one.same] == []
    assert not any(one.skipped for one in found)

    edit_in_place("cn.cbec.tax", {"vat_fraction": "0.9"})
    noticed = [one for one in recompute_all() if not one.same]
    assert noticed, "a rule was edited in place and nobody noticed"


def compare(number: int) -> None:
    """Quote a basket in three channels; baskets differ, and some ask in another currency."""
    lines = tuple(WantedLine(f"S{n}", 1 + (number + n) % 4) for n in range(1 + number % 3))
    currency = "USD" if number % 5 == 0 else ""
    made = make_quote(QuoteRequest(country="CN", lines=lines, currency=currency, channels=SELLING))
    assert all(quote.is_ok for quote in made), [quote.code for quote in made]


def change_rule(number: int) -> None:
    """Put another share of the VAT in force, in the place of the one before."""
    for row in RuleOverride.objects.filter(superseded_at=None):
        withdraw_override(row, actor="drill")
    override_rule(
        "duty_cn",
        "cn.cbec.tax",
        {"vat_fraction": str(Decimal("0.701") + Decimal(number) / 1000)},
        valid_from=today() - timedelta(days=number % 3),
        valid_to=None,
        reason=f"change {number}",
        author="drill",
    )


def change_rate(number: int) -> None:
    """Correct the day's rates; every correction is a row of its own."""
    for base, value, purpose in RATES:
        set_rate(
            Pair(base, "CNY"),
            Decimal(value) * (1 + Decimal(number) / 10_000),
            as_of=today(),
            max_age=timedelta(days=30),
            actor="drill",
            purpose=purpose,
        )
