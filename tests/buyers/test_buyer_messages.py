"""The verb ``send_message``: a plug-in names a buyer and never sees an address."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from core.accounts.models import User
from core.buyers.messages import send_message_verb
from core.buyers.models import Buyer
from core.buyers.services import ensure_buyer
from core.delivery.models import BuyerMessage
from core.pluginapi import InvalidInput, Text

pytestmark = pytest.mark.django_db
TEXT = Text("Paid", "已付款", "已付款了")


@pytest.fixture
def buyer() -> Buyer:
    return ensure_buyer(User.objects.create_user("ann@example.org", None))


def send(buyer: Any, **given: Any) -> None:
    values = {"key": "order:1", "subject": TEXT, "body": TEXT, **given}
    send_message_verb("notes", None, buyer, **values)


def test_a_message_is_queued_once_for_its_key_and_plugin(buyer: Buyer) -> None:
    send(buyer.pk)
    send(buyer.pk, subject=Text("Another"))
    send_message_verb("other", None, buyer.pk, key="order:1", subject=TEXT, body=TEXT)
    keys = BuyerMessage.objects.values_list("key", flat=True)
    assert sorted(keys) == ["notes:order:1", "other:order:1"]


@pytest.mark.parametrize(("language", "said"), [("zh-hant", "已付款了"), ("en", "Paid")])
def test_it_speaks_the_buyers_language(buyer: Buyer, language: str, said: str) -> None:
    Buyer.objects.update(language=language)
    send(buyer.pk)
    assert set(BuyerMessage.objects.get().subject.values()) == {said}
    assert BuyerMessage.objects.get().open_address() == "ann@example.org"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"key": ""}, "key_invalid"),
        ({"key": "k" * 151}, "key_invalid"),
        ({"subject": Text(" ")}, "text_missing"),
        ({"body": Text("")}, "text_missing"),
    ],
)
def test_what_cannot_be_sent_is_refused(buyer: Buyer, given: Any, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        send(buyer.pk, **given)
    assert caught.value.code == code
    assert not BuyerMessage.objects.exists()


def test_unknown_and_closed_buyers_are_refused(buyer: Buyer) -> None:
    with pytest.raises(InvalidInput) as caught:
        send(uuid.uuid4())
    assert caught.value.code == "buyer_unknown"
    User.objects.update(is_active=False)
    with pytest.raises(InvalidInput) as caught:
        send(buyer.pk)
    assert caught.value.code == "address_missing"
    assert "ann@" not in str(caught.value)
