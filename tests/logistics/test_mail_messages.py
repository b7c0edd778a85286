"""E-mail as a way to reach buyers, and the operator who hears of problems."""

from __future__ import annotations

import uuid
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail

from core.jobs import run_due
from core.kernel import activation, providers
from core.kernel.errors import ProviderFailed
from core.logistics import services
from core.pluginapi import BuyerRef, Message, Text


@pytest.fixture
def mailing(channel):
    """Mail is on for the platform, and an operator's address is typed."""
    activation.enable("mail_django", None, actor="test")
    data = {"operator_address": "ops@example.com", "from_address": "shop@example.com"}
    assert not activation.save_settings("mail_django", None, data, actor="test")
    return channel


def message(**fields):
    given = {
        "key": "order:1:paid",
        "buyer": BuyerRef(uuid.uuid4()),
        "subject": Text("Paid", "已付款", "已付款"),
        "body": Text("Your order is paid.", "您的订单已付款。", "您的訂單已付款。"),
        "address": "buyer@example.com",
    }
    return Message(**{**given, **fields})


def test_hook_register_message_channels_sends_in_chinese_with_english_below(mailing):
    assert [one.key for one in providers.messengers(mailing.ref)] == ["mail"]
    done = providers.messenger_send(mailing.ref, "mail", message=message())
    assert done.delivered
    sent = mail.outbox[0]
    assert (sent.to, sent.from_email, sent.subject) == (
        ["buyer@example.com"],
        "shop@example.com",
        "已付款",
    )
    assert "您的订单已付款。" in sent.body
    assert "Your order is paid." in sent.body


def test_a_known_language_is_the_only_one(mailing):
    for language, word in (("zh-hant", "訂單"), ("en", "Your order")):
        providers.messenger_send(mailing.ref, "mail", message=message(language=language))
        assert word in mail.outbox[-1].body
        assert "订单" not in mail.outbox[-1].body


def test_the_same_key_has_the_same_message_id(mailing):
    for _ in range(2):
        providers.messenger_send(mailing.ref, "mail", message=message())
    first, second = (sent.extra_headers["Message-ID"] for sent in mail.outbox)
    assert first == second


def test_a_subject_with_line_breaks_cannot_add_headers(mailing):
    subject = Text("Paid\r\nBcc: thief@example.com")
    providers.messenger_send(mailing.ref, "mail", message=message(subject=subject))
    assert "\n" not in mail.outbox[0].subject
    assert mail.outbox[0].recipients() == ["buyer@example.com"]


@pytest.mark.parametrize("address", ["", "nobody", "a@example.com\r\nBcc: b@example.com"])
def test_an_address_that_is_none_fails_for_good(mailing, address):
    with pytest.raises(ProviderFailed) as caught:
        providers.messenger_send(mailing.ref, "mail", message=message(address=address))
    assert caught.value.permanent
    assert mail.outbox == []


def test_a_refused_address_is_an_answer_and_a_lost_server_is_tried_again(mailing, monkeypatch):
    def fail_with(error):
        def send(self, **_):
            raise error

        monkeypatch.setattr("django.core.mail.EmailMessage.send", send)

    fail_with(SMTPRecipientsRefused({}))
    assert not providers.messenger_send(mailing.ref, "mail", message=message()).delivered
    fail_with(SMTPServerDisconnected("gone"))
    with pytest.raises(ProviderFailed) as caught:
        providers.messenger_send(mailing.ref, "mail", message=message())
    assert not caught.value.permanent
    assert "buyer@example.com" not in str(caught.value)


def test_hook_on_parcel_event_writes_to_the_operator_once_per_event(mailing, make_parcel, event):
    parcel = make_parcel()
    held = event("import_held", text="收件人 张三 13812345678")
    for _ in range(3):
        services.ingest(parcel.legs.get(), [held])
        run_due()
    assert len(mail.outbox) == 1
    sent = mail.outbox[0]
    assert sent.to == ["ops@example.com"]
    assert str(parcel.pk) in sent.body
    assert "张三" not in sent.subject + sent.body


def test_ordinary_events_and_a_missing_address_write_nothing(mailing, make_parcel, event):
    services.ingest(make_parcel().legs.get(), [event("pickup_ok")])
    run_due()
    activation.save_settings("mail_django", None, {"operator_address": ""}, actor="test")
    services.ingest(make_parcel().legs.get(), [event("import_held")])
    run_due()
    assert mail.outbox == []
