"""An order takes of its buyer's year when it is paid, and gives it back when nothing came in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from unittest import mock

import pytest

from core.accounts.models import User
from core.buyers.queries import view_of
from core.buyers.services import add_identity, number_index, remove_identity
from core.catalog.models import Offer
from core.jobs import run_due
from core.orders import flow, quota
from core.orders.errors import PaymentRefused
from core.orders.models import Order, Payment
from core.orders.payments import confirm_payment, payment_received, start_payment
from core.orders.quoting.facts import facts_for
from core.pluginapi import Money, PaymentEvent, PayState, QuotaUse, Text
from core.shared.clock import now
from customs.quota.models import QuotaBalance, QuotaEntry
from customs.quota.queries import differences, used_facts
from customs.quota.services import reserve
from tests.orders.conftest import Customer, Market, customer

PERSON = number_index("11010519491231002X")
WALK = ("procuring", "ready", "declared", "cleared", "shipped", "delivered")


def used() -> Decimal:
    facts = used_facts(PERSON, jurisdiction="CN", at=now())
    return Decimal(str(facts.get("annual_used", "0")))


def leave(amount: str) -> None:
    """Use the year up to ``amount``, in a shop that we do not see."""
    use = QuotaUse(
        "annual_used", Text("e-commerce"), Decimal(26000) - Decimal(amount), "CNY",
        "cn.cbec.limit", "annual_per_person_cny", "annual_limit_exceeded",
    )  # fmt: skip
    reserve(PERSON, [use], jurisdiction="CN", reference="before", at=now())


def value_of(order: Order) -> Decimal:
    return Decimal(order.quote.document["customs_value"])


def pay(order: Order) -> Order:
    start_payment(order, "sandbox")
    confirm_payment(order)
    order.refresh_from_db()
    return order


def walk(order: Order, last: str) -> Order:
    for target in WALK:
        for step in flow.steps(order, by="operator"):
            for paper in step.missing if step.target == target else ():
                flow.attach_document(order, paper, "P-1")
        flow.transition(order, target, by="operator")
        if target == last:
            break
    return order


@pytest.fixture
def twin(market: Market) -> Customer:
    """Another account of the same person, who writes the number in another way."""
    other = customer("twin", identity=False)
    add_identity(other.buyer, name="张三", number="11010519491231002x")
    return other


@pytest.mark.parametrize("kind", ["m2c", "b2c_bonded", "b2c_direct"])
def test_an_order_counts_from_its_payment_on(market: Market, ann: Customer, kind: str) -> None:
    market.sell(kind)
    order = market.order(kind, ann)
    assert used() == 0
    pay(order)
    assert used() == value_of(order) > 0
    (entry,) = QuotaEntry.objects.all()
    assert (entry.reference, entry.rule_id) == (order.number, "R-CN-CBEC-LIMIT")


def test_postal_articles_take_nothing_of_the_year(market: Market, ann: Customer) -> None:
    market.sell("c2c")
    assert pay(market.order("c2c", ann)).state == "paid"
    assert not QuotaEntry.objects.exists()


def test_an_order_taxed_in_full_counts_too(market: Market, ann: Customer) -> None:
    market.sell("m2c", price=Money(Decimal("150000"), "JPY"))
    order = pay(market.order("m2c", ann))
    assert (order.regime, used()) == ("cn.cbec.full", value_of(order))
    assert used() > 5000


def test_two_accounts_of_one_person_share_the_year(
    market: Market, ann: Customer, twin: Customer
) -> None:
    market.sell("m2c")
    first = pay(market.order("m2c", ann))
    facts = market.quote("m2c", buyer=twin.buyer.ref).document["facts"]
    assert Decimal(facts["annual_used"]) == value_of(first)
    second = pay(market.order("m2c", twin))
    assert used() == value_of(first) + value_of(second)


def test_nothing_is_known_of_the_year_of_somebody_without_identity(
    market: Market, ann: Customer, bob: Customer
) -> None:
    market.sell("m2c")
    pay(market.order("m2c", ann))
    assert "annual_used" not in market.quote("m2c", buyer=bob.buyer.ref).document["facts"]
    assert "annual_used" not in market.quote("m2c").document["facts"]


def test_a_full_year_is_refused_in_the_quote(market: Market, ann: Customer) -> None:
    market.sell("m2c")
    leave("10")
    quote = market.quote("m2c", buyer=ann.buyer.ref)
    assert (quote.is_ok, quote.code) == (False, "annual_limit_exceeded")


def test_what_no_longer_fits_is_refused_before_anybody_pays(market: Market, ann: Customer) -> None:
    market.sell("m2c")
    order = market.order("m2c", ann)
    leave("10")
    with pytest.raises(PaymentRefused) as refused:
        start_payment(order, "sandbox")
    assert refused.value.code == "annual_limit_exceeded"
    assert "10.00 CNY of 26000 CNY are left" in refused.value.text.en
    assert "剩余 10.00" in refused.value.text.zh_hans
    assert not Payment.objects.exists()


def test_what_was_paid_without_room_goes_back_whole(market: Market, ann: Customer) -> None:
    offer = market.sell("m2c", quantity=5)
    first, second = market.order("m2c", ann), market.order("m2c", ann)
    leave(str(value_of(first) + 10))
    payment, _ = start_payment(second, "sandbox")
    pay(first)
    with pytest.raises(PaymentRefused) as refused:
        confirm_payment(second)
    assert refused.value.code == "annual_limit_exceeded"
    assert "10.00 CNY" in refused.value.text.en
    assert "goes back" in refused.value.text.en
    run_due()
    second.refresh_from_db()
    payment.refresh_from_db()
    assert (second.state, payment.state) == ("cancelled", "refunded")
    assert payment.problem.startswith("annual_limit_exceeded")
    assert second.transitions.get(target="cancelled").reason
    row = Offer.objects.get(pk=offer.pk)
    assert (row.reserved, used()) == (1, Decimal(26000) - 10)
    assert not QuotaEntry.objects.filter(reference=second.number).exists()


def test_a_provider_s_notice_without_room_is_taken_and_not_asked_for_again(
    market: Market, ann: Customer
) -> None:
    market.sell("m2c")
    order = market.order("m2c", ann)
    payment, _ = start_payment(order, "sandbox")
    leave("10")
    event = PaymentEvent("n1", payment.reference, PayState.PAID, Money.of(payment.amount), now())
    for _ in range(2):
        payment_received(payment, event)
    run_due()
    order.refresh_from_db()
    payment.refresh_from_db()
    assert (order.state, payment.state) == ("cancelled", "refunded")
    assert used() == Decimal(26000) - 10


def test_without_an_identity_nobody_s_year_can_be_counted(market: Market, ann: Customer) -> None:
    market.sell("m2c")
    order = market.order("m2c", ann)
    remove_identity(ann.buyer, ann.buyer.identities.get().pk)
    with pytest.raises(PaymentRefused) as refused:
        start_payment(order, "sandbox")
    assert refused.value.code == "identity_required"


@pytest.mark.parametrize("last", ["", "procuring", "ready", "declared"])
def test_before_clearance_the_year_is_given_back_once(
    market: Market, ann: Customer, last: str
) -> None:
    market.sell("b2c_direct")
    order = pay(market.order("b2c_direct", ann))
    if last:
        walk(order, last)
    flow.transition(order, "refunding", by="operator")
    run_due()
    order.refresh_from_db()
    assert (order.state, used(), differences()) == ("refunded", 0, [])
    assert QuotaEntry.objects.count() == 2


@pytest.mark.parametrize(("days", "given_back"), [(30, True), (45, True), (46, False)])
def test_after_clearance_only_a_return_in_time_gives_it_back(
    market: Market, ann: Customer, days: int, given_back: bool
) -> None:
    market.sell("b2c_direct")
    order = walk(pay(market.order("b2c_direct", ann)), "delivered")
    flow.transition(order, "refunding", by="operator")
    run_due()
    assert used() == value_of(order)
    later = now() + timedelta(days=days)
    with (
        mock.patch("core.orders.flow.now", return_value=later),
        mock.patch("core.orders.quota.now", return_value=later),
    ):
        order.refresh_from_db()
        for _ in range(2):
            flow.attach_document(order, quota.RETURN_PAPER, "RT-1", by="op")
    assert used() == (0 if given_back else value_of(order))


def test_a_paper_alone_gives_nothing_back(market: Market, ann: Customer) -> None:
    market.sell("b2c_direct")
    order = walk(pay(market.order("b2c_direct", ann)), "delivered")
    flow.attach_document(order, quota.RETURN_PAPER, "RT-1", by="op")
    assert used() == value_of(order)


def test_rice_is_counted_in_kilograms_beside_its_value(market: Market, ann: Customer) -> None:
    # The tariff that is shipped has no line for rice: its category counts, not its code.
    market.sell(
        "m2c", sku="RICE", hs_code="0901210000", net_grams=8000, gross_grams=8200,
        net_content="8 kg", facts={"customs_category": "rice"},
    )  # fmt: skip
    quote = market.quote("m2c", sku="RICE", buyer=ann.buyer.ref, quantity=2)
    assert quote.is_ok, quote.document["message"]
    order = market.order("m2c", ann, sku="RICE", quantity=2)
    pay(order)
    facts = used_facts(PERSON, jurisdiction="CN", at=now())
    assert facts["person_year_used_kg"] == {"rice": "16.00"}
    more = market.quote("m2c", sku="RICE", buyer=ann.buyer.ref, quantity=1)
    assert more.code == "person_year_quantity_exceeded"


def test_a_buyer_sees_what_is_left(market: Market, ann: Customer) -> None:
    market.sell("m2c")
    order = market.order("m2c", ann)
    leave("500")
    ((use, room),) = quota.rooms(order.quote, ann.buyer.pk)
    assert (use.amount, room.left, room.unit) == (value_of(order), Decimal(500), "CNY")


def test_an_account_is_not_a_person(market: Market, ann: Customer) -> None:
    stranger = customer("stranger", identity=False)
    assert User.objects.count() == 2
    market.sell("m2c")
    pay(market.order("m2c", ann))
    add_identity(stranger.buyer, name="李四", number="310101199001010012")
    facts = market.quote("m2c", buyer=stranger.buyer.ref).document["facts"]
    assert "annual_used" not in facts


def test_a_quote_of_new_year_s_eve_reads_the_year_of_shanghai(
    market: Market, ann: Customer
) -> None:
    market.sell("m2c")
    pay(market.order("m2c", ann))
    on = now().date()
    view = view_of(ann.buyer)
    last = datetime(on.year, 12, 31, 15, 59, 59, 999_000, tzinfo=UTC)
    for moment, known in ((last, True), (last + timedelta(milliseconds=1), False)):
        with mock.patch("core.orders.quoting.facts.now", return_value=moment):
            facts = facts_for("CN", view, (), moment.date())
        assert ("annual_used" in facts) is known


def test_records_show_amounts_in_their_unit(market: Market, ann: Customer) -> None:
    market.sell("m2c")
    order = pay(market.order("m2c", ann))
    (entry,) = QuotaEntry.objects.all()
    (balance,) = QuotaBalance.objects.all()
    assert entry.quantity == f"{value_of(order)} CNY"
    assert balance.amounts == f"{value_of(order)} / 26000.00 CNY"
