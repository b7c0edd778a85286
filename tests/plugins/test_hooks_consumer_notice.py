"""What buyers in mainland China are told before they order, and nobody else is."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from core.catalog.models import Item, Product
from core.kernel import activation, hooks, providers
from core.kernel.errors import ProviderMissing
from core.kernel.models import Channel
from core.logistics.services import AddParcel, add_parcel
from core.pluginapi import PageRequest, Place, Subject, SubjectKind
from core.web.slots import fragments
from plugins.consumer_notice import words
from plugins.consumer_notice.words import Regime
from tests.orders.conftest import Market

KEY = "consumer_notice"


def place(kind: SubjectKind, language: str = "en") -> dict[str, Any]:
    subject = Subject(kind, uuid.uuid4())
    return {"place": Place("page", "below", language, subject), "subject": subject}


def asked(method: str = "GET", path: str = "notice") -> PageRequest:
    return PageRequest(method, path, {}, {}, "en")


def quote_html(channel: Channel) -> str:
    answers = hooks.slot_quote(channel.ref, **place(SubjectKind.QUOTE))
    with translation.override("en"):
        return "".join(fragments(one for one in answers if one.plugin == KEY))


@pytest.fixture
def german(make_channel: Any) -> Channel:
    return make_channel("de", kind="b2c_direct", market="DE", currency="EUR")


def test_hook_slot_product_page_is_one_line_with_a_link(market: Market, english: Client) -> None:
    for key in market.channels:
        market.sell(key)
    page = english.get(f"/products/{Product.objects.get().pk}/").content.decode()
    assert page.count("for your own use only") == 1
    assert page.count('href="/p/consumer_notice/notice/"') == 1


def test_hook_slot_quote_says_what_holds_for_the_way_of_importing(
    market: Market, english: Client
) -> None:
    for key in ("b2c_bonded", "c2c"):
        market.sell(key)
    item = str(Item.objects.get().pk)
    seen = {}
    for key in ("b2c_bonded", "c2c"):
        form = {"channel": key, "item": item, "quantity": "1"}
        address = english.post("/quotes/", form)["Location"]
        seen[key] = english.get(address).content.decode()
    for page in seen.values():
        assert "must not be sold on" in page
        assert "may carry no Chinese label" in page
    assert "annual quota" in seen["b2c_bonded"]
    assert "postal tax" not in seen["b2c_bonded"].partition("consumer-notice")[2]
    assert "addressed to you" in seen["c2c"]
    assert "annual quota: CNY 5,000" not in seen["c2c"]


def test_the_notice_speaks_the_readers_language(market: Market) -> None:
    market.sell("m2c")
    form = {"channel": "m2c", "item": str(Item.objects.get().pk), "quantity": "1"}
    for accepted, said in (("zh-Hans", "仅限个人自用"), ("zh-Hant", "僅限個人自用")):
        client = Client(headers={"accept-language": accepted})
        page = client.get(client.post("/quotes/", form)["Location"]).content.decode()
        assert said in page


def test_other_markets_and_other_kinds_are_told_nothing(make_channel: Any, german: Channel) -> None:
    unknown = make_channel("odd-cn", kind="barter")
    for channel in (german, unknown):
        assert activation.is_on(KEY, channel)
        assert quote_html(channel) == ""
        for slot in (hooks.slot_product_page, hooks.slot_tracking_page):
            assert slot(channel.ref, **place(SubjectKind.PRODUCT)) == []


def test_an_operator_can_name_another_kind_and_a_contact(make_channel: Any) -> None:
    channel = make_channel("odd-cn", kind="barter")
    data = {"postal_kinds": "c2c, barter", "contact": "<b>help@example.org</b>"}
    assert not activation.save_settings(KEY, channel, data, actor="test")
    html = quote_html(channel)
    assert "addressed to you" in html
    assert "&lt;b&gt;help@example.org" in html
    wrong = activation.save_settings(KEY, channel, {"cbec_kinds": "no such!"}, actor="test")
    assert "cbec_kinds" in wrong


def test_hook_slot_tracking_page_says_what_customs_may_ask_for(
    market: Market, english: Client
) -> None:
    channel = market.channels["c2c"]
    parcel = add_parcel(
        AddParcel(
            order=uuid.uuid4(),
            channel=channel.key,
            origin="JP",
            destination="CN",
            gross_grams=100,
            carrier="s10",
            number="RR123456785JP",
        )
    )
    address = f"/t/{parcel.public_token}/"
    assert "real-name identity, proof of purchase" in english.get(address).content.decode()
    activation.save_settings(KEY, channel, {"on_tracking": False}, actor="test")
    assert "real-name identity, proof of purchase" not in english.get(address).content.decode()


def test_hook_register_pages_shows_both_ways_in_the_buyers_frame(
    market: Market, english: Client
) -> None:
    answer = english.get("/p/consumer_notice/notice/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<h1>Notice for buyers of goods from abroad</h1>" in page
    for point in words.POINTS:
        assert point.text.en.split(".")[0] in page
    for channel in market.channels.values():
        activation.disable(KEY, channel, actor="test")
    assert english.get("/p/consumer_notice/notice/").status_code == 404


def test_the_page_is_not_found_in_other_markets(german: Channel) -> None:
    answer = providers.page_view(german.ref, KEY, "notice", request=asked())
    assert answer.status == 404


def test_hook_register_api_routes_answers_with_the_points(
    market: Market, german: Channel, english: Client
) -> None:
    route = "/api/v1/p/consumer_notice/notice"
    body = english.get(f"{route}?channel=m2c").json()
    assert (body["applies"], body["regime"]) == (True, "cbec")
    codes = [point["code"] for point in body["points"]]
    assert codes == [point.code for point in words.points_for(Regime.CBEC)]
    assert set(body["points"][0]["text"]) == {"en", "zh-Hans", "zh-Hant"}
    assert english.get(f"{route}?channel=de").json()["points"] == []
    assert english.get(route).status_code == 404
    with pytest.raises(ProviderMissing):
        providers.route_view(market.channels["m2c"].ref, KEY, "notice", request=asked("POST"))


def test_every_point_is_said_in_three_languages() -> None:
    for point in words.POINTS:
        assert len({point.text.en, point.text.zh_hans, point.text.zh_hant}) == 3, point.code
