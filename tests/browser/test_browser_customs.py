"""Landed costs in a browser: by keyboard, on a phone, without scripts; rules overridden."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

ASKED = "to=CN&currency=CNY&freight=30&0-goods=090121&0-price=500&0-quantity=1"
BY_POST = f"/console/calculator/?{ASKED}&channel=postal"


def width_of(page: Any) -> int:
    wide: int = page.evaluate("document.documentElement.scrollWidth")
    return wide


def amount(page: Any) -> str:
    return str(page.locator("#answer .price").inner_text())


def test_a_buyer_works_a_cost_out_on_a_phone_and_opens_the_explanation_by_keyboard(
    visit: Any,
) -> None:
    window = visit("anonymous", width=375)
    window.open("/calculator/")
    page = window.page
    page.select_option("[name='0-goods']", "090121")
    page.fill("[name='0-price']", "200")
    page.fill("[name='0-quantity']", "3")
    page.select_option("[name=currency]", "CNY")
    page.fill("[name=freight]", "30")
    page.press("[name=freight]", "Enter")
    page.wait_for_url("**#answer")
    assert amount(page) == "CN¥687.33"  # 630 and 70 % of 13 %
    assert page.locator("#answer .price").bounding_box()["y"] < 800, "the price is seen at once"
    summary = page.locator("#answer details.quote-group > summary").last
    before = summary.locator("xpath=..").evaluate("e => e.open")
    summary.focus()
    page.keyboard.press("Enter")
    assert summary.locator("xpath=..").evaluate("e => e.open") is not before
    assert page.locator("#answer").get_by_text("Formula").count()
    page.set_viewport_size({"width": 320, "height": 800})
    assert width_of(page) <= 320
    assert window.errors == []
    assert window.foreign == []


def test_another_destination_asks_other_questions_at_once(visit: Any) -> None:
    window = visit("anonymous")
    window.open("/calculator/?to=CN&ask=1")
    page = window.page
    assert page.locator("[name='0-content']").count()
    page.fill("[name='0-price']", "77")
    page.select_option("[name=to]", "BR")
    page.wait_for_selector("[name=region]")
    assert page.locator("[name='0-content']").count() == 0
    assert page.input_value("[name='0-price']") == "77"
    assert window.errors == []


def test_a_refusal_leads_to_the_code_that_settles_it_without_scripts(visit: Any) -> None:
    window = visit("anonymous", java_script_enabled=False)
    window.open("/calculator/?to=JP&currency=JPY&0-goods=610910&0-price=16000&0-quantity=2")
    page = window.page
    assert "No figure can be given." in page.inner_text("[role=alert]")
    page.click("[role=alert] button >> nth=0")
    page.wait_for_url("**0-hs_code=6109*")
    assert amount(page).startswith("JP¥")
    assert page.input_value("#link").startswith("http://")


def test_the_link_is_copied_with_one_press(visit: Any) -> None:
    window = visit("anonymous", permissions=["clipboard-read", "clipboard-write"])
    window.open(f"/calculator/?{ASKED}")
    page = window.page
    page.click("[data-copy=link]")
    page.wait_for_selector("[data-copy=link]:has-text('Copied')")
    assert page.evaluate("navigator.clipboard.readText()") == page.input_value("#link")


def test_an_operator_overrides_a_rule_sees_the_effect_and_withdraws(visit: Any) -> None:
    window = visit("operator", width=375)
    window.open(BY_POST)
    before = amount(window.page)
    window.open("/console/rules/?q=R-CN-POST")
    page = window.page
    page.click("a[href$='/override/'] >> nth=0")
    page.wait_for_url("**/override/")
    page.fill("[name='value.class1']", "fifteen")
    page.fill("[name=reason]", "Notice 7")
    page.click("main form button.btn-primary")
    page.wait_for_load_state()
    assert "a number" in page.inner_text(".errorlist")
    window.errors.clear()  # the browser notes the 400
    page.fill("[name='value.class1']", "15")
    page.click("main form button.btn-primary")
    page.wait_for_selector(".notice-success")
    assert width_of(page) <= 375
    window.open(BY_POST)
    after = amount(page)
    assert after != before
    assert "set by the operator" in page.inner_text("#answer")
    window.open("/console/rules/?show=overridden")
    page.click("form[action$='/end/'] button >> nth=0")
    page.wait_for_selector(".notice-success")
    window.open(BY_POST)
    assert amount(page) == before
    assert window.errors == []


def test_the_history_of_rates_draws_a_chart_and_is_filtered_by_keyboard(visit: Any) -> None:
    window = visit("operator", width=375)
    window.open("/console/rates/history/?period=all")
    page = window.page
    assert page.locator(".rate-chart > svg").count() == 1
    assert page.locator("table tbody tr").count() > 0
    page.locator(".rate-filters select").first.focus()
    page.keyboard.press("ArrowDown")
    page.locator(".rate-filters button").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "period=all" in page.url
    assert width_of(page) <= 375
    assert window.errors == []


def test_an_operator_decides_in_the_classification_queue(visit: Any) -> None:
    window = visit("operator", width=375)
    window.open("/console/classification/")
    page = window.page
    page.locator("main a[href^='/console/classification/']:not([href*='?'])").first.click()
    page.wait_for_selector("main form [name=decision]")
    assert page.locator("main form [name=choice], main form [name=code]").count() > 0
    assert width_of(page) <= 375
    assert window.errors == []
