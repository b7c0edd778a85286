"""The buyer's door without JavaScript: from the home page to a paid order."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from core.accounts.models import User
from core.accounts.services import issue_link
from core.catalog.models import Item, Product
from core.logistics.services import AddParcel, add_parcel
from core.orders.models import Order, StoredQuote
from core.shared.clock import now
from core.web.buyer.basket import quantity_of
from tests.orders.conftest import Customer, Market


def form_of(page: str, action: str) -> dict[str, str]:
    """Return the hidden fields of the first form that posts to ``action``."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', page, re.S)
    assert form, action
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[0])
    return {name: value for name, value in pairs if name != "csrfmiddlewaretoken"}


def quoted(client: Client, key: str) -> str:
    """Ask for a quote of one cream in a channel; return the quote page's address."""
    item = Item.objects.get()
    answer = client.post("/quotes/", {"channel": key, "item": str(item.pk), "quantity": "1"})
    assert answer.status_code == 302
    return str(answer["Location"])


def test_home_lists_products_with_their_channels(market: Market, english: Client) -> None:
    page = english.get("/").content.decode()
    assert "Face cream CREAM" in page
    assert page.count('class="card product-card"') == 1
    assert '<html lang="en">' in page


def test_home_finds_by_word_and_says_what_to_do_when_nothing_matches(
    market: Market, english: Client
) -> None:
    assert "Face cream" in english.get("/?q=cream").content.decode()
    assert "Show everything" in english.get("/?q=zzz").content.decode()
    assert english.get("/?page=99999999999").status_code == 200


def test_an_empty_site_says_so(db: None, english: Client) -> None:
    answer = english.get("/")
    assert answer.status_code == 200
    assert "Nothing is on sale here yet" in answer.content.decode()


def test_product_page_compares_the_channels_in_words(market: Market, english: Client) -> None:
    product = Product.objects.get()
    page = english.get(f"/products/{product.pk}/").content.decode()
    assert page.count("See the quote") == 4
    assert "Cheapest" in page
    assert "Fastest" in page
    assert "DDP" in page


def test_a_refused_channel_is_shown_with_its_reason(market: Market, english: Client) -> None:
    product = Product.objects.get()
    page = english.get(f"/products/{product.pk}/?quantity=11").content.decode()
    assert "Not available" in page
    assert "out_of_stock" in page


def test_product_page_stores_nothing(market: Market, english: Client) -> None:
    english.get(f"/products/{Product.objects.get().pk}/")
    assert not StoredQuote.objects.exists()


def test_an_unknown_product_is_404(db: None, english: Client) -> None:
    answer = english.get("/products/01a20171-b81b-7e86-b9cf-0c95f8486d92/")
    assert answer.status_code == 404
    assert "Request id" in answer.content.decode()


def test_basket_compares_all_of_it_together(market: Market, english: Client) -> None:
    item = str(Item.objects.get().pk)
    english.post("/basket/", {"action": "add", "item": item, "quantity": "2"})
    english.post("/basket/", {"action": "add", "item": "nonsense"})
    page = english.get("/compare/").content.decode()
    assert page.count("See the quote") == 4
    assert 'value="2"' in page
    english.post("/basket/", {"action": "remove", "item": item})
    assert "The basket is empty" in english.get("/compare/").content.decode()


def test_quote_page_explains_every_amount(market: Market, english: Client) -> None:
    page = english.get(quoted(english, "b2c_direct")).content.decode()
    for words in ("Goods", "International freight", "VAT", "Rule", "Source", "JPY/CNY"):
        assert words in page
    quote = StoredQuote.objects.get()
    amounts = [Decimal(one["amount"]) for one in quote.document["components"]]
    assert sum(amounts) == Decimal(quote.document["total"])


def test_another_buyers_quote_is_404(market: Market, as_ann: Client) -> None:
    address = quoted(as_ann, "b2c_direct")
    assert as_ann.get(address).status_code == 200
    assert Client().get(address).status_code == 404


def test_a_changed_price_is_told(market: Market, english: Client) -> None:
    item = str(Item.objects.get().pk)
    english.post("/quotes/", {"channel": "m2c", "item": item, "quantity": "1", "seen": "1.00 CNY"})
    page = english.get(f"/quotes/{StoredQuote.objects.get().pk}/").content.decode()
    assert "The price changed from CN¥1.00" in page


def test_checkout_asks_to_sign_in_first(market: Market, english: Client) -> None:
    address = quoted(english, "c2c").replace("/quotes/", "/checkout/")
    answer = english.get(address)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/sign-in/?next=/checkout/")


def test_an_order_is_placed_once_and_paid(market: Market, as_ann: Client, ann: Customer) -> None:
    address = quoted(as_ann, "b2c_direct").replace("/quotes/", "/checkout/")
    place = {"action": "place", "address": str(ann.address.pk)}
    first, second = as_ann.post(address, place), as_ann.post(address, place)
    order = Order.objects.get()
    assert first["Location"] == second["Location"] == f"/orders/{order.number}/"
    page = as_ann.get(f"/orders/{order.number}/").content.decode()
    assert 'value="sandbox"' in page
    paying = as_ann.post(f"/orders/{order.number}/pay/", {"method": "sandbox"})
    assert "Sandbox: no money moves" in paying.content.decode()
    as_ann.post(f"/orders/{order.number}/confirm/")
    order.refresh_from_db()
    assert order.state == "paid"


def test_ordering_one_thing_leaves_the_others_in_the_basket(
    market: Market, as_ann: Client, ann: Customer
) -> None:
    market.sell("b2c_direct", sku="OTHER", gtin="")
    other = str(Item.objects.get(sku="OTHER").pk)
    cream = str(Item.objects.exclude(sku="OTHER").get().pk)
    for item in (cream, other):
        as_ann.post("/basket/", {"action": "add", "item": item, "quantity": "1"})
    bought = as_ann.post("/quotes/", {"channel": "b2c_direct", "item": cream, "quantity": "1"})
    address = str(bought["Location"]).replace("/quotes/", "/checkout/")
    as_ann.post(address, {"action": "place", "address": str(ann.address.pk)})
    assert as_ann.session["basket"] == {other: 1}


def test_a_quote_for_nobody_is_made_again_for_the_buyer(
    market: Market, english: Client, ann: Customer
) -> None:
    address = quoted(english, "b2c_direct").replace("/quotes/", "/checkout/")
    english.force_login(ann.buyer.user)
    answer = english.get(address)
    assert answer.status_code == 302
    assert StoredQuote.objects.filter(buyer=ann.buyer.pk).count() == 1


def test_identity_is_asked_only_where_the_channel_needs_it(market: Market, english: Client) -> None:
    user = User.objects.create_user("bo@example.org", None)
    english.force_login(user)
    needed = english.get(quoted(english, "b2c_bonded").replace("/quotes/", "/checkout/"))
    assert "Resident identity number" in needed.content.decode()
    market.open("de", "b2c_direct", market="DE", currency="EUR")
    market.sell("de")
    english.cookies["haitao_market"] = "DE"
    free = english.get(quoted(english, "de").replace("/quotes/", "/checkout/"), follow=True)
    assert free.status_code == 200
    assert "Resident identity number" not in free.content.decode()


def test_a_wrong_identity_is_refused_at_its_field_and_never_repeated(
    market: Market, english: Client
) -> None:
    english.force_login(User.objects.create_user("bo@example.org", None))
    address = quoted(english, "b2c_bonded").replace("/quotes/", "/checkout/")
    answer = english.post(
        address, {"action": "identity", "name": "张三", "number": "110105194912310020"}
    )
    assert answer.status_code == 422
    assert 'id="id_number_error"' in answer.content.decode()
    assert "110105194912310020" not in answer.content.decode()
    own = english.post(
        "/account/identity/", {"action": "add", "name": "张三", "number": "110105194912310020"}
    )
    assert own.status_code == 422
    assert "110105194912310020" not in own.content.decode()


@pytest.mark.django_db
def test_a_wrong_address_is_refused_at_its_field(english: Client) -> None:
    english.force_login(User.objects.create_user("bo@example.org", None))
    answer = english.post("/account/addresses/", {"action": "add", "country": "CN", "phone": "x"})
    assert answer.status_code == 422
    assert 'id="id_city_error"' in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "quantity"), [("２", 2), (" 3 ", 3), ("0", 1), ("1000000", 999), ("two", 1)]
)
def test_a_quantity_is_kept_within_bounds(typed: str, quantity: int) -> None:
    assert quantity_of(typed) == quantity


@pytest.mark.parametrize("typed", ["0", "-1", "－1", "1.5", "two", "", "１．５", "٣"])
def test_what_is_no_quantity_is_said_and_changes_nothing(
    english: Client, market: Market, typed: str
) -> None:
    item = str(Item.objects.get().pk)
    english.post("/basket/", {"action": "add", "item": item, "quantity": "2"})
    page = english.post(
        "/basket/", {"action": "set", "item": item, "quantity": typed}, follow=True
    ).content.decode()
    assert "whole number from 1" in page
    assert english.session["basket"] == {item: 2}


def test_identity_is_shown_masked(market: Market, as_ann: Client) -> None:
    page = as_ann.get("/account/identity/").content.decode()
    assert "1101**********002X" in page
    assert "11010519491231002X" not in page


def test_another_buyers_order_is_404(market: Market, english: Client, ann: Customer) -> None:
    order = market.order("c2c", ann)
    english.force_login(User.objects.create_user("bo@example.org", None))
    assert english.get(f"/orders/{order.number}/").status_code == 404
    assert english.post(f"/orders/{order.number}/step/", {"target": "cancelled"}).status_code == 404


def test_a_buyer_cancels_by_the_flow_and_nothing_else(
    market: Market, as_ann: Client, ann: Customer
) -> None:
    order = market.order("c2c", ann)
    as_ann.post(f"/orders/{order.number}/step/", {"target": "delivered"})
    order.refresh_from_db()
    assert order.state == "placed"
    as_ann.post(f"/orders/{order.number}/step/", {"target": "cancelled"})
    order.refresh_from_db()
    assert order.state == "cancelled"


def test_an_expired_quote_offers_a_new_one(market: Market, english: Client) -> None:
    quote = market.quote("m2c")
    StoredQuote.objects.bulk_create(
        [
            StoredQuote(
                channel=quote.channel,
                outcome=quote.outcome,
                country=quote.country,
                currency=quote.currency,
                sha256=quote.sha256,
                body=quote.body,
                expires_at=now() - timedelta(minutes=1),
            )
        ]
    )
    old = StoredQuote.objects.exclude(pk=quote.pk).get()
    page = english.get(f"/quotes/{old.pk}/").content.decode()
    assert "Ask for a new quote" in page
    assert "Order at this price" not in page


def test_sign_up_in_and_out(db: None, english: Client) -> None:
    given = {
        "email": "New@Example.org",
        "password1": "seven-red-boats",
        "password2": "seven-red-boats",
    }
    assert english.post("/account/sign-up/", given).status_code == 302
    assert User.objects.get().email == "new@example.org"
    english.post("/account/sign-out/")
    assert english.get("/account/").status_code == 302
    signed = english.post(
        "/account/sign-in/",
        {
            "username": "NEW@example.org",
            "password": "seven-red-boats",
            "next": "https://evil.example/",
        },
    )
    assert signed["Location"] == "/orders/"


def test_passwords_cannot_be_tried_out(db: None, english: Client) -> None:
    from django.core.cache import cache

    cache.clear()
    wrong = {"username": "ann@example.org", "password": "no"}
    answers = [english.post("/account/sign-in/", wrong).status_code for _ in range(7)]
    assert answers == [200] * 5 + [429] * 2


def test_a_one_time_link_signs_in_once_and_only_by_its_button(db: None, english: Client) -> None:
    token = issue_link(User.objects.create_superuser("op@example.org"))
    assert english.get(f"/link/{token}/").status_code == 200
    assert english.get(f"/link/{token}/").status_code == 200
    assert english.post(f"/link/{token}/")["Location"] == "/console/"
    assert Client().post(f"/link/{token}/").status_code == 410


def test_language_switch_keeps_the_page(market: Market) -> None:
    client = Client()
    assert '<html lang="zh-Hans">' in client.get("/?q=x").content.decode()
    answer = client.post("/i18n/setlang/", {"language": "zh-hant", "next": "/?q=x"})
    assert answer["Location"] == "/?q=x"
    assert '<html lang="zh-Hant">' in client.get("/?q=x").content.decode()


@pytest.mark.parametrize("path", ["/", "/compare/", "/track/", "/account/sign-in/"])
def test_pages_have_no_inline_style_or_script_and_no_other_host(
    market: Market, english: Client, path: str
) -> None:
    page = english.get(path).content.decode()
    assert " style=" not in page
    assert "<style" not in page
    assert not re.findall(r"<script(?![^>]*src=)", page)
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)


def test_health_answers_without_a_session(db: None) -> None:
    body = Client().get("/healthz").json()
    assert body == {"status": "ok", "database": True, "cache": True, "jobs_backlog_seconds": 0}


def test_tracking_page_names_nobody(market: Market, english: Client, ann: Customer) -> None:
    order = market.order("c2c", ann)
    parcel = add_parcel(
        AddParcel(
            order=order.pk,
            channel="c2c",
            origin="JP",
            destination="CN",
            gross_grams=200,
            carrier="carrier_s10",
            number="EE123456785JP",
        )
    )
    answer = english.get(f"/t/{parcel.public_token}/")
    page = answer.content.decode()
    assert answer["X-Robots-Tag"].startswith("noindex")
    for secret in ("张", "138", "世纪大道", order.number, "Face cream", "CN¥"):
        assert secret not in page
    parcel.refresh_from_db()
    poll = english.get(f"/t/{parcel.public_token}/part/?revision={parcel.revision}")
    assert poll.status_code == 204
    found = english.get("/track/?number=ee 1234 5678 5jp")
    assert found["Location"] == f"/t/{parcel.public_token}/"


def test_a_phone_number_is_refused_and_not_repeated(market: Market, english: Client) -> None:
    page = english.get("/track/?number=13800138000").content.decode()
    assert "phone or identity number" in page
    assert "13800138000" not in re.sub(r'name="next" value="[^"]*"', "", page)


@pytest.mark.parametrize("token", ["x", "a" * 200, "%00", "..", "é"])
def test_unknown_tracking_tokens_are_404_or_400(db: None, english: Client, token: str) -> None:
    assert english.get(f"/t/{token}/").status_code in {400, 404}
