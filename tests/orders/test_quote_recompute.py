"""A stored quote comes out again to the last byte, whatever changed since it was made."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection

from core.catalog.models import Offer
from core.fx.services import set_rate
from core.kernel import activation
from core.orders.models import StoredQuote
from core.orders.quotes import QuoteRequest, WantedLine, make_quote
from core.orders.quoting.recomputing import differences, recompute
from core.pluginapi import Pair, Purpose
from core.shared.clock import today
from customs.loading import touch
from customs.models import RuleRow
from customs.services import override_rule
from tests.orders.conftest import Customer, Market

KINDS = ("m2c", "b2c_bonded", "b2c_direct", "c2c")


def change_rates(value: str) -> None:
    set_rate(
        Pair("JPY", "CNY"),
        Decimal(value),
        as_of=today(),
        max_age=timedelta(days=30),
        actor="test",
        purpose=Purpose.QUOTE,
    )


def change_tax(fraction: str) -> None:
    override_rule(
        "duty_cn",
        "cn.cbec.tax",
        {"vat_fraction": fraction},
        valid_from=today(),
        valid_to=None,
        reason="a test",
        author="test",
    )


def same(quote: StoredQuote) -> Any:
    found = recompute(StoredQuote.objects.get(pk=quote.pk))
    assert found.same, found.differences
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_a_quote_comes_out_again(market: Market, kind: str) -> None:
    market.sell(kind)
    quote = market.quote(kind, quantity=2)
    assert quote.is_ok
    assert not same(quote).skipped


def test_rates_rules_and_prices_of_later_change_nothing(market: Market) -> None:
    offer = market.sell("m2c")
    quote = market.quote("m2c", quantity=2)
    change_rates("0.0493")
    change_tax("1")
    Offer.objects.filter(pk=offer.pk).update(price=1)
    later = market.quote("m2c", quantity=2)
    same(quote)
    same(later)
    assert later.document["total"] != quote.document["total"]


def test_a_change_that_was_being_written_meanwhile_changes_nothing(market: Market) -> None:
    """A large import bears the moment at which it began to write, and is seen only at its end."""
    market.sell("m2c")
    quote = market.quote("m2c", quantity=2)
    with time_machine.travel(quote.created_at - timedelta(milliseconds=1), tick=False):
        change_tax("1")
    later = market.quote("m2c", quantity=2)
    assert later.document["total"] != quote.document["total"]
    same(quote)
    same(later)


def test_another_currency_and_country_come_out_again(market: Market) -> None:
    market.open("de", "b2c_direct", market="DE", currency="EUR")
    market.sell("de", hs_code="330499")
    quote = market.quote("de", quantity=3)
    change_rates("0.0493")
    assert not same(quote).skipped


def test_a_refusal_of_customs_comes_out_again(market: Market) -> None:
    market.sell("m2c", quantity=100)
    quote = market.quote("m2c", quantity=60)
    assert quote.code == "single_limit_exceeded_multiple_articles"
    assert not same(quote).skipped


def test_what_ended_before_customs_is_said_to_be_skipped(market: Market) -> None:
    market.sell("m2c", gross_grams=None)
    quote = market.quote("m2c")
    assert same(quote).skipped == "weight_missing"


def test_a_buyers_quote_comes_out_again(market: Market, ann: Customer) -> None:
    market.sell("b2c_bonded")
    assert not same(market.quote("b2c_bonded", buyer=ann.buyer.ref)).skipped


def test_a_rule_that_was_edited_behind_the_triggers_is_noticed(market: Market) -> None:
    market.sell("m2c")
    quote = market.quote("m2c")
    edit_in_place("cn.cbec.tax", {"vat_fraction": "0.9"})
    found = recompute(quote)
    assert not found.same
    paths = {one.path for one in found.differences}
    assert "$.total" in paths
    assert any(path.startswith("$.components") for path in paths)


def edit_in_place(key: str, values: dict[str, str]) -> None:
    """Change a stored rule as nobody can who goes through the triggers."""
    row = RuleRow.objects.filter(key=key, superseded_at=None).latest("valid_from")
    fresh = RuleRow(**{f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields})
    fresh.values = {**row.values, **values}
    with without_triggers("customs_rulerow"):
        RuleRow.objects.filter(pk=row.pk).delete()
        fresh.save(force_insert=True)
    touch()


class without_triggers:
    """Takes a table's triggers away for a while, as only an owner of the database can."""

    def __init__(self, table: str) -> None:
        self.table = table

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(f'ALTER TABLE "{self.table}" DISABLE TRIGGER USER')
                return
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
                [self.table],
            )
            self.triggers = cursor.fetchall()
            for name, _ in self.triggers:
                cursor.execute(f'DROP TRIGGER "{name}"')

    def __exit__(self, *_: object) -> None:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(f'ALTER TABLE "{self.table}" ENABLE TRIGGER USER')
                return
            for _name, sql in self.triggers:
                cursor.execute(sql)


def test_a_changed_version_of_a_plugin_is_said(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    market.sell("m2c")
    quote = market.quote("m2c")
    from core.orders.quoting import recomputing

    monkeypatch.setattr(recomputing, "versions", lambda plugins: dict.fromkeys(plugins, "9.9"))
    found = recompute(quote)
    assert {one.path for one in found.plugins} == {one.path for one in found.differences}
    assert all(one.new == "9.9" for one in found.plugins)


def test_the_command_computes_one_or_all_again(market: Market) -> None:
    market.sell("m2c")
    quote = market.quote("m2c")
    market.sell("b2c_direct")
    market.quote("b2c_direct")
    for options in (["--all"], [str(quote.pk)]):
        out = StringIO()
        call_command("quote", "recompute", *options, stdout=out)
        assert f"{2 if options == ['--all'] else 1} the same to the last byte" in out.getvalue()
    edit_in_place("cn.cbec.tax", {"vat_fraction": "0.9"})
    out = StringIO()
    with pytest.raises(CommandError, match="2 of 2 quotes differ"):
        call_command("quote", "recompute", "--all", stdout=out)
    assert f"{quote.pk} $.total: " in out.getvalue()
    for wrong in ([], ["--all", str(quote.pk)], ["nonsense"]):
        with pytest.raises(CommandError):
            call_command("quote", "recompute", *wrong)


def test_switching_a_regime_on_later_changes_nothing(market: Market) -> None:
    market.sell("m2c")
    quote = market.quote("m2c")
    flat = {"country": "CN", "duty_percent": "3", "vat_percent": "19"}
    channel = market.channels["m2c"]
    activation.enable("duty_flat", channel, actor="test")
    assert not activation.save_settings("duty_flat", channel, flat, actor="test")
    same(quote)


def test_a_document_explains_itself(market: Market) -> None:
    market.sell("m2c")
    document = market.quote("m2c").document
    used = {one["rule_id"] for one in document["components"] if one["order"] == 60}
    assert used <= set(document["rules_in_force"])
    for rule in document["rules_in_force"].values():
        assert rule["source"]
        assert rule["valid_from"]
    (line,) = document["shipment"]["lines"]
    assert (line["hs_code"], line["quantity"], line["net_content"]) == ("3304990039", 1, "50 g")
    assert document["lines"][0]["hs_state"] == "stated"


def test_differences_are_named_by_path() -> None:
    old = {"a": [1, {"b": "x"}], "c": 1}
    new = {"a": [1, {"b": "y"}, 3], "d": 1}
    assert [(one.path, one.old, one.new) for one in differences(old, new)] == [
        ("$.a[1].b", "x", "y"),
        ("$.a[2]", None, 3),
        ("$.c", 1, None),
        ("$.d", None, 1),
    ]


def test_a_comparison_asks_no_query_for_a_line_or_a_channel(
    market: Market, django_assert_num_queries: Any
) -> None:
    for kind in KINDS[:3]:
        for number in range(6):
            market.sell(kind, sku=f"S{number}")
    one = QuoteRequest(country="CN", lines=(WantedLine("S0", 1),), channels=("m2c",))
    many = QuoteRequest(country="CN", lines=tuple(WantedLine(f"S{n}", 1) for n in range(6)))
    make_quote(one)
    make_quote(many)
    with django_assert_num_queries(7):
        make_quote(one)
    with django_assert_num_queries(7):
        assert len(make_quote(many)) == 3 + 1
