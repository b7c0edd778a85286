"""Values over a rule from the console: made, refused at their field, seen at once, ended."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from core.accounts.models import User
from core.kernel import providers
from core.shared.clock import today
from core.shared.ids import new_id
from customs.loading import load_rules
from customs.models import RuleOverride, RuleRow

DAY = "2026-11-22"
PARCEL = {
    "to": "CN",
    "currency": "CNY",
    "channel": "postal",
    "on": DAY,
    "0-goods": "090121",
    "0-price": "500",
    "0-quantity": "1",
}


@pytest.fixture
def rule(db: None) -> RuleRow:
    """The rule of personal parcels to China, with its tariff."""
    load_rules([one for one in providers.all_regimes() if one.plugin == "duty_cn"])
    return RuleRow.objects.get(key="cn.postal", valid_to=None, superseded_at=None)


def address(rule: RuleRow) -> str:
    return f"/console/rules/{rule.pk}/override/"


def sent(rule: RuleRow, **changes: str) -> dict[str, str]:
    values = {f"value.{name}": value for name, value in rule.values.items()}
    return {**values, "valid_from": DAY, "valid_to": "", "reason": "notice 7", **changes}


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def taxed(console: Client) -> str:
    answer = console.get(f"/console/calculator/?{urlencode(PARCEL)}")
    return str(answer.context["made"].made.result["tax_total"])


def test_the_rules_lead_to_the_form_which_shows_what_is_replaced(
    console: Client, rule: RuleRow
) -> None:
    assert address(rule) in text_of(console.get("/console/rules/?q=R-CN-POST"))
    page = text_of(console.get(address(rule)))
    assert "Now: 13. Expected: a number, such as 12.5." in page
    assert f'value="{today().isoformat()}"' in page


def test_a_value_is_put_seen_at_once_and_withdrawn_with_one_press(
    console: Client, rule: RuleRow
) -> None:
    assert taxed(console) == "65.00"
    answer = console.post(address(rule), sent(rule, **{"value.class1": "15"}), follow=True)
    assert "Your values are in force." in text_of(answer)
    row = RuleOverride.objects.get()
    assert (row.values, row.valid_to, row.author[:5]) == ({"class1": "15"}, None, "user:")
    assert taxed(console) == "75.00"
    listed = text_of(console.get("/console/rules/?show=overridden"))
    assert "class1 = 15" in listed
    assert "notice 7" in listed
    assert listed.count("<article") == 1
    end = f"/console/rules/overrides/{row.pk}/end/"
    assert end in listed
    assert "Withdrawn." in text_of(console.post(end, follow=True))
    assert "had ended already" in text_of(console.post(end, follow=True))
    assert taxed(console) == "65.00"
    assert "Withdrawn override" in text_of(console.get(address(rule)))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"value.class1": "abc"}, "value.class1"),
        ({"value.class1": ""}, "value.class1"),
        ({"value.class1": "15", "reason": ""}, "reason"),
        ({"value.class1": "15", "valid_to": "2026-11-21"}, "valid_to"),
        ({"value.class1": "15", "valid_from": "1999-01-01"}, "valid_from"),
        ({"value.class1": "15", "valid_from": "soon"}, "valid_from"),
        ({}, "__all__"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    console: Client, rule: RuleRow, changes: dict[str, str], field: str
) -> None:
    answer = console.post(address(rule), sent(rule, **changes))
    assert answer.status_code == 400
    assert set(answer.context["form"].errors) == {field}
    assert not RuleOverride.objects.exists()


def test_a_second_override_of_the_same_days_is_refused_with_what_to_do(
    console: Client, rule: RuleRow
) -> None:
    console.post(address(rule), sent(rule, **{"value.class1": "15"}))
    answer = console.post(address(rule), sent(rule, **{"value.class2": "25"}))
    assert answer.status_code == 400
    assert "withdraw it first" in text_of(answer)
    assert RuleOverride.objects.count() == 1


def test_what_is_gone_or_replaced_is_not_found(console: Client, rule: RuleRow) -> None:
    assert console.get(f"/console/rules/{new_id()}/override/").status_code == 404
    assert console.post(f"/console/rules/overrides/{new_id()}/end/").status_code == 404


def test_only_operators_may(rule: RuleRow, buyer_user: User) -> None:
    client = Client()
    assert client.post(address(rule), sent(rule)).status_code == 302
    client.force_login(buyer_user)
    assert client.post(address(rule), sent(rule)).status_code == 404
    assert not RuleOverride.objects.exists()


def test_the_form_speaks_chinese(operator: User, rule: RuleRow) -> None:
    User.objects.update(language="zh-hans")
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(operator)
    answer = client.post(address(rule), sent(rule, **{"value.class1": "x"}))
    assert "应为：数字" in text_of(answer)
