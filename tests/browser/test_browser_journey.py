"""One order from the shop window to the door, by a buyer and an operator in two browsers."""

from __future__ import annotations

import re
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

CHANNEL = "cn-direct"
NUMBER = "RR123456785JP"
BEFORE_PARCEL = ("procuring", "ready", "declared", "cleared")
WAY = ("linehaul_departed", "import_released", "out_for_delivery", "delivered_recipient")
ADDRESS = {
    "recipient": "Zhang San",
    "phone": "13800138000",
    "region": "Shanghai",
    "city": "Shanghai",
    "district": "Pudong",
    "street": "Century Avenue 1",
    "postcode": "200120",
}


def test_an_order_goes_from_the_shop_to_the_door(visit: Any) -> None:
    buyer = visit("anonymous", width=375)
    operator = visit("operator")
    sign_up(buyer)
    channels = choose_a_product(buyer)
    assert len(channels) >= 3, "channels are compared side by side"
    order = place_the_order(buyer)
    pay(buyer, order)
    parcel = add_the_parcel(operator, order)
    operator.open(f"/console/orders/{order}/")
    prepare(operator)
    operator.open(parcel)
    note_the_way(operator)
    assert state_of(operator, order, "delivered") == "delivered"
    buyer.open(f"/orders/{order}/")
    buyer.page.click("main a[href^='/t/']")
    buyer.page.wait_for_url("**/t/**")
    assert buyer.page.locator(".tracking-status").inner_text().strip() == "Delivered"
    assert "Zhang" not in buyer.page.inner_text("main")
    for window in (buyer, operator):
        assert window.errors == []
        assert window.foreign == []


def sign_up(buyer: Any) -> None:
    """Create an account with an address of its own."""
    buyer.open("/account/sign-up/")
    page = buyer.page
    page.fill("input[type=email]", "zhang.san@example.com")
    for field in page.locator("input[type=password]").all():
        field.fill("a-quiet-harbour-77")
    page.click("main form button.btn-primary")
    page.wait_for_url(lambda url: "sign-up" not in url)


def choose_a_product(buyer: Any) -> list[str]:
    """Open a product that the channel sells and ask for its quote; return the channels shown."""
    buyer.open("/")
    hrefs = buyer.page.eval_on_selector_all(
        "main a[href^='/products/']", "links => links.map(link => link.getAttribute('href'))"
    )
    for href in dict.fromkeys(hrefs):
        buyer.open(href)
        form = buyer.page.locator(f"form:has(input[name=channel][value={CHANNEL}])")
        if form.count():
            channels = buyer.page.eval_on_selector_all(
                ".compare tbody tr th", "cells => cells.map(cell => cell.innerText)"
            )
            form.locator("button").click()
            buyer.page.wait_for_url("**/quotes/**")
            return list(channels)
    raise AssertionError(f"no product of {CHANNEL} in the shop window: {hrefs}")


def place_the_order(buyer: Any) -> str:
    """Go to the checkout, give address and identity where they are asked for, and order."""
    page = buyer.page
    page.click("a[href^='/checkout/']")
    page.wait_for_url("**/checkout/**")
    for name, value in ADDRESS.items():
        page.fill(f"input[name={name}]", value)
    page.click("button[value=address]")
    page.wait_for_load_state()
    if page.locator("button[value=identity]").count():
        page.fill("input[name=name]", "张三")
        page.fill("input[name=number]", "11010519491231002X")
        page.click("button[value=identity]")
        page.wait_for_load_state()
    page.click("button[value=place]")
    page.wait_for_url("**/orders/**")
    found = re.search(r"/orders/(\w+)/", page.url)
    assert found, page.url
    return found.group(1)


def pay(buyer: Any, order: str) -> None:
    """Pay in the sandbox."""
    page = buyer.page
    page.click("button[name=method][value=sandbox]")
    page.wait_for_url("**/pay/")
    page.click("form[action$='/confirm/'] button")
    page.wait_for_url(f"**/orders/{order}/")
    assert "Paid" in page.inner_text("main")


def prepare(operator: Any) -> None:
    """Take the steps before the goods leave, noting each paper that one asks for.

    The parcel is there already: customs wants order, payment and logistics data to agree.
    """
    page = operator.page
    for target in BEFORE_PARCEL:
        button = page.locator(f"#next button[value={target}]")
        if not button.count():
            continue
        if button.is_disabled():
            note_papers(page)
        page.fill("#next input[name=reason]", "as planned")
        page.locator(f"#next button[value={target}]").click()
        page.wait_for_load_state()
        assert page.locator(".notice-success").count(), page.inner_text("main")


def note_papers(page: Any) -> None:
    """Note one paper of every kind that the order may need."""
    kinds = page.eval_on_selector_all(
        "select[name=kind] option", "options => options.map(option => option.value)"
    )
    for kind in kinds:
        page.select_option("select[name=kind]", kind)
        page.fill("input[name=reference]", f"{kind}-1")
        page.click("form[action$='/documents/'] button")
        page.wait_for_load_state()


def add_the_parcel(operator: Any, order: str) -> str:
    """Type a number without a carrier, choose among those that it fits; return the page."""
    page = operator.page
    operator.open(f"/console/orders/{order}/parcels/new/")
    page.fill("input[name=number]", NUMBER)
    page.fill("input[name=gross_grams]", "900")
    page.click("main form button.btn-primary")
    page.check("input[name=carrier][value=s10]")
    page.click("main form button.btn-primary")
    page.wait_for_url("**/console/parcels/**")
    return str(page.url)


def note_the_way(operator: Any) -> None:
    """Note what happened to the parcel, one event after the other."""
    page = operator.page
    for hour, milestone in enumerate(WAY, start=8):
        page.select_option("select[name=milestone]", milestone)
        page.fill("input[name=at]", f"2026-01-05T{hour:02}:00")
        page.fill("input[name=place]", "Shanghai")
        page.click("form[action$='/events/'] button")
        page.wait_for_load_state()
        assert page.locator(".notice-success").count(), page.inner_text("main")


def state_of(operator: Any, order: str, wanted: str) -> str:
    """Wait for the worker to move the order by its parcel's events."""
    state = ""
    for _ in range(40):
        operator.open(f"/console/orders/{order}/")
        state = operator.page.locator(".steps li[aria-current=step]").inner_text().strip()
        if state == wanted:
            break
        operator.page.wait_for_timeout(500)
    return state
