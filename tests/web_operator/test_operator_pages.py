"""Every page of the console shows what is there, and changes it when asked well."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from core.accounts.models import AuditEntry, User
from core.fx.models import RateRow
from core.jobs.models import Job
from core.kernel import activation, breaker
from core.kernel.models import Activation, Channel, Incident, PluginRecord
from core.kernel.registry import registry
from core.logistics.models import Leg, Parcel
from core.orders.models import Order
from core.pluginapi import ConnectionReport, Text
from core.shared.clock import today
from suppliers.models import Feed, Supplier, Supply


def text_of(answer: Any) -> str:
    """The page as text."""
    return str(answer.content.decode())


def test_every_page_shows_its_rows(console: Client, everything: Any) -> None:
    pages = {
        "/console/": "1 open incident",
        "/console/plugins/": "carrier_s10",
        "/console/plugins/?show=attention": "carrier_s10",
        "/console/plugins/carrier_s10/": "KeyError: x",
        "/console/plugins/carrier_s10/at/brands-cn/": "Brand shop",
        "/console/channels/": "brands-cn",
        "/console/channels/brands-cn/": "Brand shop",
        "/console/orders/": "H261122TEST22",
        "/console/orders/?show=all&state=paid&q=sku-1": "H261122TEST22",
        "/console/orders/H261122TEST22/": "Face cream",
        "/console/orders/H261122TEST22/parcels/new/": "Tracking number",
        f"/console/parcels/{everything.parcel.pk}/": "RR123456785FR",
        "/console/feeds/": "Nordlicht &lt;GmbH&gt;",
        f"/console/feeds/{everything.feed.public_id}/": "PRICE_MISSING",
        "/console/rates/": "EUR/CNY",
        "/console/jobs/": "demo.work",
        f"/console/jobs/{everything.job.pk}/": "broke",
        "/console/incidents/": "Traceback &lt;script&gt;",
        "/console/audit/": "fx.set",
    }
    for address, words in pages.items():
        answer = console.get(address)
        assert answer.status_code == 200, address
        assert words in text_of(answer), address


def test_empty_pages_say_what_to_do_next(console: Client) -> None:
    for address, words in {
        "/console/channels/": "Open the first one",
        "/console/orders/?show=all": "Orders appear when",
        "/console/feeds/?show=all": "manage.py suppliers create",
        "/console/jobs/": "Jobs appear when",
        "/console/incidents/": "No incident.",
        "/console/": "To the first sale",
    }.items():
        assert words in text_of(console.get(address)), address


def test_records_show_every_row_without_secrets(console: Client, everything: Any) -> None:
    for model in admin.site._registry:
        row = model._default_manager.first()
        if row is None:
            continue
        meta = model._meta
        address = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
        answer = console.get(address)
        assert answer.status_code == 200, address
        for hidden in ("sealed", "digest", "password", "address_sealed"):
            assert f'"field-{hidden}' not in text_of(answer)


def test_a_switch_acts_and_is_noted(console: Client, channel: Channel) -> None:
    address = "/console/plugins/carrier_s10/at/brands-cn/switch/"
    console.post(address, {"on": "0"})
    assert not activation.is_on("carrier_s10", channel)
    console.post(address, {"on": "1"})
    assert activation.is_on("carrier_s10", channel)
    assert AuditEntry.objects.filter(action="plugin.disabled", actor__startswith="user:").exists()


def test_a_switch_that_is_refused_says_why(console: Client, channel: Channel) -> None:
    answer = console.post(
        "/console/plugins/carrier_s10/at/platform/switch/", {"on": "1"}, follow=True
    )
    assert "Nothing was changed" in text_of(answer)


def test_switching_off_everywhere(console: Client, channel: Channel) -> None:
    console.post("/console/plugins/carrier_s10/off/")
    assert not Activation.objects.filter(plugin="carrier_s10", enabled=True).exists()


@pytest.mark.parametrize("given", ["", "-1", "x", "9" * 40, "1.5"])
def test_a_priority_that_cannot_be_is_refused_at_its_field(
    console: Client, channel: Channel, given: str
) -> None:
    answer = console.post(
        "/console/plugins/carrier_s10/at/brands-cn/priority/", {"priority": given}
    )
    assert answer.status_code == 400
    assert "errorlist" in text_of(answer)


def test_a_priority_is_stored(console: Client, channel: Channel) -> None:
    console.post("/console/plugins/carrier_s10/at/brands-cn/priority/", {"priority": "7"})
    assert Activation.objects.get(plugin="carrier_s10", channel=channel).priority == 7


def test_settings_are_stored_and_secrets_never_come_back(console: Client, channel: Channel) -> None:
    place = "/console/plugins/pay_sandbox/at/brands-cn/"
    assert 'type="password"' in text_of(console.get(place))
    answer = console.post(place, {"outcome": "failed", "notice_key": "hush-hush-77"})
    assert answer.status_code == 302
    page = text_of(console.get(place))
    assert "hush-hush-77" not in page
    assert "A value is stored" in page
    console.post(place, {"outcome": "pending", "notice_key": ""})
    row = Activation.objects.get(plugin="pay_sandbox", channel=channel)
    assert row.settings["outcome"] == "pending"
    assert "hush" not in str(row.settings)
    assert not AuditEntry.objects.filter(data__icontains="hush").exists()


def test_settings_that_cannot_be_are_refused_at_their_field(
    console: Client, channel: Channel
) -> None:
    place = "/console/plugins/channel_m2c/at/brands-cn/"
    answer = console.post(place, {"max_per_item": "0", "carrier": "manual"})
    assert answer.status_code == 400
    assert "aria-invalid" in text_of(answer)


def test_a_broken_plugin_costs_only_its_own_card(console: Client, channel: Channel) -> None:
    PluginRecord.objects.create(
        key="wreck", origin="folder", state="broken", reason="SyntaxError: no", where="wreck.py:3"
    )
    PluginRecord.objects.create(key="twin@/x/y.py", origin="folder", state="broken", reason="taken")
    assert "SyntaxError: no" in text_of(console.get("/console/plugins/?show=attention"))
    assert "wreck.py:3" in text_of(console.get("/console/plugins/wreck/"))
    assert console.get("/console/").status_code == 200


def new_channel(**changes: str) -> dict[str, str]:
    """A well-filled form of a channel."""
    return {
        "key": "shoppers-cn",
        "kind": "c2c",
        "name_en": "Shoppers",
        "name_zh_hans": "买手",
        "name_zh_hant": "買手",
        "market": "CN",
        "currency": "cny",
        "position": "5",
        "is_open": "on",
    } | changes


def test_a_channel_is_opened_and_changed(console: Client) -> None:
    assert console.post("/console/channels/new/", new_channel()).status_code == 302
    made = Channel.objects.get(key="shoppers-cn")
    assert (made.currency, made.market, made.names["zh-Hant"]) == ("CNY", "CN", "買手")
    changed = new_channel(key="other", currency="EUR", name_en="Personal shoppers")
    console.post("/console/channels/shoppers-cn/", changed)
    made.refresh_from_db()
    assert (made.key, made.currency) == ("shoppers-cn", "CNY")
    assert made.names["en"] == "Personal shoppers"


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("key", "platform"),
        ("key", "brands-cn"),
        ("key", "not a key"),
        ("kind", "m2m"),
        ("currency", "XX"),
        ("currency", "ZZZ"),
        ("market", "Germany"),
        ("position", "9" * 30),
        ("name_en", ""),
    ],
)
def test_a_channel_that_cannot_be_is_refused_at_its_field(
    console: Client, channel: Channel, field: str, given: str
) -> None:
    answer = console.post("/console/channels/new/", new_channel(**{field: given}))
    assert answer.status_code == 400
    assert field in answer.context["form"].errors
    assert Channel.objects.count() == 1


def test_a_supplier_supplies_a_channel_once(console: Client, channel: Channel) -> None:
    supplier = Supplier.objects.create(name="Nordlicht")
    address = "/console/channels/brands-cn/supplies/new/"
    form = {
        "supplier": supplier.key,
        "scope": "main",
        "price_rule": "cost_plus",
        "markup_percent": "12.5",
        "is_on": "on",
    }
    assert console.post(address, form).status_code == 302
    supply = Supply.objects.get()
    assert str(supply.markup_percent) == "12.50"
    assert Job.objects.filter(kind="suppliers.publish").exists()
    assert console.post(address, form).status_code == 400
    assert console.post(address, form | {"markup_percent": "NaN"}).status_code == 400
    one = f"/console/channels/brands-cn/supplies/{supply.pk}/"
    console.post(one, form | {"markup_percent": "3", "is_on": ""})
    supply.refresh_from_db()
    assert (str(supply.markup_percent), supply.is_on) == ("3.00", False)


def test_an_order_moves_with_a_reason(console: Client, order: Order) -> None:
    page = console.get("/console/orders/H261122TEST22/")
    targets = [step["target"] for step in page.context["steps"] if not step["missing"]]
    assert targets
    address = "/console/orders/H261122TEST22/step/"
    assert console.post(address, {"target": targets[0]}).status_code == 400
    assert console.post(address, {"target": "nowhere", "reason": "x"}).status_code == 400
    answer = console.post(address, {"target": targets[0], "reason": "bought in Lyon"})
    assert answer.status_code == 302
    order.refresh_from_db()
    assert order.state == targets[0]
    assert order.transitions.get().reason == "bought in Lyon"


def test_a_document_is_noted(console: Client, order: Order) -> None:
    address = "/console/orders/H261122TEST22/documents/"
    assert console.post(address, {"kind": "other", "reference": ""}).status_code == 400
    console.post(address, {"kind": "other", "reference": "INV-1"})
    assert order.documents.get().reference == "INV-1"


def test_the_carrier_of_a_parcel_is_never_chosen_silently(console: Client, order: Order) -> None:
    address = "/console/orders/H261122TEST22/parcels/new/"
    form = {"number": "RR123456785FR", "gross_grams": "800", "origin": "FR", "carrier": ""}
    page = console.post(address, form)
    assert page.status_code == 200
    assert 'value="s10"' in text_of(page)
    assert not Parcel.objects.exists()
    console.post(address, form | {"carrier": "s10"})
    assert Leg.objects.get().carrier == "s10"


@pytest.mark.parametrize("number", ["13812345678", "11010519491231002X", "????", "", "x" * 200])
def test_numbers_that_are_none_are_refused_and_not_stored(
    console: Client, order: Order, number: str
) -> None:
    form = {"number": number, "gross_grams": "800", "carrier": "manual"}
    answer = console.post("/console/orders/H261122TEST22/parcels/new/", form)
    assert answer.status_code == 400
    assert not Parcel.objects.exists()


def test_an_operator_notes_what_happened(console: Client, everything: Any) -> None:
    address = f"/console/parcels/{everything.parcel.pk}/events/"
    form = {"milestone": "pickup_ok", "at": "2026-01-05T10:30", "zone": "Europe/Paris"}
    assert console.post(address, form | {"milestone": "beamed_up"}).status_code == 400
    assert console.post(address, form | {"at": "2199-01-01T00:00"}).status_code == 400
    assert console.post(address, form | {"zone": "Mars/Base"}).status_code == 400
    assert console.post(address, form).status_code == 302
    event = everything.parcel.events.get()
    assert event.at.isoformat() == "2026-01-05T09:30:00+00:00"
    assert event.local_time == "2026-01-05 10:30"
    assert (event.milestone, event.zone, event.source) == ("pickup_ok", "Europe/Paris", "operator")
    console.post(address, form)
    assert everything.parcel.events.count() == 1


def test_the_next_leg_is_added(console: Client, everything: Any) -> None:
    address = f"/console/parcels/{everything.parcel.pk}/legs/"
    console.post(address, {"number": "EA123456785CN", "carrier": "manual"})
    assert everything.parcel.legs.count() == 2


def test_a_rate_is_typed(console: Client, db: None) -> None:
    form = {
        "base": "jpy",
        "quote": "CNY",
        "value": "0.0482",
        "purpose": "quote",
        "as_of": today().isoformat(),
        "max_age_days": "3",
    }
    assert console.post("/console/rates/", form).status_code == 302
    assert RateRow.objects.get().base == "JPY"
    for field, given in {
        "value": "0",
        "base": "CNY",
        "quote": "ZZZ",
        "as_of": "2199-01-01",
        "max_age_days": "9" * 30,
        "purpose": "guess",
    }.items():
        assert console.post("/console/rates/", form | {field: given}).status_code == 400, field
    assert RateRow.objects.count() == 1


def test_a_parked_job_is_tried_again(console: Client, everything: Any) -> None:
    console.post(f"/console/jobs/{everything.job.pk}/retry/")
    everything.job.refresh_from_db()
    assert everything.job.state == Job.State.QUEUED


def test_progress_is_polled_as_a_fragment(console: Client, everything: Any) -> None:
    headers = {"HX-Request": "true"}
    page = text_of(console.get(f"/console/jobs/{everything.job.pk}/?poll=1", headers=headers))
    assert "<html" not in page
    assert "hx-get" not in page


def test_incidents_are_acknowledged(console: Client, everything: Any) -> None:
    console.post(f"/console/incidents/{everything.incident.pk}/acknowledge/")
    assert not Incident.objects.filter(resolved_at=None).exists()
    Incident.objects.update(resolved_at=None)
    console.post("/console/incidents/acknowledge/")
    assert not Incident.objects.filter(resolved_at=None).exists()


def test_a_held_feed_is_decided(console: Client, everything: Any) -> None:
    answer = console.post(f"/console/feeds/{everything.feed.public_id}/confirm/", follow=True)
    assert "newer file" in text_of(answer)
    console.post(f"/console/feeds/{everything.feed.public_id}/cancel/")
    everything.feed.refresh_from_db()
    assert everything.feed.status == Feed.Status.CANCELLED


def test_a_table_of_settings_is_typed_row_by_row(console: Client, channel: Channel) -> None:
    place = "/console/plugins/carrier_manual/at/brands-cn/"
    assert 'name="tariff-0-title"' in text_of(console.get(place))
    row = {
        "title": "Air",
        "origin": "FR",
        "destination": "CN",
        "first_grams": "500",
        "first_price": "9.5",
        "step_grams": "500",
        "step_price": "4",
        "max_grams": "20000",
        "currency": "EUR",
        "days_min": "5",
        "days_max": "9",
    }
    form = {f"tariff-0-{name}": value for name, value in row.items()} | {"tariff-rows": "2"}
    assert console.post(place, form).status_code == 302
    stored = Activation.objects.get(plugin="carrier_manual", channel=channel)
    assert [one["title"] for one in stored.settings["tariff"]] == ["Air"]
    bad = console.post(place, form | {"tariff-0-first_price": "", "tariff-rows": "9999x"})
    assert bad.status_code == 400
    console.post(place, form | {"tariff-0-remove_row": "on"})
    stored.refresh_from_db()
    assert not stored.settings.get("tariff")


def test_records_mask_who_buys(console: Client, buyer_user: Any) -> None:
    page = text_of(console.get("/records/accounts/user/"))
    assert "buyer@example.com" not in page
    assert "b***@example.com" in page
    assert "operator@example.com" in page
    one = text_of(console.get(f"/records/accounts/user/{buyer_user.pk}/change/"))
    assert "buyer@example.com" not in one


def test_only_superusers_decide_who_is_an_operator(db: None, buyer_user: Any) -> None:
    clerk = User.objects.create_user("clerk@example.com", is_staff=True)
    clerk.user_permissions.set(Permission.objects.all())
    client = Client()
    client.force_login(clerk)
    address = f"/records/accounts/user/{buyer_user.pk}/change/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"is_staff": "on", "is_active": "on"}).status_code == 403


def test_a_connection_is_tried_and_its_report_shown(
    console: Client, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = ConnectionReport(False, Text("HTTP 503"), {"host": "www.example.com"})
    monkeypatch.setattr(activation, "call_own", lambda *_: report)
    plugin = next(p for p in registry().plugins.values() if "test_connection" in p.implementations)
    place = "platform" if plugin.platform else "brands-cn"
    page = text_of(console.post(f"/console/plugins/{plugin.key}/at/{place}/test/"))
    assert "HTTP 503" in page
    assert "www.example.com" in page


def test_a_pause_is_shown_and_ended(console: Client, channel: Channel) -> None:
    for _ in range(breaker.IN_A_ROW):
        breaker.failed("carrier_s10", "add_carrier_guesses")
    assert "Resume now" in text_of(console.get("/console/plugins/carrier_s10/"))
    assert "paused" in text_of(console.get("/console/plugins/?show=attention"))
    console.post("/console/plugins/carrier_s10/resume/")
    assert "Resume now" not in text_of(console.get("/console/plugins/carrier_s10/"))
